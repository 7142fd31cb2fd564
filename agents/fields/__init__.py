"""What an invoice says: its fields with their evidence, whoever read them.

`table` has a row for each field; `schema` the values, the map they stand in and the public shape; `grounds` what a value rests
on; `values` and `identifiers` how they are written; `corrections` what people type for them; `checks` what is wrong with
them, and `rules` the names of what code finds wrong.
"""
