"""Two whole phones on one machine: for a look, and to play the story of a call by itself."""

from agent.demo.run import run

__all__ = ["run"]
