"""The list of what is on the card, in SPDX."""

import json

from image.card.sbom import Package, debian_packages, document, licences_in, python_packages

STATUS = """Package: libopus0
Status: install ok installed
Architecture: arm64
Version: 1.5.2-2
Description: codec
 two lines

Package: gone
Status: deinstall ok config-files
Architecture: arm64
Version: 1

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2026b-0+deb13u1
"""
FORMATTED = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: BSD-3-clause

Files: tests/*
License: BSD-3-clause and Expat

License: BSD-3-clause
 text
"""
FREE = """This package was made by somebody.
On Debian systems the text is in /usr/share/common-licenses/GPL-2.
And the other in `/usr/share/common-licenses/LGPL-2.1'.
"""


def test_what_is_installed_is_listed_and_what_was_is_not() -> None:
    found = list(debian_packages(STATUS, {"libopus0": FORMATTED}))
    assert [(each.name, each.version) for each in found] == [
        ("libopus0", "1.5.2-2"),
        ("tzdata", "2026b-0+deb13u1"),
    ]
    assert found[0].locator == "pkg:deb/debian/libopus0@1.5.2-2?arch=arm64"
    assert found[1].licences == ()


def test_licences_are_those_that_the_copyright_file_names() -> None:
    assert licences_in(FORMATTED) == ["BSD-3-clause", "BSD-3-clause and Expat"]
    assert licences_in(FREE) == ["GPL-2", "LGPL-2.1"]
    assert licences_in("") == []


def test_the_phones_libraries_are_in_it() -> None:
    old = "Metadata-Version: 2.1\nName: luma_core\nVersion: 2.5\nLicense: MIT\n\nText"
    new = "Metadata-Version: 2.4\nName: dnspython\nVersion: 2.8\nLicense-Expression: ISC\n"
    assert list(python_packages([old, new])) == [
        Package("luma_core", "2.5", "pkg:pypi/luma-core@2.5", ("MIT",)),
        Package("dnspython", "2.8", "pkg:pypi/dnspython@2.8", ("ISC",)),
    ]


def test_it_is_spdx_with_every_licence_explained() -> None:
    found = list(debian_packages(STATUS, {"libopus0": FORMATTED, "tzdata": FREE}))
    read = json.loads(document(found, "card", 0))
    assert read["spdxVersion"] == "SPDX-2.3"
    assert read["creationInfo"]["created"] == "1970-01-01T00:00:00Z"
    opus, tzdata = read["packages"]
    assert opus["licenseDeclared"] == "BSD-3-Clause AND LicenseRef-BSD-3-clause-and-Expat"
    assert tzdata["licenseDeclared"] == "GPL-2.0-only AND LGPL-2.1-only"
    explained = {each["licenseId"] for each in read["hasExtractedLicensingInfos"]}
    assert explained == {"LicenseRef-BSD-3-clause-and-Expat"}
    described = {each["relatedSpdxElement"] for each in read["relationships"]}
    assert described == {each["SPDXID"] for each in read["packages"]}


def test_the_same_packages_are_the_same_octets() -> None:
    found = list(debian_packages(STATUS, {}))
    assert document(found, "card", 7) == document(reversed(found), "card", 7)
    assert document(found, "card", 7) != document(found[:1], "card", 7)
