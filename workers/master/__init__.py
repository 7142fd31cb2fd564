"""The master data's files: vendors, purchase orders and receipts, from CSV or JSON and back.

CSV is in UTF-8, with commas, semicolons or tabs between; the first line names the columns. A cell with a list has ``|``
between its parts. JSON is a list of objects of the same names. Nothing of a file is kept here: whoever reads one decides
whether to keep the good rows where others are bad.
"""

from workers.master._rows import BadFile, Wrong
from workers.master._values import plain_number
from workers.master.orders import COLUMNS as ORDER_COLUMNS
from workers.master.orders import order_json, read_orders, write_orders
from workers.master.reading import Read
from workers.master.receipts import COLUMNS as RECEIPT_COLUMNS
from workers.master.receipts import read_receipts, receipt_json, write_receipts
from workers.master.vendors import COLUMNS as VENDOR_COLUMNS
from workers.master.vendors import read_vendors, vendor_json, write_vendors

__all__ = [
    "ORDER_COLUMNS",
    "RECEIPT_COLUMNS",
    "VENDOR_COLUMNS",
    "BadFile",
    "Read",
    "Wrong",
    "order_json",
    "plain_number",
    "read_orders",
    "read_receipts",
    "read_vendors",
    "receipt_json",
    "vendor_json",
    "write_orders",
    "write_receipts",
    "write_vendors",
]
