"""The headings of a printed table: where they stand, and what their words say the columns hold.

A heading is looked up in a lexicon of nine languages; where its word is ambiguous ("Amount" may be how many or how
much) it has several roles, and `_rows` lets the arithmetic of the rows choose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from agents.documents.layout import Cell, Layout, Line, union
from agents.documents.upright import UprightBox, UprightWord
from infra.text import latin

Role = Literal[
    "id", "name", "article", "quantity", "unit", "price", "amount", "tax_rate", "tax_amount", "discount", "per", "date",
    "basis",
]  # fmt: skip
TEXTUAL: frozenset[Role] = frozenset({"id", "name", "article", "unit", "date"})
"""Roles whose cells may hold words."""

MOST_LINES = 6000
"""Lines of a document that are looked at; a table that goes on behind them does not add up and proves nothing."""
_MOST_HEADERS = 120
_MOST_WORDS = 7
"""More words than this are a sentence, not a heading."""

_TAX = (
    r"(?:mwst|ust|mw st|u st|umsatzsteuer\w*|mehrwertsteuer\w*|\w*steuer\w*|tva|vat|btw|iva|st satz|tax|taxes|gst|hst|moms"
    r"|mva|dph|igic)"
)
_WITHOUT = r"(?:ohne|excl\w*|exkl\w*|hors|ht|h t|zzgl|without|ex|exc|net|netto|nett|senza|sin|bez|zonder|before)"
_WITH = r"(?:incl\w*|inkl\w*|ttc|t t c|tvac|brutto\w*|gross|inc|with|mit|lordo|con|z|compris\w*|ivato)"
_UNIT_WORD = (
    r"(?:unit|units|unite|einheit|einh|eenheid|unita|unidad|uom|me|um|u m|u d m|jm|j m|j m|mengeneinheit"
    r"|meng einheit|mengen einheit|miara|enhet|eh)"
)
_PRICED = r"(?:price|preis|prix|prijs|prezzo|precio|preco|cena|cost|value|rate|net|amount|total|charge|wert|pris)"

_STRONG_NAME = (
    r"\w*(?:bezeichnung|beschreibung|description|designation|descrizione|descripcion|descricao|omschrijving|beschrijving"
    r"|beskrivning"
    r"|beskrivelse)\w*|libelle|nazwa|opis|popis|particulars|descr"
)
_WEAK_NAME = (
    r"artikel|article|item|items|produ[ck]te?|produit|prodotto|producto|\w*leistung(?:en)?|service|services|dienst"
    r"|dienstleistung|tatigkeit\w*|activity|details?|prestations?|ware|waren|text|concepto|articulo|articolo"
    r"|usluga|towar"
    r"|tekst|goods|task|posten|gegenstand|position|charges?|objet|work|job|name|nom|benamning|produkter|vare"
    r"|intitule|nature|ouvrage|traitement|werkzaamheden|verrichting(?:en)?|specificatie|toelichting|behandlung"
    r"|behandeling|leistungsart|buchungstext|arbeiten|goederen"
)
_ARTICLE = (
    r"art(?:ikel|icle|icolo|iculo)? ?(?:nr|no|n|num\w*|nummer|code|id)\b|artikelnr|artikelnummer|(?:item"
    r"|product|part|stock|material|prod)"
    r" ?(?:no|number|code|id|nr|num)\b|sku|code|cod|codice|codigo|ref|refs|referen\w*|ean|gtin|hsn|sac|pkwiu"
    r"|indeks|kod"
    r"|bestell? ?n\w*|best nr|cat no|material(?:nr|nummer)|matchcode|serial|isbn|asin|mat nr"
)
_PRICE = (
    r"(?:unit|item|einzel|einheits?|stuck|stueck|list|listen|netto|net|vk|e|basis|stunden|verkaufs) ?(?:net "
    r"|netto )?(?:preis|price|pr|cost|rate|satz)"
    r"|(?:preis|price|prix|prijs|prezzo|precio|cena|cost|rate) (?:\w+ )?(?:einheit|pro|je|per|par|unit\w*|each"
    r"|stuck|stk|einh|u|stuk|st|jedn\w*|unita\w*|h|std|hour)"
    r"|p u|pu|ep|e p|pvp|p unit\w*|prix u\w*|stuksprijs|eenheidsprijs|rate|tarif|tarief|tariffa|tarifa|\w*satz|a pris"
    r"|vk preis|einzel(?:pr\w*|betrag)?|stukprijs|per stuk|per unit|\w+tarief|puht|px|taux (?:horaire|journalier)"
    r"|(?:netto|net) (?:stk|stuck|einheit|unit)|stuckpreis\w*|listenpreis|nettopreis|einheitspreis\w*|epreis|unitario"
)
_WEAK_PRICE = r"preise?|price|prix|prijs|prezzo|precio|preco|cena|cost|each|pris|\w+preis"
_QUANTITY = (
    r"\w*menge|mengen\w*|anzahl|anz|stuckzahl|stueckzahl|stuck|stk|qty|qnty|quantity|quantit\w*|quant|qte|qta|q ta|q te"
    r"|nombre|nb|aantal"
    r"|hoeveelheid|cantidad|cant|uds|unidades|qtd\w*|ilosc|hours|hrs|stunden|std|heures|uren|ore|horas|days"
    r"|tage|jours"
    r"|dagen|giorni|pcs|pieces|antal|mnozstvi|qt|aant|stuks|nbre|duree|dauer|duration|verbrauch|nachte|nights|nuits"
    r"|nachten|zeitaufwand|aufwand|gewicht|poids|weight|litres|liter|kg|km|kwh"
)
_AMOUNT = (
    r"\w*betrag\w*|gesamt\w*|\w*summe|totals?|totale|totaal|totaux|montant|amount|bedrag|importo|importe|wert"
    r"|value|valor"
    r"|wartosc|entgelt|umsatz|subtotal\w*|subtotaal|extended|ext|zeilen\w*|net|netto|\w*netto|ht|h t|line"
    r"|celkem|belop|suma|sum|eur|gp|positions\w*|nettowert|extension|fees?|honorar\w*|honoraires|kosten"
    r"|regeltotaal|warenwert|charge|brutto\w*|gross"
)
_DISCOUNT = (
    r"\w*rabatt\w*|rab|rem|kort|nachl|remise|discount|disc|korting|sconto|descuento|dto|desc|desconto|\w*nachlass|\w*abschlag"
    r"|rabat|upust"
)
_ID = (
    r"pos|posnr|position|lfd|lp|l p|nr|no|n|num|ligne|line|regel|riga|linea|sr|s no|sl no|sl|item|numer|pozycja|nummer"
)
_DATE = r"datum|date|data|fecha|\w*datum|tag|zeitraum|period\w*|day"
_PER = r"pe|preiseinheit|pr einh|per|price unit|base qty"
TAX_WORD = re.compile(rf"\b{_TAX}\b")
_NOT_TAXED = re.compile(rf"\b{_WITHOUT}\b")
_TAXED = re.compile(rf"\b{_WITH}\b(?! 100)")
_CONTINUED = re.compile(
    rf"(?:in )?(?:eur|euro|usd|gbp|chf|ht|ttc|{_WITHOUT}|{_WITH}|{_TAX}|{_UNIT_WORD}|price|preis|prix|prijs|amount"
    r"|betrag|satz|rate|no|nr|number|nummer|total|pro|per|je|art|of|measure|item|charge|unitaire|fact)(?: \w+){0,2}"
)
_CURRENCY_SIGN = re.compile(r"[€$£]|\b(?:EUR|USD|GBP|CHF)\b")
_ALONE: dict[str, tuple[Role, ...]] = {
    "units": ("quantity", "unit"),
    "eenh": ("unit",),
    "un": ("unit",),
    "satz": ("price", "tax_rate"),
    "taux": ("price", "tax_rate"),
}
"""Words that say so only where they are the whole heading."""
_LESS = re.compile(r"(?:abzgl|abzuglich|nach|mit|ohne|inkl|after|less|net of|incl|excl|avec|sans|apres|na|met|zonder)$")
_SPLIT_ID = re.compile(r"(?:pos|nr|no|lfd nr|lfd|lp|n)")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """``text`` in lower case without accents, everything but letters and digits as one space."""
    return re.sub(r"[^0-9a-z]+", " ", latin(text)).strip()


def _says(pattern: str, text: str) -> bool:
    return re.search(rf"\b(?:{pattern})\b", text) is not None


@lru_cache(maxsize=4096)
def roles(heading: str) -> tuple[Role, ...]:
    """What a column under ``heading`` may hold, likeliest first; empty where the words are unknown."""
    text = fold(heading)
    if not text:
        said: dict[str, tuple[Role, ...]] = {
            "#": ("id",),
            "№": ("id",),
            "€": ("amount",),
            "£": ("amount",),
            "$": ("amount",),
        }
        return said.get(heading.strip(), ())
    if len(text.split()) > 2 * _MOST_WORDS:
        return ()
    if text in _ALONE or (text, heading.strip()[-1:]) == ("r", "%"):
        return _ALONE.get(text, ("discount",))
    untaxed = bool(_NOT_TAXED.search(text))
    taxed = bool(_TAXED.search(text))
    named = _says(_STRONG_NAME, text)
    if TAX_WORD.search(text) and not taxed and not named:
        tax_sum = _says(r"\w*betrag|amount|montant|bedrag|importe|importo|total|eur|kwota|summe|wert", text)
        if _says(r"basis\w*|base|assiette|imponib\w*|taxable|grundlage|grondslag", text):
            return ("basis",)
        if not untaxed:
            return (
                ("tax_amount",) if tax_sum else ("tax_rate",) if not _says(_WEAK_PRICE, text) else ("price", "amount")
            )
    if _says(r"basis\w*|base|assiette|imponib\w*|taxable|bemessung\w*|grondslag", text) and not named:
        return ("basis",)
    if _says(_DISCOUNT, text) and not named:
        return ("discount",)
    if named and not re.match(r"code|sku", text):
        return ("name",)
    if _says(_ARTICLE, text):
        return ("article",)
    if re.match(rf"{_UNIT_WORD}\b", text) and not _says(_PRICED, text):
        return ("price",) if _CURRENCY_SIGN.search(heading) else ("unit",)
    if re.fullmatch(r"(?:a|je)(?: (?:eur|euro|chf|gbp|usd))?|(?:pence|cents?|ct) (?:per|pro|je) \w+", text):
        return ("price",)
    if re.fullmatch(_PER, text):
        return ("per",) if "/" not in heading else ("price",)
    summed = _says(
        r"gesamt\w*|g preis|ges preis|total\w*|totaal\w*|montant|zeilen\w*|extended|ext|betrag|line|importe total|\w+betrag",
        text,
    )
    if _says(_PRICE, text) and (not summed or text == "einzelbetrag") and not _says(r"tax rate", text):
        return ("price",)
    if summed:
        return ("amount",)
    if _says(_WEAK_PRICE, text):
        return ("price", "amount")
    if text in ("amount", "total units"):
        return ("amount", "quantity") if text == "amount" else ("quantity",)
    if _says(_QUANTITY, text):
        return ("quantity",)
    if _says(_AMOUNT, text):
        return ("amount",)
    if re.fullmatch(rf"(?:{_ID})(?: (?:nr|no|fact|\d))?", text):
        return ("id", "name") if text in ("item", "position") else ("id",)
    if _says(_WEAK_NAME, text):
        return ("amount",) if _CURRENCY_SIGN.search(heading) else ("name",)
    return ("date",) if _says(_DATE, text) else ()


def is_gross(heading: str) -> bool:
    """Whether ``heading`` says that what stands under it includes tax."""
    text = fold(heading)
    return bool(_TAXED.search(text)) and not re.search(r"\b(?:ht|hors|excl\w*|exkl\w*|ohne)\b", text)


def is_untaxed(heading: str) -> bool:
    """Whether ``heading`` says that what stands under it is without tax."""
    return bool(_NOT_TAXED.search(fold(heading)))


def is_description(heading: str) -> bool:
    """Whether ``heading`` says description and no less: "Artikel" beside it is a number."""
    return _says(_STRONG_NAME, fold(heading))


@dataclass(frozen=True)
class Heading:
    """A column's heading: its words, read from top to bottom, and the roles they allow."""

    text: str
    box: UprightBox
    roles: tuple[Role, ...]

    @property
    def gross(self) -> bool:
        return is_gross(self.text)


