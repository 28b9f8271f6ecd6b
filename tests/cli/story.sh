# A made-up history for the tests: the morning of 9 January 2026, two workflows, four agents. A workflow
# "shop" builds three features; "auth" fails twice, and its second failure goes back to a review in
# another workflow, "review". All of what followed from one wish carries the correlation id req-42.
#
# tell_the_story appends it as one batch. The id of the event that is told as number N ends in N.

story_id() {
    printf '01970000-0000-7000-8000-%012d' "$1"
}

# told NUMBER WORKFLOW TIME TYPE AGENT DATA [CAUSE]: one line of the batch. A cause is a number, or "-".
told() {
    printf '{"id":"%s","workflow_id":"%s","timestamp":"2026-01-09T%sZ","event_type":"%s","agent_id":"%s","data":%s' \
        "$(story_id "$1")" "$2" "$3" "$4" "$5" "$6"
    case ${7-} in
    '') ;;
    -) printf ',"correlation_id":"req-42"' ;;
    *) printf ',"correlation_id":"req-42","causation_id":"%s"' "$(story_id "$7")" ;;
    esac
    printf '}\n'
}

the_story() {
    told 1 shop 09:00:00 workflow.started lead '{"description":"users can log in"}' -
    told 2 shop 09:00:30 session.started lead '{"session_id":"s1","model":"opus"}'
    told 3 shop 09:01:00 turn.started lead '{"session_id":"s1","prompt_id":"p1","prompt":"plan the shop"}'
    told 4 shop 09:02:00 workflow.phase_changed lead '{"from_phase":"","to_phase":"planning"}'
    told 5 shop 09:03:00 feature.planned lead '{"name":"auth","description":"JWT"}' 1
    told 6 shop 09:04:00 feature.planned lead '{"name":"cart"}' 1
    told 7 shop 09:05:00 feature.planned lead '{"name":"pages"}' 1
    told 8 shop 09:06:00 agent.response.received lead '{"session_id":"s1","message_id":"m1","model":"opus","usage":{"input_tokens":100,"output_tokens":40}}'
    told 9 shop 09:06:00 agent.response.received lead '{"session_id":"s1","message_id":"m1","model":"opus","usage":{"input_tokens":100,"output_tokens":50,"cache_read_input_tokens":1000}}'
    told 10 shop 09:07:00 turn.completed lead '{"session_id":"s1","prompt_id":"p1"}'
    told 11 shop 09:08:00 workflow.phase_changed lead '{"from_phase":"planning","to_phase":"building"}'
    told 12 shop 09:10:00 feature.started coder '{"name":"auth"}' 5
    told 13 shop 09:10:30 session.started coder '{"session_id":"s2","model":"haiku"}'
    told 14 shop 09:11:00 turn.started coder '{"session_id":"s2","prompt_id":"p2","prompt":"build auth"}'
    told 15 shop 09:12:00 agent.tool.started coder '{"session_id":"s2","tool_name":"Bash","tool_use_id":"u1"}'
    told 16 shop 09:12:20 agent.tool.completed coder '{"session_id":"s2","tool_name":"Bash","tool_use_id":"u1","duration_ms":19000}'
    told 17 shop 09:13:00 agent.tool.started coder '{"session_id":"s2","tool_name":"Edit","tool_use_id":"u2"}'
    told 18 shop 09:13:05 agent.tool.failed coder '{"session_id":"s2","tool_name":"Edit","tool_use_id":"u2","error":"no such file"}'
    told 19 shop 09:20:00 feature.failed coder '{"name":"auth","error":"no link to the database"}' 12
    told 20 shop 09:21:00 agent.note.warning coder '{"agent_id":"coder","title":"database","content":"is not up"}' 19
    told 21 shop 09:22:00 feature.started coder '{"name":"cart"}' 6
    told 22 shop 09:25:00 feature.started coder '{"name":"auth"}' 19
    told 23 shop 09:28:00 agent.tool.started coder '{"session_id":"s2","tool_name":"Agent","tool_use_id":"u3"}'
    told 24 shop 09:28:10 subagent.started coder '{"session_id":"s2","agent_id":"sub1","agent_type":"Explore","parent_agent_id":"coder","parent_tool_use_id":"u3"}'
    told 25 shop 09:29:00 agent.tool.started sub1 '{"session_id":"s2","tool_name":"Grep","tool_use_id":"u4","agent_id":"sub1"}'
    told 26 shop 09:31:00 agent.tool.completed sub1 '{"session_id":"s2","tool_name":"Grep","tool_use_id":"u4","agent_id":"sub1"}'
    told 27 shop 09:32:00 subagent.completed coder '{"session_id":"s2","agent_id":"sub1","agent_type":"Explore"}'
    told 28 shop 09:32:10 agent.tool.completed coder '{"session_id":"s2","tool_name":"Agent","tool_use_id":"u3"}'
    told 29 shop 09:35:00 feature.failed coder '{"name":"auth","error":"tokens never expire"}' 22
    told 30 shop 09:36:00 agent.message.sent coder '{"from_agent":"coder","to_agent":"reviewer","content":"look at auth","priority":"high"}' 29
    told 31 review 09:38:00 workflow.started reviewer '{"description":"auth"}' 30
    told 32 review 09:40:00 agent.note.decision reviewer '{"agent_id":"reviewer","title":"expiry","content":"an hour"}' 31
    told 33 review 09:41:00 workflow.completed reviewer '{}' 32
    told 34 shop 09:41:30 agent.message.completed reviewer '{"from_agent":"reviewer","result":"expire in an hour","success":true}' 33
    told 35 shop 09:45:00 feature.started coder '{"name":"auth"}' 34
    told 36 shop 09:52:00 feature.completed coder '{"name":"cart","cost_usd":0.5}' 21
    told 37 shop 09:55:00 feature.completed coder '{"name":"auth","cost_usd":1.25,"tests_passing":true}' 35
    told 38 shop 09:56:00 feature.started coder '{"name":"pages"}' 7
    told 39 shop 09:57:00 permission.requested coder '{"session_id":"s2","tool_name":"Bash"}'
    told 40 shop 10:00:00 feature.completed coder '{"name":"pages"}' 38
}

tell_the_story() {
    the_story | jc emit --batch >/dev/null
}
