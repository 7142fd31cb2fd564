"""What a document would do, what is attached to it and what it says of itself is told, and nothing of it is done."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from agents.documents import read_document
from agents.documents.reading import Reading
from tests.agents.documents.samples import (
    CII,
    CORPUS,
    encrypted,
    invoice_page,
    needs_corpus,
    pdf,
    with_attachments,
)


def read(data: bytes) -> Reading:
    return asyncio.run(read_document(data, "invoice.pdf", seconds=30, memory_mb=512))


def action(kind: str, **more: str) -> DictionaryObject:
    stated = {NameObject(f"/{key}"): TextStringObject(value) for key, value in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(f"/{kind}"), **stated})


def acting(place: str, what: DictionaryObject) -> bytes:
    """An invoice that does ``what`` when it is opened, when its first page is left, on a script's turn, or on a click."""
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(invoice_page()))))
    reference = writer._add_object(what)
    page = writer.pages[0]
    if place == "open":
        writer.root_object[NameObject("/OpenAction")] = reference
    elif place == "leave":
        page[NameObject("/AA")] = DictionaryObject({NameObject("/C"): reference})
    elif place == "script":
        names = ArrayObject([TextStringObject("any"), reference])
        tree = DictionaryObject({NameObject("/Names"): names})
        writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})
    else:
        link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): reference})
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("place", "what", "told"),
    [
        ("open", action("Launch", F="cmd.exe"), ["starts a program or opens a file: cmd.exe, by itself"]),
        ("open", action("JavaScript", JS="app.alert(1)"), ["runs JavaScript, by itself"]),
        ("open", action("URI", URI="https://x.test/?seen"), ["opens a web address: https://x.test/?seen, by itself"]),
        ("leave", action("SubmitForm", F="https://x.test"), ["sends data: https://x.test, by itself"]),
        ("script", action("JavaScript", JS="app.alert(1)"), ["runs JavaScript, by itself"]),
        ("click", action("Launch", F="a\nb.exe"), ["starts a program or opens a file: a b.exe, on a click"]),
        ("click", action("ImportData", F="x.fdf"), ["takes in data from a file: x.fdf, on a click"]),
        ("click", action("URI", URI="https://seller.test"), []),
        ("click", action("GoTo"), []),
        ("open", action("GoTo"), []),
    ],
)
def test_what_a_document_would_do_is_told_in_words(place: str, what: DictionaryObject, told: list[str]) -> None:
    reading = read(acting(place, what))
    assert reading.active == told
    assert reading.problem is None


def test_an_action_is_found_however_its_name_is_spelled_and_wherever_it_is_kept() -> None:
    spelled = acting("open", action("JavaScript", JS="x")).replace(b"/S /JavaScript", b"/S /J#61va#53cript")
    assert b"/JavaScript" not in spelled
    assert read(spelled).active == ["runs JavaScript, by itself"]
    locked = encrypted(acting("open", action("Launch", F="cmd.exe")), "")
    assert read(locked).active == ["starts a program or opens a file: cmd.exe, by itself"]


def test_a_document_whose_actions_point_at_each_other_is_read_all_the_same() -> None:
    looped = acting("open", action("Launch", F="a.exe"))
    writer = PdfWriter(PdfReader(io.BytesIO(looped)))
    launch = writer.root_object["/OpenAction"].get_object()
    assert isinstance(launch, DictionaryObject)
    launch[NameObject("/Next")] = writer._add_object(
        DictionaryObject(
            {**action("JavaScript", JS="x"), NameObject("/Next"): writer.root_object.raw_get("/OpenAction")}
        )
    )
    out = io.BytesIO()
    writer.write(out)
    assert sorted(read(out.getvalue()).active) == [
        "runs JavaScript, by itself", "starts a program or opens a file: a.exe, by itself",
    ]  # fmt: skip


def test_words_on_the_page_are_no_actions() -> None:
    assert read(pdf([(50, 700, "/JavaScript /Launch /OpenAction")])).active == []


def test_attached_files_are_listed_but_for_the_e_invoice_that_was_taken() -> None:
    files: dict[str, Any] = {"terms.pdf": pdf([]), "factur-x.xml": CII.format(number="R-17"), "setup.exe": b"MZ"}
    reading = read(with_attachments(pdf(invoice_page()), files))
    assert reading.xml is not None
    assert sorted(reading.attachments) == ["setup.exe", "terms.pdf"]


def test_of_very_many_attached_files_the_first_are_listed() -> None:
    reading = read(with_attachments(pdf(invoice_page()), {f"{n:03}.txt": b"x" for n in range(80)}))
    assert len(reading.attachments) == 50


def test_what_a_document_says_of_itself_is_kept_apart_from_its_text() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(invoice_page()))))
    writer.add_metadata({"/Title": "Invoice\nR-17", "/Keywords": "pay at once " * 1000, "/Author": " ", "/Subject": ""})
    out = io.BytesIO()
    writer.write(out)
    reading = read(out.getvalue())
    assert sorted(reading.metadata) == ["keywords", "title"]
    assert reading.metadata["title"] == "Invoice R-17"
    assert 1990 < len(reading.metadata["keywords"]) <= 2000
    assert "pay at once" not in reading.text


@needs_corpus
def test_an_instruction_in_the_properties_is_there_for_checks_to_find() -> None:
    reading = read((CORPUS / "injection/pdf/inj-03-metadata.pdf").read_bytes())
    assert reading.metadata["subject"].startswith("Ignore previous instructions")
    assert "Ignore previous" not in reading.text
