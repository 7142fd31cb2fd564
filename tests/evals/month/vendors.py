"""Who sells and who buys in the month: made-up firms whose VAT ids and accounts have right check digits."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from infra.records import Vendor
from tests.evals.corpus import ids
from tests.evals.corpus.kit import Party

TENANT = "default"


@dataclass(frozen=True)
class Article:
    """What is sold: ``price`` net a unit in EUR, ``rate`` of tax in percent, up to ``most`` units at once."""

    name: str
    number: str
    unit: str
    price: Decimal
    rate: Decimal
    most: int


@dataclass(frozen=True)
class Firm:
    """A vendor with what its invoices look like. ``numbers`` is a format of a running number, ``layout`` a name of `pages`."""

    id: str
    name: str
    street: str
    city: str
    cc: str
    layout: str
    numbers: str
    articles: tuple[Article, ...]
    aliases: tuple[str, ...] = ()
    terms_days: int = 30
    cost_centre: str = "OFFICE"
    order_required: bool = False
    monthly: tuple[str, Decimal] | None = None
    """What it bills every month, with its net price."""
    listed: str | None = None
    """Its name on the sanctions list, which spells it a little otherwise."""

    @property
    def language(self) -> str:
        return {"DE": "de", "FR": "fr", "NL": "nl", "IE": "en"}[self.cc]

    @cached_property
    def vat(self) -> str:
        return ids.vat(self.cc, f"month {self.id}")

    @cached_property
    def iban(self) -> str:
        return ids.iban(self.cc, f"month {self.id}")

    @cached_property
    def other_iban(self) -> str:
        """A valid account that is not the vendor's."""
        return ids.iban(self.cc, f"month {self.id} other")

    @cached_property
    def legal_id(self) -> str:
        number = sum(map(ord, self.name)) * 7 + 10_000
        return {
            "DE": f"HRB {number}", "FR": self.vat[4:], "NL": f"{number:08d}", "IE": f"{number:06d}",
        }[self.cc]  # fmt: skip

    def party(self, name: str | None = None) -> Party:
        return Party(name or self.name, self.street, self.city, self.cc, self.vat, legal=self.legal_id)

    def vendor(self) -> Vendor:
        return Vendor(
            tenant=TENANT,
            id=self.id,
            name=self.name,
            aliases=list(self.aliases),
            vat_ids=[self.vat],
            legal_ids=[self.legal_id],
            ibans=[self.iban],
            country=self.cc,
            currency="EUR",
            terms_days=self.terms_days,
            cost_centre=self.cost_centre,
            order_required=self.order_required,
        )


def _sold(*rows: str) -> tuple[Article, ...]:
    """Of rows ``name; number; unit; price; rate; most``."""
    parted = [[cell.strip() for cell in row.split(";")] for row in rows]
    return tuple(Article(n, a, u, Decimal(p), Decimal(r), int(most)) for n, a, u, p, r, most in parted)


