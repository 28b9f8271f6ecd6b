#!/bin/sh
# jc diff: what changed between two points, and where two workflows part.
. "$(dirname "$0")/lib.sh"

tell_a_story() {
    jc emit w workflow.started --timestamp 2026-01-09T09:00:00Z
    jc emit w feature.started --timestamp 2026-01-09T10:00:00Z -d '{"name":"auth"}'
    jc emit w feature.completed --timestamp 2026-01-09T11:00:00Z -d '{"name":"auth"}'
}

test_diff_shows_what_the_last_event_changed() {
    tell_a_story >/dev/null
    run diff w -1
    succeeds
    out_has '- features[auth].status: "started"'
    out_has '+ features[auth].status: "completed"'
    out_has '+ features[auth].completed_at: "2026-01-09T11:00:00.000000Z"'
    out_has '+ features_completed: 1'
}

test_diff_takes_two_points_of_any_kind() {
    tell_a_story >/dev/null
    run diff w 0 2026-01-09T10:30:00Z --json
    succeeds
    grep -qF '{"kind":"added","path":"features[auth]","pointer":"/features/0","after":{"name":"auth","status":"started"' "$T/out" ||
        complain "the feature is not added"
    run diff w -3 -2
    succeeds
    out_has '+ status: "running"'
    run diff w -1 -1
    exits 0
    out_lines 0
    err_has 'are the same state'
}

test_diff_of_another_projection() {
    tell_a_story >/dev/null
    jc emit w agent.note.idea --agent coder -d '{"title":"t","content":"c"}' >/dev/null
    run diff w -1 -p notes
    succeeds
    out_has '+ by_category.idea: [0]'
    run diff w -1 -p nothing
    refused 2 "there is no projection 'nothing'"
}

test_diff_beyond_the_head_is_not_found() {
    tell_a_story >/dev/null
    run diff w 1 9
    refused 4 "it is at #3"
    run diff nobody 1 2
    refused 4 "nobody"
}

test_diff_of_two_workflows() {
    tell_a_story >/dev/null
    jc emit v workflow.started >/dev/null
    jc emit v feature.started -d '{"name":"other"}' >/dev/null
    run diff --workflows w v
    succeeds
    out_has 'part at #2: data'
    out_has '- w #2: feature.started  {"name":"auth"}'
    out_has '+ v #2: feature.started  {"name":"other"}'
    run diff --workflows w v --json
    out_lines 1
    out_has '{"sequence":2,"differs":"data","first":{"position":2,'
    run diff --workflows w w
    out_has 'the same events in both'
    run diff --workflows w v 3
    refused 2 "--workflows compares two"
}

run_tests
