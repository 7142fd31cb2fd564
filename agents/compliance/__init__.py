"""The compliance agent: one document held against one rulebook."""
