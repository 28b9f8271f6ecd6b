#!/bin/sh
# jc import of what agents recorded themselves.
. "$(dirname "$0")/lib.sh"

: "${JC_SOURCE:?the folder of the sources}"
records=$JC_SOURCE/tests/agents/transcripts
rollout=rollout-2026-09-02T08-00-00-0199c0de-0000-7000-8000-000000000001
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
    out_has "imported 33 events (claude-transcript, 2 files, 36 lines, 2 torn and skipped)"
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
    out_has '"stored":0,"already_stored":33,"lines":36,"files":2,"torn":2,"too_long":0'
}

test_a_transcript_goes_to_the_workflow_that_is_named() {
    run import -w shop "$records/older-session.jsonl"
    succeeds
    equal "$(jc workflows --json | grep -c '"workflow_id":"shop"')" 1
    equal "$(jc workflows --json | wc -l | tr -d ' ')" 1
}

test_a_rollout_of_codex_comes_in() {
    run import "$records/$rollout.jsonl"
    succeeds
    out_has "(codex-rollout, 23 lines)"
    tells "$rollout"
    run import "$records/$rollout.jsonl"
    out_has "imported 0 events, 12 already stored"
}

# What the agents used, whoever told it first.
usage_is_told_once() {
    jc state "$session" -p agents --jq '.agents[] | [.agent_id, .parent_agent_id, .responses, .tokens.input, .tokens.output]' >"$T/agents"
    equal "$(cat "$T/agents")" '["main",null,6,6700,282]
["a11ce","main",2,650,50]'
    equal "$(jc export | wc -l | tr -d ' ')" 34
    equal "$(jc export | sed 's/.*"id":"\([^"]*\)","work.*/\1/' | sort -u | wc -l | tr -d ' ')" 34
    jc verify >/dev/null
}

test_a_transcript_behind_the_hooks_of_its_session_is_one_history() {
    jc import "$records/$session.hooks.jsonl" >/dev/null
    run import "$records/$session.jsonl"
    out_has "imported 17 events, 16 already stored"
    usage_is_told_once
}

# The ids of the session's calls and agents, by a rule of the project.
test_facts_whose_keys_are_secrets_are_one_history_too() {
    printf '%s' '{"redaction":{"rules":[{"kind":"id","pattern":"5e55100a-[0-9a-f-]+|a11ce|toolu_[A-Za-z0-9_]+"}]}}' \
        >.jc/config.json
    jc import "$records/$session.hooks.jsonl" >/dev/null
    run import "$records/$session.jsonl"
    out_has "imported 17 events, 16 already stored"
    equal "$(jc export | grep -c -e 5e55100a- -e a11ce -e toolu_)" 0
}

test_hooks_behind_the_transcript_of_their_session_are_one_history() {
    jc import "$records/$session.jsonl" >/dev/null
    run import "$records/$session.hooks.jsonl"
    out_has "imported 1 event, 16 already stored (hooks"
    usage_is_told_once
}

# The hooks as they come while the session goes on, but for those that are known by nothing but their time.
live_hooks() {
    grep -v SessionStart "$records/$session.hooks.jsonl" | grep -v PostCompact | sed 's/^{"timestamp":"[^"]*","payload":\(.*\)}$/\1/' >"$T/payloads"
    while read -r payload; do
        printf '%s' "$payload" | jc -C . hook
    done <"$T/payloads"
}

test_a_transcript_behind_live_hooks_is_one_history() {
    live_hooks
    equal "$(jc export | wc -l | tr -d ' ')" 15
    jc import "$records/$session.jsonl" >/dev/null
    usage_is_told_once
}

test_live_hooks_behind_a_transcript_are_one_history() {
    jc import "$records/$session.jsonl" >/dev/null
    live_hooks
    usage_is_told_once
}

test_hooks_imported_again_store_nothing_twice() {
    jc import "$records/$session.hooks.jsonl" >/dev/null
    run import "$records/$session.hooks.jsonl"
    out_has "imported 0 events, 17 already stored"
    sed 's/^{"timestamp":"[^"]*","payload":\(.*\)}$/\1/' "$records/$session.hooks.jsonl" >"$T/timeless"
    jc import -w timeless "$T/timeless" >/dev/null
    run import -w timeless "$T/timeless"
    out_has "imported 0 events"
}

test_a_session_goes_where_its_hooks_were_recorded() {
    jc import -w shop "$records/$session.hooks.jsonl" >/dev/null
    run import "$records/$session.jsonl"
    succeeds
    equal "$(jc workflows --json | wc -l | tr -d ' ')" 1
}

# The lines of a file up to a time.
up_to() {
    awk -v until="$1" 'match($0, /"timestamp":"[^"]*"/) { last = substr($0, RSTART + 13, RLENGTH - 14) } last > until { exit } { print }' "$2"
}

# Every beginning of a session's files, then the whole of them, is the whole at once.
test_a_growing_transcript_is_one_history() {
    jc import "$records/$session.jsonl" >/dev/null
    events | ids_and_facts | sort >"$T/whole"
    for second in 00 01 03 04 05 06 08 10.0 10.9 11.1 12 14 15 18 20 22 25.0 26 35 41 42 50 55 59; do
        grown=$T/grown-$second
        mkdir "$grown" "$grown/$session" "$grown/$session/subagents"
        jc init "$grown" >/dev/null
        cp "$records/$session/subagents/agent-a11ce.meta.json" "$grown/$session/subagents"
        for file in "$session.jsonl" "$session/subagents/agent-a11ce.jsonl"; do
            up_to "2026-09-01T08:00:$second.999Z" "$records/$file" >"$grown/$file"
        done
        jc -C "$grown" import "$grown/$session.jsonl" --format claude-transcript >/dev/null
        cp -r "$records/$session" "$records/$session.jsonl" "$grown"
        jc -C "$grown" import "$grown/$session.jsonl" >/dev/null
        (cd "$grown" && events | ids_and_facts | sort | diff "$T/whole" -) >"$T/diff" || { echo "after $second"; cat "$T/diff"; return 1; }
    done
}

test_a_growing_rollout_is_one_history() {
    jc import "$records/$rollout.jsonl" >/dev/null
    events | ids_and_facts | sort >"$T/whole"
    for lines in 1 3 4 6 8 9 10 12 14 16 18 20 22; do
        grown=$T/grown-$lines
        mkdir "$grown"
        jc init "$grown" >/dev/null
        head -n "$lines" "$records/$rollout.jsonl" >"$grown/$rollout.jsonl"
        jc -C "$grown" import "$grown/$rollout.jsonl" >/dev/null
        cp "$records/$rollout.jsonl" "$grown"
        jc -C "$grown" import "$grown/$rollout.jsonl" >/dev/null
        (cd "$grown" && events | ids_and_facts | sort | diff "$T/whole" -) >"$T/diff" || { echo "after $lines lines"; cat "$T/diff"; return 1; }
    done
}

# Without the place in the workflow, which depends on what came in first.
ids_and_facts() {
    sed 's/"sequence":[0-9]*,//'
}

test_standard_input_is_recognised() {
    status=0
    jc import - <"$records/older-session.jsonl" >"$T/out" 2>"$T/err" || status=$?
    succeeds
    out_has "(claude-transcript, 12 lines)"
    tells older-session
    run import --json - <"$records/$session.hooks.jsonl"
    out_has '"format":"hooks","stored":17'
}

priced() {
    printf '%s' "$1" >.jc/config.json
    jc import "$records/$session.jsonl" >/dev/null
    jc state "$session" -p agents --jq '.agents[] | [.agent_id, .cost_usd]'
}

# 6,700 + 100 written + 5,000 read + 282 tokens of main; 60 of the 150 of msg 2 are told anew.
test_cost_is_told_where_the_price_is_known() {
    equal "$(priced '{"prices":{"model-":{"input":1000000,"output":0,"cache_write":0,"cache_read":0}}}')" '["main",6700]
["a11ce",650]'
}

test_the_longest_name_of_a_price_holds() {
    equal "$(priced '{"prices":{"model-y":{"input":0,"output":1000000,"cache_read":0,"cache_write":0},"model":{"input":0}}}')" '["main",0]
["a11ce",50]'
}

test_a_model_without_a_price_has_no_cost() {
    equal "$(priced '{}')" '["main",null]
["a11ce",null]'
}

test_a_bad_price_is_a_warning_and_the_others_hold() {
    printf '%s' '{"prices":{"model-x":{"input":"much"},"model-y":{"input":1000000,"output":0,"cache_read":0,"cache_write":0}}}' >.jc/config.json
    run import "$records/$session.jsonl"
    exits 0
    err_has "prices: 'model-x' must be an object with numbers"
    equal "$(jc state "$session" -p agents --jq '.agents[].cost_usd')" 'null
650'
}

test_a_secret_in_a_transcript_does_not_reach_the_disk() {
    key=r4Xq9ZtB2mVw7Lc1KdY8sPfG3nHj6QaU5eTx
    sed "s/I look at the cart first/with ghp_$key here/" "$records/$session.jsonl" >"$T/$session.jsonl"
    jc import "$T/$session.jsonl" >/dev/null
    run log --json "$session"
    out_has "with [redacted:github-token] here"
    if grep -rq "$key" .jc agents; then complain "the secret is on the disk"; fi
}

test_lines_that_are_too_long_are_passed_over() {
    { head -n 3 "$records/older-session.jsonl"; head -c 68000000 /dev/zero | tr '\0' x; echo; sed 1,3d "$records/older-session.jsonl"; } >"$T/older-session.jsonl"
    run import "$T/older-session.jsonl"
    succeeds
    out_has "1 too long and skipped"
    tells older-session
}

# A session of one prompt that began in a folder: told FOLDER SESSION UUID.
told_in() {
    printf '%s\n' "{\"parentUuid\":null,\"type\":\"user\",\"uuid\":\"$3\",\"timestamp\":\"2026-09-03T08:00:00.000Z\",\"cwd\":\"$1\",\"sessionId\":\"$2\",\"message\":{\"role\":\"user\",\"content\":\"go\"}}"
}

# A folder of Claude Code's with sessions of this project and of others, in $home.
make_home() {
    home=$T/home
    here=$(pwd -P)
    name=$(printf '%s' "$here" | sed 's/[^A-Za-z0-9]/-/g')
    mkdir -p "$home/projects/$name" "$home/projects/$name-src" "$home/projects/-elsewhere" "$home/projects/-tree" src "$T/elsewhere"
    told_in "$here" one u-1 >"$home/projects/$name/one.jsonl"
    told_in "$here/src/gone" two u-2 >"$home/projects/$name-src/two.jsonl"
    told_in "$T/elsewhere" three u-3 >"$home/projects/-elsewhere/three.jsonl"
    told_in "$here-src" four u-4 >"$home/projects/$name-src/four.jsonl"
}

all() {
    run import --all --claude-dir "$home" --codex-dir "$T/codex" "$@"
}

test_all_takes_in_the_sessions_of_this_project() {
    make_home
    all
    succeeds
    out_has "imported 4 events (2 sessions, 2 files, 2 lines)"
    equal "$(jc workflows --json | sed 's/.*"workflow_id":"\([a-z]*\)".*/\1/' | sort | tr '\n' ' ')" "one two "
    all
    out_has "imported 0 events, 4 already stored"
}

test_all_finds_the_sessions_of_a_linked_worktree() {
    command -v git >/dev/null || skip "there is no git program"
    git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first
    git worktree add -q "$T/tree" 2>/dev/null
    make_home
    told_in "$(cd "$T/tree" && pwd -P)" five u-5 >"$home/projects/-tree/five.jsonl"
    all --json
    out_has '"sessions":3,"failed":0,"stored":6'
}

test_all_finds_the_sessions_of_codex() {
    make_home
    mkdir -p "$T/codex/sessions/2026/09/02"
    sed "s|/home/dev/shop|$here|g" "$records/$rollout.jsonl" >"$T/codex/sessions/2026/09/02/$rollout.jsonl"
    all
    succeeds
    out_has "imported 16 events (3 sessions"
}

test_all_passes_over_what_cannot_be_read() {
    make_home
    mkdir "$home/projects/$name/folder.jsonl"
    ln -s "$T/nowhere" "$home/projects/$name/dangling.jsonl"
    all
    succeeds
    out_has "2 sessions"
}

test_all_lists_what_it_would_take_in() {
    make_home
    all --dry-run
    succeeds
    equal "$(sort "$T/out")" "$(printf '%s\n' "$home/projects/$name/one.jsonl" "$home/projects/$name-src/two.jsonl" | sort)"
    stored 0
}

test_all_lists_as_json_too() {
    make_home
    all --dry-run --json
    succeeds
    out_lines 2
    out_has "{\"path\":\"$home/projects/$name/one.jsonl\",\"format\":\"claude-transcript\",\"size\":"
    stored 0
}

test_all_says_so_when_there_is_nothing() {
    run import --all --claude-dir "$T/none" --codex-dir "$T/none"
    finds_nothing "jc import: no agent's client has written down a session of this project: --claude-dir and --codex-dir say where else to look"
}

test_all_and_a_file_are_bad_usage() {
    run import --all x.jsonl
    refused 2 "--all finds its files itself"
    run import --dry-run "$records/older-session.jsonl"
    refused 2 "belong to --all"
    run import
    refused 2 "FILE is missing"
}

test_a_folder_is_refused_with_a_hint() {
    run import "$records"
    refused 1 "jc import --all"
}

run_tests
