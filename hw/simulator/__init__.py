"""A phone without hardware: its board, and what shows it."""
