"""Settings: everything that can be configured, in one place.

Values come, first match wins, from the environment (``COUNTERFOIL_…``), then from a file (`settings_file` says which), then,
for ports of the local stack, from what ``counterfoil up`` chose, then from the defaults below. Secrets come from the environment
only.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from platformdirs import user_cache_path
from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from infra.egress import require_database, require_target, require_url
from infra.home import default_home
from infra.records import OwnCompany
from infra.settings_file import settings_file

LOOPBACK = "127.0.0.1"


def _said_in_file() -> dict[str, Any]:
    try:
        found = settings_file()
        return tomllib.loads(found[1].decode()) if found else {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"their file cannot be used: {error}") from error


class MachinePrice(BaseModel):
    """The price of a self-hosted model, from what its machine costs and how fast it was measured to be.

    ``USD per million tokens = machine_per_hour / 3600 / tokens_per_second / utilisation * 1e6``, for prompt and
    output tokens apart; prompt tokens served from the prefix cache need no computing, so they carry no price.
    """

    machine_per_hour: Decimal
    currency: str = "USD"
    prompt_tokens_per_second: Decimal
    output_tokens_per_second: Decimal
    utilisation: Decimal = Field(default=Decimal("0.5"), gt=0, le=1)
    source: str


class TokenPrice(BaseModel):
    """A published price, in ``currency`` per million tokens. ``cached`` defaults to ``input``."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    currency: str = "USD"
    source: str


Reads = Literal["choose", "whole"]
"""What a model is asked about a document: to choose where code leaves something open; or to read all of it, knowing nothing of
what code read, so that what both say counts as read twice."""


class TierSettings(BaseModel):
    """A named endpoint and model. Without ``price`` its calls are recorded as unpriced, never as free."""

    url: str
    model: str | None = None
    reads: Reads = "choose"
    price: TokenPrice | MachinePrice | None = None
    api_key_env: str = "COUNTERFOIL_MODEL_API_KEY"
    timeout_seconds: float = 300.0


class _Ports(BaseModel, strict=True):
    """Ports of the local stack that `counterfoil up` chose."""

    temporal_port: int | None = Field(default=None, gt=0, le=65535)
    temporal_ui_port: int | None = Field(default=None, gt=0, le=65535)
    phoenix_port: int | None = Field(default=None, gt=0, le=65535)
    model_port: int | None = Field(default=None, gt=0, le=65535)


STACK_PORTS = tuple(_Ports.model_fields)
"""Settings that `counterfoil up` chooses where nothing is set: the usual ones may be those of another stack."""


def remembered_ports(home: Path) -> dict[str, int]:
    """The ports that `counterfoil up` chose for the stack of a home, by setting; those that are set are not among them.

    Raises:
        SettingsError: the file in which they are kept is damaged.
    """
    kept = home / "ports.json"
    try:
        return _Ports.model_validate_json(kept.read_bytes()).model_dump(exclude_none=True)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise SettingsError(
            f"{kept} is damaged ({what}). Delete it, then `counterfoil down` and `counterfoil up`, which chooses ports anew"
        ) from error


