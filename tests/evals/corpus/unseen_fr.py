# ruff: noqa: E501 (the texts on the pages are long lines)
"""Unseen French layouts."""

from decimal import Decimal

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, day, dec, ln, num, q2, qn
from tests.evals.corpus.unseen_base import adj, doc

F = "%d/%m/%Y"


def cases() -> list[Case]:
    return [
        *plomberie(),
        *materiaux(),
        *distri(),
        *graphiste(),
        *situation(),
        *traiteur(),
        *affretement(),
        *nuage(),
    ]


# ---- EBP-like craftsman: rounded boxes, 10 % and 20 %, advance paid
def _plomberie(d: Doc, s: Sheet) -> None:
    s.font, s.size = "vera", 8
    s.t(15, 20, "Ets GARNAUD Père & Fils", 14, True, col="#1565c0")
    s.ts(
        15,
        25,
        [
            "Plomberie - Chauffage - Salle de bains",
            "ZA des Trois Chênes, 86100 CHÂTELLERAULT",
            "Tél. 05 49 55 01 33 - garnaud@plombier.example",
        ],
        3.9,
        size=7.5,
    )
    s.box(15, 40, 80, 24, r=3)
    s.kv(
        18,
        46,
        [
            ("Facture n°", d.number),
            ("Date", day(d.date, F)),
            ("Code client", "C00417"),
            ("Devis accepté", d.x["quote"]),
        ],
        28,
        5,
        bl=True,
    )
    s.box(105, 40, 90, 28, r=3)
    s.ts(110, 47, d.buyer.addr, 4.8, size=9)
    s.t(15, 76, f"Chantier : {d.x['site']}", i=True)
    cols = [
        Col("Description", 17, 88, lambda n, i: n.name, key="name"),
        Col("Qté", 106, 12, lambda n, i: qn(n.qty, "sp"), "r", "qty"),
        Col("Unité", 120, 11, lambda n, i: n.unit),
        Col("P.U. HT", 132, 18, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("% TVA", 152, 13, lambda n, i: num(n.rate, "sp"), "r", "rate"),
        Col("Total HT", 167, 26, lambda n, i: num(n.net, "sp"), "r", "net"),
    ]
    s.box(15, 82, 180, 8, "#bbdefb", r=2)
    y = s.head(cols, 87.2)
    s.table(cols, d.lines, y + 4, gap=2, note_size=7)
    s.box(15, 90, 180, 92, r=2)
    y = 190.0
    s.box(15, y - 5, 88, 7 + 5 * len(d.taxes), r=2)
    for x, h in ((38, "Taux"), (68, "Base HT"), (98, "Montant TVA")):
        s.t(x, y, h, b=True, a="r")
    for r, b, t in d.taxes:
        y += 5
        for x, v in ((38, num(r, "sp")), (68, num(b, "sp")), (98, num(t, "sp"))):
            s.t(x, y, v, a="r")
    rows = [
        ("Total HT", num(d.basis, "sp")),
        ("Total TVA", num(d.tax, "sp")),
        ("Total TTC", num(d.grand, "sp")),
        (f"Acompte reçu le {d.x['acompte']}", num(d.prepaid or Decimal(0), "sp")),
    ]
    s.box(108, 185, 87, 32, r=2)
    y = s.kv(111, 191, rows, 81, 5.4, "r")
    s.box(108, y - 4, 87, 8, "#bbdefb", r=2)
    s.kv(111, y + 1.2, [("NET À PAYER", num(d.payable, "sp") + " €")], 81, va="r", bl=True, bv=True)
    s.t(15, 212, "Règlement", b=True)
    s.para(15, 216.5, 88, d.terms or "")
    s.t(15, 228, f"Échéance : {day(d.due or d.date, F)}")
    s.para(
        15,
        238,
        180,
        "Taux réduit : le client certifie que les travaux portent sur un logement achevé depuis plus de deux ans. Assurance décennale MAAF n° 186 044 771, couverture France.",
        7,
    )
    s.t(
        105,
        274,
        f"SARL au capital de 8 000 Euros - SIRET {ids.grp(d.seller.legal or '', 3, 3, 3, 5)} - NAF 4322A - N° TVA {d.seller.vat}",
        7,
        a="c",
    )
    s.t(105, 278, f"Banque Populaire Val de France - IBAN : {ids.ib(d.iban or '')} - BIC : {d.bic}", 7, a="c")


def plomberie() -> list[Case]:
    seller = Party(
        "Ets GARNAUD Père & Fils",
        "ZA des Trois Chênes",
        "86100 CHÂTELLERAULT",
        "FR",
        ids.vat("FR", "garnaud"),
        None,
        ids.siret("garnaud"),
    )
    d = doc(
        "u-fr-plomb-1",
        "fr",
        "FC00002914",
        "2025-04-11",
        seller,
        Party("Mme Solange PICHARD", "6 rue du Vieux Lavoir", "86530 NAINTRÉ", "FR"),
        [
            ln("Dépose baignoire et évacuation en déchetterie", 1, "260.00", 10, "ens"),
            ln("Receveur de douche extra-plat 120 x 80, bonde incluse", 1, "489.50", 10, "u"),
            ln("Paroi fixe verre trempé 8 mm", 1, "372.00", 10, "u"),
            ln("Tube cuivre et raccords", "7.5", "18.20", 10, "ml"),
            ln("Main d'œuvre plombier", 14, "48.00", 10, "h"),
            ln("Sèche-serviettes électrique 750 W", 1, "315.00", 20, "u", notes=["Fourniture seule, garantie 2 ans"]),
        ],
        "EBP-like craftsman, rounded boxes, two rates, advance (acompte) deducted",
        iban=ids.iban("FR", "garnaud"),
        bic="CCBPFRPPORL",
        prepaid=dec("700.00"),
        due="2025-04-30",
        terms="Chèque ou virement, à réception des travaux.",
        x={"quote": "DE00001877", "site": "rénovation salle d'eau, même adresse", "acompte": "03/03/2025"},
    )
    return [Case(d, _plomberie)]


# ---- Sage-like builders' merchant: grid, footer discount, port, two pages
def _materiaux(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8

    def top() -> float:
        s.t(12, 18, "MATÉRIAUX DE L'ESTUAIRE", 15, True, col="#b71c1c")
        s.t(12, 23, "Négoce bois, béton, toiture - Route de Paimboeuf - 44640 LE PELLERIN", 7.5)
        s.t(198, 18, "FACTURE", 16, True, "r")
        s.t(198, 23, f"Page {s.page}/2", 7.5, a="r")
        y = 30.0 if s.page == 2 else 62.0
        for k, (h, v) in enumerate(
            (
                ("Numéro", d.number),
                ("Date", day(d.date, "%d/%m/%y")),
                ("N° client", "411TERRAS"),
                ("Vos réf.", d.po or ""),
                ("Bon de livr.", "BL118827"),
                ("Échéance", day(d.due or d.date, "%d/%m/%y")),
            )
        ):
            s.box(12 + k * 31, y, 31, 5, "#eeeeee", lw=0.3)
            s.box(12 + k * 31, y + 5, 31, 6, lw=0.3)
            s.t(27.5 + k * 31, y + 3.6, h, 7, True, "c")
            s.t(27.5 + k * 31, y + 9.2, v, 8, a="c")
        return y + 18

    cols = [
        Col("Référence", 13, 21, lambda n, i: n.art),
        Col("Désignation", 36, 72, lambda n, i: n.name, key="name"),
        Col("Quantité", 109, 16, lambda n, i: num(n.qty, "sp"), "r", "qty"),
        Col("Un.", 127, 8, lambda n, i: n.unit),
        Col("P.U. brut", 136, 18, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("R. %", 155, 11, lambda n, i: num(n.disc, "sp") if n.disc else "", "r"),
        Col("Montant H.T.", 168, 22, lambda n, i: num(n.net, "sp"), "r", "net"),
        Col("T", 192, 5, lambda n, i: "5", "c"),
    ]

    def brk(running: Decimal) -> float:
        s.vgrid([12, 35, 108.5, 126, 135.5, 154.5, 167, 191, 198], 92 if s.page == 1 else 42, 262)
        s.t(120, 268, "À reporter", b=True)
        s.t(190, 268, num(running, "sp"), b=True, a="r")
        s.new()
        y = s.head(cols, top())
        s.t(36, y + 2, "Report", b=True)
        s.t(190, y + 2, num(running, "sp"), b=True, a="r")
        return y + 7

    top()
    s.ts(115, 36, d.buyer.addr, 4.8, size=9.5)
    y = s.head(cols, 97)
    y = s.table(cols, d.lines, y + 3, bottom=258, brk=brk, lh=4, gap=1.6)
    s.vgrid([12, 35, 108.5, 126, 135.5, 154.5, 167, 191, 198], 43, 200)
    y = 206.0
    ((r, b, t),) = d.taxes
    heads = [
        "Total H.T.",
        "Escompte pied 2 %",
        "Port",
        "H.T. net",
        "Code TVA",
        "Taux",
        "Montant T.V.A.",
        "Total T.T.C.",
    ]
    vals = [
        num(d.line_total, "sp"),
        num(d.allowances[0][1], "sp"),
        num(d.charges[0][1], "sp"),
        num(b, "sp"),
        "5",
        num(r, "sp") + " %",
        num(t, "sp"),
        num(d.grand, "sp"),
    ]
    w = 186 / 8
    for k, (h, v) in enumerate(zip(heads, vals, strict=True)):
        s.box(12 + k * w, y, w, 5, "#eeeeee", lw=0.3)
        s.box(12 + k * w, y + 5, w, 7, lw=0.3)
        s.t(12 + (k + 0.5) * w, y + 3.5, h, 6.8, True, "c")
        s.t(12 + (k + 0.5) * w, y + 10, v, 8, k == 7, "c")
    s.box(152, y + 16, 46, 10, lw=1)
    s.t(154, y + 22.5, "Net à payer EUR", 7.5, True)
    s.t(196, y + 22.5, num(d.payable, "sp"), 9.5, True, "r")
    s.t(12, y + 19, f"Mode de règlement : {d.terms}")
    s.t(12, y + 24, f"RIB/IBAN {ids.ib(d.iban or '')}   BIC {d.bic}")
    s.para(
        12,
        y + 34,
        186,
        "Clause de réserve de propriété : les marchandises restent notre propriété jusqu'au paiement intégral. Pénalités de retard : 12 % l'an. Indemnité de recouvrement : 40 €.",
        7,
    )
    s.t(
        105,
        284,
        f"SAS au capital de 320 000 € - RCS Nantes {ids.grp((d.seller.legal or '')[:9], 3)} - SIRET {d.seller.legal} - TVA intracom. {d.seller.vat}",
        6.8,
        a="c",
    )


def materiaux() -> list[Case]:
    seller = Party(
        "MATÉRIAUX DE L'ESTUAIRE",
        "Route de Paimboeuf",
        "44640 LE PELLERIN",
        "FR",
        ids.vat("FR", "estuaire"),
        None,
        ids.siret("estuaire"),
    )
    goods = [
        ("Chevron sapin 63 x 75, longueur 4 m", "ML", "3.42"), ("Parpaing creux 20 x 20 x 50 B40", "U", "1.38"),
        ("Ciment CEM II 32,5 sac 35 kg", "SAC", "9.85"), ("Sable 0/4 lavé, en vrac", "T", "31.60"),
        ("Tuile canal ton rouge", "U", "1.07"), ("Écran sous-toiture HPV rouleau 75 m²", "RL", "88.00"),
        ("Treillis soudé ST25C 6,00 x 2,40", "U", "52.70"), ("Plaque de plâtre BA13 250 x 120", "U", "7.95"),
        ("Laine de verre 200 mm R 5,7", "M2", "9.12"), ("Vis bois tête fraisée 6 x 100 boîte 100", "BTE", "17.44"),
    ]  # fmt: skip
    lines = [
        ln(
            g[0],
            (i * 11) % 37 + 3,
            dec(g[2]) + (dec("0.15") if i > 9 else 0),
            20,
            g[1],
            ["0", "15", "0", "0", "22.5"][i % 5],
            f"{g[0][:3].upper()}{4100 + 73 * i}",
        )
        for i, g in enumerate((goods * 4)[:33])
    ]
    d = doc(
        "u-fr-negoce-1",
        "fr",
        "FA250608812",
        "2025-06-20",
        seller,
        Party("TERRASSES ET TOITS SARL", "14 rue de la Fonderie", "44510 LE POULIGUEN", "FR", extra="M. Le Goff"),
        lines,
        "Sage-like builders' merchant, two pages with report, discount and carriage in the totals strip, tax code column",
        iban=ids.iban("FR", "estuaire"),
        bic="CMCIFR2AXXX",
        po="CF-250611",
        due="2025-07-31",
        charges=[adj("Port", "65.00", 20)],
        terms="LCR directe 30 jours fin de mois",
    )
    d.allowances = [adj("Escompte pied 2 %", q2(d.line_total * 2 / 100), 20)]
    return [Case(d, _materiaux)]


# ---- Cegid-like credit note of a distributor, upper-case, left tax table
def _distri(d: Doc, s: Sheet) -> None:
    s.font, s.size = "mono", 7.5
    s.t(14, 18, "BUROTEC DIFFUSION", 14, True, font="helv")
    s.ts(14, 23, ["PARC D'ACTIVITÉ DE LA CIGALIÈRE", "84250 LE THOR", "TEL 04 90 55 01 80"], 3.6)
    s.ts(112, 40, [r.upper() for r in d.buyer.addr], 4.4, size=8.5)
    s.t(14, 72, f"AVOIR N° {d.number}   DU {day(d.date, F)}", 10, True)
    s.t(14, 78, f"SUR FACTURE N° {d.x['orig']}     CLIENT 0104472     REPRÉSENTANT 07     MOTIF : {d.x['why']}")
    cols = [
        Col("CODE ART.", 14, 22, lambda n, i: n.art),
        Col("LIBELLÉ", 38, 76, lambda n, i: n.name, key="name"),
        Col("QTE", 115, 10, lambda n, i: qn(n.qty), "r", "qty"),
        Col("PRIX NET", 128, 22, lambda n, i: num(n.price, "p,"), "r", "price"),
        Col("MONTANT", 153, 24, lambda n, i: num(n.net, "p,"), "r", "net"),
        Col("TVA%", 180, 14, lambda n, i: num(n.rate, "p,"), "r", "rate"),
    ]
    y = s.head(cols, 88)
    s.line(14, y - 1.6, 195, y - 1.6, dash=True)
    y = s.table(cols, d.lines, y + 3, gap=1)
    s.line(14, y - 1.6, 195, y - 1.6, dash=True)
    y += 5
    s.t(14, y, f"{'TX TVA':>8}{'BASE':>14}{'TAXE':>14}", b=True)
    yy = y
    for r, b, t in d.taxes:
        yy += 4.2
        s.t(14, yy, f"{num(r, 'p,'):>8}{num(b, 'p,'):>14}{num(t, 'p,'):>14}")
    s.kv(
        120,
        y,
        [
            ("TOTAL H.T.", num(d.basis, "p,")),
            ("TOTAL T.V.A.", num(d.tax, "p,")),
            ("AVOIR T.T.C. EN EUROS", num(d.grand, "p,")),
        ],
        74,
        4.6,
        "r",
        bv=True,
    )
    s.para(14, yy + 20, 180, d.terms or "")
    s.t(14, 280, f"S.A. AU CAPITAL DE 152 449 EUR  RCS AVIGNON  SIRET {d.seller.legal}  ID CEE {d.seller.vat}", 6.5)


def distri() -> list[Case]:
    seller = Party(
        "BUROTEC DIFFUSION",
        "PARC D'ACTIVITÉ DE LA CIGALIÈRE",
        "84250 LE THOR",
        "FR",
        ids.vat("FR", "burotec"),
        None,
        ids.siret("burotec"),
    )
    d = doc(
        "u-fr-avoir-1",
        "fr",
        "AV0025117",
        "2025-10-15",
        seller,
        Party("Cabinet Dentaire des Ocres", "9 avenue Victor Hugo", "84400 APT", "FR"),
        [
            ln("RAMETTE PAPIER A4 80G BLANC", 20, "3.89", 20, art="PAP80A4"),
            ln("TONER COMPATIBLE NOIR 3K", 2, "41.50", 20, art="TN3K-BK"),
            ln("ANNUAIRE PROFESSIONNEL 2025", 1, "28.00", "5.5", art="LIV0094"),
        ],
        "Cegid-like credit note (AVOIR) with positive amounts, fixed pitch, number and date in one heading",
        type_code="381",
        terms="CET AVOIR EST À DÉDUIRE DE VOTRE PROCHAIN RÈGLEMENT.",
        x={"orig": "FC0259904", "why": "RETOUR MARCHANDISE"},
    )
    return [Case(d, _distri)]


# ---- micro-entrepreneur, sober modern page, no VAT
def _graphiste(d: Doc, s: Sheet) -> None:
    s.font, s.size = "stix", 10.5
    s.t(20, 26, "Maëlle Kerbrat", 22, col="#2e7d6b")
    s.t(20, 32, "graphiste & webdesigner indépendante", 10.5, i=True)
    s.ts(
        20,
        46,
        [
            "Émetteur",
            "Maëlle Kerbrat EI",
            "11 venelle du Port",
            "29900 Concarneau",
            f"Siret {ids.grp(d.seller.legal or '', 3, 3, 3, 5)}",
            "bonjour@kerbrat.example",
        ],
        4.6,
        size=9.5,
    )
    s.ts(115, 46, ["Destinataire", *d.buyer.addr], 4.6, size=9.5)
    s.box(20, 82, 170, 13, "#e6f2ef", stroke=False)
    for x, h, v in (
        (24, "Facture", d.number),
        (70, "Émise le", day(d.date, "{d} {B} %Y|fr")),
        (125, "À régler avant le", day(d.due or d.date, "{d} {B} %Y|fr")),
    ):
        s.t(x, 87, h, 8.5, col="#2e7d6b")
        s.t(x, 92, v, 10.5, True)
    y = 108.0
    for n in d.lines:
        s.t(20, y, n.name, b=True)
        s.t(190, y, f"{num(n.net, 'fr')} €", a="r")
        s.t(20, y + 4.8, f"{qn(n.qty, 'fr')} {n.unit} × {num(n.price, 'fr')} €", 9.5, i=True)
        y += 12
    s.keys |= {"name", "qty", "price", "net"}
    s.line(20, y - 4, 190, y - 4, 0.4, "#2e7d6b")
    s.t(20, y + 3, "Total à payer", 13, True)
    s.t(190, y + 3, f"{num(d.grand, 'fr')} €", 13, True, "r")
    s.t(190, y + 9, "TVA non applicable, article 293 B du CGI", 9, a="r", i=True)
    y = s.para(20, y + 22, 168, d.terms or "")
    s.t(20, y + 2, f"IBAN  {ids.ib(d.iban or '')}")
    s.para(
        20,
        262,
        170,
        "Tout retard de paiement entraîne une pénalité au taux de 10 % et une indemnité forfaitaire de 40 €. Pas d'escompte. Dispensée d'immatriculation au RCS.",
        8,
        3.8,
        col="#666666",
    )


def graphiste() -> list[Case]:
    seller = Party(
        "Maëlle Kerbrat EI", "11 venelle du Port", "29900 Concarneau", "FR", None, None, ids.siret("kerbrat")
    )
    d = doc(
        "u-fr-graph-1",
        "fr",
        "2025-021",
        "2025-03-01",
        seller,
        Party("Conserverie Belle Marée", "Quai de la Douane", "29730 Guilvinec", "FR"),
        [
            ln("Refonte des étiquettes, gamme sardines", 6, "140.00", unit="références"),
            ln("Mise à jour du site internet", "2.5", "320.00", unit="jours"),
            ln("Achat de polices de caractères", 1, "79.00", unit="licence"),
        ],
        "micro-entrepreneur without VAT (293 B), no table head, details under each item",
        iban=ids.iban("FR", "kerbrat"),
        due="2025-03-31",
        terms="Paiement par virement bancaire uniquement, en un seul versement.",
    )
    return [Case(d, _graphiste)]


# ---- works contractor: progress statement, retention, cumulated minus previous
def _situation(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 8.5
    s.box(15, 12, 60, 20, "#37474f", stroke=False)
    s.t(45, 21, "CHARPENTE", 13, True, "c", "#ffffff")
    s.t(45, 27.5, "LABORDE & ASSOCIÉS", 9, a="c", col="#ffffff")
    s.ts(
        80,
        17,
        [
            "Laborde & Associés SAS",
            "Zone artisanale Errobi, 64250 Cambo-les-Bains",
            f"Siret {d.seller.legal} / TVA {d.seller.vat}",
        ],
        4,
        size=8,
    )
    s.ts(120, 48, ["À l'attention de :", *d.buyer.addr], 4.6, size=9)
    s.kv(
        15,
        48,
        [("Opération :", d.x["op"]), ("Lot :", d.x["lot"]), ("Commande :", d.po or ""), ("Mois :", d.x["month"])],
        24,
        4.8,
    )
    s.t(15, 86, f"{d.x['title']}   -   FACTURE {d.number}   -   {day(d.date, F)}", 11, True)
    cols = [
        Col("N°", 16, 9, lambda n, i: n.art),
        Col("Ouvrage", 27, 84, lambda n, i: n.name, key="name"),
        Col("Qté du mois", 112, 20, lambda n, i: num(n.qty, "sp", 3), "r", "qty"),
        Col("U", 134, 9, lambda n, i: n.unit),
        Col("Prix unit.", 144, 20, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("Montant HT", 168, 26, lambda n, i: num(n.net, "sp"), "r", "net"),
    ]
    y = s.head(cols, 96, fill="#cfd8dc")
    y = s.table(cols, d.lines, y + 3, rule="row", gap=2)
    ((r, b, t),) = d.taxes
    rows = [
        ("Montant des travaux du mois HT", num(b, "sp")),
        (f"T.V.A. à {num(r, 'sp')} %", num(t, "sp")),
        ("Montant des travaux du mois TTC", num(d.grand, "sp")),
        ("Retenue de garantie 5 % TTC", "- " + num(d.withheld or Decimal(0), "sp")),
    ]
    y = s.kv(100, y + 4, rows, 94, 5.2, "r")
    s.box(99, y - 4, 97, 8, "#37474f", stroke=False)
    s.t(101, y + 1.4, "Reste à régler (en euros)", b=True, col="#ffffff")
    s.t(194, y + 1.4, num(d.payable, "sp"), b=True, a="r", col="#ffffff")
    y = s.para(15, y + 14, 178, d.terms or "")
    s.t(15, y + 2, f"Virement : Crédit Agricole Pyrénées Gascogne  {ids.ib(d.iban or '')}  {d.bic}")
    s.t(15, y + 9, "Montant cumulé des situations précédentes : 61 204,50 HT, réglées à ce jour.", 7.5, i=True)
    s.t(105, 284, "SAS au capital de 40 000 € - RCS Bayonne - APE 4391A - Décennale SMABTP 7719024", 7, a="c")


def situation() -> list[Case]:
    seller = Party(
        "Laborde & Associés SAS",
        "Zone artisanale Errobi",
        "64250 Cambo-les-Bains",
        "FR",
        ids.vat("FR", "laborde"),
        None,
        ids.siret("laborde"),
    )
    d = doc(
        "u-fr-situation-1",
        "fr",
        "25/0419",
        "2025-07-31",
        seller,
        Party("SCI Les Terrasses d'Arcangues", "2 chemin Harrieta", "64200 Arcangues", "FR"),
        [
            ln("Ferme traditionnelle chêne, assemblée et levée", "4.000", "3120.00", 20, "U", art="2.1"),
            ln("Panne faîtière douglas lamellé-collé", "36.400", "74.30", 20, "ML", art="2.4"),
            ln("Voligeage pin maritime 18 mm", "188.250", "21.90", 20, "M2", art="3.1"),
        ],
        "works contract, monthly statement (situation n° 3) with 5 % retained (retenue de garantie)",
        iban=ids.iban("FR", "laborde"),
        bic="AGRIFRPP869",
        po="MT-2024-113",
        terms="Paiement à 30 jours date de facture par virement.",
        x={
            "title": "SITUATION N° 3",
            "op": "Construction de 6 villas",
            "lot": "04 - Charpente bois",
            "month": "juillet 2025",
        },
    )
    d.withheld = q2(d.grand * 5 / 100)
    return [Case(d, _situation)]


# ---- caterer: three rates, price per guest, totals as a vertical list with rates first
def _traiteur(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 10
    s.t(105, 24, "Les Tables d'Aurore", 24, a="c", i=True, col="#8d6e1f")
    s.t(105, 30, "Traiteur - Réceptions - Cocktails", 10, a="c")
    s.line(70, 33, 140, 33, 0.6, "#8d6e1f")
    s.ts(20, 46, ["Client", *d.buyer.addr], 4.8)
    s.ts(
        190,
        46,
        [
            f"Facture {d.number}",
            f"établie le {day(d.date, '{d} {B} %Y|fr')}",
            f"Prestation du {day(d.delivery or d.date, '{d} {B} %Y|fr')}",
            f"Commande : {d.po}",
        ],
        4.8,
        a="r",
    )
    s.t(20, 84, d.x["event"], 11, i=True)
    cols = [
        Col("Prestation", 20, 86, lambda n, i: n.name, key="name"),
        Col("TVA", 107, 14, lambda n, i: f"{qn(n.rate)} %", "r", "rate"),
        Col("Nombre", 124, 16, lambda n, i: qn(n.qty, "fr"), "r", "qty"),
        Col("Prix HT", 142, 20, lambda n, i: num(n.price, "fr") + " €", "r", "price"),
        Col("Montant HT", 164, 26, lambda n, i: num(n.net, "fr") + " €", "r", "net"),
    ]
    y = s.head(cols, 94)
    s.line(20, y - 1.4, 190, y - 1.4, 0.6, "#8d6e1f")
    y = s.table(cols, d.lines, y + 4, gap=2.2, lh=4.6)
    s.line(20, y - 2, 190, y - 2, 0.6, "#8d6e1f")
    y += 4
    s.t(150, y, "Total hors taxes")
    s.t(190, y, num(d.basis, "fr") + " €", a="r")
    for r, b, t in d.taxes:
        y += 5
        s.t(166, y, f"dont {num(b, 'fr')} € soumis à {qn(r)} % : TVA", a="r")
        s.t(190, y, num(t, "fr") + " €", a="r")
    s.t(166, y + 8, "Total toutes taxes comprises", 12, True, "r")
    s.t(190, y + 8, num(d.grand, "fr") + " €", 12, True, "r")
    s.para(20, y + 22, 168, d.terms or "")
    s.t(
        105,
        272,
        f"Les Tables d'Aurore SARL - 18 rue des Halles, 21200 Beaune - SIREN {ids.grp(d.seller.legal or '', 3)} - TVA {d.seller.vat}",
        8,
        a="c",
    )
    s.t(105, 276.5, f"Compte {ids.ib(d.iban or '')} ({d.bic})", 8, a="c")


def traiteur() -> list[Case]:
    seller = Party(
        "Les Tables d'Aurore SARL",
        "18 rue des Halles",
        "21200 Beaune",
        "FR",
        ids.vat("FR", "aurore"),
        None,
        ids.vat("FR", "aurore")[4:],
    )
    d = doc(
        "u-fr-traiteur-1",
        "fr",
        "TA/2025/09/17",
        "2025-09-22",
        seller,
        Party("Domaine viticole Chassagneux", "3 route des Grands Crus", "21190 Meursault", "FR"),
        [
            ln("Cocktail dînatoire 14 pièces, servi", 80, "26.50", 10),
            ln("Plateaux de fromages affinés à emporter", 6, "38.00", "5.5"),
            ln("Crémant de Bourgogne brut", 36, "10.80", 20),
            ln("Location verrerie et nappage", 80, "3.60", 20),
            ln("Maître d'hôtel et serveurs (heures)", "27.5", "31.00", 10),
        ],
        "caterer, three rates 5,5 / 10 / 20 %, tax lines as phrases, totals far right",
        iban=ids.iban("FR", "aurore"),
        bic="CEPAFRPP213",
        delivery="2025-09-19",
        po="BC-2025-88",
        terms="Règlement attendu au plus tard le 06/10/2025.",
        due="2025-10-06",
        x={"event": "Fête des vendanges, cour du domaine, 80 convives"},
    )
    return [Case(d, _traiteur)]


# ---- carrier: consignments with dates, fuel surcharge in percent
def _affretement(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 7.5
    s.t(15, 20, "TRANS-VOSGES AFFRÈTEMENT", 13, True, col="#0d47a1")
    s.t(15, 25, "Plateforme logistique, 3 rue du Fret, 88150 Thaon-les-Vosges - commissionnaire de transport", 7)
    s.line(15, 27, 195, 27, 1, "#0d47a1")
    s.ts(115, 42, d.buyer.addr, 4.6, size=9)
    s.kv(
        15,
        42,
        [
            ("FACTURE DE TRANSPORT", ""),
            ("N° de pièce", d.number),
            ("Date de pièce", day(d.date, "%d-%m-%Y")),
            ("Compte", "CLI-2288"),
            ("Dossier exploitation", "EXP 25-0917"),
            ("Échéance le", day(d.due or d.date, "%d-%m-%Y")),
        ],
        36,
        4.8,
    )
    cols = [
        Col("Date", 15, 18, lambda n, i: day(n.day or d.date, "%d/%m/%y")),
        Col("Récépissé", 34, 20, lambda n, i: n.art),
        Col("Trajet / marchandise", 56, 68, lambda n, i: n.name, key="name"),
        Col("Qté", 126, 12, lambda n, i: qn(n.qty, "sp"), "r", "qty"),
        Col("Unité taxée", 140, 18, lambda n, i: n.unit),
        Col("Tarif", 156, 14, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("HT", 173, 22, lambda n, i: num(n.net, "sp"), "r", "net"),
    ]
    y = s.head(cols, 80)
    s.line(15, y - 1.2, 195, y - 1.2)
    y = s.table(cols, d.lines, y + 3.5, zebra="#eef3fb", gap=1.8)
    y += 3
    rows = [("Sous-total transport", num(d.line_total, "sp"))] + [(lab, num(a, "sp")) for lab, a, _ in d.charges]
    rows += [("Montant net HT", num(d.basis, "sp"))] + [
        (f"TVA {qn(r)} % (sur les débits)", num(t, "sp")) for r, _, t in d.taxes
    ]
    y = s.kv(118, y, rows, 77, 4.8, "r")
    s.line(118, y - 3.4, 195, y - 3.4)
    s.kv(118, y + 1, [("À payer TTC (EUR)", num(d.grand, "sp"))], 77, va="r", bl=True, bv=True)
    y = s.para(15, y + 12, 178, d.terms or "")
    s.para(
        15,
        y + 2,
        178,
        "Article L.441-10 du Code de commerce : délai de paiement transport maximum trente jours. Action directe du transporteur : art. L.132-8.",
        6.8,
    )
    s.ts(
        15,
        276,
        [
            f"SAS au capital de 75 000 € - R.C.S. Épinal - Siret : {d.seller.legal} - N° intracom : {d.seller.vat} - Licence 2018/41/0007719",
            f"CIC Est - IBAN {ids.ib(d.iban or '')} - BIC {d.bic}",
        ],
        3.6,
        size=6.5,
    )


def affretement() -> list[Case]:
    seller = Party(
        "TRANS-VOSGES AFFRÈTEMENT",
        "3 rue du Fret",
        "88150 Thaon-les-Vosges",
        "FR",
        ids.vat("FR", "transvosges"),
        None,
        ids.siret("transvosges"),
    )
    d = doc(
        "u-fr-transport-1",
        "fr",
        "TV2509-0331",
        "2025-09-30",
        seller,
        Party(
            "Papeterie du Haut-Rhin SA",
            "22 rue de l'Industrie",
            "68320 Kunheim",
            "FR",
            extra="Comptabilité fournisseurs",
        ),
        [
            ln("Kunheim > Nancy, bobines papier", 6, "58.00", 20, "palette", art="R-77120", day="2025-09-03"),
            ln("Kunheim > Lille, ramettes", "12.4", "71.50", 20, "ml plancher", art="R-77188", day="2025-09-09"),
            ln("Épinal > Kunheim, cartons vides", 1, "240.00", 20, "lot", art="R-77204", day="2025-09-11"),
            ln("Kunheim > Lyon, bobines papier", 9, "66.00", 20, "palette", art="R-77291", day="2025-09-24"),
            ln(
                "Immobilisation du véhicule au-delà de 2 h",
                "1.5",
                "55.00",
                20,
                "heure",
                art="R-77291",
                day="2025-09-24",
            ),
        ],
        "carrier's monthly invoice, a date per line, fuel surcharge as charge on the total",
        iban=ids.iban("FR", "transvosges"),
        bic="CMCIFR2AXXX",
        due="2025-10-30",
        terms="Virement à 30 jours date de facture, sans escompte.",
    )
    d.charges = [adj("Surcharge gazole 8,4 %", q2(d.line_total * dec("0.084")), 20)]
    return [Case(d, _affretement)]


# ---- cloud provider to a Belgian customer: autoliquidation
def _nuage(d: Doc, s: Sheet) -> None:
    s.font, s.size = "helv", 9
    s.t(18, 22, "nimbéo", 22, True, col="#283593")
    s.disc(52, 17, 2, "#ff5252")
    s.t(192, 20, f"Facture {d.number}", 12, True, "r")
    s.t(192, 25.5, f"Émission : {day(d.date, F)}", 8.5, a="r")
    s.t(192, 30, f"Date d'échéance : {day(d.due or d.date, F)}", 8.5, a="r")
    s.ts(
        18,
        42,
        ["Nimbéo Cloud SAS", "5 place de la Gare", "67000 Strasbourg", "France", f"TVA : {d.seller.vat}"],
        4.4,
        size=8.5,
    )
    s.ts(
        112,
        42,
        [
            "Facturé à",
            d.buyer.name,
            d.buyer.street,
            d.buyer.city,
            "Belgique",
            f"N° de TVA : {d.buyer.vat}",
            f"Bon de commande : {d.po}",
        ],
        4.4,
        size=8.5,
    )
    cols = [
        Col("Abonnement", 18, 70, lambda n, i: n.name, key="name"),
        Col("Période", 90, 40, lambda n, i: n.code),
        Col("Qté", 130, 12, lambda n, i: qn(n.qty, "sp"), "r", "qty"),
        Col("PU HT", 144, 20, lambda n, i: num(n.price, "sp") + " €", "r", "price"),
        Col("Prix HT", 168, 24, lambda n, i: num(n.net, "sp") + " €", "r", "net"),
    ]
    y = s.head(cols, 88, 8.5, col="#283593")
    s.line(18, y - 1.2, 192, y - 1.2, 1, "#283593")
    y = s.table(cols, d.lines, y + 4, rule="row", gap=2.4)
    y = s.kv(128, y + 4, [("Prix HT", num(d.basis, "sp") + " €"), ("TVA (0 %)", "0,00 €")], 64, 5.2, "r")
    s.kv(128, y + 1, [("Prix TTC", num(d.grand, "sp") + " €")], 64, va="r", bl=True, bv=True)
    y = s.para(
        18, y + 14, 172, "Autoliquidation : TVA due par le preneur, articles 44 et 196 de la directive 2006/112/CE."
    )
    s.para(18, y + 2, 172, d.terms or "")
    s.t(
        105,
        282,
        f"Nimbéo Cloud SAS au capital de 1 250 000 € - RCS Strasbourg {ids.grp((d.seller.legal or '')[:9], 3)} - Code APE 6311Z - www.nimbeo.example",
        7,
        a="c",
    )


def nuage() -> list[Case]:
    vat = ids.vat("FR", "nimbeo")
    seller = Party("Nimbéo Cloud SAS", "5 place de la Gare", "67000 Strasbourg", "FR", vat, None, vat[4:])
    p = "01/11/2025 - 30/11/2025"
    d = doc(
        "u-fr-cloud-1",
        "fr",
        "NB-FR-20251101-55120",
        "2025-11-01",
        seller,
        Party("Meunerie Vanhove SRL", "Chaussée de Gand 410", "7500 Tournai", "BE", ids.vat("BE", "vanhove")),
        [
            ln("Instance virtuelle C3-16", 2, "48.00", 0, code=p),
            ln("Stockage bloc haute performance 500 Go", 1, "22.50", 0, code=p),
            ln("Sauvegarde automatisée", 2, "5.99", 0, code=p),
            ln("Licence panneau de gestion", 1, "14.00", 0, code=p),
        ],
        "cloud provider to Belgium, reverse charge (autoliquidation), buyer's VAT id, card payment",
        due="2025-11-08",
        po="MV-IT-118",
        cat="AE",
        terms="Cette facture sera prélevée sur votre carte bancaire se terminant par 7741.",
    )
    return [Case(d, _nuage)]
