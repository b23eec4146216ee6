#!/bin/bash
# Builds the Debian package, for the Debian and the architecture of this machine. `make deb` calls it
# when all that it needs is there. Prints the name of the package.
#
# In it: the phone's Python with the versions that image/python.txt pins, PJSIP, the C modules, units.
# Two builds of one commit are the same octets, as long as the compilers are the same.
#
# Environment:
#   PYTHON              the interpreter that the phone will have (/usr/bin/python3)
#   HOST_ARCHITECTURE   Debian's name of another architecture; image/deb/elsewhere.sh sets it where
#                       the cross compiler and the libraries for it are
set -euo pipefail

readonly PYTHON=${PYTHON:-/usr/bin/python3}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root
readonly LIBRARY=/usr/lib/sotto
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readonly tree=$work/tree source=$work/source

architecture=${HOST_ARCHITECTURE:-$(dpkg --print-architecture)}
triplet=$(dpkg-architecture -f -a "$architecture" -q DEB_HOST_GNU_TYPE 2>/dev/null)
# shellcheck source=/dev/null
release=$(. /etc/os-release && printf '%s\n' "${VERSION_ID:-sid}")
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/pyproject.toml")+deb$release
pjsip=$(<"$root/build/.pjsip")
minor=$("$PYTHON" -c 'import sys; print(sys.version_info[1])')
readonly architecture triplet release version pjsip minor
readonly tag=$architecture-3.$minor
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
# Nothing secret is in it; whoever builds has whatever umask.
umask 022

# What git knows of, as it lies there: no build of yesterday gets in.
copy_source() {
    mkdir -p "$source"
    if [[ -e $root/.git ]]; then
        git -C "$root" ls-files -z
    else
        (cd "$root" && find . -path ./build -prune -o -type f -print0)
    fi | tar -C "$root" --null -T - -c | tar -C "$source" -x
}

compile() {
    # shellcheck disable=SC2016  # the loader reads $ORIGIN
    make -s -C "$source" -o build/.pjsip PYTHON="$PYTHON" PJSIP="$pjsip" \
        CC="$triplet-gcc" PKG_CONFIG="$triplet-pkg-config" \
        MODULE_RUN_PATH='\$$ORIGIN/../../../pjsip/lib' \
        agent/media/_gate.abi3.so agent/media/_handset_port.abi3.so
}

pip() {
    "$root/build/venv/bin/pip" --disable-pip-version-check --quiet "$@"
}

# Which wheels the phone can use: of its own architecture, for its Python.
suitable() {
    local machine=${triplet%%-*} glibc
    printf -- '--%s\n' no-deps only-binary=:all: "python-version=3.$minor" implementation=cp \
        "abi=cp3$minor" abi=abi3 abi=none platform=any "platform=linux_$machine" \
        "platform=manylinux2014_$machine"
    for glibc in 17 24 26 27 28 31 34; do printf -- '--platform=manylinux_2_%s_%s\n' "$glibc" "$machine"; done
}

