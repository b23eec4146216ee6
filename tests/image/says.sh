# shellcheck shell=sh
# Comes before the other scripts that run on a card which tests/image has booted: what they say stands
# on the console as @@NAME=VALUE.

say() { printf '\n@@%s=%s\n' "$1" "$2"; }
each() { while read -r line; do say "$1" "$line"; done; }
show() { systemctl show --value -p "$2" "$1"; }

# A busy machine emulates so slowly that systemd's patience with the phone may end once or twice.
until systemctl start sotto.service; do :; done
say at ready
