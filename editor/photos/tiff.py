"""The TIFF structure: directories of tags, which EXIF uses too.

A directory is a count, entries of (tag, type, count, value or offset), and the offset of the next directory. In BigTIFF the
numbers are wider.

Colours of 16 bits are presented to the decoder as a grey picture that is several times as wide;
`samples` makes colours of it again.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from editor.photos.samples import Samples

MAX_PAGES = 64
MAX_ENTRIES = 4096
MAX_NUMBERS = 8
"""Numbers of an entry that are read; the counts of samples that Pillow knows are smaller."""
SUBFILE, WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, ORIENTATION = 254, 256, 257, 258, 259, 262, 266, 274
SAMPLES, MAX_SAMPLE, PLANAR, PREDICTOR, TILE_WIDTH, EXTRA_SAMPLES, SAMPLE_FORMAT = 277, 281, 284, 317, 322, 338, 339
DRAWING_TAGS = {
    *(WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, 273, SAMPLES, 278, 279, 280, MAX_SAMPLE, PLANAR, 292, 293),
    *(PREDICTOR, 320, TILE_WIDTH, 323, 324, 325, 332, 334, EXTRA_SAMPLES, SAMPLE_FORMAT, 340, 341, 347, *range(512, 522)),
    *(529, 530, 531, 532, 34675),
}
"""Tags without which the pixels or their colours cannot be read. 34675 is the ICC profile."""
REDUCED, MASK = 1, 4
"""Bits of the tag NewSubfileType."""
DIFFERENCED = {5, 8, 32946, 34925, 50000}
"""Compressions before which the encoder can replace samples by differences: LZW, Deflate twice, LZMA and Zstandard."""
PLAIN = {1, 32773}
"""Other compressions that leave each byte as it is: none and PackBits."""
COLOUR_MODES = {
    (2, 3, ()): "RGB",
    (2, 4, ()): "RGBA",
    (2, 4, (0,)): "RGB",
    (2, 4, (1,)): "RGBa",
    (2, 4, (2,)): "RGBA",
    (5, 4, ()): "CMYK",
}
"""PhotometricInterpretation, SamplesPerPixel and ExtraSamples -> what Pillow calls it."""
MAX_SAMPLES = 120_000_000
"""A grey picture of more pixels would not be decoded."""


@dataclass(frozen=True)
class Page:
    """One picture of a TIFF file.

    Attributes:
        content: the file, in which this picture is the only one and has no metadata.
        orientation: 1 to 8.
        white: the value of white in the samples, where a tag says so or the samples are not of 8 or 16 bits.
        negative: whether the value 0 is white.
        samples: where the picture has colours of 16 bits, how they lie in the grey picture that `content` holds instead.
    """

    content: bytes
    orientation: int
    white: int | None
    negative: bool
    samples: Samples | None


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
    values: tuple[int, ...]
    """The first few numbers, where they are bytes, shorts or longs; empty otherwise."""

    @property
    def value(self) -> int:
        return self.values[0] if self.values else 0


def orientation_of_exif(block: bytes) -> int:
    """The orientation that an EXIF block states, 1 to 8; 1 where it states none that can be read.

    >>> one_entry = struct.pack("<2sHI H HHIHH I", b"II", 42, 8, 1, ORIENTATION, 3, 1, 6, 0, 0)
    >>> orientation_of_exif(one_entry), orientation_of_exif(b"no EXIF")
    (6, 1)
    """
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

    >>> import io
    >>> from PIL import Image
    >>> stream, large = io.BytesIO(), Image.new("L", (80, 64))
    >>> large.resize((8, 8)).save(stream, "TIFF", save_all=True, append_images=[large])
    >>> Image.open(io.BytesIO(only_largest_page(stream.getvalue()).content)).size
    (80, 64)
    """
    layout, first = _header(content)
    start, page = max(_pages(content, layout, first), key=_rank)  # of equals, the first
    samples = _samples(page)
    kept = [entry.raw for entry in (_grey(page, samples, layout) if samples else page) if entry.tag in DRAWING_TAGS]
    count, end = struct.pack(layout.order + layout.count, len(kept)), struct.pack(layout.order + layout.offset, 0)
    directory = b"".join([count, *kept, end])  # no longer than the page's own, so it takes its place
    pointer = struct.calcsize(layout.offset)
    header = content[:pointer] + struct.pack(layout.order + layout.offset, start)
    alone = b"".join([header, content[len(header) : start], directory, content[start + len(directory) :]])
    return Page(alone, _orientation(page), _white(page), _value(page, PHOTOMETRIC, 1) == 0, samples)


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
    return _Entry(tag, content[start : start + layout.entry], _numbers(content, layout, inline, kind, count))


