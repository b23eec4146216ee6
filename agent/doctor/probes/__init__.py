"""They look, and decide nothing. What cannot be looked at is a fact like any other."""