FIRMS = (
    Firm(
        "V-101", "Papierkontor Hansen GmbH", "Am Speicher 14", "20457 Hamburg", "DE", "letter", "RE-2026/{:03d}",
        _sold("Kopierpapier A4 80 g; PK-1001; Karton; 24.90; 19; 9", "Toner schwarz XL; PK-2040; Stk; 68.50; 19; 4",
              "Hängeregister grau; PK-3110; Stk; 3.85; 19; 30", "Ordner A4 breit; PK-3002; Stk; 2.79; 19; 40",
              "Versandtaschen C4; PK-4104; Pack; 13.45; 19; 8", "Fachbuch Büropraxis; PK-9001; Stk; 28.90; 7; 3"),
        ("Papierkontor Hansen",),
    ),
    Firm(
        "V-102", "Elektro Brandis & Söhne KG", "Werftstraße 3", "24148 Kiel", "DE", "boxed", "EB{:05d}",
        _sold("Prüfung ortsfester Anlagen; EB-10; Std; 78.00; 19; 4", "Steckdose zweifach; EB-22; Stk; 14.20; 19; 12",
              "Leitung NYM-J 3x1,5; EB-31; m; 1.35; 19; 90", "LED-Einbauleuchte; EB-45; Stk; 39.80; 19; 9",
              "Sicherungsautomat B16; EB-52; Stk; 6.95; 19; 14"),
        ("Elektro Brandis",), 14, "FACILITY",
    ),
    Firm(
        "V-103", "Reinigungsdienst Alsterglanz GmbH", "Fuhlsbüttler Weg 88", "22305 Hamburg", "DE", "banner",
        "2026-{:04d}",
        _sold("Unterhaltsreinigung Büro; AG-1; Std; 31.40; 19; 14", "Glasreinigung Fassade; AG-2; m²; 2.65; 19; 120",
              "Teppichreinigung; AG-3; m²; 3.90; 19; 70", "Grundreinigung Küche; AG-4; Std; 36.20; 19; 6"),
        ("Alsterglanz",), 14, "FACILITY", monthly=("Grundpauschale Treppenhaus", Decimal("118.40")),
    ),
    Firm(
        "V-104", "Lindhorst Werkzeughandel GmbH", "Industriering 27", "49084 Osnabrück", "DE", "sides", "LW-26-{:04d}",
        _sold("Bohrersatz HSS 19-teilig; 40112; Stk; 46.70; 19; 5", "Akkuschrauber 18 V; 41200; Stk; 129.00; 19; 3",
              "Schutzhandschuhe Gr. 9; 45510; Paar; 4.15; 19; 40", "Schraubendrehersatz; 40230; Stk; 27.95; 19; 6",
              "Trennscheibe 125 mm; 42125; Stk; 1.89; 19; 60", "Arbeitsleuchte LED; 47001; Stk; 54.30; 19; 4"),
        ("Lindhorst Werkzeuge",), 30, "WORKSHOP",
    ),
    Firm(
        "V-105", "Atelier Héron SARL", "18 rue des Tanneurs", "69005 Lyon", "FR", "banner", "F2026-{:04d}",
        _sold("Location de salle; AH-01; jour; 240.00; 20; 2", "Vidéoprojecteur; AH-02; jour; 62.50; 20; 3",
              "Accueil café; AH-03; pièce; 6.40; 10; 24", "Plateau repas; AH-04; pièce; 17.90; 10; 14",
              "Sonorisation; AH-05; jour; 85.60; 20; 2"),
        ("Atelier Héron",), 30, "EVENTS",
    ),
    Firm(
        "V-106", "Fournitures Vasseur SAS", "4 quai du Wault", "59800 Lille", "FR", "letter", "FV/26/{:04d}",
        _sold("Ramette papier recyclé; 11020; pièce; 5.35; 20; 40", "Cartouche encre noire; 11340; pièce; 32.70; 20; 8",
              "Classeur à levier; 12001; pièce; 3.15; 20; 40", "Agrafeuse métal; 12210; pièce; 18.60; 20; 6",
              "Bloc-notes quadrillé; 12440; pièce; 2.28; 20; 60"),
        ("Vasseur Fournitures",), 45, "OFFICE",
    ),
    Firm(
        "V-107", "Traduction Belleroche SARL", "27 avenue Foch", "54000 Nancy", "FR", "plain", "TB-{:04d}",
        _sold("Traduction technique; TR-1; heure; 58.00; 20; 9", "Relecture; TR-2; heure; 42.50; 20; 7",
              "Interprétation de liaison; TR-3; heure; 71.00; 20; 5"),
        ("Belleroche",), 30, "SALES", monthly=("Abonnement glossaire", Decimal("89.90")),
    ),
    Firm(
        "V-108", "Drukkerij De Kade B.V.", "Havenkade 61", "3011 TA Rotterdam", "NL", "boxed", "26{:05d}",
        _sold("Visitekaartjes 250 stuks; DK-01; stuks; 38.50; 21; 5", "Folder A5 gevouwen; DK-02; stuks; 0.46; 21; 500",
              "Poster A2; DK-03; stuks; 7.20; 21; 40", "Briefpapier 500 vel; DK-04; stuks; 64.00; 21; 4",
              "Roll-up banner; DK-05; stuks; 92.30; 21; 3"),
        ("De Kade Drukwerk",), 30, "SALES",
    ),
    Firm(
        "V-109", "Van Berkel Logistiek B.V.", "Distributieweg 9", "5048 AS Tilburg", "NL", "sides", "VB-2026-{:04d}",
        _sold("Palletvervoer binnenland; VB-10; stuks; 48.75; 21; 7", "Koeriersrit; VB-11; stuks; 29.40; 21; 10",
              "Opslag pallet per week; VB-12; stuks; 6.35; 21; 50", "Laadklep toeslag; VB-13; stuks; 17.50; 21; 8"),
        ("Van Berkel",), 30, "LOGISTICS", order_required=True,
    ),
    Firm(
        "V-110", "Groenhof Kantoorplanten B.V.", "Kwekerijlaan 33", "1431 GS Aalsmeer", "NL", "plain", "GK{:04d}",
        _sold("Onderhoud beplanting; GK-1; uur; 44.20; 21; 8", "Ficus 160 cm; GK-2; stuks; 79.50; 9; 4",
              "Plantenbak antraciet; GK-3; stuks; 61.30; 21; 5", "Voeding 5 liter; GK-4; stuks; 21.75; 9; 6"),
        ("Groenhof",), 14, "FACILITY", monthly=("Huur beplanting", Decimal("74.60")),
    ),
    Firm(
        "V-111", "Tidewater Software Ltd", "12 Harbour Row", "Cork T12 X8N6", "IE", "modern", "INV-{:05d}",
        _sold("Support hours; TW-SUP; hours; 82.00; 23; 6", "Additional seats; TW-SEAT; pcs; 14.75; 23; 25",
              "Backup storage 100 GB; TW-BKP; pcs; 9.60; 23; 30", "Remote training; TW-TRN; hours; 96.50; 23; 4"),
        ("Tidewater",), 30, "IT",
    ),
    Firm(
        "V-112", "Kestrel Lab Supplies Ltd", "Unit 5 Parkmore", "Galway H91 KT22", "IE", "modern", "KL/{:05d}",
        _sold("Nitrile gloves box 100; KL-210; pcs; 8.45; 23; 40", "Pipette tips 1000 pcs; KL-334; pcs; 31.90; 23; 9",
              "Sample tubes 15 ml; KL-402; pcs; 24.15; 23; 12", "Lab notebook A4; KL-511; pcs; 12.80; 23; 15",
              "Waste container 30 l; KL-620; pcs; 19.35; 23; 12"),
        ("Kestrel Lab",), 30, "LAB",
    ),
    Firm(
        "V-201", "Vostochnay Shiping B.V.", "Maasvlakte 200", "3199 LZ Rotterdam", "NL", "boxed", "VS-{:04d}",
        _sold("Containervervoer; VS-1; stuks; 145.00; 21; 3", "Havengeld; VS-2; stuks; 38.00; 21; 3"),
        (), 30, "LOGISTICS", listed="Vostochnaya Shipping",
    ),
    Firm(
        "V-202", "Karadagh Metall Export GmbH", "Hüttenweg 7", "47137 Duisburg", "DE", "letter", "KM-{:04d}",
        _sold("Stahlwinkel verzinkt; KM-1; Stk; 8.70; 19; 40", "Flachstahl 2 m; KM-2; Stk; 17.25; 19; 20"),
        (), 30, "WORKSHOP", listed="Karadag Metal Export",
    ),
    Firm(
        "V-203", "Zarenko Trading Ltd", "3 Quay Street", "Limerick V94 T9PX", "IE", "modern", "ZT-{:04d}",
        _sold("Consulting hours; ZT-1; hours; 74.00; 23; 6", "Market report; ZT-2; pcs; 112.00; 23; 3"),
        (), 30, "SALES", listed="Zarrenko Trading",
    ),
)  # fmt: skip
"""Twelve of ordinary trade, and three that stand on the sanctions list."""

