"""Current details are Markdown on an operator's page, and a document's text is no markup there."""

from __future__ import annotations

from workflows.execution import _plain


def test_a_documents_text_makes_no_link_picture_or_heading() -> None:
    assert _plain("[pay here](http://x)") == r"\[pay here\]\(http://x\)"
    assert _plain("# Approved\n\n![x](y) <b>") == r"\# Approved \!\[x\]\(y\) \<b\>"
    assert len(_plain("x" * 5000)) == 500
