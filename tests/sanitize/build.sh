#!/bin/bash
# Builds PJSIP and the C modules with a sanitizer, under build/sanitize/KIND: two minutes, where nothing
# else runs.
#
#   tests/sanitize/build.sh asan|modules|tsan
#
# modules: ASan and UBSan for the C modules alone, with the phone's own PJSIP: seconds. There is no
# such thing for TSan: it would not see PJSIP's locks, and tell of races where there are none.
#
# image/pjsip.sh runs as if it lay under build/sanitize/KIND, with compilers before it on the PATH
# that add what the sanitizer wants: the recipe itself stays what it is, and nobody builds anew.
set -euo pipefail

readonly KIND=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly ROOT=$PWD/build/sanitize/$KIND
TRIPLET=$(dpkg-architecture -q DEB_HOST_GNU_TYPE)
readonly TRIPLET

# shellcheck source=tests/sanitize/kinds.sh
source tests/sanitize/kinds.sh
kind "$KIND"

# tool NAME: a script of that name that runs the system's with the sanitizer. The code that hands
# arguments from Python to PJSIP is the phone's own, as it was built there: nobody wrote it, it is the
# same with a sanitizer as without, and the compiler takes minutes over it.
tool() {
    cat >"$ROOT/tools/$1" <<TOOL
#!/bin/sh
case "\$*" in
*pjsua2_wrap.cpp*)
    while [ "\$1" != -o ]; do shift; done
    exec cp "$(<build/.pjsip)"/python/_pjsua2.*.so "\$2"
    ;;
esac
exec /usr/bin/$1 "\$@" -O1 $FLAGS
TOOL
    chmod +x "$ROOT/tools/$1"
}

# with_sanitizer: builds PJSIP, and prints its folder.
with_sanitizer() {
    mkdir -p "$ROOT/tools" "$ROOT/build/pjsip"
    ln -sfn "$PWD/image" "$ROOT/image"
    ln -sfn "$PWD/build/pjsip/source" "$ROOT/build/pjsip/source"
    tool "$TRIPLET-gcc"
    tool "$TRIPLET-g++"
    # The recipe tries its result in an interpreter: that one has to have the sanitizer first. Only
    # whether it loads is asked here; what there is to say is said under the tests.
    printf '#!/bin/sh\nexec env %s LD_PRELOAD=%s setarch -R %s "$@"\n' \
        'ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=report_bugs=0' \
        "$RUNTIME" "${PYTHON:-/usr/bin/python3}" >"$ROOT/tools/python"
    chmod +x "$ROOT/tools/python"
    PATH=$ROOT/tools:$PATH PYTHON=$ROOT/tools/python "$ROOT/image/pjsip.sh"
}

mkdir -p "$ROOT"
if [[ $KIND == modules ]]; then
    pjsip=$(<build/.pjsip)
else
    pjsip=$(with_sanitizer)
fi
ln -sfn "$pjsip" "$ROOT/pjsip"

# The modules look for PJSIP where the phone's own do: tests/sanitize/inside.sh puts this one there.
make --no-print-directory -s GATE="$ROOT/_gate.abi3.so" HANDSET_PORT="$ROOT/_handset_port.abi3.so" \
    PJSIP="$pjsip" "$ROOT/_gate.abi3.so" "$ROOT/_handset_port.abi3.so" C_FLAGS="-std=gnu11 -O1 -fPIC \
    -fvisibility=hidden -D_GNU_SOURCE -DPy_LIMITED_API=0x030b0000 -shared $FLAGS"

read -ra flags <<<"$FLAGS"
cc -O1 -fPIC -shared "${flags[@]}" -o "$ROOT/faults.so" tests/sanitize/faults.c
