"""Totals (BG-22), tax (BG-23), allowances and charges of the document (BG-20, BG-21) of an e-invoice in the making."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.einvoice.en16931._draft import NO_NUMBER, EInvoiceDraft, number, written
from agents.fields.identifiers import EU
from agents.fields.schema import Field, number_of, rows, value_of
from agents.fields.table import SCALARS
from agents.fields.values import CENT

_ZERO = Decimal(0)
_EXEMPT: dict[str, tuple[str, str | None]] = {
    "AE": ("Reverse charge", "VATEX-EU-AE"),
    "K": ("Intra-community supply", "VATEX-EU-IC"),
    "G": ("Export outside the EU", "VATEX-EU-G"),
    "O": ("Not subject to VAT", "VATEX-EU-O"),
    "E": ("Exempt from VAT", None),
}
"""Categories (UNTDID 5305) that must give a reason, the reason and its code (CEF VATEX)."""
_TOTALS = {spec.term: spec.path for spec in SCALARS if spec.group == "totals" and spec.term}


def put(draft: EInvoiceDraft, fields: Mapping[str, Field], sign: int) -> None:
    """Totals and tax as stated; allowances, charges and prepayments as amounts, whichever sign they are printed with."""
    stated = {term: fields[path].number * sign for term, path in _TOTALS.items() if path in fields}
    for term, amount in _unsigned(stated).items():
        draft.data[term] = written(amount)
    for term in ("BT-107", "BT-108", "BT-113", "BT-114"):
        if term in draft.data and number(draft.data[term]) == 0:
            del draft.data[term]
    draft.data["BG-23"] = []
    for row in rows(fields, "tax_breakdown"):
        rate = number_of(row, "rate")
        draft.data["BG-23"].append(
            {
                "BT-116": written(row["basis"].number * sign) if "basis" in row else NO_NUMBER,
                "BT-117": written(row["amount"].number * sign) if "amount" in row else NO_NUMBER,
                "BT-118": value_of(row, "category") or category(draft, rate),
                "BT-119": written(rate) if rate is not None else NO_NUMBER,
            }
        )


def _unsigned(stated: dict[str, Decimal]) -> dict[str, Decimal]:
    """Allowances, charges and what is paid as amounts: pages print a minus before what is taken off. Where the totals
    come out with the signs that are stated, those are meant, as in an invoice whose every amount is below zero."""
    plain = stated | {term: abs(stated[term]) for term in ("BT-107", "BT-108", "BT-113") if term in stated}

    def comes_out(of: Mapping[str, Decimal], total: str, begins: str, less: str, plus: str) -> bool:
        return of[total] == of[begins] - of.get(less, _ZERO) + of.get(plus, _ZERO)

    for total, begins, less, plus in (
        ("BT-109", "BT-106", "BT-107", "BT-108"),
        ("BT-115", "BT-112", "BT-113", "BT-114"),
    ):
        if total in stated and begins in stated and comes_out(stated, total, begins, less, plus):
            plain |= {term: stated[term] for term in (less, plus) if term in stated}
    return plain


def category(draft: EInvoiceDraft, rate: Decimal | None) -> str:
    """The VAT category (UNTDID 5305) of a rate that has none stated."""
    if rate is None or rate > 0:
        draft.note("BT-118", "S: a rate above 0 %")
        return "S"
    seller, buyer = (draft.data[group].get("country_code") for group in ("BG-4", "BG-7"))
    if buyer and seller in EU and buyer != seller:
        found = "AE" if buyer in EU and "vat_identifier" in draft.data["BG-7"] else "E" if buyer in EU else "G"
    else:
        found = "E"
    draft.note("BT-118", f"{found}: 0 % between {seller or 'somewhere'} and {buyer or 'somewhere'}", assumed=True)
    return found


def complete(draft: EInvoiceDraft) -> None:
    """What follows from what is stated: missing totals, the tax of each rate, allowances and charges by rate."""
    _totals(draft)
    _breakdown(draft)
    _adjustments(draft)
    for row in draft.data["BG-23"]:
        if row["BT-118"] in _EXEMPT:
            row["BT-120"], code = _EXEMPT[row["BT-118"]]
            if code:
                row["BT-121"] = code
            draft.note("BT-120", f"what category {row['BT-118']} says")
        if row["BT-118"] == "O":
            row.pop("BT-119", None)


def _totals(draft: EInvoiceDraft) -> None:
    data = draft.data
    lines = [number(line["BT-131"]) for line in data["BG-25"]]
    taxes = [number(row["BT-117"]) for row in data["BG-23"]]

    def get(term: str) -> Decimal | None:
        return number(data[term]) if term in data else None

    def conclude(term: str, amount: Decimal | None, why: str) -> None:
        if term not in data and amount is not None:
            data[term] = written(amount)
            draft.note(term, why)

    allowances, charges = get("BT-107") or _ZERO, get("BT-108") or _ZERO
    if lines and None not in lines:
        conclude("BT-106", sum((n for n in lines if n is not None), _ZERO), "the sum of the lines")
    line_total, net, tax, gross = (get(term) for term in ("BT-106", "BT-109", "BT-110", "BT-112"))
    if net is None and line_total is not None:
        conclude("BT-109", line_total - allowances + charges, "the lines less allowances, plus charges")
    if line_total is None and net is not None:
        conclude("BT-106", net + allowances - charges, "the net total without allowances and charges")
    net = get("BT-109")
    if taxes and None not in taxes:
        conclude("BT-110", sum((n for n in taxes if n is not None), _ZERO), "the sum of the tax by rate")
    elif tax is None and net is not None and gross is not None:
        conclude("BT-110", gross - net, "the total less the net total")
    tax = get("BT-110")
    if net is not None and tax is not None:
        conclude("BT-112", net + tax, "net and tax together")
    gross = get("BT-112")
    if gross is not None:
        rounding = get("BT-114") or _ZERO
        # What is paid is never concluded from what is due: that would hide that the two disagree.
        conclude("BT-115", gross - (get("BT-113") or _ZERO) + rounding, "the total less what is paid")
    for term in ("BT-106", "BT-109", "BT-110", "BT-112", "BT-115"):
        data.setdefault(term, NO_NUMBER)


def _breakdown(draft: EInvoiceDraft) -> None:
    """The tax of each rate (BG-23): from the rates of the lines, or of the whole where there is but one."""
    data = draft.data
    net, tax = number(data["BT-109"]), number(data["BT-110"])
    if not data["BG-23"]:
        by_rate: dict[tuple[str, str], Decimal] = {}
        for line in data["BG-25"]:
            key = (line["BT-151"], line.get("BT-152", NO_NUMBER))
            by_rate[key] = by_rate.get(key, _ZERO) + (number(line["BT-131"]) or _ZERO)
        known = bool(by_rate) and all(number(rate) is not None for _, rate in by_rate)
        if len(by_rate) > 1 and known and "BT-107" not in data and "BT-108" not in data:
            for (code, rate), basis in by_rate.items():
                amount = (basis * (number(rate) or _ZERO) / 100).quantize(CENT)
                row = {"BT-116": written(basis), "BT-117": written(amount), "BT-118": code, "BT-119": rate}
                data["BG-23"].append(row)
        elif net is not None and tax is not None:
            stated = next(iter(by_rate))[1] if len(by_rate) == 1 else NO_NUMBER
            rate = _one_rate(stated, net, tax)
            code = category(draft, number(rate)) if stated == NO_NUMBER else next(iter(by_rate))[0]
            data["BG-23"].append({"BT-116": written(net), "BT-117": written(tax), "BT-118": code, "BT-119": rate})
        if data["BG-23"]:
            for term in ("BT-116", "BT-117", "BT-119"):
                draft.note(term, "the tax of each rate, from the lines and totals", assumed=True)
    elif len(data["BG-23"]) == 1:
        (row,) = data["BG-23"]
        for term, total in (("BT-116", net), ("BT-117", tax)):
            if number(row[term]) is None and total is not None:
                row[term] = written(total)
                draft.note(term, "of the only rate: the total")
    for line in data["BG-25"]:  # lines whose rate only the breakdown says
        if len(data["BG-23"]) == 1 and line.get("BT-152", NO_NUMBER) == NO_NUMBER and line["BT-151"] != "O":
            line["BT-151"], line["BT-152"] = data["BG-23"][0]["BT-118"], data["BG-23"][0]["BT-119"]
            draft.note("BT-152", "the only rate of the invoice")


def _one_rate(stated: str, net: Decimal, tax: Decimal) -> str:
    if number(stated) is not None or not net:
        return stated if number(stated) is not None else "0"
    return written((tax / net * 200).quantize(Decimal(1)) / 2)


def _adjustments(draft: EInvoiceDraft) -> None:
    """Allowances and charges by rate: what the bases of a rate lie below or above its lines. Where that does not come to the
    totals that are stated, all of it goes to the largest base, and the rules will say what does not fit."""
    data = draft.data
    allowances, charges = (number(data.get(term, "0")) or _ZERO for term in ("BT-107", "BT-108"))
    if not (allowances or charges) or not data["BG-23"]:
        return
    taxes = data["BG-23"]
    differ = [
        (number(row["BT-116"]) or _ZERO)
        - sum((number(n["BT-131"]) or _ZERO for n in data["BG-25"] if _of(n, row)), _ZERO)
        for row in taxes
    ]
    below, above = [max(_ZERO, -d) for d in differ], [max(_ZERO, d) for d in differ]
    largest = max(range(len(taxes)), key=lambda n: abs(number(taxes[n]["BT-116"]) or _ZERO))
    both = allowances - sum(below, _ZERO)
    if len(taxes) > 1 and both == charges - sum(above, _ZERO) and both >= 0:
        below[largest] += both
        above[largest] += both
    else:
        below = [allowances if n == largest else _ZERO for n in range(len(taxes))]
        above = [charges if n == largest else _ZERO for n in range(len(taxes))]
    for group, term, name, parts in (("BG-20", "BT-92", "Allowance", below), ("BG-21", "BT-99", "Charge", above)):
        data[group] = [
            {"amount": written(part), "reason": name, "vat_category_code": row["BT-118"]}
            | ({} if row["BT-118"] == "O" else {"vat_rate": row["BT-119"]})
            for row, part in zip(taxes, parts, strict=True)
            if part
        ]
        if data[group]:
            draft.note(term, f"{name.lower()}s by rate, from what bases and lines differ", assumed=len(taxes) > 1)


def _of(line: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    same = number(line.get("BT-152", NO_NUMBER)) == number(row["BT-119"])
    return bool(same and line["BT-151"] == row["BT-118"])
