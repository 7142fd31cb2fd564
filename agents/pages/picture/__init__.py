"""What the pixels of a document say against what its text says: of key values, and of what its text does not have at all."""

from agents.pages.picture._judging import findings
from agents.pages.picture._places import KeyPlace, key_places

__all__ = ["KeyPlace", "findings", "key_places"]
