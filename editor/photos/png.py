"""The PNG structure: a signature, and chunks of length, kind, body and checksum.

Reference: W3C PNG 3rd edition. It asks decoders to pass over ancillary chunks that are malformed; Pillow refuses the file.
"""

import struct
import zlib
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
MAX_PROFILE_BYTES = 1_000_000
"""An ICC profile that is larger when unpacked is passed over. Pillow has this limit as well."""
LENGTHS = {b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}
GREY, RGB, PALETTE = 0, 2, 3
"""Kinds of picture that may have one clear colour, or clear entries of the palette."""


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Kind, body and all bytes of each chunk, also of one that ends too early.

    >>> content = PNG_SIGNATURE + struct.pack(">I4s", 2, b"tEXt") + b"hi" + bytes(4)
    >>> [(kind, body) for kind, body, _ in chunks(content)]
    [(b'tEXt', b'hi')]
    """
    start = len(PNG_SIGNATURE)
    while start + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, start)
        end = start + 12 + length
        yield kind, content[start + 8 : end - 4], content[start:end]
        start = end


def is_drawing_chunk(kind: bytes, body: bytes, chunk: bytes, header: bytes) -> bool:
    """Whether the chunk is needed to draw the picture, and well formed unless the picture cannot do without it.

    Args:
        kind: its four letters.
        body: what it holds.
        chunk: all of its bytes.
        header: the body of the chunk IHDR.

    >>> is_drawing_chunk(b"IDAT", b"", b"", header=b""), is_drawing_chunk(b"tEXt", b"", b"", header=b"")
    (True, False)
    """
    if kind in CRITICAL:
        return True
    if chunk[-4:] != zlib.crc32(kind + body).to_bytes(4, "big"):
        return False
    if kind in LENGTHS:
        return len(body) == LENGTHS[kind]
    if kind == b"iCCP":
        return _holds_profile(body)
    return kind == b"tRNS" and _states_clear_colours(body, header)


def for_eight_bits(kind: bytes, body: bytes, chunk: bytes, header: bytes) -> bytes:
    """The chunk as a decoder needs it that makes 8 bits of colours of 16.

    Pillow keeps the upper byte of each sample, and compares it with the lower byte of the clear colour. So the lower byte
    is made the upper one.

    Args:
        kind: its four letters.
        body: what it holds.
        chunk: all of its bytes.
        header: the body of the chunk IHDR.

    Returns:
        All bytes of the chunk to use.

    >>> header, body = struct.pack(">IIBBBBB", 8, 8, 16, RGB, 0, 0, 0), bytes([1, 2, 3, 4, 5, 6])
    >>> for_eight_bits(b"tRNS", body, struct.pack(">I4s", 6, b"tRNS") + body, header)[8:14]
    b'\\x01\\x01\\x03\\x03\\x05\\x05'
    """
    if kind != b"tRNS" or header[8:10] != bytes([16, RGB]):
        return chunk
    body = bytes(byte for upper in body[::2] for byte in (upper, upper))
    return chunk[:8] + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _holds_profile(body: bytes) -> bool:
    _, null, packed = body.partition(b"\0")
    if not null or not packed.startswith(b"\0"):  # the only method of compression
        return False
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return False
    return unpacking.eof


def _states_clear_colours(body: bytes, header: bytes) -> bool:
    kind = header[9] if len(header) > 9 else -1
    if kind == PALETTE:
        return 1 <= len(body) <= 256
    return len(body) == {GREY: 2, RGB: 6}.get(kind)
