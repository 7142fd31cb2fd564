# ruff: noqa: E501 (the texts on the pages are long lines)
"""Dutch, Polish, Swedish and Danish layouts."""

from decimal import Decimal

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, d8, day, dec, ln, num, qn

N = "%d-%m-%Y"


def cases() -> list[Case]:
    return [*modern(), *bouw(), *horeca(), *faktura(), *eksport(), *svensk(), *dansk(), *konsult()]


# ---- NL 1 modern
def _modern(d: Doc, s: Sheet) -> None:
    s.font = "vera"
    s.size = 8.5
    s.t(20, 25, "fietsatelier", 20, True, col="#e11d48")
    s.t(20, 31, "onderhoud voor wagenparken op twee wielen", 8)
    s.ts(20, 50, ["Factuur aan", *d.buyer.addr], 4.8)
    s.t(120, 50, d.x["title"], 16, True, col="#e11d48")
    s.kv(
        120,
        58,
        [
            (d.x["nr"], d.number),
            ("Factuurdatum", day(d.date, "{d} {B} %Y|nl")),
            ("Te betalen vóór", day(d.due, "{d} {B} %Y|nl") if d.due else "-"),
            ("Uw kenmerk", d.po or "-"),
            ("Debiteur", "10233"),
        ],
        34,
        5,
    )
    cols = [
        Col("Aantal", 20, 18, lambda n, i: f"{qn(n.qty)} {n.unit}", "r", "qty"),
        Col("Omschrijving", 43, 76, lambda n, i: n.name, key="name"),
        Col("Tarief", 121, 22, lambda n, i: "€ " + num(n.price), "r", "price"),
        Col("Btw", 146, 12, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
        Col("Bedrag", 162, 28, lambda n, i: "€ " + num(n.net), "r", "net"),
    ]
    y = s.head(cols, 98, col="#e11d48")
    y = s.table(cols, d.lines, y + 4, rule="row", gap=2.6, note_size=7) + 3
    rows = [("Subtotaal", "€ " + num(d.line_total))] + [(lab, f"€ -{num(a)}") for lab, a, _ in d.allowances]
    rows += [(f"{qn(r)}% btw over € {num(b)}", "€ " + num(t)) for r, b, t in d.taxes]
    y = s.kv(110, y, rows, 80, 5, "r")
    s.line(110, y - 3.4, 190, y - 3.4, 1, "#e11d48")
    s.kv(
        110,
        y + 1.4,
        [("Totaal te voldoen" if d.type_code == "380" else "Totaal credit", "€ " + num(d.grand))],
        80,
        va="r",
        bl=True,
        bv=True,
    )
    s.para(20, y + 18, 170, d.terms or "")
    s.line(20, 268, 190, 268, 0.3, "#e11d48")
    s.t(20, 273, f"Fietsatelier B.V.  |  Zeedijk 77  |  1012 AS Amsterdam  |  Nederland  |  KvK {d.seller.legal}", 7)
    s.t(20, 277, f"Btw-id {d.seller.vat}  |  IBAN {ids.ib(d.iban or '')}  |  BIC {d.bic}", 7)


def modern() -> list[Case]:
    seller = Party(
        "Fietsatelier B.V.", "Zeedijk 77", "1012 AS Amsterdam", "NL", ids.vat("NL", "fiets"), None, "68112044"
    )
    ib = ids.iban("NL", "fiets")
    buyer = Party(
        "Bezorgdienst Snelle Jelle",
        "Van Woustraat 18-hs",
        "1073 LM Amsterdam",
        "NL",
        extra="t.a.v. de crediteurenadministratie",
    )
    one = Doc(
        "nl-fiets-1",
        "nl",
        "2025.0417",
        d8("2025-05-06"),
        "EUR",
        seller,
        buyer,
        [
            ln(
                "Onderhoudsbeurt bakfiets, arbeid",
                14,
                "38.50",
                9,
                "st.",
                notes=["Framenrs. FA-20250311 t/m FA-20250324"],
            ),
            ln("Buitenband 26 x 2.0 antilek", 28, "24.95", 21, "st."),
            ln("Haal- en brengservice", "3.5", "42.00", 21, "uur"),
        ],
        "Dutch, seller only in the footer, quantity with unit first, two rates, discount",
        iban=ib,
        bic="FNTBNL2A",
        due=d8("2025-06-05"),
        po="SJ-2025-19",
        allowances=[("Contractkorting", dec("50.00"), dec(21))],
        terms="Gelieve het bedrag vóór de vervaldatum over te maken onder vermelding van het factuurnummer.",
        x={"title": "Factuur", "nr": "Factuurnummer"},
    )
    two = Doc(
        "nl-fiets-2",
        "nl",
        "C2025.0009",
        d8("2025-05-20"),
        "EUR",
        seller,
        buyer,
        [ln("Retour buitenband 26 x 2.0 antilek", -6, "24.95", 21, "st.")],
        "Dutch credit note, negative, refers to invoice",
        iban=ib,
        bic="FNTBNL2A",
        po="SJ-2025-19",
        type_code="381",
        terms="Dit bedrag wordt verrekend met factuur 2025.0417 van 6 mei 2025.",
        x={"title": "Creditfactuur", "nr": "Creditnummer"},
    )
    return [Case(one, _modern), Case(two, _modern)]


# ---- NL 2 construction, reverse charge, G-account
def _bouw(d: Doc, s: Sheet) -> None:
    s.t(190, 20, "VAN DER MEULEN STUKADOORS", 13, True, "r")
    s.ts(
        190,
        25,
        [
            "Ambachtsweg 5, 3831 KA Leusden",
            "tel. 033 494 12 00",
            f"K.v.K. Amersfoort {d.seller.legal}",
            f"BTW nr. {d.seller.vat}",
            f"IBAN {ids.ib(d.iban or '')}",
            f"G-rekening {ids.ib(ids.iban('NL', 'meulen-g'))}",
        ],
        4,
        size=8,
        a="r",
    )
    s.ts(25, 48, [*d.buyer.addr, *([f"BTW nr. {d.buyer.vat}"] if d.buyer.vat else [])], 4.8, size=10)
    s.t(25, 85, f"Leusden, {day(d.date, '{d} {B} %Y|nl')}")
    s.t(25, 95, f"F A C T U U R   {d.number}", 13, True)
    s.kv(
        25,
        103,
        [("Werk", ": " + d.x["work"]), ("Uw opdrachtnr.", ": " + (d.po or "")), ("Week", ": " + d.x["week"])],
        28,
        4.6,
    )
    y = 124.0
    cols = [
        Col("", 25, 92, lambda n, i: n.name, key="name"),
        Col("", 120, 24, lambda n, i: f"{num(n.qty, 'de', 1)} {n.unit}", "r", "qty"),
        Col("", 146, 16, lambda n, i: num(n.price), "r", "price"),
        Col("", 166, 5, lambda n, i: "€"),
        Col("", 168, 22, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.table(cols, d.lines, y, lh=4.6)
    s.line(166, y - 3, 191, y - 3)
    s.t(25, y + 2, "Totaal exclusief btw")
    s.t(166, y + 2, "€")
    s.t(190, y + 2, num(d.basis), a="r")
    for r, _, t in d.taxes:
        y += 5
        s.t(25, y + 2, "Btw verlegd (0%)" if not r else f"Btw {qn(r)}%")
        s.t(166, y + 2, "€")
        s.t(190, y + 2, num(t), a="r")
    y += 7
    s.t(25, y + 2, "Te betalen", b=True)
    s.t(166, y + 2, "€", b=True)
    s.t(190, y + 2, num(d.grand), a="r", b=True)
    y = s.para(25, y + 16, 165, d.x.get("note", ""))
    s.para(25, y + 3, 165, d.terms or "")


def bouw() -> list[Case]:
    seller = Party(
        "Van der Meulen Stukadoors", "Ambachtsweg 5", "3831 KA Leusden", "NL", ids.vat("NL", "meulen"), None, "31044871"
    )
    ib = ids.iban("NL", "meulen")
    one = Doc(
        "nl-stuk-1",
        "nl",
        "25-118",
        d8("2025-06-13"),
        "EUR",
        seller,
        Party(
            "Bouwgroep Eemland B.V.", "Nijverheidsweg-Noord 60", "3812 PM Amersfoort", "NL", ids.vat("NL", "eemland")
        ),
        [
            ln("Stucwerk wanden begane grond, gladgepleisterd", "412", "14.75", 0, "m2"),
            ln("Meerwerk plafonds", "38.5", "21.00", 0, "m2"),
            ln("Loonkosten nawerk (uren)", 16, "46.50", 0, "u"),
        ],
        "Dutch btw verlegd, G-account as second IBAN, no table head, currency sign in its own column",
        iban=ib,
        po="BGE 2025-44",
        cat="AE",
        terms="Betaling binnen 30 dagen. Loondeel 60 %, waarvan 25 % op de G-rekening.",
        x={"work": "12 woningen De Schans", "week": "22 t/m 24", "note": "Btw verlegd naar de afnemer."},
    )
    two = Doc(
        "nl-stuk-2",
        "nl",
        "25-121",
        d8("2025-06-27"),
        "EUR",
        seller,
        Party("Fam. Brouwer", "Hamersveldseweg 12", "3833 GP Leusden", "NL"),
        [ln("Stucwerk woonkamer en hal", "64", "17.50", 9, "m2")],
        "Dutch 9 % labour rate, private customer",
        iban=ib,
        po="mondeling",
        terms="Betaling binnen 14 dagen.",
        x={"work": "woonkamer", "week": "26"},
    )
    return [Case(one, _bouw), Case(two, _bouw)]


# ---- NL 3 wholesale to restaurants, deposit on crates, long, compact, header in the footer
def _horeca(d: Doc, s: Sheet) -> None:
    s.font = "cour"
    s.size = 7.5

    def top() -> float:
        s.t(12, 14, "FACTUUR", 13, True)
        s.t(12, 19, f"Nummer {d.number}   Datum {day(d.date, N)}   Blad {s.page}")
        s.t(12, 23, f"Klant 20118   Leverdatum {day(d.delivery or d.date, N)}   Route 7   Orderref {d.po}")
        s.ts(130, 14, d.buyer.addr, 3.8, size=8)
        y = s.head(cols, 36)
        s.line(12, y - 2.2, 198, y - 2.2)
        return y + 2

    cols = [
        Col("ARTNR", 12, 16, lambda n, i: n.art),
        Col("OMSCHRIJVING", 30, 74, lambda n, i: n.name, key="name"),
        Col("BESTELD", 106, 14, lambda n, i: qn(n.qty), "r"),
        Col("GELEVERD", 122, 16, lambda n, i: qn(n.qty), "r", "qty"),
        Col("PRIJS", 141, 16, lambda n, i: num(n.price), "r", "price"),
        Col("BEDRAG", 160, 22, lambda n, i: num(n.net), "r", "net"),
        Col("B", 185, 4, lambda n, i: {9: "L", 21: "H", 0: "0"}[int(n.rate)]),
    ]

    def brk(running: Decimal) -> float:
        s.t(158, 262, "TRANSPORT", a="r")
        s.t(182, 262, num(running), a="r")
        _voet(d, s)
        s.new()
        y = top()
        s.t(158, y, "TRANSPORT", a="r")
        s.t(182, y, num(running), a="r")
        return y + 5

    y = s.table(cols, d.lines, top(), bottom=256, lh=3.7, brk=brk) + 2
    s.line(160, y - 4, 183, y - 4)
    s.t(30, y, "B  OMSCHR        GRONDSLAG         BTW")
    for r, b, t in d.taxes:
        y += 4
        s.t(30, y, f"{ {9: 'L', 21: 'H', 0: '0'}[int(r)] }  BTW {qn(r):>2}%  {num(b):>13} {num(t):>11}")
    s.t(182, y - 4, num(d.basis), a="r")
    s.t(158, y - 4, "EXCL", a="r")
    s.t(182, y, num(d.tax), a="r")
    s.t(158, y, "BTW", a="r")
    s.t(182, y + 5, num(d.grand), 9, True, a="r")
    s.t(158, y + 5, "TE INCASSEREN EUR", 9, True, a="r")
    s.para(12, y + 12, 180, d.terms or "")
    _voet(d, s)


def _voet(d: Doc, s: Sheet) -> None:
    s.box(0, 272, 210, 25, "#e5e7eb", stroke=False)
    s.t(105, 279, "DRANKENGROOTHANDEL DE KRAAN V.O.F.", 11, True, "c")
    s.t(
        105,
        284,
        "Havenstraat 3, 9712 AA Groningen - KvK " + (d.seller.legal or "") + " - btw " + (d.seller.vat or ""),
        a="c",
    )
    s.t(105, 288, f"{d.iban} t.n.v. De Kraan", a="c")


def horeca() -> list[Case]:
    seller = Party(
        "DRANKENGROOTHANDEL DE KRAAN V.O.F.",
        "Havenstraat 3",
        "9712 AA Groningen",
        "NL",
        ids.vat("NL", "kraan"),
        None,
        "02041177",
    )
    goods = [
        ("PILS FUST 50L", "128.40", 21),
        ("SPA ROOD 28X25CL", "13.65", 9),
        ("SINAASAPPELSAP 12X100CL", "22.80", 9),
        ("JENEVER JONG 100CL", "14.15", 21),
        ("STATIEGELD KRAT", "3.90", 0),
        ("TONIC 24X20CL", "15.95", 9),
        ("HUISWIJN WIT 6X75CL", "24.30", 21),
        ("EMBALLAGE RETOUR FUST", "-30.00", 0),
    ]
    lines = [
        ln(
            goods[i % 8][0] + (f" /{i // 8}" if i >= 8 else ""),
            i % 5 + 1,
            goods[i % 8][1],
            goods[i % 8][2],
            art=f"{10.05 + i:.2f}",
        )
        for i in range(70)
    ]
    buyer = Party("Eetcafé 't Pakhuis", "Peperstraat 8", "9711 PD Groningen", "NL")
    one = Doc(
        "nl-drank-1",
        "nl",
        "8812044",
        d8("2025-07-04"),
        "EUR",
        seller,
        buyer,
        lines,
        "Dutch wholesale over two pages, letterhead in the footer, TRANSPORT carry-over, deposits and negative return lines, "
        "ordered and delivered columns, article numbers like amounts",
        iban=ids.iban("NL", "kraan"),
        po="APP-7781",
        delivery=d8("2025-07-03"),
        cat="O",
        terms="Bedrag wordt op 18-07-2025 automatisch geincasseerd.",
        due=d8("2025-07-18"),
    )
    two = Doc(
        "nl-drank-2",
        "nl",
        "8812390",
        d8("2025-07-11"),
        "EUR",
        seller,
        buyer,
        lines[:7],
        "Dutch wholesale, one page",
        iban=one.iban,
        po="APP-7802",
        delivery=d8("2025-07-10"),
        cat="O",
        terms="Bedrag wordt op 25-07-2025 automatisch geincasseerd.",
        due=d8("2025-07-25"),
    )
    return [Case(one, _horeca), Case(two, _horeca)]


# ---- PL 1 domestic VAT invoice
def _faktura(d: Doc, s: Sheet) -> None:
    s.font = "sans"
    s.size = 7.5
    s.ts(
        195,
        18,
        [
            f"Kraków, dnia {day(d.date, '%d.%m.%Y')}",
            f"Data sprzedaży: {day(d.delivery or d.date, '%d.%m.%Y')}",
            f"Termin płatności: {day(d.due or d.date, '%d.%m.%Y')}",
        ],
        4.2,
        a="r",
    )
    s.t(105, 38, f"Faktura VAT nr {d.number}", 14, True, "c")
    s.t(105, 43, "ORYGINAŁ", 7, a="c")
    s.box(15, 50, 88, 30)
    s.box(107, 50, 88, 30)
    s.t(17, 54, "Sprzedawca:", 7, True)
    s.ts(
        17,
        59,
        [
            *d.seller.addr,
            f"NIP: {d.x['nip']}",
            f"Konto: {ids.grp((d.iban or '')[2:], 2, 4)}" if d.x.get("nrb") else f"Konto: {ids.ib(d.iban or '')}",
        ],
        4.1,
    )
    s.t(109, 54, "Nabywca:", 7, True)
    s.ts(109, 59, [*d.buyer.addr, f"NIP: {d.x['bnip']}", f"Zamówienie: {d.po}"], 4.1)
    cols = [
        Col("Lp.", 16, 6, lambda n, i: f"{i}.", key="id"),
        Col("Nazwa towaru / usługi", 23, 54, lambda n, i: n.name, key="name"),
        Col("Ilość", 78, 12, lambda n, i: qn(n.qty), "r", "qty"),
        Col("J.m.", 92, 9, lambda n, i: n.unit),
        Col("Cena\nnetto", 101, 17, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("Wartość\nnetto", 120, 20, lambda n, i: num(n.net, "sp"), "r", "net"),
        Col("VAT\n%", 142, 8, lambda n, i: qn(n.rate), "r", "rate"),
        Col("Kwota\nVAT", 152, 18, lambda n, i: num(n.net * n.rate / 100, "sp"), "r"),
        Col("Wartość\nbrutto", 172, 22, lambda n, i: num(n.net * (100 + n.rate) / 100, "sp"), "r"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 90, fill="#e8e8e8") + 3, rule="row") + 1
    for r, b, t in d.taxes:
        for c, v in (
            (cols[4], "w tym:"),
            (cols[5], num(b, "sp")),
            (cols[6], qn(r)),
            (cols[7], num(t, "sp")),
            (cols[8], num(b + t, "sp")),
        ):
            s.t(c.x + c.w, y, v, a="r")
        y += 4.4
    for c, v in (
        (cols[4], "Razem:"),
        (cols[5], num(d.basis, "sp")),
        (cols[7], num(d.tax, "sp")),
        (cols[8], num(d.grand, "sp")),
    ):
        s.t(c.x + c.w, y, v, a="r", b=True)
    s.t(16, y + 12, f"Do zapłaty: {num(d.payable, 'sp')} PLN", 11, True)
    s.t(16, y + 18, f"Słownie: {d.x['words']}")
    s.t(16, y + 24, f"Sposób zapłaty: {d.terms}")
    for x, v in ((50, "osoba upoważniona do odbioru"), (160, "osoba upoważniona do wystawienia")):
        s.line(x - 28, 262, x + 28, 262, 0.3)
        s.t(x, 266, v, 6.5, a="c")


def faktura() -> list[Case]:
    seller = Party(
        "Hurtownia Papiernicza Wisła Sp. z o.o.", "ul. Zakopiańska 118", "30-435 Kraków", "PL", ids.vat("PL", "wisla")
    )
    ib = ids.iban("PL", "wisla")
    buyer = Party("Przedszkole Słoneczko", "os. Złotej Jesieni 4", "31-826 Kraków", "PL", ids.vat("PL", "sloneczko"))
    nip, bnip = (seller.vat or "")[2:], (buyer.vat or "")[2:]
    one = Doc(
        "pl-pap-1",
        "pl",
        "FV/1184/05/2025",
        d8("2025-05-20"),
        "PLN",
        seller,
        buyer,
        [
            ln("Papier ksero A4 80 g, ryza", 40, "18.90", 23, "ryz"),
            ln("Blok techniczny A3 kolorowy", 60, "7.45", 23, "szt."),
            ln("Książka „Bajki na dobranoc”", 12, "24.00", 5, "szt."),
            ln("Tonery – zestaw CMYK", 2, "612.50", 23, "kpl."),
        ],
        "Polish VAT invoice, NIP without country prefix (vat_id marked not visible), header over two "
        "lines, VAT and gross per line, amount in words, account number without country code",
        iban=ib,
        po="e-mail 16.05.",
        delivery=d8("2025-05-19"),
        due=d8("2025-06-03"),
        terms="przelew 14 dni",
        x={"nip": f"{nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]}", "bnip": bnip, "nrb": True, "words": ""},
    )
    one.x["words"] = "trzy tysiące dwieście osiemdziesiąt osiem złotych 84/100"
    two = Doc(
        "pl-pap-2",
        "pl",
        "FV/1190/05/2025",
        d8("2025-05-22"),
        "PLN",
        seller,
        buyer,
        [ln("Farby plakatowe 12 kolorów", 30, "11.20", 23, "szt.")],
        "Polish VAT invoice, NIP with PL prefix, IBAN",
        iban=ib,
        po="e-mail 20.05.",
        delivery=d8("2025-05-22"),
        due=d8("2025-06-05"),
        terms="przelew 14 dni",
        x={"nip": seller.vat, "bnip": buyer.vat, "words": "czterysta trzynaście złotych 28/100"},
    )
    return [Case(one, _faktura), Case(two, _faktura)]


# ---- PL 2 export in two languages, EUR
def _eksport(d: Doc, s: Sheet) -> None:
    s.font = "serif"
    s.size = 8
    s.t(20, 20, "DREWMAX Okna i Drzwi", 14, True, col="#92400e")
    s.ts(
        20,
        25,
        ["DREWMAX S.A., ul. Tartaczna 3, 11-040 Dobre Miasto, Polska / Poland", f"NIP UE / VAT-EU: {d.seller.vat}"],
        4,
    )
    s.t(20, 42, f"FAKTURA / INVOICE  {d.number}", 13, True)
    s.kv(
        20,
        49,
        [
            ("Data wystawienia / Issue date", day(d.date, "%Y-%m-%d")),
            ("Data dostawy / Delivery date", day(d.delivery or d.date, "%Y-%m-%d")),
            ("Zamówienie / Order no.", d.po or ""),
            ("Warunki / Terms", d.terms or ""),
            ("Termin płatności / Due", day(d.due or d.date, "%Y-%m-%d")),
        ],
        52,
        4.6,
    )
    s.t(142, 42, "Nabywca / Buyer", 7, True)
    s.ts(142, 47, [*d.buyer.addr, d.buyer.vat or ""], 4.5)
    cols = [
        Col("Nazwa / Description", 20, 72, lambda n, i: n.name, key="name"),
        Col("Ilość / Qty", 94, 20, lambda n, i: f"{qn(n.qty)} {n.unit}", "r", "qty"),
        Col("Cena / Price EUR", 118, 28, lambda n, i: num(n.price, "fr"), "r", "price"),
        Col("Wartość / Amount EUR", 152, 38, lambda n, i: num(n.net, "fr"), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 82, 7.5) + 4, rule="row") + 3
    s.kv(
        110,
        y,
        [
            ("Razem netto / Net total", num(d.basis, "fr")),
            ("VAT 0% WDT / intra-EU supply", num(d.tax, "fr")),
            ("DO ZAPŁATY / TOTAL EUR", num(d.grand, "fr")),
        ],
        80,
        5,
        "r",
    )
    s.para(
        20,
        y + 22,
        170,
        "Odwrotne obciążenie / Reverse charge, art. 138 Directive 2006/112/EC. Kurs NBP 4,2715 z 2025-06-11, wartość w PLN: "
        + num(d.grand * Decimal("4.2715"), "fr")
        + " zł.",
        7.5,
    )
    s.t(20, y + 36, f"Bank: Mazurski Bank SA, SWIFT {d.bic}, IBAN {ids.ib(d.iban or '')}")


def eksport() -> list[Case]:
    d = Doc(
        "pl-okna-1",
        "pl",
        "EX/77/2025",
        d8("2025-06-12"),
        "EUR",
        Party("DREWMAX S.A.", "ul. Tartaczna 3", "11-040 Dobre Miasto", "PL", ids.vat("PL", "drewmax")),
        Party("Fensterbau Ahrens GmbH", "Gewerbering 4", "24537 Neumünster, Germany", "DE", ids.vat("DE", "ahrens")),
        [
            ln("Okno sosnowe / pine window 1200x1400", 36, "214.00", 0, "szt."),
            ln("Drzwi wejściowe / entrance door 1000x2100, oak", 8, "689.50", 0, "szt."),
            ln("Transport", 1, "780.00", 0, "usł."),
        ],
        "Polish-English export invoice, intra-EU 0 %, PLN equivalent as a decoy",
        iban=ids.iban("PL", "drewmax"),
        bic="MAZBPLPW",
        po="B-25-611",
        delivery=d8("2025-06-11"),
        due=d8("2025-07-12"),
        terms="przelew / bank transfer 30 dni / days",
        cat="K",
    )
    return [Case(d, _eksport)]


# ---- SE
def _svensk(d: Doc, s: Sheet) -> None:
    s.size = 8.5
    s.t(20, 22, "Norrsken Snickeri AB", 15, True)
    s.t(130, 22, "FAKTURA", 15, True)
    for k, (label, v) in enumerate(
        (
            ("Fakturanr", d.number),
            ("Fakturadatum", day(d.date, "%Y-%m-%d")),
            ("Förfallodatum", day(d.due or d.date, "%Y-%m-%d")),
            ("OCR-nummer", d.x["ocr"]),
            ("Kundnr", "1044"),
            ("Er referens", d.x["ref"]),
            ("Ert ordernr", d.po or ""),
            ("Leveransdatum", day(d.delivery or d.date, "%Y-%m-%d")),
        )
    ):
        s.t(130 if k % 2 == 0 else 165, 30 + (k // 2) * 9, label, 6.5, col="#555555")
        s.t(130 if k % 2 == 0 else 165, 34 + (k // 2) * 9, v)
    s.t(20, 46, "Fakturaadress", 6.5, col="#555555")
    s.ts(20, 51, d.buyer.addr, 4.5)
    cols = [
        Col("Art.nr", 20, 16, lambda n, i: n.art),
        Col("Benämning", 38, 70, lambda n, i: n.name, key="name"),
        Col("Lev ant", 110, 18, lambda n, i: qn(n.qty, "sp"), "r", "qty"),
        Col("Enhet", 131, 12, lambda n, i: n.unit),
        Col("À-pris", 142, 20, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("Summa", 166, 24, lambda n, i: num(n.net, "sp"), "r", "net"),
    ]
    y = s.head(cols, 86)
    s.line(20, y - 1.8, 190, y - 1.8)
    s.table(cols, d.lines, y + 3, note_size=7)
    heads = ["Netto", "Exkl. moms"] + [f"Moms {qn(r)} %" for r, _, _ in d.taxes] + ["Öresavr.", "ATT BETALA"]
    vals = (
        [num(d.line_total, "sp"), num(d.basis, "sp")]
        + [num(t, "sp") for _, _, t in d.taxes]
        + [num(d.rounding or Decimal(0), "sp"), "SEK " + num(d.payable, "sp")]
    )
    w = 170 / len(heads)
    for k, (h, v) in enumerate(zip(heads, vals, strict=True)):
        s.t(20 + w * (k + 1) - 2, 222, h, 7.5, True, "r")
        s.t(20 + w * (k + 1) - 2, 228, v, 9.5, k == len(heads) - 1, "r")
    s.box(20, 217, 170, 14)
    s.para(20, 240, 165, d.terms or "", 7.5)
    s.line(20, 262, 190, 262, 0.4)
    for x, rows in (
        (20, ["Adress", "Norrsken Snickeri AB", "Storgatan 51", "903 26 Umeå, Sverige"]),
        (70, ["Telefon", "090-55 01 20", "Webb", "norrsken.example"]),
        (110, ["Bankgiro 5512-4471", "IBAN " + ids.ib(d.iban or ""), "BIC " + (d.bic or ""), ""]),
        (168, ["Momsreg.nr", d.seller.vat or "", "Org.nr " + (d.seller.legal or ""), "Godkänd för F-skatt"]),
    ):
        s.ts(x, 267, rows, 3.6, size=6)


def svensk() -> list[Case]:
    v = ids.vat("SE", "norrsken")
    seller = Party("Norrsken Snickeri AB", "Storgatan 51", "903 26 Umeå", "SE", v, None, f"{v[2:8]}-{v[8:12]}")
    ib = ids.iban("SE", "norrsken")
    one = Doc(
        "se-snick-1",
        "sv",
        "20417",
        d8("2025-03-31"),
        "SEK",
        seller,
        Party("Bostadsrättsföreningen Älven", "Strandgatan 7", "903 33 Umeå", "SE"),
        [
            ln("Köksluckor björk, måttbeställda", 24, "895.00", 25, "st", art="KL-24"),
            ln("Montering", "37.5", "620.00", 25, "tim", art="ARB"),
            ln("Milersättning", 84, "6.45", 25, "km", art="MIL"),
            ln("Handtag svart 160 mm", 24, "79.35", 25, "st", art="160.24"),
        ],
        "Swedish, label above value, horizontal totals, öresavrundning, OCR number next to the invoice number",
        iban=ib,
        bic="NORSSESS",
        po="BRF-118",
        delivery=d8("2025-03-26"),
        due=d8("2025-04-30"),
        terms="Betalningsvillkor 30 dagar netto. Dröjsmålsränta enligt räntelagen, påminnelseavgift 60 kr.",
        x={"ocr": "204170318", "ref": "Karin Öhman"},
    )
    one.rounding = one.grand.quantize(Decimal(1)) - one.grand
    two = Doc(
        "se-snick-2",
        "sv",
        "20422",
        d8("2025-04-11"),
        "SEK",
        seller,
        Party("Umeå Bokcafé HB", "Kungsgatan 60", "903 26 Umeå", "SE"),
        [
            ln("Bokhyllor ek, platsbyggda", 3, "7450.00", 25, "st", art="BH-3"),
            ln("Kursbok snickeri", 10, "219.00", 6, "st", art="BOK"),
        ],
        "Swedish, two rates",
        iban=ib,
        bic="NORSSESS",
        po="muntlig",
        delivery=d8("2025-04-10"),
        due=d8("2025-05-11"),
        terms="Betalningsvillkor 30 dagar netto.",
        x={"ocr": "204220412", "ref": "Nils"},
    )
    two.rounding = two.grand.quantize(Decimal(1)) - two.grand or None
    return [Case(one, _svensk), Case(two, _svensk)]


# ---- SE 2 consultant, USD/EUR currency only in the header
def _konsult(d: Doc, s: Sheet) -> None:
    s.font = "stix"
    s.size = 10
    s.t(20, 25, "Lindqvist Maritime Advisory", 16, i=True)
    s.t(20, 31, "Skeppsbron 22, 111 30 Stockholm, Sweden")
    s.t(190, 25, "Invoice", 16, a="r")
    s.kv(
        130,
        40,
        [
            ("No", d.number),
            ("Of", day(d.date, "{d} {B} %Y")),
            ("Currency", d.cur),
            ("Your PO", d.po or ""),
            ("Payable by", day(d.due or d.date, "{d} {B} %Y")),
        ],
        25,
        5,
    )
    s.ts(20, 45, [*d.buyer.addr, f"VAT {d.buyer.vat}"], 5)
    cols = [
        Col("Services rendered", 20, 95, lambda n, i: n.name, key="name"),
        Col("Fee", 120, 25, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("Times", 148, 14, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Total", 166, 24, lambda n, i: num(n.net, "en"), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 90) + 4, lh=4.8, gap=3) + 2
    s.line(140, y - 4, 190, y - 4)
    s.t(190, y + 1, num(d.basis, "en"), a="r")
    s.t(20, y + 1, "Services rendered, total")
    s.t(190, y + 7, num(d.tax, "en"), a="r")
    s.t(20, y + 7, "Value added tax 0% (reverse charge, Art. 196 VAT Directive)")
    s.t(190, y + 14, num(d.grand, "en"), b=True, a="r")
    s.t(20, y + 14, "Amount to be transferred to our account", b=True)
    s.para(20, y + 26, 170, d.terms or "")
    s.t(20, 275, f"VAT {d.seller.vat} · Nordhavsbanken · IBAN {ids.ib(d.iban or '')} · BIC {d.bic}", 9)


def konsult() -> list[Case]:
    d = Doc(
        "se-konsult-1",
        "en",
        "LMA 2025/06",
        d8("2025-09-02"),
        "USD",
        Party("Lindqvist Maritime Advisory", "Skeppsbron 22", "111 30 Stockholm", "SE", ids.vat("SE", "lindqvist")),
        Party(
            "Baltic Tonnage B.V.", "Boompjes 40", "3011 XB Rotterdam, The Netherlands", "NL", ids.vat("NL", "baltic")
        ),
        [
            ln("Market report dry bulk, half-year edition", 1, "4800.00", 0),
            ln("Advisory day, Rotterdam, 26-28 August 2025", 3, "1950.00", 0),
        ],
        "Swedish consultant, English, USD named only in the head, reverse charge, odd labels (No, Of)",
        iban=ids.iban("SE", "lindqvist"),
        bic="NHAVSESS",
        po="BT-7719",
        due=d8("2025-10-02"),
        cat="AE",
        terms="Bank charges are for the account of the payer.",
    )
    return [Case(d, _konsult)]


# ---- DK
def _dansk(d: Doc, s: Sheet) -> None:
    s.font = "vera"
    s.size = 8
    s.box(0, 0, 210, 8, "#1e3a8a", stroke=False)
    s.ts(20, 30, [*d.buyer.addr, *(["EAN " + d.x["ean"]] if "ean" in d.x else [])], 4.8, size=9)
    s.ts(
        140,
        22,
        ["Havnens Skibsproviant A/S", "Kystvejen 9", "8000 Aarhus C", "Danmark", f"CVR-nr. {d.seller.vat}"],
        4.4,
    )
    s.t(20, 66, d.x["title"], 15, True, col="#1e3a8a")
    s.kv(
        140,
        60,
        [
            ("Nummer", d.number),
            ("Dato", day(d.date, "{d}. {B} %Y|da")),
            ("Forfald", day(d.due, "{d}. {B} %Y|da") if d.due else "-"),
            ("Rekvisition", d.po or ""),
        ],
        24,
        4.8,
    )
    cols = [
        Col("Varenr.", 20, 20, lambda n, i: n.art),
        Col("Tekst", 42, 60, lambda n, i: n.name, key="name"),
        Col("Antal", 104, 22, lambda n, i: f"{qn(n.qty)} {n.unit}", "r", "qty"),
        Col("Stk. pris", 128, 18, lambda n, i: num(n.price), "r", "price"),
        Col("Rabat", 148, 12, lambda n, i: f"{qn(n.disc)}%" if n.disc else "", "r"),
        Col("Pris", 164, 26, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 86, col="#1e3a8a") + 3, rule="row") + 4
    ((r, b, t),) = d.taxes
    s.kv(
        120,
        y,
        [
            ("Subtotal", num(d.line_total)),
            *[(lab, num(a)) for lab, a, _ in d.charges],
            (f"{qn(r)},00% moms af {num(b)}", num(t)),
        ],
        70,
        4.8,
        "r",
    )
    y += 4.8 * (2 + len(d.charges))
    s.line(120, y - 3, 190, y - 3, 1, "#1e3a8a")
    s.t(120, y + 2, "Total DKK", 10, True)
    s.t(190, y + 2, num(d.grand), 10, True, "r")
    s.para(20, y + 20, 170, d.terms or "")
    s.t(
        20,
        y + 28,
        f"Beløbet indbetales på vores bankkonto: Reg.nr. 7170 / IBAN {ids.ib(d.iban or '')} / SWIFT {d.bic}"
        if d.type_code == "380"
        else "",
        7.5,
    )


def dansk() -> list[Case]:
    seller = Party("Havnens Skibsproviant A/S", "Kystvejen 9", "8000 Aarhus C", "DK", ids.vat("DK", "havnens"))
    ib = ids.iban("DK", "havnens")
    buyer = Party("Samsø Færgedrift", "Sælvigvej 64", "8305 Samsø", "DK")
    one = Doc(
        "dk-skib-1",
        "da",
        "77120",
        d8("2025-05-09"),
        "DKK",
        seller,
        buyer,
        [
            ln("Rugbrød skiveskåret, 10 pk.", 30, "128.50", 25, "kolli", 5, "1010"),
            ln("Kaffe formalet 500 g", 144, "41.95", 25, "stk", 12, "20.25"),
            ln("Redningsvest, serviceeftersyn", 12, "310.00", 25, "stk", art="9001"),
        ],
        "Danish, CVR number, freight, line discount, long date with period after the day",
        iban=ib,
        bic="HAVNDKKK",
        po="SF 25-88",
        due=d8("2025-05-23"),
        charges=[("Fragt", dec("250.00"), dec(25))],
        terms="Netto 14 dage. Ved betaling efter forfald tilskrives 2,00% rente pr. måned samt rykkergebyr kr. 100,00.",
        x={"title": "Faktura", "ean": "5798000420014"},
    )
    two = Doc(
        "dk-skib-2",
        "da",
        "K-3310",
        d8("2025-05-30"),
        "DKK",
        seller,
        buyer,
        [ln("Kaffe formalet 500 g, returneret", 24, "41.95", 25, "stk", 12, "20.25")],
        "Danish credit note (KREDITNOTA), positive",
        iban=None,
        po="SF 25-88",
        type_code="381",
        terms="Vedrører faktura 77120 af 9. maj 2025.",
        x={"title": "Kreditnota"},
    )
    three = Doc(
        "dk-skib-3",
        "da",
        "77188",
        d8("2025-06-20"),
        "DKK",
        seller,
        buyer,
        [
            ln("Proviantpakke besætning", 8, "1495.00", 25, "stk", art="5000"),
            ln("Is, terninger", 20, "35.00", 25, "pose", art="35.00"),
        ],
        "DEFECT: printed total leaves out the freight",
        iban=ib,
        bic="HAVNDKKK",
        po="SF 25-97",
        due=d8("2025-07-04"),
        charges=[("Fragt", dec("250.00"), dec(25))],
        terms="Netto 14 dage.",
        x={"title": "Faktura"},
        defect="grand total printed without freight (250.00 too low)",
    )
    three.slip["grand"] = three.basis + three.tax - 250
    return [Case(d, _dansk) for d in (one, two, three)]
