"""Reading documents: a PDF or an XML invoice in, a `Reading` out, whatever a stranger put into the file.

`read_document` does it in a process of its own that may be killed, and so do `look_at`, which reads the pixels of some places,
`page_image`, which draws a page for a person, and `pages_of`, which takes a PDF apart; `reading` and `looking` hold what they
yield; `safe_xml` is how XML is parsed everywhere;
`kind` says what some bytes are. Pages without text are recognised (OCR) where the caller gives limits for it, in a second
process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.documents._process import (
        TURNS,
        Answer,
        OcrLimits,
        PageNotDrawn,
        PagesNotTaken,
        ReaderFailed,
        look_at,
        page_image,
        pages_of,
        read_document,
        read_unchecked,
    )
else:

    def __getattr__(name: str) -> object:
        """What the parent's side of reading has, loaded when asked for: the reading process imports this package too, and what
        only its parent needs would cost it a tenth of a second."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from agents.documents import _process

        return getattr(_process, name)


__all__ = [
    "TURNS",
    "Answer",
    "OcrLimits",
    "PageNotDrawn",
    "PagesNotTaken",
    "ReaderFailed",
    "look_at",
    "page_image",
    "pages_of",
    "read_document",
    "read_unchecked",
]
