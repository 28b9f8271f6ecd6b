#!/bin/sh
# jc log, show, workflows, types, head: reading.
. "$(dirname "$0")/lib.sh"

# Six events of two workflows, at whole minutes.
fill() {
    jc emit --batch >/dev/null <<'LINES'
{"workflow_id":"a","event_type":"workflow.started","timestamp":"2026-01-09T10:00:00Z","id":"aaaa0001-0000-7000-8000-000000000000"}
{"workflow_id":"b","event_type":"workflow.started","timestamp":"2026-01-09T10:01:00Z","id":"aaaa0002-0000-7000-8000-000000000000"}
{"workflow_id":"a","event_type":"feature.started","timestamp":"2026-01-09T10:02:00Z","agent_id":"coder","data":{"name":"login"},"id":"aaaa0003-0000-7000-8000-000000000000"}
{"workflow_id":"a","event_type":"feature.completed","timestamp":"2026-01-09T10:03:00Z","agent_id":"coder","correlation_id":"c-1","data":{"name":"Login Form","duration_ms":61000},"id":"aaaa0004-0000-7000-8000-000000000000"}
{"workflow_id":"b","event_type":"agent.note.learning","timestamp":"2026-01-09T10:04:00Z","agent_id":"tester","data":{"title":"tokens","content":"they expire","tags":["auth","time"]},"id":"aaaa0005-0000-7000-8000-000000000000"}
{"workflow_id":"a","event_type":"workflow.completed","timestamp":"2026-01-09T10:05:00Z","id":"bbbb0006-0000-7000-8000-000000000000"}
LINES
}

# The positions that the last `jc log --json` printed.
positions() {
    equal "$(sed 's/^{"position":\([0-9]*\),.*/\1/' "$T/out" | tr '\n' ' ' | sed 's/ $//')" "$1"
}


test_all_events_come_by_position() {
    fill
    run log --json
    succeeds
    positions "1 2 3 4 5 6"
    jc export | cmp - "$T/out"
}

test_one_workflow_comes_by_sequence() {
    fill
    run log a --json
    positions "1 3 4 6"
    cmp "$T/out" agents/a/events.jsonl
}

test_several_workflows_come_by_position() {
    fill
    run log b a --json
    positions "1 2 3 4 5 6"
    run log b --json
    positions "2 5"
}

test_type_globs_match_dots_too() {
    fill
    run log --type 'feature.*' --json
    positions "3 4"
    run log --type '*completed' --json
    positions "4 6"
    run log --type 'workflow.started' --type 'agent*' --json
    positions "1 2 5"
    run log --type 'workflow' --json
    positions ""
}

test_agent_and_correlation_are_compared_exactly() {
    fill
    run log --agent coder --json
    positions "3 4"
    run log --agent code --json
    positions ""
    run log --correlation c-1 --json
    positions "4"
}

test_since_and_until_are_inclusive() {
    fill
    run log --since 2026-01-09T10:02:00Z --until 2026-01-09T10:04:00Z --json
    positions "3 4 5"
    run log a --since 2026-01-09T10:02:00.000001Z --json
    positions "4 6"
}

test_from_and_to_are_sequences_of_one_workflow_and_else_positions() {
    fill
    run log --from 2 --to 4 --json
    positions "2 3 4"
    run log a --from 2 --to 3 --json
    positions "3 4"
    run log a b --from 5 --json
    positions "5 6"
    run log --from 3 --to 2
    refused 2 "--from 3"
    run log --to 0
    refused 2 "--to 0"
}

test_n_is_the_last_n_whatever_else_is_asked() {
    fill
    run log -n 2 --json
    positions "5 6"
    run log a -n 2 --json
    positions "4 6"
    run log -n 100 --json
    positions "1 2 3 4 5 6"
    run log -n 0 --json
    positions ""
    run log -n 1 --type 'feature.*' --json
    positions "4"
    run log -n 1 --grep login --json
    positions "4"
    run log -n 2 --to 4 --json
    positions "3 4"
    run log -n 3 --from 6 --json
    positions "6"
}

test_reverse_is_newest_first() {
    fill
    run log --reverse --json
    positions "6 5 4 3 2 1"
    run log a --reverse -n 2 --json
    positions "6 4"
    run log --reverse -n 0 --json
    positions ""
    run log --reverse --type 'workflow.*' -n 2 --json
    positions "6 2"
}

test_grep_looks_into_type_agent_ids_and_data_in_either_case() {
    fill
    run log --grep LOGIN --json
    positions "3 4"
    run log --grep tester --json
    positions "5"
    run log --grep note.learn --json
    positions "5"
    run log --grep bbbb0006 --json
    positions "6"
    run log --grep nothing --json
    positions ""
}

