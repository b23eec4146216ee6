"""Two whole phones on one machine: for a look, and to play the story of a call by itself."""
