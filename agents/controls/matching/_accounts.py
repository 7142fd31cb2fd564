"""Whether each destination that a document names is the vendor's: an account of the master, or what can be derived from one.

A British sort code and account number are parts of an IBAN, a German bank code and account number too; a BIC names the bank
of one. What cannot be shown to be the vendor's is a person's decision, however well all else fits. Where there is no vendor
master, the account that was read stands in its place: nothing else may be named beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from agents.controls.firm_names import likeness
from agents.fields.destinations import MASK, Destination, Scheme, compact, is_bic_of, segments
from agents.fields.identifiers import same_country
from agents.fields.rules import Rule
from agents.fields.schema import Fields, value_of
from infra.records import Finding, JsonObject, Severity, Vendor, Verdict, finding

_MOST = 10
"""Destinations that are told, a finding each."""
_SAME_NAME = 90.0
"""From 0 to 100: a payee of a name so alike is the vendor itself."""
_ACCOUNTS = (Scheme.IBAN, Scheme.ACCOUNT)
_TELEPHONE = 7
"""Digits that a telephone number has at least."""
_SHORTEST = 3
"""Digits of a number that proves anything."""


def account_of(fields: Fields) -> str | None:
    """The IBAN that was read, as it is compared."""
    return compact(fields["payment.iban"].value) if "payment.iban" in fields else None


def account_findings(vendor: Vendor | None, fields: Fields, named: Sequence[Destination]) -> list[Finding]:
    """That the account is the vendor's, and an error for each destination of ``named`` that is not known to be.

    Args:
        vendor: of the master; None where there is no master.
    """
    account = account_of(fields)
    if account and not any(one.value == account for one in named):
        named = [Destination(scheme=Scheme.IBAN, value=account, printed=account, where="field"), *named]
    seller = value_of(fields, "seller.name")
    known = _of_vendor(vendor, seller) if vendor else _of_document(account, seller, named)
    findings = []
    if vendor and account in vendor.ibans:
        message = f"the account is one that the master has for {vendor.id}"
        findings.append(
            finding(Rule.VENDOR_ACCOUNT, Severity.INFO, message, "payment.iban", verdict=Verdict.PASS, found=account)
        )
    unproven: dict[str, Destination] = {}
    for one in named:
        if not known.has(one, account, named) or known.mixes(one, named):
            unproven.setdefault(one.value, one)
    return findings + [_told(one, vendor, known) for one in list(unproven.values())[:_MOST]]


@dataclass(frozen=True)
class _Known:
    """What may be paid to: ``ibans``, ``others`` in words of the master, and payees of these ``names``."""

    ibans: Sequence[str]
    others: Sequence[str]
    names: Sequence[str]
    of_master: bool = True

    def has(self, one: Destination, account: str | None, named: Sequence[Destination]) -> bool:
        """Whether a destination is one of these, or follows from one."""
        match one.scheme:
            case Scheme.IBAN:
                return one.value in self.ibans
            case Scheme.ACCOUNT:
                held = [*map(segments, self.ibans), *(re.findall(r"[A-Z0-9]+", entry.upper()) for entry in self.others)]
                return any(_derived(one.value, parts) for parts in held)
            case Scheme.BIC:
                stated = any(compact(entry)[:8] == one.value[:8] for entry in self.others)
                belongs = is_bic_of if self.of_master else same_country  # a bank may have taken over another's accounts
                return stated or any(belongs(one.value, iban) for iban in self.ibans)
            case Scheme.SERVICE | Scheme.WALLET:
                return any(_entered(one.value, entry) for entry in self.others)
            case Scheme.PAYEE:
                return self._names(one)
            case Scheme.HOLDER:
                accounts = [other for other in named if other.scheme in _ACCOUNTS]
                paid = accounts and all(self.has(other, account, named) for other in accounts)
                return bool(paid) or self._names(one)
            case Scheme.ASSIGNED:
                return any(len(entry) > 3 and entry.casefold() in one.value for entry in self.others)
            case Scheme.DEBITED:
                accounts = [other for other in named if other.scheme is Scheme.IBAN]
                return one.value != account and any(other.value in self.ibans for other in accounts)
            case Scheme.MASKED:
                begins, _, ends = one.value.partition(MASK)
                return any(iban.startswith(begins) and iban.endswith(ends) for iban in self.ibans)
            case Scheme.UNREADABLE:
                return False

    def mixes(self, one: Destination, named: Sequence[Destination]) -> bool:
        """Whether a number is that of an account at another bank than those whose codes stand in the document; where there are
        as many codes as numbers, than the one whose code stands in its place among the codes."""
        if one.scheme is not Scheme.ACCOUNT or len(self.ibans) < 2 or not (of := self._numbered(one.value)):
            return False
        stated = [other.value for other in named if other.scheme is Scheme.ACCOUNT]
        numbers = [number for number in stated if self._numbered(number)]
        codes = [at for n in stated if n not in numbers if (at := {i for i in self.ibans if _derived(n, segments(i))})]
        banks = codes[numbers.index(one.value)] if len(codes) == len(numbers) else set().union(*codes)
        return bool(banks) and not banks & of

    def _numbered(self, number: str) -> set[str]:
        """The accounts of which it holds the number, and not just the bank."""
        own = {iban: max(segments(iban)[1:], key=len).lstrip("0") for iban in self.ibans}
        return {iban for iban, last in own.items() if last in number and _derived(number, segments(iban))}

    def _names(self, one: Destination) -> bool:
        return any(likeness(one.value, name) >= _SAME_NAME for name in (*self.names, *self.others))


def _of_vendor(vendor: Vendor, seller: str | None) -> _Known:
    names = [vendor.name, *vendor.aliases]
    same = seller and any(likeness(seller, name) >= _SAME_NAME for name in names)
    return _Known(vendor.ibans, vendor.destinations, [*names, seller] if seller and same else names)


def _of_document(account: str | None, seller: str | None, named: Sequence[Destination]) -> _Known:
    first = account or next((one.value for one in named if one.scheme is Scheme.IBAN), None)
    return _Known([first] if first else [], [], [seller] if seller else [], of_master=False)


def _entered(address: str, entry: str) -> bool:
    """Whether an entry of the master has an address to pay to: as a word of it, or a telephone number however it is divided."""
    number = "".join(c for c in address if c.isdigit())
    said = "".join(c for c in entry if c.isdigit())
    by_number = len(number) >= _TELEPHONE and number.lstrip("0") == said.lstrip("0")
    only_number = not any(c.isalpha() for c in address)
    return address.casefold() in entry.casefold().split() or (by_number and only_number)


def _derived(number: str, parts: Sequence[str]) -> bool:
    """Whether ``number`` is one of ``parts`` of an account, some that follow each other, or two such: of a bank, and of an
    account in it. Zeros before a number do not count."""
    runs = {"".join(parts[a:b]).lstrip("0") for a, b in combinations(range(len(parts) + 1), 2)}
    runs = {run for run in runs if len(run) >= _SHORTEST}
    return number.lstrip("0") in runs or any(
        number[:at].lstrip("0") in runs and number[at:].lstrip("0") in runs for at in range(_SHORTEST, len(number) - 2)
    )


def _told(one: Destination, vendor: Vendor | None, known: _Known) -> Finding:
    evidence: JsonObject = {"found": one.value}
    if one.where != "field":
        place = {"page": one.page, "box": list(one.box) if one.box else None}
        evidence |= {"quote": one.printed, "where": one.where, **{key: at for key, at in place.items() if at}}
    where = f"on page {one.page}" if one.page else _PLACES[one.where]
    says = f"{where} there is the {one.scheme.value} {one.printed}"
    if vendor is None:
        beside = f"beside the account {', '.join(known.ibans)}" if known.ibans else "and no IBAN"
        message = f"{says}, {beside}: no vendor master says whose it is"
        return finding(Rule.PAYMENT_DESTINATION, Severity.ERROR, message, "payment.iban", **evidence)
    expected = [*known.ibans, *known.others]
    message = f"{says}, which is not known to be one of {vendor.id} {vendor.name} (the master has "
    message += f"{', '.join(expected) or 'none'}): ask the vendor by a way that is not in this document"
    return finding(Rule.VENDOR_ACCOUNT, Severity.ERROR, message, "payment.iban", expected=expected, **evidence)


_PLACES = {
    "page": "on the page", "metadata": "in the PDF's metadata", "xml": "in the XML", "field": "as account of the invoice",
}  # fmt: skip
