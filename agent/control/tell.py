"""What the phone reports, as the items of an answer. Pure."""

from collections.abc import Iterator

from agent.control.protocol import Item
from agent.control.words import SECURITY, short
from agent.phone.report import CallReport, Report


def report_item(report: Report) -> Item:
    """The whole report; the words to compare are in it."""
    return {
        "line": short(report.doing.name),
        "handset": "up" if report.lifted else "down",
        "calls": [{**_call(call), "words": list(call.sas)} for call in report.calls],
        "accounts": list(_accounts(report).values()),
        "missing": [{"device": each.device.value, "reason": each.reason} for each in report.faults],
        "missed": report.missed,
        "restored": report.restored,
        "configuration_refused": report.refused,
    }


def happenings(before: Report, after: Report) -> list[Item]:
    """What has happened between two reports, in no words that are to be compared."""
    return [
        *_of_calls(before, after),
        *_of_accounts(before, after),
        *_of_devices(before, after),
        *_of_configuration(before, after),
    ]


def _of_calls(before: Report, after: Report) -> Iterator[Item]:
    old = {call.id: _call(call) for call in before.calls}
    new = {call.id: _call(call) for call in after.calls}
    for call, told in old.items():
        if call not in new:
            yield {"event": "call-ended", "call": call, "name": told["name"]}
    for call, told in new.items():
        if call not in old or _lasting(told) != _lasting(old[call]):
            yield {"event": "call", **told}


def _lasting(call: Item) -> Item:
    """Without what changes each second by itself."""
    return {key: value for key, value in call.items() if key != "duration_s"}


def _of_accounts(before: Report, after: Report) -> Iterator[Item]:
    old = _accounts(before)
    for name, told in _accounts(after).items():
        if old.get(name) != told:
            yield {"event": "account", **told}


def _of_devices(before: Report, after: Report) -> Iterator[Item]:
    old = {fault.device.value: fault.reason for fault in before.faults}
    new = {fault.device.value: fault.reason for fault in after.faults}
    for device in old.keys() - new.keys():
        yield {"event": "device-back", "device": device}
    for device, reason in new.items():
        if old.get(device) != reason:
            yield {"event": "device-missing", "device": device, "reason": reason}


def _of_configuration(before: Report, after: Report) -> Iterator[Item]:
    if before.refused != after.refused:
        yield {"event": "configuration", "refused": after.refused}


def _call(call: CallReport) -> Item:
    return {
        "call": call.id,
        "direction": "incoming" if call.incoming else "outgoing",
        "name": call.name,
        "sip_name": call.sip_name,
        "state": short(call.doing.name),
        "awaits_handset": call.awaits_handset,
        "security": short(call.security.name),
        "security_said": SECURITY[call.security],
        "secure": call.security.is_secure,
        "notices": [short(notice.name) for notice in call.notices],
        "duration_s": call.duration_s,
    }


def _accounts(report: Report) -> dict[str, Item]:
    return {
        line.account: {
            "account": line.account,
            "condition": short(line.condition.name),
            "reason": line.reason,
        }
        for line in report.accounts
    }
