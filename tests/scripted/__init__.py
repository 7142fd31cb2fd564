"""Stand-ins for tests and benchmarks only: a scripted model endpoint in place of the GPU, and the labelled invoices it can read."""
