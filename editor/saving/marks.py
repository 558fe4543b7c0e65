"""XMP packets: that a picture was edited or made by AI, with what, and the recipe of the edits.

The properties are those that the IPTC Photo Metadata Standard 2025.1 has for pictures that AI edited or made, `CreatorTool`
of XMP itself, and one of this program's own that holds a recipe as JSON. A packet comes from a file that anybody may have
made, so it is read by expat alone, which fetches nothing, and a packet that declares entities is not read.

References: ISO 16684-1 (XMP), IPTC NewsCodes `digitalsourcetype`.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args
from xml.parsers import expat
from xml.sax.saxutils import escape

from editor import __version__
from editor.errors import RecipeError
from editor.recipe import FaceEdit, Recipe
from editor.spaces import TITLES

Kind = Literal["edited", "generated"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""A photo that was edited in part, and a picture that a network drew."""
TERMS: dict[Kind, str] = {"edited": "compositeWithTrainedAlgorithmicMedia", "generated": "trainedAlgorithmicMedia"}
VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
XMP = "http://ns.adobe.com/xap/1.0/"
OWN = "urn:semantic-face-editor:1.0#"
SYSTEM = "Semantic face editor"
LONGEST_PROMPT = 500
"""Characters; the recipe says everything."""
MOST_BYTES = 1_000_000
"""Of a packet that is read. Those of this program have 65,504 at most."""

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{iptc}" xmlns:xmp="{xmp}" xmlns:faceeditor="{own}">
{properties}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True)
class Packet:
    """What a packet says.

    Attributes:
        source: the last part of its `DigitalSourceType`, as in `TERMS`; empty: it has none of IPTC's.
        recipe: the JSON of a recipe, not looked at; empty: it has none.
    """

    source: str = ""
    recipe: str = field(default="", repr=False)


def packet(kind: Kind | None, recipe: Recipe | None) -> bytes:
    """An XMP packet.

    Args:
        kind: what AI did; None: the packet does not say.
        recipe: what to put into it; None: nothing.

    Raises:
        RecipeError: the recipe is larger than can be read again.

    >>> read_packet(packet("edited", None)).source
    'compositeWithTrainedAlgorithmicMedia'
    """
    properties = []
    if kind:
        properties.append(("Iptc4xmpExt:DigitalSourceType", VOCABULARY + TERMS[kind]))
        properties += [("Iptc4xmpExt:AISystemUsed", SYSTEM), ("Iptc4xmpExt:AISystemVersionUsed", __version__)]
        if recipe and recipe.edits:
            properties.append(("Iptc4xmpExt:AIPromptInformation", in_words(recipe)[:LONGEST_PROMPT]))
        properties.append(("xmp:CreatorTool", f"{SYSTEM} {__version__}"))
    if recipe:
        properties.append(("faceeditor:Recipe", recipe.to_json()))
    lines = "\n".join(f"<{name}>{escape(value)}</{name}>" for name, value in properties)
    return PACKET.format(iptc=IPTC, xmp=XMP, own=OWN, properties=lines).encode()


def in_words(recipe: Recipe) -> str:
    """The edits of a recipe for a person to read.

    >>> in_words(Recipe((FaceEdit({"Smiling": 1.5, "Young": -1}),)))
    'Smiling +1.5, Young -1 (in W*, face 1)'
    """
    return "; ".join(_edit_in_words(edit) for edit in recipe.edits)


def _edit_in_words(edit: FaceEdit) -> str:
    strengths = ", ".join(f"{name} {strength:+g}" for name, strength in edit.strengths.items()) or "no change"
    face = "face placed by hand" if edit.points else f"face {edit.face + 1}"
    return f"{strengths} (in {TITLES[edit.space]}, {face})"


def read_packet(content: bytes) -> Packet:
    """What a packet says that anybody may have written. One that is damaged, or is no packet, says nothing.

    Raises:
        RecipeError: it declares entities, as no packet has to, or is far too large.

    >>> read_packet(b"not a packet")
    Packet(source='')
    """
    if len(content) > MOST_BYTES:
        raise RecipeError("The file's XMP metadata are too large to be looked at for a recipe.")
    properties: dict[str, str] = {}
    _read_properties(content.strip(b"\0 \t\r\n"), properties)
    source = properties.get(f"{IPTC} DigitalSourceType", "")
    return Packet(source.removeprefix(VOCABULARY) if source.startswith(VOCABULARY) else "", properties.get(f"{OWN} Recipe", ""))


def _read_properties(content: bytes, properties: dict[str, str]) -> None:
    """Put namespace and name -> text of all properties of these two namespaces into `properties`, the first of each name.

    RDF has two ways to write a simple property: an element with a text, and an attribute.
    """
    texts: list[str] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        texts.clear()
        for name, value in attributes.items():
            keep(name, value)

    def end(name: str) -> None:
        keep(name, "".join(texts))
        texts.clear()

    def keep(name: str, value: str) -> None:
        if name.startswith((f"{IPTC} ", f"{OWN} ")):
            properties.setdefault(name, value.strip())

    parser = expat.ParserCreate("utf-8", " ")  # whatever encoding it claims to have
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, texts.append
    parser.StartDoctypeDeclHandler = _refuse_declarations
    try:
        parser.Parse(content, True)
    except expat.ExpatError:  # damaged
        return


def _refuse_declarations(*_: object) -> None:
    raise RecipeError("The file's XMP metadata declare entities, so they are not looked at for a recipe.")
