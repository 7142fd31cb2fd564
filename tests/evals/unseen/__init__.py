"""How well invoices of issuers nobody tuned to are read, and what becomes of them; and small cases, each of a kind."""
