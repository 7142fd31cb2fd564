"""The expense report's agent: `graph` is what it does, `report` what it knows of expense reports."""
