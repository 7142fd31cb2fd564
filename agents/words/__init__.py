"""The words documents are written with, by language: labels, headings, units, legal forms, what sentences say.

The words are data, a file a language (`languages`); here is what code makes of them. Words that are looked up as labels are
compared `normalised`, those of tables as `fold` makes them, those of sentences by `infra.text`'s folds.
"""

from __future__ import annotations

import re
from typing import Final

from agents.words._languages import Language, PhraseError, by_language, languages, printed, terms_of
from agents.words._phrases import fold, in_text, is_label, labels, normalised, pattern, phrases, written

__all__ = [
    "COUNTRIES", "LEGAL_FORM", "Language", "PhraseError", "by_language", "fold", "in_text", "is_label", "labels", "languages",
    "normalised", "pattern", "phrases", "printed", "terms_of", "written",
]  # fmt: skip

COUNTRIES: Final[dict[str, tuple[str, ...]]] = {
    code: tuple(map(normalised, printed(f"countries.{code}"))) for code in terms_of("countries")
}
"""ISO 3166 code to the names of a country, normalised."""


LEGAL_FORM: Final = re.compile(rf"(?<!\w)(?:{'|'.join(map(written, printed('firms.as_printed')))})(?![\w-])")
"""A legal form at the end of a company's name: what tells a firm from a person, a street or a slogan."""
