"""The totals of a draft: those that close, with what is paid, due and taken off around them; else what labels say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Fields
from agents.pages._candidates import Candidate
from agents.pages._proposed import CLEAR, follows, printed
from agents.pages._totals import Sums, TaxRow, Totals
from infra.records import Finding, Severity, finding

_CLOSES = 1.2
"""What has to speak for totals (`Totals.score`) to be taken."""
_TAX_UNSURE = Decimal("0.05")
"""How far a tax may be from its rate, as the official rule allows (BR-CO-17), where each line's was rounded."""
_MOST_ROWS = 12
"""Amounts of rows, of which any may be what is taxed at a rate."""
_MOST_PAID = 6
_MOST_TAKEN_OFF = 8


@dataclass(frozen=True)
class DraftTotals:
    """``totals`` where a sum closes. ``adjustments`` are the allowances and charges on the document that labels call so,
    which the lines may explain otherwise."""

    totals: Totals | None
    fields: Fields
    adjustments: Fields = field(default_factory=dict)
    findings: Sequence[Finding] = ()


def read_totals(sums: Sums) -> DraftTotals:
    """Net, tax and gross, the tax of each rate, what was paid before and what is due."""
    best = sums.best()
    if best is None or best.score < _CLOSES or _is_contradicted(best, sums):
        return DraftTotals(None, _as_labelled(sums))
    if not best.tax and _clear_taxes(best, sums):
        best = replace(best, rivalled=True)
    if best.misfit is not None and _is_of_a_part(best.misfit, sums):
        best = replace(best, misfit=None)
    return DraftTotals(
        best,
        {**_closing(best), **_tax_rows(best, sums), **_around(best, sums)},
        _adjustments(best, sums),
        _second_total(best, sums),
    )


def is_taken_off(candidate: Candidate) -> bool:
    """Whether a minus stands before an amount, or brackets around it."""
    at = candidate.cell.text.find(candidate.text)
    return Decimal(candidate.value) < 0 or candidate.cell.text[:at].rstrip().endswith(("-", "−", "–", "("))


def _is_contradicted(best: Totals, sums: Sums) -> bool:
    """Whether the best that closes is a total without tax, though a tax and a smaller net are clearly printed: then
    the document does not add up, and its amounts are taken as labelled, for the checks to say so."""
    if best.tax:
        return False
    taxes = _clear_taxes(best, sums)
    nets = [c for c in sums.labelled("net") if c.announced("net") >= 0.9 and 0 < Decimal(c.value) < best.gross]
    return bool(taxes and nets)


def _clear_taxes(best: Totals, sums: Sums) -> list[Candidate]:
    """Taxes that their labels clearly call so, and that are less than the total."""
    taxes = [c for c in sums.labelled("tax") if c.announced("tax") >= CLEAR and Decimal(c.value) != 0]
    return [c for c in taxes if abs(Decimal(c.value)) < abs(best.gross)]


def _as_labelled(sums: Sums) -> Fields:
    """Without a sum that closes, what labels say: a person looks at it in any case."""
    gross = next(iter([*sums.labelled("gross"), *sums.labelled("due")]), None)
    if gross is None:
        return {}
    fields = {"totals.grand_total": printed(gross, gross.value, Ground.LABEL)}
    most, least = abs(Decimal(gross.value)), abs(Decimal(gross.value)) * Decimal("0.7")
    for term, path, low, high in (
        ("net", "totals.tax_basis_total", least, most),
        ("tax", "totals.tax_total", Decimal(0), most - least),
    ):
        if fitting := [c for c in sums.labelled(term) if low <= abs(Decimal(c.value)) <= high]:
            fields[path] = printed(fitting[0], fitting[0].value, Ground.LABEL)
    if not sums.labelled("tax"):
        fields["totals.tax_basis_total"] = printed(gross, gross.value, Ground.GUESS)
    return fields


def _closing(best: Totals) -> Fields:
    ground = best.ground
    fields: Fields = {}
    for term, path, value in (
        ("net", "totals.tax_basis_total", best.net),
        ("tax", "totals.tax_total", best.tax),
        ("gross", "totals.grand_total", best.gross),
    ):
        if value is None:
            continue
        if term == "gross" and best.rounded is not None:
            fields[path] = follows(f"{value:f}", "net and tax, before rounding", ground)
        elif term in best.cells:
            fields[path] = printed(best.cells[term], f"{value:f}", ground)
        else:
            rule = "sum over the rates" if best.statement is None else "sum of what is printed"
            fields[path] = follows(f"{value:f}", rule, ground)
    return fields


