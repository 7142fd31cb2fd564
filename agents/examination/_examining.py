"""A document examined: of what the reading process answered, all that code says of it, part after part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, TypeAdapter

from agents.controls import matching
from agents.documents import Answer
from agents.documents.layout import Layout
from agents.documents.reading import EmbeddedXml, Page, Reading, Word
from agents.einvoice import (
    NotAnEInvoice,
    amounts_aside,
    collection_findings,
    container_findings,
    destinations_of_xml,
    fields_from_xml,
)
from agents.fields import checks
from agents.fields.bounds import bounded, that_fit
from agents.fields.destinations import Destination
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.fields.values import amounts, is_money
from agents.pages import Draft, compare, draft, issuer, payment_destinations, safety, scan_findings, unpayable
from infra.records import Finding, Issuer, IssuerProfile, Severity, finding

MOST_WORDS = 60_000
"""Words of a document that are kept for later steps, which work on them in the worker: loading so many takes some tenths of a
second, in which it does nothing else. A longer document goes to a person."""
_DRAFT: TypeAdapter[Draft | None] = TypeAdapter(Draft | None)


class Order(BaseModel):
    """What `examine` is asked, beside what the reading process answered."""

    longest: int
    """Characters of text in which values are looked for."""
    most_bytes: int
    """Of fields that are carried on."""
    looks: bool = True
    """Whether the pixels of key values are read before an approval without a person."""


class OfTheFile(BaseModel):
    """What is said of the file and of the e-invoice in it."""

    media_type: str
    pages: int
    characters: int
    words: bool
    """Whether any text stands on its pages."""
    too_long: bool
    """Whether its pages are more than an invoice has."""
    has_money: bool
    """Whether any amount of money stands in its text."""
    xml: str | None
    """Name of the e-invoice in it, if that can be used."""
    findings: list[Finding]
    stated: Fields | None
    """What that e-invoice states."""
    no_einvoice: str | None = None
    """Why it is refused: it is XML, and no e-invoice."""


class KnownBy(BaseModel):
    """By what a document is found again that comes as other bytes, and whom it names to be paid to."""

    sketch: list[int] = []
    preceding: str | None = None
    destinations: list[Destination] = []
    issuers: list[str] = []
    """Keys of what on its pages may name its issuer."""


@dataclass(frozen=True)
class Examination:
    """As far as it came: what was not reached before it was stopped is None."""

    reading: bytes | None
    """The reading as JSON, as it is kept."""
    of_the_file: OfTheFile | None
    draft: Draft | None
    """Of its pages, where there is no e-invoice that says it."""
    known_by: KnownBy | None


def pack(order: Order, answer: Answer) -> bytes:
    """What `examine` is given."""
    return order.model_dump_json().encode() + b"\n" + answer.packed()


def unpack(parts: Sequence[bytes]) -> Examination:
    """What came of `examine`, of as many parts as there are.

    Raises:
        ValueError: these are no such parts.
    """
    reading, of_the_file, drafted, known_by = (parts[n] if n < len(parts) else None for n in range(4))
    return Examination(
        reading,
        OfTheFile.model_validate_json(of_the_file) if of_the_file is not None else None,
        unpack_draft(drafted) if drafted is not None else None,
        KnownBy.model_validate_json(known_by) if known_by is not None else None,
    )


def unpack_draft(part: bytes) -> Draft | None:
    return _DRAFT.validate_json(part)


def examine(data: bytes) -> Iterator[bytes]:
    """Of an order and what the reading process answered (`pack`): the reading as it is kept, `OfTheFile`, the draft of its pages
    where these are what it is read from, and `KnownBy`."""
    asked, _, answer = data.partition(b"\n")
    order = Order.model_validate_json(asked)
    reading = Answer.unpacked(answer).reading()
    words = len(reading.words)
    if words > MOST_WORDS:
        reading = reading.model_copy(update={"words": reading.words[:MOST_WORDS]})
    yield reading.model_dump_json().encode()
    of_the_file = _of_the_file(reading, order, words)
    yield of_the_file.model_dump_json().encode()
    fields, drafted = of_the_file.stated, None
    if fields is None and of_the_file.words and not of_the_file.too_long:
        drafted = _that_fits(draft(reading), order)
        fields = drafted.fields
    yield _DRAFT.dump_json(drafted)
    known_by = _known_by(reading, fields or {}, pages=not of_the_file.too_long)
    if drafted is not None:
        known_by.issuers = issuer.keys_in(Layout(reading))
    yield known_by.model_dump_json().encode()


def _that_fits(drafted: Draft, order: Order) -> Draft:
    kept, too_long = that_fit(drafted.fields, order.most_bytes)
    return replace(drafted, fields=kept, findings=bounded([*drafted.findings, *too_long]))


class Known(BaseModel):
    """What `draft_known` is given of issuers."""

    order: Order
    issuers: list[Issuer]


def draft_known(data: bytes) -> Iterator[bytes]:
    """Of `Known` and a reading, as JSON with a line break between: its draft, by what is known of its issuer."""
    known, _, reading = data.partition(b"\n")
    given = Known.model_validate_json(known)
    yield _DRAFT.dump_json(_that_fits(draft(Reading.model_validate_json(reading), given.issuers), given.order))


class Confirmed(BaseModel):
    """What `learn` is given of an invoice that a person confirmed."""

    fields: Fields
    but: list[str]
    """Paths approved in spite of what was found."""
    names: list[str]
    """That the vendor master has for the issuer."""
    before: list[Issuer]
    """What is known of issuers that its pages name."""


class Learnt(BaseModel):
    """What it teaches."""

    keys: list[str]
    """By which the issuer is found: identifiers that are proved, and names it goes by."""
    follows: str | None
    """Id of the issuer that it is one more look at."""
    profile: IssuerProfile


def learn(data: bytes) -> Iterator[bytes]:
    """Of `Confirmed` and a reading, as JSON with a line break between: `Learnt`."""
    confirmed, _, reading = data.partition(b"\n")
    given = Confirmed.model_validate_json(confirmed)
    read = Reading.model_validate_json(reading)
    before = issuer.fitting(Layout(read), given.before)
    profile = issuer.learn(
        read, given.fields, but=given.but, names=given.names, before=before.profile if before else None
    )
    keys = issuer.keys_of(given.fields, None, profile.names)
    yield Learnt(keys=keys, follows=before.id if before else None, profile=profile).model_dump_json().encode()


def draft_again(data: bytes) -> Iterator[bytes]:
    """Of a reading as JSON: its draft."""
    yield _DRAFT.dump_json(draft(Reading.model_validate_json(data)))


_SAMPLE_XML = """<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>R-1</ram:ID><ram:TypeCode>380</ram:TypeCode></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeSettlement>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>120.00</ram:GrandTotalAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def warm_up() -> None:
    """Examine a small invoice: patterns are compiled and tables loaded when they are first needed."""
    lines = (
        "Sample Ltd",
        "INVOICE R-1",
        "Date: 31.10.2026",
        "Paper  2  50.00  100.00",
        "Net 100.00",
        "VAT 20 % 20.00",
        "Total 120.00",
    )
    words = [
        Word(text=text, page=1, box=(50 + 60 * m, 50 + 15 * n, 95 + 60 * m, 60 + 15 * n), line=n)
        for n, line in enumerate(lines)
        for m, text in enumerate(line.split())
    ]
    page = Page(number=1, width=595, height=842)
    reading = Reading(digest="0" * 64, media_type="application/pdf", pages=[page], words=words, text="\n".join(lines))
    safety.findings(reading)
    unpayable.findings(reading)
    fields = draft(reading).fields
    written = fields_from_xml(_SAMPLE_XML)
    of_both = reading.model_copy(update={"xml": EmbeddedXml(name="sample.xml", text=_SAMPLE_XML)})
    container_findings(of_both)
    collection_findings(_SAMPLE_XML)
    compare(written, of_both)
    _known_by(of_both, fields, pages=True)


