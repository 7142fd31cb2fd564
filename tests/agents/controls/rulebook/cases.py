"""Labelled questions to a model: documents in three languages, rules of the shipped rulebooks, and what the answer should be.

Run as a program it asks a real endpoint and prints how many are right:
``python -m tests.agents.controls.rulebook.cases URL MODEL``.
No rule here is answered by a phrase: these are the questions that reach a model.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from agents.controls.rulebook import load_rulebook
from agents.controls.rulebook._asking import NONE, _choices, _shape
from agents.controls.rulebook._book import Rule
from agents.controls.rulebook._passages import Passages
from agents.controls.rulebook._prompts import messages, prompt
from agents.controls.rulebook.examples import reading_of_text

Expected = Literal["yes", "no", "not_stated"]

DE_CONTRACT = """Wartungsvertrag zwischen der Nordlicht IT GmbH und der Bäckerei Sommer KG
1. Der Anbieter wartet die Kassensysteme des Kunden an allen Standorten.
2. Der Kunde zahlt eine monatliche Vergütung von 480,00 EUR zuzüglich Umsatzsteuer.
3. Der Vertrag beginnt am 1. Januar 2026 und kann von beiden Seiten mit einer Frist von drei Monaten gekündigt werden.
4. Wird er nicht gekündigt, verlängert er sich jeweils um ein weiteres Jahr.
5. Die Haftung des Anbieters ist auf 25.000 EUR je Schadensfall begrenzt.
6. Auf diesen Vertrag findet das Recht der Bundesrepublik Deutschland Anwendung."""
DE_SHORT = """Reinigungsvertrag
Die Firma Glanz & Gloria reinigt werktags die Büros des Auftraggebers in der Lindenstraße 4.
Die Vergütung beträgt 1.200,00 EUR im Monat und ist am Monatsende fällig.
Der Vertrag endet am 31. Dezember 2026, ohne dass es einer Kündigung bedarf.
Beide Seiten behandeln alles vertraulich, was sie über den anderen erfahren."""
FR_CONTRACT = """Contrat de prestation de services entre Atelier Mercure SARL et Clinique du Parc
Article 1. Le prestataire assure l'entretien des ascenseurs du client.
Article 2. Le client paie 310,00 EUR par mois, à trente jours.
Article 3. Chaque partie peut résilier le contrat en respectant un préavis de deux mois.
Article 4. La responsabilité du prestataire est plafonnée à 40 000 EUR par an.
Article 5. Les parties gardent secrètes les informations qu'elles reçoivent l'une de l'autre."""
FR_SHORT = """Convention de nettoyage
La société Claire Fontaine nettoie les vitres du client chaque semaine.
Le prix est de 95,00 EUR par passage.
La convention est renouvelée de plein droit pour un an à chaque échéance.
Les tribunaux appliqueront la loi française."""
EN_CONTRACT = """Support agreement between Harbour Systems Ltd and Mill Lane School
1. The provider answers support requests within one working day.
2. The customer pays 640.00 EUR a month, thirty days after the invoice.
3. Either party may terminate this agreement on sixty days' written notice.
4. The provider's total liability under this agreement shall not exceed 100,000 EUR.
5. Neither party discloses what it learns about the other's business.
6. Irish law applies to this agreement."""
EN_SHORT = """Garden services
Green Hand Ltd mows the lawns of the customer every second week.
The customer pays 85.00 EUR for each visit.
The services end on 30 September 2026."""
FR_ABROAD = """Facture 2026-118
Atelier Mercure SARL, Lyon, FR40303265045
Client : Nordlicht IT GmbH, Hamburg, DE136695976
Conseil en organisation  10  90,00  900,00
Taxe : la TVA est à acquitter par l'acheteur dans son pays
Total  900,00 EUR"""
DE_SMALL = """Rechnung 77
Malermeister Jan Feld, Ulm
Streichen von zwei Zimmern  1  640,00  640,00
Als kleines Unternehmen berechne ich keine Umsatzsteuer.
Gesamt  640,00 EUR"""
EN_SILENT = """Invoice 5521
Hill Pottery, Cork
Vases  12  15.00  180.00
Total  180.00 EUR
Thank you for your order"""
DE_ABROAD_SILENT = """Rechnung 4410
Nordlicht IT GmbH, Hamburg, DE136695976
An: Atelier Mercure SARL, Lyon, FR40303265045
Schulung  2  450,00  900,00
Gesamtbetrag  900,00 EUR
Zahlbar innerhalb von 14 Tagen"""


