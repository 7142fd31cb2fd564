"""The words beside an amount that say it is no line of an invoice: totals, carried sums, allowances and charges.

All patterns are for labels as `fold` makes them. A pattern alone decides nothing where a line has a quantity
and a price that multiply: "Total station hire" is a line.
"""

from __future__ import annotations

import re

CARRIED = re.compile(
    r"\b(?:ubertrag|uebertrag|zwischenubertrag|^report(?= \d| page| de la| precedent| a nouveau|$)|reporter|reporte"
    r"|carried|brought|[cb] fwd|overdracht"
    r"|transporteren|riporto"
    r"|suma y sigue|do przeniesienia|z przeniesienia|previous page|page total|seitensumme|seiten summe)\b"
)
TOTAL_FIRST = re.compile(
    r"(?:zwischen ?summe|gesamt\w*|summe\w*|endsumme|end ?betrag|rechnungs(?:betrag|summe)\w*|netto\w*"
    r"|total\w*|sub ?totals?\w*"
    r"|sous total|net(?: total| amount| a payer| due| value|$)|amount|balance|grand total|brutto\w*|montant"
    r"|a payer|totaal\w*"
    r"|te betalen|subtotaal|excl\w*|incl\w*|inkl\w*|exkl\w*|importe|base imponible|imponibile|suma|razem"
    r"|do zaplaty|zahlbetrag"
    r"|zu zahlen\w*|offener|warenwert|positionen netto|positions ?summe|due|paid|payments?|prepaid|bereits"
    r"|anzahlung|acompte"
    r"|thereof|davon|zzgl|zuzuglich|plus|wovon|dont|di cui|deposit|voorschot|acconto|betaald|reste|solde"
    r"|invoice total|saldo"
    r"|rounding|untaxed|taxable|rundung|arrondi|tax|steuer\w*)\b"
)
SUM = re.compile(
    r"(?:zwischen ?summe|gesamt\w*|summe|endsumme|total|totals|sub ?totals?|sous total|totaal|subtotaal|totale"
    r"|suma|razem)\b"
)
TOTAL_ANYWHERE = re.compile(
    r"\b(?:sub ?total|zwischensumme|grand total|rechnungssumme|rechnungsbetrag|nettobetrag|bruttobetrag|gesamtbetrag"
    r"|gesamtsumme|endbetrag|total (?:h ?t|ttc|tva|net\w*|eur\w*|due|amount|excl\w*|incl\w*|general|factur\w*"
    r"|brut\w*)"
    r"|amount due|previous balance|balance due|invoice total|net total|montant total|te betalen|a payer"
    r"|invoice amount|factuurbedrag"
    r"|totale (?:fattura|documento|imponibile)|importe total|total factura|kwota do|positionssumme|bruttosumme)\b"
)
_REDUCTION = (
    r"\w*rabatt\w*|\w*nachlass\w*|\w*abschlag\w*|skonto\w*|\w*bonus|gutschein\w*|remises?|reduction|rabais"
    r"|ristourne|escompte|discounts?"
    r"|allowance|voucher|rebate|korting\w*|sconto|sconti|descuentos?|dto|desconto|rabat|upust|abatement|coupon"
)
_CHARGE = (
    r"\w*versand\w*|fracht\w*|porto\w*|\w*zuschlag\w*|transportkosten|lieferkosten|liefergebuhr\w*"
    r"|verpackung\w*|frais|port|transport|livraison"
    r"|shipping|postage|freight|handling|delivery|carriage|surcharge|verzend\w*|bezorg\w*|verzending"
    r"|spedizione|trasporto"
    r"|portes|envio|gastos|spese|wysylka|dostawa|mindermengen\w*|transportpauschale|p p"
)
_REDUCTION_WORD = re.compile(rf"\b(?:{_REDUCTION})\b")
ADJUSTED = re.compile(rf"\b(?:{_REDUCTION}|{_CHARGE})\b")


def is_label_of_total(label: str) -> bool:
    """Whether a folded label is one of totals, payments or carried sums, not of a line."""
    return bool(TOTAL_FIRST.match(label) or TOTAL_ANYWHERE.search(label) or CARRIED.search(label))


def is_reduction(label: str) -> bool:
    """Whether a folded label names an allowance, not a charge."""
    return bool(_REDUCTION_WORD.search(label))
