#!/bin/bash
# Makes the development key that signs bundles, where there is none yet; prints its folder. It is no
# part of the repository, and of no use to anybody but whoever develops: see docs/updates.md for others.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly folder=${UPDATE_KEYS:-$root/build/update-key}

if [[ ! -e $folder/key.pem ]]; then
    mkdir -p "$folder"
    umask 077
    work=$(mktemp -d "$folder/new.XXXXXX")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
        -subj "/CN=Sotto development key" -keyout "$work/key.pem" -out "$work/certificate.pem" \
        2>"$work/log" || { cat "$work/log" >&2 && exit 1; }
    mv "$work/certificate.pem" "$folder/"
    mv "$work/key.pem" "$folder/"
    rm -r "$work"
fi
printf '%s\n' "$folder"
