"""The use cases: what the back office, operators and developers ask for, as functions that return data.

An `Office` holds what they work with; it is the first argument of each. One module a use case: `submission` hands documents
in, `following` tells how they get on, `executions` and `batches` say how things stand, `reviews` takes people's answers,
`retrying` begins again, `exports` and `einvoices` give results to other programs, `costs` and `verification` say what was
paid, `pages` draws, `checking` holds documents against a rulebook, `vendors` and `orders` keep the master data, `policies` and
`rules` explain, `watching` takes what is dropped into a folder. Nothing here prints or ends a process: what goes wrong is one of
the errors below, or another `Failure`, and says what to do next.
"""

from workers.office._opening import Office, opened
from workers.office.errors import CannotDo, NobodyAnswers, NotKnown, NotTaken, SeveralMeant, WronglyAsked, told

__all__ = [
    "CannotDo",
    "NobodyAnswers",
    "NotKnown",
    "NotTaken",
    "Office",
    "SeveralMeant",
    "WronglyAsked",
    "opened",
    "told",
]
