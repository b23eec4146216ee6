"""Runs a command in a throw-away machine that has GPIO lines, an I2C bus and sound cards.

    python tests/hardware/vm.py -- pytest tests/contract tests/hardware -m hardware

The machine is QEMU with a Debian kernel (kernel.sh). Its root is this machine's own file
tree, read-only, with a layer in memory above it: the command sees the same Python, the
same virtual environment and the same checkout. It needs qemu-system-x86, busybox-static,
kmod and cpio, and no KVM: it is emulated, so that it runs wherever the tests run.
"""

import gzip
import lzma
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
BUSYBOX: Final = Path("/bin/busybox")
EARLY_MODULES: Final = ("9pnet_virtio", "9p", "overlay")
"""What the kernel needs until it sees this machine's files."""
LATE_MODULES: Final = ("configfs", "gpio-sim", "i2c-dev", "cuse", "snd-dummy", "snd-aloop")
"""What is to be tested on."""
TIMEOUT: Final = 900
"""Seconds after which the machine is switched off."""

_INIT: Final = """#!/bin/sh
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
for module in MODULES; do modprobe $module; done
mkdir -p /below /above /new
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro host /below
mount -t tmpfs layer /above; mkdir /above/files /above/work
mount -t overlay -o lowerdir=/below,upperdir=/above/files,workdir=/above/work root /new
for place in proc sys dev; do mount --move /$place /new/$place; done
mkdir -p /new/dev/shm /new/dev/pts
mount -t tmpfs tmpfs /new/dev/shm; mount -t tmpfs tmpfs /new/tmp; mount -t devpts p /new/dev/pts
ip link set lo up
cp /command /new/tmp/command
chroot /new /bin/bash /tmp/command
echo "VM-EXIT $?"
poweroff -f
"""


def main(arguments: list[str]) -> int:
    """Builds what is missing, runs the command and returns its exit status."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    fetched = subprocess.run(
        [Path(__file__).with_name("kernel.sh"), sys.executable],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    kernel = Path(fetched.stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        initramfs = build_initramfs(kernel, arguments, Path(folder))
        return run(kernel, initramfs)


def build_initramfs(kernel: Path, command: list[str], folder: Path) -> Path:
    """Packs busybox, the early modules and the command, and returns the archive."""
    tree = folder / "tree"
    for name in ("bin", "proc", "sys", "dev", "lib"):
        (tree / name).mkdir(parents=True)
    shutil.copy(BUSYBOX, tree / "bin")
    for name in ("sh", "mount", "mkdir", "modprobe", "ip", "cp", "chroot", "echo", "poweroff"):
        (tree / "bin" / name).symlink_to("busybox")
    copy_modules(kernel, tree)
    init = tree / "init"
    init.write_text(_INIT.replace("MODULES", " ".join(EARLY_MODULES)))
    init.chmod(0o755)
    (tree / "command").write_text(in_the_machine(kernel, command))
    names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
    packed = subprocess.run(
        ["cpio", "--create", "--format=newc", "--quiet", "--owner=0:0"],
        input=names.encode(),
        cwd=tree,
        stdout=subprocess.PIPE,
        check=True,
    )
    archive = folder / "initramfs.gz"
    archive.write_bytes(gzip.compress(packed.stdout, compresslevel=1))
    return archive


def copy_modules(kernel: Path, tree: Path) -> None:
    """Copies the early modules and all that they need, unpacked, since busybox cannot."""
    [version] = [path.name for path in (kernel / "lib/modules").iterdir()]
    base = kernel / "lib/modules" / version
    needs = {}
    for line in (base / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        name = Path(path).name.split(".")[0].replace("-", "_")
        needs[name] = [path, *others.split()]
    for path in {path for name in EARLY_MODULES for path in needs.get(name, [])}:
        target = tree / "lib/modules" / version / path.removesuffix(".xz")
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (base / path).read_bytes()
        target.write_bytes(lzma.decompress(content) if path.endswith(".xz") else content)
    subprocess.run(["depmod", "-b", tree, version], check=True, stderr=subprocess.DEVNULL)


def in_the_machine(kernel: Path, command: list[str]) -> str:
    """Returns the script that the machine runs over this machine's files."""
    lines = [
        f"export PATH={Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root",
        *(f"modprobe -d {kernel} {module}" for module in LATE_MODULES),
        "mount -t configfs configfs /sys/kernel/config",
        f"export PYTHONPATH={kernel}/site SOTTO_HARDWARE=1 PYTHONDONTWRITEBYTECODE=1",
        f"cd {CHECKOUT}",
        shlex.join(command),
    ]
    return "\n".join(lines) + "\n"


def run(kernel: Path, initramfs: Path) -> int:
    """Starts the machine, passes on what it prints, and returns the command's exit status."""
    machine = [
        *("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none"),
        *("-no-reboot", "-m", "1G", "-smp", str(min(os.cpu_count() or 1, 4)), "-M", "q35"),
        *("-accel", "tcg,thread=multi", "-cpu", "max", "-serial", "stdio"),
        *("-kernel", str(kernel / "vmlinuz"), "-initrd", str(initramfs)),
        *("-append", "console=ttyS0 quiet panic=-1 mitigations=off"),
        *("-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"),
        *("-device", "virtio-9p-pci,fsdev=host,mount_tag=host"),
    ]
    status = 125
    with subprocess.Popen(
        ["timeout", str(TIMEOUT), *machine],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if ended := re.match(r"VM-EXIT (\d+)", line):
                status = int(ended[1])
            sys.stdout.write(line)
            sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]))
