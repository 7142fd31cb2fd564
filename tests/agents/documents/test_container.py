"""How an e-invoice is put into its PDF is read as it stands, whatever is broken about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agents.documents import read_document
from agents.documents.reading import Container, Reading
from tests.agents.documents.samples import (
    CII,
    encrypted,
    hybrid,
    invoice_page,
    pdf,
    with_associated_file,
    with_attachments,
    xmp,
)

XML = CII.format(number="R-17")


def read(data: bytes) -> Reading:
    return asyncio.run(read_document(data, "invoice.pdf", seconds=30, memory_mb=512))


def container(data: bytes) -> Container:
    found = read(data)
    assert found.xml is not None
    assert found.container is not None
    return found.container


def made(**other: Any) -> Container:
    return container(hybrid(pdf(invoice_page()), XML, **other))


def test_where_the_e_invoice_is_listed_and_as_what_is_told() -> None:
    found = made()
    assert (found.associated, found.embedded) == (True, True)
    assert (found.relationship, found.media_type) == ("Data", "text/xml")
    assert (made(associated=False).associated, made(embedded=False).embedded) == (False, False)
    assert made(relationship=None).relationship is None


@pytest.mark.parametrize("as_attributes", [False, True])
def test_metadata_are_read_whether_written_as_elements_or_attributes(as_attributes: bool) -> None:
    found = made(metadata=xmp(as_attributes=as_attributes, ConformanceLevel="BASIC WL")).xmp
    assert found is not None
    assert (found.level, found.file_name, found.document_type) == ("BASIC WL", "factur-x.xml", "INVOICE")
    assert (found.version, found.pdfa_part, found.pdfa_conformance) == ("1.0", "3", "B")
    assert found.schema_declared


def test_files_without_metadata_or_a_place_in_the_name_tree_are_read_too() -> None:
    plain = container(with_attachments(pdf(invoice_page()), {"factur-x.xml": XML}))
    assert (plain.associated, plain.embedded, plain.relationship) == (False, True, None)
    assert plain.xmp is None
    assert plain.xmp_problem == "the PDF has no XMP metadata"
    alone = container(with_associated_file(pdf(invoice_page()), "factur-x.xml", XML))
    assert (alone.associated, alone.embedded) == (True, False)


def test_metadata_of_something_else_name_no_profile() -> None:
    found = made(metadata=xmp(namespace="urn:other:schema#")).xmp
    assert found is not None
    assert (found.namespace, found.level) == (None, None)


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        ("<x:xmpmeta>", "not well-formed"),
        (b"\xff\xfe<", "encoding"),
        ("<a>" + " " * 1_000_001 + "</a>", "were not read"),
    ],
)
def test_metadata_that_are_unsafe_broken_or_huge_are_told_and_not_used(metadata: str | bytes, told: str) -> None:
    found = made(metadata=metadata)
    assert found.xmp is None
    assert told in str(found.xmp_problem)
    assert found.associated


def test_what_metadata_say_is_cut() -> None:
    found = made(metadata=xmp(ConformanceLevel="EN\n" * 10_000)).xmp
    assert found is not None
    assert 100 < len(str(found.level)) <= 200


def test_an_encrypted_file_that_opens_without_a_password_is_looked_into() -> None:
    assert container(encrypted(hybrid(pdf(invoice_page()), XML), "")).associated


def test_a_structure_that_cannot_be_read_is_none_and_the_rest_stands() -> None:
    broken = hybrid(pdf(invoice_page()), XML).replace(b"/Metadata", b"/Metadatb")
    assert read(broken).container is not None
    no_invoice = read(pdf(invoice_page()))
    assert (no_invoice.container, no_invoice.xml) == (None, None)
