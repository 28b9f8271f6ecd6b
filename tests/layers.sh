#!/bin/sh
# Layer test (TAP): layers.sh [ROOT]
#
# src/ is built in layers, one a folder (docs/ARCHITECTURE.md). A file includes only public headers
# ("jc/x.h"), its own folder ("x.h"), and folders of a lower layer ("base/x.h"); programs include
# only "jc/x.h", "base/x.h" and their own folder. Public headers include only public headers. No file
# of src/ is longer than 800 lines: past that it has a second subject.
#
# The test then plants each kind of mistake into a copy and expects to find it.
set -eu
root=$(cd "${1:-$(dirname "$0")/..}" && pwd)
lines_max=800

# The layer of a folder of src/; "." holds the files that compose the layers below.
layer_of() {
    case $1 in
    base) echo 0 ;;
    event) echo 1 ;;
    store | cache) echo 2 ;;
    mirror | projection) echo 3 ;;
    query | notes | mailbox) echo 4 ;;
    intake | .) echo 5 ;;
    cli | server | mcp) echo 6 ;;
    *) echo none ;;
    esac
}

# Print "FILE INCLUDE" for every #include "…" of the given files.
includes_of() {
    awk 'match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
        include = substr($0, RSTART, RLENGTH)
        sub(/^[^"]*"/, "", include)
        sub(/"$/, "", include)
        print FILENAME, include
    }' "$@" /dev/null
}

# Why must src/FILE not include INCLUDE? Prints nothing when it may.
objection() {
    file=$1 include=$2
    case $file in
    */*) folder=${file%%/*} ;;
    *) folder=. ;;
    esac
    layer=$(layer_of "$folder")
    target=${include%%/*}
    [ "$layer" != none ] || { echo "the folder $folder has no layer"; return; }
    case $include in
    *..*) echo "leaves its folder by .." ;;
    jc/*) [ -f "$tree/include/$include" ] || echo "there is no such public header" ;;
    */*)
        target_layer=$(layer_of "$target")
        if [ "$target" = "$folder" ]; then
            :
        elif [ "$target_layer" = none ]; then
            echo "$target is not a layer"
        elif [ "$layer" = 6 ] && [ "$target" != base ]; then
            echo "a program uses the library through jc/ and base/ only"
        elif [ "$target_layer" -ge "$layer" ]; then
            echo "$target (layer $target_layer) is not below $folder (layer $layer)"
        fi
        ;;
    *) [ -f "$tree/src/$(dirname "$file")/$include" ] || echo "is not in its own folder" ;;
    esac
}

# Each of these prints what is wrong in the tree $1, one line each, or nothing.
wrong_includes() {
    tree=$1
    (cd "$tree/src" && find . -name '*.[ch]' | sed 's|^\./||' | sort | while read -r file; do
        includes_of "$file"
    done) | while read -r file include; do
        why=$(objection "$file" "$include")
        [ -z "$why" ] || echo "src/$file includes \"$include\": $why"
    done
}

wrong_public_includes() {
    tree=$1
    (cd "$tree/include" && includes_of jc/*.h) | while read -r file include; do
        case $include in
        jc/*.h) [ -f "$tree/include/$include" ] || echo "include/$file: there is no \"$include\"" ;;
        *) echo "include/$file includes \"$include\", which is not public" ;;
        esac
    done
}

long_files() {
    find "$1/src" "$1/include" -name '*.[ch]' -exec awk -v max=$lines_max '
        END { if (NR > max) print FILENAME " has " NR " lines, at most " max }' {} \;
}

number=0
failed=0
result() {
    number=$((number + 1))
    if [ -z "$2" ]; then
        echo "ok $number - $1"
    else
        failed=1
        echo "not ok $number - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

# plant CLAIM FILE LINE WORD CHECK: with LINE in FILE of a copy, CHECK must complain with WORD.
plant() {
    copy=$(mktemp -d)
    mkdir -p "$copy/src" "$copy/include"
    cp -R "$root/include/." "$copy/include/"
    cp -R "$root/src/." "$copy/src/"
    mkdir -p "$copy/$(dirname "$2")"
    printf '%s\n' "$3" >>"$copy/$2"
    found=$($5 "$copy")
    rm -rf "$copy"
    case $found in
    *"$4"*) result "$1" "" ;;
    *) result "$1" "not found; the check said: ${found:-nothing}" ;;
    esac
}

echo 1..9
result "every include of src/ points down" "$(wrong_includes "$root")"
result "public headers include public headers only" "$(wrong_public_includes "$root")"
result "no file is longer than $lines_max lines" "$(long_files "$root")"
plant "an include that points up is found" \
    src/event/planted.c '#include "store/store.h"' 'src/event/planted.c includes "store/store.h"' wrong_includes
plant "an include of another folder of the same layer is found" \
    src/mirror/planted.c '#include "projection/runner.h"' 'not below mirror' wrong_includes
plant "a program that reaches into the library is found" \
    src/cli/planted.c '#include "event/line.h"' 'through jc/ and base/ only' wrong_includes
plant "an include through .. is found" \
    src/base/planted.c '  #  include "../event/line.h"' 'leaves its folder' wrong_includes
plant "a public header that includes a private one is found" \
    include/jc/event.h '#include "base/buf.h"' 'which is not public' wrong_public_includes
plant "a file that is too long is found" \
    src/base/planted.c "$(awk -v n=$lines_max 'BEGIN { for (i = 0; i <= n; i++) print "/* */" }')" \
    'planted.c has 801 lines' long_files
exit $failed
