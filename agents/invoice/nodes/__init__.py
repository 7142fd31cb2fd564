"""The steps of the invoice's graph, a concern a file, in the order in which they run: read, split, extract, check, repair, match,
comply, look, decide, review, post, learn. ``after_…`` says where it goes from there.

Steps that ask a model, read or write are activities; the others are pure and run in the workflow (`graph` says which).
"""

from agents.invoice.nodes._check import check
from agents.invoice.nodes._comply import after_comply, after_policies, ask_policies, comply
from agents.invoice.nodes._decide import after_decide, decide
from agents.invoice.nodes._extract import extract_header, extract_lines, extract_totals
from agents.invoice.nodes._learn import learn
from agents.invoice.nodes._look import look
from agents.invoice.nodes._match import after_match, choose_vendor, match
from agents.invoice.nodes._post import after_post, post
from agents.invoice.nodes._read import after_read, read
from agents.invoice.nodes._repair import after_check, repair, repairable
from agents.invoice.nodes._review import after_review, review
from agents.invoice.nodes._split import after_split, split

__all__ = [
    "after_check",
    "after_comply",
    "after_decide",
    "after_match",
    "after_policies",
    "after_post",
    "after_read",
    "after_review",
    "after_split",
    "ask_policies",
    "check",
    "choose_vendor",
    "comply",
    "decide",
    "extract_header",
    "extract_lines",
    "extract_totals",
    "learn",
    "look",
    "match",
    "post",
    "read",
    "repair",
    "repairable",
    "review",
    "split",
]
