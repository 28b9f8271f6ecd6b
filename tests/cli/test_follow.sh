#!/bin/sh
# jc log -f: events as they come. A follower runs in the background and writes to $T/follow; it is ended
# by its process id.
. "$(dirname "$0")/lib.sh"

follower=

follow() {
    "$JC_PROGRAM" log -f "$@" >"$T/follow" 2>"$T/follow.err" &
    follower=$!
    trap 'kill "$follower" 2>/dev/null || true' EXIT
}

has_lines() {
    [ "$(wc -l <"$T/follow")" -eq "$1" ]
}

test_events_of_other_processes_come_in_order() {
    jc emit w a.happened >/dev/null
    follow --json
    eventually has_lines 1
    for n in 1 2 3 4 5; do
        jc emit w b.happened -d "{\"n\":$n}" >/dev/null
    done
    eventually has_lines 6
    cmp "$T/follow" agents/w/events.jsonl
}

test_a_workflow_that_does_not_exist_yet_can_be_waited_for() {
    follow later --json
    jc emit other a.happened >/dev/null
    jc emit later a.happened >/dev/null
    eventually has_lines 1
    cmp "$T/follow" agents/later/events.jsonl
}

test_n_shows_the_last_n_and_goes_on() {
    for n in 1 2 3; do
        jc emit w a.happened -d "{\"n\":$n}" >/dev/null
    done
    follow -n 1 --json
    eventually has_lines 1
    grep -q '"n":3' "$T/follow"
    jc emit w a.happened -d '{"n":4}' >/dev/null
    eventually has_lines 2
    tail -n 2 agents/w/events.jsonl | cmp - "$T/follow"
}

test_n_0_shows_only_what_is_new() {
    jc emit w a.happened >/dev/null
    jc emit v a.happened >/dev/null
    follow w -n 0 --json
    # The follower has started once it shows this event; it may be the second or a later one.
    show_another() {
        jc emit w b.happened >/dev/null
        [ -s "$T/follow" ]
    }
    eventually show_another
    if grep -q a.happened "$T/follow"; then complain "an old event was shown"; fi
}

test_n_of_an_empty_log_misses_nothing() {
    follow -n 5 --json
    jc emit w a.happened >/dev/null
    eventually has_lines 1
}

test_filters_hold_for_what_comes() {
    follow --type 'b.*' --grep needle --where data.n=1 --json
    jc emit w a.happened -d '{"n":1,"x":"needle"}' >/dev/null
    jc emit w b.happened -d '{"n":2,"x":"needle"}' >/dev/null
    jc emit w b.happened -d '{"n":1,"x":"hay"}' >/dev/null
    jc emit w b.happened -d '{"n":1,"x":"needle"}' >/dev/null
    eventually has_lines 1
    sed -n 4p agents/w/events.jsonl | cmp - "$T/follow"
}

test_people_see_lines_as_they_come() {
    follow
    jc emit w feature.started -d '{"name":"login"}' >/dev/null
    eventually grep -q 'w  #1  feature.started  login' "$T/follow"
}

test_follow_ends_when_nobody_reads_any_more() {
    jc emit w a.happened >/dev/null
    { jc log -f 2>"$T/err"; echo $? >"$T/code"; } | head -n 1 >"$T/out"
    equal "$(cat "$T/code")" 0
    [ ! -s "$T/err" ] || complain "expected nothing on stderr"
}

test_follow_and_reverse_exclude_each_other() {
    run log -f --reverse
    refused 2 "--reverse"
}

# A follower that does not end by itself is ended after ten seconds, and its exit code tells.
follow_to_the_end() {
    status=0
    timeout 10 "$JC_PROGRAM" log -f "$@" >"$T/out" 2>"$T/err" || status=$?
}

test_follow_ends_behind_to() {
    for n in 1 2 3; do jc emit w a.happened >/dev/null; done
    follow_to_the_end w --to 2 --json
    succeeds
    out_lines 2
    (sleep 0.3 && jc emit w a.happened >/dev/null && jc emit w a.happened >/dev/null) &
    follow_to_the_end w --to 5 --json
    succeeds
    out_lines 5
    wait
    follow_to_the_end --to 4 --type none.of.these
    succeeds
}

test_follow_ends_when_until_is_over() {
    jc emit w a.happened >/dev/null
    follow_to_the_end --until "$(date -u +%Y-%m-%dT%H:%M:%SZ -d '+2 seconds' 2>/dev/null || date -u -v+2S +%Y-%m-%dT%H:%M:%SZ)" --json
    succeeds
    out_lines 1
}

run_tests
