#!/bin/sh
# Make sure that the packages for a purpose are there: packages.sh build|test|bench|lint|clients|agent
#
# Debian and Ubuntu: what is not installed is installed with apt-get, and nothing else. `apt-get
# update` runs only when apt does not know a package, or its lists are too old to fetch from.
# Debian 12 has no yyjson: its two packages come from Debian 13 (they need only libc6), through a
# source list of their own that is made from the machine's and removed again; apt's own lists and
# settings stay as they were.
# Elsewhere: says which packages to install, when a program or a library is missing.
# clients, agent: what tests/mcp/ and tests/agent/ run, from npm into build-npm/. The first are tests that are
# skipped without them, so a machine that has no node, or no network, is none that fails.
#
# Needs a shell, coreutils, grep, sed, awk and the system's package manager; nothing of the project but
# the list of the clients' versions.
set -eu

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "packages: $*"
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Run a command; what it says is shown only when it fails.
quietly() {
    if ! said=$("$@" 2>&1 </dev/null); then
        say "$said"
        return 1
    fi
}

apt_get() {
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@"
}

# The packages of Debian and Ubuntu that a purpose asks for. (zlib: their static SQLite names it.)
debian_packages() {
    echo gcc libc6-dev meson ninja-build pkg-config libsqlite3-dev zlib1g-dev nettle-dev libyyjson-dev libjq-dev libevent-dev
    case $1 in
    test) echo libcmocka-dev clang libclang-rt-dev valgrind libc6-dbg sqlite3 python3 git ;;
    bench) echo sqlite3 ;;
    lint) echo libcmocka-dev clang clang-format clang-tidy libclang-rt-dev python3 ;;
    esac
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_debian_packages() {
    for package in $(debian_packages "$1"); do
        is_installed "$package" || printf '%s ' "$package"
    done
}

# Does apt know a version of the package that it could install?
has_candidate() {
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

# One field of /etc/os-release, which is shell text.
os_release() (
    [ -r /etc/os-release ] || exit 0
    . /etc/os-release
    eval "printf '%s' \"\${$1:-}\""
)

# Print "URI KEYRING" of the first archive that the machine takes the given suite from, in either of
# apt's two forms; KEYRING is "-" when the entry names no file.
archive_of_suite() {
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        case $file in
        *.sources) archive_in_stanzas "$1" "$file" ;;
        *) archive_in_lines "$1" "$file" ;;
        esac
    done | head -n 1
}

# deb [option=value …] URI SUITE COMPONENT…
archive_in_lines() {
    awk -v suite="$1" '
        $1 != "deb" { next }
        {
            keyring = "-"
            line = $0
            if (match(line, /\[[^]]*\]/)) {
                options = substr(line, RSTART + 1, RLENGTH - 2)
                line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
                count = split(options, option, " ")
                for (i = 1; i <= count; i++)
                    if (option[i] ~ /^signed-by=\//)
                        keyring = substr(option[i], 11)
            }
            split(line, word, " ")
            if (word[3] == suite)
                print word[2], keyring
        }' "$2"
}

