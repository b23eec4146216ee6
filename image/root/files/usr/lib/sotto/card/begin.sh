#!/bin/sh
# begin.sh [ROOT]: a phone for calls without a server, until a configuration comes by the boot partition.
# It is on the disk before it has its name: a plug that is pulled soon after would leave an empty one.
set -eu

readonly root="${1:-}"
readonly place="$root/etc/sotto"

cp "$root/usr/share/sotto/sotto.toml" "$place/sotto.toml.new"
chgrp --reference="$place" "$place/sotto.toml.new"
chmod 640 "$place/sotto.toml.new"
sync "$place/sotto.toml.new"
mv "$place/sotto.toml.new" "$place/sotto.toml"
sync "$place"
