"""Identifiers of companies, accounts and currencies: whether one is well formed, and what is wrong where it is not.

Check digits are python-stdnum's; what it does not know (KvK numbers, currencies) stands here. No I/O: code lists are
those of the day this was written, and an unknown currency goes to a person, who knows better.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from stdnum import bic as iso_bic
from stdnum.be import vat as belgian_number
from stdnum.ch import uid
from stdnum.de import stnr
from stdnum.dk import cvr
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.no import orgnr as norwegian_number
from stdnum.se import orgnr as swedish_number

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP "
    "CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU "
    "MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG "
    "SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV "
    "WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG BGN HRK"
)
CURRENCIES = frozenset(_CODES.split())
"""Currencies one can pay in: ISO 4217 of 1 January 2026, without funds, metals and codes for tests; and two that have
lately become the euro, which older invoices are in."""

EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
"""Prefixes of VAT ids of the member states, Greece's two: of these the check digits are known to hold, or not to."""

_BANKED_TOGETHER = {
    **dict.fromkeys(("GF", "GP", "MQ", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "TF", "MC"), "FR"),
    **dict.fromkeys(("GG", "JE", "IM"), "GB"),
    "AX": "FI",
}
"""Territories whose banks have a country code of their own in the BIC, and another country's in the IBAN (ISO 13616)."""


# Shapes: what an identifier looks like in a text. They are wide; whether one is meant, check digits or a label have to say.

BIC_SHAPE: Final = r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"
"""ISO 9362."""
VAT_ID_SHAPE: Final = (
    r"ATU ?\d{8}|BE ?[01]?\d{3}[. ]?\d{3}[. ]?\d{3}|BG ?\d{9,10}"
    r"|CHE[- ]?\d{3}[. ]?\d{3}[. ]?\d{3}(?: (?:MWST|TVA|IVA))?|CY ?\d{8}[A-Z]|CZ ?\d{8,10}"
    r"|DE ?\d{3} ?\d{3} ?\d{3}|DK ?\d{2} ?\d{2} ?\d{2} ?\d{2}|E[EL] ?\d{9}|ES ?[A-Z0-9]\d{7}[A-Z0-9]|FI ?\d{8}"
    r"|FR ?[0-9A-Z]{2} ?\d{3} ?\d{3} ?\d{3}|GB ?\d{3} ?\d{4} ?\d{2}(?: ?\d{3})?|HR ?\d{11}|HU ?\d{8}"
    r"|IE ?\d[0-9A-Z+*]\d{5}[A-Z]{1,2}|IT ?\d{11}|LT ?(?:\d{9}|\d{12})|LU ?\d{8}|LV ?\d{11}|MT ?\d{8}"
    r"|NL ?\d{9} ?B ?\d{2}|NO ?\d{9}(?: ?MVA)?|PL ?\d{10}|PT ?\d{9}|RO ?\d{2,10}|SE ?\d{12}|SI ?\d{8}|SK ?\d{10}"
    r"|XI ?\d{9}"
)
"""VAT ids of the EU, Great Britain, Northern Ireland, Norway and Switzerland by their shape (VIES' published structures)."""


def iban_shape(gap: str = " ", fewest: int = 2) -> str:
    """A regular expression for an IBAN (ISO 13616), together or in groups of four: ``gap`` are the characters that may stand
    between two, ``fewest`` is how many whole groups there are behind the check digits at least."""
    return rf"[A-Z]{{2}}\d{{2}}(?:[{gap}]?[0-9A-Z]{{4}}){{{fewest},7}}(?:[{gap}]?[0-9A-Z]{{1,4}})?"


def without_tax_name(vat_id: str) -> str:
    """A Swiss VAT id without the name of the tax in one of the country's languages; any other one as it is."""
    return re.sub(r"(?:MWST|TVA|IVA|TPV)$", "", vat_id)


class Register(NamedTuple):
    """A register of companies: what its numbers are called, and whether one is a number of it."""

    name: str
    holds: Callable[[str], bool]


def _french(number: str) -> bool:
    return bool(siren.is_valid(number)) if len(number) == 9 else bool(siret.is_valid(number))


def _dutch(number: str) -> bool:
    """Eight digits without a check digit, twelve with the number of an establishment (Handelsregisterbesluit 2008)."""
    return re.fullmatch(r"\d{8}(?:\d{4})?", number) is not None


REGISTERS: dict[str, Register] = {
    "FR": Register("a SIREN or SIRET", _french),
    "NL": Register("a KvK number", _dutch),
    "BE": Register("an enterprise number", lambda n: bool(belgian_number.is_valid(n))),
    "CH": Register("a UID", lambda n: bool(uid.is_valid(n if n.startswith("CHE") else f"CHE{n}"))),
    "DK": Register("a CVR number", lambda n: bool(cvr.is_valid(n))),
    "FI": Register("a Y-tunnus", lambda n: bool(ytunnus.is_valid(n))),
    "NO": Register("an organisation number", lambda n: bool(norwegian_number.is_valid(n))),
    "SE": Register("an organisation number", lambda n: bool(swedish_number.is_valid(n))),
}
"""Of each country whose register numbers its companies by a rule, that register."""


def legal_id_problem(country: str, legal_id: str) -> str | None:
    """What a number of ``country``'s register is expected to be, where ``legal_id`` is none; None where it may be one.

    A number that is written with words, such as ``HRB 1234``, is another register's and nothing to be judged.
    """
    register = REGISTERS.get(country)
    plain = re.sub(r"[\s.\-/]", "", legal_id.upper())
    plain = plain if country == "CH" else plain.removeprefix(country)
    if register is None or not re.fullmatch(r"(?:CHE)?\d+", plain):
        return None
    return None if register.holds(plain) else register.name


def is_german_tax_number(number: str) -> bool:
    """Whether it has the form of a Steuernummer: of one of the states, or the nationwide one of 13 digits."""
    return bool(stnr.is_valid(number))


def is_bic(code: str) -> bool:
    """Whether it has the form of a BIC (ISO 9362)."""
    return bool(iso_bic.is_valid(code))


def same_country(bic: str, iban: str) -> bool:
    """Whether a bank of this BIC can hold this account: both name a country, the BIC in its fifth and sixth letter."""
    country = bic[4:6].upper()
    return iban[:2].upper() in (country, _BANKED_TOGETHER.get(country))
