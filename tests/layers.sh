#!/bin/sh
# Layer test (TAP): layers.sh [ROOT]
#
# src/ is built in layers, one a folder (docs/ARCHITECTURE.md). A file includes only public headers
# ("jc/x.h"), its own folder ("x.h"), and folders of a lower layer ("base/x.h"); programs include
# only "jc/x.h", "base/x.h" and their own folder, and the command line the programs that it starts. Public headers include only public headers. No file
# of src/ is longer than 800 lines: past that it has a second subject.
#
# The test then plants each kind of mistake into a copy and expects to find it.
set -eu
root=$(cd "${1:-$(dirname "$0")/..}" && pwd)
lines_max=800

# What is wrong in the tree $1, one line each, or nothing. awk is given all files, so that its ARGV also
# says which there are.
wrong_includes() (
    cd "$1"
    find include/jc src -name '*.[ch]' | sort | xargs awk '
        function folder_of(path) {
            return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "."
        }

        # Why must a file of src/ not include this? "" when it may.
        function objection(file, include,   folder, target, own) {
            folder = folder_of(file)
            target = folder_of(include)
            own = file
            sub(/[^\/]*$/, "", own)
            if (!(folder in layer))
                return "the folder " folder " has no layer"
            if (include ~ /\.\./)
                return "leaves its folder by .."
            if (target == "jc")
                return ("include/" include) in exists ? "" : "there is no such public header"
            if (target == ".")
                return ("src/" own include) in exists ? "" : "is not in its own folder"
            if (target == folder)
                return ""
            if (!(target in layer))
                return target " is not a layer"
            if (layer[folder] >= 6 && layer[target] < 6 && target != "base")
                return "a program uses the library through jc/ and base/ only"
            if (layer[target] >= layer[folder])
                return target " (layer " layer[target] ") is not below " folder " (layer " layer[folder] ")"
            return ""
        }

        # "." holds the files that compose the layers below.
        BEGIN {
            count = split("base 0 event 1 store 2 cache 2 mirror 3 projection 3 query 4 notes 4" \
                          " mailbox 4 intake 5 . 5 server 6 mcp 6 cli 7", word, " ")
            for (i = 1; i < count; i += 2)
                layer[word[i]] = word[i + 1]
            for (i = 1; i < ARGC; i++)
                exists[ARGV[i]] = 1
        }
        match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
            include = substr($0, RSTART, RLENGTH)
            sub(/^[^"]*"/, "", include)
            sub(/"$/, "", include)
            if (FILENAME ~ /^src\//)
                why = objection(substr(FILENAME, 5), include)
            else
                why = ("include/" include) in exists ? "" : "which is not public"
            if (why != "")
                print FILENAME " includes \"" include "\": " why
        }'
)

long_files() {
    find "$1/src" "$1/include" -name '*.[ch]' | xargs wc -l | awk -v max=$lines_max '
        $2 != "total" && $1 > max { print $2 " has " $1 " lines, at most " max }'
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
result "every include of src/ points down" "$(wrong_includes "$root" | grep "^src/")"
result "public headers include public headers only" "$(wrong_includes "$root" | grep "^include/")"
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
    include/jc/event.h '#include "base/buf.h"' 'which is not public' wrong_includes
plant "a file that is too long is found" \
    src/base/planted.c "$(awk -v n=$lines_max 'BEGIN { for (i = 0; i <= n; i++) print "/* */" }')" \
    'planted.c has 801 lines' long_files
exit $failed
