#!/bin/sh
# Runs on the card that tests/bench/card.py has booted, where a nanosecond is an instruction: what its
# start took, then on_card.py, from the second disk. @@NAME=VALUE on the console; switches off at the end.

say() { printf '\n@@%s=%s\n' "$1" "$2"; }
each() { while read -r line; do say "$1" "$line"; done; }
read_sectors() { awk '{ print $3 }' /sys/class/block/vda5/stat; }

until systemctl start sotto.service; do :; done
# First of all: each question costs something itself.
say busy_ticks "$(sed -n 's/^cpu  //p' /proc/stat)"
say read_sectors "$(read_sectors)"
say first_process_us "$(sed -n 's/^usage_usec //p' /sys/fs/cgroup/init.scope/cpu.stat)"
systemctl is-system-running --wait >/dev/null
say ready_us "$(systemctl show --value -p ActiveEnterTimestampMonotonic sotto.service)"
systemd-analyze 2>&1 | each took
systemd-analyze blame --no-pager 2>/dev/null | head -10 | each blame
# It keeps its shape only with its leading blanks.
systemd-analyze critical-chain sotto.service --no-pager 2>/dev/null | tail -n +4 |
    while IFS= read -r line; do say chain "$line"; done
systemctl show --all '*.service' '*.mount' --no-pager -p Id -p CPUUsageNSec |
    awk -v RS= '/CPUUsageNSec=[0-9]/ {
        for (i = 1; i <= NF; i++) { split($i, part, "="); found[part[1]] = part[2] }
        print found["CPUUsageNSec"], found["Id"]
    }' | each unit_ns
pid=$(systemctl show --value -p MainPID sotto.service)
sed -n 's/^\(Rss\|Pss\|Pss_Anon\|Pss_File\): */\1 /p' "/proc/$pid/smaps_rollup" | each memory_kib
say threads "$(cat /sys/fs/cgroup/system.slice/sotto.service/pids.current)"
say free_kib "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)"

# again NAME: the phone is started anew; what that takes, in sectors and in microseconds.
again() {
    systemctl stop sotto.service
    [ "$1" = warm ] || { sync && echo 3 >/proc/sys/vm/drop_caches; }
    before=$(read_sectors)
    systemctl start sotto.service
    say "$1" "$(sed -n 's/^usage_usec //p' /sys/fs/cgroup/system.slice/sotto.service/cpu.stat) \
$(($(read_sectors) - before))"
}
for _ in 1 2; do
    again cold
    again warm
done
systemctl stop sotto.service

export TMPDIR=/var/tmp
mkdir -p $TMPDIR/bench
tar -x -f /dev/vdb -C $TMPDIR/bench
PYTHONPATH=$TMPDIR/bench:/usr/lib/sotto/python:/usr/lib/sotto/pjsip/python \
    python3 -m bench.on_card $TMPDIR/bench 2>&1
systemctl --no-block poweroff
