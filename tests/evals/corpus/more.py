# ruff: noqa: E501 (the texts on the pages are long lines)
"""Further single layouts: a till receipt, a bilingual export invoice, electricity, a newspaper subscription, a statement-like cloud bill."""

from decimal import Decimal

from reportlab.lib.units import mm  # type: ignore[import-untyped]

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, d8, day, dec, ln, num, qn

D = "%d.%m.%Y"


def cases() -> list[Case]:
    return [*till(), *machine(), *energia(), *newspaper(), *vineyard()]


# ---- till receipt with the particulars of an invoice, 80 mm roll
def _till(d: Doc, s: Sheet) -> None:
    s.font, s.size, s.lh = "mono", 7, 3.4
    s.t(40, 10, "BAUSTOFF-CENTER", 11, True, "c")
    y = s.ts(
        40, 15, ["Bruns GmbH & Co. KG", "Emsstr. 40, 49716 Meppen", "Deutschland", f"USt-IdNr. {d.seller.vat}"], a="c"
    )
    s.t(4, y + 3, f"RECHNUNG/BON {d.number}", b=True)
    y = s.ts(4, y + 7, [f"{day(d.date, D)} 07:52   Kasse 3   Bed. 118", "Kunde: 40771", *d.buyer.addr])
    s.line(4, y, 76, y, dash=True)
    y += 4
    for n in d.lines:
        s.t(4, y, n.name)
        s.t(8, y + 3.4, f"{qn(n.qty)} {n.unit} x {num(n.price)}")
        s.t(70, y + 3.4, num(n.net), a="r")
        s.t(72, y + 3.4, "A" if n.rate == 19 else "B")
        y += 7.4
    s.keys |= {"name", "qty"}
    s.line(4, y - 2, 76, y - 2, dash=True)
    s.t(4, y + 3, "SUMME EUR", 10, True)
    s.t(70, y + 3, num(d.grand), 10, True, "r")
    y = s.kv(4, y + 9, [("girocard", num(d.grand))], 66, va="r")
    y += 3
    s.t(4, y, "MWST      NETTO     STEUER    BRUTTO", b=True)
    for r, b, t in d.taxes:
        y += 3.6
        s.t(4, y, f"{'A' if r == 19 else 'B'} {qn(r):>2}% {num(b):>9} {num(t):>9} {num(b + t):>9}")
    s.t(40, y + 8, d.terms or "", a="c")
    s.t(40, y + 12, "TSE-Signatur 8fK2...  Transaktion 441188", 5.5, a="c")


def till() -> list[Case]:
    seller = Party("Bruns GmbH & Co. KG", "Emsstr. 40", "49716 Meppen", "DE", ids.vat("DE", "bruns"))
    d = Doc(
        "de-bon-1",
        "de",
        "3-118-90442",
        d8("2025-09-11"),
        "EUR",
        seller,
        Party("Fliesen Thole", "Haselünner Str. 9", "49716 Meppen", "DE"),
        [
            ln("FLIESENKLEBER FLEX 25KG", 6, "17.99", 19, "SCK"),
            ln("FUGENKREUZE 3MM 200ST", 2, "4.29", 19, "PCK"),
            ln("EIMER 12L", 1, "3.49", 19, "STK"),
            ln("MINERALWASSER 0,5L", 4, "0.75", 19, "FL"),
            ln("ZEITUNG", 1, "2.20", 7, "STK"),
        ],
        "till receipt on an 80 mm roll, prices including tax, paid by card",
        gross=True,
        terms="Vielen Dank für Ihren Einkauf!",
        pagesize=(80 * mm, 150 * mm),
    )
    return [Case(d, _till)]


