"""`python app.py`: its options, its start and its end."""

import argparse
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from editor.errors import EditorError
from editor.ui.address import FIRST_PORT, PORTS, Address, listen
from editor.ui.hosts import ANY, host_name, root_path
from editor.ui.interruption import Interruption

if TYPE_CHECKING:
    from editor.ui.server import Server

MODELS = ("embedded", "embedded-paper", "ffhq", "ffhq-e4e")
"""The names in `editor.models`, which takes seconds to import."""
WAIT_SECONDS = 0.1
"""How often the main thread looks whether it is to stop."""
GIVING_UP_SECONDS = 1.0
"""How long a start that is interrupted may take to tidy up."""


class Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; the environment has the defaults. Exits with status 2 and one line where an argument is wrong."""
    parser = Parser(description="Edit faces in photos, on this machine, in a browser.")
    parser.add_argument("--models", choices=MODELS, default="embedded", help="model set (default %(default)s)")
    parser.add_argument(
        "--generator", default="", type=_file, metavar="FILE", help="another StyleGAN2-FFHQ (.pt, .pkl) for ffhq, ffhq-e4e"
    )
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")
    parser.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1",
        help="address to serve at: 127.0.0.1 for this machine only, 0.0.0.0 or :: for all who can reach it "
        "(default: the variable GRADIO_SERVER_NAME, else 127.0.0.1)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("GRADIO_SERVER_PORT") or None,
        help=f"port, 0 for any free one (default: the variable GRADIO_SERVER_PORT, else {FIRST_PORT} "
        f"or the next free one up to {PORTS[-1]})",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        type=_name,
        default=[],
        metavar="NAME",
        help="a name that browsers reach the server by, besides this machine's own; may be given several times; "
        "* allows all (also: the variable EDITOR_ALLOW_HOSTS, with commas between names)",
    )
    parser.add_argument(
        "--root-path",
        type=_root_path,
        default=os.environ.get("GRADIO_ROOT_PATH", ""),
        metavar="PATH",
        help="path, or whole URL, that a reverse proxy serves the page at; its name goes with --allow-host "
        "(default: the variable GRADIO_ROOT_PATH)",
    )
    found = parser.parse_args(arguments)
    try:
        found.allow_host += [_name(each) for each in os.environ.get("EDITOR_ALLOW_HOSTS", "").split(",") if each.strip()]
    except argparse.ArgumentTypeError as error:
        parser.error(f"variable EDITOR_ALLOW_HOSTS: {error}")
    return found


def _file(text: str) -> str:
    if text and not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is not a file")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, which is a number from 0 to 65535")
    return int(text)


def _name(text: str) -> str:
    if not host_name(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a host, such as faces.example.org, nor {ANY}")
    return text


def _root_path(text: str) -> str:
    try:
        return root_path(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no path, such as /faces, nor a URL of the web") from error


def serve(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until the process is asked to stop.

    Returns:
        The exit status: 0 when stopped while serving, 1 after one line on stderr when the server cannot start, 128 and the
        number of the signal when stopped before.
    """
    interruption = Interruption()
    interruption.listen()
    chosen = options(arguments)
    try:
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

    def __init__(self, chosen: argparse.Namespace, address: Address, cache: Path):
        self._chosen, self._address, self._cache = chosen, address, cache
        self.cancelled = threading.Event()
        self.server: Server | None = None

    def run(self) -> None:
        """Load the models, serve the page and say where.

        Raises:
            EditorError: the models cannot be loaded.
        """
        from editor.pipeline import Editor
        from editor.ui.server import launch, proxies_hidden
        from editor.weights import Gate

        chosen, gate = self._chosen, Gate(cancelled=self.cancelled)
        gate.remove_abandoned()
        editor = Editor.load(chosen.models, chosen.device, gate, generator=chosen.generator)
        if editor.notice:
            print(editor.notice, file=sys.stderr)
        with proxies_hidden():
            from editor.ui.page import build
        self.server = launch(build(editor, self._cache), self._address, chosen.allow_host, chosen.root_path)
        if self.cancelled.is_set():
            return
        _announce(self._address, chosen.port)
        threading.Thread(target=editor.prepare, daemon=True).start()  # while the visitor looks for a photo


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
