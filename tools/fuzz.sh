#!/bin/sh
# Run the fuzz targets: fuzz.sh SECONDS [TARGET…] (TAP)
#
# Each runs for that long, two at a time, from the seeds in fuzz/corpus/ and what earlier runs found in
# build-fuzz/corpus/. An input that fails is kept in build-fuzz/failures/; try it again with
# `build-fuzz/fuzz/fuzz-TARGET FILE`.
set -eu
cd "$(dirname "$0")/.."
. ./tools/build.sh
seconds=$1
shift

CC=clang
export CC
compile build-fuzz -Dfuzz=true -Dbuildtype=debugoptimized -Ddefault_library=static \
    -Db_sanitize=address,undefined -Db_lundef=false \
    '-Dc_args=-fsanitize=fuzzer-no-link -fno-sanitize-recover=all' || exit 1
[ $# -gt 0 ] || set -- hook http import jq json line match mcp names redact search settings state time transcript

# Run one target; the exit code says whether every input kept its promises.
run_target() {
    mkdir -p "build-fuzz/corpus/$1" build-fuzz/failures
    "build-fuzz/fuzz/fuzz-$1" "-max_total_time=$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
        -dict=fuzz/json.dict "-artifact_prefix=build-fuzz/failures/$1-" -print_final_stats=1 \
        "build-fuzz/corpus/$1" "fuzz/corpus/$1" >"build-fuzz/$1.log" 2>&1
}

number=0
failed=0
tell() {
    number=$((number + 1))
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$2.log")
    echo "$1 $number - fuzz $2: ${runs:-?} inputs"
    if [ "$1" != ok ]; then
        failed=1
        grep -v '^#[0-9]' "build-fuzz/$2.log" | tail -n 40 | sed 's/^/# /'
    fi
}

echo "1..$#"
while [ $# -gt 0 ]; do
    one=$1
    shift
    run_target "$one" &
    first=$!
    if [ $# -gt 0 ]; then
        two=$1
        shift
        if run_target "$two"; then tell ok "$two"; else tell 'not ok' "$two"; fi
    fi
    if wait $first; then tell ok "$one"; else tell 'not ok' "$one"; fi
done
exit $failed
