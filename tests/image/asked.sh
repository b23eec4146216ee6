#!/bin/sh
# Runs on the card that tests/image has booted, and says what it sees: @@NAME=VALUE on the console.
# The last thing that it does is to switch the machine off.

say() { printf '\n@@%s=%s\n' "$1" "$2"; }
each() { while read -r line; do say "$1" "$line"; done; }

show() { systemctl show --value -p "$2" "$1"; }

# A busy machine emulates so slowly that systemd's patience with the phone may end once or twice.
until systemctl start sotto.service; do :; done
say system "$(systemctl is-system-running --wait)"
say slot "$(tr ' ' '\n' </proc/cmdline | sed -n 's/^sotto\.slot=//p')"
say root "$(findmnt -n -o SOURCE,FSTYPE,OPTIONS /)"
say var "$(findmnt -n -o SOURCE,FSTYPE,OPTIONS /var)"
say var_mib "$(df -m --output=size /var | tail -1)"
touch /usr/written /etc/written 2>/dev/null && say written yes

say phone "$(show sotto.service ActiveState) $(show sotto.service SubState)"
say ready_us "$(show sotto.service ActiveEnterTimestampMonotonic)"
say restarts "$(show sotto.service NRestarts)"
sotto status 2>&1 | each status
systemctl list-units --failed --plain --no-legend | each failed
systemctl list-jobs --no-legend | each job

systemctl list-units --state=active,activating --type=service --plain --no-legend '*getty*' |
    each getty
awk -F : '$2 !~ /^[!*]/ { print $1 }' /etc/shadow | each login
for tool in /usr/sbin/sshd /usr/bin/gcc /usr/bin/apt /usr/bin/login; do
    [ ! -e "$tool" ] || say tool "$tool"
done
ss -Hltnup | awk '{ print $1, $5, $7 }' | each listens

say machine_id "$(cat /etc/machine-id)"
say clock "$(($(date +%s) - $(stat -c %Y /usr/lib/clock-epoch)))"
dmesg | sed -n 's/^\[ *\([0-9.]*\)\].*crng init done.*/\1/p' | each random_s
stat -c '%n %a %U %G' /etc/sotto /etc/sotto/* /etc/sotto/secrets/* /var/lib/iwd /var/lib/iwd/* \
    2>/dev/null | each mode
each wifi <"$(ls /var/lib/iwd/*.psk 2>/dev/null || echo /dev/null)"
each config </etc/sotto/sotto.toml
each machine </var/lib/sotto-machine/config.txt
python3 -c '
import sqlite3
print(sqlite3.connect("/var/lib/sotto/sotto.db").execute("select hex(zid) from phone").fetchone()[0])
' 2>&1 | tail -1 | each zid
systemd-analyze 2>&1 | each took
systemd-analyze blame --no-pager 2>/dev/null | head -12 | each blame
journalctl -b -p warning --no-pager -o short-monotonic 2>/dev/null | tail -60 | each warned
journalctl -b --no-pager -o cat -u 'sotto*' -u rauc -u iwd -u chrony 2>/dev/null | tail -60 | each told
say free_mib "$(awk '/MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)"
systemctl --no-block poweroff