class _Remembered(PydanticBaseSettingsSource):
    """What comes of `remembered_ports`, for every command of the home."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        home = self.current_state.get("home")
        return dict(remembered_ports(Path(home) if home else default_home()))


class Settings(BaseSettings):
    """All settings. Ports are where the local stack serves; a set ``*_url`` or ``*_address`` replaces that part."""

    model_config = SettingsConfigDict(
        env_prefix="COUNTERFOIL_",
        env_nested_delimiter="__",
        extra="forbid",
    )

    home: Path = Field(
        default_factory=default_home,
        description="folder of all state; the nearest .counterfoil above the working directory, if you made it or said "
        "`counterfoil trust` there, else one in it; delete it to start afresh",
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("counterfoil"),
        description="what was fetched once for all homes: vLLM and models; the user's cache folder",
    )
    tenant: str = Field(default="default", description="for whom documents are handed in where nothing else is said")
    task_queue: str | None = Field(
        default=None,
        description="of workflows, in place of counterfoil- and the installation's id; the other queues add -models and "
        "-reading",
    )

    workers: int = Field(default=1, ge=1, description="worker processes of the local stack")
    worker_host: str = Field(default=LOOPBACK, description="where a worker answers for its health and metrics")
    worker_port: int = Field(
        default=9464, ge=0, le=65535, description="port of that; taken already, the next free one; 0 for any"
    )
    reading_slots: int | None = Field(
        default=None, gt=0, description="documents read at once in one worker; else its share of the machine's cores"
    )
    drain_seconds: float = Field(
        default=30, ge=0, description="time that a worker asked to stop gives to what runs; the rest it hands back"
    )
    log_format: Literal["json", "text"] | None = Field(
        default=None, description="what a worker logs: lines of JSON, or text; if unset, text on a terminal only"
    )

    temporal_address: str | None = Field(
        default=None, description="host:port of a Temporal of yours, in place of one started here"
    )
    temporal_namespace: str = Field(default="default", description="namespace in it")
    temporal_port: int = Field(default=7233, description="where the local Temporal serves, on loopback")
    temporal_ui_port: int = Field(default=8233, description="where its pages are")
    temporal_ui_url: str | None = Field(default=None, description="base URL of the pages of a Temporal of yours")

    phoenix_url: str | None = Field(
        default=None, description="base URL of a Phoenix of yours, in place of one started here"
    )
    phoenix_port: int = Field(default=6006, description="where the local Phoenix serves, on loopback")
    phoenix_project: str = Field(default="counterfoil", description="project in Phoenix that traces go to")
    phoenix_api_key: SecretStr | None = Field(
        default=None, description="key for Phoenix; to be given in the environment"
    )
    spans_max_bytes: int = Field(
        default=2 * 2**30,
        ge=2**20,
        description="most that is kept on disk of what Phoenix has not taken; then the oldest spans are dropped",
    )
    spans_fsync: bool = Field(
        default=False,
        description="wait for the device before an activity counts as done, so that a power cut loses no span either",
    )

    model_url: str | None = Field(
        default=None,
        description="OpenAI-compatible endpoint (vLLM, SGLang, llama.cpp, Ollama), in place of a vLLM started here",
    )
    model_name: str | None = Field(default=None, description="model id; if unset, the first that the endpoint lists")
    model_api_key: SecretStr | None = Field(default=None, description="key for it; to be given in the environment")
    model_reads: Reads = Field(
        default="choose",
        description="choose: it is asked what code leaves open; whole: it is strong, reads each page by itself, and what it "
        "and code both say is sure (reads of a tier is the same)",
    )
    model_port: int = Field(default=8000, description="where the local model serves, on loopback")
    model_price: TokenPrice | MachinePrice | None = Field(
        default=None,
        description="what the model costs, with the source of the figures; if unset, a stated assumption for the "
        "local model on the processor, else calls are unpriced",
    )
    model_timeout_seconds: float = Field(default=300.0, description="longest wait for one answer")
    model_concurrency: int = Field(
        default=8,
        gt=0,
        description="model calls that one worker has in flight at an endpoint at first; then as many as keep it busy",
    )
    model_concurrency_least: int = Field(default=1, gt=0, description="never fewer; the same as most: never changed")
    model_concurrency_most: int = Field(default=256, gt=0, description="never more")
    model_calls_per_second: float | None = Field(
        default=None,
        gt=0,
        description="most activities with model calls that Temporal hands out a second, to all workers together",
    )
    model_outage_minutes: float = Field(
        default=60,
        ge=0,
        description="how long documents wait for an endpoint that cannot be reached before their tries begin to count",
    )
    model_context: int = Field(
        default=8192, ge=2048, description="tokens every endpoint takes at once, prompt and answer together"
    )
    model_attempts: int = Field(default=10, gt=0, description="tries of a call that fails in a way that may pass")
    model_retry_seconds: float = Field(default=2, gt=0, description="wait before the second try; doubled up to 45 s")
    local_model: str = Field(
        default="1.5b", description="'1.5b' or '0.5b' (packaged weights), or a hub model id on a GPU"
    )
    tiers: dict[str, TierSettings] = Field(
        default_factory=dict,
        description="several endpoints or models by name, in place of model_url; small is asked first, a repair may go "
        "to a larger one",
    )
    allowed_hosts: list[str] = Field(
        default_factory=list,
        description="hosts of models, Temporal, Phoenix and ledger allowed beside loopback and private addresses",
    )

    ledger_url: str | None = Field(default=None, description="SQLAlchemy URL of the ledger; if unset, SQLite in home")
    documents_path: Path | None = Field(default=None, description="folder of the document store; if unset, in home")

    batch_window: int = Field(
        default=64,
        gt=0,
        description="executions of one batch in the works at once; model calls have a limit of their own",
    )
    watch_most_urgent: int = Field(
        default=3,
        ge=1,
        le=5,
        description="the most urgent priority that a manifest in a watched folder may give, if `watch --priority` is not more "
        "urgent itself: 1 (most urgent) to 5",
    )
    workflow_sandbox: bool = Field(
        default=False,
        description="run workflows in Temporal's sandbox, which finds code that must not be in one; for tests",
    )
    tenant_weights: dict[str, float] = Field(
        default_factory=dict, description="share of a tenant beside others of the same priority; 1 where none is named"
    )

    approval_limits: dict[str, Decimal] = Field(
        default_factory=lambda: {c: Decimal(1000) for c in ("EUR", "USD", "GBP", "CHF")},
        description="largest grand total approved without a person, by ISO 4217 currency; one not named needs a person",
    )
    ask: Literal["open", "all", "nothing"] = Field(
        default="open", description="what a model is asked: what code leaves open or cannot prove, everything, nothing"
    )
    sure: float = Field(
        default=0.95, ge=0, le=1, description="confidence every key value must have for approval without a person"
    )
    max_repairs: int = Field(default=2, ge=0, description="rounds of asking again what the checks find wrong")
    approval_policy: Path | None = Field(
        default=None,
        description="YAML file that says what is approved without a person, and who approves the rest; without one, "
        "approval_limits and sure do, and anyone may approve",
    )
    rulebook: str = Field(
        default="payables", description="house policies every invoice is held against: a shipped name, or a YAML file"
    )
    french_rules: bool = Field(
        default=False,
        description="hold e-invoices against the rules of the French reform (CTC) too, where they do not declare them",
    )
    companies: list[OwnCompany] = Field(
        default_factory=list,
        description="our own companies, each with name, aliases, vat_ids and, if it is one tenant's, tenant: an invoice to "
        "anybody else goes to a person; none: whom an invoice is addressed to is not looked at",
    )
    sanctions_list: Path | None = Field(
        default=None, description="CSV file, or one name a line, of whom nothing may be paid to"
    )
    read_seconds: float = Field(default=60.0, description="longest that reading a document may take")
    read_memory_mb: int = Field(default=1024, description="address space of the process that reads it")
    ocr: bool = Field(
        default=True, description="recognise the text of pages that have none, as scans; else a person reads"
    )
    look: bool = Field(
        default=True,
        description="read the pixels of key values, by ocr_engine, before an invoice with pages is approved without a person: "
        "what the picture does not confirm goes to a person, and so does everything where the engine is not installed; "
        "false: drawn text is taken as the file has it, and a scanner's text always goes to a person",
    )
    ocr_engine: str = Field(default="rapidocr", description="what recognises: rapidocr, or module:factory of your own")
    ocr_pages: int = Field(default=10, gt=0, description="at most so many pages of a document are recognised")
    ocr_seconds: float = Field(default=30.0, gt=0, description="a page may take to be recognised, beyond read_seconds")
    ocr_memory_mb: int = Field(
        default=2048, gt=0, description="address space for recognising; A4 takes less than 1,024"
    )

    @field_validator("tiers")
    @classmethod
    def _has_a_small_tier(cls, tiers: dict[str, TierSettings]) -> dict[str, TierSettings]:
        if tiers and "small" not in tiers:
            named = ", ".join(tiers)
            raise ValueError(f"no tier is named 'small', which is asked first (there are: {named}); name one so")
        return tiers

    @model_validator(mode="after")
    def _leads_nowhere_out(self) -> Self:
        """Where anything but questions to a model is sent; those pass the same gate at each request."""
        for require, name, what in (
            (require_target, "temporal_address", "Temporal"),
            (require_url, "phoenix_url", "Phoenix"),
            (require_database, "ledger_url", "the ledger"),
        ):
            if address := getattr(self, name):
                require(address, self.allowed_hosts, f"{what} (COUNTERFOIL_{name.upper()})")
        return self

    @model_validator(mode="after")
    def _concurrency_starts_between_its_bounds(self) -> Self:
        least, start, most = self.model_concurrency_least, self.model_concurrency, self.model_concurrency_most
        if not least <= start <= most:
            raise ValueError(
                f"model_concurrency is {start}, which is not between model_concurrency_least ({least}) and "
                f"model_concurrency_most ({most}); change one of them"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, _said_in_file()), _Remembered(settings_cls)

    def model_post_init(self, _: Any) -> None:
        self.home = self.home.absolute()
        self.cache = self.cache.absolute()

    @property
    def temporal_target(self) -> str:
        """``host:port`` of the Temporal frontend."""
        return self.temporal_address or f"{LOOPBACK}:{self.temporal_port}"

    @property
    def temporal_ui(self) -> str:
        """Base URL of Temporal's Web UI."""
        return (self.temporal_ui_url or f"http://{LOOPBACK}:{self.temporal_ui_port}").rstrip("/")

    @property
    def phoenix(self) -> str:
        """Base URL of Phoenix: UI, GraphQL and the OTLP collector."""
        return (self.phoenix_url or f"http://{LOOPBACK}:{self.phoenix_port}").rstrip("/")

    @property
    def local_model_url(self) -> str:
        """Base URL, with ``/v1``, at which the local stack serves its model."""
        return f"http://{LOOPBACK}:{self.model_port}/v1"

    @property
    def ledger(self) -> str:
        """SQLAlchemy URL of the ledger, with an async driver."""
        return self.ledger_url or f"sqlite:///{self.home / 'ledger.db'}"

    @property
    def documents(self) -> Path:
        """Folder of the document store."""
        return self.documents_path or self.home / "documents"


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
