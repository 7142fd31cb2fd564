"""Documents and people that try to be paid, through the invoice agent: what became of each."""
