# The card: what lies where on it. NAME=value and nothing else: shell scripts read it with `.`, Python
# line by line. On the phone it is /usr/lib/sotto/card/layout.sh. Sizes are in MiB.
#
# The table is an MBR: the boot ROM of a Zero 2 W and of a Pi 3 knows no other. Partition 4 is the
# extended one, which holds 5 to 7. Start and size of all but the last stay as they are for ever:
# an update writes into partitions, never into the table.
#
#   1 CONFIG  FAT       autoboot.txt (which slot is started), bootcode.bin (for a Zero 2 W and a Pi 3),
#                       and the person's sotto.toml. Mounted at /boot/firmware, read and write
#   2 BOOT A  FAT       firmware, kernel, initramfs, device trees, config.txt, cmdline.txt
#   3 BOOT B  FAT       the same for slot B
#   5 ROOT A  squashfs  read-only
#   6 ROOT B  squashfs  the same for slot B
#   7 DATA    ext4      mounted at /var; grows over the rest of the card at the first start
#
# An update of a slot writes its root partition whole, and the files of its boot partition. Both slots
# carry the same files but for cmdline.txt and board.txt:
#   cmdline.txt is what `card_cmdline` in image/card/cmdline.sh says for the slot;
#   board.txt, which config.txt includes, is the board's (written by the phone): an update keeps it.
#
# Which slot is running: `sotto.slot=A` or `sotto.slot=B` stands on the kernel's command line, beside
# root=PARTUUID=$CARD_ID-05 or -06. A partition's device is /dev/disk/by-partuuid/$CARD_ID-0N.
#
# shellcheck shell=sh disable=SC2034  # whoever reads it uses some of them
CARD_ID=534f5454

PARTITION_CONFIG=1
PARTITION_BOOT_A=2
PARTITION_BOOT_B=3
PARTITION_ROOT_A=5
PARTITION_ROOT_B=6
PARTITION_DATA=7

LABEL_CONFIG=SOTTO
LABEL_BOOT_A=SOTTO-A
LABEL_BOOT_B=SOTTO-B
LABEL_DATA=sotto-data

SIZE_CONFIG=64
SIZE_BOOT=256
SIZE_ROOT=768
SIZE_DATA=128
