"""How invoices label what they print, and what tells firms and currencies apart."""

from __future__ import annotations

import re

from agents.pages.against._wording import words_of


def label_of(text: str) -> tuple[str, str]:
    """The words a cell begins with up to a number or colon, folded, and what comes behind them."""
    match = re.match(r"[^\d:#]{1,60}", text)
    if not match:
        return "", ""
    label, rest = match[0], text[match.end() :].lstrip(" :#")
    plain = " ".join(w for w in words_of(label) if w not in CURRENCY_WORDS)
    return plain, rest


def _set(words: str) -> frozenset[str]:
    """Labels, one between each two commas, folded as `label_of` folds what is printed."""
    return frozenset(" ".join(words_of(label)) for label in words.split(","))


LEGAL_FORMS = _set(
    "GmbH,mbH,AG,KG,KGaA,OHG,GbR,UG,eV,eG,SE,Ltd,Limited,PLC,LLP,LLC,Inc,Corp,Co,BV,NV,CV,VOF,SA,SAS,SASU,SARL,EURL,SNC,"
    "SCI,SRL,SpA,SL,SLU,Oy,AB,ApS,AS"
)
CURRENCY_WORDS = _set("EUR,Euro,USD,GBP,CHF,SEK,NOK,DKK,PLN")
NUMBER_LABELS = _set(
    "Rechnungsnummer,Rechnungs-Nr,Rechnungsnr,Rechnung Nr,Rechnungs-Nummer,Rechnung Nummer,Re-Nr,"
    "Invoice number,Invoice no,Invoice,Invoice nr,Invoice ID,"
    "Numéro de facture,N° de facture,No de facture,N° facture,Facture n°,Facture no,Facture numéro,"
    "Factuurnummer,Factuurnr,Factuur nr,Factuur nummer,"
    "Numero fattura,Fattura n,Fattura nr,N fattura,Numero de factura,Número de factura,Factura n,Nº de factura,N factura"
)
ORDER_LABELS = _set(
    "Ihre Bestellnummer,Bestellnummer,Bestell-Nr,Your order number,Purchase order number,Purchase order no,PO number,PO no,"
    "Numéro de commande,N° de commande,N° commande,Votre commande,Uw bestelnummer,Bestelnummer,Numero ordine,"
    "Número de pedido"
)
DATE_LABELS = {
    "issue_date": _set(
        "Rechnungsdatum,Belegdatum,Datum der Rechnung,Ausstellungsdatum,Invoice date,Date of invoice,Issue date,Date of issue,"
        "Date de facture,Date de la facture,Date facture,Date d'émission,Factuurdatum,Data fattura,Data della fattura,"
        "Fecha de factura,Fecha factura,Fecha de emisión"
    ),
    "due_date": _set(
        "Fällig am,Fälligkeitsdatum,Fällig,Fälligkeit,Zahlbar bis,Zahlbar bis zum,Due date,Payment due,Payment due date,"
        "Date d'échéance,Échéance,À payer avant le,Vervaldatum,Te betalen voor,Scadenza,Data scadenza,Fecha de vencimiento,"
        "Vencimiento"
    ),
    "delivery_date": _set(
        "Lieferdatum,Leistungsdatum,Delivery date,Date of delivery,Date de livraison,Leverdatum,Data di consegna,"
        "Fecha de entrega"
    ),
}
TOTAL_LABELS = _set(
    "Gesamtbetrag,Rechnungsbetrag,Endbetrag,Endsumme,Gesamtsumme,Gesamtsumme brutto,Summe brutto,Bruttosumme,Bruttobetrag,"
    "Gesamtbetrag brutto,Rechnungssumme brutto,Rechnungsbetrag brutto,Zu zahlen,Zahlbetrag,Zu zahlender Betrag,"
    "Grand total,Total due,Amount due,Total amount,Total amount due,Invoice total,Total incl VAT,Total including VAT,"
    "Due payable,Balance due,"
    "Total TTC,Montant TTC,Montant total TTC,Net à payer,Total à payer,Montant à payer,"
    "Totaal incl BTW,Totaal inclusief BTW,Totaalbedrag,Te betalen,Totaal te betalen,"
    "Totale fattura,Totale da pagare,Totale documento,Total a pagar,Total factura,Importe total"
)
