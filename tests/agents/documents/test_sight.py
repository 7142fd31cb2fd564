"""What a person sees of a page is read, with its place; what the file says and nobody sees is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.documents._pdf import read_pdf
from agents.documents.reading import Reading
from agents.fields.rules import Rule
from agents.pages import safety
from infra.records import Severity
from tests.agents.documents.handmade import form, handmade

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "safety"

HERE = "BT /F1 12 Tf 72 500 Td (SECRET) Tj ET"
DARK = "0.2 0.2 0.25 rg 50 480 300 60 re f"
PIXEL = "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8"
SECRET = form("BT /F1 12 Tf 22 20 Td (SECRET) Tj ET")
AT = "q 1 0 0 1 50 480 cm /X1 Do Q"
X1 = "/XObject << /X1 20 0 R >>"
STATE = "/ExtGState << /G1 20 0 R >>"
OFF = "/OCProperties << /OCGs [20 0 R] /D << {} >> >>"
PATTERN = "/Pattern << /P1 20 0 R >>"
TILE = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 4 4] /XStep 4 /YStep 4 /Resources << >>"
EMPTY_GLYPHS = (
    "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 67 /LastChar 84 "
    "/Widths [600 600 600 600 600 600 600 600 600 600 600 600 600 600 600 600 600 600] /Encoding << /Type /Encoding "
    "/Differences [67 /C 69 /E 82 /R 83 /S 84 /T] >> /CharProcs << /C 21 0 R /E 21 0 R /R 21 0 R /S 21 0 R /T 21 0 R >> "
    "/Resources << >> >>"
)


def read(data: bytes) -> Reading:
    """As the reading process does, in this one: a hundred processes would take minutes."""
    return Reading.model_validate({**read_pdf(data), "digest": "0" * 64, "media_type": "application/pdf"})


def findings(reading: Reading) -> list[tuple[str, Severity]]:
    return [(one.rule, one.severity) for one in safety.findings(reading)]


UNSEEN = {
    "render mode 3": handmade(HERE.replace("Td", "Td 3 Tr")),
    "render mode 7": handmade(HERE.replace("Td", "Td 7 Tr")),
    "white on white": handmade(f"1 g {HERE}"),
    "dark on dark": handmade(f"{DARK} {HERE}"),
    "one level off": handmade(f"{DARK} 0.204 0.2 0.25 rg {HERE}"),
    "eight levels off": handmade(f"0.5 g 50 480 300 60 re f 0.53 g {HERE}"),
    "pale yellow on white": handmade(f"1 1 0.95 rg {HERE}"),
    "in the colours of a picture behind it": handmade(
        f"q 300 0 0 60 50 480 cm /X1 Do Q 0 0 1 rg {HERE}", resources=X1,
        objects={20: (PIXEL, b"\0\0\xff")},
    ),
    "in the colours of a shading behind it": handmade(
        f"q 50 480 300 60 re W n /S1 sh Q 0.4 0.4 0.4 rg {HERE}",
        resources="/Shading << /S1 << /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 600 0] /Extend [true true] "
        "/Function << /FunctionType 2 /Domain [0 1] /C0 [0.4 0.4 0.4] /C1 [0.42 0.42 0.42] /N 1 >> >> >>",
    ),
    "white pattern": handmade(
        f"/Pattern cs /P1 scn {HERE}", resources=PATTERN, objects={20: (TILE, "1 g 0 0 4 4 re f")}
    ),
    "empty pattern": handmade(f"/Pattern cs /P1 scn {HERE}", resources=PATTERN, objects={20: (TILE, "")}),
    "clipped away": handmade(f"q 400 50 10 10 re W n {HERE} Q"),
    "clipped to a sliver": handmade(f"q 60 501 300 0.6 re W n {HERE} Q"),
    "clipped by other text": handmade(f"q BT /F1 12 Tf 7 Tr 300 300 Td (other) Tj ET {HERE.replace('Td', 'Td 0 Tr')} Q"),
    "alpha 0": handmade(f"/G1 gs {HERE}", resources=STATE, objects={20: "<< /ca 0 >>"}),
    "alpha 2 %": handmade(f"/G1 gs {HERE}", resources=STATE, objects={20: "<< /ca 0.02 >>"}),
    "soft mask": handmade(
        f"/G1 gs {HERE}", resources=STATE,
        objects={20: "<< /SMask << /S /Luminosity /G 21 0 R >> >>",
                 21: form("0 g 0 0 600 850 re f", "/Group << /S /Transparency /CS /DeviceGray >>", "[0 0 600 850]")},
    ),
    "soft mask around a form": handmade(
        f"q /G1 gs {AT} Q", resources=f"{STATE.replace('20', '22')} {X1}",
        objects={20: SECRET, 22: "<< /SMask << /S /Luminosity /G 21 0 R >> >>",
                 21: form("0 g 0 0 600 850 re f", "/Group << /S /Transparency /CS /DeviceGray >>", "[0 0 600 850]")},
    ),
    "blend mode that leaves nothing": handmade(f"/G1 gs 1 g {HERE}", resources=STATE, objects={20: "<< /BM /Multiply >>"}),
    "blend mode darken on dark": handmade(f"{DARK} /G1 gs 0.8 g {HERE}", resources=STATE, objects={20: "<< /BM /Darken >>"}),
    "outside a form's box": handmade(AT, resources=X1, objects={20: form("BT /F1 12 Tf 22 90 Td (SECRET) Tj ET")}),
    "white in a form": handmade(AT, resources=X1, objects={20: form("1 g BT /F1 12 Tf 22 20 Td (SECRET) Tj ET")}),
    "clipped in a form in a form": handmade(
        AT, resources=X1,
        objects={20: ("/Type /XObject /Subtype /Form /BBox [0 0 300 60] /Resources << /XObject << /X2 21 0 R >> >>", "/X2 Do"),
                 21: form("q 0 0 5 5 re W n BT /F1 12 Tf 22 20 Td (SECRET) Tj ET Q")},
    ),
    "empty glyphs": handmade(
        "BT /F2 12 Tf 72 500 Td (SECRET) Tj ET", resources="/XObject << >> /Font << /F1 5 0 R /F2 20 0 R >>",
        objects={20: EMPTY_GLYPHS, 21: ("", "600 0 d0")},
    ),
    "squeezed by its matrix": handmade("BT /F1 12 Tf 0.001 0 0 1 72 500 Tm (SECRET) Tj ET"),
    "flattened by its matrix": handmade("BT /F1 12 Tf 1 0 0 0.01 72 500 Tm (SECRET) Tj ET"),
    "squeezed by horizontal scaling": handmade("BT /F1 12 Tf 0.5 Tz 72 500 Td (SECRET) Tj ET"),
    "one point": handmade("BT /F1 1 Tf 72 500 Td (SECRET) Tj ET"),
    "beside the crop box": handmade(HERE, page="/CropBox [0 600 595 842]"),
    "optional content off": handmade(
        f"/OC /L1 BDC {HERE} EMC", resources="/Properties << /L1 20 0 R >>", catalog=OFF.format("/OFF [20 0 R]"),
        objects={20: "<< /Type /OCG /Name (layer) >>"},
    ),
    "optional content of a form off": handmade(
        AT, resources=X1, catalog="/OCProperties << /OCGs [21 0 R] /D << /OFF [21 0 R] >> >>",
        objects={20: form("BT /F1 12 Tf 22 20 Td (SECRET) Tj ET", "/OC 21 0 R"), 21: "<< /Type /OCG /Name (layer) >>"},
    ),
    "optional content base state off": handmade(
        f"/OC /L1 BDC {HERE} EMC", resources="/Properties << /L1 20 0 R >>", catalog=OFF.format("/BaseState /OFF"),
        objects={20: "<< /Type /OCG /Name (layer) >>"},
    ),
    "optional content for print alone": handmade(
        f"/OC /L1 BDC {HERE} EMC", resources="/Properties << /L1 20 0 R >>",
        catalog=OFF.format("/AS [<< /Event /View /Category [/View] /OCGs [20 0 R] >>]"),
        objects={20: "<< /Type /OCG /Name (layer) /Usage << /View << /ViewState /OFF >> /Print << /PrintState /ON >> >> >>"},
    ),
    "membership of a layer that is off": handmade(
        f"/OC /L1 BDC {HERE} EMC", resources="/Properties << /L1 21 0 R >>", catalog=OFF.format("/OFF [20 0 R]"),
        objects={20: "<< /Type /OCG /Name (layer) >>", 21: "<< /Type /OCMD /OCGs [20 0 R] /P /AllOn >>"},
    ),
    "under a box": handmade(f"{HERE} {DARK}"),
    "under a picture": handmade(
        f"{HERE} q 300 0 0 60 50 480 cm /X1 Do Q", resources=X1,
        objects={20: (PIXEL, b"\xff\xff\xff")},
    ),
    "under a form": handmade(f"{HERE} {AT}", resources=X1, objects={20: form("1 g 0 0 300 60 re f")}),
    "white under other text": handmade(f"1 g {HERE} 0 g {HERE.replace('SECRET', 'PUBLIC')}"),
    "white over other text": handmade(f"{HERE.replace('SECRET', 'PUBLIC')} 1 g {HERE}"),
    "white half a letter beside other text": handmade(
        f"1 g {HERE} 0 g {HERE.replace('SECRET', 'PUBLIC').replace('72', '76')}"
    ),
    "under bold text of the same colour": handmade(
        "BT /F1 5 Tf 74 494 Td (SECRET) Tj ET BT /F1 60 Tf 2 Tr 12 w 60 480 Td (------) Tj ET"
    ),
    "under an opaque note": handmade(
        HERE, annotations=["/Subtype /Square /Rect [50 480 350 540] /F 4 /AP << /N 20 0 R >>"],
        objects={20: form("1 g 0 0 300 60 re f")},
    ),
    "under a form field": handmade(
        HERE, annotations=["/Subtype /Widget /FT /Tx /T (f) /Rect [50 480 350 540] /F 4 /AP << /N 20 0 R >>"],
        catalog="/AcroForm << /Fields [10 0 R] >>", objects={20: form("1 g 0 0 300 60 re f")},
    ),
    "under a stamp within its own white": handmade(
        HERE, annotations=["/Subtype /Stamp /Rect [50 480 350 540] /F 4 /AP << /N 20 0 R >>"],
        objects={20: form("1 g 0 0 300 60 re f 1 0 0 RG 5 5 290 50 re S")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSEEN)
def test_text_that_leaves_no_ink_is_hidden_and_told(name: str) -> None:
    reading = read(UNSEEN[name])
    assert "SECRET" not in reading.text.replace(" ", "")
    assert not {"SECRET", "S", "E", "C", "R", "T"} & {word.text for word in reading.words}
    assert "Invoice of Acme GmbH Total 500.00" in reading.text
    assert "SECRET" in "".join(piece.text for piece in reading.hidden).replace(" ", "")
    if name != "beside the crop box":  # where printers' marks stand
        assert Rule.HIDDEN_TEXT in [rule for rule, _ in findings(reading)]


SEEN = {
    "thin and small": handmade("BT /F1 3.5 Tf 72 500 Td (PUBLIC) Tj ET"),
    "grey": handmade(f"0.8 g {HERE.replace('SECRET', 'PUBLIC')}"),
    "red on a green as bright": handmade(f"0 0.58 0 rg 50 480 300 60 re f 1 0 0 rg {HERE.replace('SECRET', 'PUBLIC')}"),
    "white on a dark picture": handmade(
        f"q 300 0 0 60 50 480 cm /X1 Do Q 1 g {HERE.replace('SECRET', 'PUBLIC')}", resources=X1,
        objects={20: ("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\x30")},
    ),
    "outlined": handmade(HERE.replace("SECRET", "PUBLIC").replace("Td", "Td 1 Tr")),
    "half transparent": handmade(
        f"/G1 gs {HERE.replace('SECRET', 'PUBLIC')}", resources=STATE, objects={20: "<< /ca 0.5 >>"}
    ),
    "printed twice to be bold": handmade(f"{HERE} {HERE.replace('72', '72.3')}".replace("SECRET", "PUBLIC")),
    "with a shadow": handmade(f"0.7 g {HERE.replace('72 500', '73 499')} 0 g {HERE}".replace("SECRET", "PUBLIC")),
    "under a watermark": handmade(f"{HERE} /G1 gs 0.5 g BT /F1 60 Tf 50 480 Td (COPY) Tj ET".replace("SECRET", "PUBLIC"),
                                  resources=STATE, objects={20: "<< /ca 0.4 >>"}),
    "over a watermark": handmade(f"0.85 g BT /F1 60 Tf 50 480 Td (COPY) Tj ET 0 g {HERE}".replace("SECRET", "PUBLIC")),
    "under a highlighter": handmade(
        HERE.replace("SECRET", "PUBLIC"),
        annotations=["/Subtype /Highlight /Rect [70 495 130 515] /F 4 /C [1 1 0] /QuadPoints [70 515 130 515 70 495 130 495]"],
    ),
    "in a form drawn twice": handmade(
        f"{AT} q 1 0 0 1 50 300 cm /X1 Do Q", resources=X1, objects={20: form("BT /F1 12 Tf 22 20 Td (PUBLIC) Tj ET")}
    ),
    "turned": handmade("BT /F1 12 Tf 0.7 0.7 -0.7 0.7 72 500 Tm (PUBLIC) Tj ET"),
    "in a layer that is on": handmade(
        f"/OC /L1 BDC {HERE.replace('SECRET', 'PUBLIC')} EMC", resources="/Properties << /L1 20 0 R >>",
        catalog=OFF.format("/ON [20 0 R]"), objects={20: "<< /Type /OCG /Name (layer) >>"},
    ),
    "on a page of two metres": handmade(
        "BT /F1 60 Tf 72 500 Td (PUBLIC) Tj ET", page="/MediaBox [0 0 5600 5600]"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_text_that_a_person_sees_is_read_whole(name: str) -> None:
    reading = read(SEEN[name])
    assert "PUBLIC" in "".join(
        word.text for word in reading.words if word.text not in ("COPY", "PUBLIC")
    ) or "PUBLIC" in [word.text for word in reading.words]
    assert reading.hidden == []
    assert Severity.ERROR not in [severity for _, severity in findings(reading)]


NOTE = "/Subtype /FreeText /Rect [50 480 350 540] /F {flags} /Contents ({says}) /DA (/F1 12 Tf 0 g) {ap}"
SHOWS = form("BT /F1 12 Tf 22 20 Td (SECRET) Tj ET")
FIELDS = "/AcroForm << /Fields [10 0 R] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 12 Tf 0 g) {} >>"
FORM = FIELDS.format("")
SHOWN = "/Rect [50 480 350 540] /F 4 /AP << /N 20 0 R >>"
FIELD = "/Subtype /Widget /FT /Tx /T (total) /Rect [50 480 350 500] /F 4 /DA (/F1 12 Tf 0 g)"


@pytest.mark.parametrize(
    ("data", "origin"),
    [
        (handmade("", annotations=[NOTE.format(flags=4, says="", ap="/AP << /N 20 0 R >>")], objects={20: SHOWS}), "annotation"),
        (handmade("", annotations=[NOTE.format(flags=0, says="SECRET", ap="")], catalog=FORM), "annotation"),
        (handmade("", annotations=[f"/Subtype /Stamp {SHOWN}"], objects={20: SHOWS}), "annotation"),
        (handmade("", annotations=[f"/Subtype /Square {SHOWN}"], objects={20: SHOWS}), "annotation"),
        (handmade("", annotations=[f"{FIELD} /V (SECRET)"], catalog=FORM), "form"),
        (handmade("", annotations=[f"{FIELD} /V (SECRET)"], catalog=FIELDS.format("/NeedAppearances true")), "form"),
        (handmade("", annotations=[f"{FIELD} /V (SECRET) /AP << /N 20 0 R >>"], catalog=FORM, objects={20: SHOWS}), "form"),
        (handmade("", annotations=[f"{FIELD} /AP << /N << /On 20 0 R >> >> /AS /On"], objects={20: SHOWS}), "form"),
    ],
    ids=["note", "note without an appearance", "stamp", "square", "field without an appearance", "field to be drawn anew",
         "field", "state of a field outside the form"],
)  # fmt: skip
def test_what_lies_over_a_page_is_read_with_its_place_as_what_it_is(data: bytes, origin: str) -> None:
    reading = read(data)
    (word,) = [word for word in reading.words if word.text == "SECRET"]
    assert word.origin == origin
    assert 50 <= word.box[0] <= word.box[2] <= 350
    assert 302 <= word.box[1] <= word.box[3] <= 362
    assert all(other.origin == "page" for other in reading.words if other is not word)
    (annotation,) = reading.annotations
    assert annotation.text == "SECRET"
    rule = Rule.FORM_FIELD if origin == "form" else Rule.ANNOTATION
    assert (rule, Severity.ERROR) in findings(reading)


@pytest.mark.parametrize(
    "annotation",
    [
        NOTE.format(flags=2, says="SECRET", ap="/AP << /N 20 0 R >>"),
        NOTE.format(flags=32, says="SECRET", ap="/AP << /N 20 0 R >>"),
        NOTE.format(flags=6, says="SECRET", ap=""),
        "/Subtype /Popup /Rect [50 480 350 540] /F 4 /Contents (SECRET)",
        "/Subtype /Link /Rect [50 480 350 540] /F 4 /Contents (SECRET)",
    ],
    ids=["hidden", "not for view", "hidden, printed", "popup", "link"],
)
def test_what_is_switched_off_over_a_page_is_not_seen(annotation: str) -> None:
    reading = read(handmade("", annotations=[annotation], objects={20: SHOWS}))
    assert "SECRET" not in reading.text
    assert (reading.annotations, findings(reading)) == ([], [])


@pytest.mark.parametrize(
    "annotation",
    [
        "/Subtype /FreeText /Rect [50 480 350 540] /F 4 /Contents (Many thanks!) /DA (/F1 12 Tf 0 g)",
        "/Subtype /Text /Rect [50 480 70 500] /F 4 /Contents (Vielen Dank)",
        "/Subtype /Highlight /Rect [70 755 130 775] /F 4 /C [1 1 0] /QuadPoints [70 775 130 775 70 755 130 755]",
        "/Subtype /Widget /FT /Tx /T (empty) /Rect [50 480 350 500] /F 4",
        "/Subtype /Widget /FT /Sig /T (signature) /Rect [50 480 350 500] /F 4",
        "/Subtype /Link /Rect [50 480 350 540] /A << /S /URI /URI (https://example.org) >>",
        "/Subtype /Stamp /Rect [0 0 5 5] /F 4",
    ],
    ids=["thanks", "comment", "highlighter", "empty field", "signature", "link", "speck"],
)
def test_what_says_nothing_of_the_invoice_needs_no_person(annotation: str) -> None:
    reading = read(handmade("", annotations=[annotation], catalog=FORM))
    assert Severity.ERROR not in [severity for _, severity in findings(reading)]


@pytest.mark.parametrize(
    ("annotation", "rule"),
    [
        ("/Subtype /FreeText /Rect [50 480 350 540] /F 4 /Contents (PAID) /DA (/F1 12 Tf 0 g)", Rule.ANNOTATION),
        ("/Subtype /FreeText /Rect [50 480 350 540] /F 4 /Contents (Total 400.00) /DA (/F1 12 Tf 0 g)", Rule.ANNOTATION),
        ("/Subtype /Text /Rect [50 480 70 500] /F 4 /Contents (storniert)", Rule.ANNOTATION),
        ("/Subtype /Stamp /Rect [50 480 350 540] /F 4 /AP << /N 21 0 R >>", Rule.ANNOTATION),
        ("/Subtype /StrikeOut /Rect [70 755 230 775] /F 4 /C [1 0 0] /QuadPoints [70 775 230 775 70 755 230 755]", Rule.ANNOTATION),
        ("/Subtype /Ink /Rect [50 480 350 540] /F 4 /InkList [[60 490 340 530]] /C [1 0 0]", Rule.ANNOTATION),
        (f"{FIELD} /V (99.00) /AP << /N 20 0 R >>", Rule.FORM_FIELD),
    ],
    ids=["paid", "another total", "comment", "stamp that is a picture", "struck out", "ink", "value other than shown"],
)  # fmt: skip
def test_what_says_something_over_a_page_goes_to_a_person(annotation: str, rule: Rule) -> None:
    shapes = {20: form("BT /F1 12 Tf 2 5 Td (11.00) Tj ET"), 21: form("1 0 0 RG 5 5 290 50 re S")}
    reading = read(handmade("", annotations=[annotation], catalog=FORM, objects=shapes))
    assert (rule, Severity.ERROR) in findings(reading)


@pytest.mark.parametrize(
    "content",
    [
        f"/Span << /ActualText (SECRET) >> BDC {HERE.replace('SECRET', 'PUBLIC')} EMC",
        f"/Span /A BDC {HERE.replace('SECRET', 'PUBLIC')} EMC",
        f"/Span << /ActualText <FEFF005300450043005200450054> >> BDC {HERE.replace('(SECRET)', '(PUB)')} "
        "BT /F1 12 Tf 96.7 500 Td (LIC) Tj ET EMC",
        f"/P << /MCID 0 >> BDC /Span << /ActualText (SECRET) >> BDC {HERE.replace('SECRET', 'PUBLIC')} EMC EMC",
        "q 1 0 0 1 50 480 cm /X1 Do Q",
    ],
    ids=["inline", "by name", "over several", "nested", "in a form"],
)
def test_letters_are_read_as_they_are_drawn_whatever_the_file_wants_read(content: str) -> None:
    inside = form("/Span << /ActualText (SECRET) >> BDC BT /F1 12 Tf 22 20 Td (PUBLIC) Tj ET EMC")
    reading = read(
        handmade(content, resources=f"{X1} /Properties << /A << /ActualText (SECRET) >> >>", objects={20: inside})
    )
    assert "PUBLIC" in [word.text for word in reading.words]
    assert "SECRET" not in reading.text
    assert [(one.text, one.drawn, one.page) for one in reading.replaced] == [("SECRET", "PUBLIC", 1)]
    assert (Rule.REPLACED_TEXT, Severity.ERROR) in findings(reading)


def test_letters_that_the_file_wants_read_as_they_are_drawn_are_no_finding() -> None:
    reading = read(
        handmade("/Span << /ActualText (Public) >> BDC BT /F1 12 Tf 72 500 Td (Pub-) Tj 0 -14 Td (lic) Tj ET EMC")
    )
    assert (reading.replaced, findings(reading)) == ([], [])


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not at {CASES}")
@pytest.mark.parametrize("path", sorted(CASES.glob("*.pdf")) if CASES.is_dir() else [], ids=lambda path: path.stem)
def test_the_handed_cases_are_read_as_a_person_sees_them(path: Path) -> None:
    reading = read(path.read_bytes())
    told = findings(reading)
    words = [word for word in reading.words if word.text == "SECRET"]
    if path.stem.startswith("text_only_in_annotation"):
        assert [word.origin for word in words] == ["annotation"]
        assert (Rule.ANNOTATION, Severity.ERROR) in told
    elif path.stem.startswith("picture_says"):
        assert "layer" not in path.stem or [page.recognised for page in reading.pages] == [True]
        assert "layer" in path.stem or (reading.pictures == [1] and (Rule.HIDDEN_TEXT, Severity.ERROR) in told)
    elif "ctual" in path.stem:
        assert words == []
        assert (Rule.REPLACED_TEXT, Severity.ERROR) in told
    else:
        assert words == []
        assert "SECRET" in [piece.text for piece in reading.hidden]
        assert "crop" in path.stem or Rule.HIDDEN_TEXT in [rule for rule, _ in told]