def _of_the_file(reading: Reading, order: Order, words: int) -> OfTheFile:
    findings = _findings(reading, order.looks)
    if words > MOST_WORDS:
        message = f"only the first {MOST_WORDS:,} of its {words:,} words are looked at: a person has to read the rest"
        findings.append(finding(Rule.LONG_DOCUMENT, Severity.ERROR, message))
    try:
        stated, refused = _stated(reading, findings), None
    except NotAnEInvoice as error:
        stated, refused = None, str(error)
    if stated is not None:
        stated, too_long = that_fit(stated, order.most_bytes)
        findings += too_long
    return OfTheFile(
        media_type=reading.media_type,
        pages=len(reading.pages),
        characters=len(reading.text),
        words=bool(reading.words),
        too_long=len(reading.text) > order.longest or words > MOST_WORDS,
        has_money=any(is_money(number) for number in amounts(reading.text[: order.longest])),
        xml=reading.xml.name if reading.xml and stated is not None else None,
        findings=bounded(findings),
        stated=stated,
        no_einvoice=refused,
    )


def _findings(reading: Reading, looks: bool) -> list[Finding]:
    findings = [*safety.findings(reading), *unpayable.findings(reading)]
    if reading.xml_problem:
        findings.append(finding(Rule.XML_BROKEN, Severity.ERROR, reading.xml_problem))
    findings += container_findings(reading)
    findings += [finding(Rule.ACTIVE_CONTENT, Severity.ERROR, f"the PDF {what}") for what in reading.active]
    mended = "the file had to be mended to be read"
    findings += [finding(Rule.READ_REPAIRED, Severity.ERROR, f"{mended}: {what}") for what in reading.repairs]
    if reading.problem:
        return [*findings, finding(Rule.NO_TEXT, Severity.ERROR, reading.problem.message)]
    return [*findings, *scan_findings(reading, looks=looks)]


def _stated(reading: Reading, findings: list[Finding]) -> Fields | None:
    """The fields of the e-invoice in the document, if there is one that can be used; to ``findings`` what is found of it."""
    if reading.xml is None:
        return None
    try:
        fields = fields_from_xml(reading.xml.text)
    except NotAnEInvoice as error:
        if not reading.words:
            raise
        message = f"{reading.xml.name}: {error}; the page was read instead"
        findings.append(finding(Rule.XML_UNUSABLE, Severity.WARNING, message))
        return None
    findings += checks.type_code(fields)
    findings += collection_findings(reading.xml.text)
    if reading.words:
        findings += compare(fields, reading, aside=amounts_aside(reading.xml.text))
    return {path: field.model_copy(update={"grounds": [Ground.STATED]}) for path, field in fields.items()}


def _known_by(reading: Reading, fields: Fields, *, pages: bool) -> KnownBy:
    """``pages``: whether whom these name to be paid to is looked for."""
    text = reading.xml.text if reading.xml and not reading.text else reading.text
    return KnownBy(
        sketch=matching.sketch(text),
        preceding=matching.preceding_of(text, fields),
        destinations=[
            *(payment_destinations(reading) if pages else []),
            *(destinations_of_xml(reading.xml.text) if reading.xml else []),
        ],
    )
