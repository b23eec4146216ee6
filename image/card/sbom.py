"""What is on the card, as a list for people who have to know: SPDX 2.3, in JSON.

Debian's packages by dpkg's own list, with the licences that their copyright files name; the phone's
Python libraries by their metadata. It says what is there, in which version and where it came from;
what a licence means, only its text does.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import Parser
from typing import Any, Final

_LICENCE: Final = re.compile(r"(?m)^License:[ \t]*(\S[^\n]*)$")
_MACHINE_READABLE: Final = re.compile(r"(?i)^Format(-Specification)?:.*(dep.?5|copyright-format)")
_COMMON: Final = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9+])")
_NOT_IN_AN_ID: Final = re.compile(r"[^A-Za-z0-9.-]+")
_SPDX_NAMES: Final[Mapping[str, str]] = {
    "Expat": "MIT",
    "MIT": "MIT",
    "BSD-3-clause": "BSD-3-Clause",
    "ISC": "ISC",
    "BSD-2-clause": "BSD-2-Clause",
    "Apache-2.0": "Apache-2.0",
    "GPL-3": "GPL-3.0-only",
    "GPL-2": "GPL-2.0-only",
    "GPL-2+": "GPL-2.0-or-later",
    "GPL-3+": "GPL-3.0-or-later",
    "LGPL-2": "LGPL-2.0-only",
    "LGPL-2+": "LGPL-2.0-or-later",
    "Zlib": "Zlib",
    "LGPL-2.1": "LGPL-2.1-only",
    "LGPL-2.1+": "LGPL-2.1-or-later",
    "zlib": "Zlib",
    "LGPL-3": "LGPL-3.0-only",
    "LGPL-3+": "LGPL-3.0-or-later",
    "CC0-1.0": "CC0-1.0",
}
"""Debian's names of licences, and SPDX' where they are another."""


@dataclass(frozen=True, slots=True)
class Package:
    """Something that is on the card.

    Attributes:
        name: As its makers call it.
        version: Theirs, too.
        locator: Its package URL (purl).
        licences: As they are named in its copyright file or its metadata, without repetition.
    """

    name: str
    version: str
    locator: str
    licences: tuple[str, ...]


def debian_packages(status: str, copyrights: Mapping[str, str]) -> Iterator[Package]:
    """What dpkg has installed.

    Args:
        status: dpkg's own list.
        copyrights: Each package's copyright file; without one, its licence is not known.
    """
    for paragraph in status.split("\n\n"):
        fields = Parser().parsestr(paragraph)
        if fields.get("Status") != "install ok installed":
            continue
        name, version = fields["Package"], fields["Version"]
        locator = f"pkg:deb/debian/{name}@{version}?arch={fields['Architecture']}"
        yield Package(name, version, locator, tuple(licences_in(copyrights.get(name, ""))))


def python_packages(metadata: Iterable[str]) -> Iterator[Package]:
    """The libraries beside the phone.

    Args:
        metadata: What stands in their METADATA files.
    """
    for text in metadata:
        fields = Parser().parsestr(text)
        licence = fields.get("License-Expression") or fields.get("License") or ""
        first = licence.strip().splitlines()[:1]
        name, version = fields["Name"], fields["Version"]
        locator = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
        yield Package(name, version, locator, tuple(first))


def licences_in(text: str) -> list[str]:
    """The names of the licences in a copyright file, in their order."""
    if _MACHINE_READABLE.search(text):
        found = [each.strip() for each in _LICENCE.findall(text)]
    else:
        found = _COMMON.findall(text)
    return list(dict.fromkeys(found))


def document(packages: Iterable[Package], name: str, epoch: int) -> str:
    """The list, in JSON; the same for the same packages.

    Args:
        packages: What is on the card.
        name: What the card is called.
        epoch: When it was made, in seconds.
    """
    rows = sorted(packages, key=lambda each: (each.locator, each.version))
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    made = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    texts: dict[str, str] = {}
    entries = [_entry(each, texts) for each in rows]
    whole: dict[str, Any] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{name}-{digest[:32]}",
        "creationInfo": {"created": made, "creators": ["Tool: sotto-image"]},
        "packages": entries,
        "relationships": [
            {
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relationshipType": "DESCRIBES",
                "relatedSpdxElement": entry["SPDXID"],
            }
            for entry in entries
        ],
        "hasExtractedLicensingInfos": [
            {"licenseId": key, "name": text, "extractedText": f"In its copyright file: {text}"}
            for key, text in sorted(texts.items())
        ],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _entry(package: Package, texts: dict[str, str]) -> dict[str, Any]:
    terms = [_term(each, texts) for each in package.licences]
    return {
        "SPDXID": f"SPDXRef-{_identifier(package.locator)}",
        "name": package.name,
        "versionInfo": package.version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": " AND ".join(dict.fromkeys(terms)) or "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": package.locator,
            }
        ],
    }


def _term(name: str, texts: dict[str, str]) -> str:
    """A licence that SPDX has no name for, or that is put together, gets one of its own here."""
    known = _SPDX_NAMES.get(name) or (name if name in _SPDX_NAMES.values() else None)
    if known:
        return known
    key = f"LicenseRef-{_identifier(name)}"
    texts[key] = name
    return key


def _identifier(text: str) -> str:
    return _NOT_IN_AN_ID.sub("-", text).strip("-")
