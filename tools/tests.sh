#!/bin/sh
# Every test: tests.sh short|long
#
# short, in this order: the optimised build with all suites (crash simulation among them), layers and
# scripts, the standalone verifier, the official clients of MCP, the page by itself and in a browser, the suites under the address and
# undefined-behaviour sanitizers, the threads under the thread sanitizer, some under valgrind, and a few
# seconds of each fuzz target.
# long: the same with more crash points and seeds, all under valgrind, a clang build, the analysers, and
# fuzzing for what is left of $JC_CHECK_MINUTES.
#
# Every part leaves its results in build-results/, as a log of meson (json) or TAP (tap). The last line
# adds them up: "N passed, N failed". A build that fails counts as one failure. Exit 1 on any.
set -u
cd "$(dirname "$0")/.."
. ./tools/build.sh
but=
mode=$1
results=build-results
began=$(date +%s)

elapsed() {
    echo $(($(date +%s) - began))
}

heading() {
    printf '[%3d s] %s\n' "$(elapsed)" "$*"
}

# One result of TAP in a file of its own: record ok|not_ok NAME.
record() {
    case $1 in
    ok) echo "ok 1 - $2" ;;
    *) echo "not ok 1 - $2" ;;
    esac >"$results/$2.tap"
}

# build NAME FOLDER OPTION…
build() {
    name=$1
    shift
    heading "build: $name"
    if compile "$@"; then
        record ok "build-$name"
    else
        record not_ok "build-$name"
        return 1
    fi
}

# suites NAME FOLDER ARGUMENT…: run tests of a build; arguments go to `meson test`.
suites() {
    name=$1
    folder=$2
    shift 2
    heading "tests: $name"
    # With a wrapper, meson adds the wrapper's name to the log's.
    found=
    rm -f "$folder/meson-logs/$name.json" "$folder/meson-logs/$name-valgrind.json"
    meson test -C "$folder" --no-rebuild --logbase "$name" --num-processes 2 --print-errorlogs "$@" \
        >"$results/$name.log" 2>&1
    for log in "$folder/meson-logs/$name.json" "$folder/meson-logs/$name-valgrind.json"; do
        if [ -s "$log" ]; then
            cp "$log" "$results/$name.json"
            found=yes
        fi
    done
    if [ -z "$found" ]; then
        cat "$results/$name.log"
        record not_ok "$name"
    fi
}

# tap NAME COMMAND…: a program that prints TAP by itself.
tap() {
    name=$1
    shift
    heading "tests: $name"
    "$@" >"$results/$name.tap" 2>"$results/$name.log" || {
        grep -q '^not ok' "$results/$name.tap" || echo "not ok - $name ended with $?" >>"$results/$name.tap"
        cat "$results/$name.log"
    }
}

# The names of the tests of a build that match a pattern, one a line.
tests_like() {
    meson test -C "$1" --no-rebuild --list 2>/dev/null | sed 's/.* \/ //' | grep -E "$2"
}

# The path of a test program of the optimised build.
test_program() {
    find build/tests -type f -name "$1_test" | head -n 1
}

sanitizers() {
    if build asan build-asan -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Dtests=true \
        -Ddefault_library=static -Dc_args=-fno-sanitize-recover=all; then
        suites asan build-asan --suite unit --suite contract --suite model --timeout-multiplier 4
    fi
    if build tsan build-tsan -Dbuildtype=debugoptimized -Db_sanitize=thread -Dtests=true \
        -Ddefault_library=static -Dc_args=-fno-sanitize-recover=all; then
        named tsan build-tsan 'thread|writers|workers' --timeout-multiplier 6
    fi
}

# named NAME FOLDER PATTERN ARGUMENT…: the tests of a build whose names match, and do not match $but, if it is set.
named() {
    names=$(tests_like "$2" "$3" | grep -vE "${but:-^$}")
    if [ -z "$names" ]; then
        record not_ok "$1: no test is called $3"
        return
    fi
    name=$1
    folder=$2
    shift 3
    # Word splitting is meant: a list of names.
    suites "$name" "$folder" "$@" $names
}

# The tests of that name under memcheck, which finds what the sanitizers cannot: use of memory that was
# never written.
memcheck() {
    JC_TEST_FEW=1
    export JC_TEST_FEW
    named "$1" build "$2" --timeout-multiplier 20 --wrapper \
        'valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect'
    unset JC_TEST_FEW
}

more() {
    (
        CC=clang
        export CC
        build clang build-clang -Dwerror=true -Dtests=true &&
            suites clang build-clang --suite unit --suite contract
    )
    tap crashes "$(test_program crash)" --points 40000 --jobs 2
    tap models "$(test_program model)" --seeds 300
    tap streams "$(test_program live_crowd)" --seconds 40 --seed 7
    tap clients-asan sh tests/mcp/run.sh "$(program_of build-asan)"
    if command -v node >/dev/null; then
        tap folds node tests/web/fold_random.mjs build/tests/web/fold_states "$(date +%s)" 4000
    fi
    memcheck valgrind-all '^unit|^jq$|^contract|^model|^tamper'
    tap lint tools/lint.sh --deep
    left=$(((${JC_CHECK_MINUTES:-30} * 60 - $(elapsed)) / 3))
    [ "$left" -ge 60 ] || left=60
    tap fuzz tools/fuzz.sh "$left"
}

rm -rf "$results"
mkdir -p "$results"
tap layers sh tests/layers.sh
tap scripts tools/lint.sh --quick
if build release build -Dtests=true && build_program; then
    suites release build
    tap verifier tests/verifier_test.sh "$(program_of build)"
    tap clients sh tests/mcp/run.sh "$(program_of build)"
    JC_PICTURES=$(pwd)/$results/pictures
    export JC_PICTURES
    tap modules sh tests/web/run.sh modules
    tap page sh tests/web/run.sh "$(program_of build)"
    # The server's tests wait for time-outs and talk to threads: minutes here, and all of them under ASan below.
    but='^unit_(api|server)_'
    memcheck valgrind '^contract_append$|^unit_'
    but=
fi
sanitizers
if [ "$mode" = long ]; then
    more
else
    tap fuzz tools/fuzz.sh 4
fi
heading "done; details are in $results/"
python3 tools/tap-sum.py $(find "$results" -name "*.json" -o -name "*.tap" | sort)