@dataclass(frozen=True)
class Header:
    """The headings of a table from left to right; ``lines`` are the numbers of the lines they are printed on."""

    page: int
    lines: tuple[int, ...]
    headings: tuple[Heading, ...]

    @property
    def shape(self) -> frozenset[Role]:
        return frozenset(h.roles[0] for h in self.headings if h.roles)

    @property
    def is_of_lines(self) -> bool:
        """Whether a table of invoice lines may stand under it, not one of taxes or payments."""
        shape = self.shape
        said = sum(1 for h in self.headings if h.roles)
        return (
            "basis" not in shape
            and bool(shape & {"amount", "price"})
            and bool(shape & {"name", "article", "quantity", "unit", "id"})
            and (said >= 3 or "name" in shape)
            or {"price", "amount"} <= shape
            and not shape & {"tax_amount", "basis"}
            and said < len(self.headings)
        )


def find_headers(layout: Layout) -> list[Header]:
    """Every row of column headings in the document, of whatever table, from top to bottom."""
    found: list[Header] = []
    lines = layout.lines[:MOST_LINES]
    said = [_spoken(line) for line in lines]
    taken = -1
    tried = 0
    for n, line in enumerate(lines):
        if n <= taken or said[n] < 2 or tried >= _MOST_HEADERS:
            continue
        tried += 1
        # of neighbouring lines the one with most headings is the one to build on
        best = max(range(n, min(n + 5, len(lines))), key=lambda m: (said[m] if _close(line, lines[m]) else 0, -m))
        block = _block(lines, said, best)
        headings = _stacked([lines[m] for m in block])
        header = Header(lines[best].page, tuple(lines[m].number for m in block), tuple(headings))
        if len(header.shape) >= 2:
            found.append(header)
            taken = block[-1]
    return found


