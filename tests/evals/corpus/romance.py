# ruff: noqa: E501 (the texts on the pages are long lines)
"""French, Belgian, Italian, Spanish and Portuguese layouts."""

from decimal import Decimal

from tests.evals.corpus import ids
from tests.evals.corpus.kit import Case, Col, Doc, Party, Sheet, d8, day, dec, ln, num, q2, qn

F = "%d/%m/%Y"


def cases() -> list[Case]:
    return [
        *classique(),
        *negoce(),
        *auto(),
        *chantier(),
        *telecom(),
        *belge(),
        *fattura(),
        *parcella(),
        *factura(),
        *mayorista(),
        *fatura(),
        *conseil(),
    ]


# ---- FR 1 letterhead left, client box right, total in words, small print with penalties
def _classique(d: Doc, s: Sheet) -> None:
    s.t(18, 20, "IMPRIMERIE DELORME", 15, True, col="#0b4f6c")
    s.ts(
        18,
        25,
        [
            "S.A.R.L. au capital de 50 000 €",
            "27, rue des Tanneurs",
            "37000 TOURS - FRANCE",
            "Tél. : 02 47 55 01 20",
            f"SIRET : {ids.grp(d.seller.legal or '', 3, 3, 3, 5)}",
            f"N° TVA intracommunautaire : {ids.grp(d.seller.vat or '', 4, 3)}",
        ],
        4,
        size=8,
    )
    s.box(110, 40, 80, 28, r=2)
    s.ts(114, 47, d.buyer.addr, 4.8, size=10)
    s.t(18, 80, f"{d.x['title']} N° {d.number}", 14, True)
    s.t(18, 86, f"Tours, le {day(d.date, '{d} {B} %Y|fr')}")
    s.t(110, 80, f"Votre commande n° {d.po}" if d.po else "")
    s.t(110, 85, f"Bon de livraison {d.x['bl']} du {day(d.delivery, F)}" if d.delivery else "")
    cols = [
        Col("Réf.", 18, 18, lambda n, i: n.art),
        Col("Désignation", 37, 66, lambda n, i: n.name, key="name"),
        Col("Qté", 104, 13, lambda n, i: qn(n.qty, "fr"), "r", "qty"),
        Col("P.U. HT", 119, 18, lambda n, i: num(n.price, "fr", 3), "r", "price"),
        Col("Rem.", 138, 12, lambda n, i: f"{qn(n.disc)} %" if n.disc else "", "r"),
        Col("Montant HT", 151, 22, lambda n, i: num(n.net, "fr"), "r", "net"),
        Col("TVA", 176, 14, lambda n, i: f"{qn(n.rate)} %", "r", "rate"),
    ]
    y = s.head(cols, 97, fill="#d7e8ee")
    y = s.table(cols, d.lines, y + 3, note_size=7.5)
    s.vgrid([17, 36, 103.5, 118, 138, 150, 174, 191], 93, 185)
    y = 193.0
    for label, v in [
        ("Total HT", d.line_total),
        *[(lab, -a) for lab, a, _ in d.allowances],
        *[(lab, a) for lab, a, _ in d.charges],
    ]:
        s.t(120, y, label)
        s.t(190, y, num(v, "fr") + " €", a="r")
        y += 4.8
    if d.allowances or d.charges:
        s.t(120, y, "Total HT net")
        s.t(190, y, num(d.basis, "fr") + " €", a="r")
        y += 4.8
    for r, b, t in d.taxes:
        s.t(120, y, f"TVA {qn(r)} % sur {num(b, 'fr')}")
        s.t(190, y, num(t, "fr") + " €", a="r")
        y += 4.8
    s.box(118, y - 3, 74, 7, "#d7e8ee", stroke=False)
    s.t(120, y + 2, "TOTAL TTC", 10, True)
    s.t(190, y + 2, num(d.grand, "fr") + " €", 10, True, "r")
    s.para(18, 193, 92, d.x["words"])
    s.para(18, 206, 92, d.terms or "")
    s.t(18, 218, f"IBAN {ids.ib(d.iban or '')}", 8)
    s.t(18, 222, f"BIC {d.bic}", 8)
    s.para(
        18,
        262,
        172,
        "En cas de retard de paiement, une pénalité égale à trois fois le taux d'intérêt légal sera exigible ainsi qu'une indemnité forfaitaire pour frais "
        "de recouvrement de 40 €. Pas d'escompte pour paiement anticipé. Réserve de propriété : loi n° 80-335 du 12 mai 1980.",
        7,
        3.2,
    )
    s.t(
        105,
        282,
        "Imprimerie Delorme - SARL au capital de 50 000 € - RCS Tours B "
        + ids.grp((d.seller.legal or "")[:9], 3)
        + " - APE 1812Z",
        7,
        a="c",
    )


def classique() -> list[Case]:
    seller = Party(
        "Imprimerie Delorme",
        "27, rue des Tanneurs",
        "37000 TOURS",
        "FR",
        ids.vat("FR", "delorme"),
        None,
        ids.siret("delorme"),
    )
    ib = ids.iban("FR", "delorme")
    one = Doc(
        "fr-impr-1",
        "fr",
        "FA-2025-0388",
        d8("2025-03-17"),
        "EUR",
        seller,
        Party(
            "Mairie de Saint-Avertin",
            "21, rue de Rochepinard",
            "37550 SAINT-AVERTIN",
            "FR",
            extra="Service communication",
        ),
        [
            ln(
                "Bulletin municipal 32 pages, quadrichromie",
                7500,
                "0.418",
                10,
                art="BM32",
                notes=["Papier couché 115 g certifié PEFC"],
            ),
            ln("Affiches 40 x 60", 250, "1.24", 20, disc=5, art="AF46"),
            ln("Cartons d'invitation avec enveloppes", 600, "0.365", 20, art="CI-10"),
            ln("Création graphique", 1, "480", 20, art="PAO"),
        ],
        "classic French letterhead, boxed client, two rates, total in words, capital and 40 € penalty in small print",
        iban=ib,
        bic="CMCIFR2AXXX",
        po="2025-COM-014",
        delivery=d8("2025-03-12"),
        x={"title": "FACTURE", "bl": "BL 7712", "words": ""},
        terms="Règlement à 30 jours fin de mois par virement, soit au plus tard le 30/04/2025.",
        due=d8("2025-04-30"),
    )
    one.x["words"] = (
        f"Arrêtée la présente facture à la somme de : quatre mille six cent quarante euros et soixante-dix centimes ({num(one.grand, 'fr')} €)."
    )
    two = Doc(
        "fr-impr-2",
        "fr",
        "AV-2025-0021",
        d8("2025-04-08"),
        "EUR",
        seller,
        one.buyer,
        [ln("Affiches 40 x 60 (défaut d'impression)", 250, "1.178", 20, art="AF46")],
        "French credit note (AVOIR) with positive amounts",
        iban=ib,
        bic="CMCIFR2AXXX",
        type_code="381",
        terms="Avoir à déduire de votre prochain règlement.",
        x={"title": "AVOIR", "words": "Avoir relatif à la facture FA-2025-0388 du 17/03/2025."},
    )
    three = Doc(
        "fr-impr-3",
        "fr",
        "FA-2025-0412",
        d8("2025-04-22"),
        "EUR",
        seller,
        Party("Cave des Producteurs de Vouvray", "38, La Vallée Coquette", "37210 VOUVRAY", "FR"),
        [
            ln("Étiquettes adhésives bobine", 24000, "0.062", 20, art="ETQ"),
            ln("Coffrets carton 3 bouteilles", 1200, "0.94", 20, disc=10, art="CF-3"),
        ],
        "French invoice with document discount and carriage",
        iban=ib,
        bic="CMCIFR2AXXX",
        po="CDE 88-2025",
        delivery=d8("2025-04-18"),
        due=d8("2025-05-31"),
        allowances=[("Remise exceptionnelle", dec("60.00"), dec(20))],
        charges=[("Port et emballage", dec("38.50"), dec(20))],
        terms="Échéance : 31/05/2025, par virement.",
        x={"title": "FACTURE", "bl": "BL 7790", "words": "Nous vous remercions de votre confiance."},
    )
    return [Case(d, _classique) for d in (one, two, three)]


