"""The commands that ask a phone: over its control socket, or, while it is off, its memory."""
