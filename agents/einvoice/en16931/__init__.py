"""E-invoices by EN 16931: judged by the official rules, and written.

`validate` judges an XML and `findings_of` says so in findings, `findings` both at once; `assess_extracted` judges what was
read from a page by the same rules; `rule` and `catalogue` say what a rule demands. Writing is in `agents.einvoice.en16931.writer`.
"""

from agents.einvoice.en16931._catalogue import catalogue, rule
from agents.einvoice.en16931.assessment import Assessment, Failed, findings, findings_of, validate
from agents.einvoice.en16931.extracted import assess_extracted

__all__ = ["Assessment", "Failed", "assess_extracted", "catalogue", "findings", "findings_of", "rule", "validate"]
