#!/bin/sh
# jc import of what agents recorded themselves.
. "$(dirname "$0")/lib.sh"

: "${JC_SOURCE:?the folder of the sources}"
records=$JC_SOURCE/tests/agents/transcripts
session=5e55100a-0000-4000-8000-000000000001

# What is stored, without what the store adds.
events() {
    jc export "$@" | sed 's/^{"position":[0-9]*,/{/; s/,"hash":"[0-9a-f]*"}$/}/'
}

# What is stored is what stands in the golden of that name.
tells() {
    events >"$T/events"
    diff "$records/$1.expected.jsonl" "$T/events" >"$T/diff" || { cat "$T/diff"; return 1; }
    jc verify >/dev/null
}

test_a_session_with_a_subagent_comes_in() {
    run import "$records/$session.jsonl"
    succeeds
    out_has "imported 33 events (claude-transcript, 2 files, 36 lines, 1 torn and skipped)"
    tells "$session"
}

test_a_session_of_an_older_client_comes_in() {
    run import "$records/older-session.jsonl"
    succeeds
    tells older-session
}

test_a_transcript_imported_again_stores_nothing_twice() {
    jc import "$records/$session.jsonl" >/dev/null
    run import "$records/$session.jsonl" --json
    succeeds
    out_has '"stored":0,"already_stored":33,"lines":36,"files":2,"torn":1,"too_long":0'
}

test_a_transcript_goes_to_the_workflow_that_is_named() {
    run import -w shop "$records/older-session.jsonl"
    succeeds
    equal "$(jc workflows --json | grep -c '"workflow_id":"shop"')" 1
    equal "$(jc workflows --json | wc -l | tr -d ' ')" 1
}

run_tests
