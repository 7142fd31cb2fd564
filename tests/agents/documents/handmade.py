"""PDFs whose content streams are written by hand, for what no library would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HONEST = "BT /F1 12 Tf 72 760 Td (Invoice of Acme GmbH Total 500.00) Tj ET"
"""The line that every page says where a person sees it."""

_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def handmade(
    content: str,
    *,
    resources: str = "",
    page: str = "",
    catalog: str = "",
    annotations: Sequence[str] = (),
    objects: Mapping[int, str | tuple[str, bytes | str]] | None = None,
) -> bytes:
    """A page of 595 x 842 points with `HONEST` on it and then ``content``, the font Helvetica being ``/F1``.

    Args:
        content: operators of the page's content stream.
        resources: further entries of the page's resources, as ``/ExtGState << … >>``.
        page: further entries of the page itself.
        catalog: further entries of the catalog.
        annotations: dictionaries of annotations.
        objects: further objects by their numbers, from 20: a dictionary or, with what a stream of it holds, a pair.
    """
    numbered: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: (
            f"<< /Type /Page /Parent 2 0 R {'' if '/MediaBox' in page else '/MediaBox [0 0 595 842]'} {page} "
            f"/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> {resources} >> "
            f"/Annots [{' '.join(f'{10 + n} 0 R' for n in range(len(annotations)))}] >>"
        ).encode(),
        4: _stream("", f"{HONEST}\n{content}"),
        5: _FONT.encode(),
        **{10 + n: f"<< /Type /Annot {entries} >>".encode() for n, entries in enumerate(annotations)},
    }
    for number, written in (objects or {}).items():
        numbered[number] = written.encode() if isinstance(written, str) else _stream(*written)
    out, places = b"%PDF-1.7\n", {}
    for number, body in numbered.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(numbered) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def form(content: str, entries: str = "", box: str = "[0 0 300 60]") -> tuple[str, str]:
    """A form XObject, for `handmade`'s ``objects``."""
    return f"/Type /XObject /Subtype /Form /BBox {box} /Resources << /Font << /F1 5 0 R >> >> {entries}", content


def _stream(entries: str, content: bytes | str) -> bytes:
    data = content.encode("latin-1") if isinstance(content, str) else content
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)
