"""The wire format of an answer with pictures: JSON and JPEGs in one body, so that a move of a slider is one request.

    4 bytes, big-endian: N | N bytes: JSON in UTF-8 | the pictures, one after another

The JSON says under "pictures" where each lies: name -> [start, length, media type]. Starts count from the first byte after the
JSON. Names whose pictures are the same share their bytes.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

MEDIA_TYPE = "application/octet-stream"
JPEG = "image/jpeg"


def framed(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The body of an answer.

    Args:
        data: what JSON can hold, without NaN.
        pictures: name -> JPEG.

    >>> framed({"number": 7}, {})
    b'\\x00\\x00\\x00\\x1a{"number":7,"pictures":{}}'
    """
    places: dict[int, list[Any]] = {}
    parts: list[bytes] = []
    start = 0
    for picture in pictures.values():
        if id(picture) not in places:
            places[id(picture)] = [start, len(picture), JPEG]
            parts.append(picture)
            start += len(picture)
    said = dict(data) | {"pictures": {name: places[id(picture)] for name, picture in pictures.items()}}
    head = json.dumps(said, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
    return b"".join([struct.pack(">I", len(head)), head, *parts])
