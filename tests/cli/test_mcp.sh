#!/bin/sh
# jc mcp: the server as a whole program, through pipes.
. "$(dirname "$0")/lib.sh"

meta='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
hello='{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}'

# say LINE...: a whole conversation; the answers are in $T/out.
say() {
    : >"$T/lines"
    for line in "$@"; do
        printf '%s\n' "$line" >>"$T/lines"
    done
    run_with "$(cat "$T/lines")" mcp
    succeeds
}

# call TOOL ARGUMENTS: a call as a client of the older generation sends it.
call() {
    printf '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":%s}}' "$1" "$2"
}

# as_written VERSION: a conversation goes as mcp/VERSION.talk has it, where > is what the client says.
as_written() {
    talk=$JC_SOURCE/tests/cli/mcp/$1.talk
    sed -n 's/^> //p' "$talk" | jc mcp | sed -E -f "$JC_SOURCE/tests/cli/mcp/plain.sed" >"$T/got"
    sed -n 's/^< //p' "$talk" >"$T/wanted"
    diff "$T/wanted" "$T/got"
}

test_a_conversation_of_2026_07_28_goes_as_written() {
    as_written 2026-07-28
}

test_a_conversation_of_2025_11_25_goes_as_written() {
    as_written 2025-11-25
}

test_a_conversation_of_2024_11_05_goes_as_written() {
    as_written 2024-11-05
}

test_a_note_taken_by_a_tool_is_in_the_log() {
    say "$hello" "$(call take_note '{"title":"JWT tokens","tags":"auth, api","workflow_id":"wf"}')"
    out_lines 2
    out_has '"isError":false'
    run note list -w wf --json
    out_has '"title":"JWT tokens"'
    out_has '"tags":["auth","api"]'
    stored 1
}

test_a_request_of_the_modern_generation_needs_no_handshake() {
    say '{"jsonrpc":"2.0","id":"d","method":"server/discover","params":{'"$meta"'}}'
    out_lines 1
    out_has '"supportedVersions":["2026-07-28"'
    out_has '"resultType":"complete"'
}

test_the_variables_name_workflow_and_agent() {
    jc emit a x.started >/dev/null
    jc emit b x.started >/dev/null
    JC_WORKFLOW=b JC_AGENT=coder
    export JC_WORKFLOW JC_AGENT
    say "$hello" "$(call take_note '{"title":"t"}')"
    out_has '\"workflow_id\":\"b\"'
    out_has '\"agent_id\":\"coder\"'
}

test_a_session_that_starts_the_server_writes_where_its_hooks_do() {
    jc emit a x.started >/dev/null
    jc emit b x.started >/dev/null
    CLAUDE_CODE_SESSION_ID='5e55 1'
    export CLAUDE_CODE_SESSION_ID
    printf '{"hook_event_name":"SessionStart","session_id":"%s","cwd":"%s"}' "$CLAUDE_CODE_SESSION_ID" "$PWD" | jc hook
    say "$hello" "$(call take_note '{"title":"t"}')"
    run export
    equal "$(sed -n 's/.*"workflow_id":"\(5e55-1-[^"]*\)".*/\1/p' "$T/out" | uniq | wc -l)" 1
    equal "$(grep -c '"workflow_id":"5e55-1-' "$T/out")" 2
}

test_the_variable_comes_before_the_session() {
    CLAUDE_CODE_SESSION_ID=5e55 JC_WORKFLOW=b
    export CLAUDE_CODE_SESSION_ID JC_WORKFLOW
    say "$hello" "$(call take_note '{"title":"t"}')"
    out_has '\"workflow_id\":\"b\"'
}

answered() {
    [ "$(wc -l <"$T/out")" -ge "$1" ]
}

test_what_a_hook_had_to_put_aside_comes_before_what_a_tool_writes() {
    mkfifo "$T/pipe"
    "$JC_PROGRAM" mcp <"$T/pipe" >"$T/out" 2>"$T/err" &
    server=$!
    exec 4>"$T/pipe"
    printf '%s\n' "$hello" >&4
    eventually answered 1
    hold_lock
    printf '{"hook_event_name":"SessionStart","session_id":"s1","cwd":"%s"}' "$PWD" | jc hook
    let_go
    printf '%s\n' "$(call read_notes '{}')" >&4
    eventually answered 2
    equal "$(waiting)" 1
    printf '%s\n' "$(call take_note '{"title":"t","workflow_id":"s1"}')" >&4
    exec 4>&-
    wait $server
    equal "$(waiting)" 0
    run log --json
    equal "$(sed 's/.*"event_type":"\([^"]*\)".*/\1/' "$T/out" | tr '\n' ' ')" "session.started agent.note.observation "
}

test_secrets_do_not_reach_the_disk() {
    secret=ghp_
    secret=${secret}16C7e42F292c6912E7710c838347Ae178B4a
    say "$hello" "$(call take_note '{"title":"t","content":"use '$secret'","workflow_id":"wf"}')"
    out_has '\"redacted\":1'
    if grep -rq $secret .jc agents; then complain "it was stored"; fi
}

test_without_a_project_it_says_what_to_do() {
    cd "$T"
    run_with "$hello" mcp
    refused 4 "jc init"
}

test_it_ends_with_its_input_whatever_came() {
    printf 'no json\n\n\r\n[]\n{"jsonrpc":"2.0","id":7' >"$T/in"
    status=0
    jc mcp <"$T/in" >"$T/out" 2>"$T/err" || status=$?
    succeeds
    out_lines 3
    equal "$(grep -c '"error":{"code":-32[67]00' "$T/out")" 3
}

test_a_signal_ends_it_through_its_ordinary_way() {
    mkfifo "$T/pipe"
    "$JC_PROGRAM" mcp <"$T/pipe" >"$T/out" 2>"$T/err" &
    server=$!
    exec 3>"$T/pipe"
    printf '%s\n' "$hello" >&3
    eventually grep -q protocolVersion "$T/out"
    kill -TERM $server
    status=0
    wait $server || status=$?
    exec 3>&-
    succeeds
    [ ! -e .jc/events.db-wal ] || complain "the log was not closed"
}

test_a_log_that_was_restored_is_opened_again() {
    jc emit wf x.started >/dev/null
    jc backup "$T/copy.db" >/dev/null
    mkfifo "$T/pipe"
    "$JC_PROGRAM" mcp <"$T/pipe" >"$T/out" 2>"$T/err" &
    server=$!
    exec 3>"$T/pipe"
    printf '%s\n%s\n' "$hello" "$(call take_note '{"title":"lost with the old log"}')" >&3
    eventually grep -q '"isError":false' "$T/out"
    jc restore "$T/copy.db" >"$T/restored" 2>&1
    printf '%s\n' "$(call get_events '{}')" "$(call take_note '{"title":"in the new one"}')" >&3
    exec 3>&-
    status=0
    wait $server || status=$?
    exits 0
    equal "$(sed -n '3s/.*"head_sequence":\([0-9]*\).*/\1/p' "$T/out")" 1
    run note list -w wf
    out_has "in the new one"
    out_lacks "lost with the old log"
}

run_tests
