#!/bin/sh
# Comes in each bundle, signed with it, and writes the boot partition of the slot that is updated:
# whole and anew, without mounting it. RAUC says in $RAUC_* what is what.
#
# Both slots carry the same files but for cmdline.txt, which names the root of its own slot, and
# board.txt, which is the phone's and is taken over from the slot that runs.
set -eu

readonly shared="${SOTTO_SHARED:-/usr/lib/sotto/card}"
# shellcheck source=image/card/layout.sh
. "$shared/layout.sh"
# shellcheck source=image/card/cmdline.sh
. "$shared/cmdline.sh"

# The device of the other slot's boot partition, which is the one that runs.
running() {
    if [ -n "${SOTTO_RUNNING_BOOT:-}" ]; then
        echo "$SOTTO_RUNNING_BOOT"
    elif [ "$1" = A ]; then
        echo "/dev/disk/by-partuuid/$CARD_ID-0$PARTITION_BOOT_B"
    else
        echo "/dev/disk/by-partuuid/$CARD_ID-0$PARTITION_BOOT_A"
    fi
}

write_boot() {
    slot=$RAUC_SLOT_BOOTNAME
    label=$LABEL_BOOT_A
    [ "$slot" = A ] || label=$LABEL_BOOT_B
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/sotto-boot.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    tar -C "$work" --no-same-owner -xf "$RAUC_IMAGE_NAME"
    card_cmdline "$slot" >"$work/cmdline.txt"
    # A card without one, or that cannot be read, gets none: config.txt does without.
    mtype -i "$(running "$slot")" ::board.txt >"$work/board.txt" 2>/dev/null ||
        rm -f "$work/board.txt"
    mkfs.vfat -F 32 -n "$label" "$RAUC_SLOT_DEVICE" >/dev/null
    mcopy -s -Q -i "$RAUC_SLOT_DEVICE" "$work"/* ::
    sync
}

case $1 in
slot-install) write_boot ;;
*) exit 1 ;;
esac
