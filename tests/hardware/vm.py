"""Runs a command in a throw-away machine that has GPIO lines, an I2C bus and sound cards.

    python tests/hardware/vm.py -- pytest tests/contract tests/hardware -m hardware

The machine is QEMU with a Debian kernel (kernel.sh). Its root is this machine's own file
tree, read-only, with a layer in memory above it: the command sees the same Python, the
same virtual environment and the same checkout. It needs qemu-system-x86, busybox-static,
kmod and cpio, and no KVM: it is emulated, so that it runs wherever the tests run.
"""

import gzip
import lzma
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
BUSYBOX: Final = Path("/bin/busybox")
EARLY_MODULES: Final = ("9pnet_virtio", "9p", "overlay")
"""What the kernel needs until it sees this machine's files."""
LATE_MODULES: Final = (
    *("configfs", "gpio-sim", "i2c-dev", "cuse", "snd-dummy", "snd-aloop"),
    *("loop", "vfat", "nls_cp437", "nls_ascii"),
)
"""What is to be tested on."""
TIMEOUT: Final = 3600
"""Seconds after which the machine is switched off."""
_PROCESSOR: Final = (
    *("-smp", "1", "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=on"),
    *("-cpu", "Westmere"),
)
"""Its clock counts its own instructions, one a nanosecond: however busy this machine is, that one
has a processor of 1 GHz, and nothing in it comes too late. One alone, because the kernel rewrites
its own code as it starts, which QEMU's other processors do not always see in time."""
COMMAND_ENDS: Final = """cp /command /new/tmp/command
chroot /new /bin/bash /tmp/command
echo "VM-EXIT $?"
poweroff -f
"""
"""What the machine does at last: the command, and nothing more."""

_TOOLS: Final = (
    *("sh", "mount", "mkdir", "modprobe", "ip", "cp", "chroot", "echo", "poweroff"),
    *("rm", "switch_root"),
)
INIT: Final = """#!/bin/sh
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
"""


def main(arguments: list[str]) -> int:
    """Builds what is missing, runs the command and returns its exit status."""
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    kernel = fetch_kernel()
    compile_python()
    with tempfile.TemporaryDirectory() as folder:
        initramfs = build_initramfs(kernel, in_the_machine(kernel, arguments), Path(folder))
        return run(machine(kernel, initramfs))


def compile_python() -> None:
    """Compiles what pip has not, and the machine would compile anew at each start of a program."""
    pjsua2 = find_spec("pjsua2")
    assert pjsua2 is not None
    assert pjsua2.origin is not None
    names = (Path(pjsua2.origin).parent, *(CHECKOUT / name for name in ("agent", "hw", "tests")))
    order = [sys.executable, "-m", "compileall", "-q", *map(str, names)]
    subprocess.run(order, check=True)


def fetch_kernel() -> Path:
    """Fetches what is missing of the kernel, and returns where it lies."""
    fetched = subprocess.run(
        [Path(__file__).with_name("kernel.sh"), sys.executable],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if fetched.returncode:
        sys.exit("The kernel for the throw-away machine cannot be had; what apt said stands above.")
    return Path(fetched.stdout.strip())


def build_initramfs(kernel: Path, script: str, folder: Path, ending: str = COMMAND_ENDS) -> Path:
    """Packs busybox, the early modules and the script, and returns the archive.

    Args:
        kernel: Where the kernel and its modules lie.
        script: What the machine does over this machine's files.
        folder: Where the archive goes.
        ending: How it does that.
    """
    tree = folder / "tree"
    for name in ("bin", "proc", "sys", "dev", "lib"):
        (tree / name).mkdir(parents=True)
    shutil.copy(BUSYBOX, tree / "bin")
    for name in _TOOLS:
        (tree / "bin" / name).symlink_to("busybox")
    copy_modules(kernel, tree)
    init = tree / "init"
    init.write_text(INIT.replace("MODULES", " ".join(EARLY_MODULES)) + ending)
    init.chmod(0o755)
    (tree / "command").write_text(script)
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


def in_the_machine(kernel: Path, command: list[str], before: Iterable[str] = ()) -> str:
    """Returns the script that the machine runs over this machine's files.

    Args:
        kernel: Where the kernel and its modules lie.
        command: What is run at last.
        before: Lines of shell before that.
    """
    lines = [
        f"export PATH={Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root",
        *(f"modprobe -d {kernel} {module}" for module in LATE_MODULES),
        "mount -t configfs configfs /sys/kernel/config",
        f"export PYTHONPATH={kernel}/site SOTTO_HARDWARE=1 PYTHONDONTWRITEBYTECODE=1",
        *before,
        f"cd {CHECKOUT}",
        shlex.join(command),
    ]
    return "\n".join(lines) + "\n"


def machine(kernel: Path, initramfs: Path, *more: str) -> list[str]:
    """The command line of QEMU.

    Args:
        kernel: Where the kernel lies.
        initramfs: What it starts with.
        more: Further devices.
    """
    return [
        *("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none"),
        *("-no-reboot", "-m", "1G", "-M", "q35", "-serial", "stdio"),
        *_PROCESSOR,
        *("-kernel", str(kernel / "vmlinuz"), "-initrd", str(initramfs)),
        *("-append", "console=ttyS0 quiet panic=-1 mitigations=off"),
        *("-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"),
        *("-device", "virtio-9p-pci,fsdev=host,mount_tag=host"),
        *more,
    ]


@contextmanager
def running(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """Starts the machine, and switches it off."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        limit = threading.Timer(TIMEOUT, process.kill)
        limit.start()
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()


def run(command: list[str]) -> int:
    """Starts the machine, passes on what it prints, and returns the command's exit status."""
    status = 125
    with running(command) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if ended := re.match(r"VM-EXIT (\d+)", line):
                status = int(ended[1])
            sys.stdout.write(line)
            sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
