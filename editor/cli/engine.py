"""Who does the work of `face-editor batch` and `face-editor encode`: the options of both."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import arg

from editor.cli.arguments import Device
from editor.errors import SettingError

if TYPE_CHECKING:
    from editor.batch.engines import Engine


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """The options."""

    workers: Annotated[int, arg(metavar="N", help_behavior_hint="(default: one for each GPU, else for each core)")] = 0
    """How many photos are worked on at a time. Each worker holds the models: about 3 GB."""
    threads: Annotated[int, arg(metavar="N", help_behavior_hint="(default: an equal share)")] = 0
    """How many cores a worker uses."""
    device: Device = None
    """Where the models run: cpu, cuda or cuda:N."""
    engine: Literal["local", "ray"] = "local"
    """Processes on this machine, or Ray Data."""
    address: Annotated[str, arg(metavar="ADDRESS", help_behavior_hint="")] = ""
    """With --engine ray: the cluster, such as auto. Without it, Ray is started on this machine."""

    def made(self) -> "Engine":
        """The engine that the options ask for.

        Raises:
            SettingError: options do not go together.
        """
        from editor.batch.engines.places import THREADS, places

        if self.engine == "local" and self.address:
            raise SettingError("--address is for --engine ray.")
        here = places(self.workers, self.threads, self.device)
        if self.engine == "ray":
            from editor.batch.engines.ray import OnRay

            threads = self.threads or (THREADS if self.address else here[0].threads)
            return OnRay(self.workers if self.address else len(here), threads, self.device == "cpu", self.address)
        from editor.batch.engines.local import Local

        return Local(here)
