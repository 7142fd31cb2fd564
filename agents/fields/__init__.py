"""What an invoice says: its fields with their evidence, whoever read them.

`table` has a row for each field; `schema` the values, the map they stand in and the public shape; `values` and `identifiers`
how they are written; `corrections` what people type for them; `checks` what is wrong with them.
"""
