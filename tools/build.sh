# Building, for the scripts of this project: `. tools/build.sh` from the root.

# configure FOLDER OPTION…: set a build up, or bring its options up to date.
configure() {
    folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        rm -rf "$folder"
        meson setup "$folder" "$@" || return 1
    elif [ "$*" != "$(cat "$folder/dev-options" 2>/dev/null)" ]; then
        meson configure "$folder" "$@" || return 1
    fi
    printf '%s\n' "$*" >"$folder/dev-options"
}

# compile FOLDER OPTION…: configure and build; quiet when all is well, else 1 and what went wrong.
compile() {
    log=$(mktemp)
    if configure "$@" >"$log" 2>&1 && ninja -C "$1" >>"$log" 2>&1; then
        rm -f "$log"
        return 0
    fi
    tail -n 60 "$log" >&2
    rm -f "$log"
    printf 'the build in %s/ failed\n' "$1" >&2
    return 1
}

# The program of a build, wherever its layout puts it.
program_of() {
    for path in "$1/jc" "$1/src/cli/jc"; do
        if [ -f "$path" ] && [ -x "$path" ]; then
            printf '%s/%s' "$(pwd)" "$path"
            return 0
        fi
    done
    printf 'there is no program in %s/\n' "$1" >&2
    return 1
}

# The optimised build. build/jc is where people find the program, whatever the layout of the build;
# options that an earlier build was given stay unless others are named.
build_program() {
    if [ $# = 0 ] && [ -f build/dev-options ]; then
        # Word splitting is meant: the options of the earlier build.
        set -- $(cat build/dev-options)
    fi
    compile build "$@" || return 1
    [ -e build/jc ] || ln -s src/cli/jc build/jc
}
