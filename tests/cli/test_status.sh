#!/bin/sh
# jc status: how far a workflow and its features are.
. "$(dirname "$0")/lib.sh"

tell_a_story() {
    jc emit w workflow.started -d '{"description":"users can log in"}'
    jc emit w phase.changed -d '{"to_phase":"building"}'
    jc emit w feature.planned -d '{"name":"hashing","description":"argon2id"}'
    jc emit w feature.planned -d '{"name":"a form"}'
    jc emit w feature.started -d '{"name":"hashing"}' --timestamp 2026-01-09T09:00:00Z
    jc emit w feature.failed -d '{"name":"hashing","error":"no link"}' --timestamp 2026-01-09T09:01:00Z
    jc emit w feature.started -d '{"name":"hashing"}' --timestamp 2026-01-09T09:02:00Z
    jc emit w feature.completed -d '{"name":"hashing","cost_usd":0.215}' --timestamp 2026-01-09T09:08:20Z
    jc emit w feature.failed -d '{"name":"sessions","error":"no redis"}'
    jc emit w feature.started -d '{"name":"mail"}'
}

test_status_shows_progress_and_features() {
    tell_a_story >/dev/null
    run status w
    succeeds
    sed 's/started .*/started …/' "$T/out" >"$T/shown"
    cat >"$T/wanted" <<'END'
w   running   phase building
users can log in
█████░░░░░░░░░░░░░░░  25 %   1 of 4 features   1 retry   $0.21
  ✓ hashing    2 attempts   8m 20s   $0.21
  ○ a form
  ✗ sessions   no redis
  → mail       started …
END
    diff "$T/wanted" "$T/shown"
}

test_status_shortens_what_costs_too_much() {
    jc emit w feature.completed -d '{"name":"a","cost_usd":1.7e308}' >/dev/null
    jc emit w feature.completed -d '{"name":"b","cost_usd":999999999.5}' >/dev/null
    run status w
    succeeds
    out_has '$1.7e+308'
    out_has '$999999999.50'
    run log w
    out_has '$1.7e+308'
    out_has '$999999999.50'
}

test_status_without_a_workflow_shows_the_one_heard_of_last() {
    run status
    refused 4 "no workflows yet"
    jc emit a workflow.started >/dev/null
    jc emit b workflow.started >/dev/null
    jc emit a agent.note.idea --agent x -d '{"title":"t","content":"c"}' >/dev/null
    run status
    succeeds
    out_has "a   running"
}

test_status_of_all_workflows_is_a_table() {
    tell_a_story >/dev/null
    jc emit other workflow.started >/dev/null
    jc emit other workflow.completed >/dev/null
    run status --all
    succeeds
    out_lines 2
    grep -q '^other  completed .* 100 %  0/0$' "$T/out" || complain "the completed one is not"
    run status --all w
    refused 2 "--all"
}

test_status_json_holds_the_state() {
    tell_a_story >/dev/null
    run status w --json
    succeeds
    out_lines 1
    out_has '{"workflow_id":"w","sequence":10,"progress_percentage":25,"state":{"status":"running"'
}

test_status_says_why_a_workflow_waits_and_shows_descriptions_when_asked() {
    tell_a_story >/dev/null
    jc emit w workflow.paused -d '{"reason":"which key?"}' >/dev/null
    run status w -v
    exits 0
    out_has "w   paused: which key?"
    out_has "    argon2id"
}

test_status_shows_nothing_that_plays_tricks_on_a_terminal() {
    jc emit w feature.planned -d '{"name":"red\u001b[31m\u009b\nline"}' >/dev/null
    run status w
    succeeds
    out_lines 3
    out_has 'red\u001b[31m\u009b\nline'
}

test_status_of_a_workflow_that_is_none() {
    run status nothing
    refused 4 "no workflow 'nothing'"
    run status ../x
    refused 2 "workflow"
}

# A session as its hooks and its transcript tell it.
record_a_session() {
    jc emit s session.started --agent main -d '{"session_id":"s"}'
    jc emit s turn.started --agent main -d '{"session_id":"s","prompt":"go","human":true}'
    jc emit s agent.tool.started --agent main -d '{"session_id":"s","tool_name":"Agent","tool_use_id":"t1"}'
    jc emit s agent.tool.completed --agent main \
        -d '{"session_id":"s","tool_name":"Agent","tool_use_id":"t1","tool_response":{"agentId":"sub"}}'
    jc emit s subagent.started --agent sub -d '{"session_id":"s","agent_id":"sub","agent_type":"Explore"}'
    jc emit s agent.response.received --agent sub \
        -d '{"session_id":"s","message_id":"m1","cost_usd":0.00125,"usage":{"input_tokens":7,"output_tokens":5,"cache_read_input_tokens":93}}'
    jc emit s agent.tool.failed --agent main -d '{"session_id":"s","tool_name":"Bash","tool_use_id":"t2"}'
}

test_status_of_a_session_shows_its_agents() {
    record_a_session >/dev/null
    run status s
    succeeds
    cat >"$T/wanted" <<'END'
s   active
  main   active   1 turn   2 tool calls, 1 failed
    sub (Explore)   active   100 tokens in, 5 out   $0.0013
END
    diff "$T/wanted" "$T/out"
    run status --all
    succeeds
    out_has "s  active       2 agents   1 turn   2 tool calls"
}

test_status_of_features_shows_agents_when_asked() {
    tell_a_story >/dev/null
    jc emit w agent.tool.failed --agent coder -d '{"tool_name":"Bash"}' >/dev/null
    run status w
    ! grep -q coder "$T/out" || complain "agents were not asked for"
    run status w -v
    out_has "  coder   active   1 tool call, 1 failed"
}

test_status_of_the_past() {
    jc emit w feature.started --timestamp 2026-01-09T09:00:00Z -d '{"name":"auth"}' >/dev/null
    jc emit w feature.completed --timestamp 2026-01-09T10:00:00Z -d '{"name":"auth"}' >/dev/null
    run status w --at -1
    succeeds
    out_has '0 of 1 features'
    run status --all --at 2026-01-09T09:30:00Z
    succeeds
    out_has '0/1'
    run status --all --at 1
    refused 2 "with --all give a time"
    run status w --at 7
    refused 4 "it is at #2"
}

run_tests
