# ruff: noqa: E501 (the texts on the pages are long lines)
"""Six business documents that are not invoices."""

from collections.abc import Callable
from pathlib import Path

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Col, Sheet, dump, ln, num, qn


def _delivery_note(s: Sheet) -> None:
    s.t(20, 20, "Holzkontor Spessart GmbH", 15, True)
    s.t(20, 26, "Sägewerkstr. 7 · 97816 Lohr am Main · USt-IdNr. " + ids.vat("DE", "spessart"), 8)
    s.ts(20, 50, ["Zimmerei Ruppert", "Am Mainufer 15", "97828 Marktheidenfeld"], 4.8)
    s.t(20, 85, "Lieferschein LS-2025-3391", 14, True)
    s.kv(
        20,
        93,
        [("Datum", "17.06.2025"), ("Kundennummer", "10233"), ("Bestellung", "tel. 12.06.2025"), ("Tour", "4")],
        35,
    )
    cols = [
        Col("Pos", 20, 10, lambda n, i: str(i)),
        Col("Bezeichnung", 32, 100, lambda n, i: n.name),
        Col("Menge", 135, 25, lambda n, i: f"{qn(n.qty)} {n.unit}", "r"),
        Col("Gewicht kg", 165, 25, lambda n, i: num(n.price), "r"),
    ]
    lines = [
        ln("KVH Fichte 60 x 120 mm, 6,00 m", 24, "446.00", unit="Stk"),
        ln("Rauspund 24 x 121 mm", "38.5", "520.30", unit="m²"),
        ln("Konterlatten 30 x 50 mm", 60, "171.00", unit="Stk"),
    ]
    y = s.table(cols, lines, s.head(cols, 120) + 3, rule="row")
    s.t(20, y + 6, "Gesamtgewicht 1.137,30 kg. Die Rechnung erhalten Sie gesondert.")
    s.t(20, y + 20, "Ware erhalten am: ______________   Unterschrift: ____________________")


def _order_confirmation(s: Sheet) -> None:
    s.font = "times"
    s.size = 10
    s.t(105, 22, "Brecon Saddlery Ltd", 18, a="c", i=True)
    s.t(105, 28, "The Tannery, Brecon LD3 7HY · VAT GB " + ids.grp(ids.vat("GB", "brecon")[2:], 3, 4, 2), 9, a="c")
    s.t(20, 50, "ORDER CONFIRMATION", 13, True)
    s.kv(
        20,
        58,
        [
            ("Our order", "SO-7718"),
            ("Date", "4 June 2025"),
            ("Your order", "PO 1142"),
            ("Expected despatch", "25 June 2025"),
        ],
        40,
        5,
    )
    s.ts(120, 58, ["Cotswold Riding Centre", "Home Farm", "Bourton GL54 2LL"], 5)
    cols = [
        Col("Qty", 20, 12, lambda n, i: qn(n.qty), "r"),
        Col("Description", 36, 90, lambda n, i: n.name),
        Col("Each £", 130, 24, lambda n, i: num(n.price, "en"), "r"),
        Col("Total £", 160, 28, lambda n, i: num(n.net, "en"), "r"),
    ]
    lines = [ln("General purpose saddle 17.5in, Havana", 2, "895.00"), ln("Bridle, cob, with reins", 4, "118.00")]
    y = s.table(cols, lines, s.head(cols, 95) + 4)
    s.kv(130, y + 3, [("Goods", "2,262.00"), ("VAT 20%", "452.40"), ("Order value", "2,714.40")], 58, 5, "r")
    s.para(
        20,
        y + 30,
        165,
        "Thank you for your order. This is not an invoice; an invoice will follow on despatch. Please check details and tell us of any errors within two days.",
    )


def _quotation(s: Sheet) -> None:
    s.font = "sans"
    s.t(20, 22, "MENUISERIE GALLET", 15, True, col="#166534")
    s.ts(
        20,
        27,
        ["12 route de Vannes, 56400 Auray", "SIRET " + ids.siret("gallet"), "TVA " + ids.vat("FR", "gallet")],
        4.2,
        size=7.5,
    )
    s.ts(120, 45, ["Mme Rozenn Kerviel", "4 rue du Port", "56470 La Trinité-sur-Mer"], 4.6)
    s.t(20, 75, "DEVIS N° D2025-118 du 11 avril 2025", 12, True)
    s.t(20, 81, "Valable jusqu'au 11 juillet 2025")
    cols = [
        Col("Désignation", 20, 95, lambda n, i: n.name),
        Col("Qté", 118, 14, lambda n, i: qn(n.qty), "r"),
        Col("PU HT", 136, 22, lambda n, i: num(n.price, "fr"), "r"),
        Col("Total HT", 162, 28, lambda n, i: num(n.net, "fr"), "r"),
    ]
    lines = [
        ln("Porte-fenêtre chêne deux vantaux", 2, "1640"),
        ln("Dépose et évacuation", 2, "120"),
        ln("Pose et finitions", 1, "780"),
    ]
    y = s.table(cols, lines, s.head(cols, 92) + 3, rule="row")
    s.kv(130, y + 3, [("Total HT", "4 300,00 €"), ("TVA 10 %", "430,00 €"), ("Total TTC", "4 730,00 €")], 60, 5, "r")
    s.para(20, y + 28, 165, "Acompte de 30 % à la commande, soit 1 419,00 €. Bon pour accord, date et signature :")


