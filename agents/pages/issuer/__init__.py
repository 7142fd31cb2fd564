"""An issuer known from a look that a person took at one of its invoices: `learn` says how it prints them, `fitting` and `read_by`
read the next one by that, `keys_in` and `keys_of` say by what it is found.

A profile says where something stands, never what. It ranks what is printed, and every proof and check that any value needs is
needed here too: accounts, and what is known of a vendor, are the master's.
"""

from agents.pages.issuer._days import as_written
from agents.pages.issuer._keys import keys_in, keys_of
from agents.pages.issuer._learning import learn
from agents.pages.issuer._pools import LEARNABLE
from agents.pages.issuer._reading import changed, closes, fitting, read_by

__all__ = ["LEARNABLE", "changed", "closes", "as_written", "fitting", "keys_in", "keys_of", "learn", "read_by"]
