"""Answers as a person reads them: a line each, short and aligned. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, assert_never

from agent.control.protocol import Item
from agent.control.requests import (
    AddContacts,
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Peers,
    Request,
    Resume,
    Status,
    Unverify,
)
from agent.control.words import CONDITIONS, LINE, NOTICES, short
from agent.phone.report import Doing

_LINES: Final = {short(doing.name): said for doing, said in LINE.items()}
_CONDITIONS: Final = {short(each.name): said for each, said in CONDITIONS.items()}
_NOTICES: Final = {short(each.name): said for each, said in NOTICES.items()}
_ANSWERED: Final = frozenset(
    short(doing.name)
    for doing in (Doing.TALKING, Doing.CONFERENCE, Doing.PUTTING_THROUGH, Doing.ON_HOLD)
)
"""What a call is doing that has, or will have, keys: how good they are is told."""
_MINUTE: Final = 60


def told(request: Request, items: list[Item], result: Item) -> list[str]:  # noqa: PLR0911
    """The lines that a person reads."""
    match request:
        case Status():
            return _status(result)
        case Call() | Answer() | Hold() | Resume() | Confirm() | Differ():
            return _calls(result["calls"])
        case HangUp():
            return ["Hung up."]
        case Peers():
            return [line for each in items for line in _peer(each)] or ["No phone was met yet."]
        case Unverify() | Forget():
            return [f"{_name(result['name'])} ({result['zid']}): {result['done']}"]
        case Contacts():
            return _contacts(items)
        case AddContacts():
            return taken(items)
        case Log(security=True):
            return [_security_event(each) for each in items] or ["Nothing happened yet."]
        case Log():
            return table(map(_call_record, items)) or ["No call yet."]
        case Events():
            return [happened(each) for each in items]
        case _ as never:
            assert_never(never)


def table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Columns as wide as their widest text."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in listed
    ]


def taken(items: list[Item]) -> list[str]:
    """What came of contacts that were to be taken over."""
    skipped = [each for each in items if not each["taken"]]
    lines = [f"skipped: {_name(each['name'])}{_place(each)}: {each['why']}" for each in skipped]
    count = len(items) - len(skipped)
    return [*lines, f"{count} taken over, {len(skipped)} skipped. Nobody is verified by this."]


def happened(event: Item) -> str:
    """One line of `sotto events`."""
    kind = event.get("event")
    teller = _HAPPENED.get(kind) if isinstance(kind, str) else None
    said = teller(event) if teller else f"{kind}"
    return f"{_local(event['at']):%H:%M:%S}  {said}"


def _status(status: Item) -> list[str]:
    rows = [
        ("Phone", f"{status['name']}, Sotto {status['version']}, up {_span(status['uptime_s'])}"),
        ("ZID", status["zid"]),
        ("Line", f"{_LINES.get(status['line'], status['line'])}, handset {status['handset']}"),
    ]
    for call in status["calls"]:
        rows.append(("Call", _call_line(call)))
        if call["words"]:
            rows.append(("", f"words: {' '.join(call['words'])}"))
        rows += [("", _NOTICES.get(notice, notice)) for notice in call["notices"]]
    rows += [("Account", f"{each['account']}: {_condition(each)}") for each in status["accounts"]]
    rows += [("Missing", f"{each['device']}: {each['reason']}") for each in status["missing"]]
    if status["configuration"]:
        rows.append(("Config", status["configuration"]))
    if status["configuration_refused"]:
        rows.append(("Refused", status["configuration_refused"]))
    if status["missed"]:
        rows.append(("Missed", f"{status['missed']}"))
    if status["restored"]:
        rows.append(("Memory", "moved or restored: all words are to be compared again"))
    return table(rows)


def _calls(calls: list[Item]) -> list[str]:
    lines = [_call_line(each) for each in calls]
    if any(each["awaits_handset"] for each in calls):
        lines.append("Lift the handset: no sound passes before.")
    return lines or ["There is no call."]


def _call_line(call: Item) -> str:
    way = "from" if call["direction"] == "incoming" else "to"
    known = f" (calls itself {call['sip_name']})" if call["sip_name"] else ""
    state = _LINES.get(call["state"], call["state"])
    if call["state"] in _ANSWERED:
        aside = "" if call["state"] == "talking" else f"{state}; "
        state = f"{aside}{call['security_said']}, {_duration(call['duration_s'])}"
    lift = "; lift the handset" if call["awaits_handset"] else ""
    return f"{call['call']}  {way} {_name(call['name'])}{known}: {state}{lift}"


def _condition(account: Item) -> str:
    said = _CONDITIONS.get(account["condition"], account["condition"])
    return f"{said}: {account['reason']}" if account["reason"] else f"{said}"


def _peer(peer: Item) -> list[str]:
    if peer["last_verified"] is None:
        stands = "never verified"
    else:
        stands = "verified" if peer["verified"] else "no longer verified; it was on"
        stands = f"{stands} {_day(peer['last_verified'])}"
    lines = [peer["zid"], f"last met {_day(peer['last_seen'])}"]
    if peer["level"] is not None:
        strength = "post-quantum" if peer["level"]["post_quantum"] else "not post-quantum"
        lines.append(f"{peer['level']['key_agreement']}, {strength}")
    if peer["enrolled"]:
        lines.append("a telephone system: it was allowed to listen in on the calls it puts through")
    for address in peer["addresses"]:
        proven = "" if address["last_proven"] is not None else ", only claimed"
        lines.append(f"{address['uri']}{proven}")
    return [f"{_name(peer['name'])}: {stands}", *(f"  {line}" for line in lines)]


def _contacts(contacts: list[Item]) -> list[str]:
    rows = [(each["number"] or "-", each["name"], each["uri"]) for each in contacts]
    return table(rows) or ["There are no contacts."]


def _call_record(call: Item) -> tuple[str, ...]:
    way = "missed" if call["missed"] else "from" if call["direction"] == "incoming" else "to"
    lasted = ""
    if call["answered"] is not None and call["outcome"] != "broken_off":
        seconds = (_local(call["ended"]) - _local(call["answered"])).total_seconds()
        lasted = _duration(int(seconds))
    return (
        f"{_local(call['started']):%Y-%m-%d %H:%M}",
        way,
        call["name"] or call["uri"],
        lasted or "-",
        call["outcome"].replace("_", " "),
        call["security"] or "no keys",
    )


def _security_event(event: Item) -> str:
    about = " ".join(part for part in (event["uri"], event["zid"] or "") if part)
    said = f"{_local(event['at']):%Y-%m-%d %H:%M}  {event['kind']}"
    return "  ".join(part for part in (said, about, event["detail"]) if part)


def _place(item: Item) -> str:
    return f", line {item['line']}" if "line" in item else ""


def _name(name: str) -> str:
    return name or "No name"


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone()


def _day(moment: str) -> str:
    return _local(moment).date().isoformat()


def _duration(seconds: int) -> str:
    return f"{seconds // _MINUTE}:{seconds % _MINUTE:02}"


def _span(seconds: int) -> str:
    minutes = seconds // _MINUTE
    days, hours = minutes // 1440, minutes // _MINUTE % 24
    parts = ((days, "d"), (hours, "h"), (minutes % _MINUTE, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "less than a minute"


_HAPPENED: Final[Mapping[str, Callable[[Item], str]]] = {
    "call": _call_line,
    "call-ended": lambda event: f"{event['call']}  {_name(event['name'])}: over",
    "account": lambda event: f"account {event['account']}: {_condition(event)}",
    "device-missing": lambda event: f"{event['device']} missing: {event['reason']}",
    "configuration": lambda event: (
        f"new configuration refused: {event['refused']}"
        if event["refused"]
        else "the configuration is right again"
    ),
    "device-back": lambda event: f"{event['device']}: back again",
}
