import pytest

from agent.sip.connections import FRESH_S, MOST_KNOWN, MOST_STRANGERS, Connections, Faults, port_of
from agent.sip.reasons import ConnectionFault, Shown

SERVER = "192.0.2.1:5061"


@pytest.fixture(name="book")
def _book() -> Connections:
    book = Connections()
    book.listens_on(5061)
    return book


def open_to(
    book: Connections, handle: int, *, trusted: bool, local: str = "10.0.0.2:40001"
) -> None:
    book.opened(handle, local=local, remote=SERVER, trusted=trusted)


def test_unknown_source_is_not_verified(book: Connections) -> None:
    assert not book.is_verified(SERVER)


def test_server_that_proved_its_name(book: Connections) -> None:
    open_to(book, 1, trusted=True)
    assert book.is_verified(SERVER)


def test_server_that_did_not(book: Connections) -> None:
    open_to(book, 1, trusted=False)
    assert not book.is_verified(SERVER)


def test_whoever_came_in_by_our_door_proved_nothing(book: Connections) -> None:
    open_to(book, 1, trusted=True, local="10.0.0.2:5061")
    assert not book.is_verified(SERVER)


def test_doubt_counts_as_not_verified(book: Connections) -> None:
    open_to(book, 1, trusted=True)
    open_to(book, 2, trusted=False)
    assert not book.is_verified(SERVER)
    book.closed(2)
    assert book.is_verified(SERVER)


def test_handles_of_all_connections_to_one_address(book: Connections) -> None:
    open_to(book, 1, trusted=True)
    open_to(book, 2, trusted=True)
    assert book.handles_to(SERVER) == (1, 2)
    assert book.handles_to("192.0.2.9:5061") == ()


def test_the_oldest_strangers_have_to_go(book: Connections) -> None:
    open_to(book, 1000, trusted=True)
    for handle in range(MOST_STRANGERS):
        open_to(book, handle, trusted=False, local="10.0.0.2:5061")
    assert book.surplus() == ()
    open_to(book, 500, trusted=False, local="10.0.0.2:5061")
    open_to(book, 501, trusted=False, local="10.0.0.2:5061")
    assert book.surplus() == (0, 1)
    assert book.surplus() == ()
    assert book.closed(0) is None
    assert book.closed(1000) is not None


def test_strangers_push_nobody_out_whom_the_phone_knows(book: Connections) -> None:
    friend = "192.0.2.7:40000"
    book.opened(900, local="10.0.0.2:5061", remote=friend, trusted=False)
    for handle in range(MOST_STRANGERS + 1):
        open_to(book, handle, trusted=False, local="10.0.0.2:5061")
    assert book.surplus({"192.0.2.7"}) == (0,)
    for handle in range(901, 901 + MOST_KNOWN):
        book.opened(handle, local="10.0.0.2:5061", remote=friend, trusted=False)
    assert book.surplus({"192.0.2.7"}) == (900,)


def test_closing_tells_what_was_open(book: Connections) -> None:
    open_to(book, 1, trusted=True)
    lost = book.closed(1)
    assert lost is not None
    assert (lost.remote, lost.verified) == (SERVER, True)
    assert book.closed(1) is None


@pytest.mark.parametrize(
    ("address", "port"),
    [("192.0.2.7:5061", 5061), ("[2001:db8::7]:5061", 5061), ("192.0.2.7", 0), ("", 0), ("a:b", 0)],
)
def test_port_of(address: str, port: int) -> None:
    assert port_of(address) == port


def test_faults_explain_in_order_and_the_last_one_stays() -> None:
    faults = Faults()
    assert faults.take("a.example", None, 0) is None
    for status in (1, 2):
        faults.note(ConnectionFault(status), 0)
    found = [faults.take("a.example", None, FRESH_S) for _ in range(3)]
    assert [each.status for each in found if each] == [1, 2, 2]


def test_old_fault_explains_nothing() -> None:
    faults = Faults()
    faults.note(ConnectionFault(1), 0)
    assert faults.take("a.example", None, FRESH_S + 0.1) is None


def test_a_fault_explains_what_failed_at_the_same_server() -> None:
    faults = Faults()
    peers = [("a.example", 5061), ("b.example", 5061), ("b.example", 5071), ("2001:db8::7", 5061)]
    for status, (name, port) in enumerate(peers):
        faults.note(ConnectionFault(status, Shown(name, port)), 0)
    asked = [("B.example", 5071), ("[2001:db8::7]", None), ("a.example", None), ("c.example", None)]
    found = [faults.take(host, port, 0) for host, port in asked]
    assert [each and each.status for each in found] == [2, 3, 0, None]


def test_whether_all_of_them_end_at_an_address_that_is_still_ours() -> None:
    book = Connections()
    assert book.are_at(())
    book.opened(1, local="192.0.2.7:40000", remote="192.0.2.1:5061", trusted=True)
    book.opened(2, local="[2001:db8::7]:40000", remote="[2001:db8::1]:5061", trusted=True)
    book.opened(3, local="127.0.0.1:40000", remote="127.0.0.1:5061", trusted=True)
    assert book.are_at(("192.0.2.7", "2001:db8::7"))
    assert not book.are_at(("192.0.2.7",))
    book.leave_all()
    assert book.are_at(())
    assert not book.is_verified("192.0.2.1:5061")
