"""What stands on the page against what the XML states: what people see and what is booked must be the same invoice."""

from agents.pages.against._comparing import compare, comparisons
from agents.pages.against._comparison import Comparison, Outcome
from agents.pages.against._page import PrintedPage

__all__ = ["Comparison", "Outcome", "PrintedPage", "compare", "comparisons"]
