"""The root file system on its way from mmdebstrap's tar to the card.

What belongs to the boot partitions, and what the list of contents is made of, is kept aside; /var is
the data partition's and stays empty here; the files of image/root/files come in the place of others.
"""

import re
import stat
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Final

ASIDE: Final = re.compile(
    r"boot/(vmlinuz|initrd\.img)-[^/]+"
    r"|usr/lib/raspi-firmware/[^/]+"
    r"|usr/lib/modules/[^/]+/dtb/broadcom/[^/]+\.dtb"
    r"|var/lib/dpkg/status"
    r"|usr/share/doc/[^/]+/copyright"
    r"|usr/lib/sotto/python/[^/]+\.dist-info/METADATA"
)
"""Files that are looked at besides, or instead."""
LEFT_OUT: Final = re.compile(
    r"boot/.+"
    r"|var/.+"
    r"|usr/lib/modules/[^/]+/(vmlinuz|config|System\.map|dtb(/.*)?)"  # a second name of the kernel; the device trees
    r"|usr/lib/linux-image-[^/]+"  # a link to those
    r"|etc/apt(/.*)?"  # there is no apt
    r"|(vmlinuz|initrd\.img)(\.old)?"  # links to what is on the boot partition
    r"|etc/\.pwd\.lock|etc/(passwd|shadow|group|gshadow)-"
)
KEPT: Final = frozenset({"var/tmp"})
"""systemd wants it for a unit's private /tmp, also where the data partition cannot be mounted."""


@dataclass(slots=True)
class Aside:
    """What was looked at: content by name, and links."""

    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def content(self, name: str) -> bytes:
        """A file's content, also where another name leads to it."""
        while name in self.links:
            name = self.links[name]
        return self.files[name]


@dataclass(frozen=True, slots=True)
class Addition:
    """A file of our own.

    Attributes:
        content: What is in it; None: it is a folder.
        link: Where it leads, if it is a symbolic link.
        mode: Its permissions.
    """

    content: bytes | None = None
    link: str = ""
    mode: int = 0o644


def additions(folder: Path) -> dict[str, Addition]:
    """Every file and link under a folder, by the name that it has on the card."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = Addition(link=str(path.readlink()), mode=0o777)
        elif path.is_file():
            runs = path.stat().st_mode & stat.S_IXUSR
            found[name] = Addition(path.read_bytes(), mode=0o755 if runs else 0o644)
    return found


def put_together(
    source: tarfile.TarFile,
    target: tarfile.TarFile,
    added: Mapping[str, Addition],
    epoch: int,
) -> Aside:
    """Writes the tar that becomes the root.

    Args:
        source: mmdebstrap's.
        target: Where it goes.
        added: Files of our own, which replace those of the same name.
        epoch: When all of these were changed, in seconds.

    Returns:
        What was kept aside.
    """
    aside = Aside()
    seen = {"."}
    for member in source:
        name = member.name.removeprefix("./") or "."
        content = source.extractfile(member) if member.isreg() else None
        if ASIDE.fullmatch(name):
            if member.islnk() or member.issym():
                aside.links[name] = _target(name, member)
            elif content is not None:
                octets = content.read()
                aside.files[name] = octets
                content = BytesIO(octets)
        if name in added or (LEFT_OUT.fullmatch(name) and name not in KEPT):
            continue
        seen.add(name)
        target.addfile(member, content)
    for member, own in _added(added, seen, epoch):
        target.addfile(member, own)
    return aside


def _target(name: str, member: tarfile.TarInfo) -> str:
    if member.islnk():
        return member.linkname.removeprefix("./")
    parts = [*name.split("/")[:-1]] if not member.linkname.startswith("/") else []
    for step in member.linkname.split("/"):
        if step == "..":
            parts.pop()
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)


def _added(
    added: Mapping[str, Addition], seen: Iterable[str], epoch: int
) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    there = set(seen)
    for name, addition in sorted(added.items()):
        for folder in reversed(Path(name).parents):
            if str(folder) not in there:
                there.add(str(folder))
                yield _member(str(folder), Addition(mode=0o755), epoch), None
        content = None if addition.content is None else BytesIO(addition.content)
        yield _member(name, addition, epoch), content


def _member(name: str, addition: Addition, epoch: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(f"./{name}")
    member.mtime = epoch
    member.mode = addition.mode
    if addition.link:
        member.type, member.linkname = tarfile.SYMTYPE, addition.link
    elif addition.content is None:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(addition.content)
    return member
