"""Current details are Markdown on an operator's page, and a document's text is no markup there."""

from __future__ import annotations

from workflows._shown import plain


def test_a_documents_text_makes_no_link_picture_or_heading() -> None:
    assert plain("[pay here](http://x)") == r"\[pay here\]\(http://x\)"
    assert plain("# Approved\n\n![x](y) <b>") == r"\# Approved \!\[x\]\(y\) \<b\>"
    assert len(plain("x" * 5000)) == 500
