"""Whether what was read in a picture is what the file's own text says there.

A recogniser mistakes letters that look the same, and loses spaces, accents and dashes: that changes no meaning and is
forgiven. A digit that differs never is. Pure functions of strings, for both sides of the reading process.
"""

from __future__ import annotations

import difflib
import re
from typing import Final

from infra.text import latin

_LOOK_ALIKE: Final = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "!": "1"})
"""What no eye tells apart in every font: one of each pair stands for both."""
_SEPARATOR: Final = re.compile(r"(?<=\d)[.,'’´`·](?=\d)")
_NOTHING: Final = re.compile(r"[^\w.|!]|_")
_GROUPS: Final = re.compile(r"\.(?=\d{3}(?!\d))")
"""Before thousands, where a separator says nothing. (Three decimals become thousands too, on both sides alike.)"""


def shape(text: str) -> str:
    """What is seen of a text, comparable: letters without case and accents, look-alikes as one, of punctuation only the
    point within numbers that is not before thousands.

    >>> shape("Nr. R-10O") == shape("NR R-1OO")
    True
    >>> shape("9.121,60"), shape("121.60")
    ('9121.60', '121.60')
    """
    return _without_groups(_plain(text)).translate(_LOOK_ALIKE)


def digits(text: str) -> str:
    """The digits of a text in order, and the points within numbers that are not before thousands."""
    return "".join(re.findall(r"\d|(?<=\d)\.(?=\d)", _without_groups(_plain(text))))


def same(read: str, printed: str) -> bool:
    """Whether both are the same to the eye."""
    return shape(read) == shape(printed)


def resemblance(read: str, printed: str) -> float:
    """How much of ``printed`` is found in ``read``, in order, from 0 to 1: for names, of which a letter may be misread."""
    wanted, seen = shape(printed), shape(read)
    if not wanted:
        return 0.0
    matcher = difflib.SequenceMatcher(None, seen, wanted, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks() if block.size > 1 or len(wanted) < 3) / len(wanted)


def _plain(text: str) -> str:
    joined = "".join(latin(text).split())
    joined = _NOTHING.sub("", _SEPARATOR.sub(".", joined))
    return re.sub(r"(?<!\d)\.|\.(?!\d)", "", joined)


def _without_groups(text: str) -> str:
    return _GROUPS.sub("", text)
