"""The use cases, as functions that return data: whoever shows it, on a terminal or a page, decides nothing here."""
