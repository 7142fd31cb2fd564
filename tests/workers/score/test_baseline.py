"""A run that is worse than its baseline does not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.records import TokenUsage
from tests.workers.cli.examples import a_call, an_execution
from tests.workers.score.test_report import report_of
from tests.workers.score.truths import INVOICE, a_reading
from workers.score.baseline import BadBaseline, Baseline, Maximum, Minimum, Tolerance, judge
from workers.score.report import Report


@pytest.fixture
def report() -> Report:
    """Two documents, one with a wrong line; 500 computed tokens each."""
    lines = [{**INVOICE["lines"][0], "quantity": 4}, INVOICE["lines"][1]]
    call = a_call(an_execution("a.pdf"), usage=TokenUsage(prompt=900, cached=600, output=200))
    return report_of(
        a_reading("a", calls=[call]), a_reading("b", group="other", invoice={**INVOICE, "lines": lines}, calls=[call])
    )


def test_a_run_is_as_good_as_its_own_baseline(report: Report) -> None:
    judge(report)
    assert report.guard.passed
    again = Baseline.model_validate(report.as_baseline)
    assert again.documents == 2
    assert again.groups["other"].line_f1 == 0.5
    assert again.shortfalls(report) == []


@pytest.mark.parametrize(
    ("baseline", "said"),
    [
        (Baseline(minimum=Minimum(line_f1=0.8)), ["all: line_f1 is 0.7500, below 0.8000 by more than 0.01"]),
        (Baseline(minimum=Minimum(line_f1=0.76)), []),
        (Baseline(minimum=Minimum(line_f1=0.76), tolerance=Tolerance(share=0)), ["all: line_f1 is 0.7500, below"]),
        (Baseline(groups={"other": Minimum(micro=1.0)}), ["other: micro is"]),
        (Baseline(groups={"third": Minimum(micro=1.0)}), ["third: no document of this group was scored"]),
        (Baseline(maximum=Maximum(computed_tokens_per_document=480)), []),
        (Baseline(maximum=Maximum(computed_tokens_per_document=400)), ["computed tokens a document: 500, above 400"]),
        (Baseline(maximum=Maximum(computed_tokens=900)), ["computed tokens: 1,000, above 900 by more than 5%"]),
        (Baseline(documents=3), ["only 2 of 3 documents were scored"]),
    ],
)
def test_what_is_worse_than_the_tolerance_allows_is_said(report: Report, baseline: Baseline, said: list[str]) -> None:
    judge(report, baseline)
    assert len(report.guard.failures) == len(said)
    assert all(failure.startswith(start) for failure, start in zip(report.guard.failures, said, strict=True))
    assert report.guard.passed is not bool(said)


def test_an_approved_wrong_key_fails_without_any_baseline() -> None:
    made = report_of(a_reading("a", invoice={**INVOICE, "invoice_number": "R-71"}))
    judge(made)
    assert made.guard.failures == ["a was approved with a wrong invoice_number: it is 'R-17', read as 'R-71'"]


def test_a_file_that_is_no_baseline_is_refused_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    with pytest.raises(BadBaseline, match="cannot be read"):
        Baseline.read(file)
    file.write_text('{"minimum": {"mikro": 0.9}}')
    with pytest.raises(BadBaseline, match=r"minimum\.mikro"):
        Baseline.read(file)
