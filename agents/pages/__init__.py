"""Words on pages become a draft of the invoice they show, by code alone.

`draft` reads an invoice from a page, `compare` holds an e-invoice against the page it is embedded in, `judged` says how
sure each value is. `safety` looks for what a document says to its reader, `table` has the lines of an invoice.
"""

from agents.pages import issuer
from agents.pages._confidence import READER_RIGHT, SURE, confidence_of, judged
from agents.pages._confidence import keys as calibration_keys
from agents.pages._destinations import payment_destinations
from agents.pages._drafting import Draft, draft
from agents.pages._proposed import Offer, placed, pointed, proposed
from agents.pages._scans import findings as scan_findings
from agents.pages._several import PagePart, Several, parse_pages
from agents.pages.against import compare

__all__ = [
    "READER_RIGHT",
    "SURE",
    "Draft",
    "Offer",
    "PagePart",
    "Several",
    "calibration_keys",
    "compare",
    "confidence_of",
    "draft",
    "issuer",
    "judged",
    "parse_pages",
    "payment_destinations",
    "placed",
    "pointed",
    "proposed",
    "scan_findings",
]
