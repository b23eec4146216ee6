"""What is looked at, in which order, and what is left out because of what failed before."""

import errno
from dataclasses import replace

from agent.doctor.examination import Examination
from agent.doctor.findings import Area, Finding, State, are_well
from agent.doctor.instruments import Instruments
from agent.doctor.judges.clock import ClockFacts
from agent.doctor.judges.configuration import ConfigurationFacts
from agent.doctor.judges.names import NameFacts, NameFault, Place
from agent.doctor.judges.network import NetworkFacts
from agent.doctor.judges.server import AccountFacts, SipFacts
from agent.doctor.judges.tls import TlsFacts
from agent.doctor.patient import Missing, Patient, report_of
from agent.doctor.probes.server import Target
from agent.sip.reasons import ECERTVERIF, ConnectionFault, Shown, of_errno
from agent.trust.objections import Flaw, Objection
from support.doctor_patient import HOST, NOW, OFFICE, WELL, config, patient

WRONG, SKIPPED, GOOD = State.WRONG, State.SKIPPED, State.GOOD


def examined(who: Patient | None = None, instruments: Instruments = WELL) -> list[Finding]:
    return list(Examination(who or patient(), instruments).findings())


def of(area: Area, findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.area is area]


def states(area: Area, findings: list[Finding]) -> list[State]:
    return [each.state for each in of(area, findings)]


def test_a_phone_that_is_well() -> None:
    found = examined()
    assert are_well(found)
    assert {each.area for each in found} == set(Area)
    # The sound card is the running phone's: it is not opened.
    assert {each.state for each in found} == {GOOD, SKIPPED}
    order = [each.area for each in found if each.area is not Area.HARDWARE]
    assert order == sorted(order, key=list(Area).index)


def test_without_a_network_nothing_behind_it_is_looked_at() -> None:
    def never(*_: object) -> NameFacts:
        raise AssertionError("somebody was asked")

    blind = replace(WELL, network=NetworkFacts, names=never)
    found = examined(instruments=blind)
    for area in (Area.NAMES, Area.TLS):
        assert states(area, found) == [SKIPPED]
        assert "because there is no network." in of(area, found)[0].sentence
    # What the phone itself says still counts, and so does all that is in the box.
    assert states(Area.SERVER, found) == [SKIPPED, GOOD]
    assert WRONG not in states(Area.SOFTWARE, found)


def test_a_server_on_this_machine_needs_no_network() -> None:
    near = config(OFFICE.replace(HOST, "localhost"))
    found = examined(patient(near), replace(WELL, network=NetworkFacts))
    assert states(Area.NAMES, found) == [GOOD]
    assert SKIPPED not in states(Area.TLS, found)


def test_a_name_without_an_address_is_not_called() -> None:
    dead = replace(
        WELL, names=lambda host, _: NameFacts(host, ("192.0.2.53",), fault=NameFault.SILENT)
    )
    found = examined(instruments=dead)
    assert states(Area.NAMES, found) == [WRONG]
    assert "its name has no address" in of(Area.TLS, found)[0].sentence
    assert states(Area.TLS, found) == [SKIPPED]


def test_an_address_is_not_looked_up() -> None:
    for host in ("192.0.2.9", "[2001:db8::9]"):
        found = examined(patient(config(OFFICE.replace(HOST, host))))
        assert states(Area.NAMES, found) == [SKIPPED]
        assert WRONG not in states(Area.TLS, found)


def test_where_there_is_no_connection_nothing_is_asked() -> None:
    def refuses(target: Target) -> tuple[TlsFacts, SipFacts | None]:
        fault = ConnectionFault(of_errno(errno.ECONNREFUSED))
        return TlsFacts(target.host, target.port, "ca.pem", fault=fault), None

    found = examined(instruments=replace(WELL, server=refuses))
    assert states(Area.TLS, found) == [WRONG]
    assert states(Area.SERVER, found) == [SKIPPED, GOOD]


TWO = (Place("s1.example.org", "192.0.2.1", 5061), Place("s2.example.org", "192.0.2.2", 5061))


def served_by_two(*dead: str) -> list[Finding]:
    """A domain with two servers, and some of them dead."""

    def server(target: Target) -> tuple[TlsFacts, SipFacts | None]:
        facts, answer = WELL.server(target)
        if target.address in dead:
            return replace(facts, fault=ConnectionFault(of_errno(errno.ECONNREFUSED))), None
        return replace(facts, server=target.server), answer

    names = replace(WELL, names=lambda host, _: NameFacts(host, places=TWO), server=server)
    return examined(instruments=names)


def test_each_server_of_a_domain_is_called() -> None:
    found = served_by_two()
    assert "served by s1.example.org:5061 (192.0.2.1) and" in of(Area.NAMES, found)[0].sentence
    assert [each.sentence.partition(" ")[0] for each in of(Area.TLS, found)[::2]] == [
        *("s1.example.org:5061", "s2.example.org:5061"),
    ]


def test_a_dead_server_is_but_a_worry_while_another_one_serves() -> None:
    found = served_by_two("192.0.2.1")
    assert are_well(found)
    assert states(Area.TLS, found)[0] is State.WATCH
    assert states(Area.TLS, served_by_two("192.0.2.1", "192.0.2.2")) == [WRONG, WRONG]


