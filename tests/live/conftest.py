"""Every test here runs in a network of its own."""

from collections.abc import Iterator

import pytest

from support.netns import network_namespace


@pytest.fixture(autouse=True)
def _network() -> Iterator[None]:
    with network_namespace():
        yield