ORDINARY = tuple(firm for firm in FIRMS if firm.listed is None)
LISTED = tuple(firm for firm in FIRMS if firm.listed is not None)

BUYERS = {
    cc: Party(name, street, city, cc, ids.vat(cc, "month buyer"))
    for cc, name, street, city in (
        ("DE", "Nordkai Instrumente GmbH", "Kaistraße 40", "20459 Hamburg"),
        ("FR", "Nordkai France SAS", "9 boulevard Vauban", "59000 Lille"),
        ("NL", "Nordkai Nederland B.V.", "Zuidplein 12", "1077 XV Amsterdam"),
        ("IE", "Nordkai Ireland Ltd", "2 Custom House Plaza", "Dublin D01 C9K4"),
    )
}
"""The firm's companies: each buys in its own country, so that all tax is charged as at home."""


def sanctions_list() -> str:
    """The sanctions list as CSV: whom the month's sellers are like, among others that they are not."""
    others = [
        ("Aurelian Petro Holdings", "Aurelian Petroleum", "entity", "AE"), ("Dimitri Valkonov", "", "person", "BY"),
        ("Blackmere Arms Brokerage", "Blackmere Defence", "entity", "CY"), ("Hassan Qadirzade", "", "person", "AZ"),
        ("Tundra Vessel Management", "Tundra Marine", "entity", "MH"), ("Ostrava Dual Optics", "", "entity", "RS"),
    ]  # fmt: skip
    rows = [(firm.listed or "", "", "entity", firm.cc) for firm in LISTED] + others
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "name", "aliases", "type", "country"])
    writer.writerows((f"S-{n:03d}", *row) for n, row in enumerate(rows, 1))
    return file.getvalue()
