"""Which vendor of the master an invoice is from, and whether what it says agrees with what the master knows.

Identifiers come first, since names are written in many ways; a name that is only near is for a model or a person. The account
is where money goes: one that is not the master's is a person's decision, however well all else fits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, create_model

from agents.controls.firm_names import NEAR, likeness, name_key
from agents.controls.matching._accounts import account_findings, account_of
from agents.controls.matching._identifiers import plain_id
from agents.controls.matching._parties import OPEN, is_name_of
from agents.controls.matching._prompts import instructions, version
from agents.fields.destinations import Destination
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Fields, value_of
from infra.connections import connections
from infra.models import InvalidAnswer, Question
from infra.records import DecidedBy, Finding, ModelCall, Severity, Vendor, Verdict, finding

How = Literal["vat id", "tax number", "legal id", "name and account", "name", "near", "unknown", "no master"]
MOST_NEAR = 5
NONE = "none"


@dataclass(frozen=True)
class VendorMatch:
    """The vendor, ``how`` it was found, the ``near`` ones with how alike their names are (0 to 100), and what is to be said."""

    vendor: Vendor | None
    how: How
    near: list[tuple[Vendor, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    fields: Fields = field(default_factory=dict, repr=False)
    named: Sequence[Destination] = ()
    """What the document names to be paid to."""


@dataclass(frozen=True)
class VendorLimit:
    """The largest total of a vendor that passes without a person by the vendor master, in the invoice's currency."""

    amount: Decimal

    @classmethod
    def of(cls, vendor: Vendor | None, currency: str | None) -> Self | None:
        """That of ``vendor`` for an invoice in ``currency``: nothing passes in another than the vendor's own; None where the
        master has no limit."""
        if vendor is None or vendor.limit is None:
            return None
        return cls(vendor.limit if vendor.currency in (None, currency) else Decimal(0))

    def __str__(self) -> str:
        return format(self.amount, "f")


def match_vendor(fields: Fields, vendors: Sequence[Vendor], named: Sequence[Destination] = ()) -> VendorMatch:
    """The vendor of the master that the seller is: by VAT id, tax number or registration number; by a name or alias that is
    the same but for its writing; else the near ones. An account alone identifies nobody: that is what a forger changes.

    Args:
        named: what the document names to be paid to.
    """
    if not vendors:
        message = "there is no vendor master to hold it against: `counterfoil vendors import` takes one"
        no_master = finding(Rule.VENDOR, Severity.INFO, message, verdict=Verdict.NOT_ASSESSABLE)
        return VendorMatch(None, "no master", findings=[no_master, *account_findings(None, fields, named)])
    by_id, how = _by_identifier(fields, vendors)
    if len(by_id) > 1:
        message = f"its identifiers are those of several vendors: {', '.join(map(_named, by_id))}"
        findings = [
            finding(Rule.VENDOR_CONFLICT, Severity.ERROR, message, "seller.name", found=[vendor.id for vendor in by_id])
        ]
        return VendorMatch(None, "unknown", findings=findings, fields=fields)
    if by_id:
        return _matched(VendorMatch(by_id[0], how, fields=fields, named=named))
    seller = value_of(fields, "seller.name") or ""
    scored = _by_name(seller, vendors)
    same = [vendor for vendor, score in scored if score >= 100.0]
    account = account_of(fields)
    if len(same) > 1 and account:
        same = [vendor for vendor in same if account in vendor.ibans] or same
    if len(same) == 1:
        how = "name and account" if account and account in same[0].ibans else "name"
        return _matched(VendorMatch(same[0], how, fields=fields, named=named))
    near = [(vendor, score) for vendor, score in scored if score >= NEAR or (account and account in vendor.ibans)]
    near.sort(key=lambda pair: (account not in pair[0].ibans, -pair[1], pair[0].id))
    if near:
        told = ", ".join(f"{_named(vendor)} ({score:.0f} %)" for vendor, score in near[:MOST_NEAR])
        message = f"{seller or 'the seller'} is not in the vendor master, but may be {told}"
        findings = [finding(Rule.VENDOR_NEAR, Severity.ERROR, message, "seller.name", found=seller)]
        return VendorMatch(None, "near", near[:MOST_NEAR], findings, fields, named)
    return VendorMatch(None, "unknown", findings=[_unknown(seller)], fields=fields)


