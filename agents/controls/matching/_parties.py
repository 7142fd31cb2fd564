"""Who sells and who buys, by what is known beside the page: our own companies, and the vendors of the master.

A page names both parties, their order is anybody's, and a window address has no label. Who of the two is one of ours buys. A name
of the master's that is printed beside its own VAT id or account is the seller's, which no likeness of names alone can say. Nothing
is taken from the master here: it says which of the printed names and ids is whose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agents.controls.firm_names import likeness, same_firm
from agents.controls.matching._accounts import account_of
from agents.controls.matching._identifiers import plain_id
from agents.fields.grounds import Ground
from agents.fields.rules import Rule
from agents.fields.schema import Field, Fields, value_of
from agents.fields.values import is_vat_id
from agents.pages import Offer, proposed
from infra.records import Finding, OwnCompany, Severity, Vendor, Verdict, finding

SELLER, BUYER = "seller.name", "buyer.name"
SELLER_ID, BUYER_ID = "seller.vat_id", "buyer.vat_id"
OPEN = frozenset({Ground.GUESS, Ground.TWO_NAMES, Ground.MODEL})
"""Grounds of a name that leave open whether it is the right one of those on the page."""


class Companies:
    """Our own companies of one tenant."""

    def __init__(self, companies: Iterable[OwnCompany], tenant: str) -> None:
        self._ours = [one for one in companies if one.tenant in (None, tenant)]
        self._ids = {plain_id(id) for one in self._ours for id in one.vat_ids}

    def __bool__(self) -> bool:
        return bool(self._ours)

    def __str__(self) -> str:
        return ", ".join(one.name for one in self._ours)

    def has_name(self, name: str | None) -> bool:
        return name is not None and any(same_firm(name, known) for one in self._ours for known in one.names)

    def has_id(self, vat_id: str | None) -> bool:
        return vat_id is not None and plain_id(vat_id) in self._ids


def known_parties(
    fields: Fields, choices: Mapping[str, Sequence[Offer]], vendors: Sequence[Vendor], ours: Companies
) -> Fields:
    """``fields`` with names and VAT ids given to the party they are known to be; of ``choices`` those of names and VAT ids are
    looked at. What the page itself says of a party by a label is never overruled: where that and what is known differ, checks
    find it, and a person decides."""
    known = dict(fields)
    _give_ours_to_the_buyer(known, choices, ours)
    _name_the_vendor(known, choices, vendors, ours)
    for role in ("seller", "buyer"):
        if value_of(known, f"{role}.name") != value_of(fields, f"{role}.name"):
            for column in ("country", "legal_id", "tax_number"):  # which stood with the name that it is not
                known.pop(f"{role}.{column}", None)
    return known


def addressee_findings(fields: Fields, ours: Companies) -> list[Finding]:
    """That an invoice is to one of our own companies; an error where it is not, or is one of ours to somebody. Nothing where no
    company is known."""
    if not ours:
        return []
    buyer, vat_id = value_of(fields, BUYER), value_of(fields, BUYER_ID)
    seller = value_of(fields, SELLER)
    findings = []
    if ours.has_name(seller) or ours.has_id(value_of(fields, SELLER_ID)):
        message = f"{seller or 'who sells'} is one of our own companies: we would pay ourselves"
        findings.append(finding(Rule.SELLER_IS_US, Severity.ERROR, message, SELLER, found=seller))
    if ours.has_name(buyer) or ours.has_id(vat_id):
        message = f"it is to one of our own companies, {buyer or vat_id}"
        return [*findings, finding(Rule.ADDRESSEE, Severity.INFO, message, BUYER, verdict=Verdict.PASS, found=buyer)]
    to = f"it is to {buyer}, which is" if buyer or vat_id else "whom it is to was not found, so it may be"
    message = f"{to} none of our own companies ({ours}): add a name it goes by to `companies`, or reject"
    return [*findings, finding(Rule.ADDRESSEE, Severity.ERROR, message, BUYER, expected=str(ours), found=buyer)]


def _give_ours_to_the_buyer(known: Fields, choices: Mapping[str, Sequence[Offer]], ours: Companies) -> None:
    seller, buyer = known.get(SELLER), known.get(BUYER)
    if not ours or (_is_ours(seller, ours) and not _is_open(seller)):
        return  # one of ours sells, as far as the page says
    offers = [offer for offer in choices.get(BUYER, ()) if ours.has_name(offer.value) and (offer.score or 0) >= 0]
    if buyer is not None and ours.has_name(buyer.value):
        known[BUYER] = _with(buyer, Ground.COMPANY)
    elif offers and (buyer is None or _is_open(buyer)):
        known[BUYER] = proposed(offers[0], Ground.COMPANY)
    if seller is not None and ours.has_name(seller.value):
        others = [offer for offer in choices.get(SELLER, ()) if not ours.has_name(offer.value)]
        _put(known, SELLER, proposed(others[0], Ground.GUESS) if others else None)
    ids = {plain_id(offer.value): offer for offer in choices.get(SELLER_ID, ())}
    mine = next((offer for id, offer in ids.items() if ours.has_id(id)), None)
    if mine is None:
        return
    known[BUYER_ID] = proposed(mine, Ground.COMPANY)
    if ours.has_id(value_of(known, SELLER_ID)):
        others = [offer for id, offer in ids.items() if not ours.has_id(id)]
        _put(known, SELLER_ID, _only(others))


def _name_the_vendor(
    known: Fields, choices: Mapping[str, Sequence[Offer]], vendors: Sequence[Vendor], ours: Companies
) -> None:
    """The printed name of the one vendor whose id or account stands on the page, where the page leaves the seller's name open."""
    bought = ours.has_name(value_of(known, BUYER)) or ours.has_id(value_of(known, BUYER_ID))
    theirs, account = value_of(known, BUYER_ID), account_of(known)
    ids = {plain_id(offer.value): offer for offer in choices.get(SELLER_ID, ()) if not ours.has_id(offer.value)}
    if theirs is not None:
        ids.pop(plain_id(theirs), None)
    by_id = [vendor for vendor in vendors if ids.keys() & set(map(plain_id, vendor.vat_ids))]
    paid = [vendor for vendor in vendors if account and account in vendor.ibans]
    found = [vendor for vendor in by_id if vendor in paid] or by_id or paid
    if len(found) != 1:
        return
    vendor = found[0]
    sure = bought or vendor in paid
    stated = known.get(SELLER)
    printed = next((offer for offer in choices.get(SELLER, ()) if is_name_of(offer.value, vendor)), None)
    if stated is not None and is_name_of(stated.value, vendor):
        if not sure and _is_open(stated):
            return
        known[SELLER] = _with(stated, Ground.VENDOR)
    elif printed is not None and sure and (stated is None or Ground.LABEL not in stated.grounds):
        known[SELLER] = proposed(printed, Ground.VENDOR)
        if same_party(known.get(BUYER), printed.value):
            _put(known, BUYER, _next_buyer(choices, vendor, ours))
    else:
        return
    own = next((offer for id, offer in ids.items() if id in map(plain_id, vendor.vat_ids)), None)
    if own is not None and plain_id(value_of(known, SELLER_ID) or "") != plain_id(own.value):
        known[SELLER_ID] = proposed(own, *_held(own), Ground.VENDOR)


