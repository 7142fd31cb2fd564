"""Invoices held against what else is known: the vendor master, purchase orders with receipts, and all other invoices.

Pure functions over fields and the ledger's records: they read nothing, and the same input gives the same findings. Only
`ask_which` asks a model.
"""

from agents.controls.matching._duplicates import duplicates, preceding_of, sketch
from agents.controls.matching._orders import Tolerances, match_order
from agents.controls.matching._parties import Companies, addressee_findings, known_parties
from agents.controls.matching._vendors import (
    How,
    VendorLimit,
    VendorMatch,
    ask_which,
    is_named,
    match_vendor,
    settle_near,
    vendor_key,
)

__all__ = [
    "Companies",
    "How",
    "Tolerances",
    "VendorLimit",
    "VendorMatch",
    "addressee_findings",
    "ask_which",
    "duplicates",
    "is_named",
    "known_parties",
    "match_order",
    "match_vendor",
    "preceding_of",
    "settle_near",
    "sketch",
    "vendor_key",
]
