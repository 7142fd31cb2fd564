"""``python -m docs.configuration``: write ``configuration.md`` from the settings; with ``--check``, say whether it is stale."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from infra.records import OwnCompany
from infra.settings import MachinePrice, Settings, TierSettings, TokenPrice

PAGE = Path(__file__).with_name("configuration.md")

SECTIONS = {
    "Where things are": ("home", "cache", "documents_path", "ledger_url", "tenant", "task_queue"),
    "What is asked, and what passes": (
        "ask", "sure", "max_repairs", "approval_policy", "approval_limits", "rulebook", "companies", "sanctions_list",
        "french_rules",
    ),
    "Models": (
        "model_url", "model_name", "model_api_key", "model_price", "model_reads", "allowed_hosts", "local_model",
        "tiers", "model_context",
        "model_timeout_seconds", "model_attempts", "model_retry_seconds", "model_outage_minutes", "model_concurrency",
        "model_concurrency_least", "model_concurrency_most", "model_calls_per_second", "model_port",
    ),
    "Reading": (
        "read_seconds", "read_memory_mb", "ocr", "ocr_engine", "ocr_pages", "ocr_seconds", "ocr_memory_mb", "look",
        "reading_slots",
    ),
    "Workers and batches": (
        "workers", "worker_host", "worker_port", "drain_seconds", "log_format", "batch_window", "tenant_weights",
        "watch_most_urgent", "workflow_sandbox",
    ),
    "Temporal and Phoenix": (
        "temporal_address", "temporal_namespace", "temporal_port", "temporal_ui_port", "temporal_ui_url", "phoenix_url",
        "phoenix_port", "phoenix_project", "phoenix_api_key", "spans_max_bytes", "spans_fsync",
    ),
}  # fmt: skip
"""Every setting, once, under the heading it is looked for."""

HEAD = """\
# Configuration

*Written by `make docs` from `infra/settings.py`.*

A setting is read from the environment, then from a file, then from its default; the first that is there holds. In the environment
`home` is `COUNTERFOIL_HOME`; lists and tables are given as JSON there. In the file the names stand as they are here, and one that
nobody knows is refused. Keys belong in the environment. A port of the local stack that nobody set is the one that
`counterfoil up` chose for this home: the default, or a free one where the default is another's.

The file is the one that `counterfoil --config FILE` or `COUNTERFOIL_CONFIG` names; else `counterfoil.toml` in the working
directory, once you have said `counterfoil trust` there, as a folder from elsewhere may hold one that sends your documents away;
else `counterfoil.toml` in your configuration folder (on Linux `~/.config/counterfoil`). A trusted file that has changed is to be
trusted anew; until then no worker starts there.

The home is the `.counterfoil` that a command of yours made, in the working directory or above it. One that came with a folder is
refused, and so is one that is not on your register yet, since an earlier version made it or you moved it: `counterfoil trust` in
the folder it stands in takes it. One beside the code that runs, as in a clone, needs no word, and neither does the one that
`COUNTERFOIL_HOME` names.
"""

FOOT = """\
## Our own companies

With a list of them an invoice that is addressed to none, neither by a name nor by a VAT id, goes to a person; and where a page
does not tell who sells and who buys, who of the two is one of ours is the buyer. A name is one of these as the vendor master's
names are: without case, accents, signs and legal form, though of two different legal forms it is another's; what is only near
goes to a person.

```toml
# counterfoil.toml
[[companies]]
name = "Vanta Ridge Capital Ltd"
aliases = ["Vanta Ridge"]
vat_ids = ["GB802364991"]

[[companies]]
name = "Gemeinde Seefeld"
tenant = "seefeld"
```

In the environment the same is `COUNTERFOIL_COMPANIES='[{"name": "Vanta Ridge Capital Ltd", "vat_ids": ["GB802364991"]}]'`. An
execution keeps the list it was handed in with.

## Prices and tiers

A price says what its figures rest on, and that stands beside every cost. It is either what a provider publishes, by million
tokens (`input`, `output`, and `cached`, which is `input` where it is not said), or what a machine of yours costs an hour over how
fast it was measured to be and the share of the hour it works (`utilisation`, 0.5 where it is not said). Without a price, calls are
recorded as unpriced, never as free.

