"""Where a text asks to be paid: every account, address, wallet and payee in it, in any writing.

A destination is found wide, since one that is missed is paid by mistake: an IBAN is any run of letters and digits whose check
digits hold, however it is divided, with look-alike letters put right; a number is that of an account where the words before it
say so (the table ``payment`` of the languages). Whose a destination is, is for who knows the vendor master to say. No I/O.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import schwifty
from pydantic import BaseModel, ConfigDict, model_validator
from schwifty.exceptions import SchwiftyException
from stdnum import bitcoin, numdb

from agents.fields import days, identifiers, values
from agents.words import LEGAL_FORM, in_text
from infra.lookalikes import skeletons
from infra.text import LOOKALIKES, latin

MOST = 50
"""Destinations that are kept of a document: one that names more is nobody's honest invoice."""
MASK = "*"
_LONGEST = 120
"""Characters that are kept of one as it is printed."""


class Scheme(StrEnum):
    """What a destination is, in the words of a message."""

    IBAN = "IBAN"
    ACCOUNT = "account number"
    """Of a bank or of an account in it, such as a sort code; ``value`` is its letters and digits."""
    BIC = "BIC"
    SERVICE = "address to pay to"
    """Of a payment service: an e-mail address, a handle, a link."""
    WALLET = "wallet"
    PAYEE = "payee"
    HOLDER = "holder of the account"
    ASSIGNED = "assignment to another payee"
    DEBITED = "account to collect from"
    """The buyer's own."""
    MASKED = "masked IBAN"
    """``value`` is what is shown of it, with `MASK` in place of what is not."""
    UNREADABLE = "account that cannot be read"


class Destination(BaseModel):
    """``value`` is how it is compared, ``printed`` how it stands there; of one on a page ``page`` and ``box``, as displayed."""

    model_config = ConfigDict(frozen=True)

    scheme: Scheme
    value: str
    printed: str
    where: Literal["page", "metadata", "xml", "field"] = "page"
    """``field``: what was read, or corrected by a person, as the account of the invoice."""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, given: object) -> object:
        """What states carried before they carried destinations: an account of the XML as it is written."""
        return of_account(given).model_dump() if isinstance(given, str) else given


class Found(NamedTuple):
    """A destination in a text, from ``start`` to ``end``."""

    scheme: Scheme
    value: str
    start: int
    end: int


def of_account(number: str) -> Destination:
    """An account that an XML states as one: an IBAN, else a number of whatever kind."""
    plain = compact(number)
    scheme = Scheme.IBAN if values.is_iban(plain) else Scheme.ACCOUNT
    return Destination(scheme=scheme, value=plain[:_LONGEST], printed=number[:_LONGEST], where="xml")


def compact(identifier: str) -> str:
    """Letters and digits of an identifier, upper case, as it is compared."""
    return "".join(c for c in latin(identifier).translate(LOOKALIKES).upper() if c.isalnum())


def segments(iban: str) -> list[str]:
    """The check digits of an IBAN, and what its account is made of in its country (SWIFT's IBAN registry): bank, branch, number."""
    structure = _structure(iban[:2])
    parts, at = [iban[2:4]], 4
    for length, _ in structure:
        parts.append(iban[at : at + length])
        at += length
    return parts


def is_bic_of(bic: str, iban: str) -> bool:
    """Whether a bank of this BIC may hold the account: one of the same country, and by its first four letters the bank that the
    lists of the national banks have for the account (schwifty's), or that the IBAN itself names. Of what neither knows the
    country alone tells."""
    listed = [str(known)[:4] for known in _listed_bics(iban)]
    bank = segments(iban)[1]
    banks = [*listed, bank] if bank.isalpha() else listed
    return identifiers.same_country(bic, iban) and (bic[:4] in banks or not banks)


@lru_cache
def _listed_bics(iban: str) -> list[schwifty.BIC]:
    try:
        account = schwifty.IBAN(iban, allow_invalid=True)
        return schwifty.BIC.candidates_from_bank_code(account.country_code, account.bank_code)
    except SchwiftyException:  # nobody's list has the bank, or the country
        return []