test_where_compares_a_path() {
    fill
    run log --where data.name=login --json
    positions "3"
    run log --where data.duration_ms=61000 --json
    positions "4"
    run log --where /data/tags/1=time --json
    positions "5"
    run log --where agent_id=coder --where 'data.name=Login Form' --json
    positions "4"
    run log --where data.name --json
    refused 2 "PATH=VALUE"
}

test_an_unknown_workflow_is_not_found() {
    fill
    run log nowhere
    refused 4 "'nowhere'"
    run log a nowhere
    refused 4 "'nowhere'"
    run log ../a
    refused 2 "workflow"
    run export nowhere
    refused 4 "'nowhere'"
    run head nowhere
    refused 4 "'nowhere'"
    run verify nowhere
    refused 4 "'nowhere'"
}

test_an_empty_log_prints_nothing() {
    run log
    succeeds
    prints ""
    run workflows
    finds_nothing "jc workflows: there are no workflows yet: 'jc emit' appends their events"
    run export
    succeeds
    prints ""
}

test_people_see_time_sequence_type_agent_and_what_matters() {
    fill
    run log a
    succeeds
    prints "2026-01-09 10:00:00  #1  workflow.started
2026-01-09 10:02:00  #2  feature.started     coder  login
2026-01-09 10:03:00  #3  feature.completed   coder  Login Form · 1m 01s
2026-01-09 10:05:00  #4  workflow.completed"
    run log -n 2
    out_has "b  #2  agent.note.learning  tester  tokens · they expire"
}

test_times_are_shown_in_the_local_zone() {
    fill
    export TZ=Europe/Berlin
    run log a -n 1
    out_has "2026-01-09 11:05:00"
}

