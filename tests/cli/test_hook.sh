#!/bin/sh
# jc hook: an agent's payload goes into the log, and the agent never notices.
. "$(dirname "$0")/lib.sh"

unset JC_WORKFLOW JC_AGENT CLAUDE_PROJECT_DIR

# hook PAYLOAD: it must be silent and succeed, whatever it was given.
hook() {
    run_with "$1" hook
    silent
}

silent() {
    exits 0
    [ ! -s "$T/out" ] || complain "expected nothing on stdout"
    [ ! -s "$T/err" ] || complain "expected nothing on stderr"
}

# payload HOOK [MEMBERS]: one of session s1, in this project.
payload() {
    printf '{"session_id":"s1","cwd":"%s","hook_event_name":"%s"%s}' "$(pwd)" "$1" "${2-}"
}

types() {
    jc log --json | sed 's/.*"event_type":"\([^"]*\)".*/\1/' | tr '\n' ' '
}

# What is stored, one event a line: without places, times and hashes, and without ids that are made anew (the
# version of a UUID is its 13th digit; derived ones have 5 there).
told() {
    jc log --json | sed 's/^{"position":[0-9]*,/{/
        s/"id":"\([0-9a-f]*-[0-9a-f]*-7[0-9a-f-]*\)",//
        s/"sequence":[0-9]*,"timestamp":"[^"]*",//
        s/,"hash":"[0-9a-f]*"}$/}/'
}

# Every line of a file of payloads means what is written down beside it. JC_UPDATE=1 writes it anew.
means_what_is_written_down() {
    written="$JC_SOURCE/tests/agents/hooks/$1.expected.jsonl"
    while IFS= read -r line; do
        printf '%s' "$line" | jc -C . hook
    done <"$JC_SOURCE/tests/agents/hooks/$1.jsonl"
    told >"$T/told"
    if [ -n "${JC_UPDATE-}" ]; then cp "$T/told" "$written"; fi
    diff "$written" "$T/told"
    [ ! -e .jc/hook.log ] || complain "$(cat .jc/hook.log)"
    stored "$(wc -l <"$JC_SOURCE/tests/agents/hooks/$1.jsonl" | tr -d ' ')"
}

test_a_session_with_a_subagent_and_parallel_tools_is_recorded() {
    means_what_is_written_down session
}

test_all_other_hooks_are_recorded() {
    means_what_is_written_down others
}

test_codex_is_recorded() {
    means_what_is_written_down codex
}

test_broken_payloads_are_recorded() {
    means_what_is_written_down broken
}

test_hook_appends_what_a_payload_means() {
    hook "$(payload PreToolUse ',"tool_name":"Bash","tool_use_id":"u1","tool_input":{"command":"ls"}')"
    hook "$(payload PostToolUse ',"tool_name":"Bash","tool_use_id":"u1","tool_response":"x"')"
    equal "$(types)" "agent.tool.started agent.tool.completed "
    equal "$(jc log s1 --json | grep -c '"agent_id":"main"')" 2
    stored 2
}

test_hook_stores_the_same_payload_once() {
    for time in 1 2 3; do
        hook "$(payload UserPromptSubmit ',"prompt_id":"p","prompt":"do"')"
        hook "$(payload PreToolUse ',"tool_use_id":"u1"')"
        hook "$(payload Notification ',"message":"hello"')"
    done
    stored 3
}

test_hook_keeps_another_notification() {
    hook "$(payload Notification ',"message":"one"')"
    hook "$(payload Notification ',"message":"two"')"
    stored 2
}

test_fifty_hooks_at_once_are_fifty_events() {
    i=0
    while [ $i -lt 50 ]; do
        i=$((i + 1))
        payload PreToolUse ",\"tool_use_id\":\"u$i\"" >"$T/payload.$i"
        jc hook <"$T/payload.$i" >>"$T/printed" 2>&1 &
    done
    wait
    [ ! -s "$T/printed" ] || complain "something was printed"
    jc emit other a.happened >/dev/null
    equal "$(waiting)" 0
    stored 51
}

test_twenty_tellings_of_one_moment_at_once_are_one_event() {
    payload Notification ',"message":"hello"' >"$T/payload"
    i=0
    while [ $i -lt 20 ]; do
        i=$((i + 1))
        jc hook <"$T/payload" &
    done
    wait
    jc emit other a.happened >/dev/null
    stored 2
}

test_hook_takes_workflow_and_agent_from_the_environment() {
    export JC_WORKFLOW=fix-login JC_AGENT=coder
    hook "$(payload Stop)"
    unset JC_WORKFLOW JC_AGENT
    equal "$(jc log fix-login --json | grep -c '"agent_id":"coder"')" 1
}

