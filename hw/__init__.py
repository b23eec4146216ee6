"""The board: keys, hook, lamps, ringer, display and handset. Usable without `agent`."""
