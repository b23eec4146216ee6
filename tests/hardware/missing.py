"""Runs tests/hardware/test_missing.py in the throw-away machine, with systemd as its first process.

    PYTHONPATH=tests python -m hardware.missing [ARGUMENT OF PYTEST ...]

The machine is that of vm.py, and so the phone's unit has lines, a bus and a sound card to lose, and
a kernel that counts memory. Of this machine's services only those start without which there is no
system. A drop-in of the phone's unit says what only a simulated bus needs.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

from hardware import units, vm

from support.kernel_rig import BUS

ENDS: Final = f"""mount -t tmpfs run /new/run
cp /command /new/run/machine
rm -f /new/.dockerenv /new/run/.containerenv
chroot /new /bin/bash /run/machine prepare
exec switch_root /new /lib/systemd/systemd --unit={units.TARGET} --show-status=no
"""
_TOO_SLOW: Final = (
    *("systemd-tmpfiles-setup.service", "systemd-tmpfiles-setup-dev.service"),
    *("systemd-udev-trigger.service", "systemd-random-seed.service", "ldconfig.service"),
)
"""What would look at each of this machine's files or devices."""
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
    program = Path(sys.executable).with_name("sotto")
    drop_in = DROP_IN.replace("PROGRAM", str(program)).replace("SITE", str(kernel / "site"))
    prepare = units.prepare(
        "/run/machine run", "/dev/ttyS0", {"sotto.service": drop_in}, not_wanted=_TOO_SLOW
    )
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
