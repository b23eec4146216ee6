#!/bin/bash
# Fetches a Debian kernel that has gpio-sim (trixie-backports), and what the tests in it need.
#
#   tests/hardware/kernel.sh PYTHON      build if need be, print the folder of the result
#
# apt fetches it and checks its signature, with sources and lists of its own under
# build/hardware, so that the system's stay as they are. rpi-lgpio goes into a folder of its own.
#
# Result: build/hardware/{vmlinuz,lib/modules/VERSION/,site/}
set -euo pipefail

readonly PYTHON=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly ROOT=$here/build/hardware

say() { printf 'kernel: %s\n' "$*" >&2; }

debian_mirror() {
    local mirror
    # shellcheck disable=SC2016  # apt fills these in
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian \(https\?:.*\)/\1/p' | head -n 1)
    printf '%s\n' "${mirror:-http://deb.debian.org/debian}"
}

# Leaves the unpacked kernel package in $ROOT/unpacked.
fetch() {
    local apt=$ROOT/apt keyring version package
    for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        [[ -e $keyring ]] && break
    done
    rm -rf "$apt" "$ROOT/unpacked"
    mkdir -p "$apt/lists/partial"
    printf '%s\n' 'Types: deb' "URIs: $(debian_mirror)" 'Suites: trixie-backports' \
        'Components: main' "Signed-By: $keyring" >"$apt/debian.sources"
    local options=(-o "Dir::Etc::sourcelist=$apt/debian.sources" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$apt/lists" -o "Dir::Cache::srcpkgcache=" -o "Dir::Cache::pkgcache="
        -o "APT::Sandbox::User=$(id -un)" -o APT::Default-Release=
        -o Acquire::AllowInsecureRepositories=false)
    say "fetching the kernel from $(debian_mirror)"
    apt-get -q "${options[@]}" update >&2
    version=$(apt-cache "${options[@]}" depends linux-image-amd64 |
        sed -n 's/.*Depends: linux-image-\([0-9][^ ]*\).*/\1/p' | sort -V | tail -n 1)
    # Since 7.x the image and its modules are packages of their own.
    (cd "$apt" && apt-get -q "${options[@]}" download "linux-binary-$version" "linux-modules-$version" >&2)
    for package in "$apt"/*.deb; do
        dpkg-deb -x "$package" "$ROOT/unpacked"
    done
    rm -rf "$apt"
}

main() {
    if [[ ! -e $ROOT/vmlinuz ]]; then
        mkdir -p "$ROOT"
        fetch
        rm -rf "${ROOT:?}/lib"
        mkdir "$ROOT/lib"
        mv "$ROOT/unpacked/usr/lib/modules" "$ROOT/lib/modules"
        depmod -b "$ROOT" "$(ls "$ROOT/lib/modules")" 2>/dev/null # it misses lists it can do without
        find "$ROOT/lib" "$ROOT/unpacked" -name 'vmlinuz*' -exec mv {} "$ROOT/vmlinuz" \;
        rm -rf "$ROOT/unpacked"
    fi
    if [[ ! -d $ROOT/site/RPi ]]; then
        "$PYTHON" -m pip install -q --target "$ROOT/site" 'rpi-lgpio>=0.6,<0.7' >&2
    fi
    printf '%s\n' "$ROOT"
}

main
