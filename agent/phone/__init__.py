"""The phone as a state machine: events in, actions out. Pure."""
