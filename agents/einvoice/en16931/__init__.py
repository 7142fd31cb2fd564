"""E-invoices by EN 16931: judged by the official rules, and written.

`validate` judges an XML and `findings_of` says so in findings, `findings` both at once; `assess_extracted` judges what was
read from a page by the same rules; `rule` and `catalogue` say what a rule demands. `to_ubl`, `to_cii` and `to_facturx_pdf`
write an invoice as e-invoice.
"""

from agents.einvoice.en16931._assessment import Assessment, Failed, findings, findings_of, validate
from agents.einvoice.en16931._catalogue import OfficialRule, catalogue, rule
from agents.einvoice.en16931._draft import Note
from agents.einvoice.en16931._extracted import assess_extracted
from agents.einvoice.en16931._writer import NotWritten, Written, to_cii, to_facturx_pdf, to_ubl

__all__ = [
    "Assessment",
    "Failed",
    "NotWritten",
    "Note",
    "OfficialRule",
    "Written",
    "assess_extracted",
    "catalogue",
    "findings",
    "findings_of",
    "rule",
    "to_cii",
    "to_facturx_pdf",
    "to_ubl",
    "validate",
]
