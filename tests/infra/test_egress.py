"""Nothing leads out that was not allowed, however its address is written."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from infra.settings import Settings
from workers.office.errors import told

ALLOWED = "cluster.example"

TARGETS = [
    "temporal.evil.example:7233", "8.8.8.8:7233", "evil.example", "evil.example:", ":7233", "localhost",
    "http://evil.example:7233", "http:evil.example:7233", "//evil.example:7233", "evil.example:7233/", "evil.example:7233?x=1",
    "localhost:7233/@evil.example", "localhost@evil.example:7233", "localhost:7233@evil.example:7233",
    "evil.example#localhost:7233", "localhost:7233#evil.example:7233", "localhost:7233,evil.example:7233", "evil\\localhost:7233",
    "localhost:7233 ", " localhost:7233", "localhost:7233\n", "localhost:７２３３", "localhost:723333", "localhost:+7233",
    "dns:///evil.example:7233", "unix:/tmp/temporal", "ipv4:8.8.8.8:7233", "passthrough:///evil.example:7233",
    "0x7f.1:7233", "0x7f000001:7233", "2130706433:7233", "017700000001:7233", "127.1:7233", "127.0.0.01:7233", "127.0.0.1.:7233",
    "①27.0.0.1:7233", "127。0。0。1:7233", "localhost.:7233", "cluster.example.:7233", "x.cluster.example:7233",
    "cluster.example.evil.org:7233", "clustеr.example:7233", "xn--clustr-wvf.example:7233", "0.0.0.0:7233", "169.254.169.254:7233",
    "::1:7233", "[::1]", "[::1]7233", "[::1:7233", "[[::1]]:7233", "[::]:7233", "[::1%25lo]:7233", "[fe80::1]:7233",
    "[2001:db8::1]:7233", "[::ffff:8.8.8.8]:7233", "[64:ff9b::7f00:1]:7233", "[localhost]:7233", "[127.0.0.1]x:7233",
]  # fmt: skip

PAGES = [
    "https://phoenix.evil.example", "http://127.0.0.1@evil.example", "http://evil.example@127.0.0.1", "http://a:b@127.0.0.1",
    "http://127.0.0.1\\@evil.example", "http://evil.example\\@127.0.0.1", "http://evil.example#@127.0.0.1", "evil.example",
    "//evil.example", "http:evil.example", "http:/evil.example", "http:///evil.example", "ftp://127.0.0.1", "127.0.0.1:6006",
    "http://127.0.0.1:6006\t", "ht\ntp://evil.example", "http://evil.example?127.0.0.1", "http://0x7f.1", "http://2130706433",
    "http://127.1", "http://0177.0.0.1", "http://localhost.", "http://LOCALHOST.evil.example", "http://cluster.example.",
    "http://127.0.0.1,evil.example", "http://evil.example:80@127.0.0.1", "http://[::ffff:8.8.8.8]", "http://[::1%25lo]",
    "http://127.0.0.1／@evil.example", "http://evil.example℀127.0.0.1", "http://ｅvil.example", "http://127.0.0.1:x", "http://",
]  # fmt: skip

LEDGERS = [
    "postgresql+psycopg://ledger:secret@db.evil.example/ledger", "postgresql://DB.evil.example",
    "postgresql+psycopg:///ledger?host=db.evil.example", "postgresql+psycopg:///ledger?host=127.0.0.1&host=db.evil.example",
    "postgresql+psycopg:///ledger?host=127.0.0.1,db.evil.example:5432", "postgresql+psycopg:///ledger?host=db.evil.example:5432",
    "postgresql+psycopg:///ledger?host=/var/run,db.evil.example", "postgresql+psycopg:///ledger?host=%64b.evil.example",
    "postgresql+psycopg://127.0.0.1/ledger?hostaddr=8.8.8.8", "postgresql+psycopg://127.0.0.1/ledger?hostaddr=127.0.0.1,8.8.8.8",
    "postgresql+psycopg://127.0.0.1,db.evil.example/ledger", "postgresql+psycopg://127.0.0.1:5432,db.evil.example:5432/ledger",
    "postgresql+psycopg://127.0.0.1/ledger?host=db.evil.example", "postgresql+psycopg://127.0.0.1/ledger?service=evil",
    "postgresql+psycopg:///?service=evil", "postgresql+psycopg:///ledger?conninfo=hostaddr%3D192.0.2.7",
    "postgresql+psycopg://u@127.0.0.1/db?conninfo=service%3Dx", "postgresql+psycopg://ledger:sec#ret@db.evil.example/ledger",
    "postgresql+psycopg://127.0.0.1#:secret@db.evil.example/ledger",
    "postgresql+psycopg://ledger:127.0.0.1/@db.evil.example/ledger", "postgresql+psycopg://ledger:sec@ret@127.0.0.1/ledger",
    "postgresql+psycopg://ledger:sec@ret@db.evil.example/ledger", "postgresql+psycopg://127.0.0.1?:secret@db.evil.example/ledger",
    "postgresql+psycopg://127.0.0.1\\@db.evil.example/ledger", "postgresql+psycopg://127.0.0.1 db.evil.example/ledger",
    "postgresql+psycopg://0x7f.1/ledger", "postgresql+psycopg://2130706433/ledger", "postgresql+psycopg://localhost./ledger",
    "postgresql+psycopg://[::ffff:8.8.8.8]/ledger", "postgresql+psycopg:///ledger?hostaddr=2001:db8::1",
    "postgresql+psycopg://%2Fvar%2Frun@db.evil.example/ledger", "mysql+pymysql://db.evil.example/ledger", "db.evil.example",
    "postgresql+psycopg://127.0.0.1:secret/ledger", " postgresql://db.evil.example",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)


def _refusal(**setting: object) -> str:
    with pytest.raises(ValidationError, match="nothing was sent") as refused:
        Settings(**setting)  # type: ignore[arg-type]
    sentence = told(refused.value)
    assert sentence
    return sentence


@pytest.mark.parametrize("address", TARGETS)
def test_temporal_is_host_and_port_near_or_named_and_nothing_else(address: str) -> None:
    assert "COUNTERFOIL_TEMPORAL_ADDRESS" in _refusal(temporal_address=address, allowed_hosts=[ALLOWED])


@pytest.mark.parametrize("url", PAGES)
def test_phoenix_is_a_plain_url_near_or_named_and_nothing_else(url: str) -> None:
    assert "COUNTERFOIL_PHOENIX_URL" in _refusal(phoenix_url=url, allowed_hosts=[ALLOWED])


@pytest.mark.parametrize("url", LEDGERS)
def test_every_host_that_the_ledgers_url_names_is_near_or_named(url: str) -> None:
    sentence = _refusal(ledger_url=url, allowed_hosts=[ALLOWED])
    assert "COUNTERFOIL_LEDGER_URL" in sentence
    assert "sec" not in sentence.replace("second", ""), "no password, nor a part of one, is repeated"


@pytest.mark.parametrize(
    "setting",
    [
        {"temporal_address": "127.0.0.1:7233"}, {"temporal_address": "[::1]:7233"}, {"temporal_address": "10.1.2.3:7233"},
        {"temporal_address": "LocalHost:7233"}, {"temporal_address": "cluster.example:7233"},
        {"temporal_address": "Cluster.Example:7233"}, {"temporal_address": "[fd00::1]:7233"},
        {"temporal_address": "[2001:db8::7]:7233"}, {"temporal_address": "[::ffff:10.0.0.1]:7233"},
        {"phoenix_url": "http://localhost:6006"}, {"phoenix_url": "HTTPS://cluster.example/phoenix/?x=@y#z"},
        {"phoenix_url": "http://[::1]:6006/"}, {"phoenix_url": "https://müller.example"},
        {"ledger_url": "sqlite:////tmp/ledger.db"}, {"ledger_url": "postgresql:///ledger"},
        {"ledger_url": "postgresql+psycopg://ledger:secret@/ledger?host=/var/run/postgresql"},
        {"ledger_url": "postgresql+psycopg:///ledger?host=%2Fvar%2Frun,127.0.0.1:5433&port=5432"},
        {"ledger_url": "postgresql+psycopg:///ledger?host=@abstract"},
        {"ledger_url": "postgresql+psycopg://ledger:s%40crët@127.0.0.1:5432/ledger"},
        {"ledger_url": "postgresql+psycopg://ledger:s#/crët@127.0.0.1:5432/ledger?sslmode=require"},
        {"ledger_url": "postgresql+psycopg://[::1]:5432/ledger"}, {"ledger_url": "postgresql+psycopg:///ledger?hostaddr=::1"},
        {"ledger_url": "postgresql+asyncpg://cluster.example,10.0.0.1/ledger"},
    ],
)  # fmt: skip
def test_what_is_near_or_named_passes(setting: dict[str, object]) -> None:
    Settings(**setting, allowed_hosts=[ALLOWED, "[2001:db8::7]", "müller.example"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("variable", "value"), [("PGHOST", "db.evil.example"), ("PGHOSTADDR", "8.8.8.8"), ("PGSERVICE", "evil")]
)
def test_what_libpq_takes_from_the_environment_is_looked_at_too(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    _refusal(ledger_url="postgresql+psycopg:///ledger")
    Settings(ledger_url="sqlite:////tmp/ledger.db")


def test_a_host_in_the_url_holds_before_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.evil.example")
    Settings(ledger_url="postgresql+psycopg://127.0.0.1/ledger")


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ({"temporal_address": "evil.example:7233"}, "COUNTERFOIL_ALLOWED_HOSTS='[\"evil.example\"]'"),
        ({"temporal_address": "evil.example"}, "host:port"),
        ({"temporal_address": "http://localhost:7233"}, "host:port"),
        ({"temporal_address": "0x7f.1:7233"}, "four decimal numbers"),
        ({"temporal_address": "localhost.:7233"}, "without the dot"),
        ({"phoenix_url": "evil.example:6006"}, "http://host:port"),
        ({"phoenix_url": "http://me:secret@127.0.0.1"}, "API key"),
        ({"ledger_url": "postgresql://ledger:sec@ret@127.0.0.1/ledger"}, "%40 for @"),
        ({"ledger_url": "postgresql:///ledger?service=evil"}, "write the host in the URL"),
        ({"ledger_url": "postgresql://db.evil.example/ledger"}, "COUNTERFOIL_ALLOWED_HOSTS='[\"db.evil.example\"]'"),
    ],
)
def test_a_refusal_says_what_to_do_about_the_setting_that_is_refused(setting: dict[str, str], advice: str) -> None:
    sentence = _refusal(**setting)
    assert advice in sentence
    assert ("COUNTERFOIL_ALLOWED_HOSTS" in sentence) == ("ALLOWED_HOSTS" in advice), "no other advice than this"
    if "ALLOWED_HOSTS" in advice:
        Settings(**setting, allowed_hosts=json.loads(advice.partition("='")[2].rstrip("'")))  # type: ignore[arg-type]
