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
    grep -q '^{"workflow_id":"w","projection":"workflow","version":3,"sequence":3,"events":3,"timestamp":"2026-01-09T11:00:00.000000Z","state":{"status":"running",' "$T/out" ||
        complain "the members are others"
    out_has '"error":"no link"'
}

test_state_before_the_first_event_is_the_initial_one() {
    tell_a_story >/dev/null
    run state w --json --at 0
    prints '{"workflow_id":"w","projection":"workflow","version":3,"sequence":0,"events":0,"state":{"features":[],"features_total":0,"features_completed":0,"retries":0,"commits":[],"worktrees":[]}}'
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
    err_has "from no snapshot, 3 events replayed"
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
    if grep -q 'of this project' "$T/err"; then complain "the project has none of its own"; fi
}

# The project's own projection NAME: own NAME TEXT.
own() {
    mkdir -p .jc/projections
    printf '%s\n' "$2" >".jc/projections/$1.jq"
}

test_a_project_has_projections_of_its_own() {
    tell_a_story >/dev/null
    own counts 'def init: {count: 0}; def apply($event): .count += 1;'
    own other 'def init: {}; def apply($event): .;'
    run state w -p counts --json --at 3
    succeeds
    revision=$(sha256sum .jc/projections/counts.jq | cut -d' ' -f1)
    prints "{\"workflow_id\":\"w\",\"projection\":\"counts\",\"version\":1,\"revision\":\"$revision\",\"sequence\":3,\"events\":3,\"timestamp\":\"2026-01-09T11:00:00.000000Z\",\"state\":{\"count\":3}}"
    run state w -p counts --at 0
    out_has '"count": 0'
    run state w -p nonsense
    refused 2 "and of this project's own, .jc/projections/NAME.jq, counts, other"
}

test_a_built_in_projection_is_the_built_in_one() {
    tell_a_story >/dev/null
    own workflow 'def init: {mine: 1}; def apply($event): .;'
    run state w
    succeeds
    out_lacks mine
}

test_the_examples_of_the_documentation_work() {
    tell_a_story >/dev/null
    mkdir -p .jc/projections
    cp "$JC_SOURCE"/docs/examples/projections/*.jq .jc/projections/
    cat .jc/projections/*.jq | while IFS= read -r line; do
        grep -qxF -- "$line" "$JC_SOURCE/docs/PROJECTIONS.md" || complain "not in the text: $line"
    done
    jc emit w agent.tool.completed --agent coder \
        -d '{"tool_name":"Edit","tool_input":{"file_path":"src/login.c"}}' >/dev/null
    run state w -p retries --jq '[.features.auth, .retries]'
    prints '[2,1]'
    run state w -p files --jq .agents
    prints '{"coder":{"src/login.c":1}}'
}

test_mistakes_of_a_program_name_file_line_and_event() {
    tell_a_story >/dev/null
    own bad 'def init: {a: 1};
def apply($event): .a.name = 1;'
    run state w -p bad
    refused 2 "w #1: .jc/projections/bad.jq: Cannot index number with"
    own bad 'def init: {};
def apply($event): . |;'
    run state w -p bad
    refused 2 ".jc/projections/bad.jq: line 2: syntax error"
    own bad 'def init: {}; def apply($event): .t = now;'
    run state w -p bad
    refused 2 "now is not allowed"
    own bad 'import "x" as x; def init: {};'
    run state w -p bad
    refused 2 ".jc/projections/bad.jq: line 1: import is not allowed"
    run state w -p ../bad
    refused 2 "no name of a projection"
}

test_jq_prints_each_output_on_a_line() {
    tell_a_story >/dev/null
    run state w --jq '.features[] | .name, .attempts, {a: [.status]}'
    succeeds
    prints '"auth"
2
{"a":["started"]}'
    run state w --at 0 --jq 'empty'
    succeeds
    prints ''
    run state w --at 2 --json --jq '.features[0].attempts'
    prints 1
}

test_what_jq_prints_is_harmless_for_a_terminal() {
    tell_a_story >/dev/null
    run state w --jq '[155, 127] | implode'
    prints '"\u009b\u007f"'
    run state w --json --jq '[155] | implode | length'
    prints 1
}

test_mistakes_in_jq_are_bad_usage() {
    tell_a_story >/dev/null
    run state w --jq '.features |'
    refused 2 "--jq: line 1: syntax error"
    run state w --jq '.features.x'
    refused 2 "--jq: Cannot index array with"
    run state w --jq '$ENV.HOME'
    refused 2 '--jq: line 1: $ENV is not allowed'
    run state w --jq 'input'
    refused 2 "--jq: input is not allowed"
}

test_without_jqs_library_it_says_what_to_install() {
    [ "$(uname)" = Linux ] || skip "the library is found in another way"
    tell_a_story >/dev/null
    own counts 'def init: {count: 0}; def apply($event): .count += 1;'
    mkdir "$T/lib"
    echo "no library" >"$T/lib/libjq.so.1"
    LD_LIBRARY_PATH=$T/lib run state w -p counts
    refused 1 "install it (Debian and Ubuntu: libjq1; elsewhere: jq)"
    LD_LIBRARY_PATH=$T/lib run state w
    succeeds
}

test_outputs_without_end_end_with_the_pipe() {
    tell_a_story >/dev/null
    equal "$(jc state w --jq 'repeat(1)' | head -n 2 | tr '\n' ' ')" "1 1 "
}

run_tests
