#!/bin/bash
# Makes a signed bundle of what `make image` has made: root.squashfs and boot.tar.
#
#   image/update/bundle.sh FOLDER VERSION BUNDLE.raucb
#
# Environment: SIGN_CERT and SIGN_KEY, the certificate and key that sign it (a key may be a PKCS#11
# URL). Without them a development key is made on the spot, in build/update-key, and kept there: cards
# that are made afterwards on this machine trust it, and nobody else's.
set -euo pipefail

readonly folder=$1 version=$2 bundle=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(\+[0-9]{12})?$ ]] || {
    echo "$version is no version (1.2.0+202611280926)" >&2
    exit 1
}
if [[ -z ${SIGN_KEY:-} ]]; then
    keys=$("$here/key.sh")
    SIGN_CERT=$keys/certificate.pem SIGN_KEY=$keys/key.pem
fi

ln "$folder/root.squashfs" "$folder/boot.tar" "$work/" 2>/dev/null ||
    cp "$folder/root.squashfs" "$folder/boot.tar" "$work/"
install -m 755 "$here/hook.sh" "$work/hook.sh"
cat >"$work/manifest.raucm" <<END
[update]
compatible=sotto-arm64
version=$version

[bundle]
format=plain

[hooks]
filename=hook.sh

[image.rootfs]
filename=root.squashfs

[image.boot]
filename=boot.tar
hooks=install
END
rm -f "$bundle"
# What is in it is compressed already.
rauc --cert "$SIGN_CERT" --key "$SIGN_KEY" bundle --mksquashfs-args="-noI -noD -noF -noX" \
    "$work" "$bundle" >&2
printf '%s\n' "$bundle"
