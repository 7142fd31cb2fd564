"""Units of quantity as invoices print them, and their codes in UN/ECE Recommendation 20, which e-invoices want."""

from __future__ import annotations

import re

PIECE = "C62"
"""One: what is counted."""

_CODE = re.compile(r"[A-Z0-9]{2,3}$")
_NAMES: dict[str, str] = {
    PIECE: "stk stck stück stueck st stuk stuks pc pcs pce piece pieces pièce pièces unité unités unit units ea each u un "
    "pz pezzi ud uds unidad unidades psch pauschal pauschale ls lot forfait fois x szt ks db kpl",
    "HUR": "h std stunde stunden hr hrs hour hours heure heures uur uren ora ore hora horas stk-std arbeitsstunde",
    "MIN": "min minute minuten minutes minuut",
    "DAY": "tag tage day days jour jours dag dagen giorno giorni día dias días d pt mt personentag manntag",
    "WEE": "woche wochen week weeks semaine semaines weken",
    "MON": "monat monate month months mois maand maanden mese mesi mes meses mon",
    "ANN": "jahr jahre year years an ans année années jaar anno anni año años",
    "KGM": "kg kilo kilogramm kilogram kilogrammes",
    "GRM": "g gr gramm gram grammes",
    "TNE": "t to tonne tonnen tonnes ton",
    "MTR": "m meter mètre mètres metre metres metri lfm",
    "CMT": "cm",
    "MMT": "mm",
    "KMT": "km kilometer kilomètre kilometres",
    "MTK": "m2 m² qm sqm",
    "MTQ": "m3 m³ cbm",
    "LTR": "l ltr lit liter litre litres litro litri",
    "MLT": "ml",
    "KWH": "kwh",
    "MWH": "mwh",
    "PR": "paar paire pair pairs",
    "SET": "set sets satz jeu",
    "XPK": "pck pkg pack packung paket colis pak",
    "XBX": "karton box boîte doos krt",
    "XRO": "rolle rollen rouleau rol roll",
    "P1": "% prozent percent",
}
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names.split()}
_ALSO_NAMES = frozenset({"EA", "PR", "SET", "MON", "DAY", "MIN", "ANN", "LTR"})
"""Codes that read as one of the names, too: as they stand they are meant."""


def code_of(unit: str | None) -> tuple[str, bool]:
    """The code of a printed unit, and whether it is certain: what nobody knows is counted as pieces (``C62``).

    A unit that has the form of a code and is no word here is taken for one, as e-invoices state it.
    """
    stated = (unit or "").strip()
    plain = stated.rstrip(".").casefold()
    if stated in _ALSO_NAMES:
        return stated, True
    if plain in _BY_NAME:
        return _BY_NAME[plain], True
    return (stated, True) if _CODE.match(stated) else (PIECE, False)