test_control_characters_of_data_never_reach_the_terminal() {
    jc emit w agent.note.warning --agent a -d '{"title":"\u001b[31mred\u0007","content":"\nnext\u009b\u202e"}' >/dev/null
    jc emit w x.happened -d "$(printf '{"raw":"\302\2335m"}')" >/dev/null
    for command in "log" "log w" "show $(jc log --json -n 1 | sed 's/.*"id":"\([^"]*\)".*/\1/')"; do
        jc $command >"$T/out"
        equal "$(tr -d '\040-\176\n\200-\377' <"$T/out" | wc -c | tr -d ' ')" 0
        if grep -q "$(printf '\302\233')" "$T/out"; then complain "a control character came through"; fi
    done
    run log w
    out_has '\u001b[31mred\u0007'
    out_has '\nnext'
    out_has '\u009b\u202e'
}

test_a_terminal_gets_colours_and_ages_unless_NO_COLOR() {
    fill
    escape=$(printf '\033')
    terminal log >"$T/out"
    out_has "$escape["
    out_has " ago"
    (export NO_COLOR=1 && terminal log) >"$T/out"
    out_lacks "$escape"
    out_has " ago"
    run log
    out_lacks "$escape"
    out_lacks " ago"
}

test_lines_fit_the_terminal() {
    jc emit w x.happened -d "{\"text\":\"$(printf '%0500d' 0)\"}" >/dev/null
    (export NO_COLOR=1 COLUMNS=80 && terminal log) >"$T/out"
    equal "$(tr -d '\r' <"$T/out" | sed 's/…/./' | awk '{ print length($0) <= 80 }' | sort -u)" 1
}

# The last event's line, behind its type.
says() {
    jc emit w "$1" --data "$2" >/dev/null
    equal "$(jc log w -n 1 | sed 's/^.* '"$1"' *//')" "$3"
}

test_a_batch_of_calls_names_its_tools() {
    says agent.tool_batch.completed '{"tool_calls":[{"tool_name":"Bash"},{"tool_name":"Write","tool_input":{}}]}' "Bash, Write"
    says agent.tool_batch.completed '{"tool_calls":[{"tool_name":"a"},{"tool_name":"b"},{"n":1},7,{"tool_name":"c"},{"tool_name":"d"},{"tool_name":"e"},{"tool_name":"f"}]}' "a, b, c, d, e, …"
}

test_of_a_turn_without_an_answer_its_duration_is_shown() {
    jc emit w turn.completed -d '{"session_id":"s1","duration_ms":3000}' >/dev/null
    run log w
    out_has " 3s"
    out_lacks '{'
}

test_of_a_session_without_more_its_id_is_shown() {
    jc emit w session.started -d '{"session_id":"s1","originator":"x"}' >/dev/null
    run log w
    out_has " s1"
    out_lacks '{'
}

test_of_an_agents_record_that_says_nothing_the_data_is_not_shown() {
    jc emit w turn.completed -d '{"session_id":"s1","transcript_uuid":"u"}' >/dev/null
    run log w
    out_has "turn.completed"
    out_lacks '{'
}

test_of_other_data_that_says_nothing_known_the_data_is_shown() {
    jc emit w turn.completed -d '{"n":1}' >/dev/null
    run log w
    out_has '{"n":1}'
}

test_a_note_that_is_its_title_is_shown_once() {
    says agent.note.learning '{"agent_id":"a","title":"tokens expire","content":"tokens expire"}' "a  tokens expire"
    says agent.note.learning '{"agent_id":"a","title":"tokens","content":"they expire"}' "a  tokens · they expire"
    says phase.changed '{"from_phase":"a","to_phase":"a"}' "a → a"
}

test_other_hooks_show_what_they_are_about() {
    says agent.hook.received '{"hook_event_name":"PreCompact","trigger":"auto","custom_instructions":null,"cwd":"/x"}' "PreCompact · auto"
    says agent.hook.received '{"hook_event_name":"FileChanged","file_path":"/x/a.c","event":"change"}' "FileChanged · change · /x/a.c"
    says agent.hook.received '{"hook_event_name":"UserPromptExpansion","command_name":"review","command_args":"main"}' "UserPromptExpansion · review · main"
    says agent.hook.received '{"hook_event_name":"PostModelSwitch","from_model":"m","to_model":"n","source":"user"}' "PostModelSwitch · m → n"
    says agent.hook.received '{"hook_event_name":"CwdChanged","old_cwd":"/a","new_cwd":"/b"}' "CwdChanged · /a → /b"
    says agent.hook.received '{"hook_event_name":"ElicitationResult","mcp_server_name":"shop","message":"Which?","action":"accept"}' "ElicitationResult · shop · Which? · accept"
}

test_v_says_how_a_time_was_understood() {
    fill
    export TZ=Europe/Berlin
    run log -v --since '2026-01-09 11:04' --json
    exits 0
    err_has "--since '2026-01-09 11:04' is 2026-01-09T10:04:00.000000Z"
    positions "5 6"
}

test_show_finds_an_event_by_the_beginning_of_its_id() {
    fill
    run show bbbb --json
    succeeds
    positions "6"
    run show BBBB0006
    succeeds
    out_has "workflow.completed"
    run show aaaa0004
    out_has '"name": "Login Form"'
    out_has '"duration_ms": 61000'
    run show aaaa
    refused 2 "several"
    run show cccc
    refused 4 "cccc"
    run show xyz
    refused 2 "'xyz'"
    run show aa
    refused 2 "'aa'"
}

test_show_indents_data_without_changing_it() {
    jc emit w x.happened --id cccc0001-0000-7000-8000-000000000000 -d '{"a":[1,{},[],{"b":"x, y: {z}"}],"n":1E+2}' >/dev/null
    run show cccc
    sed -n '/^data$/,$p' "$T/out" >"$T/data"
    equal "$(cat "$T/data")" 'data
{
  "a": [
    1,
    {},
    [],
    {
      "b": "x, y: {z}"
    }
  ],
  "n": 1E+2
}'
}

test_workflows_lists_counts_and_times() {
    fill
    run workflows
    succeeds
    out_has "a                4  2026-01-09 10:00:00  2026-01-09 10:05:00"
    run workflows --json
    out_lines 2
    out_has '{"workflow_id":"a","events":4,"first_at":"2026-01-09T10:00:00.000000Z","last_at":"2026-01-09T10:05:00.000000Z","last_position":6,"hash":"'
}

test_types_lists_rules_and_where_they_are_declared() {
    run types
    succeeds
    out_has "built in:"
    out_has "feature.completion_reverted"
    out_has "[agent_id title content]"
    run types --json
    out_has '{"event_type":"workflow.started","required":"","description":"a workflow began","declared":"built in"}'
}

test_types_lists_the_built_in_ones_outside_of_a_project() {
    mkdir "$T/elsewhere"
    cd "$T/elsewhere"
    run types
    succeeds
    out_has "workflow.started"
}

test_head_prints_store_position_and_hash() {
    fill
    run head
    succeeds
    grep -qE '^[0-9a-f-]{36} 6 [0-9a-f]{64}$' "$T/out"
    run head a
    succeeds
    prints "a 4 $(tail -n 1 agents/a/events.jsonl | sed 's/.*"hash":"\([0-9a-f]*\)"}$/\1/')"
    run head a --json
    out_has '{"workflow_id":"a","sequence":4,"hash":"'
    run head --json
    out_has '"position":6,"hash":"'
}

test_head_is_the_hash_over_the_sorted_heads_of_the_workflows() {
    fill
    { jc head a; jc head b; } | sort | sha256sum | cut -d ' ' -f 1 >"$T/expected"
    equal "$(jc head | cut -d ' ' -f 3)" "$(cat "$T/expected")"
}

run_tests
