"""A month of invoices of a made-up firm, with its vendors, orders and receipts, and with what should not pass planted in it."""
