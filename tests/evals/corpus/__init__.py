"""Synthetic invoices of many fictitious issuers, with ground truth, written independently of the extractor."""
