# ruff: noqa: E501 (the texts on the pages are long lines)
"""Unseen British and Irish layouts."""

from decimal import Decimal

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, day, dec, ln, num, q2, qn
from tests.evals.corpus.unseen_base import adj, doc

E = "%d/%m/%Y"


def cases() -> list[Case]:
    return [*subscription(), *bookkeeping(), *cleaning(), *webshop(), *timber(), *courier()]


# ---- Stripe-like, Irish SaaS to Germany
def _subscription(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9
    s.t(18, 24, "Invoice", 18, True)
    s.t(192, 24, "Tidewell", 16, True, "r", "#6b7280")
    long = "{B} {d}, %Y|en"
    s.kv(
        18,
        34,
        [
            ("Invoice number", d.number),
            ("Date of issue", day(d.date, long)),
            ("Date due", day(d.due or d.date, long)),
            ("PO Number", d.po or ""),
        ],
        32,
        4.8,
        bl=True,
    )
    s.t(18, 62, d.seller.name, b=True)
    s.ts(
        18, 66.5, [d.seller.street, d.seller.city, "Ireland", "billing@tidewell.example", f"IE VAT {d.seller.vat}"], 4.4
    )
    s.t(85, 62, "Bill to", b=True)
    s.ts(
        85,
        66.5,
        [d.buyer.name, d.buyer.street, d.buyer.city, "Germany", "finance@lumenfeld.example", f"DE VAT {d.buyer.vat}"],
        4.4,
    )
    s.t(18, 106, f"€{num(d.payable, 'en')} EUR due {day(d.due or d.date, long)}", 15, True)
    s.t(18, 114, "Pay online", 9, True, col="#635bff")
    cols = [
        Col("Description", 18, 86, lambda n, i: n.name, key="name"),
        Col("Qty", 106, 14, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Unit price", 126, 24, lambda n, i: "€" + num(n.price, "en"), "r", "price"),
        Col("Tax", 152, 12, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
        Col("Amount", 168, 24, lambda n, i: "€" + num(n.net, "en"), "r", "net"),
    ]
    y = s.head(cols, 128, 7.5, False, col="#6b7280")
    s.line(18, y - 1, 192, y - 1, 0.6)
    y = s.table(cols, d.lines, y + 4, gap=3, note_size=8)
    e = "€"
    rows = [
        ("Subtotal", e + num(d.line_total, "en")),
        ("Total excluding tax", e + num(d.basis, "en")),
        (f"VAT - Germany (0% on {e}{num(d.basis, 'en')})", e + "0.00"),
        ("Total", e + num(d.grand, "en")),
    ]
    for label, v in rows:
        s.line(105, y - 1, 192, y - 1, 0.2, "#d1d5db")
        s.t(105, y + 3.2, label)
        s.t(192, y + 3.2, v, a="r")
        y += 6.2
    s.line(105, y - 1, 192, y - 1, 0.2, "#d1d5db")
    s.t(105, y + 3.2, "Amount due", b=True)
    s.t(192, y + 3.2, f"€{num(d.payable, 'en')} EUR", b=True, a="r")
    s.t(18, y + 20, "Tax to be paid on reverse charge basis", 8)
    s.para(18, y + 28, 170, d.terms or "", 8)
    s.line(18, 276, 192, 276, 0.2, "#d1d5db")
    s.t(18, 281, f"{d.number} · €{num(d.payable, 'en')} EUR due {day(d.due or d.date, long)}", 7.5, col="#6b7280")
    s.t(192, 281, "Page 1 of 1", 7.5, a="r", col="#6b7280")


def subscription() -> list[Case]:
    d = doc(
        "u-en-saas-1",
        "en",
        "9F3B27C1-0014",
        "2025-08-04",
        Party(
            "Tidewell Analytics Limited",
            "2nd Floor, 14 Fumbally Lane",
            "Dublin 8, D08 X2P9",
            "IE",
            ids.vat("IE", "tidewell"),
        ),
        Party("Lumenfeld Optik GmbH", "Carl-Pulfrich-Straße 1", "07745 Jena", "DE", ids.vat("DE", "lumenfeld")),
        [
            ln("Growth plan (per seat)", 18, "24.00", 0, notes=["Aug 4 – Sep 4, 2025"]),
            ln("Additional events, first 1,000,000", 1, "120.00", 0, notes=["Jul 4 – Aug 4, 2025"]),
            ln("Priority support", 1, "75.00", 0, notes=["Aug 4 – Sep 4, 2025"]),
        ],
        "Stripe-like, Irish SaaS to Germany, reverse charge, amount due as a headline, number repeated in the footer",
        due="2025-09-03",
        po="LF-8841",
        cat="AE",
        terms="Payment by card or wire transfer within 30 days of issue.",
    )
    return [Case(d, _subscription)]


# ---- Xero-like: meta column in the middle, company column right, payment advice strip below
def _bookkeeping(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 8
    credit = d.type_code == "381"
    s.t(18, 38, "CREDIT NOTE" if credit else "INVOICE", 19)
    s.ts(26, 52, d.buyer.addr, 4.4, size=8.5)
    y = 38.0
    meta = [
        ("Credit Note Date" if credit else "Invoice Date", day(d.date, "{d} {b} %Y|en")),
        ("Credit Note Number" if credit else "Invoice Number", d.number),
        ("Reference", d.x["ref"]),
        ("VAT Number", (d.seller.vat or "")[2:]),
    ]
    for label, v in meta:
        s.t(108, y, label, b=True)
        s.t(108, y + 4, v)
        y += 10.5
    s.ts(152, 38, [d.seller.name, *d.seller.addr[1:], "UNITED KINGDOM", f"Company No {d.seller.legal}"], 4.2)
    cols = [
        Col("Description", 18, 76, lambda n, i: n.name, key="name"),
        Col("Quantity", 96, 18, lambda n, i: num(n.qty, "en"), "r", "qty"),
        Col("Unit Price", 118, 20, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("VAT", 142, 18, lambda n, i: f"{qn(n.rate)}%", "r", "rate"),
        Col("Amount GBP", 164, 28, lambda n, i: num(n.net, "en"), "r", "net"),
    ]
    y = s.head(cols, 104)
    s.line(18, y - 1, 192, y - 1, 1)
    y = s.table(cols, d.lines, y + 4, rule="row", gap=2.2)
    rows = [("Subtotal", num(d.basis, "en"))] + [(f"TOTAL VAT {qn(r)}%", num(t, "en")) for r, _, t in d.taxes]
    y += 3
    for label, v in rows:
        s.t(160, y, label, a="r")
        s.t(192, y, v, a="r")
        y += 5.2
    s.line(110, y - 3.4, 192, y - 3.4, 1)
    s.t(160, y + 1, "TOTAL CREDIT GBP" if credit else "TOTAL GBP", b=True, a="r")
    s.t(192, y + 1, num(d.grand, "en"), b=True, a="r")
    y += 14
    if not credit:
        s.t(18, y, f"Due Date: {day(d.due or d.date, '{d} {b} %Y|en')}", 10, True)
    s.para(18, y + 6, 120, d.terms or "")
    if not credit:
        s.t(18, y + 11, "Starfish Bank, sort code 60-11-52, account 40817723")
    if credit:
        return
    s.line(10, 226, 200, 226, 0.5, dash=True)
    s.t(18, 240, "PAYMENT ADVICE", 15)
    s.ts(24, 250, ["To:", *d.seller.addr], 4.2)
    s.kv(
        112,
        240,
        [
            ("Customer", d.buyer.name),
            ("Invoice Number", d.number),
            ("Amount Due", num(d.payable, "en")),
            ("Due Date", day(d.due or d.date, "{d} {b} %Y|en")),
            ("Amount Enclosed", ""),
        ],
        34,
        6,
        bl=True,
    )
    s.line(146, 265, 192, 265, 0.4)


def bookkeeping() -> list[Case]:
    seller = Party(
        "Penhaligon Bookkeeping Ltd",
        "Unit 5, The Old Net Loft",
        "Penryn TR10 8AB",
        "GB",
        ids.vat("GB", "penhaligon"),
        None,
        "09417733",
    )
    buyer = Party("Falmouth Surf Hire Ltd", "Castle Beach Kiosk", "Falmouth TR11 4NZ", "GB")
    one = doc(
        "u-en-xero-1",
        "en",
        "INV-2297",
        "2025-04-30",
        seller,
        buyer,
        [
            ln("Monthly bookkeeping and bank reconciliation - April", 1, "245.00", 20),
            ln("Quarterly VAT return preparation and submission", 1, "120.00", 20),
            ln("Payroll bureau, per payslip", 9, "6.50", 20),
            ln("Ad hoc advice re seasonal contracts (hours)", "1.75", "55.00", 20),
        ],
        "Xero-like, labels above values in a middle column, payment advice slip repeating number and amount",
        "GBP",
        due="2025-05-14",
        terms="Please pay by bank transfer within 14 days.",
        x={"ref": "APR25"},
    )
    two = doc(
        "u-en-xero-2",
        "en",
        "CN-0113",
        "2025-05-12",
        seller,
        buyer,
        [
            ln("Payroll bureau, per payslip - April, leavers charged in error", 3, "6.50", 20),
            ln("Ad hoc advice (hours)", "0.75", "55.00", 20),
        ],
        "Xero-like credit note, positive amounts",
        "GBP",
        type_code="381",
        terms="This credit has been allocated against invoice INV-2297.",
        x={"ref": "INV-2297"},
    )
    return [Case(one, _bookkeeping), Case(two, _bookkeeping)]


# ---- QuickBooks-like UK: blue band, three boxes, activity table, balance due, VAT summary
def _cleaning(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.t(18, 20, d.seller.name, 11, True)
    s.ts(
        18,
        25,
        [
            d.seller.street,
            d.seller.city,
            "accounts@sparklegreen.example",
            f"VAT Registration No.: {d.seller.vat}",
            f"Company Registration No. {d.seller.legal}",
        ],
        4.2,
    )
    s.disc(182, 24, 9, "#9ccc65")
    s.t(182, 26, "SG", 15, True, "c", "#ffffff")
    s.t(18, 56, "VAT Invoice", 18, col="#2e7d32")
    s.t(18, 66, "INVOICE TO", 7.5, col="#777777")
    s.ts(18, 70.5, d.buyer.addr, 4.2)
    s.kv(
        125,
        66,
        [
            ("INVOICE", d.number),
            ("DATE", day(d.date, E)),
            ("TERMS", d.terms or ""),
            ("DUE DATE", day(d.due or d.date, E)),
            ("P.O. NO.", d.po or ""),
        ],
        30,
        4.6,
    )
    s.line(18, 96, 192, 96, 0.5, "#2e7d32")
    cols = [
        Col("DATE", 19, 20, lambda n, i: day(n.day or d.date, E)),
        Col("ACTIVITY", 41, 66, lambda n, i: n.name, key="name"),
        Col("VAT", 109, 18, lambda n, i: f"{num(n.rate, 'en', 1)}% S"),
        Col("QTY", 127, 14, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("RATE", 144, 18, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("AMOUNT", 168, 23, lambda n, i: num(n.net, "en"), "r", "net"),
    ]
    s.keys |= {"rate"}
    y = s.head(cols, 104, 7.5, fill="#dcedc8", col="#2e7d32")
    y = s.table(cols, d.lines, y + 4, gap=2.2)
    s.line(18, y - 1, 192, y - 1, 0.5, dash=True)
    y = s.kv(
        118,
        y + 5,
        [
            ("SUBTOTAL", num(d.basis, "en")),
            ("VAT TOTAL", num(d.tax, "en")),
            ("TOTAL", num(d.grand, "en")),
            ("BALANCE DUE", ""),
        ],
        73,
        5.6,
        "r",
    )
    s.t(191, y - 5, f"£{num(d.payable, 'en')}", 14, True, "r")
    y += 8
    s.t(105, y, "VAT SUMMARY", 7.5, a="c", col="#2e7d32")
    y += 5
    for x, h in ((70, "RATE"), (130, "VAT"), (191, "NET")):
        s.t(x, y, h, 7.5, a="r", col="#2e7d32")
    for r, b, t in d.taxes:
        y += 5
        for x, v in ((70, f"VAT @ {qn(r)}%"), (130, num(t, "en")), (191, num(b, "en"))):
            s.t(x, y, v, a="r")
    s.ts(
        18,
        268,
        [
            "Please make payment to SparkleGreen Cleaning Services Ltd",
            f"IBAN {ids.ib(d.iban or '')}   Swift {d.bic}",
            "Queries within 7 days of invoice date please.",
        ],
        4.2,
    )


def cleaning() -> list[Case]:
    seller = Party(
        "SparkleGreen Cleaning Services Ltd",
        "88 Marsh Lane",
        "Leeds LS9 8SH",
        "GB",
        ids.vat("GB", "sparkle"),
        None,
        "11830047",
    )
    d = doc(
        "u-en-clean-1",
        "en",
        "10443",
        "2025-06-01",
        seller,
        Party(
            "Rothwell Veterinary Group", "Commercial Street", "Rothwell LS26 0QD", "GB", extra="c/o Practice Manager"
        ),
        [
            ln("Daily surgery clean, hours", 62, "17.80", 20, day="2025-05-31"),
            ln("Window clean inside and out", 1, "95.00", 20, day="2025-05-12"),
            ln("Clinical waste sacks (roll of 50)", 4, "21.35", 20, day="2025-05-06"),
            ln("Carpet shampoo, waiting room", 38, "2.20", 20, day="2025-05-23"),
        ],
        "QuickBooks-like UK, date and activity columns, balance due apart from the totals, VAT summary with VAT before net",
        "GBP",
        iban=ids.iban("GB", "sparkle"),
        bic="FENBGB2L",
        due="2025-07-01",
        po="RVG-0091",
        terms="Net 30",
    )
    return [Case(d, _cleaning)]


# ---- Shopify-like order invoice: prices include VAT, discount code and postage
def _webshop(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9.5
    s.t(20, 28, "Fern & Fettle", 20, True, font="times")
    s.t(190, 24, f"Order {d.x['order']}", 10, a="r")
    s.t(190, 29, f"Invoice {d.number}", 10, a="r")
    s.t(190, 34, day(d.date, "{B} {d}, %Y|en"), 10, a="r")
    s.line(20, 40, 190, 40, 0.3, "#cccccc")
    for x, h, rows in (
        (20, "From", [d.seller.name, d.seller.street, d.seller.city, "United Kingdom"]),
        (80, "Bill to", d.buyer.addr),
        (138, "Ship to", [d.buyer.name, "Rear entrance, Hope Yard", "Bristol BS8 4DJ"]),
    ):
        s.t(x, 48, h, b=True)
        s.ts(x, 53, rows, 4.6, size=9)
    s.t(20, 84, "Order Details", 12, True)
    y = 94.0
    for x, h, a in ((20, "Qty", "l"), (36, "Item", "l"), (190, "Price (incl. VAT)", "r")):
        s.t(x, y, h, b=True, a=a)
    s.line(20, y + 2, 190, y + 2, 0.3, "#cccccc")
    y += 8
    for n in d.lines:
        s.t(20, y, f"{qn(n.qty)} x")
        s.t(36, y, n.name)
        s.t(190, y, f"£{num(n.net, 'en')}", a="r")
        if n.qty != 1:
            s.t(36, y + 4.4, f"£{num(n.price, 'en')} each", 8, col="#777777")
            y += 4.4
        y += 7
    s.keys |= {"name", "qty"}
    s.line(20, y - 3, 190, y - 3, 0.3, "#cccccc")
    rows2 = [("Subtotal", f"£{num(d.line_total, 'en')}")] + [(lab, f"-£{num(a, 'en')}") for lab, a, _ in d.allowances]
    rows2 += [(lab, f"£{num(a, 'en')}") for lab, a, _ in d.charges] + [
        (f"Includes VAT {qn(r)}% (on £{num(b, 'en')})", f"£{num(t, 'en')}") for r, b, t in d.taxes
    ]
    y = s.kv(110, y + 4, rows2, 80, 5.6, "r")
    s.kv(110, y + 1, [("Total", f"£{num(d.grand, 'en')} GBP")], 80, va="r", bl=True, bv=True, size=11)
    s.para(20, y + 20, 168, (d.terms or "") + " Thank you for supporting a small business!")
    s.t(
        105,
        276,
        f"{d.seller.name} · VAT No. {ids.grp((d.seller.vat or '')[2:], 3, 4, 2)} · Company No. {d.seller.legal} · hello@fernandfettle.example",
        7.5,
        a="c",
        col="#777777",
    )


def webshop() -> list[Case]:
    seller = Party(
        "Fern & Fettle Trading Ltd",
        "Arch 17, Stokes Croft",
        "Bristol BS1 3PR",
        "GB",
        ids.vat("GB", "fernfettle"),
        None,
        "12904416",
    )
    d = doc(
        "u-en-shop-1",
        "en",
        "FF-24107",
        "2025-12-02",
        seller,
        Party("Clifton Yoga Rooms", "4 Hope Chapel Hill", "Bristol BS8 4ND", "GB"),
        [
            ln("Boston fern in terracotta, large", 3, "34.50", 20),
            ln("Self-watering insert 24 cm", 3, "8.99", 20),
            ln("Brass plant mister", 1, "26.00", 20),
        ],
        "Shopify-like order invoice, prices including VAT, discount code and postage on the total, seller's order number",
        "GBP",
        gross=True,
        allowances=[adj("Discount (WINTER15)", "15.00", 20)],
        charges=[adj("Royal Mail Tracked 48", "6.95", 20)],
        terms="Paid by Visa ending 1187.",
        x={"order": "#24107-B"},
    )
    return [Case(d, _webshop)]


# ---- Sage-like timber merchant, two pages, tax codes
def _timber(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 9.5

    def top() -> float:
        s.t(15, 18, "HARDWICK & DAUGHTERS", 17, True)
        s.t(15, 23, "Timber · Sheet Materials · Joinery Supplies", 9, i=True)
        s.t(195, 18, "SALES INVOICE", 14, True, "r")
        s.t(195, 23, f"Sheet {s.page}", 9, a="r")
        if s.page > 1:
            s.t(195, 27.5, f"{d.number}  {day(d.date, '%d/%m/%y')}", 9, a="r")
            return 38
        s.ts(15, 30, ["Wharf Road, Newark NG24 4JL", "Tel 01636 555 0190"], 4.2, size=9)
        s.box(15, 42, 82, 30)
        s.t(17, 46, "Invoiced to", 7.5, i=True)
        s.ts(18, 51, d.buyer.addr, 4.6, size=10)
        s.kv(
            120,
            44,
            [
                ("Doc. No.", d.number),
                ("Tax point", day(d.date, "%d/%m/%y")),
                ("A/C Ref", "BECK01"),
                ("Cust. order", d.po or ""),
                ("Despatched", day(d.delivery or d.date, "%d/%m/%y")),
            ],
            30,
            5.4,
            bl=True,
        )
        return 84

    cols = [
        Col("Stock code", 15, 24, lambda n, i: n.art),
        Col("Details", 41, 72, lambda n, i: n.name, key="name"),
        Col("Qty", 112, 14, lambda n, i: num(n.qty, "en"), "r", "qty"),
        Col("Per", 128, 10, lambda n, i: n.unit),
        Col("Price", 138, 16, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("Disc%", 156, 11, lambda n, i: num(n.disc, "en") if n.disc else "", "r"),
        Col("Goods £", 169, 18, lambda n, i: num(n.net, "en"), "r", "net"),
        Col("VAT", 189, 6, lambda n, i: "T1" if n.rate == 20 else "T5", "r"),
    ]

    def brk(running: Decimal) -> float:
        s.t(187, 272, f"C/fwd   {num(running, 'en')}", i=True, a="r")
        s.new()
        y = s.head(cols, top())
        s.line(15, y - 1.2, 195, y - 1.2)
        s.t(187, y + 3, f"B/fwd   {num(running, 'en')}", i=True, a="r")
        return y + 9

    y = s.head(cols, top())
    s.line(15, y - 1.2, 195, y - 1.2)
    y = s.table(cols, d.lines, y + 4, bottom=264, brk=brk, gap=1.8)
    s.line(15, y - 1, 195, y - 1)
    yy = y + 6
    s.t(15, yy, "VAT analysis", b=True)
    for r, b, t in d.taxes:
        yy += 4.8
        s.t(15, yy, f"{'T1' if r == 20 else 'T5'} @ {num(r, 'en')}%")
        s.t(62, yy, num(b, "en"), a="r")
        s.t(82, yy, num(t, "en"), a="r")
    rows = (
        [("Total goods", num(d.line_total, "en"))]
        + [(lab, num(a, "en")) for lab, a, _ in d.charges]
        + [("Total net", num(d.basis, "en")), ("Total VAT", num(d.tax, "en"))]
    )
    y = s.kv(130, y + 6, rows, 65, 5, "r")
    s.box(128, y - 4, 68, 8)
    s.kv(130, y + 1.4, [("Invoice total £", num(d.grand, "en"))], 65, va="r", bl=True, bv=True)
    y = s.para(15, y + 16, 178, d.terms or "")
    s.para(
        15,
        y + 2,
        178,
        "Title to goods remains with Hardwick & Daughters Limited until paid for in full. Shortages must be notified within 3 days of delivery. FSC® chain of custody certificate TT-COC-009911.",
        8,
    )
    s.t(
        105,
        284,
        f"Hardwick & Daughters Limited. Registered in England {d.seller.legal}. VAT Reg. {d.seller.vat}. Bank IBAN {d.iban}",
        7.5,
        a="c",
    )


def timber() -> list[Case]:
    seller = Party(
        "Hardwick & Daughters Limited",
        "Wharf Road",
        "Newark NG24 4JL",
        "GB",
        ids.vat("GB", "hardwick"),
        None,
        "02277190",
    )
    goods = [
        ("Sawn treated C16 47 x 150, 4.8 m", "Len", "14.62"), ("18 mm structural ply 2440 x 1220", "Sht", "36.90"),
        ("MR MDF 12 mm 2440 x 1220", "Sht", "27.15"), ("Planed redwood 20 x 94", "Mtr", "2.08"),
        ("Torus skirting primed 18 x 144, 4.4 m", "Len", "15.40"), ("Oak veneered door blank 762", "Ea", "118.00"),
        ("Tile batten 25 x 50 graded", "Mtr", "0.94"), ("Exterior screws 5 x 80 tub 500", "Tub", "24.75"),
        ("Wood fuel briquettes, bag (domestic)", "Bag", "5.60"), ("Decking Siberian larch 27 x 143", "Mtr", "5.85"),
    ]  # fmt: skip
    lines = [
        ln(
            g[0],
            (i * 9) % 31 + 2,
            dec(g[2]) + Decimal(i // 10) / 20,
            5 if "fuel" in g[0] else 20,
            g[1],
            ["0", "0", "12.5", "0", "20"][i % 5],
            f"{g[0].split()[0].upper()[:5]}-{(i * 37) % 900 + 100}",
        )
        for i, g in enumerate((goods * 4)[:34])
    ]
    d = doc(
        "u-en-timber-1",
        "en",
        "SI0081264",
        "2025-09-15",
        seller,
        Party("Beckingham Joinery LLP", "Old Station Yard", "Beckingham DN10 4PF", "GB"),
        lines,
        "Sage-like timber merchant, two pages, carried/brought forward, 20 % and 5 %, tax codes, haulage",
        "GBP",
        iban=ids.iban("GB", "hardwick"),
        po="4471/JB",
        delivery="2025-09-12",
        charges=[adj("Crane offload", "35.00", 20)],
        terms="Payment due by the last working day of the month following invoice.",
    )
    return [Case(d, _timber)]


# ---- courier: weekly account, services in a dense grid, wrong total
def _courier(d: Doc, s: Sheet) -> None:
    s.font, s.size = "vera", 7.5
    s.box(0, 0, 210, 12, "#d50000", stroke=False)
    s.t(15, 8.2, "SWIFTLOOP COURIERS", 12, True, col="#ffffff")
    s.t(195, 8.2, "weekly account statement of charges", 8, a="r", col="#ffffff")
    s.ts(15, 26, d.buyer.addr, 4.4, size=8.5)
    for k, (h, v) in enumerate(
        (
            ("Invoice", d.number),
            ("Raised", day(d.date, "%d-{b}-%Y|en")),
            ("Account", "SL-40771"),
            ("Pay by", day(d.due or d.date, "%d-{b}-%Y|en")),
        )
    ):
        s.box(105 + (k % 2) * 46, 20 + (k // 2) * 14, 44, 12, "#f5f5f5", lw=0.2)
        s.t(107 + (k % 2) * 46, 24.2 + (k // 2) * 14, h, 6.5, col="#d50000")
        s.t(107 + (k % 2) * 46, 29.6 + (k // 2) * 14, v, 8.5, True)
    s.t(15, 62, f"Collections and deliveries, week {d.x['week']}", 9, True)
    cols = [
        Col("Job", 15, 16, lambda n, i: n.art),
        Col("Day", 32, 20, lambda n, i: day(n.day or d.date, "%d/%m/%y")),
        Col("Service and route", 52, 76, lambda n, i: n.name, key="name"),
        Col("Units", 130, 14, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Each £", 148, 16, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("Charge £", 170, 24, lambda n, i: num(n.net, "en"), "r", "net"),
    ]
    y = s.head(cols, 70, fill="#eeeeee")
    y = s.table(cols, d.lines, y + 3, zebra="#fafafa", gap=2)
    s.line(15, y - 1, 195, y - 1, 0.5, "#d50000")
    ((r, b, t),) = d.taxes
    y = s.kv(130, y + 4, [("Charges for the week", num(b, "en")), (f"VAT at {qn(r)}%", num(t, "en"))], 64, 4.8, "r")
    s.kv(130, y, [("Now due £", num(d.payable, "en"))], 64, va="r", bl=True, bv=True, size=9.5)
    s.para(15, y + 12, 178, d.terms or "")
    s.t(
        15,
        276,
        f"Swiftloop Couriers Ltd, Dock Road, Tilbury RM18 7BT. Co. reg. {d.seller.legal}. VAT {d.seller.vat}.",
        6.8,
    )
    s.t(15, 280, f"BACS: sort 20-44-91, a/c 70035518. International: {ids.ib(d.iban or '')}, {d.bic}.", 6.8)


def courier() -> list[Case]:
    seller = Party(
        "Swiftloop Couriers Ltd", "Dock Road", "Tilbury RM18 7BT", "GB", ids.vat("GB", "swiftloop"), None, "08866201"
    )
    d = doc(
        "u-en-courier-1",
        "en",
        "W38-40771",
        "2025-09-22",
        seller,
        Party("Medway Dental Laboratory Ltd", "Unit 9 Chatham Maritime", "Chatham ME4 4FZ", "GB"),
        [
            ln("Same day van, Chatham to Guildford", 1, "118.40", 20, art="771204", day="2025-09-15"),
            ln("Motorbike urgent, Chatham to London W1", 2, "64.00", 20, art="771288", day="2025-09-16"),
            ln("Overnight parcel up to 5 kg", 14, "7.95", 20, art="771301", day="2025-09-18"),
            ln("Waiting time, quarter hours", 3, "6.25", 20, art="771204", day="2025-09-15"),
        ],
        "DEFECT: courier's weekly account, printed amount due is 9.00 less than charges plus VAT",
        "GBP",
        iban=ids.iban("GB", "swiftloop"),
        bic="FENBGB2L",
        due="2025-10-06",
        terms="Payment is due strictly by the pay-by date shown above.",
        x={"week": "38 / 2025"},
        defect="amount due is 9.00 lower than net + tax",
    )
    d.slip["grand"] = q2(d.basis + d.tax - 9)
    return [Case(d, _courier)]
