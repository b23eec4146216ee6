# shellcheck shell=sh
# Comes after says.sh, at a start after a pulled plug: what is left.

say slot "$(tr ' ' '\n' </proc/cmdline | sed -n 's/^sotto\.slot=//p')"
say version "$(cat /usr/lib/sotto/card/version)"
# On trial, it ends when the phone has proved itself; else it has nothing to do.
while [ "$(show sotto-proof.service ActiveState)" = active ]; do sleep 1; done
say proof "$(show sotto-proof.service Result)"
say at proven
say system "$(systemctl is-system-running --wait)"
say phone "$(show sotto.service ActiveState) $(show sotto.service SubState)"
systemctl list-units --failed --plain --no-legend | each failed
say slots "$(cat /var/lib/sotto-update/slots.json)"
say var_mib "$(df -m --output=size /var | tail -1)"
find /var/tmp /var/lib/sotto-update -size +1M -exec du -m {} + | each left_mib
each config </etc/sotto/sotto.toml
for secret in /etc/sotto/secrets/*; do
    [ ! -e "$secret" ] || say secret "$(cat "$secret")"
done
each wifi <"$(ls /var/lib/iwd/*.psk 2>/dev/null || echo /dev/null)"
journalctl -b --no-pager -o cat -u 'sotto*' -u rauc -u 'systemd-fsck*' 2>/dev/null | tail -40 | each told
