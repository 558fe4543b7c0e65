"""Names of files that any file system takes."""

from hashlib import sha256

LONGEST = 200
"""Bytes of a name. Disks take 255; what is put behind it must fit too."""
DIGITS = 12
"""Hexadecimal digits that tell shortened names apart."""


def shortened(name: str, longest: int = LONGEST) -> str:
    """A name that fits: itself, or its beginning and what tells it from others that begin alike. The same on every run.

    Args:
        name: of a file or a folder, without what stands behind it.
        longest: how many bytes it may have, at least 20.

    Raises:
        ValueError: it may have fewer.

    >>> shortened("anna"), len(shortened("n" * 300))
    ('anna', 200)
    >>> len(shortened("\u0436" * 300).encode()) <= LONGEST
    True
    """
    if len(_bytes(name)) <= longest:
        return name
    if longest < DIGITS + 8:
        raise ValueError(f"no name has a place in {longest} bytes")
    end = f"-{digest(name)}"
    while len(_bytes(name)) > longest - len(end):
        name = name[:-1]
    return name + end


def digest(text: str) -> str:
    """What tells a text from others, in `DIGITS` letters that any name can have.

    >>> digest("anna")
    '55579b557896'
    """
    return sha256(_bytes(text)).hexdigest()[:DIGITS]


def _bytes(text: str) -> bytes:
    """A name may hold bytes that are not UTF-8, which Python writes as surrogates."""
    return text.encode("utf-8", "surrogatepass")
