"""Sotto, the software of a secure desk phone."""
