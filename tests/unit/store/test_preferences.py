from pathlib import Path

from support.stores import opened


def test_choices_are_there_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path / "sotto.db") as store:
        assert store.preferences() == {}
        store.save_preferences({"language": '"de"', "brightness": "80"})
        store.save_preferences({"brightness": "70"})
    with opened(tmp_path / "sotto.db") as store:
        assert store.preferences() == {"language": '"de"', "brightness": "70"}
