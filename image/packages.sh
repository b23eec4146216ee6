#!/bin/bash
# Installs what is missing of the named sections of image/packages.txt.
#
#   image/packages.sh build run
set -euo pipefail

list=$(dirname "${BASH_SOURCE[0]}")/packages.txt
missing=()
while read -r package; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
        missing+=("$package")
done < <(awk -v wanted=" $* " '
    /^\[/ { inside = index(wanted, " " substr($1, 2, length($1) - 2) " ") }
    /^[a-z]/ && inside { print $1 }' "$list")
((${#missing[@]})) || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and only root can install them. As root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}" >&2
"${as_root[@]}" apt-get -q update >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    "${missing[@]}" >&2
