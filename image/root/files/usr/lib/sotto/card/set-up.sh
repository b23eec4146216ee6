#!/bin/sh
# Puts what the configuration says of the machine where the machine looks: the Wi-Fi network, and the
# board's lines of config.txt in both slots. Where those of the running slot have changed, the machine
# starts once more, for only the firmware reads them.
set -eu

# shellcheck source=/dev/null
. /usr/lib/sotto/card/layout.sh

readonly config=/etc/sotto/sotto.toml settings=/var/lib/sotto-machine
readonly seen=$settings/seen wifi=/var/lib/iwd boot=/run/sotto-boot

# Python takes a small board a second or two: only for another configuration, or another phone's code.
# An hour that is not this image's cannot stand there: all its files are of the same time.
now=$(sha256sum "$config" && stat -c %Y /usr/lib/clock-epoch)
if [ "$(cat "$seen" 2>/dev/null)" != "$now" ]; then
    sotto machine-settings "$settings" --config "$config"
    printf '%s\n' "$now" >"$seen"
fi

mkdir -p "$wifi"
chmod 700 "$wifi"
for profile in "$wifi"/*.psk "$wifi"/*.open; do
    [ -e "$profile" ] || continue
    [ -e "$settings/wifi/${profile##*/}" ] || rm "$profile"
done
for profile in "$settings"/wifi/*; do
    [ -e "$profile" ] || continue
    cmp -s "$profile" "$wifi/${profile##*/}" || cp -p "$profile" "$wifi/"
done

# write_board NUMBER: in that boot partition; $changed says whether there was something else. What is
# mounted with dirsync cannot be mounted anew to be written to: so it is looked at first.
write_board() {
    changed=no
    mkdir -p "$boot"
    mount_boot "$1" ro
    cmp -s "$settings/config.txt" "$boot/board.txt" || changed=yes
    umount "$boot"
    [ "$changed" = yes ] || return 0
    mount_boot "$1" rw,dirsync
    cp "$settings/config.txt" "$boot/board.new"
    sync -f "$boot"
    mv "$boot/board.new" "$boot/board.txt"
    umount "$boot"
}

# mount_boot: that partition, and how.
mount_boot() {
    mount -t vfat -o "$2,nodev,nosuid,noexec" "/dev/disk/by-partuuid/$CARD_ID-0$1" "$boot"
}

case " $(cat /proc/cmdline) " in
*' sotto.slot=B '*) own=$PARTITION_BOOT_B other=$PARTITION_BOOT_A ;;
*) own=$PARTITION_BOOT_A other=$PARTITION_BOOT_B ;;
esac
write_board "$other"
write_board "$own"
# An update on trial has to prove itself in this very start: it would not come back from another. And
# a card that keeps nothing must not start again for ever.
usual=$(sed -n '/^\[all\]/,/^\[tryboot\]/s/^boot_partition=//p' /boot/firmware/autoboot.txt)
if [ "$changed" = yes ] && [ "$usual" = "$own" ] &&
    ! cmp -s "$settings/config.txt" "$settings/started"; then
    cp "$settings/config.txt" "$settings/started"
    sync -f "$settings"
    systemctl --no-block reboot
fi
