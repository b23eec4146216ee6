"""Two whole phones with somebody between them, for the tests that are marked live."""

from collections.abc import Iterator

import pytest

from support import scene
from support.scene import Scene


@pytest.fixture(name="living", scope="module")
def _living() -> Iterator[Scene]:
    with scene.scene() as found:
        yield found


@pytest.fixture(name="scene")
def _scene(living: Scene) -> Iterator[Scene]:
    """Afterwards an undisturbed call works."""
    yield living
    living.clean_call()
