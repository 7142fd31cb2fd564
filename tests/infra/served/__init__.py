"""What stands before the pages that we serve."""
