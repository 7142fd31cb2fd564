"""Some pages of a PDF as a PDF of their own: the same bytes whenever it is done, so that doing it again changes nothing."""

from __future__ import annotations

import io

from pypdf import PdfReader, PdfWriter

from agents.documents._page import Unreadable


def take_pages(data: bytes, first: int, last: int) -> bytes:
    """The pages ``first`` to ``last``, from 1, without what hangs on the whole document: outline, attached files, what it
    would do when opened. pypdf writes neither dates nor random ids, which pdfium does. Raises `Unreadable`."""
    reader = PdfReader(io.BytesIO(data))
    count = len(reader.pages)
    if not 1 <= first <= last <= count:
        raise Unreadable("damaged", f"There are no pages {first} to {last}: the document has {count}.")
    writer = PdfWriter()
    for page in reader.pages[first - 1 : last]:
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
