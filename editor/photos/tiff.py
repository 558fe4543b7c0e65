"""The TIFF structure: directories of tags, which EXIF uses too.

A directory is a count, entries of (tag, type, count, value or offset), and the offset of the next directory. In BigTIFF the
numbers are wider.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PAGES = 64
MAX_ENTRIES = 4096
SUBFILE, WIDTH, LENGTH, BITS, PHOTOMETRIC, ORIENTATION, MAX_SAMPLE = 254, 256, 257, 258, 262, 274, 281
DRAWING_TAGS = {
    *(WIDTH, LENGTH, BITS, 259, PHOTOMETRIC, 266, 273, 277, 278, 279, 280, MAX_SAMPLE, 284, 292, 293, 317, 320),
    *(322, 323, 324, 325, 332, 334, 338, 339, 340, 341, 347, *range(512, 522), 529, 530, 531, 532, 34675),
}
"""Tags without which the pixels or their colours cannot be read. 34675 is the ICC profile."""
REDUCED, MASK = 1, 4
"""Bits of the tag NewSubfileType."""


@dataclass(frozen=True)
class Page:
    """One picture of a TIFF file.

    Attributes:
        content: the file, in which this picture is the only one and has no metadata.
        orientation: 1 to 8.
        white: the value of white in the samples, where a tag says so or the samples are not of 8 or 16 bits.
        negative: whether the value 0 is white.
    """

    content: bytes
    orientation: int
    white: int | None
    negative: bool


@dataclass(frozen=True)
class _Layout:
    """Byte order and widths: formats of the entry count, of an entry's head and of an offset."""

    order: str
    count: str
    head: str
    offset: str

    @property
    def entry(self) -> int:
        return struct.calcsize(self.order + self.head + self.offset)


@dataclass(frozen=True)
class _Entry:
    tag: int
    raw: bytes
    value: int
    """The first number, where it is a byte, a short or a long; 0 otherwise."""


def orientation_of_exif(block: bytes) -> int:
    """The orientation that an EXIF block states, 1 to 8; 1 where it states none that can be read."""
    try:
        layout, first = _header(block)
        return _orientation(_directory(block, layout, first)[0])
    except (struct.error, ValueError):
        return 1


def only_largest_page(content: bytes) -> Page:
    """Choose the page that is the photo, and leave of its directory what draws it.

    The first page is the photo, unless it is marked as a reduced copy or a mask, or another page is larger.

    Raises:
        struct.error: the structure leads outside the file.
        ValueError: it is no TIFF file, or has no page.
    """
    layout, first = _header(content)
    start, page = max(_pages(content, layout, first), key=_rank)  # of equals, the first
    kept = [entry.raw for entry in page if entry.tag in DRAWING_TAGS]
    count, end = struct.pack(layout.order + layout.count, len(kept)), struct.pack(layout.order + layout.offset, 0)
    directory = b"".join([count, *kept, end])  # no longer than the page's own, so it takes its place
    pointer = struct.calcsize(layout.offset)
    header = content[:pointer] + struct.pack(layout.order + layout.offset, start)
    alone = b"".join([header, content[len(header) : start], directory, content[start + len(directory) :]])
    return Page(alone, _orientation(page), _white(page), _value(page, PHOTOMETRIC, 1) == 0)


def _header(content: bytes) -> tuple[_Layout, int]:
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None:
        raise ValueError("no byte order")
    version = struct.unpack_from(order + "H", content, 2)[0]
    if version == 43:
        return _Layout(order, "Q", "HHQ", "Q"), struct.unpack_from(order + "Q", content, 8)[0]
    return _Layout(order, "H", "HHI", "I"), struct.unpack_from(order + "I", content, 4)[0]


def _pages(content: bytes, layout: _Layout, start: int) -> Iterator[tuple[int, list[_Entry]]]:
    """Where each directory starts, and its entries."""
    seen: set[int] = set()
    while start and start not in seen and len(seen) < MAX_PAGES:
        seen.add(start)
        try:
            entries, following = _directory(content, layout, start)
        except struct.error:  # this page is lost; the ones before it are not
            return
        yield start, entries
        start = following


def _directory(content: bytes, layout: _Layout, start: int) -> tuple[list[_Entry], int]:
    """The entries of a directory, and the offset of the next one.

    Raises:
        struct.error: it leads outside the content.
    """
    if start >= len(content):
        raise struct.error("outside")
    stated = struct.unpack_from(layout.order + layout.count, content, start)[0]
    start += struct.calcsize(layout.order + layout.count)
    count = min(stated, MAX_ENTRIES, (len(content) - start) // layout.entry)
    entries = [_entry(content, layout, start + index * layout.entry) for index in range(count)]
    end = start + count * layout.entry
    if count < stated or len(content) < end + struct.calcsize(layout.offset):
        return entries, 0
    return entries, struct.unpack_from(layout.order + layout.offset, content, end)[0]


def _entry(content: bytes, layout: _Layout, start: int) -> _Entry:
    tag, kind, count = struct.unpack_from(layout.order + layout.head, content, start)
    inline = start + struct.calcsize(layout.order + layout.head)
    form = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(kind)
    value = 0
    if form:
        fits = struct.calcsize(form) * count <= struct.calcsize(layout.offset)
        where = inline if fits else struct.unpack_from(layout.order + layout.offset, content, inline)[0]
        if where + struct.calcsize(form) <= len(content):
            value = struct.unpack_from(layout.order + form, content, where)[0]
    return _Entry(tag, content[start : start + layout.entry], value)


def _value(entries: list[_Entry], tag: int, otherwise: int) -> int:
    return next((entry.value for entry in entries if entry.tag == tag), otherwise)


def _orientation(entries: list[_Entry]) -> int:
    orientation = _value(entries, ORIENTATION, 1)
    return orientation if 1 <= orientation <= 8 else 1


def _rank(page: tuple[int, list[_Entry]]) -> tuple[bool, int]:
    _, entries = page
    whole = not _value(entries, SUBFILE, 0) & (REDUCED | MASK)
    return whole, _value(entries, WIDTH, 0) * _value(entries, LENGTH, 0)


def _white(entries: list[_Entry]) -> int | None:
    bits, stated = _value(entries, BITS, 1), _value(entries, MAX_SAMPLE, 0)
    if 8 < bits < 16:
        return 2**bits - 1
    return stated if bits == 16 and 255 < stated < 65535 else None
