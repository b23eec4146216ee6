#!/bin/bash
# Installs what is missing of the named sections of image/packages.txt.
#
#   image/packages.sh build run
set -euo pipefail

list=$(dirname "${BASH_SOURCE[0]}")/packages.txt

is_installed() {
    local package
    for package; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed &&
            return
    done
    return 1
}

# The first of its names that this Debian knows, and the very first where it knows none: apt says so.
known() {
    local package
    for package; do
        apt-cache show "$package" >/dev/null 2>&1 && printf '%s\n' "$package" && return
    done
    printf '%s\n' "$1"
}

missing=()
while read -ra names; do
    is_installed "${names[@]}" || missing+=("${names[*]}")
done < <(awk -v wanted=" $* " '
    /^\[/ { inside = index(wanted, " " substr($1, 2, length($1) - 2) " ") }
    /^[a-z]/ && inside { gsub(/ *\| */, " "); print }' "$list")
((${#missing[@]})) || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and only root can install them. As root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
"${as_root[@]}" apt-get -q update >&2
packages=()
for names in "${missing[@]}"; do
    read -ra names <<<"$names"
    packages+=("$(known "${names[@]}")")
done
echo "Installing ${#packages[@]} packages: ${packages[*]}" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    "${packages[@]}" >&2
