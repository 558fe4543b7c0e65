"""Draws images of codes. All drawing goes through `Renderer`, whose queue lets one thread draw at a time.

An edit is drawn by several threads at once: sliders of several visitors, and photos that are refined or fitted meanwhile. What
they share never changes. The weights of a fitted photo are copies of its own, and whoever draws takes a turn of one picture,
in the order of asking, so a slider never waits for more than the picture under way and those asked for before it.
"""

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import torch

from editor.devices.memory import channels_last, joined
from editor.generate.known import Known
from editor.generate.runtimes import Runtime, best_runtime
from editor.generate.trunk import FittedTrunks, Generator, LoRA, Trunk
from editor.spaces import Codes, WPlus, one_by_one


class Queue:
    """A lock that is handed on in the order in which it was asked for; `with queue: ...`.

    >>> with Queue():
    ...     print("nobody else draws now")
    nobody else draws now
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        mine = threading.Event()
        with self._guard:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                mine.set()
        try:
            mine.wait()
        except BaseException:  # Ctrl-C: those behind must not wait for someone who has gone
            self._leave(mine)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave(self._waiting[0])

    def _leave(self, one: threading.Event) -> None:
        with self._guard:
            self._waiting.remove(one)
            if self._waiting:
                self._waiting[0].set()


class Renderer:
    """Draws codes in full, small, or small with gradients. Shared by all threads.

    Args:
        generator: draws in full.
        preview: draws small; its trunk draws the same features as the generator's.
        device: where to draw. What already lies there is shared, not copied.
        kept, kept_small: folders for what the runtimes of `generator` and `preview` keep from one start to the next.
        runtime: makes a runtime of a generator, a device, a folder to keep things in, and a runtime with the same trunk.
    """

    def __init__(
        self,
        generator: Generator,
        preview: Generator,
        device: torch.device,
        kept: Path | None = None,
        kept_small: Path | None = None,
        runtime: Callable[..., Runtime] = best_runtime,
    ):
        memo: dict[int, Any] = {}
        self.preview = channels_last(preview, memo)
        self.device = device
        if device.type == "cuda":
            generator, preview = channels_last(generator, memo), self.preview  # OpenVINO converts the usual layout
        self._full = runtime(generator, device, kept)
        self._live = runtime(preview, device, kept_small, self._full)
        self._fitted = FittedTrunks(self.preview.trunk)
        self._queue = Queue()
        self._at_once = 1 if device.type == "cpu" else 2

    @property
    def name(self) -> str:
        """How and where pictures are drawn in full."""
        return self._full.name

    @property
    def notice(self) -> str | None:
        """What a person should know of how pictures are drawn; None when all is well."""
        return next((notice for runtime in self._runtimes if (notice := getattr(runtime, "notice", None))), None)

    @property
    def turn(self) -> Queue:
        """What is held while a picture is drawn; whoever computes long in small pieces takes a turn for each.

        >>> with editor.renderer.turn:
        ...     print("nobody draws now")
        nobody draws now
        """
        return self._queue

    def prepare(self) -> None:
        """Make ready what the first edit would otherwise wait for."""
        for runtime in self._runtimes:
            getattr(runtime, "prepare", lambda: None)()

    def draw(self, codes: Codes, lora: LoRA | None = None, live: bool = False, known: Known | None = None) -> torch.Tensor:
        """Draw codes: images [B, 3, R, R], roughly in [-1, 1] and not clamped, without gradients. R is 1024, or 256 if `live`.

        Args:
            codes: W+ codes [B, 18, 512], or the `MaskedCodes` of B images.
            lora: what makes the generator one photo's own.
            live: small pictures, several times faster.
            known: a picture of nearly the same codes and the same `lora`. Where nothing differs from it, it is shown.

        >>> editor.renderer.draw(portrait.w_plus, live=True).shape
        torch.Size([1, 3, 256, 256])
        """
        trunk = self._fitted(lora) if lora else None
        return joined([self._in_turn(some, trunk, live, known) for some in one_by_one(codes, self._at_once)])

    def draw_known(self, code: WPlus, lora: LoRA | None = None) -> tuple[torch.Tensor, Known | None]:
        """Draw a code in full, and keep what makes pictures nearly like it quicker to draw; None where nothing does.

        Args:
            code: [1, 18, 512].
            lora: as for `draw`.

        >>> image, known = editor.renderer.draw_known(portrait.w_plus)
        >>> (editor.renderer.draw(portrait.w_plus, known=known) - image.clamp(-1, 1)).abs().max() < 0.005
        tensor(True)
        """
        draw = getattr(self._full, "draw_known", None)
        if draw is None:
            return self.draw(code, lora), None
        trunk = self._fitted(lora) if lora else None
        with self._queue:
            return draw(code, trunk)

    def differentiable(self, lora: LoRA | None = None) -> Generator:
        """The preview generator, to differentiate through; nothing of it may be changed.

        Args:
            lora: as for `draw`. Gradients do not reach it; `self.preview.trunk.fitted` makes a trunk that they do reach.

        >>> code = portrait.w_plus.clone().requires_grad_()
        >>> editor.renderer.differentiable()(code).mean().backward()
        >>> code.grad.shape
        torch.Size([1, 18, 512])
        """
        return self.preview.with_trunk(self._fitted(lora) if lora else None)

    def _in_turn(self, codes: Codes, trunk: Trunk | None, live: bool, known: Known | None) -> torch.Tensor:
        with self._queue:
            if known and not live:  # only who makes such pictures knows of them
                return self._full(codes, trunk, known)  # pyright: ignore[reportCallIssue]
            return (self._live if live else self._full)(codes, trunk)

    @property
    def _runtimes(self) -> tuple[Runtime, Runtime]:
        return self._full, self._live