def _close(above: Line, below: Line) -> bool:
    return above.page == below.page and abs(below.cells[0].box[1] - above.cells[0].box[1]) < 4 * above.cells[0].height


def _spoken(line: Line) -> int:
    """How many headings a line has; none where it holds money, as a line of the table's body does."""
    if len(line.cells) > 40 or any(_is_value(word.text) for cell in line.cells for word in cell.words):
        return 0
    return sum(1 for cell in line.cells for part in _parts(cell) if roles(" ".join(w.text for w in part)))


def _is_value(text: str) -> bool:
    if not any(c.isdigit() for c in text):
        return False
    return bool(re.search(r"\d[.,]\d|\d{3}", text)) and text.strip("()/%") not in ("100", "1000")


def _parts(cell: Cell) -> list[tuple[UprightWord, ...]]:
    """The words of a cell, divided where two headings stand so close that no gap tells them apart."""
    if len(cell.words) > _MOST_WORDS or len(cell.text) > 80:
        return []
    parts: list[tuple[UprightWord, ...]] = []
    rest = cell.words
    while rest:
        cut = _cut(rest)
        parts.append(rest[:cut])
        rest = rest[cut:]
    return parts


def _cut(words: tuple[UprightWord, ...]) -> int:
    for n in range(1, len(words)):
        before = fold(" ".join(w.text for w in words[:n]))
        rest = " ".join(w.text for w in words[n:])
        after = roles(rest)
        if not after or not before:
            continue
        first = roles(" ".join(w.text for w in words[:n]))
        if (
            (_SPLIT_ID.fullmatch(before) and after[0] in ("name", "article", "quantity", "date"))
            or (first == ("article",) and after == ("name",) and _says(_STRONG_NAME, fold(rest)))
            or (first == ("quantity",) and after[0] in ("unit", "name", "price") and before != "units"
                and fold(rest) not in ("je", "a"))
            or (first == ("amount",) and _CURRENCY_SIGN.fullmatch(words[n - 1].text) and TAX_WORD.fullmatch(fold(rest)))
            or (first[:1] == ("price",) and after == ("discount",) and len(words) - n == 1
                and not _LESS.search(before))
            or (first == ("tax_rate",) and after[0] in ("price", "amount") and len(words) - n > 1)
            or (
                first == ("name",) and _says(_STRONG_NAME, before) and after[0] in ("quantity", "price", "unit", "amount")
                and roles(words[n].text)
            )
        ):  # fmt: skip
            return n
    return len(words)


