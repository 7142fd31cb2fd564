"""E-invoices: their fields without a model (`fields_from_xml`), how they are put into a PDF (`container_findings`), whether
their amount is collected (`collection_findings`), and the rules of EN 16931 (`en16931`)."""

from agents.einvoice._collected import collection_findings
from agents.einvoice._container import container_findings
from agents.einvoice._destinations import destinations_of_xml
from agents.einvoice._stated import NotAnEInvoice, amounts_aside, fields_from_xml

__all__ = [
    "NotAnEInvoice",
    "amounts_aside",
    "collection_findings",
    "container_findings",
    "destinations_of_xml",
    "fields_from_xml",
]