def kept(found: Iterable[Destination]) -> list[Destination]:
    """Each destination once, at most `MOST`; of more, that there are."""
    once: dict[tuple[Scheme, str], Destination] = {}
    for one in found:
        once.setdefault((one.scheme, one.value), one)
    whole = tuple(value for scheme, value in once if scheme is Scheme.IBAN)  # one that goes on in the next line
    for scheme, value in list(once):
        if scheme is Scheme.UNREADABLE and any(iban.startswith(value) for iban in whole):
            del once[scheme, value]
    if len(once) <= MOST:
        return list(once.values())
    more = Destination(scheme=Scheme.UNREADABLE, value="", printed=f"one of {len(once)} destinations", where=one.where)
    return [*list(once.values())[: MOST - 1], more]


def find(text: str) -> list[Found]:
    """Every destination in ``text``, lines of which are divided by line feeds, cells of a line by two blanks."""
    folded = _Folded(text)
    ibans = list(_ibans(folded))
    rest = folded.without(ibans)
    found = [
        *ibans,
        *_masked(rest),
        *_numbers(rest),
        *_bics(rest),
        *_services(rest),
        *_wallets(rest),
        *_payees(rest),
        *_firms(rest),
        *_assigned(rest),
    ]
    return [Found(f.scheme, f.value, folded.at[f.start], folded.at[f.end - 1] + 1) for f in found]


def announces(text: str) -> bool:
    """Whether ``text`` has a label behind which, or under which, a destination may stand, or begins an IBAN."""
    return bool(_words().announces.search(_Folded(text).text))


class _Folded:
    """A text as it is looked through: letters as the Latin ones they print as, lower case, what does not print left out; with
    where in the text each character stands."""

    def __init__(self, text: str, of: tuple[str, list[int]] | None = None) -> None:
        self.original = text
        if of is None:
            pieces = [(piece, n) for n, c in enumerate(text) for piece in _plain(c)]
            of = "".join(piece for piece, _ in pieces), [n for _, n in pieces]
        self.text, self.at = of
        self._places: dict[re.Pattern[str], list[tuple[int, int]]] = {}

    def without(self, found: Sequence[Found]) -> _Folded:
        text = list(self.text)
        for one in found:
            text[one.start : one.end] = _IBAN_TAKEN * (one.end - one.start)
        return _Folded(self.original, ("".join(text), self.at))

    def line(self, start: int, end: int) -> tuple[int, int]:
        """Where what is near a place on its line begins and ends."""
        begin = max(self.text.rfind("\n", max(start - _NEAR, 0), start) + 1, start - _NEAR, 0)
        stop = self.text.find("\n", end, end + _NEAR)
        return begin, min(end + _NEAR, len(self.text)) if stop < 0 else stop

    def near(self, words: re.Pattern[str], start: int, end: int, lines: int = 0) -> Iterator[tuple[int, int]]:
        """Where ``words`` stand near a place, at most ``lines`` lines above or below it."""
        if words not in self._places:
            self._places[words] = [match.span() for match in words.finditer(self.text)]
        places = self._places[words]
        for at, stop in places[bisect_left(places, (start - _NEAR, 0)) : bisect_left(places, (end + _NEAR, 0))]:
            if self.text.count("\n", min(stop, end), max(at, start)) <= lines:
                yield at, stop


_NEAR = 240
"""Characters before and behind a number that tell what it is: of a line, however long it is."""
_IBAN_TAKEN = "\x00"
"""In place of each character of an IBAN that was found."""


