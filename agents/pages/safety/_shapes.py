"""What documents say to whoever reads them, as `_injection` looks for it: instructions, and claims that stand for one.

Those against models are the shapes of OWASP's LLM01:2025; those against people, of payment redirection and of invoices that
claim to have passed the checks that are to be made of them. The ways of saying it are words of the languages
(`agents.words`, the table ``instructions``).
"""

from __future__ import annotations

from agents.fields.rules import Rule

SAYINGS: dict[Rule, dict[str, str]] = {
    Rule.PROMPT_INJECTION: {
        "disregard_instructions": "to disregard instructions",
        "disregard_amounts": "to leave printed amounts out of account",
        "addressed_to_machine": "something to a machine that reads it",
        "approve_unseen": "to approve or pay unseen",
        "skip_check": "to leave out a check",
        "trust_sender": "to trust whoever sends it",
        "claims_match": "that it matches an order or a receipt",
        "keep_silent": "to keep silent about it",
        "claims_approval": "that it was approved or checked before",
    },
    Rule.BANK_CHANGE: {
        "announces_account": "that bank details have changed",
        "pay_elsewhere": "to pay to another account than the one printed",
        "change_master": "to change the vendor master",
    },
}
"""Of each rule the terms of ``instructions``, and what a document then says."""

MARKS: dict[str, tuple[str, ...]] = {
    "what is said to a model between marks": (
        r"<\|? ?(?:im_start|im_end|system|assistant|user|endoftext|eot_id|(?:start|end)_header_id) ?\|?>",
        r"\[/?inst\]|<</?sys>>|</?(?:document|prompt|instructions?|(?:tool|function)_calls?)>|#{2,4} ?instructions?\b",
        r"\bsystem(?: prompt| message)? ?: [^.!?]{0,60}?\b(?:approve|ignore|override|you must|answer|respond|output)",
        r"\bassistant ?: [^.!?]{0,90}?\b(?:approve|ignore|passed|auto-pay|sanctions|compliance|output|respond)",
    ),
    "an answer in our own form": (
        r"[{,] ?[\"'](?:approved|decision|outcome|risk|(?:is_)?duplicate|tool|tool_calls?|function|arguments)[\"'] ?:",
        r"\b(?:risk|duplicate|approved|auto_?pay|fraud|needs_review) ?= ?[\"']?(?:low|none|false|true|yes|no)\b",
        r"\b(?:output|return|(?:respond|reply|answer) with)\b [^.!?]{0,15}?(?:\bjson\b|\{)",
    ),
}
"""Of ``PROMPT-INJECTION``, what is no language: what the document says, and regular expressions for it."""
