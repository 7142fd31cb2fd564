"""Types of a document by its type code (BT-3): UNTDID 1001, as EN 16931 restricts it for invoices and credit notes.

Two questions are asked of a code, with two answers. Which syntax is it written in, and does its type already say that its
amounts are a credit: any `CREDIT_NOTES`. What is a person to settle against its invoice, and nothing else: one of the few
`PLAIN_CREDIT_NOTES`. The others are credits of another kind (of a financial adjustment, consolidated, delcredere …) and
are told of as a type that is not simply settled.
"""

from __future__ import annotations

INVOICE = "380"
"""Commercial invoice: what is simply paid."""
CREDIT_NOTE = "381"
CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
"""Types that a CreditNote of UBL may have (BR-CL-01), in which a credit is said by the type and not by a minus."""
PLAIN_CREDIT_NOTES = frozenset({CREDIT_NOTE, "396", "261", "532"})
"""Credit note, factored, self-billed, and of a forwarder."""