def _numbers(content: bytes, layout: _Layout, inline: int, kind: int, count: int) -> tuple[int, ...]:
    """The first numbers of an entry. They lie in the entry itself where they fit, otherwise where it points."""
    form = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(kind)
    if form is None:
        return ()
    fits = struct.calcsize(form) * count <= struct.calcsize(layout.offset)
    where = inline if fits else struct.unpack_from(layout.order + layout.offset, content, inline)[0]
    count = min(count, MAX_NUMBERS)
    if where + struct.calcsize(form) * count > len(content):
        return ()
    return struct.unpack_from(f"{layout.order}{count}{form}", content, where)


def _value(entries: list[_Entry], tag: int, otherwise: int) -> int:
    return next((entry.value for entry in entries if entry.tag == tag), otherwise)


def _values(entries: list[_Entry], tag: int) -> tuple[int, ...]:
    return next((entry.values for entry in entries if entry.tag == tag), ())


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


def _samples(entries: list[_Entry]) -> Samples | None:
    """How the colours of a page lie, where they have 16 bits and each pixel's samples follow each other."""
    count, compression = _value(entries, SAMPLES, 1), _value(entries, COMPRESSION, 1)
    mode = COLOUR_MODES.get((_value(entries, PHOTOMETRIC, 1), count, _values(entries, EXTRA_SAMPLES)))
    sixteen = set(_values(entries, BITS)) == {16} and set(_values(entries, SAMPLE_FORMAT)) <= {1}
    together = _value(entries, PLANAR, 1) == 1 and _value(entries, FILL_ORDER, 1) == 1
    predictor = _value(entries, PREDICTOR, 1) if compression in DIFFERENCED else 1
    size = _value(entries, WIDTH, 0) * _value(entries, LENGTH, 0) * count
    known = compression in DIFFERENCED | PLAIN and predictor in (1, 2)
    if mode is None or not (sixteen and together and known and size <= MAX_SAMPLES):
        return None
    run = _value(entries, TILE_WIDTH, _value(entries, WIDTH, 0)) if predictor == 2 else 0
    return Samples(count, mode, _white(entries), run)


def _grey(entries: list[_Entry], samples: Samples, layout: _Layout) -> list[_Entry]:
    """The entries of a grey page that has the same bytes. A width is that of all samples, and differences stay."""
    numbers = {BITS: 16, PHOTOMETRIC: 1, SAMPLES: 1, PREDICTOR: 1, SAMPLE_FORMAT: 1}
    numbers |= {tag: _value(entries, tag, 0) * samples.count for tag in (WIDTH, TILE_WIDTH)}
    kept = [entry for entry in entries if entry.tag not in (EXTRA_SAMPLES, MAX_SAMPLE)]
    return [_long(entry.tag, numbers[entry.tag], layout) if entry.tag in numbers else entry for entry in kept]


def _long(tag: int, number: int, layout: _Layout) -> _Entry:
    """An entry of one number."""
    raw = struct.pack(layout.order + layout.head + "I", tag, 4, 1, number)
    return _Entry(tag, raw.ljust(layout.entry, b"\0"), (number,))
