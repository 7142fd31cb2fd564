"""What a rule sees of a document: all of it."""

from __future__ import annotations

from agents.controls.rulebook._passages import LONGEST_LINE, Passages
from agents.controls.rulebook.examples import reading_of_text
from agents.documents.reading import EmbeddedXml, Reading

TERMS = "Our general terms apply to all deliveries and services. "
PAID = "The amount was paid in advance."


def of_xml(note: str) -> Passages:
    xml = EmbeddedXml(name="a.xml", text=f"<Invoice><Note>{note}</Note></Invoice>")
    return Passages(Reading(digest="0" * 64, media_type="application/xml", xml=xml))


def test_a_phrase_far_down_in_a_long_note_of_the_xml_is_found_and_quoted() -> None:
    found = of_xml(TERMS * 60 + PAID).phrase(["paid in advance"])
    assert found
    assert "paid in advance" in found.text
    assert len(found.text) <= LONGEST_LINE


def test_a_long_text_is_shown_whole_in_parts_that_can_be_quoted() -> None:
    for passages in (of_xml(TERMS * 20 + PAID), Passages(reading_of_text(TERMS * 6 + PAID))):
        lines = passages.lines
        assert len(lines) > 1
        assert all(len(line.text) <= LONGEST_LINE for line in lines)
        assert " ".join(line.text for line in lines).endswith(PAID)
