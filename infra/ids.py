"""Ids that are joined of several names: all of them, and why no two join to the same.

Temporal's workflow ids, and through them traces and sessions, are texts without fields. Joined by a sign that the names may
hold, ``a-b`` and ``c`` would be one with ``a`` and ``b-c``, and one tenant would pause what is another's.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
"""What tenants and batches may be called: their names stand in ids, addresses and file names."""

_BETWEEN: Final = ":"
"""In no name, and in no part that is joined: there it is written ``%3A``."""
_AT: Final = "@"
"""Before the installation; in no other part."""
_DIGEST_CHARS: Final = 24
_PLAIN_DEFINITION: Final = re.compile(r"\w+")
_PLAIN_DIGEST: Final = re.compile(rf"[0-9a-f]{{{_DIGEST_CHARS},}}")
_PLAIN_VARIANT: Final = re.compile(rf"[A-Za-z0-9._]{{0,{_DIGEST_CHARS - 1}}}")


def joined(*parts: str) -> str:
    """One id of ``parts``, from which they could be told again: other parts, or as many in another order, make another id.

    >>> joined("batch", "a-b", "c"), joined("batch", "a", "b-c")
    ('batch:a-b:c', 'batch:a:b-c')
    >>> joined("a:b", "c"), joined("a", "b:c")
    ('a%3Ab:c', 'a:b%3Ac')
    """
    return _BETWEEN.join(quote(part, safe="", errors="surrogatepass") for part in parts)


def batch_id(tenant: str, batch: str, installation: str) -> str:
    """The workflow id of a batch of an installation, which is named by its id."""
    return _of(installation, joined("batch", tenant, batch))


def former_batch_id(tenant: str, batch: str) -> str:
    """The workflow id that a batch had in earlier versions. It may be another's: whose it is, its search attributes say."""
    return f"batch-{tenant}-{batch}"


def execution_id(definition: str, tenant: str, digest: str, variant: str = "", *, installation: str) -> str:
    """The id of the one execution of these bytes for this tenant of an installation; of the one of each ``variant``, where there
    are several."""
    return _of(installation, former_execution_id(definition, tenant, digest, variant))


def former_execution_id(definition: str, tenant: str, digest: str, variant: str = "") -> str:
    """The id that an execution had before installations had one.

    Joined by hyphens where it can be told apart again, as it was from the first version on, so that what was processed then
    is known now: the definition is what stands before the first hyphen; behind the last stands the digest, of 24 characters,
    or a variant of fewer, behind its digest; what is left between is the tenant. Where a part is not of that shape it is
    `joined`, and no id of the first kind has a colon.
    """
    parts = [definition, tenant, digest[:_DIGEST_CHARS], *([variant] if variant else [])]
    plain = (
        _PLAIN_DEFINITION.fullmatch(definition)
        and NAME.fullmatch(tenant)
        and _PLAIN_DIGEST.fullmatch(digest)
        and _PLAIN_VARIANT.fullmatch(variant)
    )
    return "-".join(parts) if plain else joined(*parts)


def _of(installation: str, id: str) -> str:
    """An id of one installation beside others in a namespace. What stands before the sign is quoted, or has none."""
    return f"{id}{_AT}{quote(installation, safe='')}"


def definition_in(execution_id: str) -> str:
    """The definition that an execution's id begins with."""
    return unquote(re.split(f"[-{_BETWEEN}]", execution_id, maxsplit=1)[0])
