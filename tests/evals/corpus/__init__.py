"""Drawn invoices of made-up issuers with their ground truth, written without sight of the code that reads them."""