```toml
# counterfoil.toml
[tiers.small]
url = "http://127.0.0.1:8000/v1"

[tiers.small.price]
machine_per_hour = 0.90
currency = "EUR"
prompt_tokens_per_second = 9000
output_tokens_per_second = 1200
utilisation = 0.4
source = "rent of the machine; speeds as we measured them"

[tiers.large]
url = "http://10.0.0.8:8000/v1"
model = "a-larger-model"
api_key_env = "LARGE_MODEL_KEY"
timeout_seconds = 120

[tiers.large.price]
input = 0.60
output = 2.40
cached = 0.15
currency = "USD"
source = "price list of March 2026"
```

A tier whose `reads` is `whole` (`model_reads` without tiers) has a strong model. It reads each document as a whole, in two calls
that know nothing of what code read, and what both read is sure ([decision 48](decisions/0048-two-independent-readings.md)). Say
so when `counterfoil score`, on documents of issuers it was not tuned to, counts at least 95 % of its values right: what both read
is believed by that share. Leave a model of some 1.5B parameters at `choose`, which asks it only what code leaves open: called
strong, it would put right values in doubt.

A model is spoken to only on loopback, on a private address, or on a host that `allowed_hosts` names.
"""


def page() -> str:
    """The page; raises `KeyError` or `ValueError` where `SECTIONS` and the settings do not name the same."""
    settings = Settings.model_fields
    sections = {title: [name for name in names if name in settings] for title, names in SECTIONS.items()}
    listed = [name for names in sections.values() for name in names]
    if sorted(listed) != sorted(settings):
        raise ValueError(f"in no section, or in two: {sorted(set(settings) ^ set(listed)) or listed}")
    parts = [HEAD]
    for title, names in sections.items():
        parts.append("\n".join([f"## {title}", "", *_table({name: settings[name] for name in names})]) + "\n")
    return "\n".join([*parts, FOOT])


def _table(fields: dict[str, FieldInfo]) -> Iterator[str]:
    yield "| Name | Is | Default | Meaning |"
    yield "|---|---|---|---|"
    for name, field in fields.items():
        cells = (f"`{name}`", _kind(field.annotation), _default(field), field.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _kind(annotation: Any) -> str:
    """A type in the words of whoever writes a value."""
    words = {
        str: "text", Path: "path", bool: "true or false", int: "whole number", float: "number", Decimal: "number",
        SecretStr: "secret", TokenPrice: "published price", MachinePrice: "machine's price", TierSettings: "tier",
        OwnCompany: "company",
    }  # fmt: skip
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin in (Union, UnionType):
            return " or ".join(_kind(kind) for kind in arguments if kind is not NoneType)
        case origin if origin is Literal:
            return " or ".join(f"`{value}`" for value in arguments)
        case origin if origin is list:
            return f"list of {_kind(arguments[0])}"
        case origin if origin is dict:
            return f"table of {_kind(arguments[1])} by name"
    if isinstance(annotation, type) and annotation in words:
        return words[annotation]
    raise KeyError(f"no word for {annotation}")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is PydanticUndefined:
        assert field.default_factory
        value = field.default_factory()  # type: ignore[call-arg] # none of ours takes the values read before
    match value:
        case Path():
            return f"`{value.name}`"  # the folder it is in depends on where one stands
        case None:
            return ""
        case bool():
            return str(value).lower()
        case dict():
            return ", ".join(f"{entry} {name}" for name, entry in value.items()) or "none"
        case list():
            return ", ".join(str(entry) for entry in value) or "none"
    return str(value)


def main() -> None:
    """Entry point."""
    if sys.argv[1:] == ["--check"]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
            sys.exit("docs/configuration.md is not what the settings say: run make docs")
    elif sys.argv[1:]:
        sys.exit("usage: python -m docs.configuration [--check]")
    else:
        PAGE.write_text(page(), encoding="utf-8")
        print("wrote docs/configuration.md")


if __name__ == "__main__":
    main()
