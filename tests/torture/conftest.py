"""The phone that is called by nobody but the tests of one file."""

from collections.abc import Iterator

import pytest

from torture.rig import Rig, rig


@pytest.fixture(name="torture", scope="module")
def _torture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """After all of it two people can talk."""
    with rig(tmp_path_factory.mktemp("torture")) as found:
        yield found
        found.both.run(found.both.whole_call())
