"""`face-editor serve`, which is `python app.py` too: its options, its start and its end."""

import gc
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from tyro.conf import UseAppendAction, arg

from editor.devices.allocator import share_arenas
from editor.errors import EditorError
from editor.options import ModelOptions, parsed_by
from editor.ui.accounts import read_accounts
from editor.ui.address import FIRST_PORT, PORTS, Address, listen
from editor.ui.hosts import ANY, host_name, root_path
from editor.ui.interruption import Interruption

if TYPE_CHECKING:
    from editor.pipeline import Editor
    from editor.ui.server import Server

WAIT_SECONDS = 0.1
"""How often the main thread looks whether it is to stop."""
GIVING_UP_SECONDS = 1.0
"""How long a start that is interrupted may take to tidy up."""


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise ValueError(f"{text!r} is not a port, which is a number from 0 to 65535")
    return int(text)


def _name(text: str) -> str:
    if not host_name(text):
        raise ValueError(f"{text!r} is not the name of a host, such as faces.example.org, nor {ANY}")
    return text


def _root_path(text: str) -> str:
    try:
        return root_path(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no path, such as /faces, nor a URL of the web") from error


def _file(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError(f"{text!r} is not a file")
    return text


def _existing(text: str) -> Path:
    return Path(_file(text))


def _free_ports(default: str) -> str:
    ports = f"the first free port from {FIRST_PORT} to {PORTS[-1]}"
    return f"(default: {ports if default == 'None' else default})"


def _variable(name: str, parse: Callable[[str], Any], otherwise: Any = None) -> Any:
    """A field whose default a variable of the environment has."""

    def default() -> Any:
        try:
            return parse(os.environ[name]) if os.environ.get(name) else otherwise
        except ValueError as error:
            raise ValueError(f"variable {name}: {error}") from error

    return field(default_factory=default)


def _names(text: str) -> tuple[str, ...]:
    return tuple(_name(each) for each in text.split(",") if each.strip())


@dataclass(frozen=True)
class Serve(ModelOptions):
    """Open the app in a browser.

    Loads the models, serves the page and prints its address. Ctrl-C stops it.
    """

    generator: Annotated[str, parsed_by(_file, "FILE"), arg(help_behavior_hint="")] = ""
    """Another StyleGAN2-FFHQ generator (.pt or .pkl), for the model sets ffhq and ffhq-e4e."""
    host: Annotated[str, arg(metavar="HOST")] = _variable("GRADIO_SERVER_NAME", str, "127.0.0.1")
    """The address to serve at: 127.0.0.1 for this machine only, 0.0.0.0 or :: for everyone who can reach this machine.
    The variable GRADIO_SERVER_NAME sets the default."""
    port: Annotated[int | None, parsed_by(_port, "PORT"), arg(help_behavior_hint=_free_ports)] = _variable(
        "GRADIO_SERVER_PORT", _port
    )
    """The port, or 0 for any free one. The variable GRADIO_SERVER_PORT sets the default."""
    allow_host: UseAppendAction[tuple[Annotated[str, parsed_by(_name, "NAME")], ...]] = _variable(
        "EDITOR_ALLOW_HOSTS", _names, ()
    )
    """A name that browsers reach the server by, besides this machine's own names. * allows every name.
    The variable EDITOR_ALLOW_HOSTS holds further names, with commas between them."""
    root_path: Annotated[str, parsed_by(_root_path, "PATH"), arg(help_behavior_hint="")] = _variable(
        "GRADIO_ROOT_PATH", _root_path, ""
    )
    """The path, or the whole URL, that a reverse proxy serves the page at. Allow the proxy's name with --allow-host.
    The variable GRADIO_ROOT_PATH sets the default."""

    auth_file: Annotated[Path | None, parsed_by(_existing, "FILE"), arg(help_behavior_hint="")] = None
    """A text file of those who may log in: name:password, one a line. Without it nobody has to. Serve it over TLS only."""

    def run(self) -> NoReturn:
        """Serve the page until the process is asked to stop, and end it."""
        end(lambda: serve(self))


def serve(chosen: Serve) -> int:
    """Serve the page until the process is asked to stop.

    Returns:
        The exit status: 0 when stopped while serving, 1 after one line on stderr when the server cannot start, 128 and the
        number of the signal when stopped before.
    """
    interruption = Interruption()
    interruption.listen()
    try:
        share_arenas()
        address = listen(chosen.host, chosen.port)
        from editor.ui.server import private_cache

        with private_cache() as cache:
            return _run(_Start(chosen, address, cache), interruption)
    except (EditorError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def end(run: Callable[[], int]) -> NoReturn:
    """Run a command and end the process with its status.

    Python's own way to end is not taken: it would abort the process while native threads of OpenVINO or PyTorch are at work.
    """
    try:
        status = run()
    except SystemExit as asked:
        status = asked.code if isinstance(asked.code, int) else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # no stream, or nobody reads it any more
            continue
    os._exit(status)


class _Start:
    """The start of the server, which runs in a thread of its own.

    Attributes:
        cancelled: set to end the fetching of weights.
        server: the server, once it answers.
    """

    def __init__(self, chosen: Serve, address: Address, cache: Path):
        self._chosen, self._address, self._cache = chosen, address, cache
        self._accounts = read_accounts(chosen.auth_file) if chosen.auth_file else []
        self.cancelled = threading.Event()
        self.server: Server | None = None

    def run(self) -> None:
        """Load the models, serve the page and say where.

        Raises:
            EditorError: the models cannot be loaded.
        """
        chosen = self._chosen
        gc.disable()  # a million objects are made that stay: looking for others among them takes a sixth of the start
        try:
            editor = self._load()
            from editor.ui.page import build
            from editor.ui.server import launch

            if editor.notice:
                print(editor.notice, file=sys.stderr)
            page = build(editor, self._cache)
            self.server = launch(page, self._address, chosen.allow_host, chosen.root_path, self._accounts)
        finally:
            gc.freeze()
            gc.enable()
        if self.cancelled.is_set():
            return
        _announce(self._address, chosen.port)
        threading.Thread(target=editor.prepare, daemon=True).start()  # while the visitor looks for a photo

    def _load(self) -> "Editor":
        """Load the models, and import the page's modules meanwhile.

        The weights are fetched before: what fetches them may need the proxies that the modules must not see.
        """
        from editor.models import deciding_hashes, model_set
        from editor.pipeline import Editor
        from editor.ui.server import proxies_hidden
        from editor.weights import WeightStore

        chosen, store = self._chosen, WeightStore(cancelled=self.cancelled)
        store.remove_abandoned()
        deciding_hashes(chosen.models, store, chosen.generator)
        for entry in model_set(chosen.models).entries:
            store.path(entry)
        with ThreadPoolExecutor(1, "loading") as threads:
            loading = threads.submit(Editor.load, chosen.models, chosen.device, store, generator=chosen.generator)
            with proxies_hidden():
                import editor.ui.page  # noqa: F401
            return loading.result()


def _announce(address: Address, asked: int | None) -> None:
    """Say where the page is served."""
    remarks = [f"port {FIRST_PORT} is taken"] if asked is None and address.port != FIRST_PORT else []
    remarks += ["and at this machine's other addresses"] if address.is_everywhere else []
    with suppress(OSError):  # nobody reads it: the page is served all the same
        print(f"Semantic face editor: {address.url} ({'; '.join([*remarks, 'Ctrl-C stops it'])})", flush=True)


def _run(start: _Start, interruption: Interruption) -> int:
    """Start, and wait until the process is asked to stop or the start fails."""
    starting = ThreadPoolExecutor(1, "start").submit(start.run)
    while not interruption:
        if starting.done():
            starting.result()  # raises what went wrong
        time.sleep(WAIT_SECONDS)
    return _stop(start, starting, interruption)


def _stop(start: _Start, starting: Future, interruption: Interruption) -> int:
    """End the server, or a start that is under way as far as it lets itself be ended."""
    start.cancelled.set()
    if start.server:
        start.server.close()
        return 0
    wait([starting], GIVING_UP_SECONDS)
    return interruption.status
