#!/bin/sh
# jc note: taking notes, listing them, and writing them for a prompt.
. "$(dirname "$0")/lib.sh"

tell_a_story() {
    jc note add 'Auth uses JWT' -w w -t learning -a coder --tags auth,security -f src/auth.py
    jc emit w feature.started -d '{"name":"login"}'
    jc note add 'Waiting for keys' -w w -t blocker -a coder -c 'Cannot test OAuth' --tags auth --feature login
    jc note add 'Try argon2' -w w -t idea -a tester
    jc note add 'Other' -w other -t todo
}

test_note_add_prints_what_emit_prints() {
    run note add '  A title ' -w w -t decision -a coder -c ' why ' --tags 'a, ,b,' -f x.c --feature f --correlation c-1
    succeeds
    grep -Eq '^w #1 agent.note.decision [0-9a-f-]{36}$' "$T/out" || complain "the line is another"
    equal "$(jc log w --json | sed 's/.*"event_type"/"event_type"/;s/,"hash".*//')" \
        '"event_type":"agent.note.decision","agent_id":"coder","correlation_id":"c-1","data":{"title":"A title","content":"why","tags":["a","b"],"related_file":"x.c","related_feature":"f"}'
    stored 1
}

test_note_add_needs_little() {
    jc emit one a.happened >/dev/null
    jc emit two a.happened >/dev/null
    run note add 'only a title' --json
    succeeds
    sed 's/"id":"[^"]*"/"id":"…"/;s/"created_at":"[^"]*"/"created_at":"…"/' "$T/out" >"$T/shown"
    equal "$(cat "$T/shown")" '{"workflow_id":"two","id":"…","category":"observation","agent_id":"cli-user","title":"only a title","content":"only a title","tags":[],"created_at":"…","sequence":2}'
}

test_note_add_without_any_workflow_is_not_found() {
    run note add title
    refused 4 "no workflows yet"
}

test_note_add_reads_its_content_from_standard_input() {
    run_with 'two
lines
' note add title -w w -c -
    succeeds
    run note list --json
    out_has '"content":"two\u000alines"'
}

test_note_add_refuses_what_is_blank_or_unknown() {
    run note add ' ' -w w
    refused 2 "title"
    run note add t -w w -c ' '
    refused 2 "content"
    run note add t -w w -a ''
    refused 2 "agent_id"
    run note add t -w w -t nonsense
    refused 2 "there is no 'nonsense': choose one of accomplishment, blocker"
    run note add t -w ../w
    refused 2 "workflow"
    run note add t -w w --id 7
    refused 2 "--id"
    run note add
    refused 2 "jc note add"
    stored 0
}

test_note_add_with_an_id_is_safe_to_repeat() {
    id=01a21c02-67f6-793a-ab60-5eb755fa1033
    run note add t -w w --id $id
    succeeds
    cp "$T/out" "$T/first"
    run note add t -w w --id $id
    exits 0
    err_has "already stored"
    cmp "$T/out" "$T/first"
    run note add other -w w --id $id
    refused 3 "$id"
    stored 1
}

# The id of the note with that title in the workflow w.
id_of() {
    jc note list -w w --json | sed -n "s/.*\"id\":\"\([^\"]*\)\".*\"title\":\"$1\".*/\1/p"
}