def settle_near(match: VendorMatch, chosen: str | None, reason: str, decided_by: DecidedBy) -> VendorMatch:
    """The match after a model has said which of the near vendors it is, by id (None: none of them).

    Where it has chosen one, all that is checked of a vendor is checked; and that rests on the account: with one that the
    master does not have for that vendor, or none at all, a person decides, as the name alone may deceive. So they do where
    the account is all that fits, and the name is another's.
    """
    vendor = next((near for near, _ in match.near if near.id == chosen), None)
    seller = value_of(match.fields, "seller.name") or ""
    if vendor is None:
        none_of_them = finding(
            Rule.VENDOR_NEAR, Severity.INFO, "it is none of the vendors with near names", "seller.name", reason=reason,
            decided_by=decided_by, found=seller,
        )  # fmt: skip
        return replace(match, how="unknown", findings=[none_of_them, _unknown(seller)])
    confirmed, named = account_of(match.fields) in vendor.ibans, _likest(seller, vendor) >= NEAR
    doubt = (
        ""
        if confirmed and named
        else ", and no account confirms it"
        if named
        else ", though only the account is the same"
    )
    taken = finding(
        Rule.VENDOR_NEAR,
        Severity.ERROR if doubt else Severity.WARNING,
        f"{seller or 'the seller'} was taken to be {_named(vendor)}{doubt}",
        "seller.name",
        decided_by=decided_by,
        reason=reason,
        expected=vendor.name,
        found=seller,
    )
    settled = _matched(replace(match, vendor=vendor, how="near", findings=[]))
    # That it is this vendor the model said, and no rule.
    checked = [said for said in settled.findings if said.rule != Rule.VENDOR]
    return replace(settled, near=match.near, findings=[taken, *checked])


def is_named(match: VendorMatch, fields: Fields) -> bool:
    """Whether the seller's name is beyond doubt: it is one of the vendor's, and an identifier or the account on the page is that
    vendor's too. Where the page leaves open which of its names is the seller's, so it does whose the ids are that stand with it:
    then the account has to be the vendor's, or the id the only one, or the buyer one of our own companies."""
    seller, vendor = fields.get("seller.name"), match.vendor
    if vendor is None or seller is None or not is_name_of(seller.value, vendor):
        return False
    if Ground.LEARNT in seller.grounds:  # a person showed us where its issuer prints it
        return True
    if account_of(fields) in vendor.ibans:
        return True
    if match.how not in ("vat id", "tax number", "legal id"):
        return False
    is_open = Ground.VENDOR not in seller.grounds and not OPEN.isdisjoint(seller.grounds)
    identifier, buyer = fields.get("seller.vat_id"), fields.get("buyer.name")
    alone = match.how == "vat id" and identifier is not None and Ground.ONLY in identifier.grounds
    return not is_open or alone or (buyer is not None and Ground.COMPANY in buyer.grounds)


def vendor_key(match: VendorMatch, fields: Fields) -> str | None:
    """By what claims of one vendor are found: ``vendor:ID``, else ``name:`` and the name without case, signs and legal form."""
    if match.vendor:
        return f"vendor:{match.vendor.id}"
    return f"name:{name_key(fields['seller.name'].value)}" if "seller.name" in fields else None


@dataclass(frozen=True)
class Said:
    """What a model said: the ``vendor``'s id, or None, and the ``calls`` it took."""

    vendor: str | None
    reason: str
    decided_by: DecidedBy
    calls: list[ModelCall]


async def ask_which(execution_id: str, fields: Fields, near: Sequence[tuple[Vendor, float]], *, tier: str) -> Said:
    """Ask a model which of the ``near`` vendors the seller is. It is shown names, identifiers and countries, nothing else of
    the document; it can only answer one of them, or none.

    Raises:
        ModelError: the endpoint does not answer. An answer that cannot be used is the answer none.
    """
    choices = {f"{n}": vendor for n, (vendor, _) in enumerate(near, 1)}
    which: Any = Literal[(*choices, NONE)]
    shape: type[BaseModel] = create_model(
        "Vendor",
        __config__=ConfigDict(extra="forbid"),
        vendor=(which, ...),
        reason=(str, Field(max_length=160)),
    )
    lines = [f"{n}: {_described(vendor)}" for n, vendor in choices.items()]
    question = f"Seller as printed: {_seller(fields)}\n\nVendors:\n" + "\n".join(lines)
    asked = Question(
        execution_id=execution_id,
        step="choose vendor",
        messages=[
            {"role": "system", "content": await asyncio.to_thread(instructions)},
            {"role": "user", "content": question.replace("<", "‹")},
        ],
        answer=shape,
        max_tokens=120,
        prompt_version=version(),
        tier=tier,
    )
    call: ModelCall | None
    try:
        answer = await connections().models.ask(asked)
    except InvalidAnswer as error:
        call, chosen, reason = error.call, NONE, f"the model's answer could not be used: {error}"
    else:
        call, said = answer.call, answer.value.model_dump()
        chosen, reason = said["vendor"], " ".join(said["reason"].split())
    by = DecidedBy(by="model", tier=tier, model=call.model if call else "?", prompt_version=version())
    vendor = choices[chosen].id if chosen in choices else None
    return Said(vendor, reason, by, [call] if call else [])


def _matched(match: VendorMatch) -> VendorMatch:
    """With what is to be said of the vendor and of what the invoice says of it."""
    vendor, fields = match.vendor, match.fields
    assert vendor
    ways = {"name": "by its name", "near": "by a near name", "name and account": "by name and account"}
    message = f"it is {_named(vendor)} of the vendor master, {ways.get(match.how, f'by its {match.how}')}"
    findings = [finding(Rule.VENDOR, Severity.INFO, message, "seller.name", verdict=Verdict.PASS, vendor=vendor.id)]
    findings += account_findings(vendor, fields, match.named)
    for check in _CHECKS:
        findings += check(vendor, fields)
    return replace(match, findings=findings)


