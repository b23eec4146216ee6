#!/bin/bash
# Builds PJSIP with pjsua2 and its Python module, the same way on a laptop, in CI and for the card.
#
#   image/pjsip.sh           build if need be, print the folder of the result
#   image/pjsip.sh VENV      the same, and make `import pjsua2` work in that virtual environment
#
# The source is Debian's: the package asterisk of sid carries pjproject as a tarball of its own.
# apt fetches it and checks its signature, with sources and lists of its own under build/pjsip/apt,
# so that the system's sources stay as they are.
#
# Result: build/pjsip/VERSION-ARCHITECTURE-PYTHON/ with lib/, include/, lib/pkgconfig/ and python/.
# It finds its own libraries, wherever the folder is moved to. A changed recipe is built anew; to
# that belongs image/pjsua2.txt, what Python gets of pjsua2.
#
# Environment:
#   PYTHON                 interpreter to build the module for (/usr/bin/python3)
#   HOST_ARCHITECTURE      Debian's name of the architecture to build for (this machine's own); for
#                          another one its cross compiler and its libraries have to be there
#   SOTTO_PJSIP_ASSERTS    1: keep PJSIP's assertions, in a folder of its own; for hunting bugs:
#                          SOTTO_PJSIP_ASSERTS=1 image/pjsip.sh build/venv, and without it to go back
set -euo pipefail

readonly PYTHON=${PYTHON:-/usr/bin/python3}
HOST_ARCHITECTURE=${HOST_ARCHITECTURE:-$(dpkg --print-architecture)}
TRIPLET=$(dpkg-architecture -f -a "$HOST_ARCHITECTURE" -q DEB_HOST_GNU_TYPE 2>/dev/null)
readonly HOST_ARCHITECTURE TRIPLET
readonly ASSERTS=${SOTTO_PJSIP_ASSERTS:-0}
readonly OLDEST=2.17
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly ROOT=$here/build/pjsip

