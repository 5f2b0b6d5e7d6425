#!/bin/sh
# Makes sure that what Letopis is built and tested with is on this machine. Says nothing when nothing is missing.
#
#   tools/deps.sh          Go, make, Postgres and, once there is a web application, Node.js
#   tools/deps.sh test     the same and Chromium, in which the web application is tested
#   tools/deps.sh race     the same as without and a C compiler, which Go's race detector needs
#
# As root on Debian (and systems like it) missing packages are installed with apt-get. Anybody else is told the exact
# command. Go and Node.js are never installed from here: Debian's own are too old for this project.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
need_postgres=15
missing='' # Debian packages

say() { printf '%s\n' "$*" >&2; }
die() { say "deps: $*"; exit 1; }

# at_least VERSION WANTED compares dotted numbers.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

check_go() {
    wanted=$(sed -n 's/^go \([0-9.]*\).*/\1/p' "$root/go.mod")
    command -v go >/dev/null 2>&1 || die "Go $wanted or newer is needed and there is no 'go' in PATH"
    # GOTOOLCHAIN=local: the version that is installed, not one that Go would fetch.
    found=$(cd / && GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//; s/[^0-9.].*//')
    at_least "$found" "$wanted" || die "Go $wanted or newer is needed, this is Go $found"
}

check_node() {
    [ -f "$root/web/package.json" ] || return 0
    wanted=20.19
    if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
        die "Node.js $wanted or newer with npm is needed to build the web application"
    fi
    found=$(node --version | sed 's/^v//')
    at_least "$found" "$wanted" || die "Node.js $wanted or newer is needed, this is Node.js $found"
}

# postgres_ok DIR: does DIR hold a Postgres server that is new enough?
postgres_ok() {
    [ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 1
    v=$("$1/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    [ "${v:-0}" -ge "$need_postgres" ]
}

# The order of search is that of letopis itself.
check_postgres() {
    if [ -n "${LETOPIS_PG_BIN:-}" ]; then
        postgres_ok "$LETOPIS_PG_BIN" && return 0
        die "LETOPIS_PG_BIN=$LETOPIS_PG_BIN holds no Postgres server $need_postgres or newer"
    fi
    if command -v pg_config >/dev/null 2>&1 && postgres_ok "$(pg_config --bindir)"; then return 0; fi
    for bin in /usr/lib/postgresql/*/bin; do
        postgres_ok "$bin" && return 0
    done
    missing="$missing postgresql"
}

# The web application is tested in a browser, and its pictures show Russian letters. LETOPIS_CHROMIUM names a browser that
# is not in PATH.
check_browser() {
    [ -f "$root/web/package.json" ] || return 0
    if [ -n "${LETOPIS_CHROMIUM:-}" ]; then
        [ -x "$LETOPIS_CHROMIUM" ] || die "LETOPIS_CHROMIUM=$LETOPIS_CHROMIUM is no program"
        return 0
    fi
    for browser in chromium chromium-browser google-chrome; do
        if command -v "$browser" >/dev/null 2>&1; then return 0; fi
    done
    missing="$missing chromium fonts-dejavu-core"
}

check_make() { command -v make >/dev/null 2>&1 || missing="$missing make"; }

check_compiler() {
    command -v "${CC:-gcc}" >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
}

install_missing() {
    [ -n "$missing" ] || return 0
    # $missing is a list of words, wanted as words from here on.
    # shellcheck disable=SC2086
    set -- $missing
    if ! command -v apt-get >/dev/null 2>&1; then
        say "deps: please install (names as in Debian): $*"
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        say "deps: please run:  sudo apt-get update && sudo apt-get install --no-install-recommends $*"
        case " $* " in *' postgresql '*)
            say "deps: Letopis starts a Postgres of its own; the cluster that Debian creates with the package is not used." ;;
        esac
        exit 1
    fi

    say "deps: installing $*"
    # Debian would create and start a cluster with the package. Letopis starts its own, so there shall be none; who has
    # a configuration already has decided for themselves.
    conf=/etc/postgresql-common/createcluster.conf
    case " $* " in *' postgresql '*)
        if [ ! -e "$conf" ]; then
            mkdir -p "$(dirname "$conf")"
            printf '%s\n' '# Written by tools/deps.sh of Letopis, which starts a Postgres of its own.' \
                'create_main_cluster = false' >"$conf"
        fi ;;
    esac
    log=$(mktemp)
    # stdin is closed and questions keep the old configuration: nobody is there to answer.
    if ! { DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            -o Dpkg::Options::=--force-confold "$@"; } >"$log" 2>&1 </dev/null; then
        cat "$log" >&2
        rm -f "$log"
        die "apt-get could not install $*"
    fi
    rm -f "$log"
}

check_go
check_node
check_make
check_postgres
case "${1:-}" in
'') ;;
test) check_browser ;;
race) check_compiler ;;
*) die "unknown argument '$1' (usage: tools/deps.sh [test|race])" ;;
esac
install_missing

# An older distribution's package may still be too old.
missing=''
check_postgres
[ -z "$missing" ] || die "the installed Postgres is older than $need_postgres"
