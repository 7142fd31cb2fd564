"""Numbers in the ways people write them: signs between thousands and before cents, of other scripts, of debt and credit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from agents.words import in_text

SPACES = "\u00a0\u202f\u2009\u2007\u2008 "
"""Spaces that stand between thousands: no-break, narrow, thin, figure, punctuation, plain."""
GROUPS = f"'’‘´`′ʹ·˙{SPACES}"
"""What stands between thousands, besides a point or a comma, which may be the decimal mark as well."""
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_CODES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|KWD|MAD|MXN|MYR|NGN|NOK"
    "|NZD|PEN|PHP|PLN|QAR|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD|VND|ZAR"
)
SIGN = rf"(?:(?:US|CA|AU|NZ|HK|MX|[ACRS])?\$|[€£¥₹₺₪₩฿]|(?:{_CODES})(?![^\W\d])|Rs\.?|Fr\.|[Kk]r\.?|zł|Kč|Ft)"
"""A sign or code of a currency, as it stands beside an amount."""
_GLUED = "|".join(rf"\b{code}" for code in _CODES.split("|"))
_START = (
    r"(?:(?<![\w.,/-])"
    rf"|(?<={_GLUED})"  # GBP480.00
    r"|(?<=\bRs|\bkr|\bKr)|(?<=\bRs\.|\bkr\.|\bFr\.))"
)
_NO_SPACE = "\ue000"
"""Stands in `plain` text for a space that is none: of a private area, so that no document has it."""
_CENTS = rf"(?:[.,]\d{{1,4}}(?!\d)|[.,]{_NO_SPACE}\d{{2,6}}|[{_RAISED}]{{2}})"
_END = rf"(?:(?<=[.,]\d\d)[-−](?![\w.,-]))?(?:(?!\w)|(?<=[.,]\d\d)(?=(?:{_CODES}|zł|Kč|Ft|kr|[CD][Rr])\b))"
AMOUNT = re.compile(
    rf"{_START}[-−]?\(?\d{{1,3}}(?:[.,{GROUPS}]\d{{3}})+{_CENTS}?{_END}"
    rf"|{_START}[-−]?\(?\d{{1,2}}(?:,\d\d)+,\d{{3}}{_CENTS}?{_END}"  # lakh and crore: 2,36,000.00
    rf"|{_START}[-−]?\(?\d{{1,3}}(?:, \d{{3}}(?!\d))+\.\d\d{_END}"  # 1, 250.00
    rf"|{_START}[-−]?\(?\d{{1,3}}(?:\. \d{{3}}(?!\d))+,\d\d{_END}"
    rf"|{_START}[-−]?\d+{_CENTS}?{_END}(?![.,/-]\d)"
)
"""A number that could be an amount, a price, a quantity or a rate, in text that is `plain`."""

_FOREIGN = str.maketrans("٫٬٪，．％", ".,%,.%")
_SIGN_AS_MARK = re.compile(r"(?<=\d)[€£$](?=\d\d(?!\d))")
_DOT_AS_MARK = re.compile(r"(?<=\d)[·˙](?=\d\d(?!\d))")
_FOOTNOTE = re.compile(rf"(?<=[.,]\d\d)[{_RAISED}]{{1,2}}\)?|(?<=[.,]\d\d)[⁽(][{_RAISED}\d][⁾)](?!\w)")
_SPACED = re.compile(r"(\W{0,4}\d{1,3}(?:[.,'’]?\d{3}){0,4}[.,])( )(\d{2,6})(\W{0,4})")
_NO_CENTS = re.compile(r"(?<=\d)([.,])([-–—−=]{1,2})(?![\w-])")


def compact(printed: str) -> str:
    """A number in `plain` writing, without spaces that are none."""
    return plain(printed).replace(_NO_SPACE, "")


def plain(text: str) -> str:
    """``text`` of the same length, with its numbers written as most people do: ``129€77`` as ``129,77``, a mark of a footnote
    left out, ``40. 00`` as ``40.00`` where it is all there is."""
    if not any(c.isdigit() for c in text):
        return text
    text = text.replace(_NO_SPACE, " ")
    text = _DOT_AS_MARK.sub(".", _SIGN_AS_MARK.sub(",", text.translate(_FOREIGN)))
    text = _FOOTNOTE.sub(lambda match: " " * len(match[0]), text)
    if len(text) < 30 and (spaced := _SPACED.fullmatch(text)):
        text = f"{spaced[1]}{_NO_SPACE}{spaced[3]}{spaced[4]}"
    return text


_SIGNED = re.compile(rf"(?:^|(?<=[\s:]))(?P<sign>[-−–])(?P<apart>\s?)(?:{SIGN})?\s?\Z")
_IN_BRACKETS = re.compile(rf"\s?[-−–]?\(\s?(?:{SIGN})?\s?\Z|\s?(?:{SIGN})?\s?\(\s?\Z")
CREDIT = in_text("text.credited").replace(r"\b", "")  # 60.00CR
"""A pattern for what says, behind an amount, that it is in the payer's favour."""
_CREDITED = re.compile(rf"\s?(?:{SIGN})?\s?(?:(?=[^\W\d]{{2}})(?:{CREDIT})(?!\w)|[-−–]\s*\Z)")
_IN_CREDIT = re.compile(rf"\d\s?(?:{CREDIT})\Z")
_CREDIT_ALONE = re.compile(CREDIT)
_DASHED = re.compile(r"[.,][-–—−=]{1,2}(?![\w-])")


