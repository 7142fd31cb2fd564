# ruff: noqa: E501 (the texts on the pages are long lines)
"""British, Irish, American and Australian layouts."""

from decimal import Decimal

from reportlab.lib.pagesizes import A4, LETTER, landscape  # type: ignore[import-untyped]

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, d8, day, dec, ln, num, qn

B = "{d} {B} %Y"


def cases() -> list[Case]:
    return [
        *joinery(),
        *chambers(),
        *supply(),
        *cloud(),
        *irish(),
        *aussie(),
        *plant(),
        *selfbill(),
        *contractor(),
        *labs(),
    ]


# ---- UK 1 trade supplier, quantity first, sort code, VAT number without prefix
def _joinery(d: Doc, s: Sheet) -> None:
    s.t(105, 20, "PENNINE JOINERY SUPPLIES LTD", 17, True, "c", "#14532d")
    s.t(105, 26, "Unit 4 Canal Wharf, Hebden Bridge, West Yorkshire HX7 8AD", 9, a="c")
    s.t(
        105,
        30.5,
        "Tel 01422 555 0142   accounts@penninejoinery.example   Company No. " + (d.seller.legal or ""),
        8,
        a="c",
    )
    s.line(15, 33, 195, 33, 1.2, "#14532d")
    s.t(15, 43, "Invoice To", 8, True)
    s.ts(15, 48, d.buyer.addr, 4.6)
    s.t(75, 43, "Deliver To", 8, True)
    s.ts(75, 48, d.x["ship"], 4.6)
    s.t(195, 43, d.x["title"], 15, True, "r")
    s.kv(
        140,
        51,
        [
            ("Invoice No", d.number),
            ("Tax Point", day(d.date, "%d/%m/%Y")),
            ("Account", "PEN0417"),
            ("Your Order No", d.po or ""),
            ("Despatch Note", "DN 60114"),
            ("Despatched", day(d.delivery or d.date, "%d/%m/%Y")),
        ],
        55,
        4.6,
        "r",
    )
    cols = [
        Col("QTY", 16, 12, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("CODE", 31, 22, lambda n, i: n.art),
        Col("DESCRIPTION", 54, 72, lambda n, i: n.name, key="name"),
        Col("UNIT PRICE", 128, 20, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("DISC", 150, 11, lambda n, i: f"{num(n.disc, 'en')}" if n.disc else "", "r"),
        Col("NET £", 163, 18, lambda n, i: num(n.net, "en"), "r", "net"),
        Col("VAT", 184, 10, lambda n, i: "T1" if n.rate == 20 else "T0", "c"),
    ]
    y = s.head(cols, 86, 8, col="#ffffff", fill="#14532d")
    s.table(cols, d.lines, y + 3, note_size=7.5)
    s.vgrid([15, 29.5, 53, 127, 149, 162, 183, 195], 82, 205)
    s.t(16, 211, "VAT ANALYSIS", 8, True)
    for k, h in enumerate(("Code", "Rate", "Goods", "VAT")):
        s.t(28 + 20 * k, 216, h, 8, a="r")
    y = 220.5
    for r, b, t in d.taxes:
        for k, v in enumerate(("T1" if r else "T0", f"{num(r, 'en')}%", num(b, "en"), num(t, "en"))):
            s.t(28 + 20 * k, y, v, a="r")
        y += 4.5
    rows = (
        [("Goods Total", num(d.line_total, "en"))]
        + [(lab, num(a, "en")) for lab, a, _ in d.charges]
        + [("Total Net", num(d.basis, "en")), ("Total VAT", num(d.tax, "en"))]
    )
    y = s.kv(140, 211, rows, 54, 5, "r")
    s.box(138, y - 3, 57, 8, "#e2efe6")
    s.t(140, y + 2.3, "INVOICE TOTAL", 10, True)
    s.t(194, y + 2.3, "£" + num(d.grand, "en"), 10, True, "r")
    s.para(15, 246, 180, d.terms or "")
    s.t(
        15,
        258,
        f"Please remit to: Calder Bank plc   Sort Code 40-22-18   Account 61448209   IBAN {ids.ib(d.iban or '')}   BIC {d.bic}",
        8,
    )
    s.t(
        15,
        280,
        f"VAT Reg No GB {ids.grp((d.seller.vat or '')[2:], 3, 4, 2)}      Title to goods shall not pass until payment in full. E & O E",
        7.5,
    )


def joinery() -> list[Case]:
    seller = Party(
        "Pennine Joinery Supplies Ltd",
        "Unit 4 Canal Wharf",
        "Hebden Bridge HX7 8AD",
        "GB",
        ids.vat("GB", "pennine"),
        None,
        "04417720",
    )
    ib = ids.iban("GB", "pennine")
    buyer = Party("Hollins & Daughters Builders", "12 Mill Lane", "Todmorden OL14 7HW", "GB")
    one = Doc(
        "uk-join-1",
        "en",
        "INV-0060772",
        d8("2025-04-03"),
        "GBP",
        seller,
        buyer,
        [
            ln("Softwood CLS 38 x 63 x 2400", 120, "3.42", 20, disc="7.5", art="CLS3863"),
            ln("Hardwood door blank FD30 44mm", 6, "87.50", 20, art="FD30-44", notes=["2040 x 926, certifire"]),
            ln("Brass butt hinge pair 100mm", 18, "9.15", 20, art="HB100"),
            ln("Children's safety helmet (zero rated)", 4, "11.00", 0, art="PPE-CH"),
        ],
        "UK trade supplier, quantity first, Tax Point as date, net/VAT codes, grid, two addresses",
        iban=ib,
        bic="CALDGB21XXX",
        po="HD/1187",
        delivery=d8("2025-04-02"),
        charges=[("Carriage", dec("24.95"), dec(20))],
        terms="Terms: strictly 30 days end of month. Interest at 8% over base may be charged on overdue accounts.",
        cat="Z",
        x={"title": "INVOICE", "ship": ["Site: The Old Chapel", "Burnley Road", "Todmorden"]},
    )
    two = Doc(
        "uk-join-2",
        "en",
        "CN-0001433",
        d8("2025-04-17"),
        "GBP",
        seller,
        buyer,
        [
            ln(
                "Hardwood door blank FD30 44mm",
                2,
                "87.50",
                20,
                art="FD30-44",
                notes=["Damaged in transit, ref invoice INV-0060772"],
            )
        ],
        "UK credit note, positive amounts, same form (label still says Invoice No)",
        iban=ib,
        bic="CALDGB21XXX",
        po="HD/1187",
        delivery=d8("2025-04-15"),
        type_code="381",
        terms="This credit will be applied to your account.",
        x={"title": "CREDIT NOTE", "ship": ["Collected", "ex site"]},
    )
    return [Case(one, _joinery), Case(two, _joinery)]


# ---- UK 2 solicitors, amount before narrative, fees and disbursements
def _chambers(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 10.5
    s.t(105, 24, "Ashcombe Reeve LLP", 20, a="c", i=True)
    s.t(105, 30, "SOLICITORS AND NOTARIES", 8, a="c")
    s.t(105, 35, "3 Cathedral Close, Wells, Somerset BA5 2PA", 9, a="c")
    s.ts(25, 52, ["Private and Confidential", *d.buyer.addr], 5)
    s.kv(
        125,
        52,
        [
            ("Our ref", "JR/HEA004/1"),
            ("Bill number", d.number),
            ("Date of bill", day(d.date, B)),
            ("VAT registration", d.seller.vat or ""),
        ],
        32,
        5,
    )
    s.t(25, 92, f"Re: {d.x['re']}", b=True)
    y = (
        s.para(
            25,
            100,
            155,
            "TO OUR PROFESSIONAL CHARGES in connection with the above matter, for the period "
            + d.x["period"]
            + ", including:",
            lh=5,
        )
        + 3
    )
    s.t(40, y, "£", b=True, a="c")
    s.t(62, y, "Particulars", b=True)
    y += 7
    for n in d.lines:
        s.t(56, y, num(n.net, "en"), a="r")
        y = s.para(62, y, 118, n.name, lh=5) + 1.5
    s.keys |= {"name", "net"}
    s.line(30, y - 3.6, 57, y - 3.6)
    tax = [(f"VAT at {qn(r)}%" + (f" on {num(b, 'en')}" if len(d.taxes) > 1 else ""), t) for r, b, t in d.taxes if r]
    for label, v in [("Total charges and disbursements before VAT", d.basis), *tax]:
        s.t(56, y + 1, num(v, "en"), a="r")
        s.t(62, y + 1, label)
        y += 5.5
    s.line(30, y - 2.6, 57, y - 2.6)
    s.t(56, y + 2, num(d.grand, "en"), b=True, a="r")
    s.t(62, y + 2, "TOTAL OF THIS BILL", b=True)
    y += 8
    if d.prepaid:
        s.t(56, y + 1, f"({num(d.prepaid, 'en')})", a="r")
        s.t(62, y + 1, "Less: received on account 14 January 2025")
        s.t(56, y + 7, num(d.payable, "en"), b=True, a="r")
        s.t(62, y + 7, "BALANCE DUE", b=True)
        y += 12
    s.para(25, y + 8, 155, d.terms or "", lh=5)
    s.para(
        25,
        272,
        160,
        f"Ashcombe Reeve LLP is a limited liability partnership registered in England and Wales ({d.seller.legal}), authorised and regulated by the SRA. Client account: "
        f"IBAN {ids.ib(d.iban or '')}.",
        8,
        3.6,
    )


def chambers() -> list[Case]:
    seller = Party(
        "Ashcombe Reeve LLP", "3 Cathedral Close", "Wells BA5 2PA", "GB", ids.vat("GB", "ashcombe"), None, "OC318844"
    )
    ib = ids.iban("GB", "ashcombe")
    one = Doc(
        "uk-law-1",
        "en",
        "B25/00871",
        d8("2025-03-31"),
        "GBP",
        seller,
        Party("Heathfield Orchard Cider Company Limited", "Heathfield Farm", "Shepton Mallet BA4 6QF", "GB"),
        [
            ln(
                "Drafting and negotiating lease of Barn 3, correspondence with landlord's agents and reporting to you",
                1,
                "1850.00",
                20,
            ),
            ln("Stamp duty land tax return", 1, "175.00", 20),
            ln("Land Registry fee (disbursement, no VAT)", 1, "95.00", 0),
        ],
        "UK solicitors' bill, amount left of narrative, disbursement without VAT, money on account, balance due",
        iban=ib,
        prepaid=dec("500.00"),
        terms="Payment is due within 14 days of delivery of this bill.",
        x={"re": "Lease of Barn 3, Heathfield Farm", "period": "6 January to 28 March 2025"},
        cat="O",
    )
    two = Doc(
        "uk-law-2",
        "en",
        "B25/00912",
        d8("2025-05-01"),
        "GBP",
        seller,
        Party("Mr and Mrs D. Okafor", "17 Vicars Road", "Glastonbury BA6 9BX", "GB"),
        [
            ln("Conveyance of 17 Vicars Road, Glastonbury", 1, "1240.00", 20),
            ln("Telegraphic transfer charge", 2, "30.00", 20),
        ],
        "UK solicitors' bill",
        iban=ib,
        terms="Please settle on completion.",
        x={"re": "Purchase of 17 Vicars Road", "period": "3 February to 25 April 2025"},
    )
    for d in (one, two):
        d.keys_off = {"qty"}
    return [Case(one, _chambers), Case(two, _chambers)]


# ---- US 1 classic QuickBooks-like, letter size, sales tax
def _supply(d: Doc, s: Sheet) -> None:
    s.t(15, 20, d.seller.name, 14, True)
    s.ts(15, 25, [d.seller.street, d.seller.city, "(503) 555-0148"], 4.2)
    s.t(200, 22, "Invoice", 22, True, "r")
    s.box(145, 27, 28, 6)
    s.box(173, 27, 28, 6)
    s.box(145, 33, 28, 7)
    s.box(173, 33, 28, 7)
    s.t(159, 31.2, "Date", a="c")
    s.t(187, 31.2, "Invoice #", a="c")
    s.t(159, 37.8, day(d.date, "{m}/{d}/%Y"), a="c")
    s.t(187, 37.8, d.number, a="c")
    for x, h, block in ((15, "Bill To", d.buyer.addr), (108, "Ship To", d.x["ship"])):
        s.box(x, 48, 93, 6)
        s.box(x, 54, 93, 26)
        s.t(x + 2, 52.2, h)
        s.ts(x + 2, 59, block, 4.4)
    heads = [
        ("P.O. No.", d.po or ""),
        ("Terms", d.terms or ""),
        ("Due Date", day(d.due or d.date, "{m}/{d}/%Y")),
        ("Rep", "KMW"),
        ("Ship Date", day(d.delivery or d.date, "{m}/{d}/%Y")),
        ("Via", "UPS Ground"),
        ("FOB", "Origin"),
    ]
    w = 186 / 7
    for k, (h, v) in enumerate(heads):
        s.box(15 + w * k, 86, w, 6)
        s.box(15 + w * k, 92, w, 7)
        s.t(15 + w * (k + 0.5), 90.2, h, 8, a="c")
        s.t(15 + w * (k + 0.5), 97, v, 8, a="c")
    cols = [
        Col("Quantity", 17, 16, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Item Code", 37, 26, lambda n, i: n.art),
        Col("Description", 66, 72, lambda n, i: n.name, key="name"),
        Col("Price Each", 141, 25, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("Amount", 171, 28, lambda n, i: num(n.net, "en") + (d.x["mark"] if n.rate else ""), "r", "net"),
    ]
    y = s.head(cols, 107, b=False)
    s.table(cols, d.lines, y + 4)
    s.vgrid([15, 35, 64, 139, 168, 201], 103, 205)
    s.line(15, 108.6, 201, 108.6, 0.4)
    y = 212.0
    taxed = [(r, b, t) for r, b, t in d.taxes if r]
    rows = [("Subtotal", "$" + num(d.basis, "en"))]
    rows += [(f"Sales Tax ({qn(r, 'en')}%)", "$" + num(t, "en")) for r, _, t in taxed]
    if not taxed:
        rows += [("Sales Tax (0.0%)", "$0.00")]
    rows += [("Total", "$" + num(d.grand, "en"))]
    if d.prepaid:
        rows += [("Payments/Credits", f"-${num(d.prepaid, 'en')}"), ("Balance Due", "$" + num(d.payable, "en"))]
    for h, v in rows:
        s.box(139, y - 5, 62, 7)
        s.t(141, y, h, 10, True)
        s.t(199, y, v, 10, a="r")
        y += 7
    s.para(15, 214, 115, d.x["msg"])
    s.t(
        15,
        262,
        "Make checks payable to "
        + d.seller.name
        + "  Returned check fee $35.00.  1.5% per month on past due balances.",
        8,
    )


def supply() -> list[Case]:
    seller = Party("Cascade Restaurant Supply, Inc.", "4180 NW Yeon Ave", "Portland, OR 97210", "US")
    wa = Party("Bluebird Diner LLC", "902 Main Street", "Vancouver, WA 98660", "US")
    one = Doc(
        "us-sup-1",
        "en",
        "40871",
        d8("2025-05-03"),
        "USD",
        seller,
        wa,
        [
            ln("Stock pot, aluminum, 40 qt", 2, "118.50", "8.8", art="SP-40"),
            ln("Sheet pan, full size, 18 ga", 24, "9.75", "8.8", art="PAN1826"),
            ln("Bar towels, dozen", 10, "14.20", "8.8", art="12.05.24"),
            ln("Walk-in thermometer", 1, "46.00", "8.8", art="TH-88"),
        ],
        "US letter, QuickBooks form, month first date without padding, sales tax, Bill To / Ship To, boxes row",
        po="BB-3317",
        delivery=d8("2025-05-02"),
        due=d8("2025-06-02"),
        terms="Net 30",
        pagesize=LETTER,
        x={
            "ship": ["Bluebird Diner", "Back dock", "902 Main Street", "Vancouver, WA 98660"],
            "msg": "Thank you for your business. Please reference the invoice number with your payment.",
            "mark": "T",
        },
    )
    two = Doc(
        "us-sup-2",
        "en",
        "40902",
        d8("2025-05-12"),
        "USD",
        seller,
        Party("Oregon Coast Lodge", "77 Bay Blvd", "Newport, OR 97365", "US"),
        [
            ln("Convection oven, double deck, NG", 1, "11240.00", 0, art="CO-2D"),
            ln("Installation and start-up", 1, "650.00", 0, art="SVC"),
        ],
        "US invoice without sales tax, deposit paid, balance due",
        prepaid=dec("5000.00"),
        po="VERBAL-TOM",
        delivery=d8("2025-05-09"),
        due=d8("2025-05-27"),
        terms="2% 10 Net 15",
        pagesize=LETTER,
        cat="O",
        x={
            "ship": ["SAME"],
            "msg": "Deposit received 4/21/2025 with thanks. Freight included. Restocking charge 25%, minimum $150.00.",
            "mark": "",
        },
    )
    return [Case(one, _supply), Case(two, _supply)]


# ---- US 2 SaaS receipt-like
def _cloud(d: Doc, s: Sheet) -> None:
    s.font = "sans"
    s.size = 8.5
    s.t(20, 25, "Invoice", 18, True)
    s.t(195, 25, "Tidepool Metrics", 12, True, "r", "#0f766e")
    s.kv(
        20,
        34,
        [
            ("Invoice number", d.number),
            ("Date of issue", day(d.date, "{B} {d}, %Y")),
            ("Date due", day(d.due or d.date, "{B} {d}, %Y")),
        ],
        35,
        4.8,
        bl=True,
    )
    s.ts(20, 58, [d.seller.name, d.seller.street, d.seller.city, "United States", "billing@tidepool.example"], 4.4)
    s.t(100, 54, "Bill to", b=True)
    s.ts(100, 58, [*d.buyer.addr, *d.x.get("more", [])], 4.4)
    s.t(20, 92, f"${num(d.payable, 'en')} USD due {day(d.due or d.date, '{B} {d}, %Y')}", 14, True)
    s.t(20, 99, "Pay online", 8.5, True, col="#0f766e")
    cols = [
        Col("Description", 20, 90, lambda n, i: n.name, key="name"),
        Col("Qty", 112, 16, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Unit price", 132, 26, lambda n, i: "$" + num(n.price, "en", 4 if n.price < 1 else 2), "r", "price"),
        Col("Amount", 165, 30, lambda n, i: ("-" if n.net < 0 else "") + "$" + num(abs(n.net), "en"), "r", "net"),
    ]
    y = s.head(cols, 112, 7.5, False)
    s.line(20, y - 1, 195, y - 1, 0.6)
    y = s.table(cols, d.lines, y + 4, gap=2.5, note_size=7) + 2
    rows = [("Subtotal", "$" + num(d.line_total, "en"))]
    rows += [(lab, f"-${num(a, 'en')}") for lab, a, _ in d.allowances]
    if d.allowances:
        rows.append(("Total excluding tax", "$" + num(d.basis, "en")))
    rows += [
        (f"{d.x['tax']} ({qn(r, 'en')}% on ${num(b, 'en')})", "$" + num(t, "en"))
        for r, b, t in d.taxes
        if r or d.x.get("zero")
    ]
    rows += [("Total", "$" + num(d.grand, "en"))]
    for h, v in rows:
        s.line(108, y - 3.6, 195, y - 3.6, 0.2, "#bbbbbb")
        s.t(108, y, h)
        s.t(195, y, v, a="r")
        y += 5
    s.line(108, y - 3.6, 195, y - 3.6, 0.2, "#bbbbbb")
    s.t(108, y, "Amount due", b=True)
    s.t(195, y, f"${num(d.payable, 'en')} USD", b=True, a="r")
    s.para(20, y + 16, 120, d.terms or "")
    s.line(20, 270, 195, 270, 0.2)
    s.t(20, 274, f"{d.number} · ${num(d.payable, 'en')} USD due {day(d.due or d.date, '{B} {d}, %Y')}", 7)
    s.t(195, 274, "Page 1 of 1", 7, a="r")


def cloud() -> list[Case]:
    seller = Party("Tidepool Metrics, Inc.", "548 Market St PMB 40112", "San Francisco, California 94104", "US")
    one = Doc(
        "us-saas-1",
        "en",
        "8C41E0F7-0009",
        d8("2025-02-01"),
        "USD",
        seller,
        Party("Northgate Analytics", "1901 Western Ave", "Seattle, Washington 98101", "US"),
        [
            ln("Growth plan (per seat)", 40, "18.00", "10.35", notes=["Feb 1 – Mar 1, 2025"]),
            ln("Events over 5,000,000", 812340, "0.0004", "10.35", notes=["Jan 1 – Feb 1, 2025"]),
        ],
        "US SaaS, total at the top, US month name, 4-decimal unit price, huge quantity, sales tax",
        due=d8("2025-02-15"),
        allowances=[("Startup discount (10% off)", dec("104.49"), dec("10.35"))],
        terms="ACH transfer only. Payment is non-refundable.",
        x={"tax": "Sales Tax - Washington"},
    )
    two = Doc(
        "us-saas-2",
        "en",
        "51D2AA90-0001",
        d8("2025-11-08"),
        "USD",
        seller,
        Party("Fjordlys ApS", "Strandgade 12", "5700 Svendborg, Denmark", "DK", ids.vat("DK", "fjordlys")),
        [
            ln("Starter plan", 3, "12.00", 0, notes=["Nov 8 – Dec 8, 2025"]),
            ln("Unused time on Trial plan", 1, "-4.20", 0),
        ],
        "US SaaS to Denmark, reverse charge 0 %, negative line",
        due=d8("2025-12-08"),
        cat="AE",
        terms="Tax to be paid on reverse charge basis.",
        x={"tax": "VAT - Denmark", "zero": True},
    )
    two.x["more"] = [f"DK VAT {two.buyer.vat}"]
    return [Case(one, _cloud), Case(two, _cloud)]


# ---- IE two rates
def _irish(d: Doc, s: Sheet) -> None:
    s.font = "serif"
    s.size = 8.5
    s.box(15, 12, 180, 24, "#0b5d3b", stroke=False)
    s.t(20, 23, "Corrib Heating & Plumbing", 15, True, col="#ffffff")
    s.t(20, 30, "Liosban Business Park, Galway H91 X2P4 · Ireland", 8, col="#ffffff")
    s.t(190, 27, "SALES INVOICE", 12, a="r", col="#ffffff")
    s.t(15, 46, "Customer", 7, True)
    s.ts(15, 51, d.buyer.addr, 4.5)
    for k, (label, v) in enumerate(
        (
            ("Doc. No.", d.number),
            ("Doc. Date", day(d.date, "%d-{b}-%Y")),
            ("Job", d.x["job"]),
            ("Cust. PO", d.po or ""),
        )
    ):
        s.t(130 + (k % 2) * 34, 46 + (k // 2) * 13, label, 7, True)
        s.t(130 + (k % 2) * 34, 51 + (k // 2) * 13, v, 9)
    cols = [
        Col("Item", 16, 76, lambda n, i: n.name, key="name"),
        Col("Net", 94, 24, lambda n, i: num(n.net, "en"), "r", "net"),
        Col("VAT %", 122, 14, lambda n, i: num(n.rate, "en", 1), "r", "rate"),
        Col("Unit", 140, 26, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("Qty", 174, 18, lambda n, i: f"{qn(n.qty, 'en')}", "r", "qty"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 84, fill="#dcebe3") + 3, zebra="#f3f8f5", note_size=7) + 4
    s.t(15, y, "Rate", 8, True)
    for x, h in ((70, "Net Amount"), (100, "VAT Amount"), (130, "Gross")):
        s.t(x, y, h, 8, True, "r")
    for r, b, t in d.taxes:
        y += 4.8
        s.t(15, y, f"VAT @ {num(r, 'en', 1)}%")
        for x, v in ((70, b), (100, t), (130, b + t)):
            s.t(x, y, "€" + num(v, "en"), a="r")
    y += 6
    s.t(15, y, "Totals", b=True)
    for x, v in ((70, d.basis), (100, d.tax), (130, d.grand)):
        s.t(x, y, "€" + num(v, "en"), a="r", b=True)
    s.box(140, y - 12, 55, 16, "#0b5d3b", stroke=False)
    s.t(167, y - 6, "PLEASE PAY", 7, a="c", col="#ffffff")
    s.t(167, y + 1, "€" + num(d.payable, "en"), 13, True, "c", "#ffffff")
    s.para(15, y + 16, 175, d.terms or "")
    s.t(
        15,
        276,
        f"VAT No. {d.seller.vat} | {d.seller.legal} | IBAN: {d.iban} | BIC: {d.bic} | Directors: P. Joyce, S. Joyce",
        7,
    )


def irish() -> list[Case]:
    seller = Party(
        "Corrib Heating & Plumbing",
        "Liosban Business Park",
        "Galway H91 X2P4",
        "IE",
        ids.vat("IE", "corrib"),
        None,
        "CRO 448190",
    )
    one = Doc(
        "ie-heat-1",
        "en",
        "SI-20418",
        d8("2025-01-09"),
        "EUR",
        seller,
        Party("Salthill Guesthouse Ltd", "4 Upper Salthill Road", "Galway H91 K7E3", "IE"),
        [
            ln(
                "Supply and fit condensing boiler 30 kW",
                1,
                "2150.00",
                "13.5",
                notes=["S/N 4471-2025-0091, warranty 7 yrs"],
            ),
            ln("Radiator valves", 9, "22.40", "13.5"),
            ln("Smart thermostat, boxed, supply only", 2, "164.00", 23),
        ],
        "Irish invoice, quantity last, net before unit price, two rates, totals on the left",
        iban=ids.iban("IE", "corrib"),
        bic="BOFIIE2DXXX",
        po="SG-12",
        terms="Payment terms: 14 days from invoice date.",
        x={"job": "J-7715"},
    )
    two = Doc(
        "ie-heat-2",
        "en",
        "SI-20466",
        d8("2025-03-21"),
        "EUR",
        seller,
        Party("Oughterard National School", "Camp Street", "Oughterard H91 F2YR", "IE"),
        [ln("Emergency call-out, burst main", 1, "180.00", "13.5"), ln("Plumber, Sunday rate", "4.5", "78.00", "13.5")],
        "Irish invoice, one rate",
        iban=one.iban,
        bic=one.bic,
        po="OBS/25",
        terms="Payment terms: 14 days from invoice date.",
        x={"job": "J-7790"},
    )
    return [Case(one, _irish), Case(two, _irish)]


# ---- AU tax invoice
def _aussie(d: Doc, s: Sheet) -> None:
    s.font = "vera"
    s.size = 8.5
    s.t(20, 26, "TAX INVOICE", 18, True)
    s.ts(
        190,
        20,
        [
            "Wattle & Wire Electrical Pty Ltd",
            f"ABN {ids.grp(d.seller.legal or '', 2, 3)}",
            "18 Foundry Rd",
            "Fremantle WA 6160 Australia",
        ],
        4.4,
        a="r",
    )
    s.ts(20, 40, d.buyer.addr, 4.6)
    s.t(120, 46, "Invoice Date", b=True)
    s.t(120, 51, day(d.date, "{d} {b} %Y"))
    s.t(155, 46, "Invoice Number", b=True)
    s.t(155, 51, d.number)
    s.t(120, 58, "Reference", b=True)
    s.t(120, 63, d.po or "")
    s.t(155, 58, "Due Date", b=True)
    s.t(155, 63, day(d.due or d.date, "{d} {b} %Y"))
    incl = d.gross
    cols = [
        Col("Description", 20, 78, lambda n, i: n.name, key="name"),
        Col("Quantity", 100, 18, lambda n, i: num(n.qty, "en"), "r", "qty"),
        Col("Unit Price", 122, 22, lambda n, i: num(n.price, "en"), "r", "" if incl else "price"),
        Col("GST", 146, 16, lambda n, i: f"{qn(n.rate)}%" if n.rate else "GST Free", "r", "rate"),
        Col("Amount AUD", 164, 26, lambda n, i: num(n.net, "en"), "r", "" if incl else "net"),
    ]
    y = s.head(cols, 84)
    s.line(20, y - 1.5, 190, y - 1.5, 1)
    y = s.table(cols, d.lines, y + 4, rule="row", gap=3) + 3
    gst = [t for r, _, t in d.taxes if r][0]
    rows = [("INCLUDES GST 10%" if incl else "TOTAL GST 10%", num(gst, "en"))]
    if not incl:
        rows.insert(0, ("Subtotal", num(d.basis, "en")))
    y = s.kv(130, y, rows, 60, 5.5, "r")
    s.line(128, y - 4, 190, y - 4)
    s.kv(130, y, [("TOTAL AUD", num(d.grand, "en"))], 60, va="r", bl=True, bv=True)
    y += 5.5
    if d.prepaid:
        y = s.kv(
            130,
            y,
            [("Less Amount Paid", num(d.prepaid, "en")), ("AMOUNT DUE AUD", num(d.payable, "en"))],
            60,
            5.5,
            "r",
            bv=True,
        )
    s.t(20, y + 12, f"Due Date: {day(d.due or d.date, '{d} {b} %Y')}", b=True)
    s.para(20, y + 17, 120, d.terms or "")
    s.line(10, 225, 200, 225, 0.4, dash=True)
    s.t(20, 235, "PAYMENT ADVICE", 13, True)
    s.ts(20, 242, ["To: Wattle & Wire Electrical Pty Ltd", "18 Foundry Rd", "Fremantle WA 6160"], 4.4)
    s.kv(
        115,
        235,
        [
            ("Customer", d.buyer.name),
            ("Invoice Number", d.number),
            ("Amount Due", num(d.payable, "en")),
            ("Due Date", day(d.due or d.date, "{d} {b} %Y")),
            ("Amount Enclosed", ""),
        ],
        38,
        5.4,
    )
    s.t(20, 275, "Registered Office: 18 Foundry Rd, Fremantle, WA 6160. Lic. EC 014477.", 7)


def aussie() -> list[Case]:
    seller = Party(
        "Wattle & Wire Electrical Pty Ltd", "18 Foundry Rd", "Fremantle WA 6160", "AU", None, None, ids.abn("wattle")
    )
    one = Doc(
        "au-elec-1",
        "en",
        "INV-3391",
        d8("2025-08-07"),
        "AUD",
        seller,
        Party("Swan River Sailing Club Inc", "PO Box 118", "Fremantle WA 6959", "AU"),
        [
            ln("Marina pedestal rewire", 6, "415.00", 10),
            ln("Electrician labour", "22.50", "98.00", 10),
            ln("Electrical safety certificate (council fee)", 1, "86.50", 0),
        ],
        "Australian tax invoice, GST, GST-free line, payment advice with the amount repeated, ABN only",
        po="Jetty B",
        due=d8("2025-08-21"),
        terms="EFT: BSB 016-307, Account 4471 20981. Please use the invoice number as reference.",
    )
    two = Doc(
        "au-elec-2",
        "en",
        "INV-3420",
        d8("2025-09-15"),
        "AUD",
        seller,
        Party("Jo Matheson", "3 Quarry St", "Fremantle WA 6160", "AU"),
        [ln("Replace switchboard, incl. parts", 1, "1485.00", 10), ln("Ceiling fan installation", 2, "176.00", 10)],
        "Australian B2C, prices include GST, part paid",
        gross=True,
        po="Kitchen",
        due=d8("2025-09-22"),
        prepaid=dec("500.00"),
        terms="EFT: BSB 016-307, Account 4471 20981.",
    )
    return [Case(one, _aussie), Case(two, _aussie)]


# ---- UK 3 plant hire, landscape, two pages, brought forward
def _plant(d: Doc, s: Sheet) -> None:
    s.font = "mono"
    s.size = 7

    def top() -> float:
        s.t(15, 15, "MERSEY PLANT HIRE PLC", 13, True)
        s.t(15, 20, "Dock Road Birkenhead CH41 1DN  VAT " + (d.seller.vat or ""), 7)
        s.t(282, 15, f"INVOICE {d.number}", 11, True, "r")
        s.t(282, 20, f"Dated {day(d.date, '%d %b %Y')}   Page {s.page} of 2", 7, a="r")
        return s.head(cols, 52 if s.page == 1 else 30) + 3

    cols = [
        Col("Ticket", 15, 22, lambda n, i: n.art),
        Col("On hire", 38, 22, lambda n, i: day(n.day or d.date, "%d/%m/%y")),
        Col("Plant / attachment", 62, 92, lambda n, i: n.name, key="name"),
        Col("Weeks", 156, 16, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Rate", 176, 22, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("Charge", 202, 26, lambda n, i: num(n.net, "en"), "r", "net"),
        Col("VAT 20%", 230, 24, lambda n, i: num(n.net * Decimal("0.2"), "en"), "r"),
        Col("Gross", 256, 26, lambda n, i: num(n.net * Decimal("1.2"), "en"), "r"),
    ]

    def brk(running: Decimal) -> float:
        s.t(198, 196, "Carried forward", b=True, a="r")
        s.t(228, 196, num(running, "en"), b=True, a="r")
        s.new()
        y = top()
        s.t(198, y, "Brought forward", b=True, a="r")
        s.t(228, y, num(running, "en"), b=True, a="r")
        return y + 6

    y = top()
    s.ts(15, 28, [f"To: {d.buyer.name}", d.buyer.street, d.buyer.city, f"Order {d.po}   Site {d.x['site']}"], 4)
    y = s.table(cols, d.lines, y, bottom=188, lh=3.8, brk=brk) + 2
    s.line(176, y - 3.5, 282, y - 3.5)
    for x, v in ((228, d.basis), (254, d.tax), (282, d.grand)):
        s.t(x, y + 1, "£" + num(v, "en"), b=True, a="r")
    s.t(198, y + 1, "INVOICE TOTALS", b=True, a="r")
    s.para(15, y + 12, 200, d.terms or "")
    s.t(15, y + 20, f"BACS: sort 20-51-43 a/c 70114482  IBAN {d.iban}")


def plant() -> list[Case]:
    kit = [
        "Excavator 1.5t c/w buckets",
        "Dumper 3t swivel",
        "Roller 800mm",
        "Generator 20kVA silent",
        "Tower light LED",
        "Welfare unit 6-man",
    ]
    lines = [
        ln(
            f"{kit[i % 6]} fleet {310 + i}",
            dec(i % 4 + 1),
            dec(75 + 15 * (i % 6)),
            20,
            art=f"T{81000 + 7 * i}",
            day=f"2025-05-{i % 28 + 1:02d}",
        )
        for i in range(34)
    ]
    d = Doc(
        "uk-plant-1",
        "en",
        "0098812",
        d8("2025-06-01"),
        "GBP",
        Party("Mersey Plant Hire plc", "Dock Road", "Birkenhead CH41 1DN", "GB", ids.vat("GB", "mersey")),
        Party("Wirral Civils Limited", "Bromborough Pool", "Wirral CH62 4UE", "GB"),
        lines,
        "UK plant hire, landscape, two pages, carried/brought forward, VAT and gross columns in the "
        "lines, column totals as the only totals",
        iban=ids.iban("GB", "mersey"),
        po="WC-55021",
        terms="Net 28 days. Hire is continuous until off-hired in writing.",
        x={"site": "New Ferry bypass"},
        pagesize=landscape(A4),
    )
    return [Case(d, _plant)]


# ---- UK 4 self-billing
def _selfbill(d: Doc, s: Sheet) -> None:
    s.size = 8.5
    s.t(15, 20, "GREENFIELD DAIRIES", 16, True, col="#1d4ed8")
    s.t(15, 25, "Greenfield Dairies Limited, Creamery Lane, Crewe CW1 6ZZ", 8)
    s.t(195, 20, "SELF BILLED INVOICE", 13, True, "r")
    s.box(15, 32, 88, 32)
    s.box(107, 32, 88, 32)
    s.t(17, 36, "SUPPLIER (the VAT shown is your output tax due to HMRC)", 6.5, True)
    s.ts(17, 42, [*d.seller.addr, f"VAT No {d.seller.vat}"], 4.6)
    s.t(109, 36, "CUSTOMER / ISSUED BY", 6.5, True)
    s.ts(109, 42, [*d.buyer.addr, f"VAT No {d.buyer.vat}"], 4.6)
    s.kv(
        15,
        74,
        [
            ("Self-bill ref", d.number),
            ("Date", day(d.date, "%d/%m/%Y")),
            ("Milk period", d.x["period"]),
            ("Producer no.", "07718"),
        ],
        30,
        4.8,
        bl=True,
    )
    cols = [
        Col("Collection", 15, 78, lambda n, i: n.name, key="name"),
        Col("Litres", 96, 22, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Pence per litre", 122, 28, lambda n, i: num(n.price * 100, "en", 3), "r"),
        Col("Value £", 158, 36, lambda n, i: num(n.net, "en"), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 102, fill="#dbeafe") + 3, rule="row") + 3
    ((r, b, t),) = d.taxes
    s.kv(
        120,
        y,
        [
            ("Total value of milk", num(b, "en")),
            (f"VAT @ {num(r, 'en', 1)}% (zero rated)", num(t, "en")),
            ("Amount payable to supplier", num(d.grand, "en")),
        ],
        74,
        5,
        "r",
        bv=True,
    )
    s.para(15, y + 26, 175, d.terms or "")
    s.t(15, y + 34, f"Paid to: {d.seller.name}  IBAN {ids.ib(d.iban or '')}")


def selfbill() -> list[Case]:
    d = Doc(
        "uk-milk-1",
        "en",
        "SB-0625-07718",
        d8("2025-06-30"),
        "GBP",
        Party("R & M Tattersall", "Hough Farm, Audlem Road", "Nantwich CW5 7QT", "GB", ids.vat("GB", "tattersall")),
        Party("Greenfield Dairies Limited", "Creamery Lane", "Crewe CW1 6ZZ", "GB", ids.vat("GB", "greenfield")),
        [
            ln("Raw milk, standard", 28450, "0.39250", 0),
            ln("Butterfat premium", 28450, "0.01125", 0),
            ln("Haulage deduction", 28450, "-0.0046", 0),
        ],
        "self-billed invoice: the seller is the addressee, letterhead is the buyer; zero rated",
        iban=ids.iban("GB", "tattersall"),
        type_code="389",
        cat="Z",
        terms="Payment by BACS on the 15th of the following month.",
        x={"period": "1 - 30 June 2025"},
    )
    return [Case(d, _selfbill)]


# ---- UK 5 freelance contractor, day rate, dates in words, hardly any structure
def _contractor(d: Doc, s: Sheet) -> None:
    s.font = "cour"
    s.size = 10
    s.ts(20, 25, [d.seller.name, d.seller.street, d.seller.city], 5)
    s.ts(20, 55, ["To", *d.buyer.addr], 5)
    s.t(20, 90, f"INVOICE {d.number}", 12, True)
    s.t(20, 96, f"dated {day(d.date, B)}")
    y = 110.0
    for n in d.lines:
        s.t(20, y, n.name)
        s.t(30, y + 5, f"{qn(n.qty, 'en')} {n.unit} @ GBP {num(n.price, 'en')}")
        s.t(185, y + 5, num(n.net, "en"), a="r")
        y += 12
    s.keys |= {"name", "qty", "price", "net"}
    s.t(20, y, "-" * 76)
    y += 6
    if d.tax:
        for label, v in (("Sub-total", d.basis), (f"VAT {qn(d.taxes[0][0])}% (reg. {d.seller.vat})", d.tax)):
            s.t(20, y, label)
            s.t(185, y, num(v, "en"), a="r")
            y += 5
    s.t(20, y + 2, "TOTAL DUE IN POUNDS STERLING", b=True)
    s.t(185, y + 2, num(d.grand, "en"), b=True, a="r")
    s.para(20, y + 16, 170, d.terms or "", lh=5)
    s.t(20, y + 32, f"IBAN {ids.ib(d.iban or '')}")


def contractor() -> list[Case]:
    s1 = Party("Imogen Fairweather", "The Boathouse, Quay Street", "Woodbridge IP12 1BX", "GB")
    one = Doc(
        "uk-free-1",
        "en",
        "IF47",
        d8("2025-10-31"),
        "GBP",
        s1,
        Party("Longshore Films Ltd", "22 Shelton Street", "London WC2H 9JN", "GB"),
        [
            ln("Location sound recordist, Orford shoot", 6, "340.00", 0, "days"),
            ln("Kit hire", 6, "95.00", 0, "days"),
            ln("Mileage Woodbridge-Orford return", 144, "0.45", 0, "miles"),
        ],
        "UK freelancer below the VAT threshold, typewriter, no table head",
        iban=ids.iban("GB", "imogen"),
        terms="Payment within 30 days please. Late payment compensation of GBP 40.00 applies under the 1998 Act.",
    )
    two = Doc(
        "uk-free-2",
        "en",
        "2025/118",
        d8("2025-11-03"),
        "GBP",
        Party("Dev Chaudhry Consulting Ltd", "9 Elm Grove", "Reading RG1 4AB", "GB", ids.vat("GB", "dev")),
        one.buyer,
        [ln("Pipeline support, October", "11.5", "475.00", 20, "days")],
        "UK contractor, typewriter, VAT number in the VAT label",
        iban=ids.iban("GB", "dev"),
        terms="Payment within 14 days please.",
    )
    return [Case(one, _contractor), Case(two, _contractor)]


# ---- US 3 lab invoice: label below value, totals as a sentence strip
def _labs(d: Doc, s: Sheet) -> None:
    s.font = "stix"
    s.size = 10
    s.t(108, 22, "HARROW & PIKE ENVIRONMENTAL LABORATORIES", 14, True, "c")
    s.t(
        108,
        28,
        "A division of Harrow & Pike Corp. · 77 Assay Road, Golden, CO 80401, USA · EIN " + (d.seller.tax_number or ""),
        9,
        a="c",
    )
    s.line(15, 31, 201, 31, 2)
    for x, v, label in (
        (15, d.number, "invoice no."),
        (60, day(d.date, "{b} %d, %Y"), "invoice date"),
        (100, d.po or "", "purchase order"),
        (145, d.x["wo"], "lab work order"),
    ):
        s.t(x, 42, v, 12, True)
        s.t(x, 46, label, 8, i=True)
    s.t(15, 58, "Sold to:", i=True)
    s.ts(32, 58, d.buyer.addr, 4.8)
    cols = [
        Col("Amount ($)", 15, 24, lambda n, i: num(n.net, "en"), "r", "net"),
        Col("Unit ($)", 42, 20, lambda n, i: num(n.price, "en"), "r", "price"),
        Col("No.", 65, 12, lambda n, i: qn(n.qty, "en"), "r", "qty"),
        Col("Method / Analysis", 82, 110, lambda n, i: n.name, key="name"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 90) + 4, lh=4.6, note_size=8) + 2
    s.line(15, y - 3.5, 40, y - 3.5)
    s.t(39, y + 1, num(d.line_total, "en"), a="r")
    s.t(82, y + 1, "Total analyses")
    for lab, a, _ in d.charges:
        y += 5
        s.t(39, y + 1, num(a, "en"), a="r")
        s.t(82, y + 1, lab)
    y += 7
    s.t(39, y + 1, num(d.grand, "en"), a="r", b=True)
    s.t(82, y + 1, "PLEASE PAY THIS AMOUNT (US DOLLARS, NO SALES TAX APPLIES)", b=True)
    s.para(15, y + 14, 180, d.terms or "")


def labs() -> list[Case]:
    d = Doc(
        "us-lab-1",
        "en",
        "HP-117733",
        d8("2025-03-04"),
        "USD",
        Party(
            "Harrow & Pike Environmental Laboratories", "77 Assay Road", "Golden, CO 80401", "US", None, "84-1182203"
        ),
        Party("Summit County Public Works", "37 Peak One Dr", "Frisco, CO 80443", "US"),
        [
            ln("EPA 200.8 metals by ICP-MS, 23 elements", 14, "165.00", 0, notes=["Samples SC-0225-01 thru -14"]),
            ln("EPA 524.2 volatile organics", 6, "140.00", 0),
            ln("Rush turnaround surcharge, 48 h", 6, "70.00", 0),
        ],
        "US laboratory, value above its label, amount column first, totals under the first column",
        po="SC-PW-25-081",
        charges=[("Courier", dec("62.50"), dec(0))],
        terms="Remit within thirty (30) days. A finance charge of 1.5% per month applies after April 3, 2025.",
        cat="O",
        x={"wo": "L2502-0417"},
        pagesize=LETTER,
    )
    two = Doc(
        "us-lab-2",
        "en",
        "HP-118002",
        d8("2025-04-11"),
        "USD",
        d.seller,
        d.buyer,
        [ln("EPA 1623 Giardia / Cryptosporidium", 3, "410.00", 0)],
        "US laboratory, one line, no tax",
        po="SC-PW-25-090",
        terms="Remit within thirty (30) days.",
        cat="O",
        x={"wo": "L2503-0099"},
        pagesize=LETTER,
    )
    return [Case(d, _labs), Case(two, _labs)]
