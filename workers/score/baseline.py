"""The figures a run may not fall below: a guard for CI."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.failures import Failure
from workers.score.report import Figures, Guard, Report


class BadBaseline(Failure):
    """The baseline cannot be read, as the message says."""


class Minimum(BaseModel):
    """Shares from 0 to 1; one that is not given is not guarded."""

    model_config = ConfigDict(extra="forbid")

    micro: float | None = Field(default=None, ge=0, le=1)
    header_exact: float | None = Field(default=None, ge=0, le=1)
    line_f1: float | None = Field(default=None, ge=0, le=1)


class Maximum(BaseModel):
    """Tokens that may be computed; one that is not given is not guarded."""

    model_config = ConfigDict(extra="forbid")

    computed_tokens: int | None = Field(default=None, ge=0, description="of all documents together")
    computed_tokens_per_document: float | None = Field(default=None, ge=0, description="on average")


class Tolerance(BaseModel):
    """How much worse is not yet worse: on another machine the same model answers a little differently."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(default=0.01, ge=0, description="taken from each minimum")
    tokens: float = Field(default=0.05, ge=0, description="part of each maximum that is added to it")


class Baseline(BaseModel):
    """Minimum figures, of all documents and by layout group, and maximum tokens.

    ``documents`` is how many were scored when it was made: a run of fewer is not compared but refused.
    """

    model_config = ConfigDict(extra="forbid")

    documents: int | None = None
    minimum: Minimum = Minimum()
    groups: dict[str, Minimum] = {}
    maximum: Maximum = Maximum()
    tolerance: Tolerance = Tolerance()

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """The baseline in a file.

        Raises:
            BadBaseline: it cannot be read, or is none.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise BadBaseline(f"the baseline {path} cannot be read: {error.strerror or error}") from error
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
            raise BadBaseline(f"the baseline {path} is none: {wrong}") from error

    @classmethod
    def of(cls, report: Report) -> Baseline:
        """The figures of ``report`` as a baseline for later runs."""
        return cls(
            documents=report.overall.documents,
            minimum=_minimum(report.overall),
            groups={name: _minimum(figures) for name, figures in report.groups.items()},
            maximum=Maximum(computed_tokens_per_document=round(report.usage.computed_tokens.mean or 0, 1)),
        )

    def shortfalls(self, report: Report) -> list[str]:
        """What is worse than the baseline, each in a sentence."""
        shortfalls = []
        if self.documents is not None and report.overall.documents < self.documents:
            shortfalls.append(f"only {report.overall.documents} of {self.documents} documents were scored")
        shortfalls += self._below("all", self.minimum, report.overall)
        for name, minimum in self.groups.items():
            if name in report.groups:
                shortfalls += self._below(name, minimum, report.groups[name])
            else:
                shortfalls.append(f"{name}: no document of this group was scored")
        tokens = report.usage.computed_tokens
        shortfalls += self._above("computed tokens", self.maximum.computed_tokens, tokens.total)
        shortfalls += self._above(
            "computed tokens a document", self.maximum.computed_tokens_per_document, tokens.mean or 0
        )
        return shortfalls

    def _below(self, of: str, minimum: Minimum, figures: Figures) -> list[str]:
        shortfalls = []
        for name, least in minimum:
            reached = getattr(figures, name)
            if least is None:
                continue
            if reached is None:
                shortfalls.append(f"{of}: {name} could not be measured, where the baseline has {least:.4f}")
            elif reached < least - self.tolerance.share - 1e-9:
                shortfalls.append(
                    f"{of}: {name} is {reached:.4f}, below {least:.4f} by more than {self.tolerance.share:g}"
                )
        return shortfalls

    def _above(self, of: str, most: float | None, used: float) -> list[str]:
        if most is None or used <= most * (1 + self.tolerance.tokens) + 1e-9:
            return []
        return [f"{of}: {used:,.0f}, above {most:,.0f} by more than {self.tolerance.tokens:.0%}"]


def _minimum(figures: Figures) -> Minimum:
    def rounded(share: float | None) -> float | None:
        return None if share is None else round(share, 4)

    return Minimum(
        micro=rounded(figures.micro), header_exact=rounded(figures.header_exact), line_f1=rounded(figures.line_f1)
    )


def judge(report: Report, baseline: Baseline | None = None) -> None:
    """Say in ``report.guard`` whether the run may pass: nothing happened that never may, and nothing got worse."""
    failures = [
        f"{wrong.id} was approved with a wrong {wrong.field}: it is {wrong.truth!r}, "
        + ("and was not read" if wrong.read is None else f"read as {wrong.read!r}")
        for wrong in report.never.approved_wrong
    ]
    failures += [f"{missing.id} has no outcome: {missing.why}" for missing in report.never.unaccounted]
    failures += baseline.shortfalls(report) if baseline else []
    report.guard = Guard(passed=not failures, failures=failures)
    report.as_baseline = Baseline.of(report).model_dump()
