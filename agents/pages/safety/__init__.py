"""What a document says to whoever reads it, and should not: instructions to a model, claims of approval, changed accounts."""

from agents.pages.safety._injection import findings

__all__ = ["findings"]
