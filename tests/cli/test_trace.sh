#!/bin/sh
# jc trace: what belongs together, as a tree of causes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/story.sh"

test_a_trace_is_a_tree_over_all_workflows() {
    tell_the_story
    run trace req-42
    succeeds
    out_has "20 events of 2 workflows in 1h 00m, from 2026-01-09 09:00:00"
    out_has "+0ms     workflow.started  users can log in  shop #1  lead"
    out_has "+10m 00s │  └─ feature.started  auth  after 7m 00s  shop #12  coder"
    out_has "+21m 00s │        ├─ agent.note.warning  database · is not up  after 1m 00s  shop #20  coder"
    out_has "└─ agent.note.decision  expiry · an hour  after 2m 00s  review #2  reviewer"
    out_has "+5m 00s  └─ feature.planned  pages"
    out_lacks agent.tool
}

test_a_trace_of_one_workflow_names_causes_outside_of_it() {
    tell_the_story
    run trace req-42 -w review
    succeeds
    out_has "3 events of review in 3m 00s"
    out_has "+0ms     workflow.started  auth  #1  reviewer  caused from outside by 01970000-0000-7000-8000-000000000030"
    run trace req-42 -w review -w shop
    out_has "20 events of 2 workflows"
}

test_trace_json_is_an_event_a_line_with_its_depth() {
    tell_the_story
    run trace req-42 --json
    succeeds
    out_lines 20
    head -n 1 "$T/out" | grep -q '^{"depth":0,"offset_ms":0,"cause":"none","event":{"position":1,"id":"01970000-0000-7000-8000-000000000001",' ||
        complain "the first line is another"
    out_has '{"depth":2,"offset_ms":600000,"cause":"inside","since_cause_ms":420000,"event":{"position":12,'
    sed 's/.*,"event":\(.*\)}$/\1/' "$T/out" | sort >"$T/events"
    jc log --correlation req-42 --json | sort | cmp - "$T/events"
}

test_an_unknown_correlation_is_not_found() {
    tell_the_story
    run trace nothing
    refused 4 "no event with the correlation id 'nothing'"
    run trace req-42 -w elsewhere
    refused 4 "no event"
    run trace req-42 -w ../x
    refused 2 "workflow"
    run trace
    refused 2 ""
}

test_events_that_cause_each_other_are_told_once() {
    for pair in 1,2 2,1 3,3; do
        jc emit w a.happened --correlation c --id "$(printf '01970000-0000-7000-8000-%012d' "${pair%,*}")" \
            --causation "$(printf '01970000-0000-7000-8000-%012d' "${pair#*,}")" >/dev/null
    done
    run trace c
    succeeds
    out_lines 4
    out_has "caused in a circle by 01970000-0000-7000-8000-000000000002"
    out_has "caused in a circle by 01970000-0000-7000-8000-000000000003"
}

test_a_deep_chain_is_drawn_with_lines_of_bounded_length() {
    awk 'BEGIN { for (i = 1; i <= 3000; i++) printf "{\"id\":\"01970000-0000-7000-8000-%012d\",\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"correlation_id\":\"c\",\"causation_id\":\"01970000-0000-7000-8000-%012d\"}\n", i, i - 1 }' |
        jc emit --batch >/dev/null
    run trace c
    succeeds
    out_lines 3001
    out_has "[2999 deep] └─ a.happened"
    equal "$(awk '{ if (length($0) > 300) print }' "$T/out")" ""
}

run_tests