test_hook_finds_the_project_from_a_folder_that_is_gone() {
    hook "{\"session_id\":\"s\",\"hook_event_name\":\"Stop\",\"cwd\":\"$(pwd)/gone/away\"}"
    stored 1
}

test_hook_finds_the_project_from_the_agents_own_folder() {
    export CLAUDE_PROJECT_DIR="$(pwd)"
    hook '{"session_id":"s","hook_event_name":"Stop","cwd":"/"}'
    hook '{"session_id":"s","hook_event_name":"SessionEnd"}'
    unset CLAUDE_PROJECT_DIR
    stored 2
}

test_hook_finds_the_project_from_its_own_folder_when_the_payload_names_none() {
    mkdir "$T/other" src
    jc init "$T/other" >/dev/null
    export CLAUDE_PROJECT_DIR="$T/other"
    (cd src && hook '{"session_id":"s","hook_event_name":"Stop"}')
    unset CLAUDE_PROJECT_DIR
    stored 1
}

test_hook_records_nothing_where_the_payloads_folder_has_no_project() {
    hook '{"session_id":"s","hook_event_name":"Stop","cwd":"/"}'
    stored 0
}

test_hook_finds_the_project_from_a_linked_worktree() {
    command -v git >/dev/null || skip "there is no git"
    git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a
    git worktree add -q "$T/linked" 2>/dev/null
    hook "{\"session_id\":\"s\",\"hook_event_name\":\"Stop\",\"cwd\":\"$T/linked\"}"
    stored 1
}

test_hook_obeys_the_folder_that_is_given() {
    mkdir "$T/other"
    jc init "$T/other" >/dev/null
    payload Stop >"$T/in"
    jc -C "$T/other" hook <"$T/in"
    jc hook -C "$T/other" <"$T/in"
    JC_DIR="$T/other" jc hook <"$T/in"
    stored 0
    equal "$(jc -C "$T/other" export | wc -l | tr -d ' ')" 1
}

test_hook_writes_nothing_without_a_project() {
    mkdir "$T/bare"
    cd "$T/bare"
    hook "$(payload Stop)"
    hook 'no JSON'
    equal "$(find . | wc -l | tr -d ' ')" 1
}

test_hook_is_silent_about_garbage_and_logs_it() {
    export CLAUDE_PROJECT_DIR="$(pwd)"
    for garbage in 'no JSON' '' '[1]' '{"a":'; do
        hook "$garbage"
    done
    unset CLAUDE_PROJECT_DIR
    stored 0
    equal "$(wc -l <.jc/hook.log | tr -d ' ')" 4
    grep -q 'no JSON' .jc/hook.log || complain "the payload is not in hook.log"
}

test_hook_log_holds_no_secret_that_a_rule_of_the_project_finds() {
    echo '{"redaction":{"rules":[{"kind":"badge","pattern":"corp-[0-9]{8}"}]}}' >.jc/config.json
    export CLAUDE_PROJECT_DIR="$(pwd)"
    hook 'no JSON: corp-12345678'
    unset CLAUDE_PROJECT_DIR
    grep -q 'no JSON: \[redacted:badge\]' .jc/hook.log || complain "$(cat .jc/hook.log)"
}

test_hook_log_tells_the_same_once_until_something_else_went_wrong() {
    export CLAUDE_PROJECT_DIR="$(pwd)"
    for garbage in same same same other same; do
        hook "$garbage"
    done
    unset CLAUDE_PROJECT_DIR
    equal "$(sed 's/.*: //' .jc/hook.log | tr '\n' ' ')" "same other same "
}

test_hook_is_silent_about_options_it_does_not_know() {
    payload Stop >"$T/in"
    for argument in --nonsense nonsense -x --agent; do
        run hook $argument <"$T/in"
        silent
    done
    stored 1
    grep -q -- --nonsense .jc/hook.log || complain "it is not in hook.log"
}

test_hook_keeps_what_others_say_wrongly() {
    hook "$(payload Later ',"deep":[[1]],"a":1,"a":2,"half":"\ud800"')"
    jc log --json | grep -q '"a":2,"half":"�","mended":\["duplicate","surrogate"\]' || complain "not mended: $(jc log --json)"
    stored 1
}

test_a_call_whose_start_was_overtaken_by_its_end_is_not_open() {
    hook "$(payload PostToolUse ',"tool_name":"Edit","tool_use_id":"t1"')"
    hook "$(payload PreToolUse ',"tool_name":"Edit","tool_use_id":"t1"')"
    equal "$(jc state s1 -p agents --jq '.agents[] | [.tools[0].calls, .tools[0].completed, .open_calls]')" "[1,1,null]"
    equal "$(jc state s1 -p timeline --jq '[.spans[] | select(.kind == "tool") | .status]')" '["completed"]'
}