def _dunning(s: Sheet) -> None:
    s.t(20, 48, "Büro Falk KG · Lange Str. 88 · 70174 Stuttgart", 6.5)
    s.ts(20, 56, ["Atelier Sommer", "Wilhelmstr. 4", "72074 Tübingen"], 4.8, size=10)
    s.t(190, 80, "Stuttgart, 14.07.2025", a="r")
    s.t(20, 92, "2. Mahnung", 14, True)
    s.para(
        20,
        101,
        165,
        "Sehr geehrte Damen und Herren, leider konnten wir zu den folgenden Rechnungen noch keinen Zahlungseingang feststellen:",
    )
    s.kv(
        20,
        116,
        [
            ("Rechnung 25-1188 vom 02.05.2025, fällig 01.06.2025", "418,90 €"),
            ("Rechnung 25-1240 vom 21.05.2025, fällig 20.06.2025", "1.077,10 €"),
            ("Mahngebühr", "5,00 €"),
            ("Verzugszinsen", "9,31 €"),
        ],
        165,
        5,
        "r",
    )
    s.kv(20, 140, [("Offener Gesamtbetrag", "1.510,31 €")], 165, va="r", bl=True, bv=True)
    s.para(
        20,
        150,
        165,
        f"Bitte überweisen Sie den Gesamtbetrag bis spätestens 28.07.2025 auf unser Konto IBAN {ids.ib(ids.iban('DE', 'falk'))}. Sollten Sie bereits gezahlt haben, betrachten Sie "
        "dieses Schreiben als gegenstandslos.",
    )
    s.t(105, 280, f"Büro Falk KG · HRA 720114 Stuttgart · USt-IdNr. {ids.vat('DE', 'falk')}", 7, a="c")


def _statement(s: Sheet) -> None:
    s.font = "cour"
    s.t(20, 20, "LEINSTER CATERING SUPPLIES LTD", 13, True)
    s.t(20, 25, "NAAS ROAD, DUBLIN 12   VAT " + ids.vat("IE", "leinster"))
    s.t(20, 40, "STATEMENT OF ACCOUNT", 12, True)
    s.ts(20, 50, ["THE GREEN DOOR CAFE", "MAIN STREET", "KILDARE"])
    s.kv(130, 50, [("ACCOUNT", "G0117"), ("DATE", "31/05/2025")], 30)
    s.t(20, 75, "DATE        REF          DETAILS           DEBIT     CREDIT    BALANCE", b=True)
    rows = [
        "01/05/2025               BROUGHT FORWARD                         412.60",
        "06/05/2025  INV 88120    INVOICE          188.40                601.00",
        "13/05/2025  INV 88204    INVOICE           96.15                697.15",
        "15/05/2025  PMT          PAYMENT                    412.60    284.55",
        "27/05/2025  CN 1180      CREDIT NOTE                 22.00    262.55",
    ]
    y = s.ts(20, 81, rows, 4.5)
    s.t(20, y + 6, "AMOUNT DUE EUR 262.55     CURRENT 74.15   30 DAYS 188.40   60 DAYS 0.00", b=True)


def _proforma(s: Sheet) -> None:
    s.t(20, 20, "Tessitura Lario S.r.l.", 15, True, col="#7c2d12")
    s.t(20, 26, "Via Regina 9, 22012 Cernobbio (CO), Italia - P.IVA " + ids.vat("IT", "lario"), 8)
    s.t(190, 20, "FATTURA PROFORMA", 13, True, "r")
    s.kv(125, 30, [("Numero", "PF 2025/41"), ("Data", "19/05/2025"), ("Vs. ordine", "AT-5510")], 30, 4.8)
    s.ts(20, 45, ["Atelier Noémie Blanc", "18 rue Saint-Honoré", "75001 Paris, France"], 4.8)
    cols = [
        Col("Articolo", 20, 92, lambda n, i: n.name),
        Col("Metri", 114, 16, lambda n, i: qn(n.qty), "r"),
        Col("€/m", 134, 18, lambda n, i: num(n.price), "r"),
        Col("Totale €", 160, 30, lambda n, i: num(n.net), "r"),
    ]
    lines = [ln("Twill di seta stampato, disegno 4471", 85, "38.50"), ln("Organza avorio", 40, "21.80")]
    y = s.table(cols, lines, s.head(cols, 80) + 3, rule="row")
    s.kv(
        125,
        y + 4,
        [("Totale imponibile", "4.144,50"), ("IVA non imponibile art. 41", "0,00"), ("Totale proforma", "4.144,50")],
        65,
        5,
        "r",
    )
    s.para(
        20,
        y + 30,
        165,
        "Documento non valido ai fini fiscali. La merce sarà spedita al ricevimento del pagamento; seguirà regolare fattura. IBAN "
        + ids.ib(ids.iban("IT", "lario")),
    )


DOCS: list[tuple[str, str, str, str, Callable[[Sheet], None]]] = [
    (
        "other-lieferschein",
        "de",
        "delivery_note",
        "delivery note with quantities and weights that look like amounts",
        _delivery_note,
    ),
    (
        "other-order-confirmation",
        "en",
        "order_confirmation",
        "order confirmation with totals and VAT, says it is not an invoice",
        _order_confirmation,
    ),
    ("other-devis", "fr", "quotation", "quotation with totals and down payment", _quotation),
    ("other-mahnung", "de", "dunning_letter", "second reminder listing two invoices", _dunning),
    ("other-statement", "en", "account_statement", "statement of account with invoice references", _statement),
    ("other-proforma", "it", "pro_forma", "pro-forma invoice, not valid for tax", _proforma),
]


def write(out: Path) -> int:
    (out / "pdf").mkdir(parents=True, exist_ok=True)
    for name, _, _, _, draw in DOCS:
        sheet = Sheet()
        draw(sheet)
        (out / "pdf" / f"{name}.pdf").write_bytes(sheet.finish())
    dump(
        out / "manifest.json",
        [{"id": n, "language": lang, "kind": kind, "what": what} for n, lang, kind, what, _ in DOCS],
    )
    return len(DOCS)
