#!/bin/sh
# Runs on the card that tests/image has booted, and says how its update stands: @@NAME=VALUE.
# Ends by switching the machine off, unless the software on trial has it started anew before.

say() { printf '\n@@%s=%s\n' "$1" "$2"; }
each() { while read -r line; do say "$1" "$line"; done; }

until systemctl start sotto.service; do :; done
say slot "$(tr ' ' '\n' </proc/cmdline | sed -n 's/^sotto\.slot=//p')"
say version "$(cat /usr/lib/sotto/card/version)"
# On trial, it ends when the phone has proved itself; else it has nothing to do.
while [ "$(systemctl show --value -p ActiveState sotto-proof.service)" = active ]; do sleep 1; done
say proof "$(systemctl show --value -p Result sotto-proof.service)"
say slots "$(cat /var/lib/sotto-update/slots.json)"
rauc status --output-format=shell 2>&1 | each rauc
sotto status 2>&1 | each status
systemctl list-units --failed --plain --no-legend | each failed

# What is on a stick is not taken, and why.
mkdir -p /run/stick
if mount -o ro /dev/sda /run/stick 2>/dev/null; then
    for bundle in /run/stick/*.raucb; do
        sotto update install "$bundle" 2>&1 | tail -1 | each "refused_$(basename "$bundle" .raucb)"
    done
fi
journalctl -b --no-pager -o cat -u 'sotto*' -u rauc 2>/dev/null | tail -40 | each told
systemctl --no-block poweroff
