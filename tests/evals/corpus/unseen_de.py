# ruff: noqa: E501 (the texts on the pages are long lines)
"""Unseen German layouts."""

from decimal import Decimal

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, day, dec, ln, num, q2, qn
from tests.evals.corpus.unseen_base import adj, doc

D = "%d.%m.%Y"


def cases() -> list[Case]:
    return [
        *galabau(),
        *fotograf(),
        *elektro(),
        *marktplatz(),
        *rechenzentrum(),
        *heizung(),
        *mobilfunk(),
        *zimmerei(),
        *kanzlei(),
        *catering(),
        *druck(),
        *mietpark(),
        *ausfuhr(),
    ]


# ---- Lexware-like: centred logo at the right, information table under the address, net / tax / gross lines
def _galabau(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9.5
    s.disc(180, 20, 8, "#4c8c2b")
    s.t(180, 22.5, "GW", 14, True, "c", "#ffffff")
    s.t(168, 19, "Grünwerk Pfaffinger", 15, True, "r", "#4c8c2b")
    s.t(168, 24.5, "Garten- und Landschaftsbau", 9, a="r")
    s.t(25, 46, "Grünwerk Pfaffinger e.K. | Eschenweg 6 | 94374 Schwarzach", 6.5)
    s.ts(25, 54, d.buyer.addr, 4.8, size=10.5)
    s.t(25, 92, d.x["title"], 16, True)
    for k, (label, v) in enumerate(
        [
            (d.x["nolabel"], d.number),
            ("Ihre Kundennr.", "10318"),
            ("Datum", day(d.date, D)),
            ("Leistungsdatum", day(d.delivery or d.date, D)),
            ("Bearbeiter", "M. Pfaffinger"),
        ]
    ):
        s.t(25 + k * 34, 100, label, 8, True)
        s.t(25 + k * 34, 104.5, v, 9)
    s.line(25, 106.5, 192, 106.5, 0.3)
    s.para(25, 114, 165, d.x["intro"])
    cols = [
        Col("Pos.", 25, 9, lambda n, i: f"{i}.", key="id"),
        Col("Leistung", 36, 72, lambda n, i: n.name, key="name"),
        Col("Menge", 110, 14, lambda n, i: num(n.qty), "r", "qty"),
        Col("Einheit", 126, 14, lambda n, i: n.unit),
        Col("Einzel €", 142, 20, lambda n, i: num(n.price), "r", "price"),
        Col("Gesamt €", 166, 25, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 126)
    s.line(25, y - 1.6, 192, y - 1.6, 0.8, "#4c8c2b")
    y = s.table(cols, d.lines, y + 3.5, gap=2, note_size=8)
    s.line(110, y - 2.5, 192, y - 2.5, 0.4)
    rows = [("Zwischensumme", num(d.line_total))] if d.allowances else []
    rows += [(label, f"-{num(a)}") for label, a, _ in d.allowances]
    rows += [("Gesamt netto", num(d.basis))] + [(f"Umsatzsteuer {qn(r)} %", num(t)) for r, _, t in d.taxes]
    y = s.kv(112, y + 2.5, rows, 79, 5, "r")
    s.t(112, y + 0.5, d.x["total"], 10.5, True)
    s.t(191, y + 0.5, num(d.grand) + " €", 10.5, True, "r")
    s.line(110, y + 2, 192, y + 2, 1.2)
    y = s.para(25, y + 13, 165, d.terms or "", lh=4.8)
    s.para(25, y + 2, 165, d.x["bye"], lh=4.8)
    s.line(25, 268, 192, 268, 0.4, "#4c8c2b")
    for x, rows_ in (
        (25, ["Grünwerk Pfaffinger e.K.", "Inh. Martin Pfaffinger", "Eschenweg 6", "94374 Schwarzach"]),
        (72, ["Fon 09962 3317", "Mobil 0171 555 0142", "hallo@gruenwerk-pfaffinger.example"]),
        (122, [f"USt-ID: {d.seller.vat}", "HRA 10442 AG Straubing"]),
        (156, ["Sparkasse Donau-Wald", f"{ids.ib(d.iban or '')}", f"{d.bic}"]),
    ):
        s.ts(x, 272.5, rows_, 3.5, size=6.6)


def galabau() -> list[Case]:
    seller = Party(
        "Grünwerk Pfaffinger e.K.",
        "Eschenweg 6",
        "94374 Schwarzach",
        "DE",
        ids.vat("DE", "gruenwerk"),
        legal="HRA 10442",
    )
    pay = {"iban": ids.iban("DE", "gruenwerk"), "bic": "BYLADEM1DEG"}
    one = doc(
        "u-de-galabau-1",
        "de",
        "25-1187",
        "2025-05-19",
        seller,
        Party("Familie Sabine und Jörg Ettl", "Lindenstraße 31", "94327 Bogen", "DE"),
        [
            ln(
                "Rasenfläche fräsen, planieren und Rollrasen verlegen",
                86,
                "14.20",
                19,
                "m²",
                notes=["inkl. Bodenaktivator und Anwässern"],
            ),
            ln("Natursteinmauer Granit, trocken gesetzt", "4.75", "398.00", 19, "m"),
            ln("Felsenbirne (Amelanchier), Solitär 200-225", 2, "289.00", 19, "Stk."),
            ln("Vorarbeiter", "22.5", "58.90", 19, "Std."),
        ],
        "Lexware-like, head data as a strip under the title, loyalty discount on the total, net/tax/gross",
        delivery="2025-05-15",
        allowances=[adj("abzgl. 5 % Frühbucher-Nachlass", "250.74", 19)],
        terms="Bitte begleichen Sie den Betrag bis spätestens 02.06.2025 ohne weitere Abzüge.",
        due="2025-06-02",
        x={
            "title": "Rechnung",
            "nolabel": "Rechnung Nr.",
            "total": "Gesamtbetrag",
            "intro": "Liebe Familie Ettl, für die Neuanlage Ihres Gartens stellen wir wie folgt in Rechnung:",
            "bye": "Vielen Dank für den schönen Auftrag! Diese Rechnung müssen Sie als Privatperson zwei Jahre aufbewahren (§ 14b UStG).",
        },
        **pay,
    )
    one.allowances = [adj("abzgl. 5 % Frühbucher-Nachlass", q2(one.line_total * 5 / 100), 19)]
    two = doc(
        "u-de-galabau-2",
        "de",
        "25-1204",
        "2025-06-11",
        seller,
        Party("Wohnungsgenossenschaft Bogenberg eG", "Bahnhofstraße 12", "94327 Bogen", "DE"),
        [
            ln("Heckenschnitt Liguster, Rückschnitt auf 1,80 m", -64, "5.40", 19, "m"),
            ln("Entsorgung Grüngut", -3, "48.00", 19, "m³"),
        ],
        "Stornorechnung (credit) with negative quantities, names the cancelled invoice",
        delivery="2025-05-28",
        type_code="381",
        terms="Den bereits gezahlten Betrag erstatten wir in den nächsten Tagen auf Ihr Konto.",
        x={
            "title": "Stornorechnung",
            "nolabel": "Storno-Nr.",
            "total": "Erstattungsbetrag",
            "intro": "hiermit stornieren wir unsere Rechnung 25-1191 vom 30.05.2025 wegen falscher Objektzuordnung vollständig:",
            "bye": "Bitte entschuldigen Sie das Versehen.",
        },
        **pay,
    )
    return [Case(one, _galabau), Case(two, _galabau)]


# ---- sevDesk-like freelancer, § 19, thin grey rules, sender block right
def _fotograf(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8
    s.t(195, 22, "JETTE LOHSE", 13, a="r")
    s.t(195, 27, "F O T O G R A F I E", 7, a="r", col="#a0522d")
    s.t(20, 50, "Jette Lohse · Kleine Gasse 4 · 18055 Rostock", 6, col="#777777")
    s.ts(20, 57, d.buyer.addr, 4.6, size=9)
    s.t(20, 98, f"Rechnung {d.number}", 14)
    s.kv(20, 106, [("Kundennummer", "K-1072"), ("Shooting am", day(d.delivery or d.date, D))], 32, 4.6)
    s.kv(130, 106, [("Rechnungsdatum", day(d.date, D)), ("Fälligkeit", day(d.due or d.date, D))], 65, 4.6, "r")
    s.para(20, 121, 170, d.x["intro"])
    cols = [
        Col("#", 21, 6, lambda n, i: str(i), key="id"),
        Col("Produkt/Service", 29, 96, lambda n, i: n.name, key="name"),
        Col("Menge", 128, 20, lambda n, i: f"{qn(n.qty)} {n.unit}", "r", "qty"),
        Col("Preis", 150, 20, lambda n, i: num(n.price) + " €", "r", "price"),
        Col("Summe", 172, 22, lambda n, i: num(n.net) + " €", "r", "net"),
    ]
    y = s.head(cols, 134, fill="#f3ece7")
    y = s.table(cols, d.lines, y + 4, gap=3, rule="row", note_size=7)
    s.t(128, y + 3, "Gesamtbetrag", 9.5, True)
    s.t(194, y + 3, num(d.grand) + " €", 9.5, True, "r")
    y = s.para(
        20, y + 14, 172, "Als Kleinunternehmerin im Sinne von § 19 Abs. 1 UStG weise ich keine Umsatzsteuer aus."
    )
    s.para(20, y + 3, 172, d.terms or "")
    s.line(20, 270, 195, 270, 0.3, "#bbbbbb")
    s.ts(20, 275, ["Jette Lohse", "Kleine Gasse 4", "18055 Rostock"], 3.6, size=6.5, col="#666666")
    s.ts(
        75,
        275,
        [f"St.-Nr.: {d.seller.tax_number}", "jette@lohse-foto.example", "0381 555 019"],
        3.6,
        size=6.5,
        col="#666666",
    )
    s.ts(130, 275, ["GLS Bank", f"IBAN: {d.iban}", f"BIC: {d.bic}"], 3.6, size=6.5, col="#666666")


def fotograf() -> list[Case]:
    seller = Party("Jette Lohse", "Kleine Gasse 4", "18055 Rostock", "DE", None, "079/245/01883")
    d = doc(
        "u-de-foto-1",
        "de",
        "RE-1072-03",
        "2025-08-25",
        seller,
        Party("Restaurant Hafenkante", "Inselstraße 2", "18119 Warnemünde", "DE", extra="Inh. Carlo Bendt"),
        [
            ln("Foodfotografie halber Tag", 1, "540.00", unit="Psch", notes=["inkl. 20 bearbeitete Bilder"]),
            ln("Weitere Bildbearbeitung", 8, "18.50", unit="Bild"),
            ln("Fahrtkosten", 46, "0.42", unit="km"),
        ],
        "sevDesk-like, small business § 19, no tax lines at all, only a total",
        iban=ids.iban("DE", "lohse"),
        bic="GENODEM1GLS",
        due="2025-09-08",
        delivery="2025-08-20",
        terms="Bitte überweise den Rechnungsbetrag bis zum 08.09.2025 unter Angabe der Rechnungsnummer.",
        x={
            "intro": "Moin Carlo, hier kommt die Rechnung für das Shooting der Herbstkarte. Danke für den tollen Tag und den Kaffee!"
        },
    )
    return [Case(d, _fotograf)]


# ---- SAP-like distributor: six-digit items, condition rows under the item, two pages
def _elektro(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5

    def top() -> float:
        s.t(20, 20, "VOLTHAUS", 22, True, col="#003c71")
        s.t(20, 25, "Elektrogroßhandel AG & Co. KG", 8, col="#003c71")
        s.box(118, 12, 74, 48 if s.page == 1 else 22, lw=0.6)
        s.t(121, 17, "Rechnung / Lieferant: Volthaus", 8, True)
        rows = [("Belegnummer", d.number), ("Belegdatum", day(d.date, D)), ("Seite", f"{s.page} von 2")]
        if s.page == 1:
            rows += [
                ("Kundennummer", "0000218845"),
                ("Ihre Bestellnummer", d.po or ""),
                ("Unser Auftrag", "1400887213"),
                ("Liefertermin", day(d.delivery or d.date, D)),
                ("Versandart", "Eigener LKW"),
                ("Ansprechpartner", "Telesales West"),
            ]
        s.kv(121, 22, rows, 32, 4.1)
        return 40

    cols = [
        Col("Pos.", 20, 14, lambda n, i: f"{i * 10:06d}", key="id"),
        Col("Material\nBezeichnung", 36, 66, lambda n, i: f"{n.art}\n{n.name}", key="name"),
        Col("Menge", 104, 14, lambda n, i: num(n.qty, places=0), "r", "qty"),
        Col("ME", 120, 9, lambda n, i: n.unit),
        Col("Preis/ME\nEUR", 132, 20, lambda n, i: num(n.price), "r", "price"),
        Col("Rabatt", 153, 14, lambda n, i: f"{num(n.disc, places=1)}-%" if n.disc else "", "r"),
        Col("Positionswert\nEUR", 168, 24, lambda n, i: num(n.net), "r", "net"),
    ]

    def brk(running: Decimal) -> float:
        s.t(120, 268, "Zwischensumme / Übertrag", i=True)
        s.t(192, 268, num(running), a="r", i=True)
        foot()
        s.new()
        y = s.head(cols, top())
        s.line(20, y - 1, 192, y - 1, 0.6)
        return y + 5

    def foot() -> None:
        s.t(
            20,
            278,
            "Volthaus Elektrogroßhandel AG & Co. KG · Kölner Landstr. 310 · 40589 Düsseldorf · Sitz Düsseldorf · Amtsgericht Düsseldorf HRA 23817",
            6.3,
        )
        s.t(
            20,
            281.5,
            f"phG: Volthaus Verwaltungs-AG, HRB 60931 · Vorstand: Dr. K. Olbrich (Vors.), I. Szabo · USt-IdNr. {d.seller.vat} · Steuernummer {d.seller.tax_number}",
            6.3,
        )
        s.t(
            20,
            285,
            f"Commerzbank: {ids.ib(d.iban or '')} / {d.bic}     Deutsche Bank: {ids.ib(ids.iban('DE', 'volthaus-db'))} / DEUTDEDDXXX",
            6.3,
        )

    top()
    s.t(20, 45, "Volthaus · Kölner Landstr. 310 · 40589 Düsseldorf", 6.3)
    s.ts(20, 52, d.buyer.addr, 4.6, size=10)
    s.ts(118, 66, ["Warenempfänger:", d.buyer.name, "Baustelle Rheinufer 8, 41460 Neuss"], 4, size=8)
    y = s.head(cols, 92)
    s.line(20, y - 1, 192, y - 1, 0.6)
    y = s.table(cols, d.lines, y + 4, bottom=262, brk=brk, lh=3.9, gap=1.8, note_size=7.5)
    s.line(104, y - 2, 192, y - 2, 0.6)
    rows = [("Summe der Positionen", num(d.line_total))] + [(lab, num(a)) for lab, a, _ in d.charges]
    rows += [("Nettowarenwert", num(d.basis))] + [(f"Ausgangssteuer    {num(r)} %", num(t)) for r, _, t in d.taxes]
    y = s.kv(104, y + 2, rows, 88, 4.6, "r")
    s.line(104, y - 3, 192, y - 3, 0.3)
    s.kv(104, y + 1, [("Rechnungsendbetrag", num(d.grand) + " EUR")], 88, va="r", bl=True, bv=True)
    y += 12
    s.t(20, y, "Zahlungsbedingungen", b=True)
    y = s.para(20, y + 4.4, 170, d.terms or "")
    s.para(
        20,
        y + 3,
        170,
        "Es gelten unsere Allgemeinen Verkaufs- und Lieferbedingungen in der jeweils gültigen Fassung. Altgeräte und Verpackungen: EAR-Reg.-Nr. DE 40187725.",
        7,
    )
    foot()


def elektro() -> list[Case]:
    seller = Party(
        "Volthaus Elektrogroßhandel AG & Co. KG",
        "Kölner Landstr. 310",
        "40589 Düsseldorf",
        "DE",
        ids.vat("DE", "volthaus"),
        "106/5780/2231",
        "HRA 23817",
    )
    goods = [
        ("NYM-J 3x1,5 mm² grau Ring 100 m", "RG", "58.40"), ("NYM-J 5x2,5 mm² grau Ring 50 m", "RG", "81.15"),
        ("Leitungsschutzschalter B16 1-polig", "ST", "3.92"), ("FI-Schutzschalter 40 A 30 mA Typ A", "ST", "34.80"),
        ("Schalterdose UP 61 mm winddicht", "ST", "0.68"), ("Steckdoseneinsatz reinweiß glänzend", "ST", "4.27"),
        ("Abdeckrahmen 3-fach reinweiß", "ST", "6.11"), ("Wechselschaltereinsatz", "ST", "5.86"),
        ("Kleinverteiler 3-reihig UP", "ST", "92.30"), ("LED-Feuchtraumleuchte 1500 mm 50 W", "ST", "41.75"),
        ("Installationsrohr M25 flexibel", "M", "0.74"), ("Verbindungsklemme 3 x 4 mm² Box 50", "PK", "19.90"),
    ]  # fmt: skip
    lines = [
        ln(
            g[0],
            (i * 5) % 17 + 2,
            dec(g[2]) + Decimal(i // 12) / 4,
            19,
            g[1],
            ["0", "32.5", "0", "18"][i % 4],
            f"{20417000 + i * 137}",
            ["Preis gültig gemäß Rahmenvertrag 4600012877"] if i % 7 == 2 else [],
        )
        for i, g in enumerate((goods * 2)[:21])
    ]
    d = doc(
        "u-de-sap-1",
        "de",
        "9300447126",
        "2025-04-30",
        seller,
        Party("Elektro Brinkmeier GmbH", "Industriering Ost 19", "41468 Neuss", "DE", ids.vat("DE", "brinkmeier")),
        lines,
        "SAP-like, six-digit items, material number above the description, two pages with carry-over, own rabate per item, freight",
        iban=ids.iban("DE", "volthaus"),
        bic="COBADEDDXXX",
        po="BM-25-00719",
        delivery="2025-04-29",
        charges=[adj("Logistikpauschale", "14.90", 19)],
        terms="Bis zum 14.05.2025 erhalten Sie 2,000 % Skonto, bis zum 30.05.2025 ohne Abzug.",
        due="2025-05-30",
    )
    return [Case(d, _elektro)]


# ---- marketplace: paid, prices without and with tax in one row, tax table below
def _marktplatz(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.t(15, 20, "buntbude.example", 18, True)
    s.t(195, 18, "Rechnung", 18, a="r")
    s.t(195, 24, "Bezahlt", 10, True, "r")
    s.kv(
        115,
        32,
        [
            ("Zahlungsreferenznummer", "4FK7dQ2LbXw90"),
            ("Verkauft von", d.seller.name),
            ("USt-IDNr.", d.seller.vat or ""),
        ],
        80,
        4.6,
        "r",
        bl=True,
    )
    s.line(115, 44, 195, 44, 0.4)
    s.kv(
        115,
        49,
        [("Rechnungsdatum / Lieferdatum", day(d.date, "{d}. {B} %Y|de")), ("Rechnungsnummer", d.number)],
        80,
        4.6,
        "r",
    )
    s.t(115, 61, "Zahlbetrag", 11, True)
    s.t(195, 61, num(d.payable, "p,") + " €", 11, True, "r")
    s.ts(15, 34, [r.upper() for r in d.buyer.addr] + ["DE"], 4.4, size=9)
    s.para(15, 72, 170, "Um unseren Kundenservice zu kontaktieren, besuchen Sie bitte www.buntbude.example/hilfe", 7.5)
    s.line(15, 76, 195, 76, 0.8)
    for x, label, rows in (
        (15, "Rechnungsadresse", d.buyer.addr),
        (78, "Lieferadresse", [d.buyer.name, "Packstation 127", "04109 Leipzig"]),
        (138, "Verkauft von", [d.seller.name, d.seller.street, d.seller.city, "Germany"]),
    ):
        s.t(x, 81, label, b=True)
        s.ts(x, 85.5, rows, 4, size=8)
    s.t(15, 108, "Bestellinformationen", 11, True)
    s.kv(15, 113.5, [("Bestelldatum", day(d.x["ordered"], "{d}. {B} %Y|de")), ("Bestellnummer", d.po or "")], 32, 4.4)
    s.t(15, 128, "Rechnungsdetails", 11, True)
    cols = [
        Col("Beschreibung", 16, 76, lambda n, i: n.name, key="name"),
        Col("Menge", 94, 12, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Stückpreis\n(ohne USt.)", 108, 22, lambda n, i: num(n.price, "p,") + " €", "r", "price"),
        Col("USt. %", 132, 12, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
        Col(
            "Stückpreis\n(inkl. USt.)", 146, 22, lambda n, i: num(q2(n.price * (100 + n.rate) / 100), "p,") + " €", "r"
        ),
        Col(
            "Zwischensumme\n(inkl. USt.)", 170, 24, lambda n, i: num(q2(n.net * (100 + n.rate) / 100), "p,") + " €", "r"
        ),
    ]
    y = s.head(cols, 135, 8, fill="#eeeeee")
    y = s.table(cols, d.lines, y + 4, gap=3, note_size=7.5, rule="row")
    for label, a, r in d.charges:
        s.t(16, y, label)
        s.t(130, y, num(a, "p,") + " €", a="r")
        s.t(144, y, f"{qn(r)}%", a="r")
        s.t(194, y, num(q2(a * (100 + r) / 100), "p,") + " €", a="r")
        y += 6
    s.line(110, y - 2, 195, y - 2, 0.8)
    s.t(112, y + 3, "Gesamtpreis", 11, True)
    s.t(194, y + 3, num(d.grand, "p,") + " €", 11, True, "r")
    y += 14
    for k, h in enumerate(("USt. %", "Zwischensumme (ohne USt.)", "USt.")):
        s.t((130, 172, 194)[k], y, h, 8, True, "r")
    for r, b, t in d.taxes:
        y += 4.6
        for x, v in ((130, f"{qn(r)}%"), (172, num(b, "p,") + " €"), (194, num(t, "p,") + " €")):
            s.t(x, y, v, a="r")
    s.t(116, y + 4.6, "USt. Gesamt", b=True)
    s.t(172, y + 4.6, num(d.basis, "p,") + " €", b=True, a="r")
    s.t(194, y + 4.6, num(d.tax, "p,") + " €", b=True, a="r")
    s.t(
        105,
        284,
        "Buntbude Marketplace S.à r.l., 12 rue du Fort, L-1840 Luxembourg handelt als Vermittler. EORI: DE4410927 · Seite 1 von 1",
        6.5,
        a="c",
    )


def marktplatz() -> list[Case]:
    seller = Party(
        "Kramfix Handels UG (haftungsbeschränkt)", "Lagerstr. 77b", "15345 Altlandsberg", "DE", ids.vat("DE", "kramfix")
    )
    d = doc(
        "u-de-markt-1",
        "de",
        "INV-DE-1180427-2025-3391",
        "2025-11-03",
        seller,
        Party("Bürogemeinschaft Plagwitz GbR", "Karl-Heine-Straße 55", "04229 Leipzig", "DE"),
        [
            ln(
                "Kramfix Schreibtischlampe LED dimmbar, USB-Ladeanschluss, schwarz",
                2,
                "42.00",
                19,
                notes=["ASIN: B0C7KX11QD"],
            ),
            ln("Kabelkanal selbstklebend 10 x 1 m weiß", 1, "21.00", 19, notes=["ASIN: B09ZP4LL2M"]),
            ln("Wandkalender 2026 Bürobedarf, 3 Monate auf einen Blick", 3, "6.00", 7, notes=["ASIN: B0D2TT8R5C"]),
        ],
        "marketplace invoice, already paid, line amounts only with tax, net unit prices, order number of the marketplace",
        delivery="2025-11-03",
        charges=[adj("Versandkosten", "5.00", 19)],
        po="302-8841927-5510348",
    )
    d.x["ordered"] = d.date.replace(day=1)
    return [Case(d, _marktplatz)]


# ---- hosting: service periods per line, four decimals, direct debit
def _rechenzentrum(d: Doc, s: Sheet) -> None:
    s.font, s.size = "stix", 10
    s.box(0, 0, 210, 24, "#1b1f3b", stroke=False)
    s.t(20, 15, "RACKWERK", 20, True, col="#ffffff", font="helv")
    s.t(190, 15, "Server · Cloud · Colocation", 9, a="r", col="#ffffff", font="helv")
    s.ts(20, 42, d.buyer.addr, 4.8)
    s.ts(
        132,
        36,
        ["Rackwerk Internet GmbH", "Am Datenhafen 3", "63067 Offenbach am Main", "buchhaltung@rackwerk.example"],
        4.3,
        size=9,
    )
    s.kv(
        132,
        58,
        [("Kunden-ID", "R-338120"), ("Beleg", d.number), ("vom", day(d.date, D)), ("Abrechnung", d.x["period"])],
        24,
        4.6,
        bl=True,
    )
    s.t(20, 88, f"Ihre Rechnung für {d.x['period']}", 15, True)
    cols = [
        Col("Produkt", 20, 62, lambda n, i: n.name, key="name"),
        Col("Zeitraum", 84, 38, lambda n, i: n.code),
        Col("Anz.", 122, 14, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Einzelpreis", 138, 22, lambda n, i: num(n.price, places=4) + " €", "r", "price"),
        Col("Preis", 166, 24, lambda n, i: num(n.net) + " €", "r", "net"),
    ]
    y = s.head(cols, 98)
    s.line(20, y - 1.4, 190, y - 1.4, 0.4)
    y = s.table(cols, d.lines, y + 4, gap=1.8, note_size=8.5)
    s.line(20, y - 2, 190, y - 2, 0.4)
    y = s.kv(
        132,
        y + 3,
        [("Summe exkl. MwSt.", num(d.basis) + " €")] + [(f"+ {qn(r)} % MwSt.", num(t) + " €") for r, _, t in d.taxes],
        58,
        5,
        "r",
    )
    s.kv(132, y, [("Summe inkl. MwSt.", num(d.grand) + " €")], 58, va="r", bl=True, bv=True)
    s.para(20, y + 14, 168, d.terms or "", lh=4.6)
    s.t(20, y + 32, "Fragen? Öffnen Sie ein Ticket im Kundencenter unter Angabe Ihrer Kunden-ID.", i=True)
    s.t(
        105,
        280,
        f"Rackwerk Internet GmbH, HRB 51190 Amtsgericht Offenbach, UID {d.seller.vat}, Geschäftsführer Tomasz Kerl und Ines Abt",
        8,
        a="c",
    )
    s.t(105, 284.5, f"Gläubiger-ID DE18ZZZ00000441907 – Bankverbindung {ids.ib(d.iban or '')} ({d.bic})", 8, a="c")


def rechenzentrum() -> list[Case]:
    seller = Party(
        "Rackwerk Internet GmbH",
        "Am Datenhafen 3",
        "63067 Offenbach am Main",
        "DE",
        ids.vat("DE", "rackwerk"),
        legal="HRB 51190",
    )
    p = "01.09. - 30.09.2025"
    d = doc(
        "u-de-hosting-1",
        "de",
        "R0019882251",
        "2025-10-02",
        seller,
        Party("Apotheke am Ring OHG", "Habsburgerring 66", "50674 Köln", "DE"),
        [
            ln("Dedicated Server RX-42", 1, "46.2185", 19, code=p, notes=["#1882004 fsn-dc3-rack12"]),
            ln("Zusätzliche IPv4-Adresse", 3, "1.6807", 19, code=p),
            ln("Object Storage, je angefangene 100 GB", 14, "0.4990", 19, code=p),
            ln("Domain apotheke-am-ring.example", 1, "11.6807", 19, code="15.09.2025 - 14.09.2026"),
            ln("Traffic über Freikontingent (TB)", "2.37", "1.0000", 19, code="01.08. - 31.08.2025"),
        ],
        "hosting provider, net prices with four decimals, periods per line, direct debit",
        iban=ids.iban("DE", "rackwerk"),
        bic="HELADEF1OFF",
        due="2025-10-09",
        terms="Der Betrag wird am 09.10.2025 mit der Mandatsreferenz RW338120-1 per SEPA-Lastschrift abgebucht.",
        x={"period": "September 2025"},
    )
    return [Case(d, _rechenzentrum)]


# ---- craftsman, Word template: left letterhead, ruled cells, labour share, cash discount
def _heizung(d: Doc, s: Sheet) -> None:
    s.font, s.size = "vera", 8.5
    s.t(20, 20, "Dieter Wolters", 17, True, col="#c22121")
    s.t(20, 26, "Heizung · Sanitär · Solar — Meisterbetrieb seit 1978", 8)
    s.line(20, 28.5, 190, 28.5, 1.4, "#c22121")
    s.t(190, 33, "Brunnenstraße 88, 52428 Jülich   Tel. 02461 / 550 17   wolters-shk.example", 7, a="r")
    s.ts(22, 52, d.buyer.addr, 4.8, size=9.5)
    s.t(190, 78, f"Jülich, {day(d.date, D)}", a="r")
    s.t(22, 92, f"Rechnung-Nr.: {d.number}", 12, True)
    s.t(22, 98, f"Objekt: {d.x['obj']}")
    s.t(22, 102.5, f"Ausgeführt am: {day(d.delivery or d.date, D)}     Auftrag: {d.x.get('by', 'telefonisch')}")
    cols = [
        Col("Anzahl", 23, 14, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Einh.", 39, 11, lambda n, i: n.unit),
        Col("Beschreibung", 52, 84, lambda n, i: n.name, key="name"),
        Col("Einzelpreis", 138, 22, lambda n, i: num(n.price), "r", "price"),
        Col("Betrag in €", 164, 25, lambda n, i: num(n.net), "r", "net"),
    ]
    top = 108.0
    y = s.head(cols, top + 4.5, 8)
    s.line(22, y - 1.5, 190, y - 1.5)
    y = s.table(cols, d.lines, y + 3.5, gap=1.6)
    bottom = max(y + 2, 178)
    s.vgrid([22, 38, 51, 137, 161.5, 190], top, bottom)
    y = bottom + 6
    rows = [("Rechnungssumme ohne MwSt.", num(d.basis))] + [(f"{qn(r)} % MwSt.", num(t)) for r, _, t in d.taxes]
    y = s.kv(104, y, rows, 85, 5, "r")
    s.line(104, y - 3.5, 190, y - 3.5)
    s.kv(104, y + 0.5, [("Summe inkl. MwSt.", num(d.grand) + " €")], 85, va="r", bl=True, bv=True)
    s.line(104, y + 2, 190, y + 2)
    s.line(104, y + 2.7, 190, y + 2.7)
    y = s.para(22, y + 11, 166, d.terms or "")
    s.para(22, y + 2, 166, d.x["labour"], 7.5)
    s.t(22, 268, f"Steuer-Nr. {d.seller.tax_number}  (Finanzamt Jülich)", 7.5)
    s.t(22, 272, f"Raiffeisenbank Rurtal  ·  IBAN {ids.ib(d.iban or '')}  ·  BIC {d.bic}", 7.5)
    s.t(22, 276, "Inhaber: Dieter Wolters, Installateur- und Heizungsbaumeister, Handwerkskammer Aachen", 7.5)


def heizung() -> list[Case]:
    seller = Party("Dieter Wolters", "Brunnenstraße 88", "52428 Jülich", "DE", None, "213/5288/0917")
    pay = {"iban": ids.iban("DE", "wolters"), "bic": "GENODED1RRT"}
    one = doc(
        "u-de-heizung-1",
        "de",
        "2025-311",
        "2025-01-22",
        seller,
        Party("Eheleute Ursula und Kurt Dohmen", "Am Königshäuschen 14", "52428 Jülich", "DE"),
        [
            ln("Gasbrennwerttherme gewartet, Brenner gereinigt, Abgaswerte protokolliert", 1, "168.00", 19, "psch"),
            ln("Ausdehnungsgefäß 25 l, Trinkwasser zugelassen", 1, "94.35", 19, "Stk"),
            ln("Sicherheitsventil 3 bar DN 15", 2, "17.90", 19, "Stk"),
            ln("Kupferrohr 18 x 1,0 mm mit Pressfittings", "3.5", "21.40", 19, "m"),
            ln("Monteur", "2.75", "63.00", 19, "Std"),
            ln("Anfahrt Zone 1", 1, "29.00", 19, "psch"),
        ],
        "craftsman's Word form, quantity first, ruled columns, labour share in the small print, no VAT id",
        delivery="2025-01-20",
        terms="Zahlbar sofort nach Erhalt rein netto. Skonto wird nicht gewährt.",
        x={
            "obj": "Am Königshäuschen 14, Keller",
            "labour": "Im Bruttobetrag sind 440,60 € Lohn- und Fahrtkosten inkl. MwSt. enthalten (§ 35a EStG).",
        },
        **pay,
    )
    two = doc(
        "u-de-heizung-2",
        "de",
        "2025-347",
        "2025-04-03",
        seller,
        Party("Kindertagesstätte Rappelkiste e.V.", "Schirmerstraße 9", "52428 Jülich", "DE"),
        [
            ln("Waschtischarmatur mit Temperaturbegrenzer, verchromt", 4, "139.80", 19, "Stk"),
            ln("Eckventil DN 15 selbstdichtend", 8, "7.25", 19, "Stk"),
            ln("Monteur und Helfer", "6.5", "98.00", 19, "Std"),
        ],
        "DEFECT: printed gross total does not equal net + tax (digits transposed by hand)",
        delivery="2025-03-31",
        terms="Zahlbar innerhalb von 8 Tagen mit 2 % Skonto oder 21 Tagen netto.",
        x={
            "obj": "Kita, Waschraum Gruppe 2",
            "labour": "Wir bedanken uns für Ihren Auftrag.",
            "by": "Fr. Schaaf 24/03",
        },
        defect="grand total differs from net + tax by 36.00",
        **pay,
    )
    two.slip["grand"] = two.basis + two.tax + 36
    return [Case(one, _heizung), Case(two, _heizung)]


# ---- mobile telephony: summary page, itemised page
def _mobilfunk(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9
    s.box(150, 10, 45, 16, "#ff6f00", stroke=False, r=3)
    s.t(172.5, 20.5, "funkfee", 17, True, "c", "#ffffff")
    s.t(20, 40, "funkfee Mobil GmbH, Postfach 60 01 20, 14401 Potsdam", 6.5)
    s.ts(20, 48, d.buyer.addr, 4.8, size=10)
    s.ts(140, 40, ["Bei Fragen hilft Ihnen", "0800 555 3890 (kostenlos)", "www.funkfee.example/business"], 4.4, size=8)
    s.kv(
        140,
        58,
        [("Rechnungskonto", "9.1184.207"), ("Rechnungs-Nr.", d.number), ("Erstellt am", day(d.date, D))],
        28,
        4.4,
        size=8,
    )
    s.t(20, 92, f"Ihre Mobilfunkrechnung {d.x['month']}", 14, True)
    s.t(20, 102, "Übersicht", b=True)
    s.t(190, 102, "Euro", b=True, a="r")
    s.line(20, 103.5, 190, 103.5, 0.6)
    y = 109.0
    groups: dict[str, Decimal] = {}
    for n in d.lines:
        groups[n.group] = groups.get(n.group, Decimal(0)) + n.net
    for g, v in groups.items():
        s.t(20, y, g)
        s.t(190, y, num(v), a="r")
        y += 5
    s.line(130, y - 3.4, 190, y - 3.4, 0.3)
    rows = [("Nettobetrag gesamt", num(d.basis))] + [(f"Umsatzsteuer {qn(r)}%", num(t)) for r, _, t in d.taxes]
    y = s.kv(20, y + 0.5, rows, 170, 5, "r")
    s.box(18, y - 4, 174, 8, "#ffe2c6", stroke=False)
    s.t(20, y + 1.4, "Zu zahlender Betrag", 11, True)
    s.t(190, y + 1.4, num(d.payable), 11, True, "r")
    y = s.para(20, y + 14, 168, d.terms or "")
    s.para(
        20,
        y + 4,
        168,
        "Einwendungen gegen diese Rechnung können Sie innerhalb von acht Wochen nach Zugang erheben. Die Einzelaufstellung finden Sie auf der Folgeseite.",
        8,
    )
    s.para(
        20,
        272,
        170,
        f"funkfee Mobil GmbH · Hegelallee 101 · 14467 Potsdam · HRB 33107 P, AG Potsdam · Geschäftsführung: Aylin Voss, Piet de Boer · USt-ID {d.seller.vat} · Konto für Überweisungen: {ids.ib(d.iban or '')}",
        6.5,
        3.3,
    )
    s.new()
    s.t(20, 20, f"Anlage zur Rechnung {d.number} vom {day(d.date, D)}", 8)
    s.t(190, 20, "2 / 2", 8, a="r")
    s.t(20, 30, "Einzelaufstellung", 12, True)
    cols = [
        Col("Leistung", 20, 88, lambda n, i: n.name, key="name"),
        Col("Anzahl", 110, 16, lambda n, i: qn(n.qty), "r", "qty"),
        Col("je", 128, 14, lambda n, i: n.unit),
        Col("Einzelpreis netto", 138, 26, lambda n, i: num(n.price, places=4), "r", "price"),
        Col("Betrag netto", 168, 22, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 39, 8)
    s.line(20, y - 1.5, 190, y - 1.5, 0.6)
    s.table(cols, d.lines, y + 4)


def mobilfunk() -> list[Case]:
    seller = Party(
        "funkfee Mobil GmbH", "Hegelallee 101", "14467 Potsdam", "DE", ids.vat("DE", "funkfee"), legal="HRB 33107 P"
    )
    a, b, c = "Rufnummer 0151 555 01177", "Rufnummer 0151 555 01178", "Vertragsübergreifende Leistungen"
    d = doc(
        "u-de-mobil-1",
        "de",
        "117-4402-881",
        "2025-07-14",
        seller,
        Party("Pflegedienst Havelblick gGmbH", "Zeppelinstr. 140", "14471 Potsdam", "DE"),
        [
            ln("Tarif Business L, 01.07. - 31.07.2025", 1, "33.6050", 19, "Monat", group=a),
            ln("Datenvolumen außerhalb der EU (Schweiz)", 12, "1.6723", 19, "50 MB", group=a),
            ln("Tarif Business S, 01.07. - 31.07.2025", 1, "16.7983", 19, "Monat", group=b),
            ln("SMS ins Ausland", 9, "0.1092", 19, "SMS", group=b),
            ln("Sonderrufnummern 0180x", 4, "0.1681", 19, "Anruf", group=b),
            ln("Endgeräteversicherung", 2, "4.1933", 19, "Gerät", group=c),
        ],
        "telecom, two pages: summary with totals first, itemised lines only on page two",
        iban=ids.iban("DE", "funkfee"),
        terms="Den Betrag ziehen wir frühestens am 21.07.2025 von Ihrem bei uns hinterlegten Konto ein.",
        due="2025-07-21",
        x={"month": "Juli 2025"},
    )
    return [Case(d, _mobilfunk)]


# ---- carpenter: cumulative progress invoice, earlier payments and 5 % retention
def _zimmerei(d: Doc, s: Sheet) -> None:
    s.font, s.size = "serif", 8
    s.t(20, 20, "Zimmerei & Holzbau Stadler", 16, True, col="#5b3a1e")
    s.ts(
        190,
        16,
        ["Sägmühle 1 · 87561 Oberstdorf", "Telefon 08322 550 44", "www.stadler-holz.example"],
        3.8,
        size=7,
        a="r",
    )
    s.line(20, 26, 190, 26, 2.5, "#5b3a1e")
    s.ts(20, 46, d.buyer.addr, 4.6, size=9)
    s.box(120, 40, 70, 33, "#f6f0e6", lw=0.2)
    s.kv(
        123,
        46,
        [
            ("Rechnung", d.number),
            ("Ausstellung", day(d.date, D)),
            ("Projekt", d.x["proj"]),
            ("Ihr Auftrag", d.po or ""),
            ("Zeitraum", d.x["period"]),
        ],
        24,
        5.6,
    )
    s.t(20, 86, d.x["title"], 13, True)
    s.t(20, 92, d.x["obj"])
    cols = [
        Col("LV-Pos.", 20, 15, lambda n, i: n.art),
        Col("Kurztext", 37, 72, lambda n, i: n.name, key="name"),
        Col("Menge kum.", 110, 19, lambda n, i: num(n.qty), "r", "qty"),
        Col("EH", 131, 9, lambda n, i: n.unit),
        Col("EP netto", 142, 20, lambda n, i: num(n.price), "r", "price"),
        Col("GP netto", 166, 24, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 101, fill="#f6f0e6")
    y = s.table(cols, d.lines, y + 3, gap=1.8, rule="row")
    rows = [("Leistungsstand netto", num(d.basis))] + [(f"zuzüglich {qn(r)} % USt", num(t)) for r, _, t in d.taxes]
    rows += [("Leistungsstand brutto", num(d.grand))] + [(lab, "- " + num(a)) for lab, a in d.x["paid"]]
    rows += [("Sicherheitseinbehalt 5 % aus brutto", "- " + num(d.withheld or Decimal(0)))]
    y = s.kv(95, y + 3, rows, 95, 5, "r")
    s.line(94, y - 3.4, 190, y - 3.4, 1)
    s.kv(95, y + 1, [("Auszahlungsbetrag EUR", num(d.payable))], 95, va="r", bl=True, bv=True)
    s.para(20, y + 12, 168, d.terms or "")
    s.t(
        105,
        278,
        f"Zimmerei & Holzbau Stadler GmbH · HRB 9011 Kempten · GF Xaver Stadler · USt-ID {d.seller.vat} · StNr {d.seller.tax_number}",
        6.5,
        a="c",
    )
    s.t(105, 282, f"Raiffeisenbank Oberallgäu · IBAN {ids.ib(d.iban or '')} · BIC {d.bic}", 6.5, a="c")


def zimmerei() -> list[Case]:
    seller = Party(
        "Zimmerei & Holzbau Stadler GmbH",
        "Sägmühle 1",
        "87561 Oberstdorf",
        "DE",
        ids.vat("DE", "stadler"),
        "127/141/50233",
        "HRB 9011",
    )
    d = doc(
        "u-de-zimmerei-1",
        "de",
        "AR-2025-058",
        "2025-09-12",
        seller,
        Party("Berghotel Nebelhornblick KG", "Oytalweg 17", "87561 Oberstdorf", "DE"),
        [
            ln("Dachstuhl abbinden und aufrichten, KVH C24", "38.42", "865.00", 19, "m³", art="3.1.10"),
            ln("Sichtschalung Fichte 21 mm, gehobelt", 214, "42.50", 19, "m²", art="3.1.40"),
            ln("Unterspannbahn diffusionsoffen mit Konterlattung", 232, "17.80", 19, "m²", art="3.2.20"),
            ln("Autokran 60 t inkl. Bedienung", 11, "195.00", 19, "Std", art="9.1.10"),
        ],
        "construction, second progress invoice (Abschlagsrechnung), cumulative amounts, earlier payment deducted and 5 % retained",
        iban=ids.iban("DE", "stadler"),
        bic="GENODEF1SFO",
        po="BV-25/07",
        prepaid=dec("23800.00"),
        terms="Zahlbar gemäß § 16 VOB/B innerhalb von 21 Tagen.",
        x={
            "title": "2. Abschlagsrechnung",
            "proj": "Aufstockung Nord",
            "period": "KW 28 - 36 / 2025",
            "obj": "Aufstockung Gästehaus Nord, Gewerk Zimmererarbeiten",
            "paid": [("1. Abschlagszahlung vom 01.08.2025", dec("23800.00"))],
        },
    )
    d.withheld = q2(d.grand * 5 / 100)
    return [Case(d, _zimmerei)]


# ---- lawyer: RVG fees in rows, legal provisions, advance deducted
def _kanzlei(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 10.5
    s.t(190, 22, "Thormann | Veigel | Sandrock", 16, a="r")
    s.t(190, 28, "Rechtsanwälte Partnerschaft mbB", 10, a="r", i=True)
    s.ts(
        190,
        40,
        ["Königstraße 5", "70173 Stuttgart", "T 0711 555 80-0", "Unser Zeichen: 412/25 Ve/ks"],
        4.4,
        size=9,
        a="r",
    )
    s.ts(25, 50, d.buyer.addr, 5)
    s.t(190, 80, f"Stuttgart, {day(d.date, '{d}. {B} %Y|de')}", a="r")
    s.t(25, 94, f"Kostenrechnung {d.number}", 13, True)
    y = s.para(25, 101, 165, d.x["re"], lh=4.8)
    s.t(25, y + 3, f"Gegenstandswert: {d.x['value']} EUR")
    y += 12
    for n in d.lines:
        rows = s.wrap(n.name, 120)
        for k, row in enumerate(rows):
            s.t(25, y + k * 4.8, row)
        s.t(190, y + (len(rows) - 1) * 4.8, f"{num(n.net)} EUR", a="r")
        y += len(rows) * 4.8 + 1.6
    s.keys |= {"name", "net"}
    s.line(150, y - 3.6, 190, y - 3.6, 0.4)
    rows2 = [("Zwischensumme der Gebührenpositionen", f"{num(d.basis)} EUR")]
    rows2 += [(f"{qn(r)} % Umsatzsteuer, Nr. 7008 VV RVG", f"{num(t)} EUR") for r, _, t in d.taxes]
    rows2 += [
        ("Summe", f"{num(d.grand)} EUR"),
        ("abzüglich erhaltener Vorschuss vom 03.02.2025", f"- {num(d.prepaid or Decimal(0))} EUR"),
    ]
    y = s.kv(25, y + 2, rows2, 165, 5.4, "r")
    s.kv(25, y + 1, [("Noch offener Betrag", f"{num(d.payable)} EUR")], 165, va="r", bl=True, bv=True)
    s.line(150, y + 2.4, 190, y + 2.4, 0.4)
    s.line(150, y + 3.1, 190, y + 3.1, 0.4)
    y = s.para(25, y + 14, 165, d.terms or "", lh=4.8)
    s.t(25, y + 8, "Dr. Henrike Veigel")
    s.t(25, y + 12.6, "Rechtsanwältin", i=True)
    s.t(
        25,
        276,
        f"Geschäftskonto: {ids.ib(d.iban or '')} (BW-Bank, {d.bic})   Anderkonto: {ids.ib(ids.iban('DE', 'thormann-ander'))}",
        8,
    )
    s.t(25, 280, f"PR 720881 AG Stuttgart   Steuernummer {d.seller.tax_number}   Umsatzsteuer-ID {d.seller.vat}", 8)


def kanzlei() -> list[Case]:
    seller = Party(
        "Thormann | Veigel | Sandrock Rechtsanwälte Partnerschaft mbB",
        "Königstraße 5",
        "70173 Stuttgart",
        "DE",
        ids.vat("DE", "thormann"),
        "99015/40771",
        "PR 720881",
    )
    d = doc(
        "u-de-anwalt-1",
        "de",
        "2025/00893",
        "2025-06-24",
        seller,
        Party(
            "Feinkost Aydemir GmbH", "Marktstraße 20", "70372 Stuttgart", "DE", extra="Frau Geschäftsführerin Aydemir"
        ),
        [
            ln("1,3 Geschäftsgebühr, Nr. 2300 VV RVG", 1, "985.40", 19),
            ln("1,5 Einigungsgebühr, Nr. 1000 VV RVG", 1, "1137.00", 19),
            ln("Pauschale für Post- und Telekommunikationsdienstleistungen, Nr. 7002 VV RVG", 1, "20.00", 19),
            ln("Ablichtungen aus Behördenakten, 68 Seiten, Nr. 7000 VV RVG", 1, "27.70", 19),
        ],
        "lawyer's fee note by statute, no table head, no quantities, advance deducted, client account as decoy",
        iban=ids.iban("DE", "thormann"),
        bic="SOLADEST600",
        prepaid=dec("800.00"),
        terms="Wir bitten um Ausgleich binnen zwei Wochen unter Angabe unseres Zeichens auf unser Geschäftskonto.",
        x={
            "re": "In Sachen Feinkost Aydemir GmbH ./. Kühltechnik Renz OHG wegen Gewährleistung rechnen wir für die außergerichtliche Tätigkeit vom 30.01. bis 18.06.2025 wie folgt ab:",
            "value": "14.250,00",
        },
    )
    return [Case(d, _kanzlei)]


# ---- caterer: two rates, event, prices per person, rate codes in letters
def _catering(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8
    s.box(0, 0, 14, 297, "#7a1f3d", stroke=False)
    s.t(22, 24, "Löffelweise", 22, i=True, font="times")
    s.t(22, 30, "Event-Catering · Partyservice · Mittagstisch", 7.5)
    s.ts(150, 20, ["Löffelweise Catering GmbH", "Mühlenkamp 19", "22303 Hamburg", "040 555 2277"], 3.8, size=7.5)
    s.ts(22, 55, d.buyer.addr, 4.6, size=9)
    s.ts(
        150,
        52,
        [
            "R E C H N U N G",
            f"Nr. {d.number}",
            f"Datum {day(d.date, D)}",
            f"Event {day(d.delivery or d.date, D)}",
            f"Ihre Auftragsnr. {d.po}",
        ],
        4.6,
    )
    s.t(22, 92, d.x["event"], 10, True)
    cols = [
        Col("Anz.", 22, 12, lambda n, i: qn(n.qty), "r", "qty"),
        Col("", 36, 12, lambda n, i: n.unit),
        Col("Was", 50, 82, lambda n, i: n.name, key="name"),
        Col("à EUR", 134, 18, lambda n, i: num(n.price), "r", "price"),
        Col("netto EUR", 156, 22, lambda n, i: num(n.net), "r", "net"),
        Col("Satz", 181, 10, lambda n, i: "A" if n.rate == 19 else "B", "c", "rate"),
    ]
    y = s.head(cols, 100)
    s.line(22, y - 1.2, 192, y - 1.2, 0.7, "#7a1f3d")
    y = s.table(cols, d.lines, y + 4, gap=2, note_size=7)
    s.line(22, y - 2, 192, y - 2, 0.7, "#7a1f3d")
    y += 4
    for x, h in ((60, "Steuersatz"), (95, "Nettobetrag"), (128, "Steuer"), (160, "Bruttobetrag")):
        s.t(x, y, h, b=True, a="r")
    for r, b, t in d.taxes:
        y += 4.6
        for x, v in ((60, f"{'A' if r == 19 else 'B'} = {qn(r)} %"), (95, num(b)), (128, num(t)), (160, num(b + t))):
            s.t(x, y, v, a="r")
    y += 5
    for x, v in ((60, "gesamt"), (95, num(d.basis)), (128, num(d.tax)), (160, num(d.grand))):
        s.t(x, y, v, a="r", b=True)
    s.t(192, y + 12, f"Bitte zahlen Sie: {num(d.grand)} EUR", 11, True, "r")
    s.para(22, y + 22, 165, d.terms or "")
    s.para(
        22,
        272,
        168,
        f"Hamburger Volksbank · IBAN {ids.ib(d.iban or '')} · Handelsregister Hamburg HRB 160227 · Geschäftsführerin Nele Ostermann · USt-IdNr. {d.seller.vat}",
        6.5,
        3.4,
    )


def catering() -> list[Case]:
    seller = Party(
        "Löffelweise Catering GmbH",
        "Mühlenkamp 19",
        "22303 Hamburg",
        "DE",
        ids.vat("DE", "loeffel"),
        legal="HRB 160227",
    )
    d = doc(
        "u-de-catering-1",
        "de",
        "LW 25/0642",
        "2025-09-08",
        seller,
        Party("Architekten Quast Partner PartGmbB", "Lange Reihe 27", "20099 Hamburg", "DE"),
        [
            ln("Fingerfood-Buffet „Alster“, angeliefert", 65, "18.40", 7, "Pers."),
            ln("Dessert im Glas", 65, "3.90", 7, "Stk."),
            ln("Servicepersonal", "21.5", "34.00", 19, "Std."),
            ln("Leihgeschirr, Gläser, Bestecke inkl. Spülen", 65, "4.20", 19, "Pers."),
            ln("Mineralwasser 0,75 l", 48, "2.95", 19, "Fl."),
            ln("Riesling trocken, Rheinhessen 2023", 24, "11.80", 19, "Fl."),
        ],
        "caterer, two rates coded A/B, tax table with gross column, sentence total",
        iban=ids.iban("DE", "loeffel"),
        po="QP-2025-18",
        delivery="2025-09-05",
        terms="Zahlbar rein netto bis 22.09.2025.",
        due="2025-09-22",
        x={"event": "Sommerfest im Hof, 65 Gäste"},
    )
    return [Case(d, _catering)]


# ---- online printing shop: order block, options as indented list, voucher and express charge
def _druck(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9
    s.t(20, 22, "papierpilot", 21, True, col="#0097a7")
    s.t(76, 22, "Die Online-Druckerei", 9, col="#777777")
    s.ts(20, 46, d.buyer.addr, 4.7, size=9.5)
    s.ts(
        125,
        46,
        ["papierpilot Druck GmbH", "Falzweg 12", "97076 Würzburg", "Deutschland", f"Ust-Id-Nr. {d.seller.vat}"],
        4.3,
        size=8.5,
    )
    s.t(20, 86, f"Rechnung zu Ihrem Auftrag {d.x['order']}", 13, True, col="#0097a7")
    s.t(
        20,
        92,
        f"Rechnungs-Nr. {d.number}   |   Rechnungsdatum {day(d.date, D)}   |   Versendet am {day(d.delivery or d.date, D)}   |   Zahlart: Rechnung",
        8.5,
    )
    y = 102.0
    s.box(20, y - 5, 170, 7, "#e0f4f6", stroke=False)
    for x, h, a in ((22, "Artikel", "l"), (124, "Auflage", "r"), (154, "Einzelpreis", "r"), (188, "Gesamt netto", "r")):
        s.t(x, y, h, 8.5, True, a)
    y += 7
    for n in d.lines:
        s.t(22, y, n.name, b=True)
        s.t(124, y, num(n.qty, places=0) + " Stück", a="r")
        s.t(154, y, num(n.price, places=4) + " €", a="r")
        s.t(188, y, num(n.net) + " €", a="r")
        for note in n.notes:
            y += 4
            s.t(26, y, "– " + note, 7.5, col="#555555")
        y += 7
    s.keys |= {"name", "qty", "price", "net"}
    s.line(20, y - 3, 190, y - 3, 0.3, "#0097a7")
    rows = [("Warenwert netto", num(d.line_total) + " €")] + [(lab, "-" + num(a) + " €") for lab, a, _ in d.allowances]
    rows += [(lab, num(a) + " €") for lab, a, _ in d.charges] + [("Summe netto", num(d.basis) + " €")]
    rows += [(f"{qn(r)} % Mehrwertsteuer", num(t) + " €") for r, _, t in d.taxes]
    y = s.kv(108, y + 3, rows, 80, 5, "r")
    s.box(106, y - 4, 84, 8, "#0097a7", stroke=False)
    s.t(108, y + 1.4, "Rechnungssumme brutto", 9.5, True, col="#ffffff")
    s.t(188, y + 1.4, num(d.grand) + " €", 9.5, True, "r", "#ffffff")
    y = s.para(20, y + 15, 168, d.terms or "")
    s.t(
        20,
        y + 3,
        f"Empfänger: papierpilot Druck GmbH, Bank: Castell-Kasse Würzburg, IBAN: {ids.ib(d.iban or '')}, BIC: {d.bic}",
        8,
    )
    s.t(
        105,
        282,
        "papierpilot Druck GmbH · Registergericht Würzburg HRB 14903 · Geschäftsführer: Simon Kantner · klimaneutral gedruckt",
        7,
        a="c",
        col="#777777",
    )


def druck() -> list[Case]:
    seller = Party(
        "papierpilot Druck GmbH", "Falzweg 12", "97076 Würzburg", "DE", ids.vat("DE", "papierpilot"), legal="HRB 14903"
    )
    d = doc(
        "u-de-druck-1",
        "de",
        "PP-R 8820117",
        "2025-02-27",
        seller,
        Party("Theaterverein Rampenlicht e.V.", "Schützenstraße 3", "97877 Wertheim", "DE", extra="Kasse: Olaf Binder"),
        [
            ln(
                "Flyer DIN lang",
                5000,
                "0.0132",
                19,
                "Stk",
                notes=["135 g/m² Bilderdruck matt", "4/4-farbig", "Datencheck Profi"],
            ),
            ln("Plakate DIN A2", 150, "0.6460", 19, "Stk", notes=["115 g/m² Affichenpapier", "4/0-farbig"]),
            ln("Eintrittskarten nummeriert, perforiert", 800, "0.0945", 19, "Stk", notes=["250 g/m² Bilderdruck"]),
        ],
        "online printing shop, voucher and express charge on document level, options under the items, head data in one line",
        iban=ids.iban("DE", "papierpilot"),
        bic="FUCEDE77XXX",
        delivery="2025-02-27",
        x={"order": "A-7718204"},
        allowances=[adj("Gutschein BUEHNE10", "20.00", 19)],
        charges=[adj("Express-Produktion und Versand", "24.90", 19)],
        terms="Bitte überweisen Sie die Rechnungssumme spätestens zum 13.03.2025.",
        due="2025-03-13",
    )
    return [Case(d, _druck)]


# ---- machine rental: from / to / days columns, fuel, cleaning, deposit note
def _mietpark(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.box(20, 10, 170, 15, "#f2b600", stroke=False)
    s.t(24, 20, "BAGGER-BÖHM  MIETPARK", 16, True)
    s.t(187, 20, "mieten statt kaufen", 9, a="r", i=True)
    s.t(20, 40, "Bagger-Böhm Mietpark KG · Kieler Chaussee 201 · 24768 Rendsburg", 6.5)
    s.ts(20, 47, d.buyer.addr, 4.6, size=9.5)
    s.t(120, 40, "MIETRECHNUNG", 13, True)
    s.kv(
        120,
        47,
        [
            ("Rg-Nr", d.number),
            ("Rg-Datum", day(d.date, D)),
            ("Mietvertrag", "MV 20377"),
            ("Kd-Nr", "5512"),
            ("Kostenstelle", "KST 4410"),
            ("Disponent", "Herr Nissen"),
        ],
        40,
        4.5,
    )
    cols = [
        Col("Gerät / Leistung", 20, 66, lambda n, i: n.name, key="name"),
        Col("Mietbeginn", 88, 19, lambda n, i: n.code.split("|")[0]),
        Col("Mietende", 108, 19, lambda n, i: n.code.split("|")[-1]),
        Col("Anzahl", 127, 13, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Eht", 142, 9, lambda n, i: n.unit),
        Col("Satz €", 150, 17, lambda n, i: num(n.price), "r", "price"),
        Col("Betrag €", 170, 20, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 86)
    s.line(20, y - 1.4, 190, y - 1.4, 1.2, "#f2b600")
    y = s.table(cols, d.lines, y + 4, gap=2, rule="row", note_size=7.5)
    y += 4
    ((r, b, t),) = d.taxes
    w = 170 / 4
    for k, (h, v) in enumerate(
        (("Netto", num(b)), ("USt-Satz", f"{qn(r)} %"), ("USt-Betrag", num(t)), ("Rechnungsbetrag €", num(d.grand)))
    ):
        s.box(20 + k * w, y, w, 12, "#fdf3cf" if k == 3 else "")
        s.t(22 + k * w, y + 4, h, 7)
        s.t(20 + (k + 1) * w - 2, y + 10, v, 10, k == 3, "r")
    s.para(20, y + 20, 168, d.terms or "")
    s.para(
        20,
        y + 30,
        168,
        "Die Kaution in Höhe von 500,00 € wurde am 02.10.2025 in bar erstattet. Schäden durch unsachgemäßen Gebrauch werden gesondert berechnet.",
        7.5,
    )
    for x, rows in (
        (20, ["Bagger-Böhm Mietpark KG", "Kieler Chaussee 201", "24768 Rendsburg"]),
        (75, ["HRA 4471 RD", f"Steuernr. {d.seller.tax_number}", f"USt-Id {d.seller.vat}"]),
        (125, ["Förde Sparkasse", f"IBAN {ids.ib(d.iban or '')}", f"SWIFT {d.bic}"]),
    ):
        s.ts(x, 274, rows, 3.6, size=7)


def mietpark() -> list[Case]:
    seller = Party(
        "Bagger-Böhm Mietpark KG",
        "Kieler Chaussee 201",
        "24768 Rendsburg",
        "DE",
        ids.vat("DE", "boehm"),
        "28/287/60114",
        "HRA 4471 RD",
    )
    d = doc(
        "u-de-miete-1",
        "de",
        "M251007-2",
        "2025-10-07",
        seller,
        Party("Tiefenbohr Petersen GmbH & Co. KG", "Ahlmannstraße 44", "24782 Büdelsdorf", "DE"),
        [
            ln(
                "Minibagger 1,8 t mit Schnellwechsler",
                9,
                "118.00",
                19,
                "Tag",
                code="22.09.2025|02.10.2025",
                notes=["Geräte-Nr. 0417, 41 Betriebsstunden"],
            ),
            ln("Tieflöffel 300 mm", 9, "6.50", 19, "Tag", code="22.09.2025|02.10.2025"),
            ln("Anhänger 2,7 t", 2, "39.00", 19, "Tag", code="22.09.2025|02.10.2025"),
            ln("Diesel", "37.4", "1.69", 19, "l", code=""),
            ln("Maschinenbruchversicherung", 9, "9.80", 19, "Tag", code=""),
            ln("Endreinigung", 1, "45.00", 19, "psch", code=""),
        ],
        "machine rental, begin and end dates per line, totals in four boxes, deposit as decoy",
        iban=ids.iban("DE", "boehm"),
        bic="NOLADE21KIE",
        terms="Zahlung sofort nach Rechnungserhalt ohne Abzug.",
    )
    return [Case(d, _mietpark)]


# ---- machine parts, intra-community delivery to Austria, customs data in the item
def _ausfuhr(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.t(105, 20, "Kessler Präzisionsteile GmbH", 15, True, "c")
    s.t(105, 25.5, "Dreh- und Frästechnik  •  Zertifiziert nach ISO 9001", 8, a="c")
    s.line(60, 28, 150, 28, 0.4)
    s.t(20, 44, "An", 7)
    s.ts(20, 49, [*d.buyer.addr, "ÖSTERREICH"], 4.6, size=9.5)
    s.kv(
        112,
        44,
        [
            ("Rechnung", d.number),
            ("Ausstellungstag", day(d.date, D)),
            ("Ihr Auftrag", d.po or ""),
            ("Lieferung erfolgte am", day(d.delivery or d.date, D)),
            ("Lieferbedingung", "DAP Wels (Incoterms 2020)"),
            ("Ihre UID", d.buyer.vat or ""),
            ("Unsere USt-IdNr.", d.seller.vat or ""),
        ],
        38,
        4.6,
        bl=True,
    )
    cols = [
        Col("Nr", 20, 7, lambda n, i: str(i), key="id"),
        Col("Teil", 29, 82, lambda n, i: f"{n.name}", key="name"),
        Col("Stückzahl", 112, 18, lambda n, i: num(n.qty, places=0), "r", "qty"),
        Col("Preis/Stück", 134, 24, lambda n, i: num(n.price), "r", "price"),
        Col("Wert in EUR", 162, 28, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 90)
    s.line(20, y - 1.4, 190, y - 1.4)
    y = s.table(cols, d.lines, y + 4, gap=2.4, note_size=7.5)
    s.line(20, y - 2, 190, y - 2)
    y = s.kv(112, y + 3, [("Warenwert", num(d.basis)), ("Umsatzsteuer 0 %", "0,00")], 78, 5, "r")
    s.kv(112, y, [("Endsumme EUR", num(d.grand))], 78, va="r", bl=True, bv=True)
    y = s.para(
        20,
        y + 12,
        168,
        "Steuerfreie innergemeinschaftliche Lieferung gemäß § 4 Nr. 1b in Verbindung mit § 6a UStG.",
        b=True,
    )
    y = s.para(20, y + 2, 168, d.terms or "")
    s.t(20, y + 2, "Gesamtgewicht netto 214,6 kg, brutto 238,0 kg, 3 Paletten. Warenursprung: Deutschland.", 8)
    s.line(20, 270, 190, 270, 0.3)
    s.ts(
        20,
        274,
        [
            "Kessler Präzisionsteile GmbH, Gewerbepark 40, D-78532 Tuttlingen, HRB 450882 AG Stuttgart, Geschäftsführung Ulrike Kessler-Maier",
            f"Kreissparkasse Tuttlingen, IBAN {d.iban}, BIC {d.bic}, Finanzamt Tuttlingen {d.seller.tax_number}",
        ],
        3.8,
        size=7,
    )


def ausfuhr() -> list[Case]:
    seller = Party(
        "Kessler Präzisionsteile GmbH",
        "Gewerbepark 40",
        "78532 Tuttlingen",
        "DE",
        ids.vat("DE", "kessler"),
        "21041/02287",
        "HRB 450882",
    )
    d = doc(
        "u-de-eu-1",
        "de",
        "K25-2210",
        "2025-03-26",
        seller,
        Party("Hubtechnik Wels Ges.m.b.H.", "Maria-Theresia-Straße 60", "4600 Wels", "AT", ids.vat("AT", "hubtechnik")),
        [
            ln(
                "Lagerbolzen 1.7225 vergütet, Zng. HT-4471-b",
                400,
                "11.38",
                0,
                "Stk",
                notes=["Warennr. 84839089, Charge 25/118"],
            ),
            ln("Führungsbuchse CuSn8, Zng. HT-4480", 250, "7.92", 0, "Stk", notes=["Warennr. 84833080, Charge 25/121"]),
            ln("Einmalkosten Prüfmittel", 1, "340.00", 0, "Stk"),
        ],
        "intra-community supply to Austria, both VAT ids in the head, customs codes and weights",
        iban=ids.iban("DE", "kessler"),
        bic="SOLADES1TUT",
        po="B-4500881",
        delivery="2025-03-25",
        cat="K",
        terms="Zahlung: 45 Tage nach Rechnungsdatum, spätestens 10.05.2025.",
        due="2025-05-10",
    )
    return [Case(d, _ausfuhr)]
