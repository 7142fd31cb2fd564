"""Where anything may be sent: loopback and private addresses, and hosts that were named. The one gate for all that leaves."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""Loopback, RFC 1918 and RFC 4193. `ipaddress.is_private` takes in more, such as tunnels that lead outside."""


class NotAllowed(ValueError):
    """The host is not one that anything may be sent to; the message says how to allow it."""


def require_host(host: str, allowed_hosts: Sequence[str], what: str) -> None:
    """Let ``host`` pass if it is a loopback or private address, ``localhost``, or named in ``allowed_hosts``.

    Names are compared as written and not resolved: what a name resolves to can change between check and request.

    Args:
        what: what is there, for the message: ``the model endpoint``.

    Raises:
        NotAllowed: for every other host.
    """
    host = host.lower().strip("[]")
    if host == "localhost" or host in {allowed.lower().strip("[]") for allowed in allowed_hosts}:
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
    raise NotAllowed(
        f"{what}'s host {host!r} is not on the allow-list, so nothing was sent to it. "
        f"If documents may go there, set COUNTERFOIL_ALLOWED_HOSTS='[\"{host}\"]'"
    )


def require_address(address: str, allowed_hosts: Sequence[str], what: str) -> None:
    """As `require_host`, of each host that a URL or ``host:port`` names, also in the ``host`` or ``hostaddr`` of its query, as
    libpq takes them. One without a host, such as a database's file or socket, passes.

    Raises:
        NotAllowed: also where no host can be made out of what names one.
    """
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        named = [parts.netloc.rpartition("@")[2]] if parts.netloc else []
        hosts = [urlsplit(f"//{one}").hostname or "" for whole in named for one in whole.split(",")]
    except ValueError:
        raise NotAllowed(f"the address of {what} cannot be made out") from None
    asked = parse_qs(parts.query)
    hosts += [one for key in ("host", "hostaddr") for whole in asked.get(key, []) for one in whole.split(",")]
    for host in hosts:
        if host and not host.startswith("/"):
            require_host(host, allowed_hosts, what)
