"""Where the files lie that come with the package: weights, style and example portraits."""

from pathlib import Path


def data_folder(name: str) -> Path:
    """A folder of files that come with the package: the installed copy, or the checkout's where nothing is installed.

    Args:
        name: "weights" or "assets".

    >>> (data_folder("weights") / "manifest.toml").is_file()
    True
    """
    package = Path(__file__).parent.parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name
