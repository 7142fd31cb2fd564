"""The calibration is drawn, also where there is little to draw."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.score.test_report import report_of
from tests.workers.score.truths import INVOICE, a_reading, fields_of
from workers.score.plot import CannotPlot, plot
from workers.score.report import Report


def a_report(*, confident: bool = True) -> Report:
    wrong = {**INVOICE, "invoice_number": "R-71"}
    return report_of(
        *(
            a_reading(f"d{n}", fields=fields_of(wrong if n % 4 == 0 else INVOICE, 0.6 + n / 30 if confident else None))
            for n in range(12)
        )
    )


def test_a_picture_is_written_as_png_and_svg_with_its_labels(tmp_path: Path) -> None:
    png, svg = plot(a_report(), tmp_path / "calibration.png")
    with Image.open(png) as picture:
        assert picture.width > 1500
        assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 50
    assert (svg.suffix, svg.stat().st_size > 10_000) == (".svg", True)


@pytest.mark.parametrize(
    "report", [a_report(confident=False), report_of(a_reading("a", fields=fields_of(INVOICE, 1.0)))]
)
def test_a_run_without_confidence_or_with_nothing_but_has_a_picture_too(report: Report, tmp_path: Path) -> None:
    assert plot(report, tmp_path / "little.svg") == [tmp_path / "little.svg"]


def test_an_ending_that_is_no_picture_and_a_missing_library_are_said_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CannotPlot, match=r"\.png, \.svg"):
        plot(a_report(), tmp_path / "calibration.doc")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CannotPlot, match="make setup"):
        plot(a_report(), tmp_path / "calibration.png")
