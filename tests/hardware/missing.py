"""Runs tests/hardware/test_missing.py in the throw-away machine, with systemd as its first process.

    PYTHONPATH=tests python -m hardware.missing [ARGUMENT OF PYTEST ...]

The machine is that of vm.py, and so the phone's unit has lines, a bus and a sound card to lose, and
a kernel that counts memory. Of this machine's services only those start without which there is no
system. The unit lies as the package puts it; a drop-in says where the program is, and what only a
simulated bus needs.
"""

import shlex
import sys
import tempfile
from pathlib import Path
from typing import Final

from hardware import vm
from hardware.service import NOT_WANTED, UNITS

from support.kernel_rig import BUS

ENDS: Final = """mount -t tmpfs run /new/run
mkdir -p /new/run/systemd/system/sotto.service.d
cp /command /new/run/machine
rm -f /new/.dockerenv /new/run/.containerenv
chroot /new /bin/bash /run/machine prepare
exec switch_root /new /lib/systemd/systemd --unit=machine.target --show-status=no
"""
_TOO_SLOW: Final = (
    *("systemd-tmpfiles-setup.service", "systemd-tmpfiles-setup-dev.service"),
    *("systemd-udev-trigger.service", "systemd-random-seed.service", "ldconfig.service"),
)
"""What would look at each of this machine's files or devices."""
_TARGET: Final = """[Unit]
Requires=basic.target
Wants=machine.service
"""
_COMMAND: Final = """[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=-/bin/bash /run/machine run
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
"""
DROP_IN: Final = f"""[Service]
ExecStart=
ExecStart=PROGRAM run --config /etc/sotto/sotto.toml
Environment=RPI_LGPIO_CHIP=0 RPI_LGPIO_REVISION=902120 PYTHONPATH=SITE
# CUSE gives the bus a number of its own.
DeviceAllow=/dev/i2c-{BUS} rw
"""


def main(arguments: list[str]) -> int:
    """Returns the exit status of pytest."""
    kernel = vm.fetch_kernel()
    vm.compile_python()
    with tempfile.TemporaryDirectory() as folder:
        initramfs = vm.build_initramfs(kernel, script(kernel, arguments), Path(folder), ENDS)
        return vm.run(vm.machine(kernel, initramfs))


def script(kernel: Path, arguments: list[str]) -> str:
    """What is done before systemd starts ("prepare"), and what its one service does ("run")."""
    units = vm.CHECKOUT / "systemd"
    program = Path(sys.executable).with_name("sotto")
    drop_in = DROP_IN.replace("PROGRAM", str(program)).replace("SITE", str(kernel / "site"))
    files = {
        "machine.target": _TARGET,
        "machine.service": _COMMAND,
        "sotto.service.d/machine.conf": drop_in,
    }
    prepare = [
        f"cp {units}/sotto*.service {UNITS}",
        *(f"ln -s /dev/null {UNITS}/{unit}" for unit in (*NOT_WANTED, *_TOO_SLOW)),
        *(f"printf %s {shlex.quote(text)} >{UNITS}/{name}" for name, text in files.items()),
        f"systemd-sysusers {units}/sotto.sysusers",
    ]
    command = [sys.executable, "-m", "pytest", "tests/hardware/test_missing.py", *arguments]
    run = vm.in_the_machine(
        kernel,
        [*command, "-p", "no:cacheprovider"],
        before=(f"modprobe -d {kernel} dummy", "export SOTTO_SERVICE=1"),
    )
    ends = ('echo "VM-EXIT $?"', "systemctl poweroff -ff")
    return "\n".join(("if [ $1 = prepare ]; then", *prepare, "else", run, *ends, "fi\n"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