def extent(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Where a number ends that `AMOUNT` finds from ``start`` to ``end`` of a `plain` text, with the signs around it, and whether
    they take it off: a minus before or behind it, brackets, or ``CR`` for credit."""
    if dashes := _DASHED.match(text, end):  # 480.- and 480,--
        return start, dashes.end(), text[start] in "-−" or bool(_minus(text[max(start - 12, 0) : start]))
    if text[start:end].startswith("("):
        closed = text[end : end + 1] == ")"
        return start, end + closed, closed
    before = text[max(start - 12, 0) : start]
    if (signed := _minus(before)) and (not signed["apart"] or start - len(before) + signed.start() == 0):
        return start - (len(before) - signed.start()), end, True
    if text[end : end + 1] == ")" and _IN_BRACKETS.fullmatch(before) and len(before) == start:
        return start, end + 1, True
    if text[end - 3 : end - 2] in (".", ",") and (credit := _CREDITED.match(text, end, end + 12)):
        return start, credit.end(), True
    return start, end, text[start] in "-−" or text[end - 1] in "-−"


def is_credit(behind: str) -> bool:
    """Whether what stands behind an amount at the end of a line says that it is in the payer's favour: ``CR``, ``H``."""
    return bool(_CREDIT_ALONE.fullmatch(behind.strip()))


def _minus(before: str) -> re.Match[str] | None:
    return _SIGNED.search(before)


def number_of(printed: str, most_digits: int, mark: str | None = None) -> Decimal | None:
    """What a number stands for; see `agents.fields.values.parse_amount`. ``mark`` is the document's decimal mark if it is known."""
    text = _DASHED.sub("", plain(printed).strip().strip("%€$£ ")).replace("−", "-")
    negative = text.startswith("-") or text.endswith("-") or (text.startswith("(") and text.endswith(")"))
    negative = negative or bool(_IN_CREDIT.search(text))
    if raised := re.search(rf"(?<=\d)[{_RAISED}]{{2}}", text):
        cents = "".join(str(_RAISED.index(c)) for c in raised[0])
        text = re.sub(r"[.,]", "", text[: raised.start()]) + "." + cents
    text = re.sub(r"[^\d.,]", "", text)
    points = [c for c in text if c in ".,"]
    if not 0 < sum(c.isdigit() for c in text) <= most_digits:
        return None
    if points:
        last = max(text.rfind("."), text.rfind(","))
        tail = text[last + 1 :]
        if len(points) > 1 and len(set(points)) == 1 and len(tail) != 3:
            return None  # 1.2.3, or a day
        grouped = len(tail) == 3 and len(set(points)) == 1 and (len(points) > 1 or text[:last].lstrip("0") != "")
        grouped = grouped and (len(points) > 1 or points[0] != mark)
        text = re.sub(r"[.,]", "", text) if grouped else re.sub(r"[.,]", "", text[:last]) + "." + tail
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return -value if negative else value


_CENTS_OF = re.compile(r"(?<![\d.,])\d[\d.,'’]{0,15}?([.,])\d\d(?![\d.,%]|\s?%|\.\d)")
_THOUSANDTHS = re.compile(r"(?<![\d.,])(\d{1,9}(?:[.,]\d{3})?)([.,])(\d{3})(?![\d.,])")
_MOST_LINES = 2_000
_MOST_ON_A_LINE = 8


def decimal_mark(text: str) -> str | None:
    """The document's decimal mark, as its numbers with two decimals have it; of a document with none, the one before three
    decimals, if anything shows that these are decimals. None in doubt."""
    lines = [line[:400] for line in text.splitlines()[:_MOST_LINES]]
    marks = [match[1] for line in lines for match in _CENTS_OF.finditer(plain(line))]
    for mark, other in ((",", "."), (".", ",")):
        if marks.count(mark) > 4 * marks.count(other):
            return mark
    return None if marks else _before_thousandths(lines)


def _before_thousandths(lines: Sequence[str]) -> str | None:
    """The mark before three digits that are decimals: of ``0,765``, ``1.199,950`` and ``1234,500``; of a row whose numbers
    multiply only so, as 10,000 times 12,345 is 123,450."""
    shown = {mark for line in lines for mark in _shown(line)}
    return shown.pop() if len(shown) == 1 else None


def _shown(line: str) -> Iterator[str]:
    printed = [match.groups() for match in _THOUSANDTHS.finditer(line)][-_MOST_ON_A_LINE:]
    for whole, mark, _ in printed:
        if whole == "0" or (len(whole) > 3 and mark not in whole):
            yield mark
    for mark in ",.":
        row = [Decimal(f"{whole}.{tail}") for whole, at, tail in printed if at == mark and not set(".,") & set(whole)]
        for n, a in enumerate(row):
            for b in row[n + 1 :]:
                if (
                    a > 1
                    and b > 1
                    and any(abs(a * b - c) <= Decimal("0.001") for c in row if c is not a and c is not b)
                ):
                    yield mark
