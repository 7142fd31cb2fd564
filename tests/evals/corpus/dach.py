# ruff: noqa: E501 (the texts on the pages are long lines)
"""German, Austrian and Swiss layouts."""

from decimal import Decimal

from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped]

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, d8, day, dec, ln, num, q2, qn

D = "%d.%m.%Y"


def cases() -> list[Case]:
    return [
        *metall(),
        *klein(),
        *matrix(),
        *boxes(),
        *utility(),
        *building(),
        *saas(),
        *hotel(),
        *medical(),
        *austria(),
        *alps(),
        *qrbill(),
        *fiduciaire(),
        *freight(),
        *agency(),
    ]


# ---- 1 DIN 5008 window letter, information block, four-column footer
def _metall(d: Doc, s: Sheet) -> None:
    s.t(20, 18, "BRANDL & SOHN", 20, True, col="#1f3a5f")
    s.t(20, 24, "Metallbau · Schlosserei · Edelstahl", 9, col="#1f3a5f")
    s.line(20, 27, 190, 27, 1.5, "#1f3a5f")
    s.t(20, 49, "Brandl & Sohn Metallbau GmbH · Industriestr. 14 · 84030 Ergolding", 6)
    s.line(20, 50, 88, 50, 0.3)
    s.ts(20, 57, d.buyer.addr, 4.6, size=10)
    info = [
        (d.x["nr"], d.number),
        ("Datum", day(d.date, D)),
        ("Kunden-Nr.", "24117"),
        ("Bestell-Nr.", d.po or "-"),
        ("Lieferschein", "LS 88213 v. " + day(d.delivery or d.date, "%d.%m.%y")),
        ("Lieferdatum", day(d.delivery or d.date, D)),
        ("Sachbearbeiter", "Fr. Aigner / -17"),
    ]
    s.kv(128, 50, info, 28, 4.8)
    s.t(20, 100, d.x["title"] + " " + d.number, 13, True)
    s.t(20, 107, d.x["intro"])
    cols = [
        Col("Pos", 21, 8, lambda n, i: str(i * 10), key="id"),
        Col("Artikel-Nr.", 30, 22, lambda n, i: n.art),
        Col("Bezeichnung", 53, 62, lambda n, i: n.name, key="name"),
        Col("Menge", 116, 13, lambda n, i: qn(n.qty), "r", "qty"),
        Col("ME", 131, 9, lambda n, i: n.unit),
        Col("E-Preis", 138, 17, lambda n, i: num(n.price), "r", "price"),
        Col("Rab.%", 156, 11, lambda n, i: qn(n.disc) if n.disc else "", "r"),
        Col("G-Preis EUR", 168, 21, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 116, fill="#dfe6ee")
    y = s.table(cols, d.lines, y + 3, rule="row", note_size=7.5)
    y += 3
    rows = [("Summe Positionen", num(d.line_total))]
    rows += [(label, "-" + num(a)) for label, a, _ in d.allowances] + [(label, num(a)) for label, a, _ in d.charges]
    if len(rows) > 1:
        rows.append(("Nettobetrag", num(d.basis)))
    rows += [(f"zzgl. {qn(r)} % MwSt. auf {num(b)}", num(t)) for r, b, t in d.taxes]
    y = s.kv(120, y, rows, 69, 4.8, "r")
    s.line(120, y - 3.4, 190, y - 3.4)
    s.kv(
        120,
        y + 1,
        [("Rechnungsbetrag EUR" if d.type_code == "380" else "Gutschriftsbetrag EUR", num(d.grand))],
        69,
        va="r",
        bl=True,
        bv=True,
    )
    s.line(120, y + 2.2, 190, y + 2.2)
    s.para(20, y + 12, 165, d.terms or "")
    s.t(20, y + 24, d.x.get("note", "Die Ware bleibt bis zur vollständigen Bezahlung unser Eigentum."), 8)
    foot = [
        ("Brandl & Sohn Metallbau GmbH", "Industriestr. 14", "84030 Ergolding", "Deutschland"),
        ("Tel. 0871 / 55 01-0", "Fax 0871 / 55 01-99", "info@brandl-metall.example", "www.brandl-metall.example"),
        (
            "Geschäftsführer: Josef Brandl",
            "Amtsgericht Landshut HRB 7719",
            f"USt-IdNr. {d.seller.vat}",
            f"St.-Nr. {d.seller.tax_number}",
        ),
        ("VR-Bank Isar", f"IBAN {ids.ib(d.iban or '')}", f"BIC {d.bic}", ""),
    ]
    s.line(20, 270, 190, 270, 0.4)
    for x, block in zip((20, 64, 101, 146), foot, strict=True):
        s.ts(x, 274, block, 3.2, size=6.2)


def metall() -> list[Case]:
    seller = Party(
        "Brandl & Sohn Metallbau GmbH",
        "Industriestr. 14",
        "84030 Ergolding",
        "DE",
        ids.vat("DE", "brandl"),
        "132/115/40217",
        "HRB 7719",
    )
    ib = ids.iban("DE", "brandl")
    b1 = Party("Hausverwaltung Lindner KG", "Seligenthaler Str. 3", "84034 Landshut", "DE", extra="z. Hd. Frau Reiter")
    b2 = Party("Isar-Werkzeughandel GmbH & Co. KG", "Am Alten Viehmarkt 22", "84028 Landshut", "DE")
    one = Doc(
        "de-metall-1",
        "de",
        "RE-2025-04417",
        d8("2025-03-14"),
        "EUR",
        seller,
        b1,
        [
            ln(
                "Geländer V2A, Ø 42,4 mm, geschliffen K240",
                "6.5",
                "189.00",
                19,
                "m",
                5,
                "10.2024",
                ["Höhe 1.000 mm, Pfostenabstand 1.200 mm"],
            ),
            ln("Wandhandlauf Eiche mit Edelstahlhaltern", 4, "86.40", 19, "m", 0, "20.450"),
            ln(
                "Montage vor Ort durch zwei Facharbeiter inkl. Kleinmaterial und Befestigung",
                "11.25",
                "62.50",
                19,
                "Std",
                0,
                "M-100",
            ),
        ],
        "DIN 5008 window letter, line discount, freight, cash discount amount in the terms, article numbers like amounts",
        iban=ib,
        bic="GENODEF1VIL",
        po="B-25/0331-HV",
        delivery=d8("2025-03-11"),
        charges=[("Anfahrt / Fracht", dec("45.00"), dec(19))],
        x={
            "title": "Rechnung",
            "nr": "Rechnungs-Nr.",
            "intro": "für unsere Lieferungen und Leistungen erlauben wir uns zu berechnen:",
        },
    )
    skonto = q2(one.grand * 2 / 100)
    one.terms = f"Zahlbar bis 28.03.2025 mit 2 % Skonto = {num(skonto)} EUR (Zahlbetrag {num(one.grand - skonto)} EUR), bis 13.04.2025 ohne Abzug."
    one.due = d8("2025-04-13")
    two = Doc(
        "de-metall-2",
        "de",
        "GU-2025-00038",
        d8("2025-05-02"),
        "EUR",
        seller,
        b2,
        [
            ln("Rohr 1.4301 Ø 33,7 x 2,0", -12, "14.85", 19, "m", 0, "33.72"),
            ln("Rosette, poliert", -4, "6.10", 19, "Stk", 10, "07.11"),
        ],
        "credit note with negative quantities and amounts, same letterhead",
        iban=ib,
        bic="GENODEF1VIL",
        po="4500098812",
        delivery=d8("2025-04-22"),
        type_code="381",
        terms="Der Betrag wird mit der nächsten Rechnung verrechnet.",
        x={
            "title": "Gutschrift",
            "nr": "Gutschrift-Nr.",
            "intro": "zu unserer Rechnung RE-2025-04390 vom 18.04.2025 schreiben wir Ihnen gut:",
            "note": "Rücklieferung vom 22.04.2025, Grund: Falschlieferung.",
        },
    )
    return [Case(one, _metall), Case(two, _metall)]


# ---- 2 small business, centred serif letterhead, no VAT
def _klein(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 11
    s.t(105, 24, "Mira Holtkamp", 22, a="c", i=True)
    s.t(105, 31, "Illustration & Buchgestaltung", 11, a="c")
    s.t(105, 37, "Fischergasse 8 · 26721 Emden · mira@holtkamp-illu.example", 9, a="c")
    s.ts(25, 60, d.buyer.addr, 5)
    s.t(185, 90, "Emden, den " + day(d.date, "{d}. {B} %Y|de"), a="r")
    s.t(25, 104, f"Rechnung Nr. {d.number}", 13, True)
    y = s.para(25, 113, 160, d.x["intro"], lh=5)
    y += 4
    cols = [
        Col(
            "", 28, 115, lambda n, i: f"{qn(n.qty)} {n.unit} {n.name}" + (f" à {num(n.price)} €" if n.qty != 1 else "")
        ),
        Col("", 155, 28, lambda n, i: num(n.net) + " €", "r", "net"),
    ]
    s.keys |= {"name", "qty"}
    y = s.table(cols, d.lines, y, lh=5, gap=1)
    for label, a, _ in d.charges:
        s.t(28, y, label)
        s.t(183, y, num(a) + " €", a="r")
        y += 6
    s.line(150, y - 4, 185, y - 4)
    s.t(28, y + 1, "Rechnungsbetrag", b=True)
    s.t(183, y + 1, num(d.grand) + " €", b=True, a="r")
    y = s.para(25, y + 12, 160, "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet (Kleinunternehmerregelung).", lh=5)
    y = s.para(25, y + 3, 160, d.terms or "", lh=5)
    s.t(25, y + 6, "Mit herzlichen Grüßen")
    s.t(25, y + 20, "Mira Holtkamp", 15, i=True)
    s.t(105, 280, f"Steuernummer {d.seller.tax_number}, Finanzamt Emden  ·  Sparkasse Emden, IBAN {d.iban}", 8.5, a="c")


def klein() -> list[Case]:
    seller = Party("Mira Holtkamp", "Fischergasse 8", "26721 Emden", "DE", None, "58/118/09342")
    ib = ids.iban("DE", "holtkamp")
    b = Party("Verlag am Deich GmbH", "Hafenstraße 41", "26789 Leer", "DE")
    terms = "Bitte überweisen Sie den Betrag ohne Abzug innerhalb von 14 Tagen auf das unten genannte Konto."
    one = Doc(
        "de-klein-1",
        "de",
        "7/2025",
        d8("2025-02-03"),
        "EUR",
        seller,
        b,
        [
            ln("Umschlagillustration „Nordwind“", 1, "850"),
            ln("Vignetten schwarz-weiß", 12, "45"),
            ln("Korrekturschleife", "1.5", "60", unit="Std."),
        ],
        "small business without VAT (§ 19), centred letterhead, quantity glued into the description, long date",
        iban=ib,
        terms=terms,
        x={
            "intro": "für die Gestaltung des Romans „Nordwind“ (Auftrag vom 12. Dezember 2024) erlaube ich mir, Ihnen wie vereinbart zu berechnen:"
        },
    )
    two = Doc(
        "de-klein-2",
        "de",
        "19/2025",
        d8("2025-09-30"),
        "EUR",
        seller,
        Party("Stadtbücherei Aurich", "Hoheberger Weg 5", "26603 Aurich", "DE"),
        [ln("Workshop „Bilderbuch“ am 18. September", 1, "320"), ln("Materialpauschale pro Kind", 23, "4.50")],
        "small business without VAT, travel charge",
        iban=ib,
        terms=terms,
        charges=[("Fahrtkosten 62 km x 0,30 €", dec("18.60"), dec(0))],
        x={"intro": "vielen Dank für die schöne Zusammenarbeit. Ich berechne für meine Leistungen im September 2025:"},
    )
    for d in (one, two):
        d.keys_off = {"price"}
    return [Case(one, _klein), Case(two, _klein)]


# ---- 3 dot-matrix wholesaler, fixed pitch, capitals, two pages with carry-over
def _matrix(d: Doc, s: Sheet) -> None:
    s.font, s.size, s.lh = "cour", 9, 4.1

    def top() -> float:
        s.t(15, 15, "NORDHANDEL EISENWAREN EG")
        s.t(15, 19, "SPEICHERSTR. 101  28195 BREMEN  TEL 0421/3344-0")
        s.t(15, 30, "FIRMA")
        s.ts(15, 34, [a.upper() for a in d.buyer.addr])
        s.t(118, 30, "R E C H N U N G", b=True)
        rows = [
            ("RECHN.NR", d.number),
            ("RECHN.DATUM", day(d.date, "%d.%m.%y")),
            ("KUNDE", "0042817"),
            ("AUFTRAG", "660119/3"),
            ("IHRE BEST.", d.po or ""),
            ("LIEFERDATUM", day(d.delivery or d.date, "%d.%m.%y")),
            ("SEITE", str(s.page)),
        ]
        s.kv(118, 35, [(a + " " * 0, ": " + v) for a, v in rows], 26, 4)
        y = 70.0
        s.t(15, y, "-" * 92)
        s.t(15, y + 4, "POS ARTIKEL    BEZEICHNUNG                     MENGE ME    PREIS/EUR  RAB%  BETRAG/EUR ST")
        s.t(15, y + 8, "-" * 92)
        return y + 13

    def brk(running: Decimal) -> float:
        s.t(15, 262, f"{'':46}{'ÜBERTRAG':>12}{num(running):>30}")
        s.new()
        y = top()
        s.t(15, y, f"{'':46}{'ÜBERTRAG':>12}{num(running):>30}")
        return y + 6

    y = top()
    running = Decimal(0)
    codes = {Decimal(19): "1", Decimal(7): "2"}
    for i, n in enumerate(d.lines, 1):
        if y > 255:
            y = brk(running)
        disc = qn(n.disc) if n.disc else ""
        s.t(
            15,
            y,
            f"{i:>3} {n.art:<10} {n.name:<30}{qn(n.qty):>7} {n.unit:<4}{num(n.price):>11}{disc:>6}{num(n.net):>12}  {codes[n.rate]}",
        )
        y += 4.1
        for note in n.notes:
            s.t(15, y, " " * 15 + note)
            y += 4.1
        running += n.net
    s.keys |= {"name", "qty", "price", "net", "id"}
    s.t(15, y, "-" * 92)
    y += 5
    if y > 225:
        y = brk(running)
    s.t(15, y, f"WARENWERT {num(d.line_total):>14}")
    for r, b, t in d.taxes:
        y += 4.1
        s.t(15, y, f"ST {codes[r]}  NETTO {num(b):>12}   MWST {qn(r):>2} % {num(t):>12}   BRUTTO {num(b + t):>12}")
    y += 6
    s.t(15, y, f"ENDBETRAG EUR {num(d.grand):>14}", b=True)
    y = s.para(15, y + 8, 180, (d.terms or "").upper())
    y = s.ts(
        15,
        y + 4,
        [
            f"BANK: BREMER LANDESBANK  IBAN {d.iban}  BIC {d.bic}",
            f"UST-ID {d.seller.vat}   GNR 418 AG BREMEN   ILN 4012345000009",
            "REKLAMATIONEN NUR INNERHALB 8 TAGEN. VERPACKUNG WIRD NICHT ZURÜCKGENOMMEN.",
        ],
    )


def matrix() -> list[Case]:
    seller = Party(
        "NORDHANDEL EISENWAREN EG",
        "SPEICHERSTR. 101",
        "28195 BREMEN",
        "DE",
        ids.vat("DE", "nordhandel"),
        legal="GNR 418",
    )
    ib = ids.iban("DE", "nordhandel")
    goods = [
        ("SECHSKANTSCHR M8X40 VZ 8.8", "PAK", "12.40"),
        ("SCHEIBE DIN125 8,4", "PAK", "3.15"),
        ("HOLZSCHR TORX 5X60", "PAK", "9.85"),
        ("DÜBEL S10 NYLON", "PAK", "7.20"),
        ("MÖRTEL FIXZEMENT 25KG", "SAC", "6.95"),
        ("HAMMER 500G ESCHE", "STK", "14.30"),
        ("WASSERWAAGE ALU 80CM", "STK", "28.90"),
        ("SCHAUFEL HOLSTEINER", "STK", "19.75"),
        ("ARBEITSHANDSCHUH GR.10", "PR", "2.45"),
        ("KABELBINDER 200MM SCHWARZ", "BTL", "4.60"),
        ("BOHRER SDS 10X160", "STK", "5.35"),
        ("TRENNSCHEIBE 125X1,0", "STK", "1.18"),
    ]
    lines = []
    for i in range(47):
        name, unit, price = goods[i % len(goods)]
        notes = [f"EAN 40123450{i:05d}"] if i % 5 == 0 else []
        lines.append(
            ln(
                f"{name}"[:29],
                (i * 7) % 23 + 1,
                dec(price) + Decimal(i // 12) / 10,
                7 if i % 16 == 11 else 19,
                unit,
                10 if i % 4 == 1 else 0,
                f"{100 + i}.{i % 10}0,{i % 9}",
                notes,
            )
        )
    b = Party("BAUMARKT SIEVERS GMBH", "OLDENBURGER CHAUSSEE 77", "27753 DELMENHORST", "DE")
    one = Doc(
        "de-matrix-1",
        "de",
        "5519027",
        d8("2025-06-30"),
        "EUR",
        seller,
        b,
        lines,
        "dot-matrix fixed pitch, capitals, two pages with carry-over lines, article numbers like amounts",
        iban=ib,
        bic="BRLADE22XXX",
        po="TEL. HR. SIEVERS",
        delivery=d8("2025-06-27"),
        terms="Zahlbar innerhalb 10 Tagen mit 3 % Skonto, 30 Tage netto",
    )
    one.terms = (one.terms or "").upper()
    two = Doc(
        "de-matrix-2",
        "de",
        "5519881",
        d8("2025-07-31"),
        "EUR",
        seller,
        b,
        lines[3:12],
        "dot-matrix, one page, two-digit years",
        iban=ib,
        bic="BRLADE22XXX",
        po="25-7781",
        delivery=d8("2025-07-30"),
        terms="SOFORT NETTO OHNE ABZUG",
    )
    return [Case(one, _matrix), Case(two, _matrix)]


# ---- 4 boxed head (label above value), horizontal totals table
def _boxes(d: Doc, s: Sheet) -> None:
    s.box(150, 10, 42, 20, "#b5121b", stroke=False)
    s.t(171, 20, "FARBEN", 15, True, "c", "#ffffff")
    s.t(171, 26, "KRÖGER", 11, a="c", col="#ffffff")
    s.t(18, 40, "Farben Kröger Großhandels-GmbH, Postfach 11 02, 44001 Dortmund", 6.5)
    s.ts(18, 48, d.buyer.addr, 4.8, size=10)
    s.ts(
        150,
        36,
        ["Farben Kröger Großhandels-GmbH", "Hafenweg 60-64, 44147 Dortmund", "Tel. 0231 98 76 50"],
        3.6,
        size=7.5,
    )
    s.t(18, 84, d.x.get("title", "RECHNUNG"), 15, True)
    heads = [
        ("Rechnungsnummer", d.number),
        ("Rechnungsdatum", day(d.date, D)),
        ("Kundennummer", "D 10 442"),
        ("Auftragsnummer", "AB 2025.1180"),
        ("Ihre Bestellung", d.po or "mündlich"),
        ("Versanddatum", day(d.delivery or d.date, D)),
    ]
    for i, (label, value) in enumerate(heads):
        s.box(18 + i * 29, 88, 29, 11)
        s.t(19 + i * 29, 91.5, label, 6.5, col="#555555")
        s.t(19 + i * 29, 97, value, 9)
    cols = [
        Col("Menge", 18, 14, lambda n, i: qn(n.qty), "r", "qty"),
        Col("VE", 34, 12, lambda n, i: n.unit),
        Col("Artikel", 47, 24, lambda n, i: n.art),
        Col("Bezeichnung", 72, 58, lambda n, i: n.name, key="name"),
        Col("Listen-\npreis", 132, 16, lambda n, i: num(n.price), "r", "price"),
        Col("Rabatt\n%", 149, 12, lambda n, i: num(n.disc, places=1) if n.disc else "netto", "r"),
        Col("Betrag\nEUR", 162, 19, lambda n, i: num(n.net), "r", "net"),
        Col("MwSt\n%", 182, 9, lambda n, i: qn(n.rate), "r", "rate"),
    ]
    y = s.head(cols, 107, 8)
    s.line(18, y - 1, 192, y - 1)
    s.table(cols, d.lines, y + 4, note_size=7)
    top = 205
    heads2 = (
        ["Warenwert", "Fracht/Verp.", "Netto gesamt"] + [f"MwSt {qn(r)} %" for r, _, _ in d.taxes] + ["Endbetrag EUR"]
    )
    fr = sum((a for _, a, _ in d.charges), Decimal(0))
    vals = [num(d.line_total), num(fr), num(d.basis)] + [num(t) for _, _, t in d.taxes] + [num(d.grand)]
    w = 174 / len(heads2)
    for i, (h, v) in enumerate(zip(heads2, vals, strict=True)):
        s.box(18 + i * w, top, w, 7, "#eeeeee")
        s.box(18 + i * w, top + 7, w, 8)
        s.t(18 + (i + 0.5) * w, top + 5, h, 8, a="c")
        s.t(18 + (i + 1) * w - 2, top + 12.5, v, 10, i == len(heads2) - 1, "r")
    if len(d.taxes) > 1:
        s.t(18, top + 20, "   ".join(f"steuerpfl. {qn(r)} %: {num(b)}" for r, b, _ in d.taxes), 8)
    s.t(18, top + 28, "Zahlungsbedingungen:", b=True)
    s.para(55, top + 28, 130, d.terms or "")
    s.t(18, top + 38, f"Fällig am: {day(d.due or d.date, D)}")
    s.t(18, top + 46, "Bankverbindungen", 8, True)
    s.t(18, top + 50, f"Dortmunder Volksbank   IBAN: {ids.ib(d.iban or '')}   BIC: {d.bic}", 8)
    s.t(18, top + 54, f"Postbank Dortmund   IBAN: {ids.ib(ids.iban('DE', 'kroeger-post'))}   BIC: PBNKDEFFXXX", 8)
    s.t(
        105,
        285,
        f"HRB 20117 Dortmund · USt-IdNr.: {ids.grp((d.seller.vat or '')[:2], 2)} {ids.grp((d.seller.vat or '')[2:], 3)} · Geschäftsführung: H. Kröger, "
        "B. Wenzel · Gerichtsstand Dortmund",
        7,
        a="c",
    )


def boxes() -> list[Case]:
    seller = Party(
        "Farben Kröger Großhandels-GmbH",
        "Hafenweg 60-64",
        "44147 Dortmund",
        "DE",
        ids.vat("DE", "kroeger"),
        None,
        "HRB 20117",
    )
    ib = ids.iban("DE", "kroeger")
    b = Party("Malerbetrieb Yildiz & Ott GbR", "Kaiserstr. 211", "44143 Dortmund", "DE")
    one = Doc(
        "de-boxes-1",
        "de",
        "2025/7 310 884",
        d8("2025-04-08"),
        "EUR",
        seller,
        b,
        [
            ln(
                "Silikatfassadenfarbe weiß 15 l",
                8,
                "118.90",
                19,
                "Eimer",
                "22.5",
                "4711.15",
                ["Gebinde rücknahmefähig"],
            ),
            ln("Abdeckvlies 180 g, 1 x 50 m", 3, "39.50", 19, "Rolle", 0, "0815-50"),
            ln("Lasurpinsel oval 60 mm", 12, "7.84", 19, "Stück", 15, "PI.60.24"),
            ln("Fachbuch „Historische Farbtöne“", 1, "34.00", 7, "Stück", 0, "BU-9"),
        ],
        "boxed head with label above value, horizontal totals table, two rates, two bank accounts, header over two lines",
        iban=ib,
        bic="GENODEM1DOR",
        po="BV Ostwall 12",
        delivery=d8("2025-04-07"),
        due=d8("2025-05-08"),
        charges=[("Fracht", dec("19.80"), dec(19))],
        terms="10 Tage 2 % Skonto, 30 Tage netto Kasse",
    )
    two = Doc(
        "de-boxes-2",
        "de",
        "2025/7 311 902",
        d8("2025-06-18"),
        "EUR",
        seller,
        Party("Gemeinde Herdecke", "Kirchplatz 3", "58313 Herdecke", "DE", extra="Bauhof"),
        [
            ln("Straßenmarkierungsfarbe gelb 25 kg", 40, "96.25", 19, "Eimer", 30, "9907.25"),
            ln("Glasperlen 250-850 µm", 10, "41.00", 19, "Sack", 0, "9911.00"),
        ],
        "boxed head, thousands, one rate",
        iban=ib,
        bic="GENODEM1DOR",
        po="BHF-2025-77",
        delivery=d8("2025-06-17"),
        due=d8("2025-07-18"),
        terms="30 Tage netto Kasse",
    )
    return [Case(one, _boxes), Case(two, _boxes)]


# ---- 5 utility bill with instalments paid
def _utility(d: Doc, s: Sheet) -> None:
    s.font = "vera"
    s.disc(25, 20, 9, "#0a8f5b")
    s.t(38, 23, "Stadtwerke Auental", 16, True, col="#0a8f5b")
    s.t(20, 48, "Stadtwerke Auental GmbH, Wasserwerkstr. 1, 99817 Auental", 6)
    s.ts(20, 55, d.buyer.addr, 4.8, size=10)
    s.kv(
        125,
        40,
        [
            ("Vertragskonto", "2000 4471 882"),
            ("Zählernummer", "1 EMH00 4471 9920"),
            ("Verbrauchsstelle", "Mühlweg 9"),
            ("Rechnungs-Nummer", d.number),
            ("Datum", day(d.date, D)),
        ],
        34,
        5,
        size=8,
    )
    s.t(20, 92, "Jahresverbrauchsabrechnung Strom", 13, True)
    s.t(20, 98, f"Abrechnungszeitraum {d.x['from']} bis {d.x['to']}")
    s.para(20, 106, 165, d.x["hello"])
    s.t(20, 122, "So setzt sich Ihr Rechnungsbetrag zusammen", b=True)
    cols = [
        Col("Preisbestandteil", 21, 70, lambda n, i: n.name, key="name"),
        Col("Menge", 92, 24, lambda n, i: f"{qn(n.qty)} {n.unit}", "r", "qty"),
        Col(
            "Preis netto",
            118,
            30,
            lambda n, i: f"{num(n.price * 100, places=3)} ct/kWh" if n.unit == "kWh" else f"{num(n.price)} €/Mon.",
            "r",
        ),
        Col("Betrag netto", 150, 38, lambda n, i: f"{num(n.net)} €", "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 129, fill="#d8efe5") + 3, rule="row")
    ((rate, b, t),) = d.taxes
    rows = [
        ("Summe netto", num(b) + " €"),
        (f"Umsatzsteuer {qn(rate)} %", num(t) + " €"),
        ("Rechnungsbetrag brutto", num(d.grand) + " €"),
    ]
    for k, (m, a) in enumerate(d.x["paid"]):
        rows.append((f"abzgl. Ihre Zahlung {m}" if k < 3 else f"{m}", "- " + num(a) + " €"))
    y = s.kv(85, y + 2, rows, 103, 4.8, "r")
    s.box(84, y - 2.5, 106, 8, "#0a8f5b", stroke=False)
    s.t(87, y + 3, d.x["rest"], 10, True, col="#ffffff")
    s.t(187, y + 3, num(d.payable) + " €", 10, True, "r", "#ffffff")
    s.para(20, y + 16, 168, d.terms or "")
    s.t(20, y + 27, "Ihr neuer monatlicher Abschlag ab 01.03.2025 beträgt 148,00 € (brutto).", b=True)
    s.para(
        20,
        268,
        170,
        f"Stadtwerke Auental GmbH · Geschäftsführerin Dr. Eva Nolte · Amtsgericht Jena HRB 501 223 · USt-IdNr. {d.seller.vat} · "
        f"Steuernr. {d.seller.tax_number} · Wartburg-Sparkasse · IBAN {d.iban} · BIC {d.bic} · Grundversorgung nach StromGVV. Mahnkosten 2,50 €, "
        "Sperrung 45,00 €, Wiederanschluss 53,55 €.",
        6.5,
        3.2,
    )


def utility() -> list[Case]:
    seller = Party(
        "Stadtwerke Auental GmbH",
        "Wasserwerkstr. 1",
        "99817 Auental",
        "DE",
        ids.vat("DE", "auental"),
        "157/109/00238",
        "HRB 501 223",
    )
    ib = ids.iban("DE", "auental")
    one = Doc(
        "de-utility-1",
        "de",
        "VR 900 148 233",
        d8("2025-02-12"),
        "EUR",
        seller,
        Party("Zahnarztpraxis Dr. Uhlig", "Mühlweg 9", "99817 Auental", "DE"),
        [
            ln("Arbeitspreis bis 30.06.", 2841, "0.28734", 19, "kWh"),
            ln("Arbeitspreis ab 01.07.", 3102, "0.26911", 19, "kWh"),
            ln("Grundpreis", 12, "9.85", 19, "Monate"),
            ln("Messstellenbetrieb", 12, "1.40", 19, "Monate"),
        ],
        "utility year-end bill with instalments paid and an amount still due; unit price in cents",
        iban=ib,
        bic="HELADEF1WAK",
        due=d8("2025-02-28"),
        prepaid=dec("1680.00"),
        terms="Bitte zahlen Sie den offenen Betrag bis zum 28.02.2025 auf unser Konto.",
        x={
            "from": "01.01.2024",
            "to": "31.12.2024",
            "hello": "vielen Dank für Ihr Vertrauen. Sie haben im Abrechnungszeitraum 5.943 kWh verbraucht (Vorjahr 6.210 kWh).",
            "paid": [("12 Abschläge zu je 140,00 €", dec("1680.00"))],
            "rest": "Noch zu zahlen",
        },
    )
    two = Doc(
        "de-utility-2",
        "de",
        "VR 900 151 077",
        d8("2025-03-03"),
        "EUR",
        seller,
        Party("Bäckerei Landgraf e. K.", "Markt 4", "99817 Auental", "DE"),
        [ln("Arbeitspreis", 18240, "0.2455", 19, "kWh"), ln("Grundpreis", 12, "24.50", 19, "Monate")],
        "utility bill, more paid than due: negative amount due (credit balance)",
        iban=ib,
        bic="HELADEF1WAK",
        prepaid=dec("6000.00"),
        terms="Das Guthaben überweisen wir auf Ihr uns bekanntes Konto.",
        x={
            "from": "15.02.2024",
            "to": "14.02.2025",
            "hello": "anbei erhalten Sie Ihre Abrechnung.",
            "paid": [("10 Abschläge zu je 600,00 €", dec("6000.00"))],
            "rest": "Ihr Guthaben",
        },
    )
    return [Case(one, _utility), Case(two, _utility)]


# ---- 6 construction: bill of quantities, final bill / reverse charge
def _building(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8
    s.t(190, 18, "TIEFBAU ROTTMANN", 17, True, "r")
    s.t(190, 23, "Rottmann Tief- und Straßenbau GmbH & Co. KG", 8, a="r")
    s.ts(190, 27, ["Kieswerkweg 2", "48529 Nordhorn", "Telefon (0 59 21) 44 10"], 3.6, size=7, a="r")
    s.ts(22, 45, d.buyer.addr, 4.6, size=9.5)
    s.t(22, 82, d.x["title"], 13, True)
    s.kv(
        22,
        90,
        [
            ("Rechnung Nr.:", d.number),
            ("vom:", day(d.date, D)),
            ("Bauvorhaben:", d.x["bv"]),
            ("Ihr Auftrag:", d.po or ""),
            ("Leistungszeitraum:", d.x["period"]),
        ],
        38,
        4.6,
    )
    cols = [
        Col("OZ", 22, 22, lambda n, i: n.art, key="id"),
        Col("Menge", 44, 16, lambda n, i: num(n.qty, places=3), "r", "qty"),
        Col("Einh.", 62, 10, lambda n, i: n.unit),
        Col("Leistung", 74, 66, lambda n, i: n.name, key="name"),
        Col("EP", 142, 20, lambda n, i: num(n.price), "r", "price"),
        Col("GP", 166, 24, lambda n, i: num(n.net), "r", "net"),
    ]

    def brk(_: Decimal) -> float:
        s.t(190, 285, f"Seite {s.page}", 7, a="r")
        s.new()
        s.t(22, 18, f"{d.x['title']} {d.number}, Fortsetzung", 8)
        s.line(22, 20, 190, 20)
        return 28

    y = s.head(cols, 120)
    s.line(22, y - 1.5, 190, y - 1.5, 1)
    y = s.table(cols, d.lines, y + 4, bottom=262, brk=brk, note_size=7)
    s.line(120, y - 2, 190, y - 2)
    rows = [("Nettosumme", num(d.basis))]
    for r, _, t in d.taxes:
        rows.append((f"Umsatzsteuer {qn(r)} %" + (" (§ 13b UStG)" if not r else ""), num(t)))
    rows.append(("Bruttosumme", num(d.grand)))
    for label, a in d.x.get("paid", []):
        rows.append((label, "-" + num(a)))
    y = s.kv(110, y + 3, rows, 80, 4.8, "r")
    s.t(110, y + 1, d.x["final"], 9.5, True)
    s.t(190, y + 1, num(d.payable) + " €", 9.5, True, "r")
    y = s.para(22, y + 12, 165, d.x.get("note", ""), lh=4)
    s.para(22, y + 2, 165, d.terms or "", lh=4)
    s.para(
        22,
        275,
        168,
        f"KSK Grafschaft, IBAN {ids.ib(d.iban or '')}, BIC {d.bic} | Kommanditgesellschaft, Sitz Nordhorn, AG Osnabrück HRA 13044 | "
        f"USt-ID: {d.seller.vat} | Steuer-Nr. {d.seller.tax_number} | Freistellungsbescheinigung § 48b EStG vom 04.01.2024",
        6.2,
        3.2,
    )


def building() -> list[Case]:
    seller = Party(
        "Rottmann Tief- und Straßenbau GmbH & Co. KG",
        "Kieswerkweg 2",
        "48529 Nordhorn",
        "DE",
        ids.vat("DE", "rottmann"),
        "55/203/11906",
        "HRA 13044",
    )
    ib = ids.iban("DE", "rottmann")
    t1, t2 = "01 Baustelleneinrichtung", "02 Erdarbeiten"
    lines = [
        ln("Baustelle einrichten und räumen", 1, "2450.00", 19, "psch", art="01.01.0010", group=t1),
        ln("Bauzaun stellen, vorhalten", 120, "8.40", 19, "m", art="01.01.0020", group=t1),
        ln("Oberboden abtragen, d = 30 cm, seitlich lagern", "412.5", "3.85", 19, "m²", art="02.01.0010", group=t2),
        ln(
            "Boden BK 3-5 lösen, laden und abfahren, Nachweis mit Wiegescheinen",
            "286.75",
            "18.90",
            19,
            "m³",
            art="02.01.0020",
            group=t2,
        ),
        ln(
            "Frostschutzschicht 0/45 liefern und lagenweise einbauen, verdichten auf 120 MN/m²",
            "198.4",
            "41.25",
            19,
            "t",
            art="02.02.0010",
            group=t2,
            notes=["Nachtrag 1 vom 14.08.2025"],
        ),
    ]
    one = Doc(
        "de-bau-1",
        "de",
        "25-0418-S",
        d8("2025-10-09"),
        "EUR",
        seller,
        Party("Gemeindewerke Uelsen AöR", "Am Rathaus 1", "49843 Uelsen", "DE"),
        lines,
        "construction final bill (Schlussrechnung) with instalments deducted, sections, quantity before description",
        iban=ib,
        bic="NOLADE21NOH",
        po="2025-TB-117",
        prepaid=dec("14000.00"),
        terms="Zahlbar innerhalb 21 Kalendertagen nach Zugang ohne Abzug.",
        x={
            "title": "Schlussrechnung",
            "bv": "Erneuerung Kanalstraße, 1. BA",
            "period": "04.08.2025 - 26.09.2025",
            "final": "Restforderung",
            "paid": [
                ("1. Abschlag RE 25-0311 vom 29.08.2025", dec("8000.00")),
                ("2. Abschlag RE 25-0377 vom 17.09.2025", dec("6000.00")),
            ],
        },
    )
    rc = [ln(n.name, n.qty * 2, n.price, 0, n.unit, art=n.art, group=n.group, notes=n.notes) for n in lines[1:]]
    two = Doc(
        "de-bau-2",
        "de",
        "25-0460",
        d8("2025-11-21"),
        "EUR",
        seller,
        Party("Weser-Ems Hochbau AG", "Nadorster Str. 155", "26123 Oldenburg", "DE", ids.vat("DE", "weserems")),
        rc,
        "construction reverse charge § 13b, 0 %",
        iban=ib,
        bic="NOLADE21NOH",
        po="NU-4471/25",
        cat="AE",
        terms="Zahlungsziel: 30 Tage.",
        x={
            "title": "Rechnung",
            "bv": "Logistikhalle Emsbüren",
            "period": "Oktober 2025",
            "final": "Zu zahlender Betrag",
            "note": f"Steuerschuldnerschaft des Leistungsempfängers gemäß § 13b UStG. Ihre USt-IdNr.: {ids.vat('DE', 'weserems')}",
        },
    )
    three = Doc(
        "de-bau-3",
        "de",
        "25-0502",
        d8("2025-12-05"),
        "EUR",
        seller,
        Party("Autohaus Brill GmbH", "Denekamper Str. 90", "48529 Nordhorn", "DE"),
        lines[:3],
        "DEFECT: printed gross total 100,00 too high (sum slip)",
        iban=ib,
        bic="NOLADE21NOH",
        po="mündl. 20.11.",
        terms="Zahlungsziel: 14 Tage.",
        x={
            "title": "Rechnung",
            "bv": "Hoffläche Autohaus",
            "period": "24.11.2025 bis 28.11.2025",
            "final": "Zu zahlender Betrag",
        },
        defect="grand total is 100.00 higher than net + tax",
    )
    three.slip["grand"] = three.basis + three.tax + 100
    return [Case(one, _building), Case(two, _building), Case(three, _building)]


# ---- 7 SaaS, minimal, amount big on top
def _saas(d: Doc, s: Sheet) -> None:
    s.font = "helv"
    s.box(20, 16, 7, 7, "#6c3cf0", stroke=False, r=2)
    s.t(30, 21.5, "planwerk", 15, True)
    s.t(190, 21, "Rechnung", 15, a="r", col="#888888")
    s.t(20, 42, "Fälliger Betrag", 8, col="#888888")
    s.t(20, 51, num(d.payable) + " €", 24, True)
    s.t(20, 57, f"fällig am {day(d.due or d.date, '{d}. {B} %Y|de')}", 8)
    for x, label, value in (
        (105, "Rechnungsnummer", d.number),
        (150, "Ausstellungsdatum", day(d.date, "{d}. {B} %Y|de")),
    ):
        s.t(x, 42, label, 8, col="#888888")
        s.t(x, 47, value, 9, True)
    s.t(105, 53, "Leistungszeitraum", 8, col="#888888")
    s.t(105, 58, d.x["period"], 9)
    s.t(150, 53, "Ihre Bestellnr.", 8, col="#888888")
    s.t(150, 58, d.po or "–", 9)
    s.t(20, 72, "Rechnung an", 8, col="#888888")
    s.ts(20, 77, [*d.buyer.addr, *([f"USt-ID {d.buyer.vat}"] if d.buyer.vat else [])], 4.4)
    s.t(105, 72, "Von", 8, col="#888888")
    s.ts(105, 77, [*d.seller.addr, "Deutschland"], 4.4)
    cols = [
        Col("Beschreibung", 20, 85, lambda n, i: n.name, key="name"),
        Col("Anzahl", 108, 16, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Stückpreis", 128, 24, lambda n, i: num(n.price) + " €", "r", "price"),
        Col("Betrag", 160, 30, lambda n, i: num(n.net) + " €", "r", "net"),
    ]
    y = s.head(cols, 112, 8, False, col="#888888")
    s.line(20, y, 190, y, 0.4, "#cccccc")
    y = s.table(cols, d.lines, y + 6, gap=3, note_size=7.5) + 2
    s.line(20, y - 4, 190, y - 4, 0.4, "#cccccc")
    rows = [("Zwischensumme", num(d.line_total) + " €")] + [(lab, f"−{num(a)} €") for lab, a, _ in d.allowances]
    rows += [(f"USt. ({qn(r)} % auf {num(b)} €)", num(t) + " €") for r, b, t in d.taxes] + [
        ("Gesamtbetrag", num(d.grand) + " €")
    ]
    y = s.kv(115, y + 2, rows, 75, 5.4, "r")
    s.kv(115, y + 1, [("Fälliger Betrag", num(d.payable) + " €")], 75, va="r", bl=True, bv=True)
    s.para(20, 235, 165, d.terms or "", 8)
    s.t(
        20,
        262,
        "planwerk Software GmbH · Torstraße 212 · 10115 Berlin · HRB 221904 B (Amtsgericht Charlottenburg)",
        7,
        col="#777777",
    )
    s.t(20, 266, f"USt-IdNr. {d.seller.vat} · IBAN {d.iban} · BIC {d.bic}", 7, col="#777777")


def saas() -> list[Case]:
    seller = Party(
        "planwerk Software GmbH", "Torstraße 212", "10115 Berlin", "DE", ids.vat("DE", "planwerk"), None, "HRB 221904 B"
    )
    ib = ids.iban("DE", "planwerk")
    one = Doc(
        "de-saas-1",
        "de",
        "PW-A1F3-0012",
        d8("2025-01-31"),
        "EUR",
        seller,
        Party("Kontor Digital GmbH", "Große Elbstraße 45", "22767 Hamburg", "DE", ids.vat("DE", "kontor")),
        [
            ln("Team-Tarif, jährlich – 25 Nutzer", 25, "96.00", 19, notes=["01.02.2025 – 31.01.2026"]),
            ln("Zusatzspeicher 500 GB", 1, "120.00", 19),
            ln("Onboarding-Paket", 1, "490.00", 19),
        ],
        "SaaS, amount due large at the top, document discount, grey labels above values",
        iban=ib,
        bic="SOLADEST600",
        due=d8("2025-02-14"),
        po="KD-IT-2025-03",
        allowances=[("Treuerabatt 10 %", dec("301.00"), dec(19))],
        terms="Der Betrag wird am Fälligkeitstag per SEPA-Lastschrift von Ihrem Konto eingezogen.",
        x={"period": "01.02.2025 – 31.01.2026"},
    )
    two = Doc(
        "de-saas-2",
        "de",
        "PW-77C0-0003",
        d8("2025-03-01"),
        "EUR",
        seller,
        Party("Huber Consulting e.U.", "Mariahilfer Straße 88", "1070 Wien, Österreich", "AT", ids.vat("AT", "huber")),
        [ln("Solo-Tarif, monatlich", 1, "12.90", 0)],
        "SaaS to Austria, reverse charge 0 %, one line",
        iban=ib,
        bic="SOLADEST600",
        due=d8("2025-03-15"),
        cat="AE",
        terms="Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge). Zahlung per Kreditkarte •••• 4242.",
        x={"period": "März 2025"},
    )
    return [Case(one, _saas), Case(two, _saas)]


# ---- 8 hotel bill, prices including tax
def _hotel(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 10
    s.t(105, 22, "HOTEL ZUR ALTEN POST", 18, True, "c", "#6b4a1b")
    s.t(105, 28, "Familie Seidl · Marktplatz 2 · 83471 Berchtesgaden", 10, a="c", col="#6b4a1b")
    s.line(40, 31, 170, 31, 0.6, "#6b4a1b")
    s.ts(22, 45, d.buyer.addr, 5)
    s.kv(
        125,
        45,
        [
            ("Rechnung", d.number),
            ("Zimmer", "214"),
            ("Anreise", day(d.x["in"], D)),
            ("Abreise", day(d.delivery or d.date, D)),
            ("Datum", day(d.date, D) + "  08:42"),
            ("Gast", d.x["guest"]),
            ("Kassierer", "07"),
        ],
        25,
        5,
    )
    cols = [
        Col("Datum", 22, 20, lambda n, i: day(n.day or d.date, "%d.%m.")),
        Col("Leistung", 44, 76, lambda n, i: n.name, key="name"),
        Col("Anz.", 122, 10, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Preis", 134, 22, lambda n, i: num(n.price), "r"),
        Col("MwSt", 157, 12, lambda n, i: qn(n.rate) + "%", "r", "rate"),
        Col("Gesamt", 172, 18, lambda n, i: num(n.net), "r"),
    ]
    y = s.head(cols, 92)
    s.line(22, y - 1.5, 190, y - 1.5)
    y = s.table(cols, d.lines, y + 4, lh=4.8)
    s.line(120, y - 3, 190, y - 3)
    s.t(122, y + 2, "Gesamtbetrag", 12, True)
    s.t(190, y + 2, num(d.grand), 12, True, "r")
    y += 9
    s.kv(122, y, d.x["pay"], 68, 5, "r")
    y += 5 * len(d.x["pay"]) + 5
    s.t(22, y, "Im Gesamtbetrag enthaltene Mehrwertsteuer:", 9)
    for k, h in enumerate(("MwSt-Satz", "Netto", "MwSt", "Brutto")):
        s.t(60 + k * 30, y + 6, h, 9, True, "r")
    for r, b, t in d.taxes:
        y += 5
        for k, v in enumerate((f"{num(r)} %", num(b), num(t), num(b + t))):
            s.t(60 + k * 30, y + 6, v, 9, a="r")
    s.para(22, y + 20, 165, d.terms or "")
    s.t(
        105,
        276,
        f"Hotel zur Alten Post, Inh. Maria Seidl e. K. · HRA 9934 Traunstein · Ust-Id {d.seller.vat}",
        8,
        a="c",
    )
    s.t(105, 280, f"Bankhaus Berchtesgaden · IBAN {ids.ib(d.iban or '')} · BIC {d.bic}", 8, a="c")


def hotel() -> list[Case]:
    seller = Party(
        "Hotel zur Alten Post, Inh. Maria Seidl e. K.",
        "Marktplatz 2",
        "83471 Berchtesgaden",
        "DE",
        ids.vat("DE", "altepost"),
        None,
        "HRA 9934",
    )
    ib = ids.iban("DE", "altepost")
    b = Party("Elbtal Sensorik AG", "Reisestelle, Dresdner Str. 12", "01705 Freital", "DE")
    one = Doc(
        "de-hotel-1",
        "de",
        "HR 25/01877",
        d8("2025-07-18"),
        "EUR",
        seller,
        b,
        [
            ln("Übernachtung Doppelzimmer zur Einzelnutzung", 2, "118.00", 7, day="2025-07-16"),
            ln("Frühstücksbuffet", 2, "16.50", 19, day="2025-07-17"),
            ln("Restaurant Abendessen", 1, "43.80", 19, day="2025-07-17"),
            ln("Minibar", 1, "7.90", 19, day="2025-07-17"),
            ln("Garagenstellplatz", 2, "12.00", 19, day="2025-07-18"),
        ],
        "hotel bill, prices including tax (line nets null), two rates, short dates in the lines",
        gross=True,
        iban=ib,
        bic="RZBADE21XXX",
        delivery=d8("2025-07-18"),
        terms="Betrag per EC-Karte dankend erhalten.",
        prepaid=None,
        x={"in": d8("2025-07-16"), "guest": "Hr. Dr. Pohl", "pay": [("gegeben: EC-Karte", "")]},
    )
    two = Doc(
        "de-hotel-2",
        "de",
        "HR 25/02204",
        d8("2025-08-24"),
        "EUR",
        seller,
        b,
        [
            ln("Tagungspauschale pro Person", 14, "69.00", 19, day="2025-08-23"),
            ln("Einzelzimmer inkl. Kurtaxe", 14, "104.50", 7, day="2025-08-23"),
        ],
        "hotel conference bill including tax with a deposit already paid",
        gross=True,
        iban=ib,
        bic="RZBADE21XXX",
        delivery=d8("2025-08-24"),
        prepaid=dec("500.00"),
        terms="Zahlbar sofort nach Erhalt rein netto.",
        x={"in": d8("2025-08-23"), "guest": "Gruppe Elbtal", "pay": [("abzgl. Anzahlung vom 01.07.2025", "-500,00")]},
    )
    two.x["pay"].append(("Offener Betrag", num(two.payable)))
    return [Case(one, _hotel), Case(two, _hotel)]


# ---- 9 medical: exempt
def _medical(d: Doc, s: Sheet) -> None:
    s.font, s.size = "stix", 10.5
    s.ts(
        190,
        20,
        [
            "Dr. med. Anselm Wirth",
            "Facharzt für Orthopädie und Unfallchirurgie",
            "Ludwigsplatz 6, 76829 Landau",
            "Tel. 06341 / 8 02 17",
        ],
        4.8,
        a="r",
    )
    s.ts(22, 52, d.buyer.addr, 5)
    s.t(22, 88, "Landau, " + day(d.date, "{d}. {B} %Y|de"))
    s.t(22, 97, "Privatliquidation", 15, True)
    s.t(22, 104, f"Liquidations-Nr. {d.number}     Diagnose: {d.x['diag']}")
    s.t(22, 110, f"Für ärztliche Bemühungen in der Zeit vom {d.x['period']} erlaube ich mir zu berechnen:")
    cols = [
        Col("Datum", 22, 20, lambda n, i: day(n.day or d.date, "%d.%m.%y")),
        Col("GOÄ", 44, 14, lambda n, i: n.art),
        Col("Leistungsbeschreibung", 59, 78, lambda n, i: n.name, key="name"),
        Col("Faktor", 138, 14, lambda n, i: n.code, "r"),
        Col("Anz.", 154, 10, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Betrag €", 168, 22, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 120) + 3
    y = s.table(cols, d.lines, y, lh=4.6)
    s.line(165, y - 3, 190, y - 3)
    s.t(120, y + 2, "Gesamtsumme:", b=True)
    s.t(190, y + 2, num(d.grand), b=True, a="r")
    y = s.para(22, y + 14, 165, d.terms or "")
    s.para(22, y + 4, 165, "Heilbehandlungen sind nach § 4 Nr. 14 UStG von der Umsatzsteuer befreit.", 9)
    s.t(
        22,
        275,
        f"Deutsche Ärzte- und Apothekerbank · IBAN {ids.ib(d.iban or '')} · BIC {d.bic} · St.-Nr. {d.seller.tax_number}",
        9,
    )


def medical() -> list[Case]:
    seller = Party("Dr. med. Anselm Wirth", "Ludwigsplatz 6", "76829 Landau", "DE", None, "24/168/70143")
    d = Doc(
        "de-arzt-1",
        "de",
        "25-3318",
        d8("2025-05-27"),
        "EUR",
        seller,
        Party("Frau Henriette Kolb", "Rebenweg 19", "76835 Rhodt", "DE"),
        [
            ln("Beratung, auch telefonisch", 1, "10.72", art="1", day="2025-05-06", code="2,3"),
            ln(
                "Vollständige körperliche Untersuchung eines Organsystems",
                1,
                "21.45",
                art="7",
                day="2025-05-06",
                code="2,3",
            ),
            ln(
                "Röntgen Kniegelenk in zwei Ebenen, Auswertung und schriftlicher Befund",
                2,
                "29.38",
                art="5030",
                day="2025-05-06",
                code="1,8",
            ),
            ln("Intraartikuläre Injektion", 3, "12.74", art="255", day="2025-05-20", code="2,3"),
        ],
        "medical fee note (tax exempt), odd words (Liquidation), date and code before the description",
        iban=ids.iban("DE", "wirth"),
        bic="DAAEDEDDXXX",
        cat="E",
        terms="Bitte begleichen Sie den Betrag bis zum 26.06.2025 unter Angabe der Liquidations-Nr.",
        due=d8("2025-06-26"),
        x={"diag": "Gonarthrose rechts (M17.1)", "period": "06.05.2025 bis 20.05.2025"},
    )
    return [Case(d, _medical)]


# ---- 10 Austria: letterhead left, label words of the alps
def _austria(d: Doc, s: Sheet) -> None:
    s.t(20, 20, "Weinkellerei Mag. Thomas Pichler", 14, True, col="#5b0f1e")
    s.ts(20, 25, ["Kellergasse 31", "A-3550 Langenlois", "Tel. +43 2734 2180", f"UID: {d.seller.vat}"], 3.8, size=8)
    s.box(110, 16, 82, 34)
    s.t(112, 20, "Empfänger", 7)
    s.ts(115, 27, [*d.buyer.addr, *([f"UID {d.buyer.vat}"] if d.buyer.vat else [])], 4.6, size=10)
    s.box(20, 58, 172, 12, "#f3e9ea")
    for x, h, v in (
        (22, "FAKTURA NR.", d.number),
        (62, "FAKTURADATUM", day(d.date, D)),
        (98, "LIEFERDATUM", day(d.delivery or d.date, D)),
        (130, "KD.NR.", "77"),
        (150, "VALUTA", day(d.due or d.date, D)),
    ):
        s.t(x, 62, h, 6.5, col="#5b0f1e")
        s.t(x, 67.5, v, 9.5, True)
    cols = [
        Col("Art.", 21, 16, lambda n, i: n.art),
        Col("Text", 38, 66, lambda n, i: n.name, key="name"),
        Col("Flaschen", 104, 16, lambda n, i: qn(n.qty), "r", "qty"),
        Col("à EUR", 122, 18, lambda n, i: num(n.price), "r", "price"),
        Col("Rab.", 141, 13, lambda n, i: f"-{qn(n.disc)}%" if n.disc else "", "r"),
        Col("USt", 155, 12, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
        Col("EUR netto", 168, 23, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 79, fill="#f3e9ea") + 3, zebra="#faf5f6", note_size=7.5) + 4
    # totals on the left
    s.t(21, y, "USt-Satz", 8, True)
    for x, h in ((65, "Bemessung"), (92, "Steuer"), (120, "Gesamt")):
        s.t(x, y, h, 8, True, "r")
    for r, b, t in d.taxes:
        y += 5
        s.t(21, y, f"{qn(r)} %")
        for x, sum_ in ((65, b), (92, t), (120, b + t)):
            s.t(x, y, num(sum_), a="r")
    y += 6
    s.line(20, y - 4.2, 121, y - 4.2)
    s.t(21, y, "Summe", b=True)
    for x, sum_ in ((65, d.basis), (92, d.tax), (120, d.grand)):
        s.t(x, y, num(sum_), b=True, a="r")
    s.t(21, y + 8, f"Zu zahlen EUR {num(d.payable)}", 12, True)
    s.para(21, y + 18, 165, d.terms or "")
    s.para(21, y + 28, 165, d.x.get("note", "Jugendschutz: Abgabe nur an Personen über 18 Jahre."), 8)
    s.t(
        20,
        280,
        f"Raiffeisenbank Langenlois | IBAN {ids.ib(d.iban or '')} | BIC {d.bic} | FN 318844 k LG Krems | Betriebsnr. LFBIS 1442207",
        7,
    )


def austria() -> list[Case]:
    seller = Party(
        "Weinkellerei Mag. Thomas Pichler",
        "Kellergasse 31",
        "A-3550 Langenlois",
        "AT",
        ids.vat("AT", "pichler"),
        None,
        "FN 318844 k",
    )
    ib = ids.iban("AT", "pichler")
    lines = [
        ln("Grüner Veltliner Kamptal DAC 2024, 0,75 l", 120, "5.80", 20, art="1024", disc=8),
        ln("Riesling Ried Steinhaus 2023, 0,75 l", 36, "9.40", 20, art="1123"),
        ln("Traubensaft naturtrüb 1 l", 48, "2.60", 10, art="3001"),
        ln("Marillennektar 1 l", 24, "2.95", 10, art="3002"),
    ]
    one = Doc(
        "at-wein-1",
        "de",
        "F25/0892",
        d8("2025-04-30"),
        "EUR",
        seller,
        Party("Gasthof Schwarzer Adler", "Hauptplatz 5", "3500 Krems", "AT", extra="Fam. Loidl"),
        lines,
        "Austria, FAKTURA, totals block on the left with tax table, due date called VALUTA, zebra",
        iban=ib,
        bic="RLNWATWWLLS",
        delivery=d8("2025-04-28"),
        due=d8("2025-05-30"),
        terms="Zahlungsziel 30 Tage netto, bei Zahlung binnen 8 Tagen 3% Skonto.",
    )
    eu = [ln(n.name, n.qty * 5, n.price, 0, n.unit, n.disc, n.art) for n in lines[:2]]
    two = Doc(
        "at-wein-2",
        "de",
        "F25/0931",
        d8("2025-05-15"),
        "EUR",
        seller,
        Party("Rheinwein Import GmbH", "Rheinallee 7", "55116 Mainz, Deutschland", "DE", ids.vat("DE", "rheinwein")),
        eu,
        "Austria intra-community supply 0 %",
        iban=ib,
        bic="RLNWATWWLLS",
        delivery=d8("2025-05-12"),
        due=d8("2025-06-14"),
        cat="K",
        terms="Zahlungsziel 30 Tage netto.",
        x={"note": "Steuerfreie innergemeinschaftliche Lieferung gem. Art. 6 Abs. 1 UStG 1994."},
    )
    return [Case(one, _austria), Case(two, _austria)]


# ---- 11 Austria: IT consulting, hours, month name Jänner
def _alps(d: Doc, s: Sheet) -> None:
    s.font = "sans"
    s.box(0, 0, 62, 297, "#22313f", stroke=False)
    s.t(10, 25, "Gipfel", 20, True, col="#ffffff")
    s.t(10, 32, "IT-Beratung", 12, col="#ffffff")
    s.ts(
        10,
        60,
        [
            "Gipfel IT-Beratung GmbH",
            "Maria-Theresien-Str. 18",
            "6020 Innsbruck",
            "Österreich",
            "",
            "+43 512 90 33 10",
            "office@gipfel-it.example",
        ],
        4.6,
        size=7.5,
        col="#ffffff",
    )
    s.ts(
        10,
        225,
        [
            "FN 402117 p",
            "LG Innsbruck",
            f"UID {d.seller.vat}",
            "",
            "Tiroler Sparkasse",
            "IBAN",
            ids.grp(d.iban or "", 12),
            f"BIC {d.bic}",
        ],
        4.6,
        size=7.5,
        col="#ffffff",
    )
    s.t(72, 25, d.x["title"], 18)
    s.ts(72, 45, d.buyer.addr, 4.8)
    s.kv(
        72,
        78,
        [
            ("Nummer", d.number),
            ("Innsbruck, am", day(d.date, "{d}. {B} %Y|at")),
            ("Leistungsmonat", d.x["month"]),
            ("Ihre Bestellnummer", d.po or ""),
        ],
        40,
        5,
    )
    cols = [
        Col("Tätigkeit", 72, 66, lambda n, i: n.name, key="name"),
        Col("Std.", 140, 11, lambda n, i: num(n.qty), "r", "qty"),
        Col("Satz", 152, 18, lambda n, i: num(n.price), "r", "price"),
        Col("Betrag", 172, 24, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 108)
    s.line(72, y - 1, 196, y - 1)
    y = s.table(cols, d.lines, y + 5, gap=2, note_size=7)
    s.line(72, y - 3, 196, y - 3)
    rows = [("Netto", num(d.basis))] + [(f"{qn(r)}% USt", num(t)) for r, _, t in d.taxes]
    y = s.kv(130, y + 2, rows, 66, 5, "r")
    s.kv(130, y + 1, [("Gesamt EUR", num(d.grand))], 66, va="r", bl=True, bv=True)
    s.para(72, y + 16, 120, d.terms or "")


def alps() -> list[Case]:
    seller = Party(
        "Gipfel IT-Beratung GmbH",
        "Maria-Theresien-Str. 18",
        "6020 Innsbruck",
        "AT",
        ids.vat("AT", "gipfel"),
        None,
        "FN 402117 p",
    )
    ib = ids.iban("AT", "gipfel")
    b = Party("Bergbahnen Zillertal AG", "Talstation 1", "6290 Mayrhofen", "AT")
    one = Doc(
        "at-it-1",
        "de",
        "2025-001",
        d8("2025-01-31"),
        "EUR",
        seller,
        b,
        [
            ln("Systemanalyse Kassensystem", "32.5", "115.00", 20, notes=["Tickets 4411, 4420, 4431"]),
            ln("Datenmigration Saisonkarten", "18.75", "115.00", 20),
            ln("Bereitschaft Wochenende 25./26.1.", 8, "160.00", 20),
        ],
        "Austria, dark side column with company data, Jänner, hours as quantity, invoice number labelled only 'Nummer'",
        iban=ib,
        bic="SPIHAT22XXX",
        po="BBZ-9120",
        terms="Zahlbar prompt nach Rechnungserhalt.",
        x={"title": "Honorarnote", "month": "Jänner 2025"},
    )
    two = Doc(
        "at-it-2",
        "de",
        "2025-014",
        d8("2025-04-01"),
        "EUR",
        seller,
        b,
        [ln("Gutschrift Bereitschaft 25./26.1. (irrtümlich verrechnet)", 8, "160.00", 20)],
        "Austria credit note with positive amounts, refers to the old invoice number",
        iban=ib,
        bic="SPIHAT22XXX",
        po="BBZ-9120",
        type_code="381",
        terms="Bezug: Honorarnote 2025-001 vom 31. Jänner 2025. Der Betrag wird rücküberwiesen.",
        x={"title": "Gutschrift", "month": "Jänner 2025"},
    )
    return [Case(one, _alps), Case(two, _alps)]


# ---- 12 Switzerland with QR-bill part
def _qrbill(d: Doc, s: Sheet) -> None:
    s.t(20, 20, "schreinerei ammann ag", 16, True)
    s.t(20, 25, "innenausbau küchen möbel", 8)
    s.ts(
        130,
        18,
        [
            "Schreinerei Ammann AG",
            "Werkstrasse 9",
            "8620 Wetzikon",
            "044 930 11 22",
            f"MWST-Nr. {_che(d.seller.vat)} MWST",
        ],
        4,
        size=8,
    )
    s.ts(130, 52, d.buyer.addr, 4.8, size=10)
    s.t(20, 78, f"Rechnung {d.number}", 14, True)
    s.t(20, 85, f"Wetzikon, {day(d.date, '{d}. {B} %Y|de')}")
    s.t(105, 85, f"Unsere Referenz: ra / Objekt: {d.x['obj']}")
    cols = [
        Col("Pos.", 20, 9, lambda n, i: str(i), key="id"),
        Col("Leistung", 30, 80, lambda n, i: n.name, key="name"),
        Col("Anzahl", 112, 22, lambda n, i: f"{qn(n.qty, 'ch')} {n.unit}", "r", "qty"),
        Col("Preis", 138, 22, lambda n, i: num(n.price, "ch"), "r", "price"),
        Col("Total CHF", 166, 24, lambda n, i: num(n.net, "ch"), "r", "net"),
    ]
    y = s.head(cols, 95)
    s.line(20, y - 1.8, 190, y - 1.8, 0.8)
    y = s.table(cols, d.lines, y + 3) + 1
    rows = (
        [("Zwischentotal", num(d.line_total, "ch"))]
        if len(d.taxes) > 1 or d.allowances
        else [("Total exkl. MWST", num(d.basis, "ch"))]
    )
    rows += [(lab, "-" + num(a, "ch")) for lab, a, _ in d.allowances]
    rows += [(f"MWST {qn(r, 'p.')}% von {num(b, 'ch')}", num(t, "ch")) for r, b, t in d.taxes]
    if d.rounding:
        rows.append(("Rundung", num(d.rounding, "ch")))
    y = s.kv(110, y, rows, 80, 4.6, "r")
    s.line(110, y - 3.4, 190, y - 3.4)
    s.kv(110, y + 0.6, [("Rechnungsbetrag CHF", num(d.payable, "ch"))], 80, va="r", bl=True, bv=True)
    s.t(20, y + 8, d.terms or "")
    _slip(d, s)


def _che(v: str | None) -> str:
    digits = (v or "")[3:]
    return f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}"


def _slip(d: Doc, s: Sheet) -> None:
    """Receipt and payment part of a Swiss QR-bill."""
    top = 192.0
    s.line(0, top, 210, top, 0.5, dash=True)
    s.line(62, top, 62, 297, 0.5, dash=True)
    amount = num(d.payable, "ch").replace("'", " ")
    acct = [ids.ib(d.iban or ""), d.seller.name, d.seller.street, d.seller.city]
    debtor = [d.buyer.name, d.buyer.street, d.buyer.city]
    ref = ids.grp(d.x["ref"], 2, 5)
    s.t(5, top + 8, d.x.get("receipt", "Empfangsschein"), 11, True)
    y = top + 14
    words = d.x.get(
        "words",
        (
            "Konto / Zahlbar an",
            "Referenz",
            "Zahlbar durch",
            "Währung",
            "Betrag",
            "Zahlteil",
            "Zusätzliche Informationen",
            "Annahmestelle",
        ),
    )
    for label, rows in ((words[0], acct), (words[1], [ref]), (words[2], debtor)):
        s.t(5, y, label, 6, True)
        y = s.ts(5, y + 3.4, rows, 3.4, size=7.5 if label != words[1] else 7) + 2
    s.t(5, top + 72, words[3], 6, True)
    s.t(20, top + 72, words[4], 6, True)
    s.t(5, top + 76, d.cur, 8)
    s.t(20, top + 76, amount, 8)
    s.t(57, top + 88, words[7], 6, True, "r")
    s.t(67, top + 8, words[5], 11, True)
    payload = f"SPC\n0200\n1\n{d.iban}\nS\n{d.seller.name}\n{d.payable}\n{d.cur}\nQRR\n{d.x['ref']}\nEPD"
    s.qr(67, top + 14, 46, payload)
    s.t(67, top + 72, words[3], 8, True)
    s.t(85, top + 72, words[4], 8, True)
    s.t(67, top + 77, d.cur, 10)
    s.t(85, top + 77, amount, 10)
    y = top + 8
    for label, rows in ((words[0], acct), (words[1], [ref]), (words[6], [f"{d.number}"]), (words[2], debtor)):
        s.t(118, y, label, 8, True)
        y = s.ts(118, y + 4.2, rows, 4.2, size=10) + 2.2


def qrbill() -> list[Case]:
    seller = Party("Schreinerei Ammann AG", "Werkstrasse 9", "8620 Wetzikon", "CH", ids.vat("CH", "ammann"))
    ib = ids.iban("CH", "ammann")
    one = Doc(
        "ch-qr-1",
        "de",
        "24 0317",
        d8("2025-02-11"),
        "CHF",
        seller,
        Party("Genossenschaft Wohnhof", "Seestrasse 140", "8610 Uster", "CH"),
        [
            ln("Einbauschrank Eiche geölt, nach Mass, gemäss Offerte vom 04.11.2024", 1, "4820.00", "8.1", "Stk."),
            ln("Türen anpassen", 3, "145.50", "8.1", "Stk."),
            ln("Montage", "14.5", "112.00", "8.1", "Std."),
            ln("Kleinmaterial, Entsorgung", 1, "87.35", "8.1", "psch."),
        ],
        "Swiss QR-bill on the same page, 5-rappen rounding, apostrophe thousands, no printed due date",
        iban=ib,
        delivery=None,
        allowances=[("Rabatt 5%", dec("348.39"), dec("8.1"))],
        terms="Zahlbar innert 30 Tagen netto.",
        x={"obj": "Wohnhof, Haus C", "ref": "210000000003139471430009017"},
    )
    pay = (one.grand * 20).quantize(Decimal(1)) / 20
    one.rounding = pay - one.grand
    two = Doc(
        "ch-qr-2",
        "de",
        "24 0322",
        d8("2025-02-25"),
        "CHF",
        seller,
        Party("Marianne Keller", "Bahnhofstrasse 3", "8620 Wetzikon", "CH"),
        [
            ln("Tischplatte abschleifen und ölen", 1, "380.00", "8.1", "Stk."),
            ln("Abholung und Lieferung", 2, "60.00", "8.1", "Fahrt"),
        ],
        "Swiss QR-bill, small amounts",
        iban=ib,
        terms="Zahlbar bis 27.03.2025.",
        due=d8("2025-03-27"),
        x={"obj": "Esstisch", "ref": "210000000003139471430009024"},
    )
    return [Case(one, _qrbill), Case(two, _qrbill)]


# ---- 13 Swiss French fiduciary
def _fiduciaire(d: Doc, s: Sheet) -> None:
    s.font, s.size = "serif", 8.5
    s.t(20, 22, "FIDUCIAIRE DU LÉMAN SA", 14, True)
    s.line(20, 25, 120, 25, 2)
    s.ts(20, 30, ["Avenue de la Gare 44, 1003 Lausanne", f"N° TVA {_che(d.seller.vat)} TVA"], 4.2, size=7.5)
    s.ts(120, 52, d.buyer.addr, 4.8, size=9.5)
    s.t(120, 80, f"Lausanne, le {day(d.date, '{d} {B} %Y|fr')}")
    s.t(20, 95, f"NOTE D'HONORAIRES N° {d.number}", 12, True)
    y = s.para(20, 103, 170, d.x["intro"])
    cols = [
        Col("Montant CHF", 20, 26, lambda n, i: num(n.net, "ch2"), "r", "net"),
        Col("Prestations", 52, 88, lambda n, i: n.name, key="name"),
        Col("Heures", 142, 16, lambda n, i: num(n.qty, "ch2"), "r", "qty"),
        Col("Tarif", 164, 20, lambda n, i: num(n.price, "ch2"), "r", "price"),
    ]
    y = s.table(cols, d.lines, s.head(cols, y + 4) + 4, gap=2)
    s.line(20, y - 3, 47, y - 3)
    rows = [(num(d.basis, "ch2"), "Total hors TVA")]
    rows += [(num(t, "ch2"), f"TVA {qn(r, 'p.')} %") for r, _, t in d.taxes]
    for v, label in rows:
        s.t(46, y + 1, v, a="r")
        s.t(52, y + 1, label)
        y += 5
    s.line(20, y - 2.6, 47, y - 2.6)
    s.t(46, y + 2, num(d.grand, "ch2"), b=True, a="r")
    s.t(52, y + 2, "Montant dû, TVA comprise", b=True)
    y = s.para(20, y + 14, 165, d.terms or "")
    s.t(20, y + 6, f"Banque Cantonale Vaudoise – IBAN {ids.ib(d.iban or '')} – SWIFT {d.bic}")


def fiduciaire() -> list[Case]:
    seller = Party("Fiduciaire du Léman SA", "Avenue de la Gare 44", "1003 Lausanne", "CH", ids.vat("CH", "leman"))
    d = Doc(
        "ch-fid-1",
        "fr",
        "H-2025/118",
        d8("2025-06-02"),
        "CHF",
        seller,
        Party("Garage des Alpes Sàrl", "Route de Sion 12", "1920 Martigny", "CH"),
        [
            ln("Bouclement des comptes 2024 et établissement du rapport de gestion", "18.5", "190.00", "8.1"),
            ln("Déclaration d'impôt de la société", 4, "190.00", "8.1"),
            ln("Secrétariat, photocopies et débours", "2.25", "95.00", "8.1"),
        ],
        "Swiss French fee note, amount column before the description, typographic apostrophe thousands, totals left",
        iban=ids.iban("CH", "leman"),
        bic="BCVLCH2LXXX",
        terms="Payable à 30 jours, sans escompte.",
        po=None,
        x={
            "intro": "Concerne : mandat fiduciaire, exercice clos au 31 décembre 2024. Selon notre offre n° 4471 du 12 mars 2024, nous vous facturons :"
        },
    )
    return [Case(d, _fiduciaire)]


# ---- 14 haulage, landscape, many consignments, two pages
def _freight(d: Doc, s: Sheet) -> None:
    s.size = 8

    def top() -> float:
        s.t(15, 16, "SPEDITION OTTENSMEYER", 15, True, col="#004488")
        s.t(15, 21, "Ottensmeyer Spedition und Logistik KG  ·  Am Containerbahnhof 11  ·  32547 Bad Oeynhausen", 8)
        s.kv(
            205,
            14,
            [
                ("Sammelrechnung", d.number),
                ("Rg.-Datum", day(d.date, D)),
                ("Debitor", "61180"),
                ("Leistung von - bis", d.x["period"]),
                ("Blatt", str(s.page)),
            ],
            34,
            4.2,
        )
        return 58.0 if s.page == 1 else 45.0

    cols = [
        Col("Datum", 15, 18, lambda n, i: day(n.day or d.date, D)),
        Col("Sendung", 35, 24, lambda n, i: n.art),
        Col("von / nach", 60, 82, lambda n, i: n.name, key="name"),
        Col("Colli", 144, 14, lambda n, i: n.code, "r"),
        Col("Menge", 160, 18, lambda n, i: f"{qn(n.qty)}", "r", "qty"),
        Col("Einheit", 181, 16, lambda n, i: n.unit),
        Col("Satz", 198, 22, lambda n, i: num(n.price), "r", "price"),
        Col("Steuer", 224, 14, lambda n, i: f"{qn(n.rate)} %", "r", "rate"),
        Col("Netto EUR", 246, 32, lambda n, i: num(n.net), "r", "net"),
    ]

    def brk(running: Decimal) -> float:
        s.t(205, 192, "Übertrag", b=True)
        s.t(278, 192, num(running), b=True, a="r")
        s.new()
        y = s.head(cols, top())
        s.t(205, y + 2, "Übertrag von Blatt 1", b=True)
        s.t(278, y + 2, num(running), b=True, a="r")
        return y + 8

    top()
    s.ts(15, 32, d.buyer.addr, 4.4, size=9)
    y = s.head(cols, 58)
    s.line(15, y - 1.5, 279, y - 1.5)
    y = s.table(cols, d.lines, y + 3, bottom=186, brk=brk)
    s.line(205, y - 2, 279, y - 2)
    rows = [("Summe netto", num(d.line_total))] + [(lab, num(a)) for lab, a, _ in d.charges]
    rows += [(f"USt {qn(r)} % aus {num(b)}", num(t)) for r, b, t in d.taxes] + [("Zahlbetrag EUR", num(d.grand))]
    s.kv(205, y + 3, rows, 73, 4.8, "r", bv=False)
    s.para(15, y + 4, 150, d.terms or "")
    s.para(
        15,
        y + 14,
        150,
        "Wir arbeiten ausschließlich auf Grundlage der ADSp 2017. Haftung begrenzt auf 8,33 SZR/kg, je Schadenfall höchstens 1,25 Mio. EUR.",
        7,
    )
    s.t(
        15,
        203,
        f"USt-IdNr. {d.seller.vat} · HRA 5512 AG Bad Oeynhausen · Sparkasse: IBAN {ids.ib(d.iban or '')} ({d.bic}) · Volksbank: IBAN "
        f"{ids.ib(ids.iban('DE', 'otten2'))}",
        7,
    )


def freight() -> list[Case]:
    seller = Party(
        "Ottensmeyer Spedition und Logistik KG",
        "Am Containerbahnhof 11",
        "32547 Bad Oeynhausen",
        "DE",
        ids.vat("DE", "otten"),
        None,
        "HRA 5512",
    )
    towns = ["Herford", "Antwerpen", "Kassel", "Lyon", "Bremen", "Poznań"]
    lines = []
    for i in range(26):
        a, b = towns[i % 4], ["Minden", "Hannover", "Basel", "Graz"][i % 3]
        unit = ["kg", "Pal", "Ldm"][i % 3]
        qty, price = [
            (dec(340 + 17 * i), dec("0.18")),
            (dec(i % 5 + 1), dec("62.50")),
            (dec("2.4") + i % 3, dec("96.00")),
        ][i % 3]
        lines.append(
            ln(
                f"{a} - {b}",
                qty,
                price,
                0 if b == "Basel" else 19,
                unit,
                art=f"25{i:02d}.1{i:02d}",
                day=f"2025-03-{i + 1:02d}",
                code=str(i % 7 + 1),
            )
        )
    d = Doc(
        "de-fracht-1",
        "de",
        "SR-250331-07",
        d8("2025-03-31"),
        "EUR",
        seller,
        Party("Möbelwerke Löhne GmbH", "Koblenzer Str. 300", "32584 Löhne", "DE"),
        lines,
        "landscape haulage collective invoice, two pages, carry-over, mixed 19 % / 0 %, two banks, a date in each line",
        iban=ids.iban("DE", "otten"),
        bic="WELADED1OEH",
        charges=[("Dieselzuschlag", dec("98.40"), dec(19))],
        terms="Fällig am 15.04.2025 ohne Abzug.",
        due=d8("2025-04-15"),
        cat="G",
        x={"period": "01.03.2025 - 31.03.2025"},
        pagesize=landscape(A4),
    )
    return [Case(d, _freight)]


# ---- 15 agency: all company data only in the footer, logo text only, everything far from its label
def _agency(d: Doc, s: Sheet) -> None:
    s.font = "helv"
    s.t(20, 30, "studio//nord", 26, True)
    s.t(20, 60, d.buyer.name, 10)
    s.ts(20, 65, d.buyer.addr[1:], 5, size=10)
    s.t(20, 105, d.x["title"], 30)
    for y, label, value in (
        (118.0, "No.", d.number),
        (123.0, "Projekt", d.x["project"]),
        (128.0, "Tag", day(d.date, D)),
        (133.0, "Bestellung", d.po or ""),
    ):
        s.t(20, y, label)
        s.t(190, y, value, a="r")
        s.line(20, y + 1.2, 190, y + 1.2, 0.2)
    y = 148.0
    for n in d.lines:
        for k, row in enumerate(s.wrap(n.name, 110)):
            s.t(20, y + k * 4.4, row, b=True)
        s.t(190, y, num(n.net), a="r")
        y += 4.4 * len(s.wrap(n.name, 110))
        s.t(20, y, f"{qn(n.qty)} {n.unit} × {num(n.price)}", 8, col="#666666")
        y += 7
    s.keys |= {"name", "qty", "price", "net"}
    s.line(20, y - 3, 190, y - 3, 1)
    s.t(20, y + 3, "Honorar netto")
    s.t(190, y + 3, num(d.basis), a="r")
    for r, _, t in d.taxes:
        y += 5
        s.t(20, y + 3, f"Mehrwertsteuer {qn(r)}%")
        s.t(190, y + 3, num(t), a="r")
    s.t(20, y + 12, "Zu überweisen, in Euro", 11, True)
    s.t(190, y + 12, num(d.grand), 11, True, "r")
    s.para(20, y + 22, 165, d.terms or "")
    cols = (
        ["studio nord Kommunikation GmbH", "Spielbudenplatz 5", "20359 Hamburg"],
        ["Amtsgericht Hamburg", "HRB 133907", "GF: T. Asmussen"],
        [f"USt-ID {d.seller.vat}", f"StNr {d.seller.tax_number}", ""],
        ["Haspa", d.iban or "", d.bic or ""],
    )
    for x, rows in zip((20, 70, 108, 148), cols, strict=True):
        s.ts(x, 278, rows, 3.4, size=6.5)


def agency() -> list[Case]:
    seller = Party(
        "studio nord Kommunikation GmbH",
        "Spielbudenplatz 5",
        "20359 Hamburg",
        "DE",
        ids.vat("DE", "studionord"),
        "48/762/01559",
        "HRB 133907",
    )
    ib = ids.iban("DE", "studionord")
    b = Party("Reederei Petersen & Cie. (GmbH & Co.)", "Ballindamm 17", "20095 Hamburg", "DE", extra="Marketing")
    one = Doc(
        "de-agentur-1",
        "de",
        "R1044",
        d8("2025-05-05"),
        "EUR",
        seller,
        b,
        [
            ln("Konzeption Messestand SMM", 3, "1150.00", 19, "Tage"),
            ln("Reinzeichnung Broschüre 24 Seiten, deutsch/englisch", 24, "85.00", 19, "Seiten"),
            ln("Lizenz Fotomotiv „Elbe“", 1, "390.00", 19, "Stück"),
        ],
        "agency, company data only in the footer, labels far left and values far right, no table head",
        iban=ib,
        bic="HASPDEHHXXX",
        po="PO 4500-7712",
        terms="Bitte überweisen Sie innerhalb von 10 Werktagen.",
        x={"title": "Rechnung", "project": "P-2025-031 SMM Messe"},
    )
    two = Doc(
        "de-agentur-2",
        "de",
        "R1051",
        d8("2025-06-12"),
        "EUR",
        seller,
        b,
        [ln("Konzeption Messestand SMM", 2, "1150.00", 19, "Tage")],
        "correction invoice (Rechnungskorrektur) naming the replaced number R1044",
        iban=ib,
        bic="HASPDEHHXXX",
        po="PO 4500-7712",
        type_code="384",
        terms="Diese Rechnungskorrektur ersetzt unsere Rechnung R1044 vom 05.05.2025. Bitte überweisen Sie innerhalb von 10 Werktagen.",
        x={"title": "Rechnungskorrektur", "project": "P-2025-031 SMM Messe"},
    )
    return [Case(one, _agency), Case(two, _agency)]