def is_name_of(name: str, vendor: Vendor) -> bool:
    """Whether it is one of the vendor's names but for its writing."""
    return any(likeness(name, known) >= 100.0 for known in (vendor.name, *vendor.aliases))


def same_party(field: Field | None, name: str) -> bool:
    return field is not None and same_firm(field.value, name)


def _next_buyer(choices: Mapping[str, Sequence[Offer]], vendor: Vendor, ours: Companies) -> Field | None:
    """Once the name taken for the buyer's is the seller's: one of ours, else the likeliest of the rest, which is a guess."""
    others = [offer for offer in choices.get(BUYER, ()) if not is_name_of(offer.value, vendor)]
    mine = next((offer for offer in others if ours.has_name(offer.value)), None)
    if mine is not None:
        return proposed(mine, Ground.COMPANY)
    return proposed(others[0], Ground.GUESS) if others and (others[0].score or 0) > 0.3 else None


def _only(offers: Sequence[Offer]) -> Field | None:
    """The one other id there is: of two parties one is ours."""
    return proposed(offers[0], *_held(offers[0]), Ground.POSITION) if len(offers) == 1 else None


def _held(offer: Offer) -> tuple[Ground]:
    return (Ground.CHECK_DIGITS if is_vat_id(offer.value) else Ground.LABEL,)


def _is_ours(field: Field | None, ours: Companies) -> bool:
    return field is not None and ours.has_name(field.value)


def _is_open(field: Field | None) -> bool:
    return field is None or not OPEN.isdisjoint(field.grounds)


def _with(field: Field, ground: Ground) -> Field:
    return field if ground in field.grounds else field.model_copy(update={"grounds": [*field.grounds, ground]})


def _put(known: Fields, path: str, field: Field | None) -> None:
    if field is None:
        known.pop(path, None)
    else:
        known[path] = field
