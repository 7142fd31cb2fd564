"""What documents are handed in from: files, folders, ZIP archives, manifests and a watched folder.

`find_files` turns paths into `HandedIn` files and says of everything else why it is `Refused`; `workers.office.submission` hands
the files in. `WatchedFolder` is a folder that files are dropped into. Nothing here writes what a stranger made under a name
the stranger chose, and nothing is held in memory before it is read.
"""

from workers.intake._files import Found, HandedIn, Refused, Source
from workers.intake._finding import ENDINGS, MANIFEST_ENDINGS, find_files
from workers.intake._manifest import PRIORITIES, checked_priority, files_named_in
from workers.intake._opening import Root
from workers.intake._problems import BadSubmission, CannotTake, checked_name
from workers.intake._watched import REFUSED, TAKEN, Delivery, WatchedFolder

__all__ = [
    "ENDINGS",
    "MANIFEST_ENDINGS",
    "PRIORITIES",
    "REFUSED",
    "TAKEN",
    "BadSubmission",
    "CannotTake",
    "Delivery",
    "Found",
    "HandedIn",
    "Refused",
    "Root",
    "Source",
    "WatchedFolder",
    "checked_name",
    "checked_priority",
    "files_named_in",
    "find_files",
]
