"""Scoring: documents with known truth go through the running stack, and what it read and decided is held against it.

`rules` says when a value is right, `corpus` reads documents with their truth, `running` hands them in and follows them,
`calibration` asks whether confidence keeps its word, `report` puts the figures together, `baseline` guards them, `plot` draws
them and `files` keeps them. The command is `workers.cli.score`.
"""