test_hook_log_is_bounded() {
    export CLAUDE_PROJECT_DIR="$(pwd)"
    head -c 1048500 /dev/zero | tr '\0' x >.jc/hook.log
    hook 'no JSON'
    unset CLAUDE_PROJECT_DIR
    equal "$(wc -l <.jc/hook.log | tr -d ' ')" 1
    equal "$(wc -c <.jc/hook.log.old | tr -d ' ')" 1048500
}

test_what_cannot_reach_the_log_in_time_waits_in_the_spool() {
    hook "$(payload SessionStart)"
    hold_lock
    hook "$(payload PreToolUse ',"tool_use_id":"u1"')"
    hook "$(payload Notification ',"message":"hello"')"
    equal "$(waiting)" 2
    run doctor
    out_has "2 hooks"
    let_go
    hook "$(payload PostToolUse ',"tool_use_id":"u1"')"
    equal "$(waiting)" 0
    equal "$(types)" "session.started agent.tool.completed agent.tool.started agent.notified "
    [ ! -e .jc/hook.log ] || complain "$(cat .jc/hook.log)"
    stored 4
}

# The log's own deadline is five seconds.
test_fifty_hooks_at_once_give_up_in_time_and_lose_nothing() {
    command -v timeout >/dev/null || skip "there is no timeout program"
    hold_lock
    i=0
    children=
    while [ $i -lt 50 ]; do
        i=$((i + 1))
        payload PreToolUse ",\"tool_use_id\":\"u$i\"" >"$T/payload.$i"
        timeout 3 "$JC_PROGRAM" hook <"$T/payload.$i" >>"$T/printed" 2>&1 &
        children="$children $!"
    done
    for child in $children; do
        wait "$child" || complain "a hook did not end in time"
    done
    [ ! -s "$T/printed" ] || complain "something was printed"
    equal "$(waiting)" 50
    let_go
    jc emit w a.happened >/dev/null
    stored 51
}

test_hook_does_not_wait_for_an_end_that_never_comes() {
    command -v timeout >/dev/null || skip "there is no timeout program"
    mkfifo "$T/endless"
    exec 4<>"$T/endless"
    payload Stop >&4
    timeout 20 "$JC_PROGRAM" hook <"$T/endless"
    exec 4>&-
    stored 1
}

# Two seconds are what it would wait for more of a payload that is not whole.
test_hook_goes_on_when_what_came_is_whole() {
    command -v timeout >/dev/null || skip "there is no timeout program"
    mkfifo "$T/endless"
    exec 4<>"$T/endless"
    payload Stop >&4
    timeout 1.9 "$JC_PROGRAM" hook <"$T/endless" || complain "it waited for an end"
    exec 4>&-
    stored 1
}

# 65 MiB and a little, of which jc must read all, or the writer is killed.
test_of_a_payload_that_is_too_large_the_head_is_kept() {
    {
        printf '{"session_id":"s1","cwd":"%s","hook_event_name":"PostToolUse","tool_response":"' "$(pwd)"
        head -c 68157440 /dev/zero | tr '\0' x && printf '"}' && : >"$T/written"
    } | (cd / && "$JC_PROGRAM" hook) >"$T/out" 2>"$T/err"
    [ -e "$T/written" ] || complain "the writer could not write all"
    [ ! -s "$T/out" ] && [ ! -s "$T/err" ] || complain "something was printed"
    equal "$(types)" "agent.hook.received "
    jc log s1 --json >"$T/out"
    out_has '"hook_event_name":"PostToolUse","payload_head":"{\"session_id\"'
    out_has "\"payload_size\":$((68157440 + 2 + $(printf '{"session_id":"s1","cwd":"%s","hook_event_name":"PostToolUse","tool_response":"' "$(pwd)" | wc -c)))"
    out_has '"mended":["size"]'
    stored 1
}

test_the_spool_is_taken_up_before_the_next_append() {
    hold_lock
    hook "$(payload PreToolUse ',"tool_use_id":"u1"')"
    let_go
    jc log >/dev/null
    equal "$(waiting)" 1
    jc emit w a.happened >/dev/null
    equal "$(types)" "agent.tool.started a.happened "
    equal "$(waiting)" 0
}

test_what_was_spooled_twice_is_one_event() {
    hold_lock
    hook "$(payload PreToolUse ',"tool_use_id":"u1"')"
    hook "$(payload PreToolUse ',"tool_use_id":"u1"')"
    hook "$(payload Notification ',"message":"hello"')"
    hook "$(payload Notification ',"message":"hello"')"
    let_go
    jc emit w a.happened >/dev/null
    stored 3
}

ten_wait() {
    [ "$(waiting)" -eq 10 ]
}

