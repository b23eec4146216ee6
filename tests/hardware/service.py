"""Runs tests/hardware/test_service.py where the first process is systemd, with the phone's own unit.

    PYTHONPATH=tests python -m hardware.service [ARGUMENT OF PYTEST ...]

Not in a machine of its own, but with processes, network, mounts and control groups of its own, which
takes root and ends with systemd. Files are this machine's; what is written goes to memory and is
gone afterwards.
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from hardware import units

CHECKOUT: Final = Path(__file__).resolve().parents[2]
TIMEOUT_S: Final = 900
DROP_IN: Final = """[Service]
ExecStart=
ExecStart={program} run --config /etc/sotto/sotto.toml
"""
RESET: Final = """[Service]
ExecStart=
ExecStart={program} factory-reset --owner sotto
"""

_ROOT: Final = """set -e
mount --make-rprivate /
mount -t tmpfs layer {layer}
mkdir {layer}/files {layer}/work {layer}/new
mount -t overlay -o lowerdir=/,upperdir={layer}/files,workdir={layer}/work root {layer}/new
cd {layer}/new
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sys sys
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tmpfs dev dev
for node in null zero full random urandom tty; do cp -a /dev/$node dev/; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for place in run tmp dev/shm; do mount -t tmpfs tmpfs $place; done
mount --bind {shared} srv
mount --bind {checkout} {inside}
cp {shared}/prepare.sh {shared}/tests.sh run/
chroot . /bin/bash /run/prepare.sh
ip link set lo up
pivot_root . mnt
umount -l mnt
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
    /lib/systemd/systemd --unit={target} --show-status=no --log-target=journal
"""


def main(arguments: list[str]) -> int:
    """Returns the exit status of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        shared, layer = Path(folder) / "shared", Path(folder) / "layer"
        shared.mkdir()
        layer.mkdir()
        (shared / "prepare.sh").write_text(prepare_script())
        (shared / "tests.sh").write_text(tests_script(arguments))
        order = ["unshare", "-m", "-p", "-n", "-u", "-i", "-C", "--fork", "--kill-child"]
        subprocess.run(
            [*order, "sh", "-c", root_script(shared, layer)],
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
        told, status = shared / "told", shared / "status"
        sys.stdout.write(told.read_text() if told.exists() else "systemd did not come up\n")
        return int(status.read_text()) if status.exists() else 125


def root_script(shared: Path, layer: Path) -> str:
    """Makes the root, and becomes systemd.

    Args:
        shared: What both sides see: there /srv.
        layer: Where what is written goes.
    """
    return _ROOT.format(
        shared=shared,
        layer=layer,
        checkout=CHECKOUT,
        inside=str(CHECKOUT).lstrip("/"),
        target=units.TARGET,
    )


def prepare_script() -> str:
    """What is done in that root before systemd starts."""
    program = Path(sys.executable).with_name("sotto")
    drop_ins = {
        "sotto.service": DROP_IN.format(program=program),
        "sotto-reset.service": RESET.format(program=program),
    }
    return "\n".join(units.prepare("/run/tests.sh", "/srv/told", drop_ins)) + "\n"


def tests_script(arguments: list[str]) -> str:
    """What the one service besides the phone does."""
    command = [sys.executable, "-m", "pytest", "tests/hardware/test_service.py", *arguments]
    return f"""cd {CHECKOUT}
export SOTTO_SERVICE=1 PYTHONDONTWRITEBYTECODE=1 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
{shlex.join([*command, "-p", "no:cacheprovider"])}
echo $? >/srv/status
systemctl poweroff -ff
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