# wheels FOLDER: what image/python.txt pins, compiled where there is no wheel.
wheels() {
    local for_the_phone sources=$work/sources
    mapfile -t for_the_phone < <(suitable)
    pip download --require-hashes "${for_the_phone[@]/--only-binary=:all:/--prefer-binary}" \
        -d "$1" -r "$root/image/python.txt"
    mkdir "$sources"
    find "$1" ! -name '*.whl' -type f -exec mv -t "$sources" {} +
    # -g0: debugging data name the folder, which is another one each time. PYPI: lgpio's library is in
    # its module. The rest makes setuptools compile for the other architecture.
    env CFLAGS=-g0 PYPI=1 CC="$triplet-gcc" LDSHARED="$triplet-gcc -shared" \
        _PYTHON_HOST_PLATFORM="linux-${triplet%%-*}" \
        _PYTHON_SYSCONFIGDATA_NAME="_sysconfigdata__$triplet" \
        "$root/build/venv/bin/pip" --disable-pip-version-check --quiet wheel --no-deps \
        --use-pep517 -w "$1" "$sources"/*
}

install_python() {
    local pinned wheels for_the_phone
    pinned=$(sha256sum <"$root/image/python.txt" | cut -c 1-16)
    wheels=$root/build/deb/wheels-$tag-$pinned
    if [[ ! -d $wheels ]]; then
        mkdir -p "$root/build/deb"
        wheels "$work/wheels"
        mv "$work/wheels" "$wheels"
    fi
    mapfile -t for_the_phone < <(suitable)
    pip wheel --no-deps -w "$work/own" "$source"
    pip install --no-index --no-compile "${for_the_phone[@]}" --target "$tree$LIBRARY/python" \
        "$wheels"/*.whl "$work"/own/*.whl
    rm -rf "$tree$LIBRARY/python/bin"
    # They name the folder that they were built in.
    find "$tree$LIBRARY/python" -name direct_url.json -delete
    sed -i '/direct_url\.json/d; /^\.\.\/\.\.\/bin\//d' "$tree$LIBRARY"/python/*.dist-info/RECORD
}

install_pjsip() {
    mkdir -p "$tree$LIBRARY/pjsip/lib" "$tree$LIBRARY/pjsip/python"
    cp -a "$pjsip"/lib/*.so* "$tree$LIBRARY/pjsip/lib/"
    cp -a "$pjsip"/python/*.py "$pjsip"/python/*.so "$tree$LIBRARY/pjsip/python/"
}

install_rest() {
    local unit
    install -D -m 755 "$here/sotto" "$tree/usr/bin/sotto"
    for unit in "$source"/systemd/*.service; do
        install -D -m 644 "$unit" "$tree/usr/lib/systemd/system/${unit##*/}"
    done
    install -D -m 644 "$source/systemd/sotto.sysusers" "$tree/usr/lib/sysusers.d/sotto.conf"
    install -D -m 644 "$source/systemd/sotto.udev" "$tree/usr/lib/udev/rules.d/60-sotto.rules"
    install -D -m 644 "$source/systemd/sotto.tmpfiles" "$tree/usr/lib/tmpfiles.d/sotto.conf"
    install -D -m 644 "$source/systemd/sotto.example.toml" "$tree/usr/share/sotto/sotto.toml"
    install -D -m 644 -t "$tree/usr/share/doc/sotto" "$source/README.md" "$here/copyright"
    cp -r "$source/docs" "$tree/usr/share/doc/sotto/"
}

# The service may not write beside its code, and compiling it all takes a small board seconds.
compile_python() {
    find "$tree" -name __pycache__ -prune -exec rm -rf {} +
    "$PYTHON" -X no_debug_ranges "$root/image/bytecode.py" --tree "$tree" "$tree$LIBRARY"
}

strip_libraries() {
    find "$tree" -name '*.so*' -type f -exec "$triplet-strip" --strip-unneeded {} +
}

# The Debian packages that the libraries in it link to.
dependencies() {
    mkdir -p "$work/debian"
    printf 'Source: sotto\n\nPackage: sotto\nArchitecture: any\n' >"$work/debian/control"
    local libraries
    mapfile -t libraries < <(find "$tree" -name '*.so*' -type f | sort)
    (cd "$work" && DEB_HOST_ARCH=$architecture dpkg-shlibdeps --ignore-missing-info -O \
        "-l$tree$LIBRARY/pjsip/lib" "-l$tree$LIBRARY/python/pillow.libs" \
        "${libraries[@]/#/-e}" 2>"$work/shlibdeps.log") |
        sed 's/^shlibs:Depends=//' || { cat "$work/shlibdeps.log" >&2 && return 1; }
}

control() {
    local depends
    mkdir -p "$tree/DEBIAN"
    depends=$(dependencies)
    sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/" \
        -e "s/@PYTHON@/python3 (>= 3.$minor), python3 (<< 3.$((minor + 1)))/" \
        -e "s/@LIBRARIES@/$depends/" \
        -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$tree" | cut -f 1)/" \
        "$here/control.in" >"$tree/DEBIAN/control"
    install -m 755 -t "$tree/DEBIAN" "$here/postinst" "$here/prerm" "$here/postrm"
    sed -i "s/@SHIPPED@/$(sha256sum <"$tree/usr/share/sotto/sotto.toml" | cut -d ' ' -f 1)/" \
        "$tree/DEBIAN/postrm"
    (cd "$tree" && find . -type f ! -path './DEBIAN/*' -printf '%P\n' | LC_ALL=C sort |
        tr '\n' '\0' | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
}

copy_source
compile
install_python
install_pjsip
strip_libraries
install_rest
compile_python
control
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$root/build/deb"
package=$root/build/deb/sotto_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zzstd --build "$tree" "$package" >/dev/null
printf '%s\n' "$package"
