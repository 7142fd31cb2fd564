"""The next invoice of an issuer, read by what was learnt of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from agents.documents.layout import Layout
from agents.fields import values
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields
from agents.fields.values import CENT
from agents.pages._candidates import Candidate, Candidates
from agents.pages._proposed import follows, printed
from agents.pages._totals import Sums
from agents.pages.issuer._keys import keys_in, names_in
from agents.pages.issuer._learning import decimal_mark
from agents.pages.issuer._pools import IDENTIFIERS, LEARNABLE, pool
from agents.pages.issuer._spots import label_text, standing
from agents.words import fold
from infra.records import Finding, Issuer, IssuerProfile, Severity, Side, Verdict, finding

_FITS = 0.6
"""Share of the labels learnt that have to be there still: fewer, and the layout is another."""
_NET, _TAX, _GROSS = "totals.tax_basis_total", "totals.tax_total", "totals.grand_total"
_CLOSING = (_NET, _TAX, _GROSS)
_UNSURE = (Ground.WEAK_LABEL, Ground.GUESS, Ground.MODEL)


def fitting(layout: Layout, issuers: Sequence[Issuer]) -> Issuer | None:
    """Of several that something on the pages names, the one whose layout this is; None where none fits. Identifiers name an
    issuer, before names do."""
    named = set(keys_in(layout))
    text = _labels(layout)
    ranked = [
        (any(key in named for key in issuer.keys if not key.startswith("name:")), share, -n, issuer)
        for n, issuer in enumerate(issuers)
        if (share := _share(issuer.profile, text)) >= _FITS and not _other_mark(issuer.profile, layout)
    ]
    return max(ranked, key=lambda each: each[:3])[3] if ranked else None


def changed(layout: Layout, issuers: Sequence[Issuer]) -> list[Finding]:
    """That an issuer is known, and this is not how it printed its invoices: the one that most is known of."""
    if not issuers:
        return []
    issuer = issuers[0]
    missing = [label for label in _learnt_labels(issuer.profile) if label not in _labels(layout)]
    told = f": no longer there are {', '.join(repr(label) for label in missing[:4])}" if missing else ""
    message = (
        f"it names an issuer that {issuer.taught_by} showed us ({issuer.id}), but is laid out otherwise{told}. It was read "
        "as one of an issuer nobody knows"
    )
    return [_finding(Rule.ISSUER_CHANGED, Severity.WARNING, message, issuer)]


def closes(fields: Mapping[str, Field]) -> bool:
    """Whether what was learnt found totals that add up."""
    return _GROSS in fields and {Ground.LEARNT, Ground.ARITHMETIC} <= set(fields[_GROSS].grounds)


def read_by(
    issuer: Issuer, candidates: Candidates, fields: Mapping[str, Field], sums: Sums
) -> tuple[Fields, list[Finding]]:
    """``fields`` with what stands where a person confirmed it, and what is found of that.

    A value that code has, and that stands there, rests on that besides. Another one takes its place, but for totals: these have to
    close with a tax of a printed rate, and where code has proved others, a person has to say which are meant.
    """
    profile = issuer.profile
    found = {path: c for path in LEARNABLE if (c := _pointed(path, candidates, profile)) is not None}
    made: Fields = {**fields, **_names(candidates, fields, profile), **_identifiers(candidates, fields, profile)}
    for path, candidate in found.items():
        if not path.startswith("totals."):
            made[path] = _learnt(made.get(path), candidate)
    seller, buyer = made.get("seller.name"), made.get("buyer.name")
    if seller and buyer and "buyer.name" not in found and fold(seller.value) == fold(buyer.value):
        del made["buyer.name"]  # who was taken for the buyer is the seller
    totals, findings = _totals(found, made, sums)
    made |= totals
    taught = f"read by what {issuer.taught_by} showed us of its issuer ({issuer.id}, version {issuer.version})"
    passed = _finding(Rule.ISSUER_LEARNT, Severity.INFO, taught, issuer, *found, verdict=Verdict.PASS)
    return made, [passed, *findings]


def _finding(
    rule: Rule, severity: Severity, message: str, issuer: Issuer, *fields: str, verdict: Verdict = Verdict.FAIL
) -> Finding:
    return finding(
        rule, severity, message, *fields, verdict=verdict,
        issuer=issuer.id, version=issuer.version, execution_id=issuer.execution_id,
    )  # fmt: skip


# --- whether the layout is still the same --------------------------------------------------------------------------


def _labels(layout: Layout) -> str:
    """All cells as labels are kept, a line each; what may stand before a value in its cell with them."""
    return "\n".join(label for cell in layout.cells() for label in {label_text(cell.text), _before(cell.text)} if label)


def _before(text: str) -> str:
    at = next((n for n, c in enumerate(text) if c.isdigit()), len(text))
    return label_text(text[:at])


def _learnt_labels(profile: IssuerProfile) -> list[str]:
    return list(
        dict.fromkeys(s.label for spots in profile.spots.values() for s in spots[:1] if s.side is not Side.NONE)
    )


def _share(profile: IssuerProfile, text: str) -> float:
    labels = _learnt_labels(profile)
    return sum(label in text for label in labels) / len(labels) if labels else 1.0


def _other_mark(profile: IssuerProfile, layout: Layout) -> bool:
    mark = decimal_mark(layout.reading.text)
    return None not in (mark, profile.decimal_mark) and mark != profile.decimal_mark


# --- what stands there ---------------------------------------------------------------------------------------------


def _pointed(path: str, candidates: Candidates, profile: IssuerProfile) -> Candidate | None:
    """What stands where the field at ``path`` was learnt; None where nothing does, or two places say two things."""
    among = pool(path, candidates) if path in profile.spots else []
    there = [c for spot in profile.spots.get(path, ()) if (c := standing(spot, among, candidates.layout)) is not None]
    return there[0] if len({c.value for c in there}) == 1 else None


def _learnt(own: Field | None, candidate: Candidate, value: str | None = None) -> Field:
    value = value or candidate.value
    if own is not None and fold(own.value) == fold(value):
        return own.model_copy(update={"grounds": [*own.grounds, Ground.LEARNT]})
    overruled = own is not None and not set(own.grounds) & set(_UNSURE)
    return printed(candidate, value, Ground.LEARNT, *([Ground.OVERRULED] if overruled else []))


def _names(candidates: Candidates, fields: Mapping[str, Field], profile: IssuerProfile) -> Fields:
    """The seller by a name it goes by, where that is printed."""
    own = fields.get("seller.name")
    known = {fold(name) for name in profile.names}
    if own is not None and fold(own.value) in known:
        return {"seller.name": own.model_copy(update={"grounds": [*own.grounds, Ground.LEARNT]})}
    for text, cell in names_in(candidates.layout):
        if fold(text) in known:
            return {"seller.name": printed(candidates.whole(cell, text), text, Ground.LEARNT)}
    return {}


def _identifiers(candidates: Candidates, fields: Mapping[str, Field], profile: IssuerProfile) -> Fields:
    """The seller's identifiers, where they are printed still; a VAT id that was taken for its own is the buyer's then."""
    made: Fields = {}
    for path in IDENTIFIERS:
        value, own = profile.identifiers.get(path), fields.get(path)
        if value is None or (own is not None and own.value == value):
            continue
        cell = next((c for c in candidates.layout.cells() if values.compact(value) in values.compact(c.text)), None)
        if cell is None:
            continue
        made[path] = printed(candidates.whole(cell), value, Ground.LEARNT)
        if path == "seller.vat_id" and own is not None and "buyer.vat_id" not in fields:
            made["buyer.vat_id"] = own
    return made


# --- totals --------------------------------------------------------------------------------------------------------


def _totals(found: Mapping[str, Candidate], fields: Mapping[str, Field], sums: Sums) -> tuple[Fields, list[Finding]]:
    there = {path: c for path, c in found.items() if path.startswith("totals.")}
    number = {path: Decimal(c.value) for path, c in there.items()}
    own = fields.get(_GROSS)
    if own is not None and Ground.PROVED in own.grounds:
        differing = [p for p in _CLOSING if p in number and p in fields and number[p] != fields[p].number]
        if differing:
            return {}, [_differs(path, fields[path], there[path]) for path in differing]
        agreed = [p for p in number if p in fields and number[p] == fields[p].number]
        added = {p: printed(c, c.value, Ground.LEARNT) for p, c in there.items() if p not in fields}
        return added | {p: _learnt(fields[p], there[p], fields[p].value) for p in agreed}, []
    gross = number.get(_GROSS)
    if gross is None:
        return {}, []
    tax, net = number.get(_TAX), number.get(_NET)
    if tax is None and net is not None:
        tax = gross - net
    between = None
    if tax is not None and (net is None or net + tax != gross):
        between = _between(net, gross - tax, sums)
        net = gross - tax if net is None or between is not None else net
    if net is None or tax is None or net + tax != gross or not _taxed(net, tax, sums):
        return {}, []
    closed_otherwise = own is not None and Ground.ARITHMETIC in own.grounds and own.number != gross
    grounds = (Ground.LEARNT, Ground.ARITHMETIC, *([Ground.OVERRULED] if closed_otherwise else []))
    made = {
        path: printed(there[path], f"{value:f}", *grounds)
        if path in there and number[path] == value
        else follows(f"{value:f}", "what the other totals leave", *grounds)
        for path, value in ((_NET, net), (_TAX, tax), (_GROSS, gross))
    }
    if between is not None:
        path = "totals.allowance_total" if number[_NET] > net else "totals.charge_total"
        made[path] = printed(between, f"{abs(Decimal(between.value)):f}", *grounds)
        made["totals.line_total"] = printed(there[_NET], there[_NET].value, *grounds)
    around = {p: printed(c, c.value, Ground.LEARNT) for p, c in there.items() if p not in _CLOSING}
    return made | around | _rate(net, tax, fields, sums), []


def _between(net: Decimal | None, left: Decimal, sums: Sums) -> Candidate | None:
    """What was taken off or added between what stands where the net total stood so far, and the net total that gross and tax leave:
    printed once, as the only amount that does."""
    if net is None:
        return None
    leading = [c for c in sums.money if abs(Decimal(c.value)) == abs(net - left)]
    return leading[0] if len(leading) == 1 else None


def _taxed(net: Decimal, tax: Decimal, sums: Sums) -> bool:
    """Whether the tax follows from a printed rate; or there is none, and nothing on the page speaks of one."""
    if tax:
        return any(abs(net * rate / 100 - tax) <= CENT for rate in sums.rates) or bool(_by_rate(net, tax, sums))
    return not any(sums.rates) and not any(Decimal(c.value) for c in sums.labelled("tax"))


def _by_rate(net: Decimal, tax: Decimal, sums: Sums) -> list[tuple[Candidate, Candidate]]:
    """Each printed rate with the amount beside it, where these make the tax and none is more than its rate of all allows."""
    rows = []
    for rate, printed_rate in sums.rates.items():
        beside = [c for c in sums.money if c.cell.line == printed_rate.cell.line and c.box[0] >= printed_rate.box[2]]
        amounts = [c for c in beside if 0 <= Decimal(c.value) <= net * rate / 100 + CENT]
        if rate and amounts:
            rows.append((printed_rate, amounts[-1]))
    return rows if len(rows) > 1 and sum(Decimal(amount.value) for _, amount in rows) == tax else []


def _rate(net: Decimal, tax: Decimal, fields: Mapping[str, Field], sums: Sums) -> Fields:
    """The rates that the tax follows from, where no breakdown was found."""
    if any(path.startswith("tax_breakdown") for path in fields):
        return {}
    grounds = (Ground.LEARNT, Ground.ARITHMETIC)
    rows: Fields = {}
    for n, (rate_cell, amount) in enumerate(_by_rate(net, tax, sums)):
        rows[f"tax_breakdown[{n}].rate"] = printed(rate_cell, rate_cell.value, *grounds)
        rows[f"tax_breakdown[{n}].amount"] = printed(amount, amount.value, *grounds)
    rate = next((r for r in sums.rates if tax and abs(net * r / 100 - tax) <= CENT), None)
    if rate is None:
        return rows
    return {
        "tax_breakdown[0].rate": printed(sums.rates[rate], f"{rate:f}", *grounds),
        "tax_breakdown[0].basis": follows(f"{net:f}", "the net total", *grounds),
        "tax_breakdown[0].amount": follows(f"{tax:f}", "the tax total", *grounds),
    }


def _differs(path: str, own: Field, there: Candidate) -> Finding:
    message = (
        f"{path} {own.value} closes the sums, but where the issuer printed it so far, under the same label, stands "
        f"{there.text}"
    )
    return finding(Rule.ISSUER_DIFFERS, Severity.ERROR, message, path, expected=own.value, found=there.value)
