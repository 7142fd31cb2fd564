"""Who issued a document and whom it is addressed to, by labels, addresses and what firms print of themselves."""

from __future__ import annotations

import pytest

from agents.documents.reading import Reading
from agents.fields.grounds import Ground
from agents.pages import draft
from agents.pages._candidates import Candidates
from agents.pages._parties import MOST, Parties, country_of, is_name
from tests.agents.drawn_pages import page


def parties(*lines: str) -> Parties:
    return Parties(Candidates(page(*lines)))


def names(*lines: str) -> tuple[str, str]:
    """Seller and buyer."""
    found = parties(*lines)
    return found.seller[0].candidate.value, found.buyer[0].candidate.value


def grounds(reading: Reading) -> dict[str, list[Ground]]:
    fields = draft(reading).fields
    return {role: fields[f"{role}.name"].grounds for role in ("seller", "buyer") if f"{role}.name" in fields}


GOODS = ["Paper   2   5.00   10.00"] * 58
"""Rows that fill a page, so that what follows stands at its foot."""


LABELLED = {
    "seller left": (
        "Seller:                 Buyer:",
        "Alpha Papers Ltd        Beta Books",
        "4 Mill Lane             22 Quay Street",
        "Leeds LS1 4AP           Bristol BS1 4DJ",
    ),
    "seller right": (
        "Bill to:                 From:",
        "Beta Books               Alpha Papers Ltd",
        "22 Quay Street           4 Mill Lane",
        "Bristol BS1 4DJ          Leeds LS1 4AP",
    ),
    "buyer first": ("Rechnungsempfänger: Beta Books", "Rechnungssteller: Alpha Papers Ltd"),
    "seller first": ("Verkäufer: Alpha Papers Ltd", "Käufer: Beta Books"),
    "by field": (
        "Leverancier                     Klant",
        "Naam:     Alpha Papers Ltd      Naam:     Beta Books",
        "Plaats:   Leiden                Plaats:   Delft",
    ),
}


@pytest.mark.parametrize("lines", LABELLED.values(), ids=LABELLED)
def test_who_is_labelled_is_named_whatever_the_order(lines: tuple[str, ...]) -> None:
    assert names(*lines) == ("Alpha Papers Ltd", "Beta Books")


BESIDE = ("Seller:     Alpha Papers Ltd", "Buyer:      Beta Books")


@pytest.mark.parametrize("between", [(), ("",), ("Reg. no.    12345678",)])
def test_labels_beside_two_names_in_one_column_say_who_is_who(between: tuple[str, ...]) -> None:
    assert names(BESIDE[0], *between, BESIDE[1]) == ("Alpha Papers Ltd", "Beta Books")


def test_a_label_is_ground_enough_where_it_announces_one_name() -> None:
    assert grounds(page(*LABELLED["seller left"])) == {"seller": ["label"], "buyer": ["label"]}


@pytest.mark.xfail(strict=True, reason="the value of the next field is taken for a second name")
def test_the_value_of_the_field_below_is_no_second_name() -> None:
    assert grounds(page(*LABELLED["by field"])) == {"seller": ["label"], "buyer": ["label"]}


def test_below_a_return_address_stands_the_buyer_and_in_it_the_seller() -> None:
    lines = (
        "Muster Metallbau · Hafenstr. 12 · 20457 Hamburg",
        "",
        "Beispiel Handels AG",
        "Frau Petra Klein",
        "Lindenweg 3",
        "50667 Köln",
        "",
        "Rechnung Nr. 17",
        "Ware   2   50,00   100,00",
    )
    assert names(*lines) == ("Muster Metallbau", "Beispiel Handels AG")
    assert grounds(page(*lines))["seller"] == ["position"]


def test_a_seller_may_stand_in_the_imprint_alone() -> None:
    lines = (
        "FACTUUR",
        "",
        "Hotel Zeezicht",
        "Strandweg 11",
        "2586 JK Den Haag",
        "",
        *GOODS,
        "",
        "Bakkerij De Molen B.V.   KvK 30123456   IBAN NL91 ABNA 0417 1643 00",
        "www.demolen.test   BTW NL004495445B01",
    )
    assert names(*lines) == ("Bakkerij De Molen B.V.", "Hotel Zeezicht")
    assert grounds(page(*lines))["seller"] == ["firm", "confirmed"]  # by its imprint, and by its web site