# Fields "Name: value", continued on lines that start with a space; a blank line ends a stanza.
archive_in_stanzas() {
    awk -v suite="$1" '
        function finish(   i, count, name) {
            count = split(field["suites"], name, " ")
            for (i = 1; i <= count; i++)
                if (name[i] == suite && field["enabled"] != "no" && field["types"] ~ /(^| )deb( |$)/) {
                    split(field["uris"], uri, " ")
                    split(field["signed-by"], keyring, " ")
                    print uri[1], (keyring[1] ~ /^\// ? keyring[1] : "-")
                }
            split("", field)
        }
        /^#/ { next }
        /^[ \t]*$/ { finish(); next }
        /^[ \t]/ { field[name] = field[name] " " $0; next }
        {
            colon = index($0, ":")
            name = tolower(substr($0, 1, colon - 1))
            field[name] = substr($0, colon + 1)
            sub(/^[ \t]+/, "", field[name])
        }
        END { finish() }' "$2"
}

# Install packages of this Debian's next release that depend on nothing newer than what is here.
install_from_suite() {
    suite=$1
    shift
    archive=$(archive_of_suite "$(os_release VERSION_CODENAME)")
    [ -n "$archive" ] ||
        fail "no apt source for $(os_release VERSION_CODENAME) on this machine; install by hand: $*"
    keyring=${archive#* }
    [ "$keyring" != - ] || keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    folder=$(mktemp -d)
    chmod 755 "$folder"
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' INT TERM

    mkdir -p "$folder/lists/partial" "$folder/archives/partial"
    if [ -r "$keyring" ]; then
        printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "${archive%% *}" "$suite"
    else
        printf 'deb %s %s main\n' "${archive%% *}" "$suite"
    fi >"$folder/suite.list"
    say "packages: taking $* from $suite"
    (
        cd "$folder"
        quietly apt_apart update && quietly apt_apart download "$@"
    ) || fail "could not fetch $* from $suite"
    quietly as_root dpkg -i "$folder"/*.deb || fail "dpkg could not install $*"
    rm -rf "$folder"
    trap - EXIT INT TERM
}

# apt-get with the source list, lists and caches in $folder instead of the machine's.
apt_apart() {
    apt-get -o Dir::Etc::sourcelist="$folder/suite.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$folder/lists" -o Dir::Cache::archives="$folder/archives" \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User="$(id -un)" -q "$@"
}

# Install yyjson where apt has none to offer.
install_yyjson() {
    case $(os_release ID)-$(os_release VERSION_ID) in
    debian-12) install_from_suite trixie libyyjson0 libyyjson-dev ;;
    *) fail "apt knows no libyyjson-dev here (Debian 13 and Ubuntu 24.04 have it); install yyjson 0.9 or later by hand" ;;
    esac
}

install_with_apt() {
    missing=$(missing_debian_packages "$1")
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1 ||
        fail "not root, and there is no sudo; as root, run: tools/packages.sh $1 (installs $missing)"
    say "packages: installing $missing"
    for package in $missing; do
        if ! has_candidate "$package"; then
            apt_get update || fail "apt-get could not update its lists"
            break
        fi
    done
    known=
    for package in $missing; do
        if [ "$package" != libyyjson-dev ] || has_candidate "$package"; then
            known="$known $package"
        fi
    done
    # Word splitting is meant: these are lists of names.
    if [ -n "$known" ] && ! apt_get install --no-install-recommends $known; then
        say "packages: once more, with new lists"
        apt_get update || fail "apt-get could not update its lists"
        apt_get install --no-install-recommends $known || fail "apt-get could not install:$known"
    fi
    is_installed libyyjson-dev || install_yyjson
}

# What the build and the tests call, on any system: a name, or "pkg-config's name, version".
is_complete() {
    for program in cc meson ninja pkg-config; do
        command -v $program >/dev/null 2>&1 || return 1
    done
    for library in 'sqlite3 >= 3.38' 'nettle >= 3.4' 'yyjson >= 0.9' 'libevent_extra >= 2.1.12'; do
        pkg-config --exists "$library" || return 1
    done
    # jq 1.6 has no pkg-config file.
    echo '#include <jq.h>' | cc $(pkg-config --cflags libjq 2>/dev/null) -E - >/dev/null 2>&1 || return 1
    case $1 in
    test | lint) command -v clang >/dev/null 2>&1 && pkg-config --exists cmocka && command -v python3 >/dev/null 2>&1 ;;
    bench) command -v sqlite3 >/dev/null 2>&1 ;;
    esac
}

advise() {
    say "Something that jc is built with is missing, and only Debian and Ubuntu are set up by this script.
Please install a C compiler and these, then run the same command again:
  Fedora   dnf install gcc meson ninja-build pkgconf sqlite-devel nettle-devel yyjson-devel jq-devel libevent-devel
           for tests: libcmocka-devel clang compiler-rt valgrind sqlite python3
  Arch     pacman -S gcc meson ninja pkgconf sqlite nettle yyjson jq libevent
           for tests: cmocka clang compiler-rt valgrind python
  macOS    brew install meson ninja pkgconf sqlite nettle yyjson jq libevent
           for tests: cmocka llvm
  FreeBSD  pkg install meson ninja pkgconf sqlite3 nettle yyjson jq libevent
           for tests: cmocka llvm valgrind python3
Where there are no static libraries of SQLite and nettle: ./dev build -Dlink=shared"
    exit 1
}

# from_npm TESTS WHAT: the packages of tests/TESTS/package-lock.json into build-npm/TESTS/, unless exactly they
# are there. Their install scripts are not run.
from_npm() {
    source=$(cd "$(dirname "$0")/../tests/$1" && pwd)
    folder=$(cd "$(dirname "$0")/.." && pwd)/build-npm/$1
    ! cmp -s "$source/package-lock.json" "$folder/installed" || return 0
    command -v npm >/dev/null 2>&1 || {
        say "packages: there is no npm to take $2 from"
        return 1
    }
    mkdir -p "$folder"
    cp "$source/package.json" "$source/package-lock.json" "$folder/"
    say "packages: taking $2 from npm"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 \
        --fetch-retry-mintimeout=1000 --fetch-timeout=20000) >"$folder/npm.log" 2>&1 </dev/null || {
        say "packages: npm could not: build-npm/$1/npm.log"
        return 1
    }
    cp "$source/package-lock.json" "$folder/installed"
}

purpose=${1:-build}
case $purpose in
clients)
    from_npm mcp "the official clients of MCP" || say "packages: jc mcp is not tried with them"
    exit
    ;;
agent)
    from_npm agent "a coding agent of 245 MB"
    exit
    ;;
esac
if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
    install_with_apt "$purpose"
else
    is_complete "$purpose" || advise
fi
