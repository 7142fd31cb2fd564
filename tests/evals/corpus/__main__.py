"""``python -m tests.evals.corpus OUT``: draw all invoices, with their ground truth, for ``counterfoil score OUT/pdf OUT/gt``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.evals.corpus.drawn import cases
from tests.evals.corpus.kit import dump, render


def write(out: Path) -> list[dict[str, str]]:
    """Write ``pdf/ID.pdf`` and ``gt/ID.json`` of every invoice, and ``manifest.json``, whose rows are returned."""
    manifest = []
    (out / "pdf").mkdir(parents=True, exist_ok=True)
    for case in cases():
        doc = case.doc
        doc.layout = doc.layout or case.draw.__name__
        pdf, truth = render(case)
        (out / "pdf" / f"{doc.id}.pdf").write_bytes(pdf)
        dump(out / "gt" / f"{doc.id}.json", truth)
        row = {"id": doc.id, "layout": "issuer", "issuer": doc.layout, "language": doc.lang, "what": doc.what}
        manifest.append(row | ({"defect": doc.defect} if doc.defect else {}))
    dump(out / "manifest.json", manifest)
    return manifest


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.corpus", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to write into")
    out: Path = parser.parse_args().out
    manifest = write(out)
    print(f"{len(manifest)} invoices of {len({row['issuer'] for row in manifest})} layouts in {out}")


if __name__ == "__main__":
    main()