def test_a_wrong_clock_is_told_beside_the_certificate_that_it_misjudges() -> None:
    def shows(target: Target) -> tuple[TlsFacts, SipFacts | None]:
        early = Objection(Flaw.NOT_YET_VALID, day=NOW)
        fault = ConnectionFault(ECERTVERIF, Shown(objections=(early,)))
        return TlsFacts(target.host, target.port, "ca.pem", fault=fault), None

    slow = replace(WELL, server=shows, clock=lambda earliest, _: ClockFacts(0.0, earliest))
    found = examined(instruments=slow)
    assert states(Area.CLOCK, found) == [WRONG]
    (told,) = of(Area.TLS, found)
    assert "not valid before 2026-09-21" in told.sentence
    assert "set the clock first" in told.advice


def test_the_clock_may_not_be_before_the_last_write() -> None:
    back = replace(WELL, clock=lambda earliest, _: ClockFacts(NOW, earliest, synchronised=True))
    assert GOOD in states(Area.CLOCK, examined(instruments=back))
    back = replace(back, last_written=lambda _: NOW + 600)
    assert states(Area.CLOCK, examined(instruments=back)) == [WRONG]


def test_a_server_with_another_time_is_told() -> None:
    def late(target: Target) -> tuple[TlsFacts, SipFacts | None]:
        shaken, answer = WELL.server(target)
        assert answer is not None
        return shaken, replace(answer, date_offset=7200.0)

    found = examined(instruments=replace(WELL, server=late))
    assert any("2 h behind" in each.sentence for each in of(Area.CLOCK, found))


def test_without_a_configuration_the_machine_is_looked_at_all_the_same() -> None:
    missing = ConfigurationFacts("/nowhere.toml", missing=True)
    found = examined(Patient(missing, None, silent="the configuration cannot be used"))
    assert states(Area.CONFIGURATION, found) == [WRONG]
    assert states(Area.NETWORK, found) == [GOOD, GOOD]
    assert states(Area.CLOCK, found) == [GOOD]
    for area in (Area.STORAGE, Area.NAMES, Area.TLS, Area.SERVER, Area.MEDIA, Area.SOUND):
        assert states(area, found) == [SKIPPED]
        assert "the configuration cannot be used" in of(area, found)[0].sentence


def test_a_phone_without_accounts_has_nothing_to_register() -> None:
    found = examined(patient(config("")))
    assert are_well(found)
    assert states(Area.TLS, found) == [SKIPPED]
    assert "phone to phone only" in of(Area.SERVER, found)[-1].sentence


def test_what_the_running_phone_says_of_its_accounts_and_parts() -> None:
    who = patient()
    assert who.report is not None
    refused = AccountFacts('Account "office"', "refused", "Server refused: wrong password")
    report = replace(
        who.report,
        accounts={"office": refused},
        missing=(Missing("display", "no display at I2C address 0x3c on bus 1"),),
    )
    found = examined(replace(who, report=report))
    wrong = [each.sentence for each in found if each.state is WRONG]
    assert wrong == [
        'Account "office": Server refused: wrong password.',
        "The display does not answer: no display at I2C address 0x3c on bus 1.",
    ]


def test_a_phone_that_runs_with_another_configuration() -> None:
    who = patient()
    assert who.report is not None
    found = examined(replace(who, report=replace(who.report, accounts={})))
    assert "another configuration" in of(Area.SERVER, found)[-1].sentence


def test_a_phone_that_does_not_run() -> None:
    off = patient(report=None, silent="the phone does not run", runs=False, start="sotto run")
    found = examined(off)
    assert are_well(found)
    assert "because the phone does not run." in of(Area.SERVER, found)[-1].sentence
    assert "Start it: sotto run." in of(Area.SOFTWARE, found)[-1].advice


def test_a_phone_that_may_not_be_asked() -> None:
    found = examined(patient(report=None, silent="you may not ask the phone"))
    assert of(Area.SOFTWARE, found)[-1].state is SKIPPED
    assert "you may not ask the phone" in of(Area.SERVER, found)[-1].sentence


def test_a_board_that_there_is_not() -> None:
    found = examined(patient(config(board="pi-of-another-house")))
    assert states(Area.SOUND, found) == [SKIPPED]
    assert any("pi-of-another-house" in each.sentence for each in of(Area.HARDWARE, found))
    assert not are_well(found)


def test_the_simulator_has_no_hardware_to_look_at() -> None:
    found = examined(patient(config(board="simulator")))
    assert states(Area.SOUND, found) == [SKIPPED]
    assert are_well(found)


def test_accounts_are_called_by_their_names_only_if_that_is_wanted() -> None:
    account = config().accounts[0]
    assert patient().called(account) == 'Account "office"'
    assert patient(names=False).called(account) == "Account 1"


def test_the_answer_of_the_running_phone_is_read() -> None:
    status = {
        "version": "0.1.0",
        "uptime_s": 5,
        "restored": False,
        "accounts": [
            {"account": "office", "condition": "ready", "reason": ""},
            {"account": "gone", "condition": "refused", "reason": "No"},
        ],
        "missing": [{"device": "keypad", "reason": "no GPIO"}],
    }
    report = report_of(status, {"office": "Account 1"})
    assert report.accounts["office"] == AccountFacts("Account 1", "ready")
    assert report.accounts["gone"].called == "An account"
    assert report.missing == (Missing("keypad", "no GPIO"),)
