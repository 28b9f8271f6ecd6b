#!/bin/sh
# jc timings, and the other questions about the past of a workflow: how long did each feature take, what
# was tried again, what was happening at 9:30, how was it before the last event.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/story.sh"

test_timings_show_each_feature_its_attempts_and_totals() {
    tell_the_story
    run timings shop
    succeeds
    out_has "✓ auth    45m 00s"
    out_has "3 attempts  waited 22m 00s"
    out_has "2  failed     10m 00s  from 2026-01-09 09:25:00  to 2026-01-09 09:35:00  waited 5m 00s"
    out_has "✓ cart    30m 00s"
    out_has "3 of 3 features completed   2 retries   worked 1h 04m   waited 1h 31m   median 30m 00s   slowest auth, 45m 00s"
    out_lacks running:
}

test_timings_in_the_past_show_what_ran_then() {
    tell_the_story
    run timings shop --at 2026-01-09T09:30:00Z
    succeeds
    out_has "→ auth    20m 00s"
    out_has "2  running     5m 00s  from 2026-01-09 09:25:00"
    out_has "○ pages         -"
    out_has "running: auth, cart"
    run timings shop --at 0
    prints "no features"
}

test_timings_json_is_a_feature_a_line_and_a_summary() {
    tell_the_story
    run timings shop --json
    succeeds
    out_lines 4
    out_has '{"name":"cart","status":"completed","planned_at":"2026-01-09T09:04:00.000000Z","started_at":"2026-01-09T09:22:00.000000Z","ended_at":"2026-01-09T09:52:00.000000Z","duration_ms":1800000,"worked_ms":1800000,"waited_ms":1080000,"attempts":[{"attempt":1,"status":"completed",'
    equal "$(tail -n 1 "$T/out")" '{"summary":{"workflow_id":"shop","sequence":37,"features":3,"planned":0,"started":0,"completed":3,"failed":0,"attempts":5,"retries":2,"worked_ms":3840000,"waited_ms":5460000,"median_ms":1800000,"slowest":"auth","slowest_ms":2700000}}'
}

test_timings_of_what_is_not_there_are_not_found() {
    tell_the_story
    run timings nothing
    refused 4 "no workflow 'nothing'"
    run timings shop --at 38
    refused 4 "it is at #37"
    run timings shop --at soon
    refused 2 "--at"
}

test_names_from_events_are_harmless_on_a_terminal() {
    jc emit w feature.started -d '{"name":"a\u001b[31mb\u202ec"}' >/dev/null
    run timings w
    succeeds
    out_has 'a\u001b[31mb\u202ec'
}

test_the_log_answers_what_was_happening_at_half_past_nine() {
    tell_the_story
    run log shop --since 2026-01-09T09:28:00Z --until 2026-01-09T09:30:00Z
    succeeds
    out_lines 3
    out_has "subagent.started    coder  Explore"
    run state shop --at 2026-01-09T09:30:00Z --json
    out_has '"phase":"building"'
    out_has '"name":"auth","description":"JWT","status":"started","attempts":2'
}

test_the_log_answers_which_features_failed_and_why() {
    tell_the_story
    run log shop --type feature.failed --where data.name=auth
    succeeds
    out_lines 2
    out_has "auth · tokens never expire"
    run log --grep 'TOKENS NEVER' --json
    out_lines 1
    out_has '"id":"01970000-0000-7000-8000-000000000029"'
}

test_the_last_event_is_undone_by_looking_before_it() {
    tell_the_story
    run state shop --json
    out_has '"features_completed":3'
    run state shop --at -1 --json
    succeeds
    out_has '"sequence":36'
    out_has '"name":"pages","status":"started"'
    out_has '"features_completed":2'
    stored 40
}

test_the_state_says_who_did_what_and_when() {
    tell_the_story
    run state shop -p agents --json
    succeeds
    out_has '{"agent_id":"sub1","agent_type":"Explore","parent_agent_id":"coder","status":"ended"'
    out_has '"responses":1,"tokens":{"input":100,"output":50,"cache_read":1000}'
    run state shop -p agents --at 2026-01-09T09:30:00Z --json
    out_has '"open_calls":[{"tool_use_id":"u3","tool_name":"Agent","agent_id":"coder","started_at":"2026-01-09T09:28:00.000000Z","sequence":23},{"tool_use_id":"u4"'
    run state shop -p timeline --json
    succeeds
    out_has '{"id":"tool:25","parent_id":"subagent:24","kind":"tool","name":"Grep","agent_id":"sub1","started_at":"2026-01-09T09:29:00.000000Z","ended_at":"2026-01-09T09:31:00.000000Z","duration_ms":120000,"status":"completed"'
}

run_tests
