"""Where an invoice asks to be paid, through the agent's graph: only what is the vendor's is approved without a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.controls.matching._accounts import account_findings
from agents.fields.destinations import MOST, Destination, Scheme, find, kept
from agents.steps import DocumentFacts
from infra.connections import Connections
from tests.agents.conftest import Execution
from tests.agents.invoice.test_controls import IBAN, NORTHWIND
from tests.agents.invoice.test_graph import UBL
from tests.growth import grows_gently
from tests.scripted.invoices import invoice_pdf

OTHER = "GB33BUKB20201555555555"
ELSEWHERE = (
    "IBAN: gb33 bukb 2020 1555 5555 55",
    "gb33bukb20201555555555",
    "IBAN: GB33-BUKB-2020-1555-5555-55",
    "IBAN: GB33.BUKB.2020.1555.5555.55",
    "IBAN: GB3 3BU KB2 020 155 555 555 5",
    "GB33/BUKB/2020/1555/5555/55",
    "G B 3 3 B U K B 2 0 2 0 1 5 5 5 5 5 5 5 5 5",
    "IBANGB33BUKB20201555555555",
    "IBAN:GB33\u00a0BUKB\u00a02020\u00a01555\u00a05555\u00a055",
    "IBAN GB33 BUKB 2O2O I555 5555 55",
    "IBAN GB33 BUKB\n2020 1555 5555 55",
    "IBAN GB33 BUKB 2020 1555 5555 56",
    "IBAN DE89 3704 0044 0532 0130 01",
    "Buyer: Example Buyer GmbH\nAccount number: 12 3456 7890 1234 5678 9012 3456",
    "Buyer: Example Buyer GmbH\nAccount no. 30004008280001234567819",
    "IBAN: 8937 0400 4405 3201 3000 99",
    "BCD 002 1 SCT BUKBGB22 Northwind GB33BUKB20201555555555 EUR120.00",
    "Please transfer to GB33 BUKB 2020 1555 5555 55\u00b9",
    "Transfers toGB33BUKB20201555555555",
    "NWGB33BUKB20201555555555",
    "GB33 BUKB 2020 1555 5555 550 only",
    "Account number 31926819, Sort code 60-16-13",
    "Sort code: 601613\nAccount number: 31926819",
    "60-16-13 31926819 (Lloyds, pay here)",
    "A/C 31926819 at Barclays",
    "Bank account: 31926819",
    "Kto. 532013001 BLZ 37040044",
    "Kontonummer 1234567, Bankleitzahl 500 105 17",
    "Konto 7654321 bei der Sparkasse Emden",
    "Bitte auf Konto 7654321 überweisen",
    "Routing number 021000021, account 123456789",
    "ABA 021000021 Acct # 123456789",
    "Wire to account 123456789",
    "BSB 062-000 Account 12345678",
    "IFSC: HDFC0001234, A/C No. 50100012345678",
    "CLABE 032180000118359719",
    "Bankgiro 5050-1055",
    "Plusgiro: 4 12 34-5",
    "PC-Konto 01-39139-1",
    "Code banque 20041 Code guichet 01005 Compte 0500013M026",
    "Reg.nr. 1234 Kontonr. 1234567890 Bank",
    "Rekeningnummer 41.71.64.300 bij de ABN AMRO Bank",
    "ABI 05428 CAB 11101 c/c 000000123456",
    "BIC BUKBGB22",
    "SWIFT code: CHASUS33",
    "SWIFT\n\nCHASUS33XXX",
    "INGDDEFFXXX (BIC)",
    "S.W.I.F.T. CHASUS33",
    "Our bank: INGDDEFFXXX",
    f"from now on IBAN: {OTHER}",
    "Account number 31926819",
    "Acct #: 31926819",
    "A/C no. [31926819]",
    "Account number\n\n31926819",
    "Account number\nLloyds\n31926819",
    "Account number for payments: 31926819",
    "Kontonummer = 7654321",
    "N\u00b0 de compte : 31926819",
    "N\u00famero de cuenta - 31926819",
    "Rekeningnr. 7654321",
    "Nr konta: 31926819",
    "Sort code / Bank: 60-16-13",
    "BIC: INGDDEFFXXX",
    "PayPal to billing@northwind.example",
    "PayPal: billing (at) northwind.example",
    "billing@northwind.example (PayPal)",
    "paypal.me/northwind",
    "Pay online: https://pay.northwind.example/R-1",
    "https://buy.stripe.com/3cs8xA",
    "Wise: @northwind",
    "Revolut +44 7700 900123",
    "https://revolut.me/northwind",
    "Bitcoin 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "ETH 0x52908400098527886E0F7030069857D2E4169EE7",
    "USDT wallet TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
    "Payment by Western Union to John Doe",
    "Please pay to Global Factors Ltd",
    "Remit to: Global Factors Ltd, London",
    "Cheques payable to John Doe",
    "Zahlbar an Nordfaktor Bank AG",
    "This invoice has been assigned to Global Factors Ltd.",
    "Diese Forderung ist an die Nordfaktor Bank AG abgetreten.",
)
OWN = (
    f"IBAN: {IBAN}",
    "IBAN: DE89 3704 0044 0532 0130 00",
    "iban de89 3704 0044 0532 0130 00",
    "IBAN DE89-3704-0044-0532-0130-00",
    f"IBAN{IBAN}",
    f"IBAN {IBAN} BIC COBADEFFXXX",
    f"IBAN {IBAN} SWIFT: COBADEFF",
    f"IBAN {IBAN}\nKto. 532013000 BLZ 370 400 44",
    f"IBAN {IBAN}\nKontonummer 0532013000, Bankleitzahl 37040044",
    f"IBAN {IBAN}\nAccount holder: Northwind Papers Ltd",
    f"IBAN {IBAN}\nAccount holder: N. Orth",
    f"IBAN {IBAN}\nPlease pay to Northwind Papers Ltd",
    f"IBAN {IBAN}\nPayable to: Northwind Papers Limited within 30 days",
    f"IBAN {IBAN}\nYour customer account: 4711",
    f"IBAN {IBAN}\n\nOrder 12 of 2 October\n\nCustomer account number: 47110815",
    f"IBAN {IBAN}\nKundenkonto 100234\nSachkonto 4400",
    f"IBAN {IBAN}\n\nOrder 12\n\nGeneral ledger account 440012",
    f"IBAN {IBAN}\n\nOrder 12\n\nAccount number: 296664039561\nBill to address: Contoso Ltd",
    f"IBAN {IBAN}\n\nTel. 0532 013000",
    f"IBAN {IBAN}\n\nOrder 12\n\nAccount manager: 02079460000",
    f"IBAN {IBAN}\n\nOrder 12\n\nAccount enquiries call: 0800 1234567",
    f"IBAN {IBAN}\n\nOrder 12\n\nNuméro de compte client : 41100123",
    f"IBAN {IBAN}\nPlease quote account 47110815 with your payment",
    f"IBAN {IBAN}\nIBAN DE89 **** **** **** 3000",
    f"IBAN {IBAN}\nDelivered to Global Factors Ltd by our partner Parcels GmbH",
    f"IBAN {IBAN}\nWe accept PayPal, Visa and Mastercard",
    f"IBAN {IBAN}\nQuestions: billing@northwind.example, +44 20 7946 0000, www.northwind.example",
    f"IBAN {IBAN}\nCompany number 31926819, VAT GB 999 9999 73",
    "IBAN ending 3000",
    "IBAN DE** **** **** **** **30 00",
)


@pytest.mark.parametrize("beside", ["", f"IBAN: {IBAN}\n"], ids=["alone", "second"])
@pytest.mark.parametrize("text", ELSEWHERE)
async def test_what_is_not_known_to_be_the_vendors_goes_to_a_person(
    execution: Execution, connected: Connections, text: str, beside: str
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    await execution.submit(invoice_pdf("R-1", extra=beside + text), ask="nothing", sure=0)
    assert execution.waits
    told = [
        f for f in execution.state["findings"]["match"] if f["rule"] == "VENDOR-ACCOUNT" and f["severity"] == "error"
    ]
    assert told, execution.asked_for
    assert all(f["message"] in execution.asked_for for f in told)
    assert any(f["evidence"].get("page") == 1 for f in told)


@pytest.mark.parametrize("text", OWN)
async def test_the_vendors_own_account_is_approved_in_any_writing_with_what_follows_from_it(
    execution: Execution, connected: Connections, text: str
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    state = await execution.submit(invoice_pdf("R-1", extra=text), ask="nothing", sure=0)
    assert state["decision"]["outcome"] == "approve", state["decision"]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (f"IBAN: {IBAN}", "approve"),
        (f"IBAN: {IBAN}\nKto. 532013000 BLZ 37040044\nBIC COBADEFFXXX", "approve"),
        (f"IBAN: {IBAN}\nIBAN: {OTHER}", "review"),
        (f"IBAN: {IBAN}\nIBAN: GB33 BUKB 2020 1555 5555 56", "review"),
        (f"IBAN: {IBAN}\nSort code 60-16-13", "review"),
        ("Account number 31926819, Sort code 60-16-13", "review"),
        ("PayPal to billing@northwind.example", "review"),
        ("BIC BUKBGB22", "review"),
        (f"IBAN: {IBAN}\nPlease pay to Global Factors Ltd", "review"),
        (f"We debit your account by direct debit: {IBAN}", "review"),
    ],
)
async def test_without_a_master_nothing_may_be_named_beside_the_account_that_was_read(
    execution: Execution, text: str, outcome: str
) -> None:
    state = await execution.submit(invoice_pdf("R-1", extra=text), ask="nothing", sure=0)
    assert state["decision"]["outcome"] == outcome, state["decision"]
    assert ("PAYMENT-DESTINATION" in execution.rules) == (outcome == "review")


@pytest.mark.parametrize(
    "text",
    [
        "Account number 31926819, Sort code 60-16-13",
        "PayPal to billing@northwind.example",
        "Bankgiro 5050-1055",
        f"IBAN {IBAN} BIC INGDDEFFXXX",
        "Diese Forderung ist an die Nordfaktor Bank AG abgetreten.",
        "Please pay to Nordfaktor Bank AG",
    ],
)
async def test_another_way_to_pay_that_the_master_has_is_the_vendors(
    execution: Execution, connected: Connections, text: str
) -> None:
    ways = ["60-16-13 31926819", "billing@northwind.example", "5050-1055", "INGDDEFF", "Nordfaktor Bank AG"]
    await connected.ledger.put_vendors([NORTHWIND.model_copy(update={"destinations": ways})])
    state = await execution.submit(invoice_pdf("R-1", extra=text), ask="nothing", sure=0)
    assert state["decision"]["outcome"] == "approve", state["decision"]


SECOND = "DE12500105170648489890"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("BLZ 37040044 Kto 532013000\nBLZ 50010517 Kto 648489890", []),
        ("BLZ 37040044\nBLZ 50010517\nKto 532013000\nKto 648489890", []),
        ("Kto 532013000 BLZ 37040044\nKto 648489890 BLZ 50010517", []),
        ("BLZ 50010517 Kto 648489890", []),
        ("BLZ 37040044 Kto 648489890\nBLZ 50010517 Kto 532013000", ["648489890", "532013000"]),
        ("Kto 648489890 BLZ 37040044\nKto 532013000 BLZ 50010517", ["648489890", "532013000"]),
        ("BLZ 37040044 Kto 648489890", ["648489890"]),
    ],
)
def test_a_code_and_a_number_prove_only_together(text: str, wrong: list[str]) -> None:
    vendor = NORTHWIND.model_copy(update={"ibans": [IBAN, SECOND]})
    named = [Destination(scheme=f.scheme, value=f.value, printed=f.value, page=1) for f in find(text)]
    assert [f.evidence["found"] for f in account_findings(vendor, {}, named) if f.is_error] == wrong


async def test_the_buyers_account_that_is_debited_is_no_destination_beside_the_vendors(
    execution: Execution, connected: Connections
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    extra = f"IBAN: {IBAN}\nWe collect it from your account {OTHER}"
    state = await execution.submit(invoice_pdf("R-1", extra=extra), ask="nothing", sure=0)
    rules = [found["rule"] for of in state["findings"].values() for found in of if found["severity"] == "error"]
    assert rules == ["DIRECT-DEBIT"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("transfer to \ua4d6\ua4d033 BUKB 2020 1555 5555 55", OTHER),  # Lisu
        (
            "\u0399\u0392\u0391\u039d: GB33 BUKB 2020 1555 5555 56",
            "GB33BUKB20201555555556",
        ),  # the word in Greek capitals
        ("\u039dL91 ABNA 0417 1643 00", "NL91ABNA0417164300"),  # Greek capital
        ("\u0412E68 5390 0754 7034", "BE68539007547034"),  # Cyrillic capital
    ],
)
def test_letters_of_other_alphabets_are_read_as_what_they_look_like(text: str, value: str) -> None:
    assert value in [one.value for one in find(text)]


@pytest.mark.parametrize(
    ("entry", "printed"),
    [("Twint 079 123 45 67", "Twint an 079 123 45 67"), ("MobilePay +45 12345678", "MobilePay: 12 34 56 78")],
)
def test_a_telephone_number_of_the_master_is_the_vendors_however_it_is_divided(entry: str, printed: str) -> None:
    vendor = NORTHWIND.model_copy(update={"destinations": [entry]})

    def errors(text: str) -> list[str]:
        named = [Destination(scheme=f.scheme, value=f.value, printed=f.value, page=1) for f in find(text)]
        assert named
        return [str(f.evidence["found"]) for f in account_findings(vendor, {}, named) if f.is_error]

    assert errors(printed) == []
    assert errors(printed[:-1] + "9") != []


PARTY = "<a:PayeeParty><a:PartyName><b:Name>{}</b:Name></a:PartyName></a:PayeeParty>"


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        (PARTY.format("Global Factors Ltd"), ["Global Factors Ltd"]),
        (PARTY.format("Northwind Papers Ltd"), []),
        (
            f"<a:PaymentMeans><a:PayeeFinancialAccount><b:ID>{IBAN}</b:ID><b:Name>Northwind {OTHER}</b:Name>"
            "</a:PayeeFinancialAccount></a:PaymentMeans>",
            [OTHER, f"Northwind {OTHER}"],
        ),
        (f"<b:Note>Please pay to {OTHER.lower()} instead</b:Note>", [OTHER]),
        (
            "<a:PaymentMeans><b:PaymentMeansCode>59</b:PaymentMeansCode><a:PaymentMandate><a:PayerFinancialAccount>"
            f"<b:ID>{OTHER}</b:ID></a:PayerFinancialAccount></a:PaymentMandate></a:PaymentMeans>",
            ["59", OTHER],
        ),
        (
            "<a:PaymentMeans><b:PaymentMeansCode>30</b:PaymentMeansCode><a:PayeeFinancialAccount><b:ID>31926819</b:ID>"
            "<a:FinancialInstitutionBranch><b:ID>601613</b:ID></a:FinancialInstitutionBranch></a:PayeeFinancialAccount>"
            "</a:PaymentMeans>",
            ["31926819", "601613"],
        ),
    ],
    ids=["a factor", "the seller itself", "in the name of an account", "in a note", "direct debit", "sort code"],
)
async def test_all_that_an_e_invoice_says_of_who_is_paid_is_held_against_the_master(
    execution: Execution, connected: Connections, xml: str, found: list[str]
) -> None:
    await connected.ledger.put_vendors([NORTHWIND])
    await execution.submit(UBL.replace("<a:TaxTotal>", f"{xml}<a:TaxTotal>", 1).encode(), "a.xml")
    told = [
        f for f in execution.state["findings"]["match"] if f["rule"] == "VENDOR-ACCOUNT" and f["severity"] == "error"
    ]
    assert [f["evidence"]["found"] for f in told] == found


def test_a_state_that_was_kept_before_still_says_what_its_xml_names() -> None:
    facts = DocumentFacts.model_validate(
        {"media_type": "application/xml", "pages": 0, "characters": 1, "xml": "a.xml", "accounts": [OTHER, "4711"]}
    )
    assert [(one.scheme, one.value, one.where) for one in facts.destinations] == [
        (Scheme.IBAN, OTHER, "xml"),
        (Scheme.ACCOUNT, "4711", "xml"),
    ]


def test_more_destinations_than_anybody_has_are_no_way_to_hide_one() -> None:
    text = "\n".join(f"Bank account {n}" for n in range(10_000, 10_100))
    named = kept(Destination(scheme=one.scheme, value=one.value, printed=one.value) for one in find(text))
    assert (len(named), named[-1].scheme) == (MOST, Scheme.UNREADABLE)


@pytest.mark.exhaustive
def test_no_text_can_hold_up_the_search() -> None:
    for line in (
        "12 34 56 78 9 ",
        "IBAN DE12 ",
        "account 12345678 ",
        "paypal ",
        "Kto 1-1-1-1-1 ",
        "this invoice assigned ",
    ):

        def of(characters: int, line: str = line) -> Callable[[], object]:
            text = line * (characters // len(line))
            return lambda: find(text)

        assert grows_gently(of, 20_000), line


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("IBAN GB33 BUKB 2020 1555 5555 55\nAccount number: 31926819", Scheme.ACCOUNT, "31926819"),
        ("Please pay by bank transfer:\nAccount number: 31926819", Scheme.ACCOUNT, "31926819"),
        ("Bank details\nNorthwind\nAccount number: 31926819", Scheme.ACCOUNT, "31926819"),
        ("Our account number is 31926819", Scheme.ACCOUNT, "31926819"),
        ("60-16-13 / 31926819", Scheme.ACCOUNT, "60161331926819"),
        ("Sort: 20-20-15 Acc: 55555555", Scheme.ACCOUNT, None),
        ("CCC 2100 0418 45 0200051332", Scheme.ACCOUNT, "21000418450200051332"),
        ("NIB 0035.0683.00000007843.11", Scheme.ACCOUNT, "003506830000000784311"),
        ("Relevé d'identité bancaire : 20041 01005 0500013M026 06", Scheme.ACCOUNT, "20041010050500013M02606"),
        ("61 1090 1014 0000 0712 1981 2874", Scheme.IBAN, "PL61109010140000071219812874"),
        ("Číslo účtu: 2000145399 / 0800", Scheme.ACCOUNT, None),
        ("Fedwire 021000021", Scheme.ACCOUNT, "021000021"),
        ("+71<000000012345678+12345678<", Scheme.SERVICE, "12345678"),
        ("IBAN: DE** **** **** **** 0130 99", Scheme.MASKED, "DE*013099"),
        ("IBAN GB33 XXXX XXXX XXXX XX55 55", Scheme.MASKED, "GB33*5555"),
        ("IBAN ending in 5555", Scheme.MASKED, "*5555"),
        ("Twint an 079 123 45 67", Scheme.SERVICE, "0791234567"),
        ("Bizum: +34 612 345 678", Scheme.SERVICE, None),
        ("Send by Zelle to (555) 010-9999", Scheme.SERVICE, "5550109999"),
        ("UPI ID evil@ybl", Scheme.SERVICE, "evil@ybl"),
        ("upi://pay?pa=evil@okaxis&pn=Evil", Scheme.SERVICE, None),
        ("Solana 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", Scheme.WALLET, None),
        ("Please transfer to our new partner Global Factors Ltd", Scheme.PAYEE, "Global Factors Ltd"),
        ("Bitte zahlen Sie an unseren Factor Nordfaktor Bank AG", Scheme.PAYEE, "Factor Nordfaktor Bank AG"),
        ("Merci de régler à notre partenaire Global Factors SA", Scheme.PAYEE, "Global Factors SA"),
    ],
)
def test_a_destination_is_found_in_the_writing_of_its_country_or_service(
    text: str, scheme: Scheme, value: str | None
) -> None:
    assert any(f.scheme is scheme and value in (None, f.value) for f in find(text)), find(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your account: 10004711",
        "Bei Zahlung bitte Kundenkonto 10004711 angeben",
        "Erlöskonto 8400",
        "Lieferdatum 12-10-26  40012345",
        "FR 32 123 456 789",
        "DE 80333 München",
        "IBAN: FR76 ***************************",
        "IBAN GB33 **** **** 5555 from your account by direct debit",
        "Swish-Vorhang 12345",
        "Unser Partner im Vertrieb ist Global Papers Ltd",
    ],
)
def test_what_only_looks_like_a_destination_is_none(text: str) -> None:
    assert not find(text)


def test_a_number_of_one_account_is_not_proven_by_the_bank_of_another() -> None:
    vendor = NORTHWIND.model_copy(update={"ibans": [IBAN, "DE27100777770209299700"]})

    def errors(text: str) -> list[str]:
        named = [Destination(scheme=f.scheme, value=f.value, printed=f.value, page=1) for f in find(text)]
        return [str(f.evidence["found"]) for f in account_findings(vendor, {}, named) if f.severity == "error"]

    assert errors("Kto. 209299700 BLZ 37040044") == ["209299700"]
    assert errors("Kto. 532013000 BLZ 37040044") == []
    assert errors("Kto. 532013000 BLZ 37040044\nKto. 209299700 BLZ 10077777") == []
