"""python -m tests.evals.corpus.generate OUT_DIR: write the synthetic corpus (PDFs, ground truth, manifests)."""

import argparse
from pathlib import Path

from tests.evals.corpus import (
    dach,
    english,
    hostile,
    more,
    other,
    romance,
    south_north,
    unseen_de,
    unseen_en,
    unseen_fr,
    unseen_rest,
)
from tests.evals.corpus.kit import Case, dump, render


def write(cases: list[Case], out: Path) -> list[dict[str, str]]:
    manifest: list[dict[str, str]] = []
    seen: set[str] = set()
    for case in cases:
        doc = case.doc
        assert doc.id not in seen, doc.id
        seen.add(doc.id)
        doc.layout = doc.layout or case.draw.__name__
        data, gt = render(case)
        (out / "pdf").mkdir(parents=True, exist_ok=True)
        (out / "pdf" / f"{doc.id}.pdf").write_bytes(data)
        dump(out / "gt" / f"{doc.id}.json", gt)
        row = {"id": doc.id, "layout": "issuer", "issuer": doc.layout, "language": doc.lang, "what": doc.what}
        if doc.defect:
            row["defect"] = doc.defect
        manifest.append(row)
    dump(out / "manifest.json", manifest)
    return manifest


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("out", type=Path)
    ap.add_argument(
        "--set", choices=("seen", "unseen"), default="seen", help="unseen: layouts kept for validation only"
    )
    args = ap.parse_args()
    out: Path = args.out
    if args.set == "unseen":
        rows = write([*unseen_de.cases(), *unseen_fr.cases(), *unseen_en.cases(), *unseen_rest.cases()], out)
        print(f"{len(rows)} invoices of {len({r['issuer'] for r in rows})} layouts in {out}")
        return
    rows = write([*dach.cases(), *romance.cases(), *english.cases(), *south_north.cases(), *more.cases()], out)
    others = other.write(out / "other")
    attacks = hostile.write(out / "hostile")
    layouts = len({r["issuer"] for r in rows})
    print(f"{len(rows)} invoices of {layouts} layouts, {others} other documents, {attacks} hostile ones in {out}")


if __name__ == "__main__":
    main()
