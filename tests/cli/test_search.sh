#!/bin/sh
# jc search: full text over all events.
. "$(dirname "$0")/lib.sh"

tell_a_story() {
    jc emit fix-login agent.note.learning -d '{"title":"JWT tokens","content":"routes check tokens"}' --agent coder
    jc emit fix-login agent.tool.failed -d '{"tool_name":"Bash","error":"timeout after 30 s"}' --agent coder
    jc emit add-cache agent.note.warning -d '{"title":"Cache","content":"a token may expire"}' --agent tester
}

test_search_prints_the_best_match_first() {
    tell_a_story >/dev/null
    run search 'token*'
    succeeds
    out_lines 4
    head -n 1 "$T/out" | grep -q '^fix-login #1  agent.note.learning  ' || complain "the better match is not first"
    out_has '    JWT tokens'
    out_has 'a token may expire'
}

test_search_json_is_the_mirrors_line() {
    tell_a_story >/dev/null
    run search timeout --json
    succeeds
    sed -n 2p agents/fix-login/events.jsonl | cmp -s - "$T/out" || complain "it is another line"
}

test_search_takes_filters() {
    tell_a_story >/dev/null
    run search 'token*' -w add-cache --json
    out_lines 1
    run search 'token*' --type 'agent.tool.*'
    finds_nothing "jc search: nothing found"
    run search 'token*' --agent tester --json
    out_lines 1
    run search 'token*' -n 1 --json
    out_lines 1
    run search 'token*' --since 2999-01-01
    out_lines 0
    run search x -w unknown
    refused 4 "unknown"
}

test_search_refuses_what_holds_no_word() {
    tell_a_story >/dev/null
    run search '!!!'
    refused 2 "there is no word to search for in '!!!'"
    run search ''
    refused 2 "there is no word"
}

test_search_takes_several_words() {
    tell_a_story >/dev/null
    run search a expire --json
    succeeds
    out_lines 1
    run search '"may expire"' --json
    out_lines 1
    run search '"expire may"' --json
    out_lines 0
}

test_search_without_events_finds_nothing() {
    run search anything
    finds_nothing "jc search: nothing found"
    run search anything --json
    succeeds
    out_lines 0
}

test_search_on_a_disk_that_cannot_be_written() {
    tell_a_story >/dev/null
    rm -f .jc/cache.db*
    mkdir .jc/cache.db
    run search timeout --json
    succeeds
    out_lines 1
}

run_tests