@pytest.mark.parametrize(
    "block",
    [
        ("Harbour Books Limited", "Accounts Payable", "Attn: Jane Miller", "22 Quay Street", "Bristol BS1 4DJ"),
        ("Bill to:", "Attn: Jane Miller", "Accounts Payable", "Harbour Books Limited", "Bristol BS1 4DJ"),
        ("Bill to:", "Harbour Books Limited", "Contact: Jane Miller", "22 Quay Street"),
        ("Rechnung an", "z. Hd. Frau Miller", "Harbour Books Limited", "22 Quay Street"),
    ],
)
def test_a_department_or_a_person_in_an_address_is_not_the_buyer(block: tuple[str, ...]) -> None:
    found = parties("Alpha Papers Ltd, 4 Mill Lane, Leeds LS1 4AP", "", *block, "", "INVOICE 17")
    assert found.buyer[0].candidate.value == "Harbour Books Limited"


def test_of_two_names_one_above_the_other_either_may_be_meant() -> None:
    shop = page(
        "Blue Door Design",
        "Studio Amsel",
        "4 Mill Lane",
        "Leeds LS1 4AP",
        "www.bluedoor.test",
        "",
        "Bill to:",
        "Corner Shop",
        "Mary Jones",
        "22 Quay Street",
        "Bristol BS1 4DJ",
    )
    assert grounds(shop) == {"seller": ["two names"], "buyer": ["two names"]}
    found = Parties(Candidates(shop))
    assert {n.candidate.value for n in found.seller[:2]} == {"Blue Door Design", "Studio Amsel"}


def test_a_legal_form_or_an_account_settles_which_of_two_names_is_meant() -> None:
    firm = page("Bill to:", "Corner Shop Ltd", "Mary Jones", "22 Quay Street", "Bristol BS1 4DJ")
    assert grounds(firm)["buyer"] == ["label"]
    owned = parties("Blue Door Design", "Studio Amsel", "Leeds LS1 4AP", "", "Account holder: Studio Amsel")
    assert (owned.seller[0].candidate.value, owned.seller[0].two_names) == ("Studio Amsel", False)


SLIP = (
    "Alpha Papers Ltd",
    "4 Mill Lane",
    "Leeds LS1 4AP",
    "",
    "Harbour Books Limited",
    "22 Quay Street",
    "Bristol BS1 4DJ",
    "",
    "INVOICE 17",
    *GOODS,
    "Payment slip",
)


@pytest.mark.parametrize(
    "label",
    [
        pytest.param((), marks=pytest.mark.xfail(strict=True, reason="the block below the letterhead wins")),
        ("Bill to:",),
    ],
)
def test_a_payment_slip_does_not_make_the_payee_the_buyer(label: tuple[str, ...]) -> None:
    lines = (*SLIP[:4], *label, *SLIP[4:], "To:", "Alpha Papers Ltd", "Amount: 120.00")
    assert names(*lines) == ("Alpha Papers Ltd", "Harbour Books Limited")


def test_who_is_paid_by_a_slip_is_the_seller() -> None:
    lines = (*SLIP[:3], "", "Bill to:", *SLIP[4:], "Account holder: Alpha Papers Ltd", "From: Harbour Books Limited")
    assert names(*lines) == ("Alpha Papers Ltd", "Harbour Books Limited")


def test_seller_and_buyer_are_never_the_same() -> None:
    found = parties("Alpha Papers Ltd", "4 Mill Lane", "Leeds LS1 4AP", "", "Alpha Papers Ltd", "Harbour Books Ltd")
    assert found.seller[0].candidate.value != found.buyer[0].candidate.value


def test_the_only_name_is_not_both_parties() -> None:
    fields = draft(page("Alpha SARL", "12 rue des Lilas", "69003 Lyon", "Facture 17")).fields
    assert "buyer.name" not in fields or fields["buyer.name"].value != fields["seller.name"].value


def test_a_ship_to_address_is_not_the_buyer() -> None:
    lines = (
        "Seller: Alpha Papers Ltd",
        "",
        "Ship to:              Bill to:",
        "Depot North Ltd       Harbour Books Limited",
        "1 Dock Road           22 Quay Street",
        "Hull HU1 1AA          Bristol BS1 4DJ",
    )
    assert names(*lines) == ("Alpha Papers Ltd", "Harbour Books Limited")


