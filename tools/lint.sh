#!/bin/sh
# What can be said about the source without running it (TAP): lint.sh [--quick | --fix | --deep]
#
#   --quick  the layers and the syntax of scripts only
#   --fix    let clang-format rewrite the C files, and stop
#   --deep   gcc's analyser and clang-tidy as well; minutes
# Otherwise also: gcc and clang with warnings as errors, and the format that .clang-format describes.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-}

c_files() {
    find include src tests bench fuzz tools -name '*.[ch]'
}

number=0
failed=0
# check NAME COMMAND…: one test; its output is shown when it fails.
check() {
    number=$((number + 1))
    name=$1
    shift
    if said=$("$@" 2>&1); then
        echo "ok $number - $name"
    else
        failed=1
        echo "not ok $number - $name"
        printf '%s\n' "$said" | tail -n 60 | sed 's/^/# /'
    fi
}

shell_syntax() {
    status=0
    for file in dev .ci/run $(find tools tests -name '*.sh'); do
        sh -n "$file" || status=1
    done
    return $status
}

python_syntax() {
    find tools tests docs -name '*.py' -exec python3 -c '
import ast, sys
for path in sys.argv[1:]:
    ast.parse(open(path, encoding="utf-8").read(), path)' {} +
}

javascript_syntax() {
    for file in $(find tests -name '*.mjs'); do
        node --check "$file" || return 1
    done
}

# Text that belongs to no project: left-over conflict marks and white space at the end of lines.
clean_text() {
    ! grep -rnE '^(<<<<<<<|>>>>>>>) |[ 	]+$' --include='*.[ch]' --include='*.sh' --include='*.py' \
        --include='*.sql' --include='*.mjs' --include=meson.build include src tests bench fuzz tools dev meson.build
}

# warnings COMPILER: a build of everything with warnings as errors.
warnings() {
    folder=build-lint-$1
    [ -f "$folder/build.ninja" ] ||
        CC=$1 meson setup "$folder" -Dwerror=true -Dtests=true -Dbench=true \
            "-Dfuzz=$([ "$1" = clang ] && echo true || echo false)" || return 1
    ninja -C "$folder"
}

format() {
    c_files | xargs clang-format --dry-run --Werror
}

# Both analysers look at one file at a time, so they cannot know that jc_fail() in another file never
# returns JC_OK, and report paths on which a failed call left its outputs unset. Those kinds of report
# are left out; what sanitizers and valgrind see at run time covers them.
analyser() {
    [ -f build-lint-analyser/build.ninja ] ||
        CC=gcc meson setup build-lint-analyser -Dwerror=true \
            "-Dc_args=-fanalyzer -Wno-analyzer-use-of-uninitialized-value -Wno-analyzer-null-dereference \
            -Wno-analyzer-null-argument -Wno-analyzer-malloc-leak" || return 1
    ninja -C build-lint-analyser
}

tidy() {
    checks='-*,bugprone-*,clang-analyzer-unix.*,clang-analyzer-deadcode.*'
    for check in easily-swappable-parameters assignment-in-if-condition reserved-identifier \
        narrowing-conversions implicit-widening-of-multiplication-result sizeof-expression; do
        checks=$checks,-bugprone-$check
    done
    find src -name '*.c' | xargs -P 2 -n 4 clang-tidy --quiet -p build-lint-clang --warnings-as-errors='*' \
        "--checks=$checks"
}

if [ "$mode" = --fix ]; then
    c_files | xargs clang-format -i
    exit
fi
check "the layers" sh tests/layers.sh
check "syntax of the shell scripts" shell_syntax
check "syntax of the Python scripts" python_syntax
! command -v node >/dev/null 2>&1 || check "syntax of the JavaScript modules" javascript_syntax
check "no conflict marks, no white space at the end of lines" clean_text
if [ "$mode" != --quick ]; then
    check "gcc has no warnings" warnings gcc
    check "clang has no warnings" warnings clang
    [ ! -f .clang-format ] || check "the format of the C files" format
fi
if [ "$mode" = --deep ]; then
    check "gcc's analyser finds nothing" analyser
    check "clang-tidy finds nothing" tidy
fi
echo "1..$number"
exit $failed
