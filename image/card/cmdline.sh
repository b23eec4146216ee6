# shellcheck shell=sh
# Read by `.` after layout.sh, on the build machine and on the phone.

# card_cmdline A|B: the kernel's command line of a slot.
#   panic=10                a kernel that cannot go on starts again, and the firmware then takes the
#                           slot that is known to be good
#   net.ifnames=0           eth0 and wlan0 on every Pi
#   systemd.gpt_auto=0      nothing is to be looked for: the table is an MBR
#   quiet                   a serial line of 115200 baud would slow the start down
card_cmdline() {
    case $1 in
    A) printf 'root=PARTUUID=%s-0%s' "$CARD_ID" "$PARTITION_ROOT_A" ;;
    B) printf 'root=PARTUUID=%s-0%s' "$CARD_ID" "$PARTITION_ROOT_B" ;;
    *) return 1 ;;
    esac
    printf ' rootfstype=squashfs ro rootwait panic=10 net.ifnames=0'
    printf ' systemd.gpt_auto=0 quiet console=tty1 sotto.slot=%s\n' "$1"
}
