#!/bin/bash
# Runs a command with the sanitizer's PJSIP and C modules in the place of the phone's own, for this
# command and what it starts alone. Wants root, for mounts of its own.
#
#   tests/sanitize/inside.sh asan|modules|tsan REPORTS COMMAND...
#
# REPORTS is a folder: each process that has something to say leaves a file there.
set -euo pipefail

readonly KIND=$1 REPORTS=$2
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly ROOT=$PWD/build/sanitize/$KIND

if [[ -z ${SOTTO_SANITIZED:-} ]]; then
    # setarch: with the addresses of a new kernel's layout these sanitizers do not start.
    SOTTO_SANITIZED=1 exec setarch -R unshare --mount "$PWD/tests/sanitize/inside.sh" "$KIND" \
        "$REPORTS" "$@"
fi

# shellcheck source=tests/sanitize/kinds.sh
source tests/sanitize/kinds.sh
kind "$KIND"
mount --bind "$(readlink -f "$ROOT/pjsip")" "$(<build/.pjsip)"
for module in _gate _handset_port; do
    mount --bind "$ROOT/$module.abi3.so" "agent/media/$module.abi3.so"
done
# Leaks: the interpreter leaves much behind at its end, on purpose. What grows is seen by make soak.
export ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16:log_path=$REPORTS/asan:log_exe_name=1
# The path here is ASan's: beside it, UBSan's library sets that one, and not its own. What is UBSan's own
# is told its place by site/sitecustomize.py.
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$REPORTS/asan:log_exe_name=1:suppressions=$PWD/tests/sanitize/ubsan.supp
[[ $KIND == tsan ]] || export SOTTO_UBSAN_REPORTS=$REPORTS/ubsan
# What OpenSSL, libsrtp and Python do among themselves was not compiled for it: no verdict on that.
export TSAN_OPTIONS=ignore_noninstrumented_modules=1:exitcode=0:history_size=4:log_path=$REPORTS/tsan:log_exe_name=1:suppressions=$PWD/tests/sanitize/tsan.supp
unset SOTTO_SANITIZED
export SOTTO_RUNTIME=$RUNTIME PYTHONPATH=$PWD/tests/sanitize/site${PYTHONPATH:+:$PYTHONPATH}
exec "$@"
