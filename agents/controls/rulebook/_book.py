"""A rulebook: what a house wants of its documents, rule by rule, in plain words.

The models here are the file's shape; `loading` reads one, `assess` and `asking` answer its rules.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from agents.controls.rulebook._checks import CHECKS
from agents.controls.rulebook._facts import Facts
from infra.records import Severity

DocumentKind = Literal["invoice", "credit_note", "other", "any"]
Expectation = Literal["yes", "no", "stated"]


def _word(value: object) -> object:
    """YAML reads a bare ``yes`` and ``no`` as true and false."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Part):
    """Circumstances under which a rule applies; all that are named have to hold."""

    zero_tax: bool | None = None
    """It asks for money and charges no tax."""
    taxed: bool | None = None
    """It charges tax."""
    cross_border: bool | None = None
    """Seller and buyer are known to be in two countries; where a country is not known it is not so."""
    eu_seller: bool | None = None
    """The seller is known to be in the EU."""
    vendor_known: bool | None = None
    """The seller is in the vendor master."""
    order_matched: bool | None = None
    """A purchase order covers it."""
    min_amount: Decimal | None = None
    """Its total is at least so much, in its own currency."""

    def holds(self, facts: Facts) -> bool:
        """Whether all of them hold."""
        known = {
            "zero_tax": facts.zero_tax,
            "taxed": facts.taxed,
            "cross_border": facts.cross_border,
            "eu_seller": facts.eu_seller,
            "vendor_known": facts.vendor is not None,
            "order_matched": facts.order_matched,
        }
        if any(getattr(self, name) not in (None, is_so) for name, is_so in known.items()):
            return False
        gross = facts.number("totals.grand_total")
        return self.min_amount is None or (gross is not None and gross >= self.min_amount)


class EvidenceShape(_Part):
    """How evidence must look for an answer to count."""

    quote: Literal["required", "optional"] = "required"
    """Whether an answer that rests on the document must quote it."""
    max_words: int = Field(default=60, ge=1, le=200)
    matches: str | None = None
    """A regular expression the quote has to match somewhere, letter case aside."""

    @field_validator("matches")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"it is no regular expression: {error}") from error
        return pattern

    def problem(self, quote: str) -> str | None:
        """What is wrong with ``quote``; None if nothing is."""
        if len(quote.split()) > self.max_words:
            return f"the quote has more than {self.max_words} words"
        if self.matches and not re.search(self.matches, quote, re.IGNORECASE):
            return "the quote does not have the form the rule wants"
        return None


class Example(_Part):
    """A text, and what the rule says of a document that holds nothing else: the rule's own test."""

    text: str = Field(min_length=1, max_length=4000)
    verdict: Literal["pass", "fail", "not assessable"]
    kind: Literal["invoice", "credit_note", "other"] = "invoice"
    fields: dict[str, str] = Field(default_factory=dict)
    """Values by path, where the rule looks at them: ``totals.tax_total``."""


class Rule(_Part):
    """One rule. It is answered by its ``check`` if it has one and that can; else by ``phrases``; else by a model."""

    id: str = Field(pattern=r"^[A-Z][A-Z0-9-]{1,39}$")
    title: str = Field(min_length=3, max_length=120)
    question: str = Field(min_length=10, max_length=600)
    """In plain words, for the model and for whoever reads the finding."""
    applies_to: list[DocumentKind] = Field(default=["any"], min_length=1)
    when: When = When()
    severity: Severity
    """Of the finding where the rule is not kept."""
    expect: Annotated[Expectation, BeforeValidator(_word)] = "yes"
    """The answer that passes: ``yes``, ``no`` (``not stated`` passes too), or ``stated``: whatever it says of it."""
    evidence: EvidenceShape = EvidenceShape()
    check: str | None = None
    with_: dict[str, object] = Field(default_factory=dict, alias="with")
    """Parameters of the check."""
    phrases: dict[Annotated[str, BeforeValidator(_word)], list[str]] = Field(default_factory=dict)
    """By language: where one stands in the text, the answer is yes, with it as the quote."""
    phrases_in: Literal["text", "heading"] = "text"
    """``heading``: only where a short piece of text at the top begins with it."""
    no_phrase: Literal["ask", "pass", "fail"] = "ask"
    """What it comes to where none of the phrases stands in the text, and no check has answered."""
    tier: str | None = None
    """The tier that is asked, where it is not the first."""
    examples: list[Example] = Field(default_factory=list)

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.check is None and self.with_:
            raise ValueError("it has parameters under `with`, but no `check` to take them; name one, or leave them out")
        if self.check is not None:
            if self.check not in CHECKS:
                raise ValueError(f"there is no check {self.check!r}; there are: {', '.join(sorted(CHECKS))}")
            if problem := CHECKS[self.check].parameter_problem(self.with_):
                raise ValueError(problem)
        if self.no_phrase != "ask" and not (self.phrases or self.check):
            raise ValueError(
                "`no_phrase` says what follows where no phrase is found, but there are no `phrases`; add them"
            )
        return self

    def applies(self, facts: Facts) -> bool:
        """Whether it is asked of this document at all."""
        return bool({"any", facts.kind} & set(self.applies_to)) and self.when.holds(facts)

    @property
    def all_phrases(self) -> list[str]:
        return [phrase for phrases in self.phrases.values() for phrase in phrases]

    @property
    def asks_a_model(self) -> bool:
        """Whether a model may be asked."""
        return self.no_phrase == "ask" and (self.check is None or CHECKS[self.check].may_leave_open)

    def passes(self, answer: Literal["yes", "no", "not_stated"]) -> bool:
        """Whether ``answer`` is what the rule expects."""
        if self.expect == "stated":
            return answer != "not_stated"
        return answer == "yes" if self.expect == "yes" else answer != "yes"


class Rulebook(_Part):
    """Rules of one house or for one kind of document. ``digest`` is that of its file, and its version as far as prompts and
    findings go; ``version`` is for people."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    version: str = Field(min_length=1, max_length=40)
    language: str = Field(pattern=r"^[a-z]{2}$")
    """Of its questions, ISO 639-1."""
    rules: list[Rule] = Field(min_length=1, max_length=200)
    digest: str = ""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if twice := next((id for id in ids if ids.count(id) > 1), None):
            raise ValueError(f"the id {twice} comes twice; give each rule one of its own")
        return self

    def rule(self, id: str) -> Rule | None:
        """The rule of that id."""
        return next((rule for rule in self.rules if rule.id == id), None)
