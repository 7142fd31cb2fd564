"""Two readings of one document, code's and a strong model's, made without knowledge of each other, become one.

What both say is as sure as two readers can make it. Where they differ both are told, and one stands: the one that a proof bears
out (sums that close, check digits), else the likelier one; in doubt it is either way, so a person decides. What the model alone
says stands where nothing else does, and is never sure by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields, numbered_rows
from agents.fields.table import is_number
from agents.invoice import whole
from agents.pages import READER_RIGHT
from infra.records import Finding, Severity, finding

_MARKS = (Ground.AGREED, Ground.DISPUTED, Ground.INDEPENDENT, Ground.DIFFERS)
_PROOFS = (Ground.PROVED, Ground.CHECK_DIGITS)
_SUM = ("totals.tax_basis_total", "totals.tax_total", "totals.grand_total")


def joined(known: Mapping[str, Field], read: Mapping[str, Field]) -> tuple[Fields, list[Finding]]:
    """What two readings of header and totals come to: the fields that change, and a finding for each that they differ in.

    Args:
        known: all that code read.
        read: all that the model points at.
    """
    made: Fields = {}
    told: list[Finding] = []
    closes = _closes(read)
    for path, field in read.items():
        if path.startswith("tax_breakdown"):
            continue
        proof = Ground.ARITHMETIC if path in _SUM and closes else None
        proof = Ground.CHECK_DIGITS if whole.holds(path, field.value) else proof
        _settle(path, known.get(path), field, proof, made, told)
    _join_rates(known, read, made, told)
    return made, told


def joined_lines(
    known: Mapping[str, Field], read: Mapping[str, Field], *, stands: bool
) -> tuple[Fields, list[Finding]]:
    """The same of the rows of a table. Rows of the two readings are the same where their amount stands at the same place.

    Args:
        stands: whether code's table is proved. Then it stays, and what the model says of each row is held against it; else it is
            the model's, and what code says too is sure.

    Returns:
        Of code's table the fields that change; of the model's all fields.
    """
    made: Fields = {}
    told: list[Finding] = []
    mine, theirs = numbered_rows(known, "lines"), numbered_rows(read, "lines")
    at: dict[tuple[int | None, str], list[int]] = {}
    for n, row in mine.items():
        if "net_amount" in row:
            at.setdefault(_place(row["net_amount"]), []).append(n)
    for m, row in theirs.items():
        same = at.get(_place(row["net_amount"])) if "net_amount" in row else None
        ours: Mapping[str, Field] = {}
        number = m
        if same:
            top = _top(row["net_amount"])
            beside = min(same, key=lambda n: abs(_top(mine[n]["net_amount"]) - top))
            same.remove(beside)
            ours, number = mine[beside], beside if stands else m
        elif stands:
            continue
        for column, field in row.items():
            path = f"lines[{number}].{column}"
            _settle(path, ours.get(column), field, None, made, told)
            if not stands:
                made.setdefault(path, ours.get(column, field))
    return made, told


def are_proved(fields: Mapping[str, Field]) -> bool:
    """Whether the rows of the table have amounts that are proved, each of them."""
    table = numbered_rows(fields, "lines").values()
    return bool(table) and all("net_amount" in row and Ground.PROVED in row["net_amount"].grounds for row in table)


def unsupported(fields: Mapping[str, Field], findings: list[Finding]) -> Fields:
    """``fields`` without the word of a second reader where an error is found with them: two who say the same are wrong alike if
    it does not close."""
    doubted = {path for one in findings if one.is_error for path in one.fields}
    return {
        path: field.model_copy(update={"grounds": own(field)})
        if path in doubted and Ground.INDEPENDENT in field.grounds
        else field
        for path, field in fields.items()
    }


def own(field: Field) -> list[Ground]:
    """What a value rests on beside what a model said of it."""
    return [ground for ground in field.grounds if ground not in _MARKS]


def alike(path: str, one: str, other: str) -> bool:
    """Whether two values of the field at ``path`` are the same, but for how they are written."""
    if is_number(path):
        return Decimal(one) == Decimal(other)
    a, b = ("".join(c for c in text.casefold() if c.isalnum()) for text in (one, other))
    return a == b


def _settle(
    path: str, mine: Field | None, read: Field, proof: Ground | None, made: Fields, told: list[Finding]
) -> None:
    """One field of the two readings; ``proof`` bears the model's out."""
    if mine is None:
        made[path] = _with(read, *([proof] if proof else []))
        return
    if mine.evidence.source == "person":
        return
    if alike(path, mine.value, read.value):
        made[path] = mine.model_copy(update={"grounds": [*own(mine), Ground.INDEPENDENT]})
        return
    proved = any(ground in _PROOFS for ground in mine.grounds)
    told.append(
        finding(
            Rule.READINGS_DIFFER,
            Severity.WARNING,
            f"{path} is read twice and not alike: {mine.value!r}, and {read.value!r} on page {read.evidence.page}",
            path,
            expected=mine.value,
            found=read.value,
        )
    )
    if proved and not proof:
        return  # what closes needs no second reader
    if proof and not proved:
        made[path] = _with(read, proof, Ground.DIFFERS)
    elif (mine.confidence or 0) >= READER_RIGHT:
        made[path] = mine.model_copy(update={"grounds": [*own(mine), Ground.DIFFERS]})
    else:
        made[path] = _with(read, Ground.DIFFERS)


def _join_rates(known: Mapping[str, Field], read: Mapping[str, Field], made: Fields, told: list[Finding]) -> None:
    """The tax of each rate: rows are told apart by their rate, and come after those code has."""
    mine = numbered_rows(known, "tax_breakdown")
    theirs = [row for row in numbered_rows(read, "tax_breakdown").values() if "rate" in row]
    by_rate = {row["rate"].number: n for n, row in mine.items() if "rate" in row}
    free = max(mine, default=-1) + 1
    for row in theirs:
        n = by_rate.get(row["rate"].number)
        if n is None:
            if mine:
                continue  # another division of the same tax: both would count it twice
            n, free = free, free + 1
            by_rate[row["rate"].number] = n
        for column, field in row.items():
            _settle(f"tax_breakdown[{n}].{column}", mine.get(n, {}).get(column), field, None, made, told)


def _closes(fields: Mapping[str, Field]) -> bool:
    """Whether net and tax make the total, all three of them printed."""
    if not all(path in fields for path in _SUM):
        return False
    net, tax, gross = (fields[path].number for path in _SUM)
    return net + tax == gross and gross != 0


def _with(field: Field, *grounds: Ground) -> Field:
    return field.model_copy(update={"grounds": [*field.grounds, *grounds]})


def _place(field: Field) -> tuple[int | None, str]:
    return field.evidence.page, f"{field.number.normalize():f}"


def _top(field: Field) -> float:
    return field.evidence.box[1] if field.evidence.box else 0.0
