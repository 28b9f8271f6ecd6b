# Helpers for the tests of the program, in POSIX sh. A test file sources this, defines functions whose
# names are claims (test_emit_refuses_an_empty_id), and ends with `run_tests`.
#
# Each test runs in a subshell under `set -e`, in a project of its own made by `jc init`, so that the
# first expectation that does not hold ends it. What the last `run` printed is in $T/out and $T/err,
# its exit code in $status. Output is TAP.

: "${JC_PROGRAM:?the path of the program}"
export LC_ALL=C TZ=UTC
unset JC_DIR JC_WORKFLOW JC_AGENT CLAUDE_CODE_SESSION_ID NO_COLOR COLUMNS

jc() {
    "$JC_PROGRAM" "$@"
}

# Run jc; keep what it prints and its exit code.
run() {
    status=0
    jc "$@" >"$T/out" 2>"$T/err" || status=$?
}

# The same with the rest of the line as a pipeline's end: run_with INPUT ARGUMENTS...
run_with() {
    printf '%s' "$1" >"$T/in"
    shift
    status=0
    jc "$@" <"$T/in" >"$T/out" 2>"$T/err" || status=$?
}

complain() {
    echo "$*"
    echo "exit code: ${status-}"
    echo "stdout:"
    head -c 2000 "$T/out"
    echo "stderr:"
    head -c 2000 "$T/err"
    return 1
}

# The last run ended with this code.
exits() {
    [ "$status" -eq "$1" ] || complain "expected exit code $1"
}

# The last run succeeded and said nothing on stderr.
succeeds() {
    exits 0
    [ ! -s "$T/err" ] || complain "expected nothing on stderr"
}

# The last run was refused: exit code, one line on stderr that begins with "jc" and holds the text, and
# nothing on stdout.
refused() {
    exits "$1"
    [ "$(wc -l <"$T/err")" -eq 1 ] || complain "expected one line on stderr"
    grep -q '^jc' "$T/err" || complain "expected a line that begins with jc"
    grep -qF -- "$2" "$T/err" || complain "expected on stderr: $2"
    [ ! -s "$T/out" ] || complain "expected nothing on stdout"
}

# The last run printed nothing, and said so on stderr in this line.
finds_nothing() {
    exits 0
    [ "$(cat "$T/err")" = "$1" ] || complain "expected on stderr: $1"
    [ ! -s "$T/out" ] || complain "expected nothing on stdout"
}

prints() {
    [ "$(cat "$T/out")" = "$1" ] || complain "expected on stdout: $1"
}

out_has() {
    grep -qF -- "$1" "$T/out" || complain "expected on stdout: $1"
}

out_lacks() {
    if grep -qF -- "$1" "$T/out"; then complain "unexpected on stdout: $1"; fi
}

out_lines() {
    [ "$(wc -l <"$T/out")" -eq "$1" ] || complain "expected $1 lines on stdout"
}

err_has() {
    grep -qF -- "$1" "$T/err" || complain "expected on stderr: $1"
}

equal() {
    [ "$1" = "$2" ] || complain "expected '$2', got '$1'"
}

# So many events are stored, and the record is sound.
stored() {
    equal "$(jc export | wc -l | tr -d ' ')" "$1"
    jc verify >"$T/verify" 2>&1 || { cat "$T/verify"; return 1; }
}

# Wait until a command holds, for at most ten seconds.
eventually() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 500 ] || { echo "never held: $*"; return 1; }
        sleep 0.02
    done
}

# Hold the write lock until `let_go`.
hold_lock() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    mkfifo "$T/commands"
    sqlite3 .jc/events.db <"$T/commands" >"$T/holder" &
    holder=$!
    exec 3>"$T/commands"
    printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&3
    eventually grep -q 1 "$T/holder"
}

let_go() {
    printf 'ROLLBACK;\n.quit\n' >&3
    exec 3>&-
    wait "$holder"
}

# Files that wait in the spool.
waiting() {
    find .jc/spool -name '*.json' 2>/dev/null | wc -l | tr -d ' '
}

skip() {
    echo "$*" >"$T/skip"
    exit 77
}

# Change the log behind its back, as somebody with the file could.
tamper() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    printf '.dbconfig enable_trigger off\n%s\n' "$1" | sqlite3 .jc/events.db >/dev/null
}

# A program on a terminal: terminal ARGUMENTS... prints what jc writes to it.
terminal() {
    command -v script >/dev/null || skip "there is no script program"
    quoted=
    for argument in "$JC_PROGRAM" "$@"; do
        quoted="$quoted '$argument'"
    done
    TERM=xterm script -qec "$quoted" /dev/null </dev/null
}

run_one() {
    set -e
    mkdir "$T/project"
    cd "$T/project"
    jc init >/dev/null
    "$1"
}

# Run every function of the file whose name begins with test_.
run_tests() {
    number=0
    failures=0
    for name in $(sed -n 's/^\(test_[a-z0-9_]*\)() {.*/\1/p' "$0"); do
        number=$((number + 1))
        claim=$(echo "${name#test_}" | tr _ ' ')
        T=$(mktemp -d)
        : >"$T/out"
        : >"$T/err"
        (run_one "$name") >"$T/log" 2>&1
        case $? in
        0) echo "ok $number - $claim" ;;
        77) echo "ok $number - $claim # SKIP $(cat "$T/skip")" ;;
        *)
            failures=$((failures + 1))
            echo "not ok $number - $claim"
            sed 's/^/# /' "$T/log"
            ;;
        esac
        chmod -R u+rwX "$T"
        rm -rf "$T"
    done
    echo "1..$number"
    [ "$failures" -eq 0 ]
}
