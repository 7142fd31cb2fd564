"""How the time something takes grows with the size of what it is given: what hostile documents are tested with.

A limit in seconds would test the machine. A ratio of two sizes, taken in one process a moment apart, tests the code.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

FOLD = 8
"How many times the small size goes into the large one."

ALLOWED = 24
"As much longer may the large one take: 8 times is linear, 64 times the square; noise lies in between."


def grows_gently(work_of: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Whether work of `size` takes about as many times longer than an eighth of it as it is larger.

    `work_of(n)` makes work of size n, which is not timed, and returns what does it, which is. Times are CPU time of this
    process. What grows with the square does so at each try; a busy machine rarely disturbs three tries alike.
    """

    def seconds(n: int) -> float:
        work = work_of(n)
        begun = process_time()
        work()
        return process_time() - begun

    for _ in range(3):
        small = min(seconds(size // FOLD) for _ in range(2))
        if seconds(size) <= ALLOWED * small + 0.01:  # of less than a hundredth of a second nothing is to be learnt
            return True
    return False
