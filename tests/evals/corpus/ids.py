"""Fictitious identifiers whose check digits are right, drawn from a seed string."""

import random
import string
from collections.abc import Callable

from stdnum import iban as iban_mod
from stdnum.at import uid
from stdnum.au import abn as abn_mod
from stdnum.be import vat as be_vat
from stdnum.ch import uid as ch_uid
from stdnum.de import vat as de_vat
from stdnum.dk import cvr
from stdnum.es import cif
from stdnum.fr import siren, tva
from stdnum.fr import siret as siret_mod
from stdnum.gb import vat as gb_vat
from stdnum.ie import vat as ie_vat
from stdnum.it import iva
from stdnum.nl import btw
from stdnum.pl import nip
from stdnum.pt import nif
from stdnum.se import orgnr


def _digits(rng: random.Random, n: int) -> str:
    return str(rng.randint(1, 9)) + "".join(rng.choice(string.digits) for _ in range(n - 1))


def _search(seed: str, make: Callable[[random.Random], str], valid: Callable[[str], bool]) -> str:
    rng = random.Random(seed)
    for _ in range(200_000):
        candidate = make(rng)
        if valid(candidate):
            return candidate
    raise RuntimeError(f"no valid number found for {seed}")


def siren_no(seed: str) -> str:
    return _search("siren" + seed, lambda r: _digits(r, 9), siren.is_valid)


def siret(seed: str) -> str:
    head = siren_no(seed)
    return _search("siret" + seed, lambda r: head + "000" + _digits(r, 2), siret_mod.is_valid)


def _fr_vat(seed: str) -> str:
    number = siren_no(seed)
    key = (12 + 3 * (int(number) % 97)) % 97
    assert tva.is_valid(f"{key:02d}{number}")
    return f"{key:02d}{number}"


def abn(seed: str) -> str:
    return _search("abn" + seed, lambda r: _digits(r, 11), abn_mod.is_valid)


def vat(cc: str, seed: str) -> str:
    """A VAT id with its country prefix, without blanks or dots."""
    s = f"vat{cc}{seed}"
    table: dict[str, tuple[Callable[[random.Random], str], Callable[[str], bool]]] = {
        "DE": (lambda r: _digits(r, 9), de_vat.is_valid),
        "AT": (lambda r: "U" + _digits(r, 8), uid.is_valid),
        "BE": (lambda r: "0" + _digits(r, 9), be_vat.is_valid),
        "NL": (lambda r: _digits(r, 9) + "B0" + str(r.randint(1, 3)), btw.is_valid),
        "IT": (lambda r: "0" + _digits(r, 10), lambda v: iva.is_valid(v) and v[7] == "0"),
        "ES": (lambda r: r.choice("AB") + _digits(r, 8), cif.is_valid),
        "PT": (lambda r: "5" + _digits(r, 8), nif.is_valid),
        "PL": (lambda r: _digits(r, 10), nip.is_valid),
        "SE": (lambda r: "556" + _digits(r, 7) + "01", lambda v: orgnr.is_valid(v[:10])),
        "DK": (lambda r: _digits(r, 8), cvr.is_valid),
        "GB": (lambda r: _digits(r, 9), gb_vat.is_valid),
        "IE": (lambda r: _digits(r, 7) + r.choice("ABCDEFGHIJKLMNOPQRSTUVW") + "H", ie_vat.is_valid),
        "CH": (lambda r: "CHE" + _digits(r, 9), ch_uid.is_valid),
    }
    if cc == "FR":
        return "FR" + _fr_vat(seed)
    make, valid = table[cc]
    number = _search(s, make, valid)
    return number if cc == "CH" else cc + number


def _check(cc: str, bban: str) -> str:
    return iban_mod.calc_check_digits(f"{cc}00{bban}")


def _bban(cc: str, r: random.Random) -> str:
    if cc in ("DE", "AT", "SE", "DK", "PL"):
        return _digits(r, {"DE": 18, "AT": 16, "SE": 20, "DK": 14, "PL": 24}[cc])
    if cc == "CH":
        return "0" + _digits(r, 4) + _digits(r, 12)
    if cc == "NL":
        return "FNTB" + "0" + _digits(r, 9)
    if cc in ("GB", "IE"):
        return {"GB": "FENB", "IE": "LIFB"}[cc] + _digits(r, 14)
    if cc == "BE":
        head = _digits(r, 10)
        return head + f"{int(head) % 97 or 97:02d}"
    if cc == "PT":
        head = "00" + _digits(r, 17)
        return head + f"{98 - int(head + '00') % 97:02d}"
    if cc == "FR":
        b, g, c = _digits(r, 5), _digits(r, 5), _digits(r, 11)
        return b + g + c + f"{97 - (89 * int(b) + 15 * int(g) + 3 * int(c)) % 97:02d}"
    if cc == "IT":
        tail = _digits(r, 22)
        odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
        total = sum(odd[int(d)] if i % 2 == 0 else int(d) for i, d in enumerate(tail))
        return string.ascii_uppercase[total % 26] + tail
    if cc == "ES":
        bank, account = _digits(r, 8), _digits(r, 10)
        weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]

        def control(number: str) -> str:
            rest = 11 - sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11
            return {10: "1", 11: "0"}.get(rest, str(rest))

        return bank + control("00" + bank) + control(account) + account
    raise KeyError(cc)


def iban(cc: str, seed: str) -> str:
    rng = random.Random(f"iban{cc}{seed}")
    for _ in range(1000):
        bban = _bban(cc, rng)
        number = cc + _check(cc, bban) + bban
        if iban_mod.is_valid(number):
            return number
    raise RuntimeError(f"no IBAN for {cc} {seed}")


def grp(number: str, *sizes: int, sep: str = " ") -> str:
    """Cut a number into groups; the last size repeats."""
    out, i, k = [], 0, 0
    while i < len(number):
        n = sizes[min(k, len(sizes) - 1)]
        out.append(number[i : i + n])
        i, k = i + n, k + 1
    return sep.join(out)


def ib(number: str) -> str:
    return grp(number, 4)
