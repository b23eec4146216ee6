"""One line for each report of a sanitizer, with its place."""

from sanitize.reports import told

RACE = """\
==================
WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 4 at 0x7b0c by thread T2:
    #0 move_to agent/media/gate.c:28 (_gate.abi3.so+0x123)

SUMMARY: ThreadSanitizer: data race agent/media/gate.c:28 in move_to
==================
"""
UNDEFINED = """\
../src/pj/sock.c:10:5: runtime error: shift exponent 64 is too large for 32-bit type 'int'
    #0 0x7f in pj_shift ../src/pj/sock.c:10
SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior ../src/pj/sock.c:10:5 in
"""


def test_a_race_is_told_by_its_place() -> None:
    assert told(RACE + RACE) == 2 * ["data race agent/media/gate.c:28 in move_to"]


def test_undefined_behaviour_is_told_once_and_by_what_it_was() -> None:
    said = "shift exponent 64 is too large for 32-bit type 'int'"
    assert told(UNDEFINED) == [f"../src/pj/sock.c:10:5: {said}"]


def test_a_report_that_was_cut_off_says_nothing() -> None:
    assert told(RACE[:60]) == []
