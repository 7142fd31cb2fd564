"""What stands on the page against what the XML states: what people see and what is booked must be the same invoice."""

from agents.pages.against._comparing import compare, comparisons
from agents.pages.against._comparison import Comparison, Outcome

__all__ = ["Comparison", "Outcome", "compare", "comparisons"]
