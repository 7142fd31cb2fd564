"""Benchmarks: `make bench` runs `tests.evals.bench.__main__`, which says what is measured. The machine is noisy, so figures are
compared only with figures of the same run: every round runs each contender once, in turn."""
