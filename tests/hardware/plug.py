"""Pulls the plug of a machine with two phones, again and again, and looks at what is left.

    PYTHONPATH=tests python -m hardware.plug [--rounds 50] [--seed SEED] [--here]

Each round starts the throw-away machine (vm.py) with the same disk and ends it without a
warning: QEMU is killed at a random moment of the first start or of a call. What the phones
had shown until then must be found in the next round, and their next call must know it. Every
few rounds begin with an empty disk. What the machine had handed to the disk counts as written;
what was still in its memory is lost.

With --here there is no machine: all processes are killed at once, on this machine's own disk.
That is quick, and shows what a crash leaves; what only the kernel's memory held is not lost.
"""

import argparse
import contextlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware import vm

from support.pulled_plug import MOMENTS, Said, Told

_DISK_MIB: Final = 64
_ROUNDS_A_DISK: Final = 5
_LINGER_S: Final = 3.0
"""How long after the chosen moment the plug is pulled, at the most."""
_MODULES: Final = ("virtio_blk", "ext4")
_PLACE: Final = "/srv/phones"
_PHONES: Final = "tests/hardware/plug_phones.py"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the phones live.

    Attributes:
        command: Starts them.
        empty: Takes all that they remember away.
    """

    command: list[str]
    empty: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Cut:
    """When the plug is pulled.

    Attributes:
        moment: One of `MOMENTS`.
        linger: How many seconds later.
    """

    moment: str
    linger: float

    def is_due(self, said: Said) -> bool:
        """Whether the moment has come, or was passed over: words are compared only once."""
        if said.moment not in MOMENTS:
            return False
        return MOMENTS.index(said.moment) >= MOMENTS.index(self.moment)


@dataclass(slots=True)
class Round:
    """What was said in one round, and what is wrong."""

    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Returns 1 if any round left something broken."""
    options = _options(arguments)
    chance = random.Random(options.seed)
    broken, told = 0, Told()
    with (_here if options.here else _in_the_machine)() as place:
        for number in range(options.rounds):
            if number % _ROUNDS_A_DISK == 0:
                place.empty()
                told = Told()
            cut = Cut(chance.choice(MOMENTS), chance.uniform(0, _LINGER_S))
            done, told = play(place, cut, told)
            broken += bool(done.wrong)
            sys.stdout.write(
                f"round {number + 1} (seed {options.seed}): cut {cut.linger:.1f} s after "
                f"{cut.moment!r}; seen: {' '.join(done.seen)}; {'; '.join(done.wrong) or 'whole'}\n"
            )
            sys.stdout.flush()
    sys.stdout.write(f"{options.rounds} plugs pulled, {broken} times something was broken\n")
    return min(1, broken)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pulls the plug of two phones.")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16))
    parser.add_argument("--here", action="store_true", help="kill processes, without a machine")
    return parser.parse_args(arguments)


def play(place: Place, cut: Cut, told: Told) -> tuple[Round, Told]:
    """One start and one cut: what came of it, and all that is told by then."""
    done = Round()
    pulled = False
    with vm.running(place.command) as process:
        assert process.stdout is not None
        pull = threading.Timer(cut.linger, process.kill)
        for line in process.stdout:
            said = Said.read(line)
            if said is None:
                done.other.append(line.rstrip())
                continue
            done.wrong += told.complaints(said)
            told = told.after(said)
            done.seen.append(said.moment)
            if not pulled and cut.is_due(said):
                pulled = True
                pull.start()
        pull.cancel()
    if not pulled:
        done.wrong.append("it ended by itself: " + " / ".join(done.other[-8:]))
    return done, told


def script(kernel: Path) -> str:
    """What the machine does."""
    return vm.in_the_machine(
        kernel,
        ["python", _PHONES, _PLACE],
        before=(
            *(f"modprobe -d {kernel} {module}" for module in _MODULES),
            f"export PYTHONPATH={kernel}/site:{vm.CHECKOUT}/tests",
            f"mkdir -p {_PLACE} && mount /dev/vda {_PLACE}",
        ),
    )


@contextlib.contextmanager
def _in_the_machine() -> Iterator[Place]:
    kernel = vm.fetch_kernel()
    vm.compile_python()
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder) / "disk"
        initramfs = vm.build_initramfs(kernel, script(kernel), Path(folder))
        drive = f"file={disk},format=raw,if=virtio"

        def empty() -> None:
            disk.unlink(missing_ok=True)
            with disk.open("wb") as file:
                file.truncate(_DISK_MIB << 20)
            subprocess.run(["mkfs.ext4", "-q", str(disk)], check=True)

        yield Place(vm.machine(kernel, initramfs, "-drive", drive), empty)


@contextlib.contextmanager
def _here() -> Iterator[Place]:
    """In a network and a tree of processes of their own: all of these end with the first one."""
    with tempfile.TemporaryDirectory() as folder:
        phones = Path(folder) / "phones"

        def empty() -> None:
            shutil.rmtree(phones, ignore_errors=True)
            phones.mkdir()

        run = shlex.join([sys.executable, str(vm.CHECKOUT / _PHONES), str(phones)])
        inside = f"ip link set lo up; PYTHONPATH={vm.CHECKOUT}/tests exec {run} 2>&1"
        yield Place(["unshare", "-n", "-p", "-f", "--kill-child", "sh", "-c", inside], empty)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
