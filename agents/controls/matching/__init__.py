"""Invoices held against what else is known: the vendor master, purchase orders with receipts, and all other invoices.

Pure functions over fields and the ledger's records: they read nothing, and the same input gives the same findings.
"""
