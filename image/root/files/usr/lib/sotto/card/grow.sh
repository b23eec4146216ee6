#!/bin/sh
# Lets the data partition reach to the end of the card, and its file system with it.
#
# The plug may be pulled at any moment: each step leaves a table that is right, and the next start does
# what is left. The extended partition grows first, then the one in it; both begin where they did.
set -eu

# shellcheck source=/dev/null
. /usr/lib/sotto/card/layout.sh

readonly EXTENDED=4
readonly LEAST=131072 # sectors: for 64 MiB nobody touches a table

part=$(readlink -f "/dev/disk/by-partuuid/$CARD_ID-0$PARTITION_DATA")
place=$(readlink -f "/sys/class/block/${part##*/}")
disk=${place%/*}
start=$(cat "$place/start")
end=$((start + $(cat "$place/size")))
free=$(($(cat "$disk/size") - end))

if [ "$free" -ge "$LEAST" ]; then
    for number in "$EXTENDED" "$PARTITION_DATA"; do
        echo ', +' | sfdisk --quiet --force --no-reread --no-tell-kernel -N "$number" \
            "/dev/${disk##*/}"
    done
    # The kernel takes the new end of a partition that is in use, but no other change.
    partx --update --nr "$PARTITION_DATA" "/dev/${disk##*/}"
fi
/usr/lib/systemd/systemd-growfs /var
