"""Who works here: one identity for handing in and for answering.

Nobody is authenticated: a name is what the environment or the login says. What takes people's word otherwise, such as a page
behind a login, gives the authenticated name in its place (``by`` of `submission.submit`, ``reviewer`` of `reviews.answer`).
"""

from __future__ import annotations

import getpass
import os
from unicodedata import normalize

from agents.controls.approval import name_problem
from workers.office.errors import WronglyAsked

VARIABLE = "COUNTERFOIL_REVIEWER"


def person_named(name: str) -> str:
    """``name`` in the one form it is kept in.

    Raises:
        WronglyAsked: nobody can be called so; the message says why.
    """
    if problem := name_problem(name):
        raise WronglyAsked(f"{problem}. Give another name, or set {VARIABLE}")
    return " ".join(normalize("NFC", name).split())


def this_person() -> str | None:
    """Who works here: the environment's COUNTERFOIL_REVIEWER, else the login name; None where neither is there.

    Raises:
        WronglyAsked: nobody can be called so.
    """
    if name := os.environ.get(VARIABLE, "").strip():
        return person_named(name)
    try:
        return person_named(getpass.getuser())
    except (KeyError, OSError, ImportError):
        return None
