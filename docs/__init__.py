"""Pages about the software, and what writes one of them."""
