#!/bin/bash
# Builds the card's root file system, as a tar: what image/root/packages.txt names, the phone's own
# package, and the settings of the initramfs. Wants root, or what unshare(1) needs in its place; and
# qemu-user (binfmt) on a machine that is no arm64 one.
#
#   image/root/build.sh SOTTO.deb ROOT.tar
#
# Environment: DEBUG=1 puts in what [debug] names, SOURCE_DATE_EPOCH says how old all files are.
set -euo pipefail

# In a mount namespace of its own, so that nothing stays mounted, whatever happens.
if [[ $(id -u) == 0 && -z ${IN_NAMESPACE:-} ]]; then
    exec unshare --mount --propagation private env IN_NAMESPACE=1 "${BASH_SOURCE[0]}" "$@"
fi

readonly package=$1 tar=$2 suite=trixie
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readonly here work

# The sections that are wanted, one package after the other.
packages() {
    awk -v debug="${DEBUG:-}" '
        /^\[/ { wanted = $0 != "[debug]" || debug == 1 }
        /^[a-z]/ && wanted { print $1 }' "$here/packages.txt"
    echo sotto
}

# How this machine's apt gets at Debian is how that one does.
apt_options() {
    apt-config dump | sed -n 's/^\(Acquire::\(Check-Valid-Until\|http\|https\)[^ ]* .*\);$/--aptopt=\1/p'
}

# The phone's package, as apt sees it.
repository() {
    mkdir "$work/repository"
    cp "$package" "$work/repository/"
    (cd "$work/repository" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
    printf 'deb [trusted=yes] copy:%s ./\n' "$work/repository"
}

sources() {
    local areas="main non-free-firmware"
    printf 'deb http://deb.debian.org/debian %s %s\n' "$suite" "$areas" "$suite-updates" "$areas"
    printf 'deb http://deb.debian.org/debian %s-backports main\n' "$suite"
    printf 'deb http://deb.debian.org/debian-security %s-security %s\n' "$suite" "$areas"
    repository
}

chmod 755 "$work"
sources >"$work/sources.list"
mapfile -t options < <(apt_options)
include=$(packages | paste -sd ,)
# What dpkg says is kept: without it nobody finds out why a package could not be installed.
# shellcheck disable=SC2016  # mmdebstrap's shell reads $1
mmdebstrap --verbose --variant=essential --architectures=arm64 --format=tar "${options[@]}" \
    --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
    --dpkgopt="$here/dpkg.conf" --include="$include" \
    --setup-hook='mkdir -p "$1/etc/apt/preferences.d" "$1/etc/initramfs-tools"' \
    --setup-hook="cp $here/preferences "'"$1/etc/apt/preferences.d/sotto"' \
    --setup-hook="cp -r $here/initramfs/. "'"$1/etc/initramfs-tools/"' \
    --customize-hook='rm -f "$1/etc/apt/sources.list.d/0000sources.list"' \
    --customize-hook='chroot "$1" update-initramfs -c -k all' \
    "$suite" "$tar.new" "$work/sources.list" >"$tar.log" 2>&1 || { tail -40 "$tar.log" >&2 && exit 1; }
mv "$tar.new" "$tar"