test_note_add_answers_a_question_where_it_was_asked() {
    jc note add 'Which key?' -w w -t question -a coder >/dev/null
    jc emit later a.happened >/dev/null
    question=$(id_of 'Which key?')
    run note add 'The new one' --answers "$(printf %.24s "$question")" -a lead
    succeeds
    out_has 'w #2 agent.note.observation'
    equal "$(jc log w --json | sed -n '2s/.*"causation_id":"\([^"]*\)".*/\1/p')" "$question"
    run note list -w w -t question --json
    out_has '"answered_sequence":2,"answered_by":"lead"'
}

test_note_add_refuses_to_answer_what_asks_nothing() {
    tell_a_story >/dev/null
    run note add yes --answers 00000000
    refused 4 "no event has an id that starts with '00000000'"
    run note add yes --answers x
    refused 2 "not the beginning of an id"
    run note add yes --answers "$(id_of 'Try argon2')"
    refused 2 "only a question or a blocker can be answered"
    run note add yes --answers "$(id_of 'Waiting for keys')" -w other
    refused 2 "asked in the workflow 'w'"
    stored 5
}

test_note_list_of_all_and_searches_know_what_was_answered() {
    tell_a_story >/dev/null
    jc note add 'Here they are' --answers "$(id_of 'Waiting for keys')" -a lead >/dev/null
    run note list --all -t blocker --json
    out_has '"answered_sequence":5,"answered_by":"lead"'
    run note search keys --json
    out_has '"answered_sequence":5,"answered_by":"lead"'
}

test_note_list_is_newest_first_and_filters() {
    tell_a_story >/dev/null
    titles() {
        run note list --json "$@"
        exits 0
        equal "$(sed 's/.*"title":"\([^"]*\)".*/\1/' "$T/out" | tr '\n' '|')" "$wanted"
    }
    wanted='Try argon2|Waiting for keys|Auth uses JWT|' titles -w w
    wanted='Other|' titles
    wanted='Other|Try argon2|Waiting for keys|Auth uses JWT|' titles --all
    wanted='Waiting for keys|' titles -w w -t blocker
    wanted='Waiting for keys|Auth uses JWT|' titles -w w -a coder
    wanted='Auth uses JWT|' titles -w w --tag security
    wanted='Auth uses JWT|' titles -w w --file src/auth.py
    wanted='Waiting for keys|' titles -w w --feature login
    wanted='Try argon2|' titles -w w -n 1
    wanted='Waiting for keys|' titles -w w -a coder -n 1
    wanted='' titles -w w -n 0
    wanted='Auth uses JWT|' titles -w w --at 2
    wanted='Waiting for keys|Auth uses JWT|' titles -w w --at -1
    wanted='' titles --all --at '1h ago'
}

test_note_list_says_that_there_is_nothing() {
    tell_a_story >/dev/null
    run note list -w w -a nobody
    finds_nothing "jc note list: no notes found"
    run note list -w w -t todo
    finds_nothing "jc note list: no notes found"
    run note list -w w -t todo --json
    succeeds
    out_lines 0
    run note list -w w -n 0
    succeeds
}

test_note_list_refuses_a_category_that_is_nowhere() {
    tell_a_story >/dev/null
    run note list -w w -t nope
    refused 2 "there is no category 'nope', and no note of it: there are accomplishment, blocker"
    run note list -w w -t nope --json
    refused 2 "there is no category 'nope'"
    jc emit other agent.note.nope --agent coder -d '{"title":"t","content":"c"}' >/dev/null
    run note list -w w -t nope
    finds_nothing "jc note list: no notes found"
    printf '{"types":{"agent.note.risk":{"required":"title"}}}' >.jc/config.json
    run note list -w w -t risk
    finds_nothing "jc note list: no notes found"
}

test_note_list_refuses_what_makes_no_sense() {
    tell_a_story >/dev/null
    run note list --all -w w
    refused 2 "--all"
    run note list --all --at 2
    refused 2 "one workflow"
    run note list -w nothing
    refused 4 "no workflow 'nothing'"
    run note list -w w --at 9
    refused 4 "it is at #4"
}

test_note_list_shows_a_line_each_or_all_of_it() {
    tell_a_story >/dev/null
    run note list -w w
    succeeds
    sed 's/^[0-9: -]* #/#/' "$T/out" >"$T/shown"
    cat >"$T/wanted" <<'END'
#4  idea      tester  Try argon2
#3  blocker   coder   Waiting for keys  [auth]
#1  learning  coder   Auth uses JWT  [auth, security]
END
    diff "$T/wanted" "$T/shown"
    run note list -w w -t blocker --full
    succeeds
    sed 's/[0-9-]* [0-9:]\{8\}  coder  [0-9a-f-]*/WHEN  coder  ID/' "$T/out" >"$T/shown"
    cat >"$T/wanted" <<'END'
#3  blocker  Waiting for keys
    WHEN  coder  ID
    tags: auth
    feature: login
    Cannot test OAuth
END
    diff "$T/wanted" "$T/shown"
}

test_note_list_says_what_was_answered() {
    id=0197c0de-0000-7000-8000-00000000000a
    jc note add 'Which keys' -w w -t question -a coder --id $id >/dev/null
    jc note add 'Still open' -w w -t question -a coder >/dev/null
    printf '%s\n' '{"workflow_id":"w","event_type":"agent.note.decision","agent_id":"lead","causation_id":"'$id'","data":{"title":"the new ones","content":"c"}}' |
        jc emit --batch >/dev/null
    run note list -t question
    out_has 'coder  Which keys  answered'
    out_lacks 'Still open  answered'
    run note list -t question --full
    out_has '    answered: #3, '
    run note list -t question --json
    out_has '"answered_sequence":3,"answered_by":"lead"}'
}

test_note_list_shows_categories_in_colour_on_a_terminal() {
    tell_a_story >/dev/null
    terminal note list -w w | tr '\033' '!' >"$T/out"
    out_has '![31mblocker![0m'
    out_has '![2mnow![0m'
    NO_COLOR=1 terminal note list -w w | tr '\033' '!' >"$T/out"
    out_lacks '!'
}

test_notes_cannot_play_tricks_on_a_terminal() {
    jc emit w agent.note.idea --agent a -d '{"title":"a\u001b[31mb","content":"\u001b]0;x\u0007 \u202e","tags":["\u001b"]}' >/dev/null
    for command in "list" "list -f" "summary" "context"; do
        run note $command
        succeeds
        if LC_ALL=C grep -q "$(printf '[\033\007]')" "$T/out"; then complain "an escape came through: $command"; fi
    done
}

test_note_summary_counts_and_groups() {
    tell_a_story >/dev/null
    run note summary -w w
    succeeds
    prints 'w: 3 notes
blocker 1
  [coder] Waiting for keys
learning 1
  [coder] Auth uses JWT
idea 1
  [tester] Try argon2
by coder 2, tester 1'
    run note summary -w w --json --at 1
    prints '{"workflow_id":"w","notes":1,"by_category":{"learning":1},"by_agent":{"coder":1},"titles":{"learning":["Auth uses JWT"]}}'
}

test_note_context_fits_into_its_budget() {
    tell_a_story >/dev/null
    run note context -w w
    succeeds
    sed 's/[0-9-]* [0-9:]* UTC/WHEN/' "$T/out" >"$T/shown"
    cat >"$T/wanted" <<'END'
# Notes of w

## blocker

- **Waiting for keys** (coder, WHEN; tags: auth; feature: login)
  Cannot test OAuth

## learning

- **Auth uses JWT** (coder, WHEN; tags: auth, security; file: src/auth.py)

## idea

- **Try argon2** (tester, WHEN)
END
    diff "$T/wanted" "$T/shown"
    for budget in 1 50 100 150 200 250; do
        jc note context -w w --budget $budget >"$T/out" 2>"$T/err"
        [ "$(wc -c <"$T/out")" -le $budget ] || complain "more than $budget bytes"
    done
    run note context -w w -n 1 --json
    out_has '"shown":1,"left_out":2,'
    out_has '(2 more notes were left out)'
    run note context -w w --budget 9
    exits 0
    err_has "none of 3 notes fits into 9 bytes"
    run note context --budget 0
    refused 2 "--budget"
}

test_a_project_adds_categories_without_recompiling() {
    printf '{"types":{"agent.note.risk":{"required":"title","description":"what may go wrong"}}}' >.jc/config.json
    run note add 'One key for all' -w w -t risk -a coder
    succeeds
    out_has "agent.note.risk"
    run note list -t risk --json
    out_has '"category":"risk"'
    run note summary
    out_has "risk 1"
    run note context
    out_has "## risk"
    run state w -p notes --json
    out_has '"by_category":{"risk":[0]}'
    run note add t -w w -t other
    refused 2 "warning, risk, or"
}

test_note_search_finds_a_note_right_after_it_was_added() {
    jc note add 'JWT tokens' -c 'All routes check tokens' -t learning -a coder -w w1 --tags auth >/dev/null
    jc emit w1 agent.tool.failed -d '{"error":"token expired"}' >/dev/null
    run note search 'token*'
    succeeds
    out_lines 2
    out_has 'w1 #1  learning  coder  JWT tokens'
    jc note add 'Cache' -c 'a token may be old' -a tester -w w2 >/dev/null
    run note search 'token*' --json
    out_lines 2
    run note search 'token*' --json -w w2
    out_lines 1
    out_has '"title":"Cache"'
    run note search 'token*' --tag auth -t learning -a coder -n 1 --full
    out_lines 2
    out_has '    All routes check tokens'
    run note search nothing
    finds_nothing "jc note search: no notes found"
    run note search nothing --json
    succeeds
    out_lines 0
    run note search token -t nope
    refused 2 "there is no category 'nope'"
    run note search '?'
    refused 2 "there is no word"
    run note search x -w nobody
    refused 4 nobody
}

run_tests
