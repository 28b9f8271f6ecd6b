#!/bin/sh
# jc state: what a workflow's events come to, now and at points of its past.
. "$(dirname "$0")/lib.sh"

# Five events, one an hour from nine o'clock on.
tell_a_story() {
    jc emit w workflow.started --timestamp 2026-01-09T09:00:00Z -d '{"description":"login"}'
    jc emit w feature.started --timestamp 2026-01-09T10:00:00Z -d '{"name":"auth"}'
    jc emit w feature.failed --timestamp 2026-01-09T11:00:00Z -d '{"name":"auth","error":"no link"}'
    jc emit w feature.started --timestamp 2026-01-09T12:00:00Z -d '{"name":"auth"}'
    jc emit w agent.note.learning --timestamp 2026-01-09T13:00:00Z --agent coder \
        -d '{"title":"argon2","content":"is a library"}'
}

test_state_shows_where_a_workflow_stands() {
    tell_a_story >/dev/null
    run state w
    succeeds
    out_has '"status": "running"'
    out_has '"attempts": 2'
    out_has '"retries": 1'
}

test_state_json_says_what_was_applied() {
    tell_a_story >/dev/null
    run state w --json --at 3
    succeeds
    out_lines 1
    grep -q '^{"workflow_id":"w","projection":"workflow","version":1,"sequence":3,"events":3,"timestamp":"2026-01-09T11:00:00.000000Z","state":{"status":"running",' "$T/out" ||
        complain "the members are others"
    out_has '"error":"no link"'
}

test_state_before_the_first_event_is_the_initial_one() {
    tell_a_story >/dev/null
    run state w --json --at 0
    prints '{"workflow_id":"w","projection":"workflow","version":1,"sequence":0,"events":0,"state":{"features":[],"features_total":0,"features_completed":0,"retries":0,"commits":[],"worktrees":[]}}'
    run state w --json --at 2026-01-09T08:59:59Z
    out_has '"sequence":0'
}

test_state_at_a_distance_and_at_a_time() {
    tell_a_story >/dev/null
    run state w --at -2 --json
    out_has '"sequence":3'
    run state w --at=-5 --json
    out_has '"sequence":0'
    run state w --at 2026-01-09T11:30:00Z --json
    out_has '"sequence":3'
    TZ=America/New_York run state w --at '2026-01-09 07:00' --json
    out_has '"sequence":4'
    run -v state w --at 2026-01-09T11:30:00Z --json
    err_has "is 2026-01-09T11:30:00.000000Z"
    err_has "3 events replayed"
}

test_state_beyond_the_head_is_not_found() {
    tell_a_story >/dev/null
    run state w --at 6
    refused 4 "it is at #5"
    run state w --at -6
    refused 4 "it is at #5"
    run state nothing
    refused 4 "no workflow 'nothing'"
}

test_points_that_are_none_are_bad_usage() {
    tell_a_story >/dev/null
    for point in '' 1.5 '#3' -x 99999999999999999999 2026-02-30; do
        run state w --at "$point"
        refused 2 "--at"
    done
    run state ../x
    refused 2 "workflow"
}

test_projections_are_chosen_by_name() {
    tell_a_story >/dev/null
    run state w -p notes --json
    succeeds
    out_has '"by_category":{"learning":[0]}'
    run state w -p nonsense
    refused 2 "there are workflow, notes"
}

run_tests