@pytest.mark.parametrize(
    "text",
    [
        "4 Mill Lane", "Hafenstr. 12", "12 rue des Lilas", "Via Roma 2", "Kerkstraat 5", "Calle Mayor 5", "P.O. Box 12",
        "Postfach 10 20", "20457 Hamburg", "75016 Paris", "3511 AB Utrecht", "Leeds LS1 4AP", "Deutschland",
        "Rechnung", "FACTURE", "Credit note", "Seite 1", "Original", "Rechnungsnummer", "Total", "IBAN", "Bill to",
        "Tel. 040 12345", "Telefon 040 12345", "info@a.test", "www.a.test", "+49 40 12345", "DE136695976", "17", "",
        "Thank you for your business and for paying in time, we remain sincerely yours",
    ],
)  # fmt: skip
def test_streets_towns_titles_labels_and_numbers_are_no_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "Alpha Papers Ltd", "O'Brien & Sons", "3M Deutschland GmbH", "Jean-Luc Martin", "Société Générale", "ČEZ, a.s.",
        "Ørsted A/S", "Van der Meulen", "H&M", "Dr. med. Anna Weiß", "Müller", "Hotel Zeezicht", "Bäckerei am Ring",
        "Deutsche Telekom AG", "Mobility Center GmbH",
    ],
)  # fmt: skip
def test_firms_and_persons_are_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    ("line", "country"),
    [
        ("Deutschland", "DE"),
        ("75016 Paris, France", "FR"),
        ("1010 Wien / Österreich", "AT"),
        ("D-20457 Hamburg", "DE"),
        ("CH-8000 Zürich", "CH"),
        ("L-1234 Luxembourg", "LU"),
        ("Wien, AT", "AT"),
        ("Amsterdam (NL)", "NL"),
        ("The United Kingdom of nothing", None),
        ("Hamburg", None),
        ("San Francisco, CA 94105", None),
        pytest.param("Dover, DE 19901", None),
    ],
)
def test_a_line_of_an_address_may_name_its_country(line: str, country: str | None) -> None:
    assert country_of(line) == country


def test_an_address_ends_where_another_begins() -> None:
    found = parties("Alpha Papers Ltd", "4 Mill Lane", "Germany", "Bill to:", "Beta Books Ltd", "1 Quai", "France")
    cells = {cell.text: cell for cell in Candidates(page()).layout.cells()} or {
        n.candidate.value: n.candidate.cell for n in [*found.seller, *found.buyer]
    }
    assert [c.text for c in found.block(cells["Alpha Papers Ltd"])] == ["Alpha Papers Ltd", "4 Mill Lane", "Germany"]
    assert (found.country(cells["Alpha Papers Ltd"]), found.country(cells["Beta Books Ltd"])) == ("DE", "FR")


def test_no_more_names_are_kept_than_are_worth_a_choice() -> None:
    many = parties(*[f"{chr(65 + n)}lpha {chr(65 + n)}eta Ltd" for n in range(26)])
    assert len(many.seller) <= MOST + 1
    assert parties("1", "2").seller == []


