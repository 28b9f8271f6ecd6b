#!/bin/sh
# Print the page's files as C: embed_web.sh ROOT FILE... > out.c
#
# Each FILE is a path below ROOT, by which it is asked for. The result is the table `jc_assets` of
# src/server/assets.h, with content types by the files' ends and tags from SHA-256. Any bytes are good.
set -eu
root=$1
shift

# The first 32 hex digits of a file's SHA-256.
tag_of() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1"
    else
        shasum -a 256 <"$1"
    fi | cut -c 1-32
}

type_of() {
    case $1 in
    *.html) echo 'text/html; charset=utf-8' ;;
    *.js) echo 'text/javascript; charset=utf-8' ;;
    *.css) echo 'text/css; charset=utf-8' ;;
    *.svg) echo 'image/svg+xml' ;;
    *.png) echo 'image/png' ;;
    *.woff2) echo 'font/woff2' ;;
    *)
        echo "$0: of which type is $1?" >&2
        exit 1
        ;;
    esac
}

# As octal escapes: compilers take long texts much quicker than long lists of numbers.
bytes_of() {
    od -An -v -to1 "$1" | sed -e 's/ /\\/g' -e 's/^/    "/' -e 's/$/"/'
}

echo '#include "server/assets.h"'
echo '#pragma GCC diagnostic ignored "-Woverlength-strings"'
number=0
for file in "$@"; do
    echo "static const char bytes_$number[] ="
    bytes_of "$root/$file"
    echo '    "";'
    number=$((number + 1))
done
echo 'const jc_asset jc_assets[] = {'
number=0
for file in "$@"; do
    type=$(type_of "$file")
    echo "    {\"/$file\", \"$type\", \"\\\"$(tag_of "$root/$file")\\\"\", bytes_$number, sizeof bytes_$number - 1},"
    number=$((number + 1))
done
echo '    {0},'
echo '};'