@dataclass(frozen=True)
class Case:
    """``quote`` stands in the line that bears the answer out; None where nothing does."""

    text: str
    book: str
    rule: str
    answer: Expected
    quote: str | None = None


_C, _P = "service-contract", "payables"
CASES = [
    Case(DE_CONTRACT, _C, "NOTICE-PERIOD", "yes", "drei Monaten"),
    Case(DE_CONTRACT, _C, "GOVERNING-LAW", "yes", "Recht der Bundesrepublik"),
    Case(DE_CONTRACT, _C, "LIABILITY-CAP", "yes", "25.000 EUR"),
    Case(DE_CONTRACT, _C, "AUTO-RENEWAL", "yes", "verlängert er sich"),
    Case(DE_CONTRACT, _C, "CONFIDENTIALITY", "not_stated"),
    Case(DE_SHORT, _C, "AUTO-RENEWAL", "no", "ohne dass es einer Kündigung"),
    Case(DE_SHORT, _C, "CONFIDENTIALITY", "yes", "vertraulich"),
    Case(DE_SHORT, _C, "LIABILITY-CAP", "not_stated"),
    Case(DE_SHORT, _C, "GOVERNING-LAW", "not_stated"),
    Case(FR_CONTRACT, _C, "NOTICE-PERIOD", "yes", "deux mois"),
    Case(FR_CONTRACT, _C, "LIABILITY-CAP", "yes", "40 000 EUR"),
    Case(FR_CONTRACT, _C, "CONFIDENTIALITY", "yes", "secrètes"),
    Case(FR_CONTRACT, _C, "GOVERNING-LAW", "not_stated"),
    Case(FR_CONTRACT, _C, "AUTO-RENEWAL", "not_stated"),
    Case(FR_SHORT, _C, "AUTO-RENEWAL", "yes", "renouvelée"),
    Case(FR_SHORT, _C, "GOVERNING-LAW", "yes", "loi française"),
    Case(FR_SHORT, _C, "NOTICE-PERIOD", "not_stated"),
    Case(FR_SHORT, _C, "LIABILITY-CAP", "not_stated"),
    Case(EN_CONTRACT, _C, "NOTICE-PERIOD", "yes", "sixty days"),
    Case(EN_CONTRACT, _C, "GOVERNING-LAW", "yes", "Irish law"),
    Case(EN_CONTRACT, _C, "LIABILITY-CAP", "yes", "100,000 EUR"),
    Case(EN_CONTRACT, _C, "CONFIDENTIALITY", "yes", "Neither party"),
    Case(EN_CONTRACT, _C, "AUTO-RENEWAL", "not_stated"),
    Case(EN_SHORT, _C, "NOTICE-PERIOD", "not_stated"),
    Case(EN_SHORT, _C, "LIABILITY-CAP", "not_stated"),
    Case(EN_SHORT, _C, "CONFIDENTIALITY", "not_stated"),
    Case(FR_ABROAD, _P, "TAX-REVERSE-CHARGE", "yes", "acheteur"),
    Case(DE_ABROAD_SILENT, _P, "TAX-REVERSE-CHARGE", "not_stated"),
    Case(DE_SMALL, _P, "TAX-EXEMPTION-NOTE", "yes", "kleines Unternehmen"),
    Case(EN_SILENT, _P, "TAX-EXEMPTION-NOTE", "not_stated"),
]


def rule_of(case: Case) -> Rule:
    """The rule a case is about."""
    rule = load_rulebook(case.book)[1].rule(case.rule)
    assert rule
    return rule


