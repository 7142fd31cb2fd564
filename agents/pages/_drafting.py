"""What code makes of an invoice's text without a model: fields with their grounds, and the choices it leaves open.

Amounts that close the arithmetic, rows whose quantity times price is their amount, identifiers whose check digits hold
and values next to an unmistakable label need no model. What is left is offered to one as a choice among candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from agents.documents.reading import Reading
from agents.fields import values
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.pages import issuer
from agents.pages._candidates import Candidates
from agents.pages._draft_header import read_currency, read_header
from agents.pages._draft_lines import read_lines
from agents.pages._draft_parties import read_identifiers, read_names
from agents.pages._draft_totals import read_totals
from agents.pages._parties import Parties
from agents.pages._proposed import CLEAR, MOST_OFFERED, Offer, follows, offered
from agents.pages._several import Several, may_hold_several, several
from agents.pages._terms import Kind, Terms
from agents.pages._totals import Sums
from agents.pages.table import MOST_LINES, Table
from infra.records import Finding, Issuer, Severity, finding


@dataclass(frozen=True)
class TableLines:
    """Where the lines of an invoice stand: the numbers of the first line of the table, and of the first of its last row."""

    first: int
    last_row: int


@dataclass(frozen=True)
class Draft:
    """``fields`` as far as code comes; ``choices`` are the offers for each term that is worth asking about, the best first. It is
    made in one process and used in others, so it holds values and places and nothing of how they were found."""

    fields: Fields = field(default_factory=dict)
    choices: Mapping[str, Sequence[Offer]] = field(default_factory=dict)
    kind: Kind | None = None
    closes: bool = False
    """Whether there are totals that add up."""
    table: TableLines | None = None
    several: Several | None = None
    """Set where the file holds several invoices."""
    findings: Sequence[Finding] = ()


def draft(reading: Reading, issuers: Sequence[Issuer] = ()) -> Draft:
    """All that code finds in ``reading``; by what is known of its issuer, where one of ``issuers`` printed it."""
    candidates = Candidates(reading)
    known = issuer.fitting(candidates.layout, issuers)
    if known:
        candidates.calendar = issuer.as_written(candidates.calendar, reading.text, known.profile.day_order)
    parties = Parties(candidates)
    terms = Terms(candidates, parties)
    currency = read_currency(reading.text, candidates)
    named = currency.get("currency")
    sums = Sums(candidates, named.value if named and len(values.currencies(reading.text)) > 1 else None)

    header = read_header(candidates, terms)
    names = read_names(parties)
    identifiers = read_identifiers(terms, parties, names)
    totals = read_totals(sums)
    lines = read_lines(candidates.layout, sums, totals)
    kind = terms.kind()
    invoices = _several(candidates, terms)
    fields = {
        **header.fields,
        **names.fields,
        **identifiers,
        **totals.fields,
        **lines.adjustments,
        **currency,
        **lines.fields,
        **_type_code(kind),
    }
    learnt = issuer.changed(candidates.layout, issuers) if known is None else []
    if known:
        fields, learnt = issuer.read_by(known, candidates, fields, sums)
    return Draft(
        fields=fields,
        choices={
            **{path: _offers(offered(c) for c in found) for path, found in header.choices.items()},
            **{path: _offers(offered(n.candidate, n.score) for n in ranked) for path, ranked in names.ranked.items()},
            "seller.vat_id": _offers(offered(c) for c, _ in terms.vat_ids()),
        },
        kind=kind,
        closes=totals.totals is not None or issuer.closes(fields),
        table=_lines_of(lines.table) if lines.table else None,
        several=invoices,
        findings=[*header.findings, *totals.findings, *learnt, *_left_out(candidates)],
    )


def _offers(offers: Iterable[Offer]) -> list[Offer]:
    return list(islice(offers, MOST_OFFERED))


def _lines_of(table: Table) -> TableLines:
    return TableLines(table.first_line, max(row.first_line for row in table.rows))


def _type_code(kind: Kind | None) -> Fields:
    code = {"invoice": "380", "credit_note": "381"}.get(kind or "")
    return {"type_code": follows(code, "title of the document", Ground.TITLE)} if code else {}


def _several(candidates: Candidates, terms: Terms) -> Several | None:
    """Pages that announce numbers and totals of their own are invoices of their own: none is taken for all of them."""
    numbers = terms.numbers_by_page()
    ids = [c for c, valid in (*terms.vat_ids(), *terms.ibans()) if valid]
    if not may_hold_several(numbers, ids):
        return None
    money = [c for c in candidates.amounts if values.is_money(c.text)]
    totals = [c for c in money if max(c.announced("gross"), c.announced("due")) >= CLEAR]
    return several(candidates.layout, numbers, ids, totals)


def _left_out(candidates: Candidates) -> list[Finding]:
    """What is more than code looks at, as a person has to look at it instead."""
    layout, left_out = candidates.layout, []
    if layout.left_out:
        left_out.append(f"{layout.left_out} words are too long, or stand on lines of too many columns")
    if len(layout.lines) > MOST_LINES:
        left_out.append(f"tables were looked for on the first {MOST_LINES} of {len(layout.lines)} lines")
    if candidates.left_out:
        left_out.append(f"{candidates.left_out} numbers in its middle were not looked at")
    long = "the document is longer than code reads whole"
    return [
        finding(Rule.LONG_DOCUMENT, Severity.ERROR, f"{long}: {what}. Compare what was read with it")
        for what in left_out
    ]
