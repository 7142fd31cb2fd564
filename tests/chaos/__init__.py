"""Chaos: workers, model endpoint, Phoenix and Temporal's server are killed at random under a batch of documents, and what
stands in the records afterwards is held together. ``python -m tests.chaos`` does it in full, the tests of this folder in
short."""
