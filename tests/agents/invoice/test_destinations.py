"""Where an invoice asks to be paid, through the agent's graph: only what is the vendor's is approved without a person."""

from __future__ import annotations

import pytest

from infra.connections import Connections
from tests.agents.conftest import Execution
from tests.agents.invoice.test_controls import IBAN, NORTHWIND
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
    "IBAN: 8937 0400 4405 3201 3000 99",
    "BCD 002 1 SCT BUKBGB22 Northwind GB33BUKB20201555555555 EUR120.00",
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
    f"IBAN {IBAN}\nAccount number: 47110815",
    f"IBAN {IBAN}\nKundenkonto 100234\nSachkonto 4400",
    f"IBAN {IBAN}\nPlease quote account 47110815 with your payment",
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