@cache
def _plain(c: str) -> str:
    if c == "\n" or " " <= c <= "~":
        return c.lower()
    if unicodedata.category(c) in ("Cf", "Mn", "Cc"):
        return " " if c == "\t" else ""
    digit = unicodedata.digit(c, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(c) == "Pd" or c == "−":
        return "-"
    if c.isspace():
        return " "
    plain = latin(c)
    if plain.isascii():
        return plain
    # A capital's double may be another one's than that of the small letter: Greek Ν is like N, and ν like v.
    shapes = [s for s in skeletons(c) if s.isascii() and s.isalnum()]
    if c.isupper() and shapes and shapes[0] != "l":
        return shapes[0]
    plain = plain.translate(LOOKALIKES)
    return plain if plain.isascii() or not shapes else shapes[0]


_ALIKE_DIGITS = str.maketrans("OQDILSBZ", "00011582")
_ALIKE_LETTERS = str.maketrans("015", "OIS")
_BEGIN = re.compile(
    r"(?:(?<![a-z0-9])(?:iban)?|(?=[a-z]{2}[0-9]{2}))(?=([a-z01])[^a-z0-9]{0,2}([a-z01])[^a-z0-9]{0,3}[0-9oil][^a-z0-9]{0,3}[0-9oil])"
)
_MOST_BETWEEN = 3
"""Signs and blanks between two characters of one IBAN."""
_LABELLED = re.compile(
    r"\biban(?:-?(?:nr|no|number|nummer|code|konto))?\b[^a-z0-9\n]{0,6}(?=((?:[a-z]{2}[^a-z0-9\n]{0,2})?[0-9oil]{2}[^\n]{0,44}))"
)
_MASK = re.compile(r"[*•]{2,}|x{3,}|\.{3,}|…")
_HIDES = r"[*•#…]|x(?=x)|(?<=x)x|\.(?=\.)|(?<=\.)\."
_PARTLY = re.compile(
    rf"(?:\biban\b[^a-z0-9*•#…\n]{{0,6}}|(?<![\w*•#…]))"
    rf"((?=[a-z]{{2}}[ ]?(?:[0-9]{{2}}|{_HIDES})|{_HIDES})(?:[a-z0-9]|{_HIDES}|[ .\-](?=[0-9]|{_HIDES})){{6,60}})"
)
"""An IBAN that is shown in part: behind its name, or from its country on."""
_HIDDEN = re.compile(rf"(?:[ \-]?(?:{_HIDES})){{3,}}[ \-]?(?:{_HIDES}|[ \-])*")
_NRB = re.compile(r"(?<![\w.,\-])\d\d(?:[ .\-]?\d{4}){6}(?![\w\-])")
"""A Polish account as it is written in its country: an IBAN without the letters before it."""
_FEWEST_DIGITS = 6
"""Of what stands behind the word IBAN, and is none."""


def _ibans(folded: _Folded) -> Iterator[Found]:
    text, end = folded.text, 0
    for match in _BEGIN.finditer(text):
        start = match.start(1)
        if start >= end and (found := _iban_at(text, start)):
            said = "\n".join(text[max(start - _NEAR, 0) : start].split("\n")[-2:])
            debited = _words().collected.search(said) and not _words().paying.search(said)
            yield found._replace(scheme=Scheme.DEBITED) if debited else found
            end = found.end
    for match in _NRB.finditer(text):
        if values.is_iban(iban := f"PL{compact(match[0])}"):
            yield Found(Scheme.IBAN, iban, *match.span())
    for match in _LABELLED.finditer(text):
        start, printed = match.start(1), re.split(r"  |\bbic\b|\bswift\b", match[1])[0].rstrip()
        digits = sum(c.isdigit() for c in printed)
        if _iban_at(text, start) is None and digits >= _FEWEST_DIGITS and not _MASK.search(printed):
            yield Found(Scheme.UNREADABLE, compact(printed), start, start + len(printed))


def _masked(folded: _Folded) -> Iterator[Found]:
    """What is shown of an IBAN, unless it is the buyer's."""
    words = _words()
    for pattern in (_PARTLY, words.masked):
        for match in pattern.finditer(folded.text):
            said = folded.text[slice(*folded.line(*match.span(1)))]
            named, shown = match[0].startswith("iban"), _HIDDEN.split(match[1])
            hides = pattern is words.masked or len(shown) > 1
            begins_as_one = bool(_structure(shown[0][:2].upper())) if len(shown[0]) >= 2 else False
            if (
                not hides
                or not (named or begins_as_one)
                or (words.collected.search(said) and not words.paying.search(said))
            ):
                continue
            value = f"{compact(shown[0])}{MASK}{compact(shown[-1])}" if len(shown) > 1 else f"{MASK}{compact(shown[0])}"
            if any(c.isdigit() for c in value.partition(MASK)[2] + value[4:]):  # else all that is shown is the country
                yield Found(Scheme.MASKED, value, *match.span(1))


def _iban_at(text: str, start: int) -> Found | None:
    """The IBAN that begins there, as long as its country's are, whatever divides it."""
    country = _next(text, start, 2)
    structure = _structure(country[0].upper().translate(_ALIKE_LETTERS)) if country else []
    length = 4 + sum(n for n, _ in structure)
    if not country or not structure or (whole := _next(text, start, length)) is None:
        return None
    plain, end = whole
    # Unlike such as have their groups, one that is divided in any way may be by chance what stands in a row.
    if length < 18 and not re.match(r"[a-z]{2}\d\d", text[start : start + 4]):
        return None
    plain = plain.upper()
    parts, at = [plain[:2].translate(_ALIKE_LETTERS), plain[2:4].translate(_ALIKE_DIGITS)], 4
    for n, kind in structure:
        part = plain[at : at + n]
        parts.append(
            part.translate(_ALIKE_DIGITS) if kind == "n" else part.translate(_ALIKE_LETTERS) if kind == "a" else part
        )
        at += n
    iban = "".join(parts)
    return Found(Scheme.IBAN, iban, start, end) if values.is_iban(iban) else None


def _next(text: str, start: int, count: int) -> tuple[str, int] | None:
    """The next letters and digits from ``start``, and where they end; None where something else stands between."""
    kept: list[str] = []
    at, between = start, 0
    while len(kept) < count:
        if at >= len(text) or between > _MOST_BETWEEN:
            return None
        if text[at].isascii() and text[at].isalnum():
            kept.append(text[at])
            between = 0
        else:
            between += 1
        at += 1
    return "".join(kept), at


@cache
def _structure(country: str) -> list[tuple[int, str]]:
    """Lengths and kinds (``n`` digits, ``a`` letters, ``c`` either) of what an account is made of in a country."""
    told = numdb.get("iban").info(country)[0][1].get("bban", "") if country.isalpha() else ""
    return [(int(length), kind) for length, kind in re.findall(r"(\d+)!([nac])", told)]


class _Words(NamedTuple):
    bank: re.Pattern[str]
    """A number behind it is that of a bank, or of an account in one."""
    account: re.Pattern[str]
    """A number behind it may be."""
    context: re.Pattern[str]
    paying: re.Pattern[str]
    quoted: re.Pattern[str]
    theirs: re.Pattern[str]
    billed: re.Pattern[str]
    """What stands over a buyer's address."""
    service: re.Pattern[str]
    mobile: re.Pattern[str]
    masked: re.Pattern[str]
    link: re.Pattern[str]
    host: re.Pattern[str]
    cash: re.Pattern[str]
    wallet: re.Pattern[str]
    payee: re.Pattern[str]
    paid: re.Pattern[str]
    """What stands between a word of paying and the name of who is paid."""
    holder: re.Pattern[str]
    assigned: re.Pattern[str]
    collected: re.Pattern[str]
    announces: re.Pattern[str]


_SORT_CODE = re.compile(r"(?<![\w.\-])(?P<value>\d\d-\d\d-\d\d[^\d\n]{1,12}\d{8})(?![\w\-])")
"""A British sort code with an account number behind it, where nothing announces them."""
_DAY = re.compile(r"\d\d-(?:0\d|1[0-2])-\d\d")
_VALUE = r"(?P<value>[a-z]{0,4}[0-9][0-9a-z]*(?:[ .\-/](?=[a-z]{0,3}[0-9])[0-9a-z]+){0,9}(?:>\d+)?)"


def _either(*terms: str) -> str:
    words = "|".join(in_text(f"payment.{term}", latin) for term in terms)
    return rf"(?<!-)(?:{words})".replace(r"\ ", r"[ .\-]{0,2}").replace(r"\-", r"[ .\-]{0,2}")


@cache
def _words() -> _Words:
    behind = (
        r"(?:[ .]?(?:no|nr|number|nummer|num|code|n|#)\b)?[^a-z0-9\n@]{0,6}"
        rf"(?:(?:{_either('is')})[^a-z0-9\n@]{{0,3}}|[(\[][^()\[\]\n]{{0,20}}[)\]][^a-z0-9\n]{{0,4}}"
        r"|(?P<words>(?:(?!  )[^\d\n:]){1,24}):[^a-z0-9\n]{0,3})?(?:(?:\n[^\d\n]{0,40})?\n *)?"
    )
    bank, account = _either("bank_code", "own_number", "giro"), _either("account")
    article = rf"(?:{_either('article')} ){{0,2}}"
    between = r"[ \n:,]{1,2}"
    assigned, receivable = _either("assigned"), _either("receivable")
    theirs = in_text("text.theirs", latin)
    return _Words(
        *map(
            re.compile,
            (
                rf"{bank}{behind}{_VALUE}",
                rf"{account}{behind}{_VALUE}",
                _either("bank_code", "own_number", "bank"),
                _either("paying"),
                _either("quoted"),
                rf"(?:{theirs})[ \-]?\w{{0,12}}[ \-]?$",
                rf"(?m:^|  ) *(?=[^\W\d]{{4}})(?:{in_text('labels.buyer', latin)})",
                _either("service", "mobile"),
                _either("mobile"),
                rf"\biban\b[^\n]{{0,12}}?(?:{_either('masked')})[^a-z0-9\n]{{0,4}}((?:[a-z0-9] ?){{2,12}})",
                _either("link"),
                _either("host"),
                rf"{_either('cash')}",
                rf"{_either('wallet')}",
                rf"{_either('payee')} ?[:\-]?[ \n]{{0,2}}{article}",
                rf"{_either('paying')}[^.!?:;]{{0,60}}\b{_either('towards')}(?:{between}[^ \n.!?:;]{{1,20}}){{0,4}}{between}$",
                rf"{_either('holder')} ?[:\-]?[ \n]{{0,2}}{article}",
                rf"{assigned}[^.\n]{{0,90}}\n?[^.\n]{{0,60}}{receivable}|{receivable}[^.\n]{{0,90}}\n?[^.\n]{{0,60}}{assigned}",
                _either("collected"),
                rf"{bank}|{account}|{_either('bank', 'service', 'mobile', 'payee', 'holder')}|\b[a-z]{{2}}[ .\-]?\d\d",
            ),
        )
    )


def _numbers(folded: _Folded) -> Iterator[Found]:
    words, text = _words(), folded.text
    taken: set[int] = set()
    for pattern, always in ((words.bank, True), (words.account, False), (_SORT_CODE, False)):
        for match in pattern.finditer(text):
            start, value = match.start("value"), compact(match["value"])
            digits = sum(c.isdigit() for c in value)
            money, day = values.is_money(match["value"]), days.DAY.fullmatch(match["value"])
            if start in taken or digits < (3 if always else 4) or (digits < _FEWEST_DIGITS and money):
                continue
            if not always and (money or day):
                continue
            before = text[folded.line(*match.span())[0] : match.start()]
            sorts = pattern is _SORT_CODE and not _DAY.match(match["value"])
            if not always and not sorts and not _at_a_bank(folded, match, before):
                continue
            taken.add(start)
            yield Found(Scheme.ACCOUNT, value, start, match.end("value"))


_NO_CUSTOMERS = 16
"""Digits that an account at a bank has in national writings, and that of a customer does not."""
_SURELY = 7
"""Digits of an account that stands with the address of no buyer, and far from words of banks: shorter ones are of a ledger."""
_ALONGSIDE = re.compile(rf"{_IBAN_TAKEN}+|\biban\b")


def _at_a_bank(folded: _Folded, match: re.Match[str], before: str) -> bool:
    """Whether a number that is called an account is one at a bank: not a customer's, or one that a payer is to state."""
    words, (start, end) = _words(), match.span()
    if words.theirs.search(before) or any(folded.near(words.quoted, start, end)):
        return False
    digits = sum(c.isdigit() for c in match["value"])
    if digits >= _NO_CUSTOMERS:
        return True
    if any(folded.near(words.context, start, end, 2)) or any(folded.near(words.paying, start, end, 1)):
        return True
    if any(folded.near(_ALONGSIDE, start, end, 1)):
        return True
    # Other words between its name and the number make something else of it: an account manager's telephone.
    announced = match.re is words.account and not match["words"] and digits >= _SURELY
    return announced and not any(folded.near(words.billed, start, end, 3))


_BIC = re.compile(rf"\b({identifiers.BIC_SHAPE.lower()})\b")
_CALLED_BIC = re.compile(r"\b(?:bic|s\.?w\.?i\.?f\.?t)\b")
_BIC_REACH = 24
"""Characters between a BIC and what says that it is one."""


def _bics(folded: _Folded) -> Iterator[Found]:
    """What is called one, before or behind it; and, uncalled, such as stand in the lists of the national banks."""
    for match in _BIC.finditer(folded.text):
        bic, (start, end) = match[1].upper(), match.span(1)
        printed = folded.original[folded.at[start] : folded.at[end - 1] + 1]
        if not identifiers.is_bic(bic):
            continue
        near = [*folded.near(_CALLED_BIC, start, end, 2)]
        called = any(0 <= start - stop <= _BIC_REACH or 0 <= at - end <= 3 for at, stop in near)
        if (
            called
            and (
                printed.isupper()
                or any(c.isdigit() for c in bic)
                or _BIC_LABEL.search(folded.text[:start][-_BIC_REACH:])
            )
            or printed.isupper()
            and _is_listed(bic)
        ):
            yield Found(Scheme.BIC, bic, start, end)


_BIC_LABEL = re.compile(r"\b(?:bic|swift)(?:[ /\-]{0,3}(?:bic|swift|code|no|nr))*\b[^a-z0-9\n]{0,6}\n?$")


@lru_cache
def _is_listed(bic: str) -> bool:
    try:
        return bool(schwifty.BIC(bic).exists)
    except SchwiftyException:
        return False


_EMAIL = r"[\w.+\-]{1,64}(?:@| ?\(at\) ?| ?\[at\] ?)[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,4}"
_HANDLE = r"(?<![\w@])[@$£][a-z]\w{2,30}|\+\d[\d ()\-]{6,18}\d"
_ADDRESS = re.compile(rf"{_EMAIL}|{_HANDLE}")
_NUMBER = re.compile(r"(?!-\w)[^\d\n]{0,20}?(?<![\w.,])(\(?\d[\d ()./\-]{3,20}\d[a-z]?)(?!\w)")
_SCHEME = re.compile(
    r"\b(?:upi|payto|bitcoin|ethereum|litecoin|dogecoin|monero|solana|tron|lightning|cashapp|venmo|swish|bizum|pix|twint|paypal)"
    r":(?:/{2})?[a-z0-9][\w\-.@/?=&%]{5,200}"
)
"""A link that a payment application opens."""
_CODELINE = re.compile(r"\+\d\d<\s?\d{0,19}\s?\+(\d{7,8})<")
"""A Danish payment slip's line for machines: its creditor."""
_REACH = 60
"""Characters between the name of a payment service and the address that is paid to."""
_URL = re.compile(r"(?<![\w@.])(?:https?://|www\.)?((?:[\w\-]{1,63}\.){1,5}[a-z]{2,12})(/[^\s<>\"]{0,300})?(?![\w@])")


def _services(folded: _Folded) -> Iterator[Found]:
    words, text = _words(), folded.text
    for match in words.service.finditer(text):
        start = match.start()
        behind = _ADDRESS.search(text, match.end(), match.end() + _REACH + 80)
        ahead = [m for m in _ADDRESS.finditer(text, max(start - _REACH, 0), start) if match.start() - m.end() < 12]
        if behind and behind.start() - match.end() <= _REACH:
            yield Found(Scheme.SERVICE, behind[0].replace(" ", ""), behind.start(), behind.end())
        elif ahead:
            yield Found(Scheme.SERVICE, ahead[-1][0].replace(" ", ""), ahead[-1].start(), ahead[-1].end())
    for match in words.mobile.finditer(text):
        number = _NUMBER.match(text, match.end())
        if number and not values.is_money(number[1]) and not days.DAY.fullmatch(number[1]):
            yield Found(Scheme.SERVICE, compact(number[1]), number.start(1), number.end(1))
    for pattern, group in ((_SCHEME, 0), (_CODELINE, 1)):
        for match in pattern.finditer(text):
            yield Found(Scheme.SERVICE, match[group], *match.span(group))
    for match in _URL.finditer(text):
        host, path = match[1], match[2] or ""
        labels = re.split(r"[./?=&_\-]", f"{host}{path}")
        if any(words.link.fullmatch(label) for label in labels) or (path.strip("/") and words.host.search(host)):
            yield Found(Scheme.SERVICE, f"{host}{path}".rstrip(".,;)"), match.start(), match.end())
    for match in words.cash.finditer(text):
        if any(folded.near(words.paying, *match.span(), 1)):
            yield Found(Scheme.SERVICE, match[0], match.start(), match.end())


_WALLET = re.compile(r"\b(0x[0-9a-f]{40}|(?:bc1|ltc1|addr1|lnbc)[0-9a-z]{20,400}|[1-9a-z]{25,106})\b")


def _wallets(folded: _Folded) -> Iterator[Found]:
    for match in _WALLET.finditer(folded.text):
        address = folded.original[folded.at[match.start()] : folded.at[match.end() - 1] + 1]
        sure = match[0].startswith(("0x", "bc1", "ltc1", "addr1", "lnbc")) or bitcoin.is_valid(address)
        if sure or (re.search("[0-9]", address) and any(folded.near(_words().wallet, *match.span(), 1))):
            yield Found(Scheme.WALLET, address, match.start(), match.end())


_NAME_ENDS = re.compile(r"  |[\n,;|()#@:]|\.(?: |$)|\d|\b(?:iban|bic|swift|by|bis|within|using|mit|per|via)\b")


def _payees(folded: _Folded) -> Iterator[Found]:
    words = _words()
    for scheme, pattern in ((Scheme.PAYEE, words.payee), (Scheme.HOLDER, words.holder)):
        for match in pattern.finditer(folded.text):
            start = match.end()
            stop = _NAME_ENDS.search(folded.text, start, start + _LONGEST)
            end = stop.start() if stop else min(start + _LONGEST, len(folded.text))
            name = folded.text[start:end].strip()
            if (
                end <= start
                or sum(c.isalpha() for c in name) < 3
                or name.endswith(":")
                or folded.text[end : end + 1] == ":"
            ):
                continue
            printed = folded.original[folded.at[start] : folded.at[end - 1] + 1].strip()
            if printed[:1].isupper() and not words.announces.match(name) and not words.paying.match(name):
                yield Found(scheme, printed, start, end)


_FIRM = re.compile(rf"(?:[^\W\d_a-z][\w&.'\-]{{0,30}} (?:(?:&|and|und|et|e|y|of|de) )?){{1,5}}{LEGAL_FORM.pattern}")


def _firms(folded: _Folded) -> Iterator[Found]:
    """Firms in whose favour a sentence asks to pay."""
    for match in _FIRM.finditer(folded.original):
        start, end = bisect_left(folded.at, match.start()), bisect_left(folded.at, match.end())
        before = folded.text[max(start - _NEAR // 2, 0) : start]
        if start < end and _words().paid.search(re.split(r"  |\n\n", before)[-1]):
            yield Found(Scheme.PAYEE, match[0], start, end)


def _assigned(folded: _Folded) -> Iterator[Found]:
    for match in _words().assigned.finditer(folded.text):
        sentence = folded.text[slice(*folded.line(*match.span()))]
        yield Found(Scheme.ASSIGNED, " ".join(sentence.split()), match.start(), match.end())
