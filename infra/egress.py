"""Where anything may be sent: loopback and private addresses, and hosts that were named. The one gate for all that leaves.

An address passes only if it is written in the one plain form of its kind. What is written otherwise may be read in two ways, by
this gate and by the client that connects, and is refused.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Loopback, RFC 1918 and RFC 4193. `ipaddress.is_private` takes in more, such as tunnels that lead outside."""

_HOST = r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))"
"""A name or an IPv4 address, or an IPv6 address in brackets. Letters of other scripts are compared as written."""
_PORT = r":[0-9]{1,5}"
_URL = re.compile(rf"(?i:https?)://(?:(?P<user>[^/?#\\\s]*)@)?{_HOST}(?:{_PORT})?(?:[/?#][^\s\\\x00-\x1f\x7f]*)?")
_TARGET = re.compile(rf"{_HOST}{_PORT}")
_DATABASE_HOST = re.compile(rf"{_HOST}(?:{_PORT})?|(?P<bare>[0-9A-Fa-f:.]+)")
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\.?")
"""The last part of what resolvers take for an IPv4 address, however it is written (WHATWG URL, "ends in a number")."""


class NotAllowed(ValueError):
    """The host is not one that anything may be sent to; the message says what to do, and repeats no password."""


def require_url(url: str, allowed_hosts: Sequence[str], what: str) -> None:
    """Let an ``http(s)`` URL pass if its host is loopback, private, or named in ``allowed_hosts``.

    Names are compared as written and not resolved: what a name resolves to can change between check and request. A URL with a
    user name or password is refused: it would be recorded, and it can show another host than it goes to.

    Args:
        what: what is there, and the setting that says so, for the message: ``Phoenix (COUNTERFOIL_PHOENIX_URL)``.

    Raises:
        NotAllowed: for every other one.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        raise NotAllowed(
            f"{what} is not an http(s) address that can be made out, so nothing was sent to it: write it as "
            "http://host:port, with no user name or password"
        )
    if parts["user"] is not None:
        raise NotAllowed(
            f"{what} has an @, so a user name or a password, in its address, so nothing was sent to it: give its key as an "
            "API key instead"
        )
    _require(parts, allowed_hosts, what)


def require_target(target: str, allowed_hosts: Sequence[str], what: str) -> None:
    """As `require_url`, of ``host:port``; an IPv6 address is in brackets."""
    parts = _TARGET.fullmatch(target)
    if parts is None:
        raise NotAllowed(
            f"{what} is not host:port, so nothing was sent to it: write it as temporal.example:7233 or [::1]:7233"
        )
    _require(parts, allowed_hosts, what)


def require_database(url: str, allowed_hosts: Sequence[str], what: str) -> None:
    """As `require_url`, of all hosts that a SQLAlchemy URL names, itself or in its query, and of those that libpq takes from
    the environment where the URL names none. Files and unix sockets pass.

    A ``service`` is refused: the host stands in a file that can change after the check. So is a ``conninfo``, which may name one.
    """
    from sqlalchemy import make_url  # a tenth of a second, which whoever has no ledger elsewhere need not wait for
    from sqlalchemy.exc import ArgumentError

    unclear = NotAllowed(
        f"{what} cannot be made out, so nothing was sent to it: write postgresql://user:password@host:port/database, and in the "
        "password %40 for @, %2F for /, %23 for #, %3A for :"
    )
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise unclear from None
    if parsed.get_backend_name() == "sqlite":
        return
    asked = parsed.normalized_query
    if asked.get("service") or asked.get("conninfo") or os.environ.get("PGSERVICE"):
        raise NotAllowed(
            f"{what} names a service or a conninfo of Postgres, in its query or as PGSERVICE, so nothing was sent to it: write "
            "the host in the URL instead"
        )
    named = [parsed.host or "", *asked.get("host", ())]
    if not any(named):
        named.append(os.environ.get("PGHOST", ""))
    named += asked.get("hostaddr") or [os.environ.get("PGHOSTADDR", "")]
    for host in ",".join(named).split(","):
        if not host or host[0] in "/@":  # of a unix socket: its folder, or its name where it is in none
            continue
        parts = _DATABASE_HOST.fullmatch(host)
        if parts is None:
            raise unclear
        _require(parts, allowed_hosts, what)


def _require(parts: re.Match[str], allowed_hosts: Sequence[str], what: str) -> None:
    host = next(value for value in (parts["six"], parts["name"], parts.groupdict().get("bare")) if value).lower()
    if host == "localhost" or host in {
        allowed.lower().removeprefix("[").removesuffix("]") for allowed in allowed_hosts
    }:
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address
        if any(address in network for network in _PRIVATE):
            return
    raise NotAllowed(f"{what}: the host {host!r} is not on the allow-list, so nothing was sent to it. {_advice(host)}")


def _advice(host: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            return "Write an address as four decimal numbers, as in 127.0.0.1"
        if host.endswith("."):
            return "Write the name without the dot at its end"
    return f"If what it is sent may go there, add the host: COUNTERFOIL_ALLOWED_HOSTS='[\"{host}\"]'"
