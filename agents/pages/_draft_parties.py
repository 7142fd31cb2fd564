"""The parties of a draft: names by what speaks for each, identifiers by which party they stand with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.fields.grounds import Ground
from agents.fields.schema import Field, Fields
from agents.pages._candidates import Candidate
from agents.pages._parties import Name, Parties, Role
from agents.pages._proposed import follows, printed
from agents.pages._terms import Terms
from agents.words import in_text

_ROLES: tuple[Role, ...] = ("seller", "buyer")
_THEIRS = re.compile(in_text("text.theirs"), re.IGNORECASE)
"""How the label of a customer's identifier begins."""
_COUNTRY = {"EL": "GR", "XI": "GB"}
"""Country of a VAT id's first two letters, where ISO 3166 has another code."""


@dataclass(frozen=True)
class DraftNames:
    """``ranked`` are the names that could be each party's, the likeliest first; ``seller`` and ``buyer`` those taken."""

    fields: Fields
    ranked: Mapping[str, Sequence[Name]]
    seller: Candidate | None
    buyer: Candidate | None


def read_names(parties: Parties) -> DraftNames:
    """Who invoices whom."""
    ranked = {"seller": parties.seller, "buyer": parties.buyer}
    taken = {role: names[0].candidate for role, names in ranked.items() if names and names[0].score > 0.3}
    if "seller" in taken and "buyer" in taken and taken["seller"].value == taken["buyer"].value:
        del taken["buyer"]  # the only name there is: nobody invoices himself
    return DraftNames(
        {f"{role}.name": printed(name, name.value, *_grounds_of_name(ranked[role])) for role, name in taken.items()},
        {f"{role}.name": names for role, names in ranked.items()},
        taken.get("seller"),
        taken.get("buyer"),
    )


def read_identifiers(terms: Terms, parties: Parties, names: DraftNames) -> Fields:
    """VAT ids, accounts, registrations and countries, each given to the party it stands with."""
    fields = {**_vat_ids(terms, parties, names), **_accounts(terms), **_registrations(terms, names)}
    fields |= _countries(terms, names, fields)
    return {path: _as_its_name(path, field, names) for path, field in fields.items()}


def _as_its_name(path: str, field: Field, names: DraftNames) -> Field:
    """What was given to a party for where it stands is a guess where the party's name is one."""
    name = names.fields.get(f"{path.partition('.')[0]}.name")
    placed = {Ground.POSITION, Ground.ADDRESS} & set(field.grounds) or path.endswith((".legal_id", ".tax_number"))
    if name is None or not placed or Ground.GUESS not in name.grounds:
        return field
    return field.model_copy(update={"grounds": [*field.grounds, Ground.GUESS]})


def _grounds_of_name(ranked: Sequence[Name]) -> tuple[Ground, ...]:
    ground = _ground_of_name(ranked)
    return (ground, Ground.CONFIRMED) if ranked[0].confirmed and ground != Ground.TWO_NAMES else (ground,)


def _ground_of_name(ranked: Sequence[Name]) -> Ground:
    best = ranked[0]
    lead = best.score - (ranked[1].score if len(ranked) > 1 else 0.0)
    if best.two_names:
        return Ground.TWO_NAMES
    if best.labelled and lead > 0.4:
        return Ground.LABEL
    if best.score < 1.2 or lead <= 0.4 or best.payee_only:
        return Ground.GUESS
    return Ground.FIRM if best.firm else Ground.POSITION


def _vat_ids(terms: Terms, parties: Parties, names: DraftNames) -> Fields:
    every = terms.vat_ids()
    ids, valid = [c for c, _ in every], {c.value: holds for c, holds in every}
    fields: Fields = {}
    theirs = [c for c in ids if any(_THEIRS.match(label.text) for label in c.labels[:1])]
    if theirs:
        fields["buyer.vat_id"] = printed(theirs[-1], theirs[-1].value, Ground.LABEL)
    rest = [c for c in ids if not theirs or c.value != theirs[-1].value]
    if not theirs and len({c.value for c in rest}) > 1 and names.buyer is not None:
        near = _vat_id_of_buyer(rest, terms, parties, names.seller, names.buyer)
        if near:
            held = Ground.CHECK_DIGITS if valid[near.value] else Ground.LABEL
            fields["buyer.vat_id"] = printed(near, near.value, held, Ground.POSITION)
            rest = [c for c in rest if c.value != near.value]
    if rest:
        # Who charges tax must print their own id (VAT Directive, Art. 226), so a single one is the seller's.
        buyer = names.buyer.cell if names.buyer else None
        own = (terms.nearest(rest, names.seller.cell, buyer) if names.seller else None) or rest[0]
        held = Ground.CHECK_DIGITS if valid[own.value] else Ground.LABEL
        fields["seller.vat_id"] = printed(own, own.value, held, Ground.ONLY if len(valid) == 1 else Ground.POSITION)
    return fields


