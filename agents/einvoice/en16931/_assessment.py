"""An e-invoice judged by the official rules: what failed, where, by which sheets; and the findings of that."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agents.einvoice._stated import NotAnEInvoice, fields_from_xml
from agents.einvoice.en16931 import _catalogue, _judge, _process, _sheets
from agents.einvoice.en16931._kinds import kind_of
from agents.einvoice.en16931._terms import LinesAt, lines_at, paths_of, values_of
from agents.fields.rules import EInvoiceRuleKind
from agents.fields.schema import Field
from infra.records import Finding, Severity, Verdict, finding

RULES = "EN 16931"
"""Rule of the findings about the rules as a whole."""
SCHEMA = "XSD"
PROFILE = "PROFILE"
_ZUGFERD_1 = "CrossIndustryDocument"


@dataclass(frozen=True)
class Failed:
    """A rule that a document fails."""

    id: str
    text: str
    """What the rule demands, in the words of those who publish it."""
    flag: str
    """``fatal`` or ``warning``."""
    layer: str
    sheet: str
    kind: EInvoiceRuleKind
    """What it is about."""
    terms: tuple[str, ...]
    """Business terms and groups that the text names."""
    times: int
    """How often it fails in the document."""
    places: tuple[_judge.Place, ...]
    """The first of these places."""
    allowed_by: str | None = None
    """The rule of the declared profile that stands in this one's place and does not fail: an extended profile loosens
    some rules of the standard, such as how exactly sums must come out."""

    @property
    def fatal(self) -> bool:
        """Whether the document is invalid by it."""
        return self.flag == "fatal" and self.allowed_by is None


@dataclass(frozen=True)
class Assessment:
    """What the official rules say of a document."""

    problem: str | None = None
    """Why there is no verdict at all: the XML cannot be read, or the process that judges died."""
    broken: bool = False
    """Whether that is the document's doing beyond doubt: it is no XML, or unsafe."""
    syntax: str | None = None
    document: str | None = None
    """Local name of the root element."""
    profile: str | None = None
    """Specification identifier (BT-24) as declared."""
    level: str | None = None
    """See `agents.einvoice.en16931._sheets.Declared`."""
    sheets: tuple[Mapping[str, str], ...] = ()
    """What judged: ``sheet`` (file), ``sha256`` (its first 12 digits), ``layer``."""
    schema: str | None = None
    """File of the XML schema it was held against."""
    schema_errors: tuple[Mapping[str, str], ...] = ()
    """``location`` and ``message`` of the first errors."""
    failed: tuple[Failed, ...] = ()
    crashed: tuple[Mapping[str, str], ...] = ()
    """``sheet``, ``layer`` and ``message`` of sheets that broke off: their rules have not been evaluated."""
    evaluated: int = 0
    """Rules of the sheets that ran to their end."""
    xml: str = field(default="", repr=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What the XML says, as far as it could be read."""
        try:
            return fields_from_xml(self.xml)
        except NotAnEInvoice:
            return {}

    @property
    def applicable(self) -> bool:
        """Whether there are rules for what the document is."""
        return bool(self.sheets)

    @property
    def valid(self) -> bool:
        """Whether it obeys schema and rules; warnings do not count against it."""
        fatal = any(rule.fatal for rule in self.failed)
        unknown = self.profile is not None and self.level is None
        return self.applicable and not (self.problem or self.schema_errors or self.crashed or fatal or unknown)


async def validate(xml: str, *, french: bool = False) -> Assessment:
    """Judge an e-invoice by its XML schema and the official rules, in a process of its own.

    Args:
        xml: the document, as `agents.documents` yields it.
        french: by the rules of the French reform too, even where it does not declare their profile.

    Returns:
        The verdict. What cannot be judged is part of it, never an exception.
    """
    try:
        judged = await _process.judge(xml, french=french)
    except _process.NotJudged as error:
        return Assessment(problem=str(error))
    if isinstance(judged, str):
        return Assessment(problem=judged, broken=True)
    return _assessment(judged, xml)


async def findings(xml: str, *, french: bool = False) -> list[Finding]:
    """`findings_of` what `validate` says of ``xml``."""
    return findings_of(await validate(xml, french=french))


def _assessment(judged: _judge.Judgement, xml: str) -> Assessment:
    broke_off = {entry["sheet"] for entry in judged["crashed"]}
    said = _sheets.Declared(judged["syntax"], judged["document"], judged["profile"], judged["level"], judged["facturx"])
    used = {entry["sheet"] for entry in judged["sheets"]} - broke_off
    ran = [s for french in (False, True) for s in _sheets.sheets_for(said, french=french) if s.name in used]
    evaluated = {id for sheet in ran for id in _catalogue.rules_of(sheet)}
    failed = {entry["id"] for entry in judged["failed"] if entry["flag"] == "fatal"}
    schema = judged["schema"]
    return Assessment(
        syntax=judged["syntax"],
        document=judged["document"],
        profile=judged["profile"],
        level=judged["level"],
        sheets=tuple(judged["sheets"]),
        schema=schema["schema"] if schema else None,
        schema_errors=tuple(schema["errors"]) if schema else (),
        failed=tuple(
            Failed(
                id=entry["id"],
                text=entry["text"],
                flag=entry["flag"],
                layer=entry["layer"],
                sheet=entry["sheet"],
                kind=EInvoiceRuleKind(entry["kind"]),
                terms=tuple(entry["terms"]),
                times=entry["times"],
                places=tuple(entry["places"]),
                allowed_by=_allowed_by(entry["id"], evaluated, failed),
            )
            for entry in judged["failed"]
        ),
        crashed=tuple(judged["crashed"]),
        evaluated=len(evaluated),
        xml=xml,
    )


def _allowed_by(id: str, evaluated: Collection[str], failed: Collection[str]) -> str | None:
    """The rule of an extended profile (``BR-FXEXT-CO-10`` for ``BR-CO-10``, ``BR-FXEXT-BR-22`` for ``BR-22``) that holds
    where the standard's own fails."""
    number = id.removeprefix("BR-")
    named = id if number[:1].isdigit() else number.replace("-", "-?")  # there is a BR-FXEXT-S08b
    loosened = re.compile(rf"BR-F[XR]EXT-{named}[a-z]*(-\d)?$")
    own = sorted(rule for rule in evaluated if loosened.match(rule))
    return own[0] if own and not set(own) & set(failed) else None


def findings_of(assessment: Assessment) -> list[Finding]:
    """The findings of an assessment: one a failed rule or schema error, what could not be assessed, and a summary."""
    if assessment.problem:
        return [_no_verdict(assessment)]
    if not assessment.applicable and not assessment.schema:
        return [_no_rules(assessment)]
    findings = [_violation(error, assessment) for error in assessment.schema_errors]
    lines = lines_at(assessment.fields) if assessment.failed else None
    findings += [failure(failed, assessment.fields, lines) for failed in assessment.failed]
    if assessment.crashed:
        findings.append(_broke_off(assessment.crashed))
    return [*findings, *_of_the_profile(assessment), _summary(assessment)]


def failure(failed: Failed, fields: Mapping[str, Field], lines: LinesAt | None = None) -> Finding:
    """The finding of a failed rule; ``lines`` where those of the XML are not all in ``fields``."""
    location = str(failed.places[0]["location"]) if failed.places else ""
    paths = [path for term in failed.terms for path in paths_of(term, location, lines)]
    values = {term: values_of(term, fields, location, lines) for term in failed.terms if paths_of(term)}
    severity = Severity.ERROR if failed.fatal else Severity.WARNING
    evidence: dict[str, Any] = {"layer": failed.layer, "location": location, "terms": values, "sheet": failed.sheet}
    evidence["kind"] = failed.kind
    if failed.places and failed.places[0]["found"]:
        evidence["elements"] = failed.places[0]["found"]
    if failed.allowed_by:
        evidence["allowed_by"] = failed.allowed_by
    if failed.times > 1:
        evidence |= {"times": failed.times, "locations": [place["location"] for place in failed.places]}
    return finding(failed.id, severity, failed.text, *dict.fromkeys(paths), **evidence)


def _violation(error: Mapping[str, Any], assessment: Assessment) -> Finding:
    message = f"The XML does not obey its schema: {error['message']}"
    kind = kind_of(error["message"], place=error["location"])
    evidence: dict[str, Any] = {"layer": "XSD", "location": error["location"], "sheet": assessment.schema, "kind": kind}
    return finding(SCHEMA, Severity.ERROR, message, **evidence)


def _no_verdict(assessment: Assessment) -> Finding:
    if assessment.broken:
        message = f"The e-invoice's XML cannot be read: {assessment.problem}. Ask the sender for a sound file."
        return finding(SCHEMA, Severity.ERROR, message, layer="XSD")
    message = f"The e-invoice could not be judged: {assessment.problem}. Look at it by hand."
    return finding(RULES, Severity.ERROR, message, verdict=Verdict.NOT_ASSESSABLE)


def _no_rules(assessment: Assessment) -> Finding:
    if assessment.document == _ZUGFERD_1:
        message = "The XML is ZUGFeRD 1.0, which is older than EN 16931 and not judged by its rules."
    else:
        message = f"The XML is {assessment.document!r}, neither CII nor UBL: there are no rules of EN 16931 for it."
    severity = Severity.INFO if assessment.document == _ZUGFERD_1 else Severity.ERROR
    return finding(RULES, severity, message, verdict=Verdict.NOT_ASSESSABLE, profile=assessment.profile)


def _broke_off(crashed: Sequence[Mapping[str, str]]) -> Finding:
    """A value that is no number where one is due ends a sheet. What it would have said is not known."""
    sheet_names = [sheet["sheet"] for sheet in crashed]
    message = f"The rules of {', '.join(sheet_names)} broke off on this document: {crashed[0]['message']}"
    return finding(
        RULES, Severity.ERROR, message, verdict=Verdict.NOT_ASSESSABLE, layer=crashed[0]["layer"], sheets=sheet_names
    )


def _of_the_profile(assessment: Assessment) -> list[Finding]:
    """What the declared specification leaves open: none that is known, or one whose own rules are not at hand."""
    profile, level = assessment.profile, assessment.level
    if profile and level is None:
        message = (
            f"The XML declares {profile!r}, which is no specification of EN 16931 or Factur-X: nobody knows its rules."
        )
        return [finding(PROFILE, Severity.ERROR, message, "profile", found=profile, kind=EInvoiceRuleKind.PROFILE)]
    if level in _sheets.NO_FULL_INVOICE:
        message = f"The profile {level} is no full invoice of EN 16931; it was judged by the rules of its own level."
        return [finding(RULES, Severity.INFO, message, "profile", verdict=Verdict.NOT_ASSESSABLE, profile=profile)]
    own = profile.removeprefix(_sheets.EN16931).strip("#") if profile else ""
    if own and level != "extended-ctc-fr" and "factur-x" not in own and "zugferd" not in own:
        name = "XRechnung" if "xrechnung" in own else own
        message = f"The rules that {name} adds to EN 16931 are not at hand; they were not evaluated."
        return [finding(RULES, Severity.INFO, message, "profile", verdict=Verdict.NOT_ASSESSABLE, profile=profile)]
    return []


def _summary(assessment: Assessment) -> Finding:
    fatal = sum(entry.fatal for entry in assessment.failed)
    warned = len(assessment.failed) - fatal
    said = f"{assessment.evaluated} rules evaluated, {fatal} failed"
    said += f", {warned} warned" if warned else ""
    said += ", the schema is not obeyed" if assessment.schema_errors else ""
    evidence: dict[str, Any] = {
        "evaluated": assessment.evaluated, "failed": [entry.id for entry in assessment.failed][:100],
        "sheets": [dict(entry) for entry in assessment.sheets], "schema": assessment.schema, "syntax": assessment.syntax,
        "document": assessment.document, "profile": assessment.profile, "level": assessment.level,
    }  # fmt: skip
    if assessment.valid:
        return finding(RULES, Severity.INFO, said, verdict=Verdict.PASS, **evidence)
    return finding(
        RULES,
        Severity.INFO,
        said,
        verdict=Verdict.FAIL if not assessment.crashed else Verdict.NOT_ASSESSABLE,
        **evidence,
    )