say() { printf 'pjsip: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# The Debian mirror that this machine's own apt uses. Raspberry Pi OS mixes in archives of its own.
debian_mirror() {
    local mirror
    # shellcheck disable=SC2016  # apt fills these in
    mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian \(https\?:.*\)/\1/p' | head -n 1)
    printf '%s\n' "${mirror:-http://deb.debian.org/debian}"
}

# Leaves the tarball, checked by apt, in $ROOT/source and prints its name.
fetch() {
    local apt=$ROOT/apt tarball keyring
    for tarball in "$ROOT"/source/*.orig-Xpjproject.tar.xz; do
        [[ -e $tarball ]] && printf '%s\n' "$tarball" && return
    done
    for keyring in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        [[ -e $keyring ]] && break
    done
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$ROOT/source"
    printf '%s\n' 'Types: deb-src' "URIs: $(debian_mirror)" 'Suites: sid' 'Components: main' \
        "Signed-By: $keyring" >"$apt/debian.sources"
    local options=(-q -o "Dir::Etc::sourcelist=$apt/debian.sources" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$apt/lists" -o "Dir::Cache::srcpkgcache=" -o "Dir::Cache::pkgcache="
        -o "APT::Sandbox::User=$(id -un)" -o APT::Default-Release= -o APT::Get::AllowUnauthenticated=false
        -o Acquire::AllowInsecureRepositories=false)
    say "fetching the source from $(debian_mirror)"
    # bash forgets `set -e` where a function's output is asked for: each step says so itself.
    apt-get "${options[@]}" update >&2 || die "apt could not read Debian's list of sources"
    (cd "$apt" && apt-get "${options[@]}" source --download-only asterisk >&2) ||
        die "apt could not fetch the source package asterisk of sid"
    tarball=$(cd "$apt" && echo *.orig-Xpjproject.tar.xz)
    mv "$apt/$tarball" "$ROOT/source/" || die "sid's asterisk has no pjproject tarball any more"
    rm -rf "$apt"
    printf '%s\n' "$ROOT/source/$tarball"
}

# Not in Debian's tarball, or not wanted: a bundled third-party library, video, a second resampler.
readonly CONFIGURE=(
    --enable-shared --with-ssl=/usr --enable-speex-resample
    --with-external-srtp --with-external-speex --with-external-gsm
    --disable-video --disable-sdl --disable-ffmpeg --disable-v4l2 --disable-openh264 --disable-vpx
    --disable-libyuv --disable-libwebrtc --disable-ilbc-codec --disable-g7221-codec
    --disable-opencore-amr --disable-silk --disable-bcg729 --disable-lyra --disable-upnp
)

# Places for sockets: PJSIP's 64 are taken by 32 calls, and each stays taken for half a second after
# its call. Some INVITEs in a row, and the next call would get no media.
# IPv6 is off in PJSIP unless it is asked for. And it would look for its own address by the machine's
# name, in DNS: where that is silent, every socket would wait for it. 4000 octets for a message are
# too few for the INVITE of a phone with ICE, many codecs and a long way through servers. And what
# connects to servers need not listen: a port that lets nobody in is still a port. Where it does
# listen, five connections that wait to be accepted are soon a flood's.
readonly SITE='#define PJMEDIA_HAS_VIDEO 0
#define PJ_HAS_IPV6 1
#define PJ_GETHOSTIP_DISABLE_LOCAL_RESOLUTION 1
#define PJ_IOQUEUE_MAX_HANDLES 256
#define PJ_SOMAXCONN 128
#define PJSIP_MAX_PKT_LEN 16000
#define PJSIP_TLS_TRANSPORT_DONT_CREATE_LISTENER 1'

# PJSIP's TLS server asks every caller for a certificate, even where it will not look at it. Phones
# that have none then stop and ask their owner for a password (linphonec does).
readonly ASKS='    mode = SSL_VERIFY_PEER;'
readonly ASKS_IF='    mode = !ssock->is_server || ssock->param.verify_peer || ssock->param.require_client_cert
               ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;'

# Whoever connects gets a place for sockets and 45 KiB before the handshake, and PJSIP tells of it
# only after that. A hook: somebody may say that there are too many. agent/media/gate_knock.c does.
readonly BEFORE_ACCEPT='enum { MAX_BIND_RETRY = 100 };'
readonly HOOK='
pj_bool_t (*pj_ssl_sock_admits)(pj_sock_t sock, const pj_sockaddr_t *from);
'
readonly ACCEPTED='    /* Create new SSL socket instance */
    status = pj_ssl_sock_create(ssock_parent->pool,'
readonly ASKS_THE_HOOK='    if (pj_ssl_sock_admits && !(*pj_ssl_sock_admits)(newsock, src_addr)) {
        pj_sock_close(newsock);
        return PJ_TRUE;
    }
'

# PJSIP polls the sockets of ICE on the thread of the signalling: here that is Python's, and no RTP
# shall wait for Python. PJMEDIA's own thread, which polls the sockets without ICE, takes them.
readonly ICE_POLLED='pj_stun_config_init(&ice_cfg.stun_cfg, &pjsua_var.cp.factory, 0,
                        pjsip_endpt_get_ioqueue(pjsua_var.endpt),'
readonly ICE_POLLED_BY='pj_stun_config_init(&ice_cfg.stun_cfg, &pjsua_var.cp.factory, 0,
                        pjmedia_endpt_get_ioqueue(pjsua_var.med_endpt),'

# PJSIP checks who signed the certificate of a TURN server, and not whose it is.
readonly TURN_CONNECTED='    return on_connect_complete(turn_sock, status);
}
#endif'
# shellcheck disable=SC2016  # C, not the shell's
readonly TURN_CONNECTED_TO='    if (status == PJ_SUCCESS && turn_sock->setting.tls_cfg.ssock_param.verify_peer) {
        pj_ssl_sock_info info;
        unsigned i = 0;
        if (pj_ssl_sock_get_info(ssl_sock, &info) != PJ_SUCCESS || !info.remote_cert_info)
            return on_connect_complete(turn_sock, PJNATH_ESTUNINSERVER);
        while (i < info.remote_cert_info->subj_alt_name.cnt &&
               pj_stricmp(&info.remote_cert_info->subj_alt_name.entry[i].name,
                          &turn_sock->server_name) != 0)
            ++i;
        if (i == info.remote_cert_info->subj_alt_name.cnt)
            status = PJNATH_ESTUNINSERVER;
    }
    return on_connect_complete(turn_sock, status);
}
#endif'

