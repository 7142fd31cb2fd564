# ruff: noqa: E501 (the texts on the pages are long lines)
"""Unseen Dutch, Belgian, Italian, Spanish, Austrian and Swiss layouts."""

from decimal import Decimal

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, day, dec, ln, num, q2, qn
from tests.evals.corpus.unseen_base import adj, doc

N = "%d-%m-%Y"


def cases() -> list[Case]:
    return [
        *techniek(),
        *tekstschrijver(),
        *glasvezel(),
        *feestverhuur(),
        *drukkerij(),
        *ceramica(),
        *estudio(),
        *climatizacion(),
        *tischlerei(),
        *velo(),
    ]


# ---- NL Exact-like technical wholesaler: dash numbers, article column, order reference, shipping
def _techniek(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.t(195, 22, "LANGEDIJK AANDRIJFTECHNIEK", 14, True, "r", "#e65100")
    s.ts(
        195,
        27,
        [
            "Langedijk Aandrijftechniek B.V., Handelskade 45, 7417 DE Deventer",
            "T 0570 555 120   I www.langedijk-at.example",
        ],
        4,
        size=7.5,
        a="r",
    )
    s.ts(20, 48, d.buyer.addr, 4.8, size=9.5)
    s.t(20, 84, "Verkoopfactuur", 13, True)
    s.kv(20, 91, [("Factuur", d.number), ("Datum", day(d.date, N)), ("Vervalt op", day(d.due or d.date, N))], 30, 4.6)
    s.kv(
        110,
        91,
        [("Debiteur", "104418"), ("Uw referentie", d.po or ""), ("Verzonden", day(d.delivery or d.date, N))],
        30,
        4.6,
    )
    cols = [
        Col("Artikel", 20, 24, lambda n, i: n.art),
        Col("Omschrijving", 46, 62, lambda n, i: n.name, key="name"),
        Col("Aantal", 110, 14, lambda n, i: num(n.qty), "r", "qty"),
        Col("Eenh.", 126, 11, lambda n, i: n.unit),
        Col("Prijs", 137, 18, lambda n, i: num(n.price), "r", "price"),
        Col("Kort.%", 156, 12, lambda n, i: num(n.disc, places=1) if n.disc else "", "r"),
        Col("Bedrag EUR", 171, 24, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 112)
    s.line(20, y - 1.3, 195, y - 1.3, 1, "#e65100")
    y = s.table(cols, d.lines, y + 4, gap=1.8)
    y = max(y + 6, 190)
    s.line(20, y - 5, 195, y - 5, 0.3)
    ((r, b, t),) = d.taxes
    for k, (h, v) in enumerate(
        (
            ("Goederen", num(d.line_total)),
            (d.charges[0][0], num(d.charges[0][1])),
            ("Grondslag", num(b)),
            (f"BTW {num(r)} %", num(t)),
            ("Te voldoen EUR", num(d.grand)),
        )
    ):
        s.t(20 + (k + 1) * 35, y, h, 7.5, True, "r")
        s.t(20 + (k + 1) * 35, y + 5, v, 9.5, k == 4, "r")
    s.line(20, y + 8, 195, y + 8, 0.3)
    s.para(20, y + 16, 170, d.terms or "")
    s.t(
        20, 276, f"KvK Zwolle {d.seller.legal}   BTW-id {d.seller.vat}   IBAN {ids.ib(d.iban or '')}   BIC {d.bic}", 7.5
    )
    s.t(20, 280, "Op al onze leveringen zijn de Metaalunievoorwaarden van toepassing.", 7)


def techniek() -> list[Case]:
    seller = Party(
        "Langedijk Aandrijftechniek B.V.",
        "Handelskade 45",
        "7417 DE Deventer",
        "NL",
        ids.vat("NL", "langedijk"),
        None,
        "06118274",
    )
    d = doc(
        "u-nl-techniek-1",
        "nl",
        "25700418",
        "2025-05-08",
        seller,
        Party("Machinefabriek Ten Hoeve", "Zutphenseweg 51", "7241 SC Lochem", "NL", extra="Afd. inkoop"),
        [
            ln("Tandriem HTD 8M-1200-30", 6, "38.75", 21, "st", 25, "HTD81200"),
            ln("Wormwielkast WK63 i=30", 2, "214.00", 21, "st", 10, "WK63-30"),
            ln("Rollenketting 10B-1", "12.5", "9.40", 21, "m", 0, "RK10B1"),
            ln("Smeervet EP2 patroon 400 g", 12, "5.95", 21, "st", 0, "VET-EP2"),
        ],
        "Exact-like wholesaler, totals as a horizontal strip without boxes, freight in the strip",
        iban=ids.iban("NL", "langedijk"),
        bic="FNTBNL2A",
        due="2025-06-07",
        delivery="2025-05-07",
        po="IO-25-0662",
        charges=[adj("Vracht", "17.50", 21)],
        terms="Betaling binnen 30 dagen na factuurdatum, zonder korting.",
    )
    return [Case(d, _techniek)]


# ---- NL freelancer, Moneybird-like
def _tekst(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8.5
    s.t(20, 26, "noor schrijft", 20, col="#ad1457")
    s.ts(
        140,
        22,
        [
            "Noor van Ewijk",
            "Lijnbaan 7",
            "2611 DK Delft",
            "",
            f"KVK: {d.seller.legal}",
            f"BTW: {d.seller.vat}",
            f"IBAN: {d.iban}",
        ],
        4.4,
        size=8,
    )
    s.ts(20, 62, d.buyer.addr, 4.8)
    s.t(20, 100, f"Factuur {d.number}", 14, col="#ad1457")
    s.kv(
        20,
        108,
        [("Factuurdatum:", day(d.date, "{d} {B} %Y|nl")), ("Vervaldatum:", day(d.due or d.date, "{d} {B} %Y|nl"))],
        32,
        4.8,
    )
    y = 126.0
    for x, h, a in ((20, "Uren", "l"), (42, "Beschrijving", "l"), (158, "Bedrag", "r"), (190, "Btw", "r")):
        s.t(x, y, h, b=True, a=a)
    s.line(20, y + 1.6, 190, y + 1.6, 0.8, "#ad1457")
    y += 7
    for n in d.lines:
        s.t(20, y, f"{qn(n.qty)} {n.unit}")
        s.t(42, y, n.name)
        s.t(158, y, f"€ {num(n.net)}", a="r")
        s.t(190, y, f"{qn(n.rate)}%", a="r")
        y += 6.4
    s.keys |= {"name", "qty", "net", "rate"}
    s.line(105, y - 2, 190, y - 2, 0.4)
    for label, v in [("Subtotaal", d.basis), *[(f"{qn(r)}% btw", t) for r, _, t in d.taxes]]:
        s.t(105, y + 3, label)
        s.t(158, y + 3, f"€ {num(v)}", a="r")
        y += 5.2
    s.t(105, y + 4, "Totaal", b=True)
    s.t(158, y + 4, f"€ {num(d.grand)}", b=True, a="r")
    s.para(20, y + 22, 165, d.terms or "")


def tekstschrijver() -> list[Case]:
    seller = Party("Noor van Ewijk", "Lijnbaan 7", "2611 DK Delft", "NL", ids.vat("NL", "noor"), None, "71390255")
    d = doc(
        "u-nl-tekst-1",
        "nl",
        "2025-0037",
        "2025-10-29",
        seller,
        Party("Stichting Delfts Blauw Fonds", "Oude Delft 101", "2611 BE Delft", "NL", extra="Mevr. J. Smit"),
        [
            ln("Jaarverslag: interviews en redactie", "26.5", "82.50", 21, "uur"),
            ln("Persbericht najaarstentoonstelling", 4, "82.50", 21, "uur"),
            ln("Eindcorrectie drukproef", "3.25", "65.00", 21, "uur"),
        ],
        "Moneybird-like freelancer, no unit price column, tax column to the right of the amounts, long dates",
        iban=ids.iban("NL", "noor"),
        due="2025-11-12",
        terms="We verzoeken je vriendelijk het bedrag uiterlijk 12 november 2025 over te maken onder vermelding van het factuurnummer.",
    )
    return [Case(d, _tekst)]


# ---- NL fibre internet for business: direct debit, overview with sums
def _glasvezel(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9
    s.disc(28, 22, 8, "#00897b")
    s.disc(36, 22, 8, "#4db6ac")
    s.t(48, 25, "Lichtlijn Zakelijk", 16, True, col="#00695c")
    s.t(190, 25, "Uw factuur", 16, a="r", col="#00695c")
    s.ts(20, 48, d.buyer.addr, 4.8, size=9.5)
    s.ts(
        135,
        48,
        [
            f"Factuurnummer {d.number}",
            f"Factuurdatum {day(d.date, N)}",
            "Klantnummer 8 114 207",
            "Contract GLZ-55-0918",
        ],
        4.8,
        size=8.5,
    )
    s.box(20, 84, 170, 18, "#e0f2f1", stroke=False, r=3)
    s.t(26, 95, f"We schrijven rond {day(d.due or d.date, N)} af:", 11)
    s.t(184, 95.5, f"€ {num(d.payable)}", 15, True, "r")
    s.t(20, 114, f"Specificatie {d.x['period']}", 11, True)
    cols = [
        Col("Dienst", 20, 90, lambda n, i: n.name, key="name"),
        Col("Aantal", 114, 14, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Tarief", 134, 22, lambda n, i: "€ " + num(n.price), "r", "price"),
        Col("Excl. btw", 164, 26, lambda n, i: "€ " + num(n.net), "r", "net"),
    ]
    y = s.head(cols, 122, 8, False, col="#00695c")
    y = s.table(cols, d.lines, y + 3, rule="row", gap=2)
    y = s.kv(
        120,
        y + 4,
        [
            ("Totaal excl. btw", "€ " + num(d.basis)),
            *[(f"Btw hoog tarief ({qn(r)}%)", "€ " + num(t)) for r, _, t in d.taxes],
        ],
        70,
        5.2,
        "r",
    )
    s.kv(120, y + 0.5, [("Totaal incl. btw", "€ " + num(d.grand))], 70, va="r", bl=True, bv=True)
    s.para(20, y + 14, 168, d.terms or "", 8.5)
    s.t(
        20,
        278,
        f"Lichtlijn Telecom N.V. | Kabelweg 200, 5612 AA Eindhoven | KvK {d.seller.legal} | btw-nummer {d.seller.vat} | {d.iban}",
        7,
    )


def glasvezel() -> list[Case]:
    seller = Party(
        "Lichtlijn Telecom N.V.",
        "Kabelweg 200",
        "5612 AA Eindhoven",
        "NL",
        ids.vat("NL", "lichtlijn"),
        None,
        "17203388",
    )
    d = doc(
        "u-nl-glas-1",
        "nl",
        "700 551 8842",
        "2025-02-01",
        seller,
        Party("Fysiotherapie De Linde", "Lindelaan 88", "5623 GH Eindhoven", "NL"),
        [
            ln("Glasvezel Pro 1000/1000", 1, "64.50", 21),
            ln("Vast IP-adres", 1, "5.00", 21),
            ln("Vast bellen bundel NL", 3, "12.25", 21),
            ln("Gesprekskosten buiten bundel januari 2025", 1, "4.17", 21),
        ],
        "telecom, amount in a banner before the details, direct debit date",
        iban=ids.iban("NL", "lichtlijn"),
        due="2025-02-24",
        terms="U hoeft niets te doen, het bedrag wordt automatisch van uw rekening afgeschreven.",
        x={"period": "februari 2025"},
    )
    return [Case(d, _glasvezel)]


# ---- NL party rental and catering: 9 and 21 %
def _feest(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 10.5
    s.t(20, 24, "FEESTVERHUUR DE POLDER", 16, True)
    s.t(20, 30, "tenten - tafels - tapinstallaties - hapjes", 10, i=True)
    s.line(20, 33, 190, 33, 0.8)
    s.line(20, 34, 190, 34, 0.3)
    s.ts(20, 48, ["Aan:", *d.buyer.addr], 5)
    s.ts(
        125,
        48,
        [
            f"Nota nr. {d.number}",
            f"d.d. {day(d.date, '{d} {B} %Y|nl')}",
            f"Feest op {day(d.delivery or d.date, '{d} {B} %Y|nl')}",
        ],
        5,
    )
    cols = [
        Col("Aantal", 20, 16, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Wat", 40, 80, lambda n, i: n.name, key="name"),
        Col("Per stuk", 122, 20, lambda n, i: num(n.price), "r", "price"),
        Col("Bedrag", 146, 22, lambda n, i: num(n.net), "r", "net"),
        Col("btw", 172, 16, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
    ]
    y = s.head(cols, 88)
    y = s.table(cols, d.lines, y + 4, lh=5, gap=1.6)
    s.line(120, y - 3, 168, y - 3)
    rows = [("Samen", num(d.basis))]
    for r, b, t in d.taxes:
        rows.append((f"Btw {qn(r)}% over {num(b)}", num(t)))
    y = s.kv(80, y + 2, rows, 88, 5.2, "r")
    s.line(120, y - 3.6, 168, y - 3.6)
    s.kv(80, y + 1, [("Eindbedrag in euro's", num(d.grand))], 88, va="r", bl=True, bv=True)
    s.para(20, y + 16, 165, (d.terms or "") + " De borg is contant terugbetaald.", lh=5)
    s.t(
        20,
        272,
        f"Feestverhuur De Polder V.O.F., Ringdijk 3, 8303 NA Emmeloord. Handelsregister {d.seller.legal}, {d.seller.vat}",
        8.5,
    )
    s.t(20, 276.5, f"Rabobank {ids.ib(d.iban or '')}", 8.5)


def feestverhuur() -> list[Case]:
    seller = Party(
        "Feestverhuur De Polder V.O.F.",
        "Ringdijk 3",
        "8303 NA Emmeloord",
        "NL",
        ids.vat("NL", "polder"),
        None,
        "39087716",
    )
    d = doc(
        "u-nl-feest-1",
        "nl",
        "2025/188",
        "2025-07-02",
        seller,
        Party("Loonbedrijf Dijkstra", "Espelerweg 12", "8311 PB Espel", "NL"),
        [
            ln("Stretchtent 10 x 15 m inclusief opbouw", 1, "875.00", 21),
            ln("Statafel met rok", 12, "9.50", 21),
            ln("Biertap met koeling, per dag", 2, "65.00", 21),
            ln("Barbecuepakket compleet", 70, "16.75", 9),
            ln("Schaal fruit", 5, "24.00", 9),
        ],
        "party rental with food, 21 % and 9 %, plain typewritten page, tax column after the amount",
        iban=ids.iban("NL", "polder"),
        delivery="2025-06-28",
        terms="Graag betalen uiterlijk 16 juli 2025.",
        due="2025-07-16",
    )
    return [Case(d, _feest)]


# ---- BE Odoo-like printer in Flanders
def _drukkerij(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8
    s.t(18, 22, "DRUKKERIJ LETTERZETTER", 12, True, col="#714b67")
    s.t(192, 22, "Wij zetten het op papier", 8, a="r", i=True)
    s.line(18, 25, 192, 25, 0.5, "#714b67")
    s.ts(18, 30, ["Letterzetter BV", "Nijverheidslaan 14", "9800 Deinze", "België"], 4, size=7.5)
    s.ts(115, 42, [*d.buyer.addr, "België", f"BTW: {d.buyer.vat}"], 4.4, size=8.5)
    s.t(18, 74, f"Factuur {d.number}", 15, col="#714b67")
    for x, h, v in (
        (18, "Factuurdatum:", day(d.date, "%d/%m/%Y")),
        (62, "Vervaldatum:", day(d.due or d.date, "%d/%m/%Y")),
        (106, "Leverdatum:", day(d.delivery or d.date, "%d/%m/%Y")),
        (150, "Uw bestelling:", d.po or ""),
    ):
        s.t(x, 82, h, b=True, col="#714b67")
        s.t(x, 86.4, v)
    cols = [
        Col("Omschrijving", 18, 78, lambda n, i: f"[{n.art}] {n.name}", key="name"),
        Col("Aantal", 98, 24, lambda n, i: f"{num(n.qty)} {n.unit}", "r", "qty"),
        Col("Eenheidsprijs", 124, 22, lambda n, i: num(n.price, places=3), "r", "price"),
        Col("Btw", 148, 14, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
        Col("Bedrag", 166, 26, lambda n, i: f"{num(n.net)} €", "r", "net"),
    ]
    y = s.head(cols, 98, col="#714b67")
    s.line(18, y - 1, 192, y - 1, 0.8, "#714b67")
    y = s.table(cols, d.lines, y + 4, gap=2.4, zebra="#f6f2f5", note_size=7)
    rows = [("Maatstaf van heffing", f"{num(d.basis)} €")] + [
        (f"Btw {qn(r)}% op {num(b)} €", f"{num(t)} €") for r, b, t in d.taxes
    ]
    y = s.kv(112, y + 4, rows, 80, 5.2, "r")
    s.box(110, y - 4, 84, 7, "#714b67", stroke=False)
    s.t(112, y + 0.8, "Totaal", b=True, col="#ffffff")
    s.t(192, y + 0.8, f"{num(d.grand)} €", b=True, a="r", col="#ffffff")
    y = s.para(18, y + 14, 172, f"Gelieve te betalen met mededeling: {d.x['ref']} op rekening {ids.ib(d.iban or '')}")
    s.para(18, y + 1, 172, d.terms or "")
    s.line(18, 276, 192, 276, 0.5, "#714b67")
    s.t(105, 280.5, f"info@letterzetter.example | BTW {d.seller.vat} | RPR Gent afd. Gent | BIC {d.bic}", 7, a="c")


def drukkerij() -> list[Case]:
    seller = Party("Letterzetter BV", "Nijverheidslaan 14", "9800 Deinze", "BE", ids.vat("BE", "letterzetter"))
    d = doc(
        "u-be-druk-1",
        "nl",
        "VF/2025/00412",
        "2025-06-05",
        seller,
        Party("Brouwerij Ter Leie NV", "Leiestraat 90", "9870 Zulte", "BE", ids.vat("BE", "terleie")),
        [
            ln("Bieretiketten 90 x 70 mm, zelfklevend", 12000, "0.034", 21, "stuks", art="ETI-90"),
            ln("Affiches A2 op 170 g", 200, "0.985", 21, "stuks", art="AFF-A2"),
            ln(
                "Boekje 100 jaar Ter Leie, 48 blz.",
                350,
                "4.120",
                6,
                "stuks",
                art="BOEK48",
                notes=["ISBN 978-90-555-1180-4"],
            ),
            ln("Voorbereiding en proefdruk", 1, "85.000", 21, "stuks", art="PREP"),
        ],
        "Belgian Odoo-like, code in brackets before the description, three-decimal prices, 21 % and 6 %, structured message",
        iban=ids.iban("BE", "letterzetter"),
        bic="KREDBEBB",
        due="2025-07-05",
        delivery="2025-06-03",
        po="PO00871",
        terms="Betalingstermijn: 30 dagen",
        x={"ref": "+++250/0041/28736+++"},
    )
    return [Case(d, _drukkerij)]


# ---- IT FattureInCloud-like courtesy copy
def _ceramica(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.t(18, 22, "Ceramiche Artistiche Bellandi", 15, True, col="#1e5aa8")
    s.ts(
        18,
        28,
        [
            f"{d.seller.street} - {d.seller.city}",
            f"P.IVA {d.seller.vat}",
            "info@bellandi.example  -  0571 555 018",
        ],
        4.2,
        size=8,
    )
    s.t(192, 22, "Copia di cortesia, priva di valore fiscale", 7, a="r", i=True)
    s.box(112, 40, 80, 30, "#f1f6fc", stroke=False, r=2)
    s.t(115, 45, "Spett.le", 7.5, col="#1e5aa8")
    s.ts(115, 50, [*d.buyer.addr, f"P.IVA {d.buyer.vat}", f"Cod. destinatario {d.x['sdi']}"], 4.2)
    s.t(18, 52, f"Fattura nr. {d.number}", 13, True)
    s.t(18, 58, f"del {day(d.date, '%d/%m/%Y')}", 10)
    s.t(18, 66, f"Rif. vs. ordine {d.po} - DDT nr. 118 del {day(d.delivery or d.date, '%d/%m/%Y')}")
    cols = [
        Col("Nome", 18, 76, lambda n, i: n.name, key="name"),
        Col("Q.tà", 96, 16, lambda n, i: qn(n.qty), "r", "qty"),
        Col("U.M.", 114, 10, lambda n, i: n.unit),
        Col("Prezzo netto", 124, 24, lambda n, i: f"€ {num(n.price)}", "r", "price"),
        Col("Importo netto", 150, 26, lambda n, i: f"€ {num(n.net)}", "r", "net"),
        Col("IVA", 180, 12, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
    ]
    y = s.head(cols, 84, fill="#d6e4f5")
    y = s.table(cols, d.lines, y + 3, rule="row", gap=2, note_size=7)
    rows = (
        [("Totale articoli", f"€ {num(d.line_total)}")]
        + [(lab, f"€ -{num(a)}") for lab, a, _ in d.allowances]
        + [(lab, f"€ {num(a)}") for lab, a, _ in d.charges]
    )
    rows += [("Imponibile", f"€ {num(d.basis)}")] + [
        (f"IVA {qn(r)}% su {num(b)}", f"€ {num(t)}") for r, b, t in d.taxes
    ]
    y = s.kv(118, y + 4, rows, 74, 5, "r")
    s.line(118, y - 3.2, 192, y - 3.2, 1, "#1e5aa8")
    s.kv(118, y + 1, [("Totale dovuto", f"€ {num(d.grand)}")], 74, va="r", bl=True, bv=True, size=10)
    y += 14
    s.t(18, y, "Pagamento", b=True, col="#1e5aa8")
    s.ts(
        18,
        y + 5,
        [
            d.terms or "",
            f"Banca di Credito Cooperativo Valdelsa, IBAN {d.iban}",
            f"Scadenza {day(d.due or d.date, '%d/%m/%Y')}: € {num(d.payable)}",
        ],
        4.6,
    )


def ceramica() -> list[Case]:
    seller = Party(
        "Ceramiche Artistiche Bellandi",
        "Via delle Fornaci 22",
        "50056 Montelupo Fiorentino (FI)",
        "IT",
        ids.vat("IT", "bellandi"),
    )
    d = doc(
        "u-it-ceramica-1",
        "it",
        "88/E",
        "2025-05-27",
        seller,
        Party(
            "Agriturismo Poggio Chiaro S.S.",
            "Strada della Torre 4",
            "53034 Colle di Val d'Elsa (SI)",
            "IT",
            ids.vat("IT", "poggio"),
        ),
        [
            ln("Piatto piano Ø 27 cm decoro girasole", 48, "14.60", 22, "pz"),
            ln("Orcio da giardino h 55", 4, "96.00", 22, "pz", notes=["lavorazione a mano, non gelivo"]),
            ln("Mattonella 20 x 20 maiolicata", "7.5", "88.40", 22, "mq"),
        ],
        "FattureInCloud-like courtesy copy, discount and packing on the total, due date in the payment block",
        iban=ids.iban("IT", "bellandi"),
        due="2025-06-30",
        delivery="2025-05-21",
        po="12/2025",
        allowances=[adj("Sconto incondizionato", "60.00", 22)],
        charges=[adj("Imballo e trasporto", "38.00", 22)],
        terms="Bonifico bancario 30 giorni fine mese",
        x={"sdi": "M5UXCR1"},
    )
    return [Case(d, _ceramica)]


# ---- ES Holded-like design studio
def _estudio(d: Doc, s: Sheet) -> None:
    s.font, s.size = "vera", 8
    s.t(20, 24, "Marea Alta", 18, True, col="#0f4c5c")
    s.t(20, 29, "estudio de interiorismo", 8)
    s.t(190, 24, f"Factura {d.number}", 13, True, "r")
    s.kv(130, 32, [("Fecha", day(d.date, "%d/%m/%Y")), ("Vencimiento", day(d.due or d.date, "%d/%m/%Y"))], 60, 4.8, "r")
    for x, h, p in ((20, "De", d.seller), (110, "Para", d.buyer)):
        s.t(x, 52, h, 7.5, col="#0f4c5c")
        s.t(x, 57, p.name, b=True)
        s.ts(x, 61.5, [p.street, p.city, f"NIF: {p.vat}", "España"], 4.2)
    cols = [
        Col("CONCEPTO", 20, 72, lambda n, i: n.name, key="name"),
        Col("PRECIO", 94, 22, lambda n, i: num(n.price) + "€", "r", "price"),
        Col("UNIDADES", 118, 20, lambda n, i: qn(n.qty), "r", "qty"),
        Col("SUBTOTAL", 140, 24, lambda n, i: num(n.net) + "€", "r", "net"),
        Col("IVA", 168, 22, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
    ]
    y = s.head(cols, 96, 7.5, col="#0f4c5c")
    s.line(20, y - 1, 190, y - 1, 0.6, "#0f4c5c")
    y = s.table(cols, d.lines, y + 4, gap=3, note_size=7)
    y += 4
    for label, v in [("BASE IMPONIBLE", d.basis), *[(f"IVA {qn(r)}%", t) for r, _, t in d.taxes]]:
        s.t(120, y, label)
        s.t(190, y, num(v) + "€", a="r")
        y += 5.4
    s.box(116, y - 3.6, 76, 8, "#0f4c5c", stroke=False)
    s.t(120, y + 1.8, "TOTAL", 10, True, col="#ffffff")
    s.t(190, y + 1.8, num(d.grand) + "€", 10, True, "r", "#ffffff")
    s.t(20, 240, "Condiciones de pago", 8, True)
    s.para(20, 245, 165, d.terms or "")
    s.t(20, 250, f"{ids.ib(d.iban or '')}")
    s.t(
        105,
        282,
        "Marea Alta Interiorismo SL, inscrita en el Registro Mercantil de Málaga, Tomo 5518, Folio 44, Hoja MA-140772",
        6.5,
        a="c",
    )


def estudio() -> list[Case]:
    seller = Party("Marea Alta Interiorismo SL", "Calle Larios 8, 2º", "29005 Málaga", "ES", ids.vat("ES", "marea"))
    d = doc(
        "u-es-estudio-1",
        "es",
        "F250041",
        "2025-03-31",
        seller,
        Party(
            "Clínica Dental Guadalhorce SLP",
            "Avenida de Andalucía 27",
            "29002 Málaga",
            "ES",
            ids.vat("ES", "guadalhorce"),
        ),
        [
            ln(
                "Proyecto de interiorismo, sala de espera",
                1,
                "1850.00",
                21,
                notes=["Incluye planos y memoria de calidades"],
            ),
            ln("Visitas de obra", 6, "75.00", 21),
            ln("Mobiliario a medida, mostrador de recepción", 1, "2240.00", 21),
        ],
        "Holded-like, price before units, euro sign glued to the amounts",
        iban=ids.iban("ES", "marea"),
        due="2025-04-30",
        terms="Transferencia bancaria a 30 días",
    )
    return [Case(d, _estudio)]


# ---- ES installer: work order, labour and materials in groups
def _clima(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.box(15, 12, 180, 22, lw=0.8)
    s.t(20, 22, "CLIMATIZACIONES ARNAU, S.A.", 14, True)
    s.t(20, 28, "Frío industrial · Aire acondicionado · Mantenimiento", 8)
    s.ts(
        190,
        19,
        ["Pol. Ind. El Pla, nave 22", "46290 Alcàsser (Valencia)", f"CIF {(d.seller.vat or '')[2:]}"],
        4.2,
        size=7.5,
        a="r",
    )
    s.box(15, 40, 84, 30)
    s.kv(
        18,
        46,
        [
            ("FACTURA Nº", d.number),
            ("FECHA", day(d.date, "%d-%m-%Y")),
            ("Su pedido", d.po or ""),
            ("Parte de trabajo", "PT-7718"),
            ("Fecha de servicio", day(d.delivery or d.date, "%d-%m-%Y")),
        ],
        34,
        5,
        bl=True,
    )
    s.box(105, 40, 90, 30)
    s.t(108, 44.5, "CLIENTE", 7, True)
    s.ts(108, 49.5, [*d.buyer.addr, f"CIF {(d.buyer.vat or '')[2:]}"], 4.6)
    cols = [
        Col("Cant.", 16, 14, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Descripción", 34, 96, lambda n, i: n.name, key="name"),
        Col("Precio", 132, 20, lambda n, i: num(n.price), "r", "price"),
        Col("% Dto", 153, 12, lambda n, i: qn(n.disc) if n.disc else "", "r"),
        Col("Importe", 168, 26, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 80, fill="#e0e0e0")
    y = s.table(cols, d.lines, y + 4, gap=1.8)
    ((r, b, t),) = d.taxes
    for k, (h, v) in enumerate(
        (
            ("Importe bruto", num(d.line_total)),
            ("Base imponible", num(b)),
            ("Tipo IVA", num(r) + " %"),
            ("Cuota IVA", num(t)),
            ("TOTAL FACTURA", num(d.grand) + " €"),
        )
    ):
        s.box(15 + k * 36, 215, 36, 6, "#e0e0e0", lw=0.3)
        s.box(15 + k * 36, 221, 36, 8, lw=0.3)
        s.t(33 + k * 36, 219.2, h, 7.5, True, "c")
        s.t(33 + k * 36, 226.4, v, 9, k == 4, "c")
    s.t(15, 237, "Forma de pago:", b=True)
    s.t(42, 237, d.terms or "")
    s.t(15, 242, f"Vencimientos: {day(d.due or d.date, '%d-%m-%Y')}   {num(d.payable)} €")
    s.t(15, 247, f"Nuestra cuenta: {ids.ib(d.iban or '')}  {d.bic}")
    s.para(
        15,
        276,
        180,
        "Registro Mercantil de Valencia, Tomo 3301, Libro 614, Folio 112, Hoja V-9071. Empresa instaladora autorizada RITE 46/2210. Sus datos se tratan conforme al RGPD.",
        6.5,
        3.2,
    )


def climatizacion() -> list[Case]:
    seller = Party(
        "CLIMATIZACIONES ARNAU, S.A.",
        "Pol. Ind. El Pla, nave 22",
        "46290 Alcàsser (Valencia)",
        "ES",
        ids.vat("ES", "arnau"),
    )
    m, w = "MATERIALES", "MANO DE OBRA Y DESPLAZAMIENTO"
    d = doc(
        "u-es-clima-1",
        "es",
        "A/25-00733",
        "2025-07-18",
        seller,
        Party("Horchatería Santa Bárbara, S.L.", "Calle del Mar 19", "46120 Alboraya", "ES", ids.vat("ES", "horchata")),
        [
            ln("Unidad condensadora 5,2 kW R-290", 1, "1480.00", 21, disc=12, group=m),
            ln("Gas refrigerante recuperado y recargado, kg", "2.35", "64.00", 21, group=m),
            ln('Tubería frigorífica aislada 3/8" - 5/8", metros', "9.5", "11.80", 21, group=m),
            ln("Oficial de primera frigorista, horas", "7.5", "36.00", 21, group=w),
            ln("Desplazamiento", 2, "25.00", 21, group=w),
        ],
        "Spanish installer, two groups, line discount, totals grid at the page foot",
        iban=ids.iban("ES", "arnau"),
        bic="BSABESBB",
        due="2025-08-17",
        delivery="2025-07-15",
        po="HSB-55/25",
        terms="Transferencia 30 días fecha factura",
    )
    return [Case(d, _clima)]


# ---- AT joinery, down payment, regional words
def _tischlerei(d: Doc, s: Sheet) -> None:
    s.font, s.size = "serif", 8.5
    s.t(105, 22, "TISCHLEREI OBERMOSER", 17, True, "c")
    s.t(105, 28, "Möbel nach Maß · Innenausbau · Restaurierung", 8.5, a="c", i=True)
    s.t(105, 33, "Dorf 14 · A-5622 Goldegg · Tel. +43 6415 555 70", 8, a="c")
    s.ts(22, 52, d.buyer.addr, 4.8, size=9.5)
    s.t(188, 78, f"Goldegg, am {day(d.date, '{d}. {B} %Y|at')}", a="r")
    s.t(22, 90, f"FAKTURA {d.number}", 13, True)
    s.t(22, 96, f"Liefertag: {day(d.delivery or d.date, '%d.%m.%Y')}  /  Ihre Bestellung: {d.po}")
    cols = [
        Col("Bezeichnung", 22, 84, lambda n, i: n.name, key="name"),
        Col("Menge", 108, 22, lambda n, i: f"{qn(n.qty)} {n.unit}", "r", "qty"),
        Col("Preis netto", 133, 24, lambda n, i: num(n.price), "r", "price"),
        Col("Summe netto", 161, 27, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 106)
    s.line(22, y - 1.2, 188, y - 1.2, 0.4)
    y = s.table(cols, d.lines, y + 4, gap=2.4, note_size=7.5)
    s.line(22, y - 1.6, 188, y - 1.6, 0.4)
    rows = [("Nettobetrag", "€ " + num(d.basis))] + [(f"+ {qn(r)} % USt", "€ " + num(t)) for r, _, t in d.taxes]
    rows += [("Bruttobetrag", "€ " + num(d.grand)), (d.x["paid"], "€ -" + num(d.prepaid or Decimal(0)))]
    y = s.kv(98, y + 4, rows, 90, 5.2, "r")
    s.line(98, y - 3.4, 188, y - 3.4, 1)
    s.kv(98, y + 1.2, [("Restbetrag", "€ " + num(d.payable))], 90, va="r", bl=True, bv=True, size=10)
    s.para(22, y + 14, 165, d.terms or "")
    s.t(
        105,
        274,
        f"UID {d.seller.vat}  ·  {d.seller.legal}  ·  Firmenbuchgericht Salzburg  ·  Sebastian Obermoser e.U.",
        7.5,
        a="c",
    )
    s.t(105, 278.5, f"Raiffeisenbank Pongau  ·  {ids.ib(d.iban or '')}  ·  {d.bic}", 7.5, a="c")


def tischlerei() -> list[Case]:
    seller = Party(
        "Sebastian Obermoser e.U.", "Dorf 14", "5622 Goldegg", "AT", ids.vat("AT", "obermoser"), None, "FN 401882k"
    )
    d = doc(
        "u-at-tischler-1",
        "de",
        "F-2025-019",
        "2025-01-28",
        seller,
        Party("Pension Sonnleiten, Fam. Rieser", "Sonnseitweg 3", "5600 St. Johann im Pongau", "AT"),
        [
            ln("Eckbank Zirbe, gepolstert, 2,40 x 1,60 m", 3, "1680.00", 20, "Stk"),
            ln("Wirtshaustisch Esche massiv 1,40 x 0,80 m", 6, "540.00", 20, "Stk"),
            ln("Montage und Einpassen vor Ort", 18, "68.00", 20, "Std"),
        ],
        "Austrian joinery, centred letterhead, FAKTURA, Jänner, down payment deducted",
        iban=ids.iban("AT", "obermoser"),
        bic="RVSAAT2S036",
        delivery="2025-01-24",
        po="PS-2025/07",
        prepaid=dec("4000.00"),
        terms="Zahlbar binnen 14 Tagen netto Kassa.",
        x={"paid": "abzgl. Anzahlung vom 02.12.2024"},
    )
    return [Case(d, _tischlerei)]


# ---- CH Odoo-like bicycle workshop, rounding to 5 Rappen
def _velo(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9
    s.t(20, 24, "Velowerk Aare", 17, True, col="#c62828")
    s.t(20, 29.5, "Verkauf · Service · Lastenvelos", 8.5)
    s.ts(120, 46, d.buyer.addr, 4.8, size=10)
    s.ts(
        20, 46, ["Velowerk Aare GmbH", "Altenbergstrasse 29", "3013 Bern", "velo@velowerk-aare.example"], 4.4, size=8.5
    )
    s.t(20, 86, f"Rechnung {d.number}", 15, True)
    s.kv(
        20,
        94,
        [
            ("Rechnungsdatum", day(d.date, "%d.%m.%Y")),
            ("Zahlbar bis", day(d.due or d.date, "%d.%m.%Y")),
            ("Bestellreferenz", d.po or ""),
        ],
        34,
        4.8,
    )
    cols = [
        Col("Beschreibung", 20, 78, lambda n, i: n.name, key="name"),
        Col("Menge", 100, 20, lambda n, i: f"{num(n.qty, 'ch')} {n.unit}", "r", "qty"),
        Col("Einzelpreis", 124, 20, lambda n, i: num(n.price, "ch"), "r", "price"),
        Col("MWST", 148, 12, lambda n, i: f"{qn(n.rate, 'p.')}%", "r", "rate"),
        Col("Betrag CHF", 164, 26, lambda n, i: num(n.net, "ch"), "r", "net"),
    ]
    y = s.head(cols, 118, fill="#fbe9e7")
    y = s.table(cols, d.lines, y + 4, gap=2.2, rule="row", note_size=7.5)
    rows = [("Nettobetrag", num(d.basis, "ch"))] + [
        (f"MWST {qn(r, 'p.')}% auf CHF {num(b, 'ch')}", num(t, "ch")) for r, b, t in d.taxes
    ]
    rows += [("Rundungsdifferenz", num(d.rounding or Decimal(0), "ch"))]
    y = s.kv(110, y + 4, rows, 80, 5, "r")
    s.line(110, y - 3.2, 190, y - 3.2, 1, "#c62828")
    s.kv(110, y + 1.2, [("Total CHF", num(d.payable, "ch"))], 80, va="r", bl=True, bv=True, size=11)
    s.para(20, y + 16, 168, (d.terms or "") + " Vielen Dank, dass Sie mit uns fahren!")
    v = (d.seller.vat or "")[3:]
    s.t(
        105, 280, f"CHE-{v[:3]}.{v[3:6]}.{v[6:]} MWST  |  Berner Kantonalbank  |  IBAN {ids.ib(d.iban or '')}", 8, a="c"
    )


def velo() -> list[Case]:
    seller = Party("Velowerk Aare GmbH", "Altenbergstrasse 29", "3013 Bern", "CH", ids.vat("CH", "velowerk"))
    d = doc(
        "u-ch-velo-1",
        "de",
        "RE/2025/0277",
        "2025-09-04",
        seller,
        Party("Spitex Länggasse", "Mittelstrasse 43", "3012 Bern", "CH", extra="Flottenverwaltung"),
        [
            ln("Grosser Service E-Bike inkl. Verschleissteile", 7, "189.00", "8.1", "Stk"),
            ln("Bremsbeläge Scheibenbremse, Paar", 11, "24.90", "8.1", "Stk"),
            ln("Akku 625 Wh", 1, "748.00", "8.1", "Stk"),
            ln("Abhol- und Bringdienst", 2, "37.50", "8.1", "Fahrt"),
        ],
        "Swiss Odoo-like, rounding difference to 5 Rappen, apostrophe thousands, no QR part",
        "CHF",
        iban=ids.iban("CH", "velowerk"),
        due="2025-10-04",
        po="SL-25-0114",
        terms="Zahlbar ohne Abzug von Skonto.",
    )
    d.rounding = q2((d.grand * 20).quantize(Decimal(1)) / 20) - d.grand
    return [Case(d, _velo)]
