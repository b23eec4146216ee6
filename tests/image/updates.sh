# shellcheck shell=sh
# Comes after looked.sh: new software that lies on a stick is installed, as the phone orders it once its
# person has agreed, and restarted into.

phase() { sed -n 's/.*"phase": "\([a-z]*\)".*/\1/p' /run/sotto-update/state.json 2>/dev/null; }

# await PHASE: until the update is so far. What fails is told, and that is the end of it.
await() {
    until [ "$(phase)" = "$1" ]; do
        if [ "$(phase)" = failed ]; then
            each updating </run/sotto-update/state.json
            journalctl -b --no-pager -o cat -u 'sotto*' -u rauc 2>/dev/null | tail -40 | each told
            systemctl --no-block poweroff
            exit 1
        fi
        sleep 0.2
    done
    say at "$1"
}

# order WORD: there is always all of it, or nothing.
order() { echo "$1" >/run/sotto/order.new && mv /run/sotto/order.new /run/sotto/update-order; }

await offered
order install
await installing
await installed
order restart