# ---- FR 2 wholesale, VAT codes, horizontal totals, several pages with report
def _negoce(d: Doc, s: Sheet) -> None:
    s.size = 7.5
    codes = {Decimal("5.5"): "1", Decimal(20): "2", Decimal(10): "3", Decimal(0): "0"}

    def top() -> float:
        s.t(195, 16, "SAVEURS DU ROUSSILLON", 13, True, "r", "#7a1f3d")
        s.t(195, 20.5, "GROSSISTE ALIMENTAIRE - ZI LA MIRANDE - 66240 SAINT-ESTÈVE", 7, a="r")
        s.box(15, 12, 72, 18)
        for k, (label, v) in enumerate(
            (("FACTURE", d.number), ("DATE", day(d.date, "%d/%m/%y")), ("CLIENT", "C01142"))
        ):
            s.line(15 + 24 * k, 12, 15 + 24 * k, 30)
            s.t(27 + 24 * k, 17, label, 7, True, "c")
            s.t(27 + 24 * k, 25, v, 9, a="c")
        s.t(15, 35, f"Page {s.page}", 7)
        s.ts(115, 36, d.buyer.addr, 4.2, size=9)
        s.t(
            15,
            62,
            f"N/Réf. BL 40 118 du {day(d.delivery or d.date, F)} - V/Réf. : {d.po} - Représentant : 04 MARTY",
            7.5,
        )
        y = s.head(cols, 71, fill="#f0e3e8")
        s.vgrid([14, 30, 42, 107, 120, 136, 150, 172, 184], 67, 245)
        return y + 3

    cols = [
        Col("CODE", 15, 14, lambda n, i: n.art),
        Col("COLIS", 31, 10, lambda n, i: n.code, "r"),
        Col("LIBELLÉ", 43, 63, lambda n, i: n.name, key="name"),
        Col("UNITÉ", 108, 11, lambda n, i: n.unit),
        Col("QTÉ", 121, 14, lambda n, i: qn(n.qty, "fr"), "r", "qty"),
        Col("PRIX HT", 137, 12, lambda n, i: num(n.price, "p,"), "r", "price"),
        Col("MONTANT HT", 151, 20, lambda n, i: num(n.net, "fr"), "r", "net"),
        Col("TVA", 174, 8, lambda n, i: codes[n.rate], "r"),
    ]

    def brk(running: Decimal) -> float:
        s.t(43, 243, "À REPORTER", b=True)
        s.t(171, 243, num(running, "fr"), b=True, a="r")
        s.new()
        y = top()
        s.t(43, y, "REPORT", b=True)
        s.t(171, y, num(running, "fr"), b=True, a="r")
        return y + 6

    s.table(cols, d.lines, top(), bottom=238, lh=3.8, brk=brk, note_size=6.5)
    for k, h in enumerate(("Code", "Base HT", "Taux", "Montant TVA")):
        s.t(28 + 22 * k, 251, h, 7, True, "r")
    y = 255.0
    for r, b, t in d.taxes:
        for k, cell in enumerate((codes[r], num(b, "fr"), f"{num(r)} %", num(t, "fr"))):
            s.t(28 + 22 * k, y, cell, a="r")
        y += 4
    for k, (h, total) in enumerate(
        (("TOTAL HT", d.basis), ("TOTAL TVA", d.tax), ("TOTAL TTC", d.grand), ("NET À PAYER", d.payable))
    ):
        s.box(105 + 22.5 * k, 247, 22.5, 12, "#f0e3e8" if k == 3 else "")
        s.t(116 + 22.5 * k, 251, h, 6.5, True, "c")
        s.t(126 + 22.5 * k, 257, num(total, "fr"), 9, k == 3, "r")
    s.t(105, 264, f"Échéance {day(d.due, F)}   Mode : {d.terms}" if d.due else d.terms or "", 8)
    s.para(
        15,
        274,
        175,
        f"SAVEURS DU ROUSSILLON SAS au capital de 150 000 Euros - RCS PERPIGNAN {ids.grp((d.seller.legal or '')[:9], 3)} - SIRET {d.seller.legal} - TVA "
        f"{d.seller.vat} - Banque : Crédit Agricole Sud Méditerranée IBAN {ids.ib(d.iban or '')} BIC {d.bic} - Toute réclamation doit être faite sous 48 h. Indemnité de "
        "recouvrement 40,00 €.",
        6.3,
        3,
    )