def _vat_id_of_buyer(
    ids: Sequence[Candidate], terms: Terms, parties: Parties, seller: Candidate | None, buyer: Candidate
) -> Candidate | None:
    """The buyer's of several ids: in their address, else nearer to them than to the seller, but not in the imprint."""
    address = {id(cell) for cell in parties.block(buyer.cell)}
    own = {id(cell) for cell in parties.block(seller.cell)} if seller else set()
    in_address = next((c for c in ids if id(c.cell) in address), None)
    if in_address is not None:
        return in_address
    upper = [c for c in ids if not terms.is_low(c) and id(c.cell) not in own]
    one_apart = len(upper) == 1 and len({c.value for c in ids}) == 2 and not own & {id(c.cell) for c in ids}
    if one_apart and any(terms.is_low(c) for c in ids):
        return upper[0]
    return terms.nearest(upper, buyer.cell, seller.cell if seller else None)


def _accounts(terms: Terms) -> Fields:
    fields: Fields = {}
    accounts = terms.ibans()
    valid = [c for c, holds in accounts if holds]
    if alike := valid or [c for c, _ in accounts]:
        grounds = (Ground.CHECK_DIGITS if valid else Ground.LABEL, Ground.SEVERAL if len(alike) > 1 else Ground.ONLY)
        fields["payment.iban"] = printed(alike[0], alike[0].value, *grounds)
    if bics := terms.bics():
        fields["payment.bic"] = printed(
            bics[0], bics[0].value, Ground.LABEL, *([Ground.SEVERAL] if len(bics) > 1 else [])
        )
    return fields


def _registrations(terms: Terms, names: DraftNames) -> Fields:
    fields: Fields = {}
    for column, numbers in (("legal_id", terms.legal_ids()), ("tax_number", terms.tax_numbers())):
        found: Fields = {}

        def stated(number: Candidate, of: Sequence[Candidate] = numbers) -> Field:
            firm = _firm_of(number, of)
            several = any(not number.value.startswith(c.value) and not c.value.startswith(number.value) for c in of)
            return printed(firm, firm.value, Ground.LABEL, *([Ground.SEVERAL] if several else []))

        for role, name, other in (("seller", names.seller, names.buyer), ("buyer", names.buyer, names.seller)):
            if name is None:
                continue
            near = terms.nearest(numbers, name.cell, other.cell if other else None)
            if near and not (role == "buyer" and (column == "tax_number" or terms.is_low(near))):
                found[f"{role}.{column}"] = stated(near)
        if not found and numbers:
            found[f"seller.{column}"] = stated(numbers[0])
        fields |= found
    return fields


def _firm_of(number: Candidate, numbers: Sequence[Candidate]) -> Candidate:
    """The SIREN a SIRET begins with, where it is printed by itself: the firm, rather than one of its places."""
    return next((c for c in numbers if len(number.value) == 14 and c.value == number.value[:9]), number)


def _countries(terms: Terms, names: DraftNames, fields: Fields) -> Fields:
    """Countries by the address below a name, else by the VAT id or, of the seller, by the account."""
    countries: Fields = {}
    for role, name in zip(_ROLES, (names.seller, names.buyer), strict=True):
        path = f"{role}.country"
        if name is not None and (code := terms.country(name.cell)):
            countries[path] = printed(name, code, Ground.ADDRESS)
        elif vat := fields.get(f"{role}.vat_id"):
            code = _COUNTRY.get(vat.value[:2], vat.value[:2])
            countries[path] = follows(code, "country of the VAT id", Ground.VAT_ID)
        elif role == "seller" and (account := fields.get("payment.iban")):
            countries[path] = follows(account.value[:2], "country of the account", Ground.ACCOUNT)
    return countries