def _tax_rows(best: Totals, sums: Sums) -> Fields:
    """The tax of each rate; where there is none, that of the only rate printed if it is nought."""
    ground = best.ground
    fields: Fields = {}
    for n, row in enumerate(best.rates or ([best.misfit] if best.misfit else [])):
        for column, number in (("rate", row.rate), ("basis", row.basis), ("amount", row.amount)):
            if column in row.cells:
                fields[f"tax_breakdown[{n}].{column}"] = printed(row.cells[column], f"{number:f}", ground)
    nought = next((c for rate, c in sums.rates.items() if rate == 0), None)
    if not best.rates and "net" in best.cells and best.tax == 0 and nought is not None and len(sums.rates) == 1:
        fields["tax_breakdown[0].rate"] = printed(nought, "0", Ground.ARITHMETIC)
        fields["tax_breakdown[0].basis"] = printed(best.cells["net"], f"{best.net:f}", Ground.ARITHMETIC)
        if "tax" in best.cells:
            fields["tax_breakdown[0].amount"] = printed(best.cells["tax"], "0", Ground.ARITHMETIC)
    return fields


def _is_of_a_part(row: TaxRow, sums: Sums) -> bool:
    """Whether a tax that its rate does not make of the net is one of an amount that is printed, or of some of the rows: the
    others may be exempt."""
    tax = row.cells.get("amount")
    if tax is None or not row.rate:
        return False
    basis, unsure = abs(row.amount) * 100 / row.rate, _TAX_UNSURE * 100 / row.rate
    if basis >= abs(row.basis):
        return False
    parts = {Decimal(0)}
    for cell in [c for c in sums.money if c.cell.line < tax.cell.line][-_MOST_ROWS:]:
        parts |= {part + abs(Decimal(cell.value)) for part in parts}
    return any(abs(part - basis) <= unsure for part in (*parts, *(abs(Decimal(c.value)) for c in sums.money)))


def _around(best: Totals, sums: Sums) -> Fields:
    """The rounding of the total, what was paid before and what is due."""
    fields: Fields = {}
    if (rounding := _clearly(sums, "rounding")) is not None:
        fields["totals.rounding"] = printed(rounding, rounding.value, Ground.LABEL)
    if best.rounded is not None:  # BR-CO-16: what is due is the total after rounding
        fields["totals.due_payable"] = printed(best.cells["gross"], f"{best.rounded:f}", Ground.PROVED)
        return fields
    prepaid, due = _paid_and_due(best, sums)
    if due is None:
        rule = "BR-CO-16, nothing paid before"
        any_paid = any(c.announced("prepaid") >= CLEAR and Decimal(c.value) for c in sums.labelled("prepaid"))
        fields["totals.due_payable"] = follows(f"{best.gross:f}", rule, Ground.GUESS if any_paid else Ground.FOLLOWS)
    elif prepaid:
        paid = f"{best.gross - Decimal(due.value):f}"
        fields["totals.prepaid"] = (
            printed(prepaid[0], paid, Ground.PROVED)
            if len(prepaid) == 1
            else follows(paid, "sum of what was paid before", Ground.PROVED)
        )
        fields["totals.due_payable"] = printed(due, due.value, Ground.PROVED)
    elif Decimal(due.value) == best.gross:
        fields["totals.due_payable"] = printed(due, due.value, best.ground)
        nothing = _clearly(sums, "prepaid", best.net, best.gross)
        if nothing is not None and Decimal(nothing.value) == 0:
            fields["totals.prepaid"] = printed(nothing, "0", Ground.LABEL)
    else:
        fields["totals.due_payable"] = printed(due, due.value, Ground.LABEL)
    return fields