# ---- bilingual export invoice, two currencies named, packing, advance payment
def _machine(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 7.5
    s.box(15, 12, 180, 16, "#111827", stroke=False)
    s.t(20, 22, "KELLERMANN VERPACKUNGSTECHNIK", 14, True, col="#ffffff")
    s.t(15, 34, "Kellermann Verpackungstechnik GmbH | Max-Eyth-Str. 21 | 71332 Waiblingen | Germany", 6.5)
    for x, h, rows in (
        (15, "Rechnungsempfänger / Invoice to", [*d.buyer.addr, f"VAT: {d.buyer.vat}"]),
        (80, "Warenempfänger / Consignee", d.x["ship"]),
    ):
        s.t(x, 42, h, 6.5, True)
        s.ts(x, 47, rows, 4.3)
    s.box(143, 38, 52, 44)
    pairs = (
        ("Rechnung / Invoice", d.number),
        ("Datum / Date", day(d.date, D)),
        ("Ihre Bestellung / Your order", d.po or ""),
        ("Liefertermin / Delivery", day(d.delivery or d.date, D)),
    )
    for k, (h, v) in enumerate(pairs):
        s.t(145, 42 + k * 10.5, h, 6.5)
        s.t(145, 46.5 + k * 10.5, v, 9.5, True)
    cols = [
        Col("Pos.\nItem", 15, 9, lambda n, i: f"{i:03d}", key="id"),
        Col("Menge\nQty", 25, 12, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Teile-Nr.\nPart no.", 40, 28, lambda n, i: n.art),
        Col("Benennung\nDescription", 70, 66, lambda n, i: n.name, key="name"),
        Col("Einzelpreis\nUnit price", 138, 24, lambda n, i: num(n.price), "r", "price"),
        Col("Gesamt EUR\nTotal EUR", 166, 28, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 94, fill="#e5e7eb") + 3, note_size=6.5, rule="row") + 2
    rows2 = [("Warenwert / Goods value", num(d.line_total))] + [(lab, num(a)) for lab, a, _ in d.charges]
    rows2 += [
        ("Nettobetrag / Net amount", num(d.basis)),
        ("Umsatzsteuer / VAT 0 %", num(d.tax)),
        ("Gesamtbetrag / Total amount EUR", num(d.grand)),
    ]
    if d.prepaid:
        rows2 += [
            ("abzgl. Anzahlung / less down payment RE 25-A0117", "-" + num(d.prepaid)),
            ("Zahlbetrag / Balance payable EUR", num(d.payable)),
        ]
    y = s.kv(105, y, rows2, 89, 4.8, "r")
    y = s.para(
        15,
        y + 6,
        175,
        "Steuerfreie innergemeinschaftliche Lieferung / VAT-exempt intra-community supply. Ursprungsland / origin: Germany. Zolltarif-Nr. 84223000. Gewicht netto 1.840,00 kg.",
        7,
    )
    s.para(15, y + 3, 175, d.terms or "")
    s.t(
        15,
        280,
        f"USt-IdNr. {d.seller.vat} | HRB 264117 Stuttgart | BW-Bank IBAN {ids.ib(d.iban or '')} | BIC {d.bic} | Geschäftsführer: Ute Kellermann",
        6.8,
    )


def machine() -> list[Case]:
    seller = Party(
        "Kellermann Verpackungstechnik GmbH",
        "Max-Eyth-Str. 21",
        "71332 Waiblingen",
        "DE",
        ids.vat("DE", "kellermann"),
        None,
        "HRB 264117",
    )
    buyer = Party(
        "Zakłady Mleczarskie Podlasie S.A.",
        "ul. Mleczna 2",
        "18-200 Wysokie Mazowieckie, Poland",
        "PL",
        ids.vat("PL", "podlasie"),
    )
    ib = ids.iban("DE", "kellermann")
    one = Doc(
        "de-export-1",
        "de",
        "25-04471",
        d8("2025-10-24"),
        "EUR",
        seller,
        buyer,
        [
            ln(
                "Becherfüller KV 40, gebraucht, überholt / cup filler, refurbished",
                1,
                "48600.00",
                0,
                art="KV40.2019.08",
                notes=["Serien-Nr. / serial no. 2019-08-0114"],
            ),
            ln("Formatsatz 95 mm / format set", 2, "3275.00", 0, art="FS.095.00"),
            ln("Inbetriebnahme / commissioning, days", 4, "1180.00", 0, art="SERV"),
        ],
        "bilingual German/English export, intra-community, packing charge, down payment deducted, label above value in a box",
        iban=ib,
        bic="SOLADEST600",
        po="ZM/2025/0718",
        delivery=d8("2025-10-22"),
        cat="K",
        charges=[("Verpackung / packing", dec("420.00"), dec(0))],
        prepaid=dec("18000.00"),
        terms="Zahlung / payment: 14 Tage netto / 14 days net.",
        x={"ship": ["Zakład Nr 3", "ul. Fabryczna 11", "16-100 Sokółka"]},
    )
    return [Case(one, _machine)]


# ---- ES electricity: kWh, mixed taxes shown, summary before detail
def _energia(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8
    s.t(15, 22, "luz◆norte", 20, True, col="#0369a1")
    s.ts(15, 29, ["Luz Norte Comercializadora, S.A.U.", f"CIF {d.seller.vat}", "Gran Vía 30, 48009 Bilbao"], 4)
    s.box(105, 14, 90, 40, "#e0f2fe", stroke=False, r=2)
    s.t(109, 21, "DATOS DE LA FACTURA", 8, True)
    s.kv(
        109,
        27,
        [
            ("Nº factura:", d.number),
            ("Fecha de emisión:", day(d.date, "{d} de {B} de %Y|es")),
            ("Periodo:", d.x["period"]),
            ("Fecha de cargo:", day(d.due or d.date, "{d} de {B} de %Y|es")),
            ("IMPORTE FACTURA:", num(d.grand) + " €"),
        ],
        38,
        5,
    )
    s.ts(15, 66, d.buyer.addr, 4.6, size=9)
    s.t(15, 92, "DETALLE DE LA FACTURA", 9, True, col="#0369a1")
    y = 100.0
    for n in d.lines:
        s.t(15, y, n.name)
        s.t(135, y, f"{qn(n.qty)} {n.unit} x {num(n.price, places=6)} €", a="r")
        s.t(190, y, f"{num(n.net)} €", a="r")
        y += 5.2
    s.keys |= {"name", "qty", "price", "net"}
    ((r, b, t),) = d.taxes
    for label, v in ((f"IVA ({qn(r)} %) s/ {num(b)}", t), ("TOTAL IMPORTE FACTURA", d.grand)):
        s.line(15, y - 3.4, 190, y - 3.4, 0.3)
        s.t(15, y + 1, label, b=True)
        s.t(190, y + 1, f"{num(v)} €", b=True, a="r")
        y += 6.5
    s.para(15, y + 8, 175, d.terms or "")
    s.para(
        15,
        262,
        178,
        "Consumo medio diario en los últimos 14 meses: 3,41 €. Consumo acumulado del último año: 11.204 kWh. CUPS ES0021000004471188AB. Precio de referencia PVPC 58,20 €.",
        6.5,
    )


def energia() -> list[Case]:
    seller = Party("Luz Norte Comercializadora, S.A.U.", "Gran Vía 30", "48009 Bilbao", "ES", ids.vat("ES", "luznorte"))
    d = Doc(
        "es-luz-1",
        "es",
        "FE25137000448812",
        d8("2025-03-07"),
        "EUR",
        seller,
        Party("Panadería Etxeberria, S.C.", "Calle Autonomía 61", "48012 Bilbao", "ES"),
        [
            ln("Término de potencia P1", "103.5", "0.104229", 21, "kW día"),
            ln("Energía activa", 921, "0.148350", 21, "kWh"),
            ln("Impuesto sobre electricidad", "147.42", "0.051127", 21, "€"),
            ln("Alquiler de equipos de medida", 28, "0.044712", 21, "días"),
        ],
        "Spanish electricity bill, six-decimal prices, total before detail, long date, many decoy amounts",
        due=d8("2025-03-14"),
        terms="El importe se cargará en su cuenta bancaria ES** **** **** **** ****8812.",
        x={"period": "01/02/2025 - 28/02/2025"},
    )
    return [Case(d, _energia)]


# ---- newspaper subscription to a private person, prices including tax, sentence style
def _newspaper(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 11
    s.t(105, 22, "Märkischer Bote", 26, True, "c")
    s.line(20, 25, 190, 25, 1)
    s.t(
        105,
        29.5,
        "Unabhängige Tageszeitung seit 1891 · Verlag Märkischer Bote GmbH, Breite Str. 1, 16909 Wittstock",
        8.5,
        a="c",
    )
    s.ts(20, 55, d.buyer.addr, 5)
    s.kv(125, 55, [("Abonummer", "7 004 418"), ("Belegnummer", d.number), ("Belegdatum", day(d.date, D))], 32, 5)
    s.t(20, 95, "Ihre Abonnementrechnung", 14, True)
    (n,) = d.lines
    s.t(20, 106, "Bezug:")
    s.t(50, 106, n.name)
    s.t(20, 112, "Zeitraum:")
    s.t(50, 112, d.x["period"])
    s.t(20, 118, "Bezugspreis:")
    s.t(50, 118, f"{qn(n.qty)} Monate à {num(n.price)} €")
    s.keys |= {"name", "qty"}
    s.t(20, 128, "Bitte zahlen Sie", 12, True)
    s.t(120, 128, f"{num(d.grand)} €", 12, True, "r")
    ((r, b, t),) = d.taxes
    s.t(20, 134, f"darin enthalten {qn(r)} % MwSt. = {num(t)} € (Nettobetrag {num(b)} €)", 9.5)
    s.para(20, 146, 165, d.terms or "", lh=5)
    s.t(
        105,
        280,
        f"Sparkasse OPR · IBAN {ids.ib(d.iban or '')} · BIC {d.bic} · USt-IdNr. {d.seller.vat} · HRB 2218 Neuruppin",
        8.5,
        a="c",
    )


def newspaper() -> list[Case]:
    d = Doc(
        "de-abo-1",
        "de",
        "A25-0077418",
        d8("2025-12-01"),
        "EUR",
        Party(
            "Verlag Märkischer Bote GmbH",
            "Breite Str. 1",
            "16909 Wittstock",
            "DE",
            ids.vat("DE", "bote"),
            None,
            "HRB 2218",
        ),
        Party("Herrn Walter Jahnke", "Dorfstr. 22", "16909 Heiligengrabe", "DE"),
        [ln("Märkischer Bote, Printausgabe Mo–Sa", 12, "39.90", 7, "Monate")],
        "newspaper subscription to a private person, including tax, no table at all",
        gross=True,
        iban=ids.iban("DE", "bote"),
        bic="WELADED1OPR",
        due=d8("2026-01-05"),
        terms="Zahlbar bis zum 05.01.2026. Bei Bankeinzug ist nichts zu veranlassen.",
        x={"period": "01.01.2026 bis 31.12.2026"},
    )
    return [Case(d, _newspaper)]


# ---- FR wine estate: centred, capitals, duties, bottles, unusual words
def _vineyard(d: Doc, s: Sheet) -> None:
    s.font, s.size = "serif", 8
    s.t(105, 22, "CHÂTEAU HAUT-PESSAN", 16, True, "c", "#4a0d1f")
    s.t(105, 28, "S.C.E.A. DES VIGNOBLES PESSAN – PROPRIÉTAIRE-RÉCOLTANT – 33350 SAINTE-TERRE – FRANCE", 7, a="c")
    s.t(20, 45, f"RELEVÉ DE VENTE VALANT FACTURE N° {d.number}", 10, True)
    s.t(20, 51, f"À SAINTE-TERRE, LE {day(d.date, '{d} {B} %Y|fr').upper()}")
    s.ts(130, 60, [a.upper() for a in d.buyer.addr], 4.4)
    s.t(
        20,
        84,
        f"VOTRE RÉFÉRENCE : {d.po}     ENLÈVEMENT DU {day(d.delivery or d.date, '%d/%m/%y')}     DAE 25FRG0112044718",
    )
    cols = [
        Col("VALEUR HT", 20, 26, lambda n, i: num(n.net, "sp"), "r", "net"),
        Col("BOUTEILLES", 48, 24, lambda n, i: qn(n.qty, "sp"), "r", "qty"),
        Col("VIN / MILLÉSIME", 78, 84, lambda n, i: n.name, key="name"),
        Col("LA BTE HT", 166, 24, lambda n, i: num(n.price, "sp"), "r", "price"),
    ]
    y = s.head(cols, 96, col="#4a0d1f")
    s.line(20, y - 1.5, 190, y - 1.5, 1, "#4a0d1f")
    y = s.table(cols, d.lines, y + 4, gap=2.4) + 1
    s.line(20, y - 3, 46, y - 3)
    for label, v in (
        ("SOUS-TOTAL HORS TAXES", d.line_total),
        *[(lab, a) for lab, a, _ in d.charges],
        *[(f"T.V.A. {num(r)} %", t) for r, _, t in d.taxes],
    ):
        s.t(46, y + 1, num(Decimal(v), "sp"), a="r")
        s.t(78, y + 1, label)
        y += 5
    s.box(20, y - 1.5, 142, 8, "#f5e6ea", stroke=False)
    s.t(46, y + 4, num(d.grand, "sp"), 9, True, "r")
    s.t(78, y + 4, "EUROS – SOMME À NOUS RÉGLER", 9, True)
    s.para(20, y + 18, 165, d.terms or "")
    s.para(
        20,
        272,
        170,
        f"SIRET {d.seller.legal} – TVA {d.seller.vat} – CVI 3347102118 – IBAN {d.iban} – BIC {d.bic} – CAPITAL 91 469,41 €",
        7,
    )


def vineyard() -> list[Case]:
    seller = Party(
        "S.C.E.A. DES VIGNOBLES PESSAN",
        "",
        "33350 SAINTE-TERRE",
        "FR",
        ids.vat("FR", "pessan"),
        None,
        ids.siret("pessan"),
    )
    d = Doc(
        "fr-vin-1",
        "fr",
        "RV 25/114",
        d8("2025-11-18"),
        "EUR",
        seller,
        Party("Caves Duras", "8 allées de Tourny", "33000 Bordeaux", "FR"),
        [
            ln("CHÂTEAU HAUT-PESSAN ROUGE 2022", 600, "6.85", 20),
            ln("CLAIRET DE PESSAN 2024", 300, "4.20", 20),
            ln("MAGNUM HAUT-PESSAN 2019 – CAISSE BOIS", 24, "19.50", 20),
        ],
        "French wine estate in capitals, amount column first, odd title, totals on the left before their labels, charge for duties",
        iban=ids.iban("FR", "pessan"),
        bic="AGRIFRPP833",
        po="TOURNY 11/25",
        delivery=d8("2025-11-14"),
        charges=[("DROITS DE CIRCULATION", dec("28.10"), dec(20))],
        terms="PAYABLE À 60 JOURS DATE DE FACTURE PAR VIREMENT.",
    )
    return [Case(d, _vineyard)]