test_takers_at_once_take_up_each_once() {
    hold_lock
    i=0
    while [ $i -lt 10 ]; do
        i=$((i + 1))
        payload Notification ",\"message\":\"$i\"" >"$T/payload.$i"
        jc hook <"$T/payload.$i" &
    done
    eventually ten_wait
    let_go
    for i in 1 2 3 4; do
        jc emit w$i a.happened >/dev/null &
    done
    wait
    equal "$(waiting)" 0
    stored 14
}

test_a_damaged_file_of_the_spool_is_put_aside() {
    mkdir .jc/spool
    echo '{"rule":"one"' >.jc/spool/000000000000000001-00000000.json
    run emit w a.happened
    succeeds
    [ -e .jc/spool/000000000000000001-00000000.json.bad ] || complain "it is not put aside"
    grep -q '000000000000000001-00000000.json' .jc/hook.log || complain "hook.log does not say so"
    run doctor
    out_has "1 file in .jc/spool/ cannot be taken up"
}

test_what_cannot_be_read_in_the_spool_keeps_nothing_else_there() {
    mkdir -p .jc/spool/000000000000000001-00000000.json
    hold_lock
    hook "$(payload Stop)"
    let_go
    run emit w a.happened
    exits 0
    err_has "000000000000000001-00000000.json"
    equal "$(waiting)" 1
    stored 2
}

test_hook_spools_when_the_log_is_missing_or_foreign() {
    mv .jc/events.db "$T/kept"
    hook "$(payload Stop)"
    equal "$(waiting)" 1
    echo rubbish >.jc/events.db
    hook "$(payload SessionEnd)"
    equal "$(waiting)" 2
    cp "$T/kept" .jc/events.db
    jc emit w a.happened >/dev/null
    stored 3
}

# jc hook, as a user to whom something can be forbidden: nothing is to root.
hook_as_somebody() {
    status=0
    if [ "$(id -u)" -ne 0 ]; then
        "$JC_PROGRAM" hook <"$T/in" >"$T/out" 2>"$T/err" || status=$?
    else
        command -v setpriv >/dev/null || skip "nothing is forbidden to root"
        as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
        chown -R 65534:65534 "$T"
        $as_nobody test -x "$JC_PROGRAM" || skip "only root can run the program"
        $as_nobody "$JC_PROGRAM" hook <"$T/in" >"$T/out" 2>"$T/err" || status=$?
    fi
    silent
}

test_hook_is_silent_when_nothing_can_be_written() {
    payload Stop >"$T/in"
    chmod -R a-w .jc
    hook_as_somebody
    chmod 000 .jc
    hook_as_somebody
    chmod -R u+rwX .jc
    stored 0
    [ ! -e .jc/hook.log ] || complain "it could write"
}

test_hook_survives_closed_streams() {
    payload Stop >"$T/in"
    jc hook <&- || complain "without standard input"
    jc hook <"$T/in" >&- 2>&- || complain "without standard output"
    stored 1
}

# Nowhere below the project, whichever way it goes: the log, its mirror, the spool, hook.log. The parts are
# joined here, so that no scanner takes this file for a leak.
test_no_secret_reaches_the_disk() {
    secret="ghp_$(printf 'x9K2mQ7vT4nL8wR3bY6cZ1dF5gH0jP2sA4eU')"
    hook "$(payload PreToolUse ",\"tool_use_id\":\"u1\",\"tool_input\":{\"command\":\"curl -u me:$secret x\"}")"
    hook "$(payload PostToolUse ",\"tool_use_id\":\"u1\",\"tool_response\":{\"stdout\":[\"a\",{\"b\":\"$secret\"}]}")"
    hook "$(payload UserPromptSubmit ",\"prompt\":\"use $secret\"")"
    hook "no JSON: $secret"
    hold_lock
    hook "$(payload Stop ",\"last_assistant_message\":\"$secret\"")"
    equal "$(waiting)" 1
    ! grep -rqF "$secret" . || complain "found in: $(grep -rlF "$secret" .)"
    let_go
    jc emit s1 a.done >/dev/null
    ! grep -rqF "$secret" . || complain "found in: $(grep -rlF "$secret" .)"
    equal "$(jc log --json | grep -c 'redacted:github')" 4
}

test_hook_records_no_environment() {
    export CLAUDE_CODE_MESSAGING_TOKEN=of-the-environment
    hook "$(payload Stop)"
    hook 'no JSON'
    unset CLAUDE_CODE_MESSAGING_TOKEN
    if grep -rq of-the-environment .jc; then complain "it is in a file"; fi
}

test_on_a_terminal_hook_says_what_it_is_for() {
    terminal hook >"$T/shown"
    grep -q 'called by agents' "$T/shown" || complain "$(cat "$T/shown")"
}

run_tests
