#!/bin/sh
# docs/HACKING.md is true: its programs are built as an embedder would build them, and run, and its
# commands are run; each must print what the text says. The text names them in a comment above each block:
#
#     <!-- cart.c -->       a program, or NAME.sh, commands
#     <!-- cart.out -->     what it prints
. "$(dirname "$0")/lib.sh"

: "${JC_LIBRARY:=$(cd "$(dirname "$JC_PROGRAM")/.." && pwd)/libjc.so}"
header=include/jc/event_types.h

# Put each named block of the text into $T/doc/NAME.
take_blocks() {
    mkdir -p "$T/doc"
    awk -v folder="$T/doc" '
        /^<!-- [a-z.]* -->$/ { name = $2; next }
        /^```/ && file != "" { close(file); file = ""; next }
        /^```/ && name != "" { file = folder "/" name; name = ""; printf "" >file; next }
        file != "" { print >file }
    ' "$JC_SOURCE/docs/HACKING.md"
}

# Build a program of the text with every warning an error.
build() {
    pkg-config --exists yyjson || skip "pkg-config does not know yyjson"
    # Word splitting is meant: CC may have arguments, and pkg-config prints several.
    ${CC:-cc} -std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror -I "$JC_SOURCE/include" \
        -o "$T/doc/$1" "$T/doc/$1.c" "$JC_LIBRARY" "-Wl,-rpath,$(dirname "$JC_LIBRARY")" \
        $(pkg-config --cflags --libs yyjson)
}

program_prints_what_is_said() {
    take_blocks
    build "$1"
    "$T/doc/$1" >"$T/out" 2>"$T/err" || complain "$1 failed"
    diff "$T/doc/$1.out" "$T/out"
}

test_the_shopping_cart_is_a_projection_of_an_embedders_own() {
    program_prints_what_is_said cart
}

test_a_program_takes_and_reads_a_note_of_the_category() {
    program_prints_what_is_said note
}

test_the_commands_with_the_category_print_what_is_said() {
    take_blocks
    mkdir "$T/bin"
    ln -s "$JC_PROGRAM" "$T/bin/jc"
    PATH=$T/bin:$PATH sh -e "$T/doc/blocker.sh" >"$T/out" 2>"$T/err" || complain "the commands failed"
    diff "$T/doc/blocker.out" "$T/out"
}

test_every_program_of_the_text_is_one_of_these() {
    take_blocks
    equal "$(ls "$T/doc" | tr '\n' ' ')" "blocker.line blocker.out blocker.sh cart.c cart.out note.c note.out "
}

test_the_line_is_all_there_is_to_a_category() {
    command -v meson >/dev/null || skip "there is no meson"
    take_blocks
    equal "$(wc -l <"$T/doc/blocker.line")" 1
    equal "$(grep -cxFf "$T/doc/blocker.line" "$JC_SOURCE/$header")" 1

    mkdir "$T/copy"
    (cd "$JC_SOURCE" && cp -R include src docs tools web meson.build meson_options.txt "$T/copy")
    grep -vxFf "$T/doc/blocker.line" "$JC_SOURCE/$header" >"$T/copy/$header"
    meson setup --buildtype=plain "$T/built" "$T/copy" >"$T/out" 2>&1 || complain "meson failed"
    ninja -C "$T/built" src/cli/jc >"$T/out" 2>&1 || complain "it does not build without the line"
    JC_PROGRAM=$T/built/src/cli/jc
    run note add t -w w -t blocker
    refused 2 "there is no 'blocker': choose one of accomplishment, context, decision"
    run types
    out_lacks "blocker"
    run note add t -w w -t todo
    succeeds
    run note add -h
    out_has "accomplishment context decision"
}

run_tests
