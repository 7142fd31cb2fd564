"""Chaos: workers, model endpoint, Phoenix and Temporal's server are killed at random under a batch of documents, and the
ledger is locked; then all records are held together. ``python -m tests.evals.chaos`` does it in full, `tests.workers.test_crashes`
in short."""