def negoce() -> list[Case]:
    seller = Party(
        "SAVEURS DU ROUSSILLON SAS",
        "ZI La Mirande",
        "66240 SAINT-ESTÈVE",
        "FR",
        ids.vat("FR", "roussillon"),
        None,
        ids.siret("roussillon"),
    )
    goods = [
        ("ANCHOIS DE COLLIOURE BOCAL 200G", "BOC", "4.85", "5.5"),
        ("VIN DOUX NATUREL 75CL", "BTL", "7.20", "20"),
        ("CONFITURE ABRICOT 370G", "POT", "2.35", "5.5"),
        ("HUILE D'OLIVE VIERGE 1L", "BTL", "9.10", "5.5"),
        ("NAPPE PAPIER ROULEAU 25M", "RLX", "6.40", "20"),
        ("FUET CATALAN SÉCHÉ, ÉTUVÉ, PIÈCE ENV. 180G SOUS VIDE", "PCE", "2.95", "5.5"),
        ("JUS DE POMME PUR 1L", "BTL", "1.68", "5.5"),
        ("LIMONADE ARTISANALE 33CL", "BTL", "0.92", "5.5"),
    ]
    lines = []
    for i in range(58):
        n, u, p, r = goods[i % 8]
        lines.append(
            ln(
                n,
                (i * 11) % 48 + 6,
                dec(p) + Decimal(i // 8) / 20,
                r,
                u,
                art=f"{20250101 + i * 37}"[-6:],
                code=str(i % 6 + 1),
                notes=[f"Lot L25{i:03d} DLC 12/2026"] if i % 4 == 0 else [],
            )
        )
    b = Party("SUPERETTE CHEZ MARINETTE", "4 PLACE DU MARCHÉ", "66700 ARGELÈS-SUR-MER", "FR")
    one = Doc(
        "fr-gros-1",
        "fr",
        "F25061177",
        d8("2025-06-20"),
        "EUR",
        seller,
        b,
        lines,
        "wholesale over three pages with À REPORTER / REPORT, VAT codes, horizontal totals, grid",
        iban=ids.iban("FR", "roussillon"),
        bic="AGRIFRPP871",
        po="TÉL DU 18/06",
        delivery=d8("2025-06-19"),
        due=d8("2025-07-20"),
        terms="LCR directe",
    )
    two = Doc(
        "fr-gros-2",
        "fr",
        "F25070342",
        d8("2025-07-09"),
        "EUR",
        seller,
        b,
        lines[5:14],
        "wholesale, one page, article codes like dates",
        iban=one.iban,
        bic=one.bic,
        po="TÉL DU 07/07",
        delivery=d8("2025-07-08"),
        due=d8("2025-08-09"),
        terms="LCR directe",
        prepaid=None,
    )
    return [Case(one, _negoce), Case(two, _negoce)]


# ---- FR 3 micro-entrepreneur
def _auto(d: Doc, s: Sheet) -> None:
    s.font, s.size = "sans", 9
    s.t(20, 25, "Léa Courtois", 16, col="#d1495b")
    s.t(20, 31, "Rédactrice web – traductrice EN > FR", 9)
    s.ts(
        20,
        40,
        ["8 impasse du Moulin", "44600 Saint-Nazaire", "lea@courtois-redaction.example", f"Siret {d.seller.legal}"],
        4.4,
        size=8,
    )
    s.t(190, 25, "facture", 26, a="r", col="#d1495b")
    s.t(190, 33, f"n° {d.number}", 10, a="r")
    s.t(190, 38, f"du {day(d.date, '{d}er {B} %Y|fr' if d.date.day == 1 else '{d} {B} %Y|fr')}", 10, a="r")
    s.t(20, 72, "à l'attention de", 8, col="#888888")
    s.ts(20, 77, d.buyer.addr, 4.6)
    cols = [
        Col("Quantité", 20, 22, lambda n, i: f"{qn(n.qty, 'fr')} {n.unit}", "r", "qty"),
        Col("Prestation", 48, 84, lambda n, i: n.name, key="name"),
        Col("Prix unitaire", 134, 26, lambda n, i: num(n.price, "fr") + " €", "r", "price"),
        Col("Total", 164, 26, lambda n, i: num(n.net, "fr") + " €", "r", "net"),
    ]
    y = s.head(cols, 108, col="#d1495b")
    y = s.table(cols, d.lines, y + 4, rule="row", gap=3)
    s.t(160, y + 5, "Total à payer", 11, True, "r")
    s.t(190, y + 5, num(d.grand, "fr") + " €", 11, True, "r")
    s.t(190, y + 11, "TVA non applicable, art. 293 B du CGI", 8, a="r")
    y = s.para(20, y + 24, 165, d.terms or "", 8)
    s.t(20, y + 4, f"Virement : {ids.ib(d.iban or '')} / {d.bic}", 8)
    s.para(
        20,
        276,
        170,
        "Dispensée d'immatriculation au RCS et au RM. Pénalités de retard : 12 % l'an. Indemnité forfaitaire de recouvrement : 40 €.",
        7,
    )


def auto() -> list[Case]:
    seller = Party(
        "Léa Courtois", "8 impasse du Moulin", "44600 Saint-Nazaire", "FR", None, None, ids.siret("courtois")
    )
    ib = ids.iban("FR", "courtois")
    one = Doc(
        "fr-auto-1",
        "fr",
        "2025-09",
        d8("2025-04-01"),
        "EUR",
        seller,
        Party("Agence Mille Mots", "15 quai de la Fosse", "44000 Nantes", "FR"),
        [
            ln("Traduction site e-commerce, rubrique jardin", 6420, "0.09", unit="mots"),
            ln("Relecture fiches produits", "3.5", "38", unit="h"),
        ],
        "French micro-entrepreneur without VAT, number like a month, quantity first, '1er avril'",
        iban=ib,
        bic="PSSTFRPPNTE",
        terms="Paiement à réception de facture.",
    )
    two = Doc(
        "fr-auto-2",
        "fr",
        "2025-14",
        d8("2025-06-13"),
        "EUR",
        seller,
        Party("Éditions du Sillon SARL", "3 rue Kervégan", "44000 Nantes", "FR"),
        [ln("Articles de blog 800 mots", 4, "95", unit="x"), ln("Forfait référencement mensuel", 1, "210", unit="x")],
        "French micro-entrepreneur",
        iban=ib,
        bic="PSSTFRPPNTE",
        terms="Paiement sous 15 jours, au plus tard le 28 juin 2025.",
        due=d8("2025-06-28"),
    )
    return [Case(one, _auto), Case(two, _auto)]


# ---- FR 4 construction: acompte and autoliquidation, letterhead at right
def _chantier(d: Doc, s: Sheet) -> None:
    s.font = "times"
    s.size = 10
    s.ts(
        190,
        20,
        [
            "ÉTANCHÉITÉ BRETONNE",
            "14 rue de l'Arsenal - 29200 BREST",
            f"Siret {ids.grp(d.seller.legal or '', 3, 3, 3, 5)}",
            f"TVA {d.seller.vat}",
        ],
        4.8,
        a="r",
    )
    s.ts(20, 48, ["Client :", *d.buyer.addr, *([f"TVA : {d.buyer.vat}"] if d.buyer.vat else [])], 5)
    s.box(20, 82, 170, 9, "#e6e6e6")
    s.t(23, 88, d.x["title"], 11, True)
    s.t(105, 88, f"Pièce n° {d.number}", 11, True, "c")
    s.t(187, 88, f"Établie le {day(d.date, F)}", 11, True, "r")
    s.t(20, 98, f"Chantier : {d.x['site']}")
    s.t(20, 103, f"Marché / devis accepté : {d.po}")
    cols = [
        Col("Ouvrages", 20, 80, lambda n, i: n.name, key="name"),
        Col("U", 102, 10, lambda n, i: n.unit),
        Col("Quantité", 113, 20, lambda n, i: num(n.qty, "sp"), "r", "qty"),
        Col("Prix unit.", 136, 22, lambda n, i: num(n.price, "sp"), "r", "price"),
        Col("Total H.T.", 162, 28, lambda n, i: num(n.net, "sp"), "r", "net"),
    ]
    y = s.head(cols, 113)
    s.line(20, y - 1.8, 190, y - 1.8)
    y = s.table(cols, d.lines, y + 3, lh=4.8) + 3
    rows = [("Montant total H.T. en Euros", num(d.basis, "sp"))]
    rows += [(f"T.V.A. à {num(r, places=1)} %", num(t, "sp")) for r, _, t in d.taxes]
    rows.append(("Montant total T.T.C.", num(d.grand, "sp")))
    if d.prepaid:
        rows.append((f"Acompte reçu le {d.x['when']}", "- " + num(d.prepaid, "sp")))
        rows.append(("Solde à régler", num(d.payable, "sp")))
    s.kv(110, y, rows, 80, 5.2, "r", bv=False)
    y += 5.2 * len(rows) + 4
    y = s.para(20, y, 170, d.x.get("note", ""))
    y = s.para(20, y + 4, 170, d.terms or "")
    s.t(20, 270, f"Banque : CMB Brest Siam   IBAN : {ids.ib(d.iban or '')}   BIC : {d.bic}", 9)
    s.t(20, 275, "SARL au capital de 8 000 €. Assurance décennale MAAF n° 129 004 871, garantie 1 500 000 €.", 8)


def chantier() -> list[Case]:
    seller = Party(
        "Étanchéité Bretonne",
        "14 rue de l'Arsenal",
        "29200 BREST",
        "FR",
        ids.vat("FR", "bretonne"),
        None,
        ids.siret("bretonne"),
    )
    ib = ids.iban("FR", "bretonne")
    one = Doc(
        "fr-btp-1",
        "fr",
        "25.0117",
        d8("2025-05-28"),
        "EUR",
        seller,
        Party("Syndic Le Goff Immobilier", "2 place Wilson", "29200 BREST", "FR"),
        [
            ln("Dépose étanchéité existante y compris évacuation en décharge agréée", "186.40", "14.50", 10, "m²"),
            ln("Isolant PU 120 mm", "186.40", "27.90", 10, "m²"),
            ln("Membrane bitume élastomère bicouche", "201.25", "33.10", 10, "m²"),
            ln("Naissances eaux pluviales", 6, "88.00", 10, "U"),
        ],
        "French building work, deposit received and balance due, odd labels (Pièce n°, Établie le)",
        iban=ib,
        bic="CMBRFR2BARK",
        po="D-2025-044",
        prepaid=dec("5000.00"),
        terms="Règlement comptant à réception.",
        x={"title": "FACTURE DE SOLDE", "site": "Résidence Kerbriant, toiture B", "when": "14/04/2025"},
    )
    two = Doc(
        "fr-btp-2",
        "fr",
        "25.0133",
        d8("2025-06-30"),
        "EUR",
        seller,
        Party("Armor Construction SA", "ZA de Kergaradec", "29850 GOUESNOU", "FR", ids.vat("FR", "armor")),
        [ln("Étanchéité terrasse, situation n° 2", 1, "12480.00", 0, "F")],
        "French reverse charge subcontracting (autoliquidation), 0 %",
        iban=ib,
        bic="CMBRFR2BARK",
        po="ST-2025-08",
        cat="AE",
        terms="Paiement à 45 jours fin de mois.",
        due=None,
        x={
            "title": "FACTURE",
            "site": "Collège de Guipavas",
            "note": "Autoliquidation : TVA due par le preneur assujetti, article 283-2 nonies du CGI.",
        },
    )
    return [Case(one, _chantier), Case(two, _chantier)]


# ---- FR 5 telecom: subscription, prices with tax shown only at the end
def _telecom(d: Doc, s: Sheet) -> None:
    s.font = "vera"
    s.size = 8
    s.box(0, 0, 210, 22, "#ff5a1f", stroke=False)
    s.t(15, 14, "ondéa", 20, True, col="#ffffff")
    s.t(195, 14, "votre facture mobile & fibre", 10, a="r", col="#ffffff")
    s.ts(120, 42, d.buyer.addr, 4.6)
    s.kv(
        15,
        34,
        [
            ("votre référence client", "4 118 220 907"),
            ("ligne", "06 00 11 22 33"),
            ("facture n°", d.number),
            ("date de facture", day(d.date, "{d} {B} %Y|fr")),
        ],
        40,
        4.8,
    )
    s.box(15, 62, 180, 22, "#fff0ea", stroke=False, r=2)
    s.t(20, 71, "montant prélevé", 10)
    s.t(20, 79, f"à partir du {day(d.due or d.date, F)}", 8)
    s.t(190, 76, f"{num(d.grand, 'fr')} € TTC", 18, True, "r", "#ff5a1f")
    s.t(15, 95, "le détail de vos consommations", 10, True)
    cols = [
        Col("", 15, 110, lambda n, i: n.name, key="name"),
        Col("qté", 128, 12, lambda n, i: qn(n.qty), "r", "qty"),
        Col("€ HT", 150, 20, lambda n, i: num(n.net, "fr"), "r", "net"),
        Col("TVA", 175, 18, lambda n, i: f"{qn(n.rate)} %", "r", "rate"),
    ]
    y = s.table(cols, d.lines, s.head(cols, 102) + 2, rule="row", note_size=6.5) + 4
    s.kv(
        100,
        y,
        [
            ("total HT", num(d.basis, "fr")),
            *[(f"TVA {qn(r)} % (base {num(b, 'fr')})", num(t, "fr")) for r, b, t in d.taxes],
            ("total TTC", num(d.grand, "fr")),
        ],
        70,
        4.8,
        "r",
    )
    s.para(15, y + 32, 175, d.terms or "")
    s.para(
        15,
        270,
        180,
        f"ondéa télécom SA au capital de 12 450 000 € – siège social : 9 boulevard Gouvion, 75017 Paris – RCS Paris {ids.grp((d.seller.legal or '')[:9], 3)} – "
        f"n° TVA {d.seller.vat}. En cas de rejet de prélèvement, des frais de 7,50 € seront facturés. Indemnité de 40 € (professionnels).",
        6.3,
        3,
    )


def telecom() -> list[Case]:
    seller = Party(
        "ondéa télécom SA",
        "9 boulevard Gouvion",
        "75017 Paris",
        "FR",
        ids.vat("FR", "ondea"),
        None,
        ids.siren_no("ondea"),
    )
    d = Doc(
        "fr-tel-1",
        "fr",
        "OND 25 03 884 120",
        d8("2025-03-05"),
        "EUR",
        seller,
        Party("Cabinet d'architecture Vauban", "6 rue Oberkampf", "75011 PARIS", "FR"),
        [
            ln("Abonnement Fibre Pro 2 Gb/s", 1, "49.99", 20, notes=["du 05/03/2025 au 04/04/2025"]),
            ln("Forfait mobile 100 Go", 3, "16.66", 20, notes=["du 05/03/2025 au 04/04/2025"]),
            ln("Remise fidélité", 1, "-8.33", 20),
            ln("Appels vers l'international hors forfait", 14, "0.35", 20),
            ln("Bouquet presse numérique", 1, "9.79", "2.1"),
        ],
        "telecom bill, lower case, negative line, total at the top in a coloured box, no bank details of the seller",
        due=d8("2025-03-17"),
        terms="Ce montant sera prélevé automatiquement sur votre compte bancaire, mandat SEPA n° FR77OND0044.",
    )
    return [Case(d, _telecom)]


# ---- FR 6 consulting letter, table without grid, total block as sentence
def _conseil(d: Doc, s: Sheet) -> None:
    s.font, s.size = "stix", 10.5
    s.t(105, 20, "ARKANE CONSEIL", 15, True, "c")
    s.t(
        105,
        25.5,
        "Société par actions simplifiée au capital de 10 000,00 euros · 61 rue de Lyon, 69002 Lyon",
        8.5,
        a="c",
    )
    s.ts(115, 50, d.buyer.addr, 5)
    s.t(22, 85, f"Lyon, le {day(d.date, '{d} {B} %Y|fr')}")
    y = s.kv(
        22,
        95,
        [
            ("Objet :", d.x["object"]),
            ("Notre facture :", d.number),
            ("Votre bon de commande :", d.po or ""),
            ("Période :", d.x["period"]),
        ],
        45,
        5,
    )
    cols = [
        Col("Intervenant et mission", 22, 84, lambda n, i: n.name, key="name"),
        Col("TJM", 108, 24, lambda n, i: num(n.price, "fr"), "r", "price"),
        Col("Jours", 136, 16, lambda n, i: qn(n.qty, "fr"), "r", "qty"),
        Col("Honoraires HT", 158, 30, lambda n, i: num(n.net, "fr"), "r", "net"),
    ]
    y = s.table(cols, d.lines, s.head(cols, y + 6) + 4, lh=4.8, gap=2) + 2
    for label, a, _ in d.charges:
        s.t(22, y, label)
        s.t(188, y, num(a, "fr"), a="r")
        y += 6
    s.line(22, y - 3, 188, y - 3)
    ((r, b, t),) = d.taxes
    y = s.para(
        22,
        y + 4,
        166,
        f"Soit un montant hors taxes de {num(b, 'fr')} EUR, auquel s'ajoute la TVA au taux de {qn(r)} % pour {num(t, 'fr')} EUR, portant la somme due à :",
        lh=5,
    )
    s.t(188, y + 4, f"{num(d.grand, 'fr')} EUR TTC", 13, True, "r")
    s.para(22, y + 14, 166, d.terms or "", lh=5)
    s.t(
        105,
        276,
        f"SIREN {ids.grp(d.seller.legal or '', 3)} RCS Lyon · TVA {d.seller.vat} · IBAN {ids.ib(d.iban or '')} · {d.bic}",
        8.5,
        a="c",
    )


def conseil() -> list[Case]:
    seller = Party(
        "ARKANE CONSEIL", "61 rue de Lyon", "69002 Lyon", "FR", ids.vat("FR", "arkane"), None, ids.siren_no("arkane")
    )
    d = Doc(
        "fr-conseil-1",
        "fr",
        "ARK/25/077",
        d8("2025-07-31"),
        "EUR",
        seller,
        Party("Mutuelle Rhône-Santé", "120 cours Lafayette", "69003 Lyon", "FR", extra="Comptabilité fournisseurs"),
        [
            ln("A. Mercier – cadrage et pilotage du projet GED", "8.5", "1150", 20),
            ln("S. Boualem – recette fonctionnelle", 14, "820", 20),
        ],
        "consulting fee letter, totals only inside a sentence, expenses after the lines, price before quantity",
        iban=ids.iban("FR", "arkane"),
        bic="SOGEFRPPXXX",
        po="BC 2025/3307",
        charges=[("Frais de déplacement (forfait)", dec("640.00"), dec(20))],
        terms="À régler par virement avant le 30 août 2025.",
        due=d8("2025-08-30"),
        x={"object": "assistance à maîtrise d'ouvrage", "period": "juillet 2025"},
    )
    two = Doc(
        "fr-conseil-2",
        "fr",
        "ARK/25/091",
        d8("2025-10-02"),
        "EUR",
        seller,
        d.buyer,
        [ln("A. Mercier – cadrage et pilotage du projet GED", 4, "1150", 20)],
        "DEFECT: printed TTC has two digits transposed",
        iban=d.iban,
        bic=d.bic,
        po="BC 2025/3307",
        terms="À régler par virement avant le 1er novembre 2025.",
        x={"object": "assistance à maîtrise d'ouvrage", "period": "septembre 2025"},
        due=d8("2025-11-01"),
        defect="grand total printed 5 250.00 instead of 5 520.00",
        slip={"grand": dec("5250.00")},
    )
    return [Case(d, _conseil), Case(two, _conseil)]


# ---- BE bilingual with structured communication
def _belge(d: Doc, s: Sheet) -> None:
    s.size = 8.5
    s.t(15, 20, "VAN ACKER & FILS", 17, True, col="#134611")
    s.t(15, 25, "Tuincentrum – Jardinerie", 9, col="#134611")
    s.ts(
        15,
        31,
        [
            "Van Acker & Fils BV/SRL",
            "Brusselsesteenweg 412 chaussée de Bruxelles",
            "1800 Vilvoorde – Vilvorde",
            f"BTW/TVA {_be(d.seller.vat)}",
        ],
        4,
    )
    s.ts(118, 45, [*d.buyer.addr, *([_be(d.buyer.vat)] if d.buyer.vat else [])], 4.8, size=10)
    rows = [
        ("Factuur / Facture", d.number),
        ("Datum / Date", day(d.date, F)),
        ("Vervaldatum / Échéance", day(d.due or d.date, F)),
        ("Klant / Client", "100847"),
        ("Uw ref. / V. réf.", d.po or ""),
    ]
    for k, (label, v) in enumerate(rows):
        s.box(15 + 36 * k, 76, 36, 12)
        s.t(16 + 36 * k, 80, label, 6.8, i=True)
        s.t(16 + 36 * k, 85.5, v, 9, True)
    cols = [
        Col("Omschrijving\nDescription", 15, 78, lambda n, i: n.name, key="name"),
        Col("Aantal\nQuantité", 95, 18, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Eenheidsprijs\nPrix unitaire", 116, 26, lambda n, i: num(n.price), "r", "price"),
        Col("BTW\nTVA", 146, 14, lambda n, i: f"{qn(n.rate)} %", "r", "rate"),
        Col("Bedrag\nMontant", 165, 29, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 97)
    s.line(15, y - 1.5, 195, y - 1.5, 1, "#134611")
    y = s.table(cols, d.lines, y + 3, rule="row", note_size=7) + 6
    for x, h in ((40, "% BTW/TVA"), (75, "Basis/Base"), (105, "BTW/TVA")):
        s.t(x, y, h, 8, True, "r")
    y2 = y
    for r, b, t in d.taxes:
        y2 += 4.8
        for x, v in ((40, f"{num(r)} %"), (75, num(b)), (105, num(t))):
            s.t(x, y2, v, a="r")
    s.kv(125, y, [("Totaal excl. / Total hors TVA", num(d.basis)), ("BTW / TVA", num(d.tax))], 69, 4.8, "r")
    s.box(123, y + 7, 72, 8, "#e3f0e2")
    s.t(125, y + 12.5, "Te betalen / À payer EUR", 9.5, True)
    s.t(194, y + 12.5, num(d.grand), 9.5, True, "r")
    s.t(15, y + 30, f"Gestructureerde mededeling / Communication structurée : {d.x['ogm']}", 9, True)
    s.para(15, y + 37, 175, d.terms or "")
    s.t(
        15,
        280,
        f"IBAN {ids.ib(d.iban or '')}  BIC {d.bic}  |  RPR/RPM Brussel  |  Laattijdige betaling: interest 10 % en schadebeding van minimum 50,00 €",
        7,
    )


def _be(v: str | None) -> str:
    v = v or ""
    return f"{v[:2]} {v[2:6]}.{v[6:9]}.{v[9:]}"


def _ogm(n: int) -> str:
    s = f"{n:010d}{(n % 97) or 97:02d}"
    return f"+++{s[:3]}/{s[3:7]}/{s[7:]}+++"


def belge() -> list[Case]:
    seller = Party(
        "Van Acker & Fils BV/SRL", "Brusselsesteenweg 412", "1800 Vilvoorde", "BE", ids.vat("BE", "vanacker")
    )
    ib = ids.iban("BE", "vanacker")
    one = Doc(
        "be-tuin-1",
        "fr",
        "V25/10442",
        d8("2025-05-09"),
        "EUR",
        seller,
        Party("Résidence Les Tilleuls ASBL", "Rue du Moulin 88", "1210 Bruxelles", "BE", ids.vat("BE", "tilleuls")),
        [
            ln("Buxus sempervirens 30/40", 60, "6.75", 6),
            ln("Terreau universel 50 l", 24, "7.40", 21),
            ln("Aanleg perk / aménagement massif", "9.5", "46.00", 21, notes=["8/05/2025, 2 jardiniers"]),
        ],
        "Belgian bilingual labels, VAT id with dots, structured communication, two rates",
        iban=ib,
        bic="KREDBEBB",
        po="mail 2/05",
        due=d8("2025-06-08"),
        terms="Betaalbaar binnen 30 dagen – Payable à 30 jours.",
        x={"ogm": _ogm(1044225031)},
    )
    two = Doc(
        "be-tuin-2",
        "nl",
        "V25/10519",
        d8("2025-05-27"),
        "EUR",
        seller,
        Party("Kinderopvang 't Eendje vzw", "Kerkstraat 2", "1851 Humbeek", "BE"),
        [ln("Speelzand gewassen, big bag 1 m³", 3, "89.00", 21), ln("Levering aan huis", 1, "45.00", 21)],
        "Belgian bilingual, one rate",
        iban=ib,
        bic="KREDBEBB",
        po="-",
        due=d8("2025-06-26"),
        terms="Betaalbaar binnen 30 dagen – Payable à 30 jours.",
        x={"ogm": _ogm(1051925046)},
    )
    two.po = None
    return [Case(one, _belge), Case(two, _belge)]


# ---- IT 1 boxed, tiny labels, VAT summary
def _fattura(d: Doc, s: Sheet) -> None:
    s.size = 8.5
    s.t(15, 18, "OFFICINE MECCANICHE BERTOLDI S.R.L.", 13, True)
    s.t(15, 23, "Via dell'Artigianato, 27 - 36016 Thiene (VI) - Italia - Tel. 0445 360112", 8)
    s.t(
        15,
        27,
        f"P.IVA {d.seller.vat} - Cod. Fisc. e Reg. Imprese VI {(d.seller.vat or '')[2:]} - Cap. Soc. € 100.000,00 i.v.",
        8,
    )
    s.line(15, 30, 195, 30)
    s.box(105, 34, 90, 30)
    s.t(107, 38, "Spett.le", 7)
    s.ts(110, 44, [*d.buyer.addr, *([f"P.IVA {d.buyer.vat}"] if d.buyer.vat else [])], 4.4, size=9)
    s.t(15, 45, d.x["title"], 14, True)
    cells = [
        ("Numero documento", d.number, 30),
        ("Data documento", day(d.date, F), 30),
        ("Cod. cliente", "C00871", 24),
        ("Vs. ordine", d.po or "", 36),
        ("D.D.T.", d.x["ddt"], 60),
    ]
    x = 15.0
    for label, v, w in cells:
        s.box(x, 68, w, 11)
        s.t(x + 1, 71.5, label, 6)
        s.t(x + 1, 77, v, 9)
        x += w
    cols = [
        Col("Codice", 16, 20, lambda n, i: n.art),
        Col("Descrizione", 37, 70, lambda n, i: n.name, key="name"),
        Col("U.M.", 108, 9, lambda n, i: n.unit),
        Col("Quantità", 117, 17, lambda n, i: qn(n.qty), "r", "qty"),
        Col("Prezzo", 136, 17, lambda n, i: num(n.price, places=4), "r", "price"),
        Col("Sc.%", 154, 10, lambda n, i: qn(n.disc) if n.disc else "", "r"),
        Col("Importo", 165, 19, lambda n, i: num(n.net), "r", "net"),
        Col("IVA", 186, 8, lambda n, i: qn(n.rate) if n.rate else "N3.2", "r", "rate"),
    ]
    y = s.head(cols, 87, fill="#ececec")
    s.table(cols, d.lines, y + 3, note_size=7)
    s.vgrid([15, 36, 107, 116.5, 135, 153.5, 164.5, 185, 195], 83, 200)
    s.t(16, 206, "Riepilogo IVA", 7, True)
    for k, h in enumerate(("Aliquota", "Imponibile", "Imposta")):
        s.t(34 + 28 * k, 210, h, 7, a="r")
    y = 214.5
    for r, b, t in d.taxes:
        for k, v in enumerate((f"{qn(r)}%" if r else "0% Non imp. art. 41 DL 331/93", num(b), num(t))):
            s.t(
                (16 if k == 0 and not r else 34 + 28 * k),
                y + (4 if k == 0 and not r else 0),
                v,
                7 if k == 0 and not r else 0,
                a="l" if k == 0 and not r else "r",
            )
        y += 4.5
    sp = sum((a for _, a, _ in d.charges), Decimal(0))
    for k, (h, v) in enumerate(
        (
            ("Totale merce", d.line_total),
            ("Spese trasporto", sp),
            ("Totale imponibile", d.basis),
            ("Totale IVA", d.tax),
            ("TOTALE DOCUMENTO", d.grand),
        )
    ):
        s.box(110, 203 + 7 * k, 85, 7, "#ececec" if k == 4 else "")
        s.t(112, 208 + 7 * k, h, 8, k == 4)
        s.t(193, 208 + 7 * k, ("€ " if k == 4 else "") + num(v), 9, k == 4, "r")
    s.t(15, 246, "Condizioni di pagamento", 7)
    s.t(15, 250.5, d.terms or "")
    s.t(15, 257, "Scadenze", 7)
    s.t(15, 261.5, f"{day(d.due or d.date, F)}   € {num(d.payable)}")
    s.t(15, 268, "Banca d'appoggio", 7)
    s.t(15, 272.5, f"Banca Alto Vicentino  IBAN {d.iban}  BIC {d.bic}")
    s.t(15, 281, "Contributo CONAI assolto ove dovuto. Merce resa franco fabbrica.", 7)


def fattura() -> list[Case]:
    seller = Party(
        "OFFICINE MECCANICHE BERTOLDI S.R.L.",
        "Via dell'Artigianato, 27",
        "36016 Thiene (VI)",
        "IT",
        ids.vat("IT", "bertoldi"),
    )
    ib = ids.iban("IT", "bertoldi")
    lines = [
        ln("Flangia tornita Ø 120 in acciaio C45", 40, "18.6500", 22, "PZ", 3, "FL.120.45"),
        ln("Albero rettificato 25x300", 25, "27.4000", 22, "PZ", 0, "AL.25.300", ["Rif. Vs. disegno 4471/B rev. 2"]),
        ln("Lavorazione conto terzi fresatura CNC", "16.5", "48.0000", 22, "ORE", 0, "LAV-01"),
    ]
    one = Doc(
        "it-mecc-1",
        "it",
        "1187/A",
        d8("2025-06-30"),
        "EUR",
        seller,
        Party("Pompe Adige S.p.A.", "Via Brennero, 310", "38121 Trento", "IT", ids.vat("IT", "adige")),
        lines,
        "Italian boxed invoice with tiny labels, four-decimal prices, VAT summary, totals as boxes",
        iban=ib,
        bic="CCRTIT2TXXX",
        po="OA25-0932",
        due=d8("2025-08-31"),
        charges=[("Spese trasporto", dec("35.00"), dec(22))],
        terms="Bonifico bancario 60 gg. data fattura fine mese",
        x={"title": "FATTURA", "ddt": "n. 2204 del 12/06/2025"},
    )
    two = Doc(
        "it-mecc-2",
        "it",
        "1201/A",
        d8("2025-07-10"),
        "EUR",
        seller,
        Party(
            "Maschinenbau Reutlinger GmbH",
            "Daimlerstr. 8",
            "72764 Reutlingen, Germania",
            "DE",
            ids.vat("DE", "reutlinger"),
        ),
        [ln("Flangia tornita Ø 120 in acciaio C45", 400, "17.9000", 0, "PZ", 0, "FL.120.45")],
        "Italian intra-community supply, no VAT",
        iban=ib,
        bic="CCRTIT2TXXX",
        po="4500123987",
        due=d8("2025-09-08"),
        cat="K",
        terms="Bonifico bancario 60 gg. data fattura",
        x={"title": "FATTURA", "ddt": "n. 2290 del 09/07/2025"},
    )
    three = Doc(
        "it-mecc-3",
        "it",
        "44/NC",
        d8("2025-07-22"),
        "EUR",
        seller,
        one.buyer,
        [ln("Reso flangia tornita Ø 120 in acciaio C45", -4, "18.6500", 22, "PZ", 3, "FL.120.45")],
        "Italian credit note (NOTA DI CREDITO), negative amounts",
        iban=ib,
        bic="CCRTIT2TXXX",
        type_code="381",
        po="OA25-0932",
        due=d8("2025-07-22"),
        terms="A compensazione ns. fattura 1187/A del 30/06/2025",
        x={"title": "NOTA DI CREDITO", "ddt": "reso 118 del 18/07/2025"},
    )
    return [Case(d, _fattura) for d in (one, two, three)]


# ---- IT 2 professional fee note with withholding tax
def _parcella(d: Doc, s: Sheet) -> None:
    s.font, s.size = "times", 11
    s.t(22, 24, "Avv. Chiara Montanari", 17, i=True)
    s.ts(
        22,
        30,
        [
            "Studio Legale",
            "Corso Garibaldi 18 - 40124 Bologna",
            f"Partita IVA {d.seller.vat}",
            f"Codice fiscale {d.seller.tax_number}",
        ],
        4.8,
        size=9.5,
    )
    s.ts(120, 58, ["Gent.mi", *d.buyer.addr], 5)
    s.t(22, 92, f"Parcella n. {d.number} del {day(d.date, '{d} {B} %Y|it')}", 13, True)
    s.t(22, 99, f"Oggetto: {d.x['object']}")
    y = 112.0
    for n in d.lines:
        for k, row in enumerate(s.wrap(n.name, 125)):
            s.t(22, y + 5 * k, row)
        s.t(188, y, "€ " + num(n.net), a="r")
        y += 5 * len(s.wrap(n.name, 125)) + 1.5
    s.keys |= {"name", "net"}
    ((label, cassa, _),) = d.charges
    ((r, b, t),) = d.taxes
    rows = [
        ("Totale onorari", d.line_total),
        (label, cassa),
        ("Imponibile IVA", b),
        (f"IVA {qn(r)}%", t),
        ("Totale lordo", d.grand),
        ("Ritenuta d'acconto 20% su onorari", -(d.withheld or Decimal(0))),
    ]
    y += 4
    s.line(110, y - 4, 190, y - 4)
    for name, v in rows:
        s.t(110, y, name, 10)
        s.t(188, y, "€ " + num(v), 10, a="r")
        y += 5.5
    s.t(110, y + 2, "Netto a pagare", 12, True)
    s.t(188, y + 2, "€ " + num(d.payable), 12, True, "r")
    s.para(22, y + 16, 165, d.terms or "")
    s.t(22, y + 24, f"IBAN: {ids.ib(d.iban or '')}", 10)


def parcella() -> list[Case]:
    seller = Party(
        "Avv. Chiara Montanari",
        "Corso Garibaldi 18",
        "40124 Bologna",
        "IT",
        ids.vat("IT", "montanari"),
        "MNTCHR78A41A944X",
    )
    d = Doc(
        "it-avv-1",
        "it",
        "31/2025",
        d8("2025-04-11"),
        "EUR",
        seller,
        Party("Ceramiche Rubiera S.r.l.", "Via Emilia Ovest 55", "42048 Rubiera (RE)", "IT"),
        [
            ln("Assistenza stragiudiziale per recupero crediti, fase di studio", 1, "1200.00", 22),
            ln("Redazione diffida e atto di messa in mora", 1, "650.00", 22),
        ],
        "Italian lawyer: social fund 4 % as charge, withholding tax deducted (net to pay below gross total)",
        iban=ids.iban("IT", "montanari"),
        charges=[("Contributo Cassa Forense 4%", dec("74.00"), dec(22))],
        withheld=dec("370.00"),
        terms="Pagamento a vista mediante bonifico bancario.",
        x={"object": "Rubiera / Edil Po - pratica 2024/118"},
    )
    return [Case(d, _parcella)]


# ---- ES 1 freelancer / company, IRPF
def _factura(d: Doc, s: Sheet) -> None:
    s.font = "sans"
    s.size = 8.5
    s.disc(28, 25, 9, "#e0a100")
    s.t(28, 28, "TQ", 12, True, "c", "#ffffff")
    s.t(42, 24, "Taller Quijano", 14, True)
    s.t(42, 29, "arquitectura e interiorismo")
    s.t(190, 24, "FACTURA", 18, True, "r", "#e0a100")
    s.t(20, 48, "EMISOR", 7, True, col="#e0a100")
    s.ts(20, 53, [*d.seller.addr, f"NIF: {d.seller.vat}"], 4.4)
    s.t(80, 48, "CLIENTE", 7, True, col="#e0a100")
    s.ts(80, 53, [*d.buyer.addr, *([f"NIF: {d.buyer.vat}"] if d.buyer.vat else [])], 4.4)
    s.kv(
        145,
        53,
        [("Nº factura", d.number), ("Fecha emisión", day(d.date, F)), ("Vencimiento", day(d.due or d.date, F))],
        27,
        4.8,
    )
    s.t(20, 84, f"Obra: {d.x['obra']}")
    cols = [
        Col("CONCEPTO", 20, 86, lambda n, i: n.name, key="name"),
        Col("PRECIO", 110, 24, lambda n, i: num(n.price) + " €", "r", "price"),
        Col("UNIDADES", 138, 20, lambda n, i: qn(n.qty), "r", "qty"),
        Col("SUBTOTAL", 164, 26, lambda n, i: num(n.net) + " €", "r", "net"),
    ]
    y = s.head(cols, 94, col="#e0a100")
    s.line(20, y - 1, 190, y - 1, 1, "#e0a100")
    y = s.table(cols, d.lines, y + 4, gap=2.5) + 2
    ((r, b, t),) = d.taxes
    rows = [("BASE IMPONIBLE", num(b) + " €"), (f"IVA {qn(r)}%", num(t) + " €")]
    if d.withheld:
        rows.append(("IRPF -15%", f"-{num(d.withheld)} €"))
    y = s.kv(125, y, rows, 65, 5, "r")
    s.box(123, y - 2, 68, 9, "#fbf1d6", stroke=False)
    s.t(125, y + 4, "TOTAL A PAGAR" if d.withheld else "TOTAL", 10, True)
    s.t(190, y + 4, num(d.payable) + " €", 10, True, "r")
    s.para(20, y + 20, 165, d.terms or "")
    s.t(20, y + 27, f"Nº de cuenta (IBAN): {ids.ib(d.iban or '')}", b=True)
    s.para(
        20,
        275,
        170,
        "De conformidad con el RGPD le informamos de que sus datos serán tratados para la gestión administrativa.",
        6.5,
    )


def factura() -> list[Case]:
    seller = Party("Taller Quijano S.L.P.", "C/ Mayor, 14, 2º B", "13001 Ciudad Real", "ES", ids.vat("ES", "quijano"))
    ib = ids.iban("ES", "quijano")
    one = Doc(
        "es-arq-1",
        "es",
        "F-25/0031",
        d8("2025-05-16"),
        "EUR",
        seller,
        Party("Bodegas La Serna, S.A.", "Ctra. de Toledo km 4", "13005 Ciudad Real", "ES", ids.vat("ES", "serna")),
        [
            ln("Proyecto básico y de ejecución, nave de crianza (50 %)", 1, "6400.00", 21),
            ln("Visitas de obra", 5, "180.00", 21),
        ],
        "Spanish professional invoice with IRPF withholding, total to pay below gross total (gross total not printed)",
        iban=ib,
        due=d8("2025-06-15"),
        withheld=dec("1095.00"),
        terms="Forma de pago: transferencia bancaria a 30 días.",
        x={"obra": "ampliación bodega, polígono 12"},
    )
    two = Doc(
        "es-arq-2",
        "es",
        "F-25/0040",
        d8("2025-07-01"),
        "EUR",
        seller,
        Party("Carmen Ibáñez Ruiz", "Plaza del Pilar 3", "13001 Ciudad Real", "ES"),
        [ln("Informe de eficiencia energética", 1, "145.00", 21), ln("Tasas de registro", 1, "32.50", 21)],
        "Spanish invoice to a person, price before quantity",
        iban=ib,
        due=d8("2025-07-08"),
        terms="Forma de pago: transferencia bancaria.",
        x={"obra": "vivienda Plaza del Pilar"},
    )
    return [Case(one, _factura), Case(two, _factura)]


# ---- ES 2 wholesaler, delivery notes as section rows, totals as a horizontal table
def _mayorista(d: Doc, s: Sheet) -> None:
    s.font = "cour"
    s.size = 8
    s.t(12, 16, "FERRETERIA INDUSTRIAL NAVARRO S.A.", 12, True)
    s.ts(
        12,
        21,
        ["POL. IND. COGULLADA, C/ B NAVE 7", "50014 ZARAGOZA - ESPAÑA", f"C.I.F. {d.seller.vat}   TEL 976 470 118"],
        3.8,
    )
    s.box(112, 12, 86, 26)
    s.ts(115, 18, [*[a.upper() for a in d.buyer.addr], f"CIF {d.buyer.vat}"], 4.2)
    s.box(12, 42, 186, 6, "#dddddd")
    s.t(14, 46.2, "FACTURA            FECHA        CLIENTE    AGENTE    SU PEDIDO           PAGINA", b=True)
    s.t(14, 52.5, f"{d.number:<19}{day(d.date, '%d-%m-%Y'):<13}{'430.0118':<11}{'12':<10}{d.po or '':<20}{'1'}")
    cols = [
        Col("CODIGO", 12, 21, lambda n, i: n.art),
        Col("DESCRIPCION", 35, 66, lambda n, i: n.name, key="name"),
        Col("CANTIDAD", 102, 18, lambda n, i: qn(n.qty), "r", "qty"),
        Col("PRECIO", 124, 18, lambda n, i: num(n.price), "r", "price"),
        Col("%DTO", 144, 12, lambda n, i: num(n.disc) if n.disc else "", "r"),
        Col("IMPORTE", 162, 22, lambda n, i: num(n.net), "r", "net"),
        Col("%IVA", 186, 11, lambda n, i: qn(n.rate), "r", "rate"),
    ]
    y = s.head(cols, 62)
    s.line(12, y - 1.6, 198, y - 1.6)
    s.table(cols, d.lines, y + 3)
    pp = sum((a for _, a, _ in d.allowances), Decimal(0))
    po = sum((a for _, a, _ in d.charges), Decimal(0))
    heads = [
        ("SUMA", d.line_total),
        ("DTO.P.PAGO", pp),
        ("PORTES", po),
        ("BASE IMPONIBLE", d.basis),
        ("CUOTA IVA", d.tax),
        ("TOTAL FACTURA", d.grand),
    ]
    for k, (h, v) in enumerate(heads):
        s.box(12 + 31 * k, 222, 31, 6, "#dddddd")
        s.box(12 + 31 * k, 228, 31, 8)
        s.t(27.5 + 31 * k, 226.2, h, 7.5, True, "c")
        s.t(41 + 31 * k, 233.5, num(v), 9, k == 5, "r")
    ((r, _, _),) = d.taxes
    s.t(12, 243, f"IVA {num(r)} %    FORMA DE PAGO: {d.terms}")
    s.t(12, 248, f"VENCIMIENTOS: {day(d.due or d.date, '%d-%m-%Y')}  {num(d.payable)} EUROS")
    s.t(12, 256, f"DOMICILIACION: IBERCAJA {ids.ib(d.iban or '')}  {d.bic}")
    s.t(
        12,
        264,
        "INSCRITA R.M. ZARAGOZA TOMO 1.118 FOLIO 204 HOJA Z-9.912. NO SE ADMITEN DEVOLUCIONES PASADOS 15 DIAS.",
        7,
    )


def mayorista() -> list[Case]:
    seller = Party(
        "FERRETERIA INDUSTRIAL NAVARRO S.A.",
        "POL. IND. COGULLADA, C/ B NAVE 7",
        "50014 ZARAGOZA",
        "ES",
        ids.vat("ES", "navarro"),
    )
    al1, al2 = "ALBARAN 25/3310 DE 02-09-2025", "ALBARAN 25/3388 DE 15-09-2025"
    d = Doc(
        "es-ferr-1",
        "es",
        "A/25-02981",
        d8("2025-09-30"),
        "EUR",
        seller,
        Party("Talleres Moncayo S.L.", "C/ Tarazona 41", "50500 Tarazona", "ES", ids.vat("ES", "moncayo")),
        [
            ln("TORNILLO ALLEN M6X20 INOX", 500, "0.14", 21, disc=25, art="0620.10", group=al1),
            ln("DISCO CORTE 115X1 INOX", 50, "1.05", 21, disc=30, art="1151.00", group=al1),
            ln("GUANTE NITRILO T-9", 24, "2.30", 21, art="9.02", group=al1),
            ln("ELECTRODO BASICO 3,25 CAJA", 6, "31.80", 21, disc=10, art="325.350", group=al2),
            ln("COMPRESOR 50L 2HP", 1, "219.00", 21, art="50.02", group=al2),
        ],
        "Spanish fixed-pitch, delivery notes as section rows, prompt-payment discount and carriage in a horizontal "
        "totals table, capitals",
        iban=ids.iban("ES", "navarro"),
        bic="CAZRES2ZXXX",
        po="PED 25-118",
        due=d8("2025-11-30"),
        terms="RECIBO DOMICILIADO 60 DIAS F.F.",
        allowances=[("DTO.P.PAGO", dec("10.00"), dec(21))],
        charges=[("PORTES", dec("18.50"), dec(21))],
    )
    return [Case(d, _mayorista)]


# ---- PT certified invoice
def _fatura(d: Doc, s: Sheet) -> None:
    s.size = 8.5
    s.t(15, 20, "Cortiças do Alentejo, Lda.", 14, True, col="#8a5a2b")
    s.ts(
        15,
        25,
        [
            "Rua da Misericórdia, 40",
            "7300-122 Portalegre",
            f"Contribuinte: {d.seller.vat}",
            "Capital social: 25.000,00 EUR",
        ],
        4,
        size=8,
    )
    s.ts(120, 40, ["Exmo.(s) Sr.(s)", *d.buyer.addr], 4.6)
    s.t(15, 66, f"Fatura {d.number}", 13, True)
    s.t(195, 66, "Original", 9, a="r", i=True)
    for k, (h, v) in enumerate(
        (
            ("Data de emissão", day(d.date, "%Y-%m-%d")),
            ("Vencimento", day(d.due or d.date, "%Y-%m-%d")),
            ("V/ N.º Contrib.", d.buyer.vat or ""),
            ("Requisição", d.po or ""),
            ("Cond. Pagamento", d.terms or ""),
        )
    ):
        s.t(15 + 36 * k, 73, h, 7, True)
        s.t(15 + 36 * k, 77.5, v)
    s.line(15, 80, 195, 80)
    cols = [
        Col("Artigo", 15, 22, lambda n, i: n.art),
        Col("Descrição", 38, 62, lambda n, i: n.name, key="name"),
        Col("Qtd.", 102, 16, lambda n, i: num(n.qty), "r", "qty"),
        Col("Un.", 120, 8, lambda n, i: n.unit),
        Col("Pr. Unitário", 128, 20, lambda n, i: num(n.price, places=3), "r", "price"),
        Col("Desc.", 150, 11, lambda n, i: f"{num(n.disc)}", "r"),
        Col("IVA", 163, 10, lambda n, i: num(n.rate), "r", "rate"),
        Col("Valor", 175, 20, lambda n, i: num(n.net), "r", "net"),
    ]
    y = s.head(cols, 86)
    s.line(15, y - 1.8, 195, y - 1.8, 0.3)
    y = s.table(cols, d.lines, y + 3)
    s.t(15, 196, "Quadro Resumo do IVA", 8, True)
    for k, h in enumerate(("Taxa", "Incidência", "Total IVA")):
        s.t(30 + 28 * k, 201, h, 7.5, True, "r")
    y = 205.5
    for r, b, t in d.taxes:
        for k, v in enumerate((f"{num(r)}%", num(b), num(t))):
            s.t(30 + 28 * k, y, v, a="r")
        y += 4.4
    bruto = sum((q2(n.qty * n.price) for n in d.lines), Decimal(0))
    rows = [
        ("Mercadoria/Serviços", num(bruto)),
        ("Desconto Comercial", num(bruto - d.line_total)),
        ("Portes", num(sum((a for _, a, _ in d.charges), Decimal(0)))),
        ("IVA", num(d.tax)),
    ]
    y = s.kv(130, 198, rows, 65, 4.8, "r")
    s.t(130, y + 2, "Total ( EUR )", 11, True)
    s.t(195, y + 2, num(d.grand), 11, True, "r")
    s.t(15, 238, f"Dados bancários: IBAN {ids.ib(d.iban or '')}  SWIFT {d.bic}")
    s.qr(
        15,
        244,
        22,
        f"A:{(d.seller.vat or '')[2:]}*F:{day(d.date, '%Y%m%d')}*G:{d.number}*N:{num(d.tax, 'p.')}*O:{num(d.grand, 'p.')}",
    )
    s.t(40, 250, "ATCUD:JF7X4KLM-" + d.number.split("/")[-1])
    s.t(40, 255, "k3Xq-Processado por programa certificado n.º 0412/AT", 7)
    s.t(40, 260, f"Os bens foram colocados à disposição do adquirente em {day(d.delivery or d.date, '%Y-%m-%d')}", 7)


def fatura() -> list[Case]:
    seller = Party(
        "Cortiças do Alentejo, Lda.", "Rua da Misericórdia, 40", "7300-122 Portalegre", "PT", ids.vat("PT", "corticas")
    )
    ib = ids.iban("PT", "corticas")
    one = Doc(
        "pt-cort-1",
        "pt",
        "FT A25/318",
        d8("2025-03-28"),
        "EUR",
        seller,
        Party("Garrafeira Lusitana, S.A.", "Av. da Boavista 1203", "4100-130 Porto", "PT", ids.vat("PT", "lusitana")),
        [
            ln("Rolha natural 45x24 extra (milheiro)", 12, "185.500", 23, "ML", 4, "RN4524E"),
            ln("Rolha técnica 44x23,5 (milheiro)", 30, "62.250", 23, "ML", 0, "RT4423"),
            ln("Mel de rosmaninho 500 g", 20, "5.400", 6, "UN", 0, "MEL05"),
        ],
        "Portuguese certified invoice, ISO dates, discount column with 0,00, VAT table, gross-of-discount sum in the "
        "totals, QR code",
        iban=ib,
        bic="CGDIPTPLXXX",
        po="REQ 2025/77",
        delivery=d8("2025-03-27"),
        due=d8("2025-04-27"),
        terms="30 dias",
        charges=[("Portes", dec("40.00"), dec(23))],
    )
    two = Doc(
        "pt-cort-2",
        "pt",
        "FT A25/402",
        d8("2025-05-06"),
        "EUR",
        seller,
        Party("Restaurante O Moinho", "Largo do Rossio 2", "7300-110 Portalegre", "PT"),
        [ln("Placa isolante de cortiça 50 mm", "22.5", "14.200", 23, "M2", "10", "PL50")],
        "Portuguese certified invoice, one line",
        iban=ib,
        bic="CGDIPTPLXXX",
        due=d8("2025-05-06"),
        delivery=d8("2025-05-06"),
        terms="Pronto pagamento",
    )
    return [Case(one, _fatura), Case(two, _fatura)]
