"""What a rule of EN 16931 or of a profile is about: tax, amounts, payment, parties, …; by the business terms that it names, else by
the elements and attributes that its test and its place name. No rule is named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agents.fields.rules import EInvoiceRuleKind as Kind

_OF_TERMS: tuple[tuple[Kind, str], ...] = (
    (Kind.TAX, "6-8 31-32 48 63 95-96 102-103 110-111 116-121 151-152"),
    (Kind.AMOUNTS, "5 92-94 99-101 106-109 112-115 129 131 136-138 141-143 146-149"),
    (Kind.PAYMENT, "9 20 59-61 81-91"),
    (Kind.PARTIES, "27-30 33 35-47 50-58 62 64-69 162-164"),
    (Kind.PROFILE, "23-24"),
    (Kind.REFERENCES, "1-3 10-19 25-26 70-80 122-124 128 132-135 153-156 165"),
    (Kind.CODES, "34 49 97-98 104-105 130 139-140 144-145 150 157-159"),
    (Kind.FORM, "4 21-22 125-127 160-161"),
)
"""Numbers of business terms (BT), by the groups of the semantic model (EN 16931-1, 6.3)."""
_OF_GROUPS: tuple[tuple[Kind, str], ...] = (
    (Kind.TAX, "23 30"),
    (Kind.AMOUNTS, "20-22 25 27-29"),
    (Kind.PAYMENT, "10 16-19"),
    (Kind.PARTIES, "4-9 11-12"),
    (Kind.REFERENCES, "3 13-15 24 26 31"),
    (Kind.PROFILE, "2"),
    (Kind.FORM, "1 32"),
)
"""Numbers of groups of terms (BG)."""
_OF_NAMES: tuple[tuple[Kind, str], ...] = (
    (Kind.TAX, r"Tax(?!Exclusive|Inclusive|Basis)|VAT|Exemption|CategoryCode"),
    (Kind.AMOUNTS, r"Amount|Price|Quantity|Allowance|Charge|Monetary|Currency|Percent"),
    (Kind.PAYMENT, r"Pay|Account(?!ing)|Financial|IBAN|BIC|DueDate|Mandate|Creditor|Debtor"),
    (Kind.PROFILE, r"Customization|Guideline"),
    (Kind.CODES, r"Endpoint|URIUniversal|UnitCode|SubjectCode|ReasonCode|Classification|Reason"),
    (Kind.PARTIES, r"Party|Seller|Buyer|Address|Country|Legal|Registration|Contact"),
    (Kind.REFERENCES, r"Reference|Document|Date|Period|Deliver|Product|Item|LineID|TypeCode|^ID$"),
    (Kind.FORM, r"Note|Content|Profile|BusinessProcess|Attachment|Binary|Description|Characteristic|Property"),
)
"""What names of elements hold, in CII or UBL."""
_GRAVEST = tuple(Kind)
"""In the order of the enumeration: of several the first counts."""

_TERM = re.compile(r"(?<![A-Za-z])(B[TG])-(\d+)\b")
_NAME = re.compile(r"\b(?:cac|cbc|ram|udt|qdt|rsm|ubl|cn):([A-Za-z]\w*)")
_ATTRIBUTE = re.compile(r"@(?:\w+:)?(\w+)")
_TOLD_ATTRIBUTE = re.compile(r"(?i:attribute) '?@?(\w+)'?")
_LIST = re.compile(r"contains\(\s*['\"]\s|document\(|enumeration")
_TOLD_LIST = re.compile(r"(?i)\bcoded (?:using|according)|code list|is not allowed|is not an element of the set")
_FORMATS = frozenset({"format", "mimeCode", "filename", "languageID", "listVersionID"})


def kind_of(text: str, test: str = "", place: str = "", id: str = "") -> Kind:
    """What a rule is about.

    Args:
        text: what it demands.
        test: its test, in XPath; empty for what is no rule of a schematron.
        place: the path of the element it is about or failed at: with prefixes as sheets write it, or with local names alone.
        id: its own, in which some name the term, too.
    """
    steps = [step for step in re.sub(r"\[[^\[\]]*\]", "", place).split("/") if step]
    names = [step.rpartition(":")[2].lstrip("*") for step in steps]
    element = next((name for name in reversed(names) if not name.startswith("@")), "")
    near = [name for name in names if not name.startswith("@")][-3:]
    if attribute := _attribute(text, test, names):
        return _of_attribute(attribute, near)
    if _LIST.search(test) or _TOLD_LIST.search(text):
        return _of_code(element, near, _NAME.findall(test))
    terms = _TERM.findall(f"{id} {text}")
    numbers = [int(number) for kind, number in terms if kind == "BT"]
    if numbers:
        return _gravest(_within(_OF_TERMS, numbers))
    if terms:
        return _gravest(_within(_OF_GROUPS, [int(number) for _, number in terms]))
    return _gravest(_named([*_NAME.findall(test), *near[-2:], *re.findall(r"'(?:\w+:)?(\w+)'", text)]))


def gravest(kinds: Iterable[Kind]) -> Kind:
    """That of several which weighs most."""
    return _gravest(list(kinds))


def _attribute(text: str, test: str, names: Sequence[str]) -> str | None:
    """The attribute that the rule is about, if it is about one."""
    if names and names[-1].startswith("@"):
        return names[-1][1:]
    if told := _TOLD_ATTRIBUTE.search(text):
        return told[1]
    attributes = set(_ATTRIBUTE.findall(test))
    about_value = _LIST.search(test) or not _NAME.search(test) or re.search(r"\b[Ss]cheme identifier", text)
    return attributes.pop() if about_value and len(attributes) == 1 else None


def _of_attribute(attribute: str, near: Sequence[str]) -> Kind:
    """Attributes say how a value is written; two say what it is: of an amount its currency, of a registration its tax."""
    if attribute == "currencyID":
        return Kind.AMOUNTS
    if any("TaxRegistration" in name or "TaxScheme" in name for name in near):
        return Kind.TAX
    return Kind.FORM if attribute in _FORMATS else Kind.CODES


def _of_code(element: str, near: Sequence[str], tested: Sequence[str]) -> Kind:
    """A value of a code list is a code, but for those that say what tax, money or payment it is."""
    kinds = _named([*near, *tested])
    if "Currency" in element:
        return Kind.TAX if "Tax" in element else Kind.AMOUNTS
    if "Reason" in element and Kind.TAX not in _named([element]):
        return Kind.CODES
    if not element.endswith(("Code", "ID", "DateTimeString")):
        return _gravest(kinds) if kinds else Kind.CODES
    return next((kind for kind in (Kind.TAX, Kind.PAYMENT) if kind in kinds), Kind.CODES)


def _within(table: Sequence[tuple[Kind, str]], numbers: Sequence[int]) -> list[Kind]:
    found = []
    for kind, spans in table:
        for span in spans.split():
            first, _, last = span.partition("-")
            if any(int(first) <= number <= int(last or first) for number in numbers):
                found.append(kind)
    return found


def _named(names: Sequence[str]) -> list[Kind]:
    return [kind for kind, pattern in _OF_NAMES if any(re.search(pattern, name) for name in names)]


def _gravest(kinds: Sequence[Kind]) -> Kind:
    return min(kinds, key=_GRAVEST.index, default=Kind.OTHER)
