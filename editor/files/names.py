"""Names of files that any file system takes."""

import os
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

    >>> shortened("anna"), len(shortened("n" * 300))
    ('anna', 200)
    >>> len(os.fsencode(shortened("\u0436" * 300))) <= LONGEST
    True
    """
    content = os.fsencode(name)
    if len(content) <= longest:
        return name
    digest = f"-{sha256(content).hexdigest()[:DIGITS]}"
    room = longest - len(digest)
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return name + digest
