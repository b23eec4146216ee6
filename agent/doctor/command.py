"""`sotto doctor`: asks the phone if it runs, looks at everything, and says what is wrong."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from agent.arguments import DoctorOptions
from agent.control.protocol import Item
from agent.control.requests import Status
from agent.doctor import told
from agent.doctor.examination import Examination
from agent.doctor.findings import Finding, are_well
from agent.doctor.instruments import Instruments
from agent.doctor.patient import Patient, report_of
from agent.doctor.probes import configuration
from agent.shell.client import Client, ClientError, NotRunningError
from agent.version import VERSION


def run(options: DoctorOptions) -> int:
    """Says it; returns the exit status: 0 if nothing is wrong."""
    patient = _patient(options)
    looking = Examination(patient, Instruments()).findings(quick=options.quick)
    findings = list(looking if options.as_json else _said(looking))
    if options.as_json:
        secrets = patient.config.secrets if patient.config else ()
        document = told.document(findings, VERSION, secrets)
        _write(json.dumps(document, ensure_ascii=False, indent=1))
    else:
        _write(f"\n{told.verdict(findings)}")
    return 0 if are_well(findings) else 1


def _said(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same findings, each written down as soon as it is there."""
    area = None
    for each in findings:
        for line in told.lines(each, area):
            _write(line)
        area = each.area
        yield each


def _patient(options: DoctorOptions) -> Patient:
    file, config = configuration.look(options.config)
    patient = Patient(
        file, config, names=options.names or not options.as_json, start=_start(options.config)
    )
    if config is None:
        return replace(patient, silent="the configuration cannot be used")
    called = {each.name: patient.called(each) for each in config.accounts}
    try:
        status = _status(config.phone.control_socket)
    except NotRunningError:
        return replace(patient, silent="the phone does not run")
    except ClientError as error:
        return replace(patient, silent=str(error).removesuffix("."), runs=True)
    return replace(patient, report=report_of(status, called), runs=True)


def _status(socket: Path) -> Item:
    """What the phone says of itself.

    Raises:
        ClientError: It says nothing.
    """
    with Client.at(socket) as client:
        _, ended = client.ask(Status())
    if ended.error:
        raise ClientError(ended.error)
    return ended.result


def _start(config: Path) -> str:
    if config == DoctorOptions().config:
        return "systemctl start sotto"
    return f"sotto run --config {config}"


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