@pytest.mark.parametrize(
    ("lines", "seller", "buyer"),
    [
        (  # a person behind the firm on one line, with the customer's own VAT id; the seller's web site is in the footer
            (
                "Marais Frères SPRL",
                "Quai aux Briques 4",
                "1000 Bruxelles",
                "",
                "                                   Librairie du Parc, Anne Dubois",
                "                                   Rue Haute 7",
                "                                   4000 Liège",
                "                                   TVA: BE0403019261",
                "",
                *GOODS,
                "",
                "www.marais-freres.test   info@marais-freres.test   BE0428759497",
            ),
            "Marais Frères SPRL",
            "Librairie du Parc",
        ),
        (  # a name of two lines, which the web site carries with its umlaut written out
            (
                "Büro für Vermessung",
                "Lang und Kurz mbB",
                "Hafenstr. 12",
                "20457 Hamburg",
                "",
                "                                   Stiftung Elbufer, z. Hd. Frau Meier",
                "                                   Lindenweg 3",
                "                                   50667 Köln",
                "",
                *GOODS,
                "",
                "www.buero-fuer-vermessung.test",
            ),
            "Büro für Vermessung Lang und Kurz mbB",
            "Stiftung Elbufer",
        ),
        (  # the town of the head is no party, nor is the place before a day
            (
                "Lucetta Sagl                       Bellinzona, 01.03.2026",
                "6500 Bellinzona",
                "Via Cantonale 8",
                "                                   Atelier Jeanrichard",
                "                                   Rue du Parc 14",
                "                                   2300 La Chaux-de-Fonds",
                "",
                *GOODS,
            ),
            "Lucetta Sagl",
            "Atelier Jeanrichard",
        ),
        (  # who is delivered to stands a second time, in the window
            (
                "Nordwind Handel GmbH · Hafenstr. 12 · 20457 Hamburg",
                "",
                "Lieferanschrift                    Café Anker",
                "Café Anker                         Sven Ole",
                "Kai 3                              Kai 3",
                "18055 Rostock                      18055 Rostock",
                "",
                *GOODS,
            ),
            "Nordwind Handel GmbH",
            "Café Anker",
        ),
        (  # a label in a word that nobody lists, beside one of the seller
            (
                "From                               Charged",
                "Ada Rowe Design                    Fenland Growers",
                "4 Mill Lane                        77 Fen Road",
                "CB1 2AB Cambridge                  PE1 1AA Peterborough",
                "",
                *GOODS,
            ),
            "Ada Rowe Design",
            "Fenland Growers",
        ),
        (  # both parties at the foot, the buyer with a mail address of its own
            (
                "INVOICE 17",
                "",
                *GOODS,
                *[""] * 30,
                "HARBOUR DATA LTD                   BILLED TO",
                "2 Quay Street                      Orchard Dental Partners",
                "BS1 4TR Bristol                    office@orchard-dental.test",
                "info@harbour-data.test             9 High Street",
                "                                   BA1 5AB Bath",
            ),
            "HARBOUR DATA LTD",
            "Orchard Dental Partners",
        ),
        (  # a manager whose mail address it is, too
            (
                "Otto GmbH · Gartenstr. 17 · 65432 Mainz",
                "",
                "Paul Peter",
                "Ring 24",
                "70188 Stuttgart",
                "",
                *GOODS,
                *[""] * 20,
                "Otto GmbH           Max Reimann                    Geschäftsführer: Max Reimann",
                "Gartenstr. 17       E-Mail: max@reimann.test       HRB 12345",
            ),
            "Otto GmbH",
            "Paul Peter",
        ),
        (
            ("Vanta Capital", "4 Mill Lane", "CB1 2AB Cambridge", "", "Bill to: Grey Capital", *GOODS),
            "Vanta Capital",
            "Grey Capital",
        ),
    ],
    ids=[
        "person behind",
        "two lines",
        "town",
        "delivered to",
        "beside the seller",
        "at the foot",
        "manager",
        "capital",
    ],
)
def test_parties_are_found_where_layouts_put_them(lines: tuple[str, ...], seller: str, buyer: str) -> None:
    assert names(*lines) == (seller, buyer)


def test_an_id_of_a_party_whose_name_is_a_guess_is_a_guess() -> None:
    lines = (
        "Rowan School                       Fern Nurseries",
        "VAT ID: GB802364991                VAT ID: GB342515129",
        "4 Mill Lane                        77 Fen Road",
        "CB1 2AB Cambridge                  PE1 1AA Peterborough",
        "",
        *GOODS,
    )
    fields = draft(page(*lines)).fields
    assert "guess" in fields["seller.name"].grounds
    assert "guess" in fields["seller.vat_id"].grounds


def test_who_is_named_only_as_the_holder_of_the_account_is_a_guess() -> None:
    """A factor, or somebody who collects: perhaps the seller, perhaps not."""
    lines = ("RECHNUNG", "", "Paul Peter", "Ring 24", "70188 Stuttgart", "", *GOODS, "", "Kontoinhaber: Abel Factoring")
    fields = draft(page(*lines)).fields
    assert "guess" in fields["seller.name"].grounds


@pytest.mark.parametrize(
    ("printed", "path", "value"),
    [
        ("Tax Information: EIN 46-1281348", "seller.tax_number", "46-1281348"),
        ("Handelsregister: HR-12345678", "seller.legal_id", "HR-12345678"),
        ("SIRET 73282932000074   SIREN 732829320", "seller.legal_id", "732829320"),
        ("RCS Paris - Siège: 8 rue Haute 75008 Paris", "seller.legal_id", None),
    ],
)
def test_a_register_number_is_the_firms_and_no_postal_code(printed: str, path: str, value: str | None) -> None:
    fields = draft(page("Vanta Ltd", "4 Mill Lane", "CB1 2AB Cambridge", "", *GOODS, "", printed)).fields
    assert (fields[path].value if path in fields else None) == value