def _block(lines: Sequence[Line], said: Sequence[int], base: int) -> list[int]:
    """The lines over and under ``base`` that its headings are spread over."""
    block = [base]
    for step in (-1, 1):
        n = base + step
        while 0 <= n < len(lines) and len(block) < 9 and _continues(lines[n], lines[n - step], said[n]):
            block.append(n)
            n += step
    return sorted(block)


def _continues(line: Line, beside: Line, said: int) -> bool:
    height = max(cell.height for cell in beside.cells)
    if line.page != beside.page or abs(line.cells[0].box[1] - beside.cells[0].box[1]) > 1.5 * height:
        return False
    if any(c.isdigit() for cell in line.cells for c in cell.text) or any(
        len(c.words) > _MOST_WORDS for c in line.cells
    ):
        return False
    return said > 0 or any(_CONTINUED.fullmatch(fold(cell.text)) for cell in line.cells)


def _stacked(lines: Sequence[Line]) -> list[Heading]:
    """The cells of a header's lines, those one over the other joined into one heading."""
    stacks: list[list[tuple[UprightWord, ...]]] = []
    parts = [part for line in lines for cell in line.cells for part in _parts(cell) if part]
    for part in sorted(parts, key=lambda p: union(p)[1]):
        box = union(part)
        over = [
            s for s in stacks if shared(box, union([w for p in s for w in p])) > 0.3 and union(s[-1])[1] < box[1] - 1
        ]
        if over:
            max(over, key=lambda s: shared(box, union([w for p in s for w in p]))).append(part)
        else:
            stacks.append([part])
    headings = []
    for stack in stacks:
        text = " ".join(" ".join(w.text for w in part) for part in stack)
        box = union([w for part in stack for w in part])
        headings.append(Heading(text, box, roles(re.sub(r"(?<=\w)- (?=[a-zà-ÿ])", "", text))))
    return sorted(headings, key=lambda h: h.box[0])


def shared(a: UprightBox, b: UprightBox) -> float:
    """How much of the narrower one's width two boxes share, from 0 to 1."""
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0) / max(min(a[2] - a[0], b[2] - b[0]), 1.0)


def with_names(header: Header, layout: Layout) -> tuple[Heading, ...]:
    """The headings of ``header``, one more before them where none can be that of the names that stand there."""
    headings = header.headings
    if any(not h.roles or "name" in h.roles for h in headings):
        return headings
    first = min(h.box[0] for h in headings)
    below = [line for line in layout.lines if line.number > header.lines[-1] and line.page == header.page][:6]
    left = min(
        (cell.box[0] for line in below for cell in line.cells if any(c.isalpha() for c in cell.text)), default=first
    )
    if left >= first - 20:
        return headings
    return (Heading("", UprightBox((left, 0.0, (left + first) / 2, 1.0)), ("name",)), *headings)