def _vat_id_differs(vendor: Vendor, fields: Fields) -> list[Finding]:
    stated = fields.get("seller.vat_id")
    if stated is None or not vendor.vat_ids or plain_id(stated.value) in map(plain_id, vendor.vat_ids):
        return []
    message = f"the VAT id {stated.value} is not that of {_named(vendor)}, {', '.join(vendor.vat_ids)}"
    return [
        finding(
            Rule.VENDOR_VAT_ID, Severity.ERROR, message, "seller.vat_id", expected=vendor.vat_ids, found=stated.value
        )
    ]


def _name_differs(vendor: Vendor, fields: Fields) -> list[Finding]:
    """Found by an identifier, under a name that is not at all the vendor's: somebody else uses it, or it is whose the page says
    it is not."""
    seller = fields.get("seller.name")
    if seller is None or _likest(seller.value, vendor) >= NEAR:
        return []
    message = f"the seller calls itself {seller.value}, which is none of the names of {_named(vendor)}"
    return [finding(Rule.VENDOR_NAME, Severity.ERROR, message, "seller.name", expected=vendor.name, found=seller.value)]


def _is_blocked(vendor: Vendor, fields: Fields) -> list[Finding]:
    if vendor.blocked is None:
        return []
    message = f"nothing may be paid to {_named(vendor)}: {vendor.blocked}"
    return [finding(Rule.VENDOR_BLOCKED, Severity.ERROR, message, "seller.name", vendor=vendor.id)]


def _currency_differs(vendor: Vendor, fields: Fields) -> list[Finding]:
    currency = fields.get("currency")
    if currency is None or vendor.currency in (None, currency.value):
        return []
    message = f"it is in {currency.value}; {_named(vendor)} is paid in {vendor.currency}"
    of = {"expected": vendor.currency, "found": currency.value}
    return [finding(Rule.VENDOR_CURRENCY, Severity.WARNING, message, "currency").with_evidence(**of)]


_CHECKS: tuple[Callable[[Vendor, Fields], list[Finding]], ...] = (
    _vat_id_differs, _name_differs, _is_blocked, _currency_differs,
)  # fmt: skip


def _by_identifier(fields: Fields, vendors: Sequence[Vendor]) -> tuple[list[Vendor], How]:
    """The vendors that a seller's identifiers name, the strongest first; several where they name different ones."""
    by_id: dict[str, Vendor] = {}
    first: How = "unknown"
    account = account_of(fields)
    ways: tuple[tuple[str, How, Callable[[Vendor], list[str]]], ...] = (
        ("seller.vat_id", "vat id", lambda vendor: vendor.vat_ids),
        ("seller.tax_number", "tax number", lambda vendor: [*vendor.tax_numbers, *vendor.vat_ids]),
        ("seller.legal_id", "legal id", lambda vendor: vendor.legal_ids),
    )
    for path, how, known in ways:
        stated = plain_id(fields[path].value) if path in fields else ""
        if not stated:
            continue
        named = [vendor for vendor in vendors if stated in map(plain_id, known(vendor))]
        if len(named) > 1:  # branches with one VAT id: the name tells them apart, else the account
            seller = value_of(fields, "seller.name") or ""
            same = [vendor for vendor in named if _likest(seller, vendor) >= 100.0]
            paid = [vendor for vendor in same or named if account in vendor.ibans]
            named = same if len(same) == 1 else paid if len(paid) == 1 else named
        if named and first == "unknown":
            first = how
        by_id |= {vendor.id: vendor for vendor in named}
    return list(by_id.values()), first


def _by_name(seller: str, vendors: Sequence[Vendor]) -> list[tuple[Vendor, float]]:
    if not seller:
        return []
    return sorted(((vendor, _likest(seller, vendor)) for vendor in vendors), key=lambda pair: (-pair[1], pair[0].id))


def _likest(seller: str, vendor: Vendor) -> float:
    return max(likeness(seller, name) for name in (vendor.name, *vendor.aliases))


def _named(vendor: Vendor) -> str:
    return f"{vendor.id} {vendor.name}"


def _unknown(seller: str) -> Finding:
    message = f"{seller or 'the seller'} is not in the vendor master: add it there, or reject"
    return finding(Rule.VENDOR_UNKNOWN, Severity.ERROR, message, "seller.name", found=seller)


def _described(vendor: Vendor) -> str:
    known = [vendor.name, *(f"also {alias}" for alias in vendor.aliases[:3]), *vendor.vat_ids[:1], vendor.country or ""]
    return ", ".join(part for part in known if part)[:200]


def _seller(fields: Fields) -> str:
    parts = (fields[path].value for path in ("seller.name", "seller.vat_id", "seller.country") if path in fields)
    return ", ".join(" ".join(part.split()) for part in parts)[:200]
