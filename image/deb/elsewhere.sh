#!/bin/bash
# Builds the Debian package for another architecture or another Debian, by cross compilers in a root of
# its own under build/roots (a gigabyte; made once). Wants root, for that root's sake.
#
#   image/deb/elsewhere.sh arm64 trixie
set -euo pipefail

readonly architecture=$1 suite=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
own=$(dpkg --print-architecture)
readonly here own
readonly root=$here/build/roots/$suite-$architecture

# What a compiler needs runs here; what it links to is the other architecture's.
packages() {
    local package
    printf "%s\n" "crossbuild-essential-$architecture" "libpython3-dev:$architecture" \
        "libstdc++6:$architecture" git
    while read -r package; do
        case $package in
        lib*-dev | uuid-dev) printf '%s\n' "$package:$architecture" ;;
        *) printf '%s\n' "$package" ;;
        esac
    done < <(sed -n '/^\[build\]/,/^\[run\]/s/^\([a-z][a-z0-9.+-]*\).*/\1/p' "$here/image/packages.txt")
}

# How this machine's apt gets at Debian is how that one does.
apt_options() {
    apt-config dump | sed -n 's/^\(Acquire::\(Check-Valid-Until\|http\|https\)[^ ]* .*\);$/--aptopt=\1/p'
}

make_root() {
    local options include
    mapfile -t options < <(apt_options)
    include=$(packages | paste -sd ,)
    mkdir -p "${root%/*}"
    # Nothing in it is missed if the power goes.
    mmdebstrap --quiet --variant=apt --architectures="$own,$architecture" "${options[@]}" \
        --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
        --include="$include" "$suite" "$root.new"
    mv "$root.new" "$root"
}

# Runs in a mount namespace of its own, so that nothing stays mounted, whatever happens.
build() {
    local each cache=$here/build/roots/build-$suite-$architecture
    mount --make-rprivate /
    for each in proc sys dev; do mount --rbind "/$each" "$root/$each"; done
    # How names are resolved and whom TLS trusts is this machine's business there, too.
    for each in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
        [[ -e $each ]] || continue
        [[ -e $root$each ]] || : >"$root$each"
        mount --bind "$each" "$root$each"
    done
    rm -rf "$root/sotto"
    mkdir -p "$root/sotto/build" "$cache/pjsip"
    git -C "$here" ls-files -z | tar -C "$here" --null -T - -c | tar -C "$root/sotto" -x
    [[ ! -d $here/build/pjsip/source ]] || cp -rn "$here/build/pjsip/source" "$cache/pjsip/"
    mount --bind "$cache" "$root/sotto/build"
    SOURCE_DATE_EPOCH=$(git -C "$here" log -1 --format=%ct) HOST_ARCHITECTURE=$architecture \
        PIP_CERT=/etc/ssl/certs/ca-certificates.crt chroot "$root" /bin/bash -euc '
        cd /sotto
        [[ -d build/venv ]] || python3 -m venv build/venv
        image/pjsip.sh >build/.pjsip
        image/deb/build.sh' >"$cache/package"
    mkdir -p "$here/build/deb"
    cp "$cache/deb/$(basename "$(<"$cache/package")")" "$here/build/deb/"
    printf '%s\n' "$here/build/deb/$(basename "$(<"$cache/package")")"
}

case ${3:-} in
'')
    [[ -d $root ]] || make_root
    exec unshare --mount "${BASH_SOURCE[0]}" "$architecture" "$suite" --in-namespace
    ;;
--in-namespace) build ;;
esac
