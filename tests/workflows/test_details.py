"""Current details are Markdown on an operator's page, and a document's text is no markup there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.infra.ledger.examples import an_execution
from workflows._shown import execution_lines, plain


def test_a_documents_text_makes_no_link_picture_or_heading() -> None:
    assert plain("[pay here](http://x)") == r"\[pay here\]\(http: //x\)"
    assert plain("# Approved\n\n![x](y) <b>") == r"\# Approved \!\[x\]\(y\) \<b\>"
    assert len(plain("x" * 5000)) == 500


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://evil.example/pay", "see https: //evil.example/pay"),
        ("WWW.evil.example", "WWW. evil.example"),
        ("mail a@evil.example", "mail a@ evil.example"),
        ("<a href='x'>EUR</a>", r"\<a href='x'\>EUR\</a\>"),
        ("&lt;b&gt; ~~gone~~", r"\&lt;b\&gt; \~\~gone\~\~"),
        ("EUR\u202e00.1", "EUR 00.1"),
        ("EUR\u2066\u200b\ufeff1", "EUR 1"),
        ("EUR\x1b[31m\x00", r"EUR \[31m"),
        ("EUR\n\n# Approved", r"EUR \# Approved"),
        ("R&D GmbH", r"R\&D GmbH"),
    ],
)
def test_a_documents_text_is_text_however_it_is_written(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_what_stands_for_a_currency_is_a_documents_text_too() -> None:
    stub = an_execution(vendor="Northwind", amount=Decimal("1.00"), currency="[EUR](http://x)")
    (line,) = [line for line in execution_lines(stub, step="check", trace=None) if "Invoice" in line]
    assert line.endswith(r"\[EUR\]\(http: //x\)")
