"""What is no invoice to be paid: another kind of document, one that is void, a draft or settled, whose amount is collected or
owed to us, or that we were to write ourselves."""

from agents.pages.unpayable._findings import findings

__all__ = ["findings"]
