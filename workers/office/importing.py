"""What imports of master data share: whose it is, and keeping the good rows of a file or none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Generic, TypeVar

from workers.office.errors import NotKnown

if TYPE_CHECKING:
    from workers.master import Read, Wrong

T = TypeVar("T")


@dataclass(frozen=True)
class Imported(Generic[T]):
    """What became of a file of master data."""

    kept: Sequence[T]
    """Nothing where rows are bad and the good ones were not to be imported without them."""
    new: int
    changed: Sequence[T]
    """Those that were on record and are other now."""
    problems: Sequence[Wrong]
    """What is wrong with the rows that were left out."""
    told: Sequence[Wrong] = ()
    """What is worth a look in those that were kept."""

    @property
    def whole(self) -> bool:
        """Whether there was nothing wrong with the file."""
        return not self.problems


async def imported(
    read: Read[T],
    put: Callable[[Sequence[T]], Awaitable[int]],
    before: Callable[[T], T | None],
    *,
    skip_bad: bool,
) -> Imported[T]:
    """Keep the records of a file; where rows are bad none of them, unless these are to be skipped.

    Args:
        before: the record that was there in a record's place.
    """
    if read.problems and not skip_bad:
        return Imported([], 0, [], read.problems)
    new = await put(read.records)
    changed = [record for record in read.records if (was := before(record)) is not None and was != record]
    return Imported(read.records, new, changed, read.problems, read.told)


def not_known(tenant: str, what: str, name: str, known: Sequence[str], listing: str) -> NotKnown:
    """That a tenant has nothing of that name, with the names nearest to it."""
    near = get_close_matches(name, known)
    meant = f" Is it {' or '.join(near)}?" if near else ""
    return NotKnown(f"tenant {tenant} has no {what} {name!r}.{meant} {listing}", near)
