"""Looks at the key values of every PDF in some folders, as before an approval, and reports findings and time.

    python -m tests.evals.looks ../shared/corpus/invoices/pdf ../shared/corpus/templates/a/pdf

A document counts as honest: each finding is a false disagreement, or a fault of the document that is to be explained.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from pathlib import Path

from agents.documents import OcrLimits, look_at, read_document
from agents.documents.reading import Reading
from agents.einvoice import NotAnEInvoice, fields_from_xml
from agents.fields.schema import Fields
from agents.pages import draft, picture


def _fields(reading: Reading) -> Fields:
    if reading.xml:
        try:
            return fields_from_xml(reading.xml.text)
        except NotAnEInvoice:
            pass
    return draft(reading).fields


async def _report(files: list[Path]) -> None:
    limits = OcrLimits(pages=10, seconds=30, memory_mb=2048)
    took: list[float] = []
    looked = places_in_all = wrong = 0
    for file in files:
        data = file.read_bytes()
        reading = await read_document(data, file.name, seconds=60, memory_mb=1024, ocr=None)
        if not reading.words or reading.problem:
            print(f"{file.name}: not looked at ({reading.problem.code if reading.problem else 'no words'})")
            continue
        fields = _fields(reading)
        places = picture.key_places(reading, fields)
        begun = time.perf_counter()
        at = [(place.page, place.box) for place in places]
        pages = [page.number for page in reading.pages]
        look = await look_at(data, reading, at, pages=pages, seconds=60, ocr=limits)
        took.append(time.perf_counter() - begun)
        looked += 1
        places_in_all += len(places)
        found = [one for one in picture.findings(reading, fields, places, look) if one.is_error]
        wrong += bool(found)
        for one in found:
            print(f"{file.parent.parent.name}/{file.name}: {one.rule} {one.message}")
    warm = sorted(took[1:]) or took
    print(
        f"{looked} documents, {places_in_all} places, {wrong} documents with a finding; a document "
        f"{statistics.median(warm) * 1000:.0f} ms (median), {warm[int(0.95 * (len(warm) - 1))] * 1000:.0f} ms (p95), "
        f"the first {took[0] * 1000:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.evals.looks", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    folders = parser.parse_args().folders
    files = [f for folder in folders for f in ([folder] if folder.is_file() else sorted(folder.rglob("*.pdf")))]
    asyncio.run(_report(files))


if __name__ == "__main__":
    main()
