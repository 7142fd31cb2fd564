"""What a document says to whoever reads it, and should not: instructions to a model, claims of approval, changed accounts; what
is hidden on its pages, and what stands over them."""

from agents.pages.safety._findings import findings
from agents.pages.safety._injection import speaks

__all__ = ["findings", "speaks"]