def right(case: Case, answer: str, quote: str) -> tuple[bool, bool]:
    """Whether the verdict is right, and whether the quote is the line it should be."""
    passes = rule_of(case).passes
    grounded = answer == "not_stated" or quote != NONE
    verdict = grounded and passes(answer) == passes(case.answer)  # type: ignore[arg-type]
    return verdict, verdict and (case.quote is None or answer == "not_stated" or case.quote in quote)


_places = asyncio.Semaphore(4)
"""Calls at once."""


async def _ask(client: httpx.AsyncClient, model: str, asked: list[dict[str, str]], schema: Any) -> tuple[Any, Any]:
    body = {
        "model": model,
        "messages": asked,
        "temperature": 0,
        "max_tokens": 500,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "RuleAnswer", "schema": schema, "strict": True},
        },
    }
    async with _places:
        said = (await client.post("/chat/completions", json=body)).raise_for_status().json()
    return json.loads(said["choices"][0]["message"]["content"]), said["usage"]


async def one_each(client: httpx.AsyncClient, model: str, cases: Sequence[Case]) -> list[tuple[Case, str, str, Any]]:
    """A call for each case, as the agent makes it."""

    async def ask(case: Case) -> tuple[Case, str, str, Any]:
        lines = Passages(reading_of_text(case.text)).lines
        schema = _shape(list(_choices(lines))).model_json_schema()
        said, usage = await _ask(client, model, messages("\n".join(line.text for line in lines), rule_of(case)), schema)
        return case, said["answer"], said["quote"], usage

    return await asyncio.gather(*map(ask, cases))


async def grouped(client: httpx.AsyncClient, model: str, cases: Sequence[Case]) -> list[tuple[Case, str, str, Any]]:
    """A call for each document, with all its rules."""
    found: list[tuple[Case, str, str, Any]] = []

    async def ask(text: str) -> None:
        about = [case for case in cases if case.text == text]
        lines = Passages(reading_of_text(text)).lines
        one = _shape(list(_choices(lines))).model_json_schema()
        schema = {
            "type": "object",
            "properties": {case.rule: one for case in about},
            "required": [case.rule for case in about],
            "additionalProperties": False,
        }
        told = "\n".join(f"{case.rule}: {rule_of(case).question}" for case in about)
        rest = prompt("question").partition("\n")[2]
        shown = "\n".join(line.text for line in lines).replace("<", "‹")
        asked = [
            {"role": "system", "content": prompt("instructions")},
            {"role": "user", "content": f"<document>\n{shown}\n</document>\n\nAnswer each:\n{told}\n{rest}"},
        ]
        said, usage = await _ask(client, model, asked, schema)
        for n, case in enumerate(about):
            found.append((case, said[case.rule]["answer"], said[case.rule]["quote"], usage if n == 0 else None))

    await asyncio.gather(*map(ask, dict.fromkeys(case.text for case in cases)))
    return found


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("model")
    given = parser.parse_args()
    async with httpx.AsyncClient(base_url=given.url, timeout=1200) as client:
        for name, way in (("one call each", one_each), ("grouped", grouped)):
            began = time.monotonic()
            found = await way(client, given.model, CASES)
            scores = [right(case, answer, quote) for case, answer, quote, _ in found]
            usage = [one for *_, one in found if one]
            cached = sum((one.get("prompt_tokens_details") or {}).get("cached_tokens", 0) for one in usage)
            print(
                f"{name}: verdict {sum(v for v, _ in scores)} of {len(scores)}, with the right quote"
                f" {sum(q for _, q in scores)}; {len(usage)} calls,"
                f" {sum(one['prompt_tokens'] for one in usage)} prompt tokens ({cached} cached),"
                f" {sum(one['completion_tokens'] for one in usage)} output, {time.monotonic() - began:.0f} s"
            )
            for (case, answer, quote, _), (verdict, _) in zip(found, scores, strict=True):
                if not verdict:
                    print(
                        f"  {case.text.splitlines()[0][:30]:30} {case.rule:20} {case.answer:10} said {answer}: {quote[:60]}"
                    )


if __name__ == "__main__":
    asyncio.run(main())
