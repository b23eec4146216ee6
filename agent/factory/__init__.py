"""The factory reset: the phone's part of it is a mark, and root's part empties what the phone may not write."""