def _adjustments(best: Totals, sums: Sums) -> Fields:
    """The allowances and charges on the document that labels call so."""
    fields: Fields = {}
    if best.statement is not None:
        for kind, parts in (("allowance_total", best.statement.taken_off), ("charge_total", best.statement.added)):
            total = sum((abs(Decimal(c.value)) for c in parts), Decimal(0))
            if len(parts) == 1:
                fields[f"totals.{kind}"] = printed(parts[0], f"{total:f}", best.ground)
            elif parts:
                fields[f"totals.{kind}"] = follows(f"{total:f}", "sum of what is printed", best.ground)
        if fields:
            return fields
    for term in ("allowance_total", "charge_total") if best.rounded is None else ():
        if (adjustment := _clearly(sums, term, best.net, best.gross, Decimal(0))) is not None:
            amount = Decimal(adjustment.value)
            value = abs(amount) if best.net > 0 else amount
            fields[f"totals.{term}"] = printed(adjustment, f"{value:f}", Ground.LABEL)
    return fields


def _second_total(best: Totals, sums: Sums) -> list[Finding]:
    """A larger amount that is called the total as clearly: which of the two is meant, a person has to say."""
    known = max(abs(best.gross), abs(best.net))
    for term in ("gross", "due"):
        for rival in sums.labelled(term):
            larger = abs(Decimal(rival.value)) > known + 1 and rival.page == best.cells["gross"].page
            if larger and rival.announced(term) >= 0.9:
                message = f"{best.gross} closes the sums, but {rival.value} is printed as a total too ({rival.told})"
                sums_to, said = str(best.gross), rival.value
                return [
                    finding(
                        Rule.SECOND_TOTAL, Severity.ERROR, message, "totals.grand_total", expected=sums_to, found=said
                    )
                ]
    return []


def _paid_and_due(best: Totals, sums: Sums) -> tuple[list[Candidate], Candidate | None]:
    """What was paid before and what is still due, where the two make the total (BR-CO-16); else what is called due."""
    paid = [c for c in sums.labelled("prepaid") if c.announced("prepaid") >= CLEAR and Decimal(c.value) != 0]
    paid = list({(c.value, c.cell.line): c for c in paid}.values())[:_MOST_PAID]
    named = [c for c in sums.labelled("due") if c.announced("due") >= CLEAR]
    behind = [c for c in sums.money if best.cells and c.cell.line > best.cells["gross"].cell.line]
    for payment in paid:
        for due in [*named, *behind]:
            if abs(Decimal(due.value)) + abs(Decimal(payment.value)) == abs(best.gross) and due is not payment:
                return [payment], due
    for due in named:
        # What is taken off between the total and what is due: earlier invoices, a retained sum.
        last = best.cells["gross"].cell.line if "gross" in best.cells else due.cell.line
        between = [c for c in sums.money if last < c.cell.line < due.cell.line and is_taken_off(c)][:_MOST_TAKEN_OFF]
        if between and abs(best.gross) - sum(abs(Decimal(c.value)) for c in between) == abs(Decimal(due.value)):
            return between, due
    if len(paid) > 1:
        total = sum((abs(Decimal(p.value)) for p in paid), Decimal(0))
        for due in [*named, *behind]:
            if abs(Decimal(due.value)) + total == abs(best.gross):
                return paid, due
    return _halves(best, sums) or ([], next(iter(named), None))


def _halves(best: Totals, sums: Sums) -> tuple[list[Candidate], Candidate] | None:
    """Of two amounts behind the total that make it, the one that a label calls due, else the last, is; the other was paid."""
    gross = best.cells["gross"]
    explained = {abs(best.net), abs(best.tax or 0), abs(best.gross)}
    explained |= {abs(n) for row in (*best.rates, *sums.tax_rows) for n in (row.basis, row.amount)}
    behind = [c for c in sums.money if c.cell.line > gross.cell.line and c.page == gross.page]
    behind = [c for c in behind if abs(Decimal(c.value)) not in explained and Decimal(c.value)][:_MOST_TAKEN_OFF]
    for n, one in enumerate(behind):
        for other in behind[n + 1 :]:
            if abs(Decimal(one.value)) + abs(Decimal(other.value)) == abs(best.gross):
                return ([other], one) if one.announced("due") > other.announced("due") else ([one], other)
    return None


def _clearly(sums: Sums, term: str, *but: Decimal) -> Candidate | None:
    """The amount that a label clearly calls ``term``, other than these."""
    return next((c for c in sums.labelled(term) if c.announced(term) >= CLEAR and Decimal(c.value) not in but), None)