# PJSIP's jitter buffer forgets a lost packet if nothing is left in it when the next one comes: the
# sound then jumps 20 ms ahead, and the copy of the lost packet that the next one carries (Opus' FEC)
# is not looked for. So it counts the turns that it had nothing for, and what was lost besides stays
# as lost. With 5 % loss and 12 ms of jitter PESQ was 2.0, and is 3.6 (docs/benchmarks.md).
readonly JITTER_LIST='    int              origin;            /**< original index of flist_head   */'
readonly JITTER_GOT='            framelist->size--;

            return PJ_TRUE;'
readonly JITTER_NOTHING='    pj_bzero(frame, framelist->frame_size);

    return PJ_FALSE;'
readonly JITTER_EMPTY='                           index, framelist->origin));
        framelist->origin = index;
        distance = 0;
    }

    /* far jump, the distance'
readonly JITTER_EMPTY_TO='                           index, framelist->origin));
        distance -= framelist->turns;
        framelist->turns = 0;
        if (distance < 0 || distance > 10)
            distance = 0;
        framelist->origin = index - distance;
    }

    /* far jump, the distance'

# PJSIP's threads for sound ask for the highest priority that Linux has, 99: sotto.service allows 40,
# and they would be refused, and wait for other programs. 30 is also below the kernel's own work for
# the devices (50). And a sound server's ALSA plugin turns without a pause until the first sound is
# there: with a priority of its own it would keep the sound server from ever sending that.
readonly PRIORITY=30
readonly OF_PLAYBACK='    param.sched_priority = sched_get_priority_max (SCHED_RR);
    PJ_LOG (5,(THIS_FILE, "pb_thread_func(%u)'
readonly OF_CAPTURE='    param.sched_priority = sched_get_priority_max (SCHED_RR);
    PJ_LOG (5,(THIS_FILE, "ca_thread_func(%u)'
readonly OF_THE_CLOCK='    prio = sched_get_priority_max(policy);'
readonly BEFORE_FIRST_SOUND='    snd_pcm_prepare (pcm);
    snd_pcm_start (pcm);
    snd_pcm_wait (pcm, 1000);
'
readonly CAPTURED='    snd_pcm_prepare (pcm);

    while (!stream->quit) {
        pjmedia_frame frame;

        pj_bzero (buf, size);'

# PJSIP opens each sound device there is when it starts, though the phone may have none, and it asks
# again before it opens its own. And ALSA's way to JACK, a sound server that no phone has, brings a
# database with it: such a start costs 4 MiB, which nothing gives back.
readonly AT_START='    pj_status_t status = alsa_factory_refresh(f);'
readonly EACH_DEVICE='if (0 != strcmp("null", name))'

# change FILE WHAT TO: where the text is another one, so is this PJSIP, and somebody has to look.
change() {
    local text
    text=$(<"$1")
    [[ $text == *"$2"* ]] || die "$(basename "$1") of this PJSIP is not the one that the recipe knows"
    printf '%s\n' "${text/"$2"/"$3"}" >"$1"
}

change_the_source() {
    change "$1/pjlib/src/pj/ssl_sock_ossl.c" "$ASKS" "$ASKS_IF"
    change "$1/pjlib/src/pj/ssl_sock_imp_common.c" "$BEFORE_ACCEPT" "$BEFORE_ACCEPT$HOOK"
    change "$1/pjlib/src/pj/ssl_sock_imp_common.c" "$ACCEPTED" "$ASKS_THE_HOOK$ACCEPTED"
    change "$1/pjsip/src/pjsua-lib/pjsua_media.c" "$ICE_POLLED" "$ICE_POLLED_BY"
    change "$1/pjnath/src/pjnath/turn_sock.c" '#include <pjnath/turn_sock.h>' \
        $'#include <pjnath/turn_sock.h>\n#include <pjnath/errno.h>'
    change "$1/pjnath/src/pjnath/turn_sock.c" "$TURN_CONNECTED" "$TURN_CONNECTED_TO"
    local jitter=$1/pjmedia/src/pjmedia/jbuf.c
    change "$jitter" "$JITTER_LIST" "$JITTER_LIST"$'\n    int              turns;'
    change "$jitter" "$JITTER_GOT" "            framelist->turns = 0;"$'\n'"$JITTER_GOT"
    change "$jitter" "$JITTER_NOTHING" "    framelist->turns++;"$'\n'"$JITTER_NOTHING"
    change "$jitter" "$JITTER_EMPTY" "$JITTER_EMPTY_TO"
    local alsa=$1/pjmedia/src/pjmedia-audiodev/alsa_dev.c most='sched_get_priority_max (SCHED_RR)'
    change "$alsa" "$AT_START" '    pj_status_t status = PJ_SUCCESS;'
    change "$alsa" "$EACH_DEVICE" 'if (strcmp("null", name) != 0 && strcmp("jack", name) != 0)'
    change "$alsa" "$CAPTURED" "${CAPTURED#*$'\n\n'}"
    change "$alsa" "$OF_PLAYBACK" "${OF_PLAYBACK/"$most"/$PRIORITY}"
    change "$alsa" "$OF_CAPTURE" "$BEFORE_FIRST_SOUND${OF_CAPTURE/"$most"/$PRIORITY}"
    change "$1/pjlib/src/pj/os_core_unix.c" "$OF_THE_CLOCK" "    prio = $PRIORITY;"
}

# compile SOURCE PREFIX STAGE: the libraries, into STAGE/PREFIX.
compile() {
    local source=$1 prefix=$2 stage=$3
    local flags='-O2 -fPIC -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2'
    [[ $ASSERTS == 1 ]] || flags+=' -DNDEBUG'
    printf '%s\n' "$SITE" >"$source/pjlib/include/pj/config_site.h"
    change_the_source "$source"
    sed -i 's/\bbdimad_dev\.o\b//' "$source/pjmedia/build/Makefile"
    cd "$source"
    ./configure --host="$TRIPLET" --prefix="$prefix" "${CONFIGURE[@]}" \
        CC="$TRIPLET-gcc" CXX="$TRIPLET-g++" AR="$TRIPLET-ar" RANLIB="$TRIPLET-ranlib" \
        CFLAGS="$flags" CXXFLAGS="$flags" LDFLAGS='-Wl,-z,relro,-z,now'
    grep -Eq '^#define PJ_HAS_SSL_SOCK 1' pjlib/include/pj/compat/os_auto.h ||
        die 'configure found no OpenSSL: no TLS'
    grep -Eq '^#define PJMEDIA_HAS_OPUS_CODEC 1' pjmedia/include/pjmedia-codec/config_auto.h ||
        die 'configure found no Opus'
    make dep
    # LD_RUN_PATH is the one way to hand $ORIGIN through four makes without any of them expanding it.
    # shellcheck disable=SC2016
    LD_RUN_PATH='$ORIGIN' make -j"$(nproc)" lib
    make install DESTDIR="$stage"
    rm -f "$stage$prefix"/lib/*.a
}

# kept SECTION: what image/pjsua2.txt names there, as a regular expression.
kept() {
    awk -v wanted="[$1]" '/^\[/ { inside = $0 == wanted; next }
        /^[A-Za-z_]/ && inside { gsub(/ +/, "|"); printf "%s%s", between, $0; between = "|" }' \
        "$here/image/pjsua2.txt"
}

# The interface that SWIG reads: PJSIP's own, but for all that is not kept.
interface() {
    # shellcheck disable=SC2016  # SWIG's, not the shell's
    printf '%s\n' '%module(directors="1") pjsua2' \
        '%rename("$ignore", %$isclass, notregexmatch$name="^('"$(kept classes)"')$") "";' \
        '%rename("$ignore", %$isfunction, %$ismember, notregexmatch$name="^('"$(kept functions)"')$") "";' \
        '%rename("$ignore", %$isenumitem, notregexmatch$name="^('"$(kept constants)"')$") "";' \
        '%include "../pjsua2.i"'
}

# bind SOURCE PREFIX STAGE: pjsua2 for Python, into STAGE/PREFIX/python. PJSIP's own setup.py wants
# setuptools in the interpreter.
bind() {
    local source=$1 stage=$3 prefix=$3$2 headers suffix flags part includes=()
    headers=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    suffix=.$("$PYTHON" -c 'import sys; print(sys.implementation.cache_tag)')-$TRIPLET.so
    [[ -e $headers/Python.h ]] || die "$PYTHON has no Python.h: apt-get install python3-dev"
    mkdir -p "$prefix/python"
    cd "$source/pjsip-apps/src/swig/python"
    for part in pjlib pjlib-util pjnath pjmedia pjsip; do includes+=("-I$source/$part/include"); done
    interface >sotto.i
    sed -Ei "/^%template\(/{/\(($(kept vectors))\)/!d}" ../pjsua2.i
    swig "${includes[@]}" -c++ -w312 -threads -python -outdir "$prefix/python" \
        -o pjsua2_wrap.cpp sotto.i
    read -ra flags <<<"$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$stage \
        "$TRIPLET-pkg-config" --cflags --libs libpjproject)"
    # -Os: this code only hands arguments over.
    # shellcheck disable=SC2016
    LD_RUN_PATH='$ORIGIN/../lib' "$TRIPLET-g++" -Os -fPIC -shared -fno-strict-aliasing -DNDEBUG \
        -Wl,-z,relro,-z,now -I"$headers" pjsua2_wrap.cpp -o "$prefix/python/_pjsua2$suffix" "${flags[@]}"
}

# The result must load, be what it says, and have what the phone cannot do without.
check() {
    PYTHONPATH=$1/python "$PYTHON" - "$2" <<'PYTHON_END'
import sys
import pjsua2
endpoint = pjsua2.Endpoint()
endpoint.libCreate()
config = pjsua2.EpConfig()
config.logConfig.level = config.logConfig.consoleLevel = 0
endpoint.libInit(config)
codecs = [codec.codecId for codec in endpoint.codecEnum2()]
version = endpoint.libVersion().full
endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_TLS, pjsua2.TransportConfig())
endpoint.libDestroy()
missing = [name for name in ("opus", "G722", "PCMU", "PCMA")
           if not any(codec.startswith(name + "/") for codec in codecs)]
if missing or version.split("-")[0] != sys.argv[1]:
    sys.exit(f"pjsip: built {version} without {missing}")
PYTHON_END
}

build() {
    local tarball version prefix stage status
    tarball=$(fetch) || exit 1
    work=$(mktemp -d "$ROOT/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    tar -xf "$tarball" -C "$work" --strip-components=1
    version=$(sed -n 's/^export PJ_VERSION_\(MAJOR\|MINOR\|REV\) *:= *\([0-9]\)/\2/p' "$work/version.mak" |
        paste -sd .)
    [[ $(printf '%s\n' "$OLDEST" "$version" | sort -V | head -n 1) == "$OLDEST" ]] ||
        die "the source is $version; $OLDEST is the oldest that will do"
    prefix=$ROOT/$version-$TAG
    stage=$work/stage
    say "building $version for $TAG; build/pjsip/build.log tells the details"
    # Neither in an if nor before ||: bash would go on after a failed step.
    set +e
    (
        set -e
        compile "$work" "$prefix" "$stage"
        bind "$work" "$prefix" "$stage"
    ) >"$ROOT/build.log" 2>&1
    status=$?
    set -e
    ((status == 0)) || die "failed; the end of build/pjsip/build.log: $(tail -n 15 "$ROOT/build.log")"
    # pjlib talks on stdout until it is told not to. What is built for elsewhere is tried there.
    if [[ $HOST_ARCHITECTURE == $(dpkg --print-architecture) ]]; then
        check "$stage$prefix" "$version" >>"$ROOT/build.log"
    fi
    printf '%s\n' "$RECIPE" >"$stage$prefix/recipe"
    rm -rf "$prefix"
    mv "$stage$prefix" "$prefix"
}

# Prints the folder of a result that this very recipe has built.
built() {
    local recipe
    for recipe in "$ROOT"/*-"$TAG"/recipe; do
        [[ -e $recipe && $(<"$recipe") == "$RECIPE" ]] && dirname "$recipe" && return
    done
    return 1
}

TAG=$HOST_ARCHITECTURE-$("$PYTHON" -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
[[ $ASSERTS == 1 ]] && TAG+=-asserts
RECIPE=$(cat "${BASH_SOURCE[0]}" "$here/image/pjsua2.txt" | sha256sum | cut -d ' ' -f 1)
readonly TAG RECIPE

mkdir -p "$ROOT"
exec 9>"$ROOT/lock"
flock 9
if ! prefix=$(built); then
    build
    prefix=$(built)
fi
if (($#)); then
    site=$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$prefix/python" >"$site/sotto-pjsip.pth"
fi
printf '%s\n' "$prefix"
