"""XMP packets: written for others to read, read whoever wrote them."""

import xml.etree.ElementTree as ET

import pytest

from editor.errors import RecipeError
from editor.recipe import FaceEdit, Recipe
from editor.saving.marks import IPTC, KINDS, MOST_BYTES, OWN, PACKET, TERMS, Packet, packet, read_packet

RECIPE = Recipe((FaceEdit({"Smiling": 1.5, "a <b> & 'c' \"d\" é": -1}), FaceEdit({})))
LAUGHS = '<!DOCTYPE l [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("kind", [*KINDS, None])
@pytest.mark.parametrize("recipe", [RECIPE, None])
def test_what_is_written_is_read(kind, recipe):
    said = read_packet(packet(kind, recipe))
    assert said.source == (TERMS[kind] if kind else "")
    assert (Recipe.from_json(said.recipe) if said.recipe else None) == recipe


def test_another_reader_finds_the_properties_of_the_standard():
    found = {node.tag: node.text for node in ET.fromstring(packet("edited", RECIPE)).iter()}
    assert found[f"{{{IPTC}}}DigitalSourceType"] == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    )
    assert found[f"{{{IPTC}}}AISystemUsed"] and found[f"{{{IPTC}}}AISystemVersionUsed"]
    assert "Smiling +1.5" in (found[f"{{{IPTC}}}AIPromptInformation"] or "")
    assert found["{http://ns.adobe.com/xap/1.0/}CreatorTool"]


def test_a_property_may_be_an_attribute_as_other_programs_write_it():
    shorthand = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:p="{IPTC}" p:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"/></rdf:RDF>'
    )
    assert read_packet(shorthand.encode()).source == "digitalCapture"
    assert read_packet(shorthand.replace("cv.iptc.org", "evil.example").encode()).source == ""


@pytest.mark.parametrize("content", [b"", b"<", b"\0\0", b"<a>", b"\xff\xfe<", b"<?xml version='1.0' encoding='nobody'?><a/>"])
def test_what_is_no_packet_says_nothing(content):
    assert read_packet(content) == Packet()


def test_entities_are_not_expanded_nor_fetched(tmp_path):
    (tmp_path / "secret").write_text("secret")
    outside = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    for declared in (LAUGHS, outside, '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">'):
        with pytest.raises(RecipeError, match="entities"):
            read_packet(f'{declared}<a xmlns:f="{OWN}"><f:Recipe>&b;&x;</f:Recipe></a>'.encode())


def test_a_huge_packet_is_refused_and_a_deep_one_read():
    with pytest.raises(RecipeError, match="large"):
        read_packet(b" " * (MOST_BYTES + 1))
    assert read_packet(b"<a>" * 50_000) == Packet()


def test_a_packet_with_the_largest_recipe_fits_into_a_jpeg():
    edits = tuple(FaceEdit({f"{number:<100}"[:100].replace(" ", "x"): 1.0}) for number in range(100))
    assert len(packet("edited", Recipe(edits))) < 65_504
    assert len(packet("edited", Recipe((FaceEdit({f"{'&' * 90}{number}": 1.0 for number in range(100)}),)))) < 65_504


def test_there_is_nothing_to_fill_in_twice():
    assert PACKET.count("{properties}") == 1
