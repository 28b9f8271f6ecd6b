#!/bin/sh
# jc message: agents of a workflow write to each other, and it is known what became of it.
. "$(dirname "$0")/lib.sh"

# Print the correlation id of a message that is sent: send ARGUMENTS...
send() {
    jc message send "$@" | sed 's/.* //'
}

test_a_message_is_sent_read_answered_and_completed() {
    jc emit fix workflow.started >/dev/null
    run message send coder 'please review' -a lead --priority high --awaiting
    succeeds
    grep -qx 'fix #2 agent.message.sent [0-9a-f-]\{36\}' "$T/out" || complain "not a receipt"
    id=$(sed 's/.* //' "$T/out")

    run message inbox -a coder --json
    out_lines 1
    out_has "{\"workflow_id\":\"fix\",\"agent\":\"coder\",\"store\":\"inbox\",\"id\":\"$id\",\"sequence\":2,\"correlation_id\":\"$id\",\"from_agent\":\"lead\",\"to_agent\":\"coder\",\"message_type\":\"notification\",\"priority\":\"high\",\"content\":\"please review\",\"awaiting_response\":true,\"received_at\":"
    run message ack "$id" -a coder
    prints "fix #3 agent.message.acknowledged $id"
    run message send lead 'two remarks' -a coder --reply-to "$id"
    prints "fix #4 agent.message.sent $id"
    run message complete "$id" -a coder -r reviewed
    prints "fix #5 agent.message.completed $id"

    run trace "$id" --json
    equal "$(grep -o '"depth":[0-9]*' "$T/out" | tr -d '\n')" '"depth":0"depth":1"depth":1"depth":1'

    run message outbox -a lead --json
    out_lines 0
    run message outbox -a lead --json --all
    out_lines 1
    out_has '"completed_by":"coder","success":true,"result":"reviewed"}'
    run message inbox -a lead --json
    out_lines 1
    out_has '"message_type":"response"'
    run message inbox -a coder --json
    out_lines 0
    stored 5
}

test_messages_are_events_that_others_read() {
    jc emit fix workflow.started >/dev/null
    run message send coder hello -a lead --json
    succeeds
    out_lines 1
    jc export fix | tail -n 1 | cmp - "$T/out"
    out_has '"event_type":"agent.message.sent","agent_id":"lead","correlation_id":"'
    id=$(sed 's/.*"correlation_id":"\([^"]*\)","data.*/\1/' "$T/out")
    run log --correlation "$id"
    out_lines 1
    run message ack "$id" -a coder --json
    jc export fix | tail -n 1 | cmp - "$T/out"
    run state fix -p mailbox --json
    out_has '"state":{"agents":{"lead":{"inbox":[],"outbox":[{"id":'
}

test_the_text_may_come_from_standard_input() {
    run_with 'one
two "quoted" é

' message send coder - -a lead -w fix
    succeeds
    run message inbox -a coder --json
    out_has '"content":"one\ntwo \"quoted\" é"'
    run message inbox -a coder
    out_has 'one\ntwo "quoted" é'
    run message inbox -a coder -v
    grep -qx '  *one' "$T/out" || complain "expected a line of its own"
    run_with '' message send coder - -a lead -w fix
    refused 2 "content"
}

test_an_inbox_is_shown_for_each_agent_unread_and_urgent_first() {
    read_one=$(send coder first -a lead -w w --priority urgent)
    send coder second -a lead >/dev/null
    send coder third -a lead --priority low >/dev/null
    send coder fourth -a tester --priority urgent >/dev/null
    send lead fifth -a coder >/dev/null
    done_one=$(send coder sixth -a lead)
    jc message ack "$read_one" -a coder >/dev/null
    jc message complete "$done_one" -a coder --failed -r 'no access' >/dev/null
    run message inbox
    succeeds
    sed 's/ [0-9a-f-]\{13,\}  *[0-9-]* [0-9:]\{8\} / …/' "$T/out" >"$T/shown"
    cat >"$T/wanted" <<'END'
lead   1 message, 1 unread
  ●    … from coder  notification      fifth
coder   4 messages, 3 unread
  ● !! … from tester  notification      fourth
  ●    … from lead    notification      second
  ● ↓  … from lead    notification      third
  ○ !! … from lead    notification      first
END
    diff "$T/wanted" "$T/shown"
    run message inbox -a coder --all
    out_has "✗"
    out_has "→ coder: no access"
    run message inbox -a coder --priority high --json
    out_lines 2
    run message outbox -a lead
    out_has "lead   3 messages, 2 unread"
    out_has "to coder"
    run message inbox -a nobody
    finds_nothing "jc message inbox: no open messages found: --all shows the completed ones too"
    run message outbox -a nobody --all
    finds_nothing "jc message outbox: no messages found"
    run message inbox -a nobody --json
    succeeds
    out_lines 0
}

test_the_ids_that_are_shown_are_enough() {
    for text in one two three; do
        send coder "$text" -a lead -w w >/dev/null
    done
    jc message inbox -a coder | sed -n 's/^  ●    \([^ ]*\) .*/\1/p' >"$T/ids"
    equal "$(wc -l <"$T/ids" | tr -d ' ')" 3
    while read -r id; do
        jc message ack "$id" -a coder >/dev/null
    done <"$T/ids"
    run message inbox -a coder
    out_has "3 messages, 0 unread"
}

test_an_id_must_be_unambiguous() {
    jc emit w agent.message.sent -d '{"from_agent":"lead","to_agent":"coder","content":"a","correlation_id":"login"}' >/dev/null
    jc emit w agent.message.sent -d '{"from_agent":"lead","to_agent":"coder","content":"b","correlation_id":"login-2"}' >/dev/null
    run message ack lo -a coder
    refused 2 "begins the ids of 2 messages"
    run message ack login -a coder
    succeeds
    run message ack login- -a coder
    prints "w #4 agent.message.acknowledged login-2"
    run message thread logout
    refused 4 "no message 'logout' in workflow 'w'"
    run message thread ''
    refused 2 "empty"
}

test_acknowledging_again_is_harmless() {
    id=$(send coder hello -a lead -w w)
    jc message ack "$id" -a coder >/dev/null
    run message ack "$id" -a coder
    exits 0
    prints ""
    err_has "already acknowledged"
    stored 2
}

test_completing_again_is_a_conflict() {
    id=$(send coder hello -a lead -w w)
    jc message complete "$id" -a coder >/dev/null
    run message complete "$id" -a lead
    refused 3 "completed already, by 'coder'"
    stored 2
}

test_what_its_sender_completed_waits_to_be_read() {
    id=$(send coder hello -a lead -w w)
    jc message complete "$id" -a lead -r 'never mind' >/dev/null
    run message inbox -a coder
    out_has "●"
    out_has "→ lead: never mind"
    run message complete "$id" -a coder
    refused 3 "acknowledge it"
    jc message ack "$id" -a coder >/dev/null
    run message inbox -a coder
    prints ""
    run message thread "$id"
    out_has "completed   lead, coder"
}

test_strangers_are_refused() {
    id=$(send coder hello -a lead -w w)
    run message ack "$id" -a lead
    refused 4 "went to 'lead': it is between lead, coder"
    run message complete "$id" -a tester
    refused 4 "'tester'"
    run message send x y -a lead --reply-to nothing
    refused 4 "no message 'nothing'"
    run message ack "$id" -a coder -w other
    refused 4 "no workflow 'other'"
    stored 1
}

test_bad_usage_is_refused() {
    run message send coder hello -w w
    refused 2 "-a"
    run message send coder hello -a lead -w ../w
    refused 2 "workflow_id"
    run message send coder hello -a lead -w w --priority soon
    refused 2 "'soon' is no priority"
    run message send coder ' ' -a lead -w w
    refused 2 "content"
    run message send '' hello -a lead -w w
    refused 2 "to_agent"
    run message send coder -a lead
    refused 2 "too few arguments"
    run message ack x
    refused 2 "-a"
    run message complete x -w w
    refused 2 "-a"
    run message inbox --priority soon
    refused 2 "no priority"
    run message inbox --at nonsense
    refused 2 "--at"
    run message frobnicate
    refused 2 "unknown command 'frobnicate'"
    run message
    refused 2 "jc message -h"
    stored 0
}

test_the_workflow_heard_of_last_is_the_default() {
    run message send coder hello -a lead
    refused 4 "no workflows yet"
    jc emit first a.happened >/dev/null
    jc emit second a.happened >/dev/null
    run message send coder hello -a lead
    out_has "second #2"
    run message send coder hello -a lead -w first
    out_has "first #2"
    run message inbox --json
    out_lines 1
    out_has '"workflow_id":"first"'
}

test_a_thread_tells_everything() {
    id=$(send coder 'please review' -a lead -w w --type task_assignment --awaiting)
    jc message ack "$id" -a coder >/dev/null
    jc message send lead 'two remarks' -a coder --reply-to "$id" >/dev/null
    jc emit w agent.message.acknowledged -d "{\"correlation_id\":\"$id\",\"from_agent\":\"tester\"}" >/dev/null
    run message thread "$id"
    succeeds
    sed 's/  *[0-9-]* [0-9:]\{8\}  /  … /' "$T/out" >"$T/shown"
    cat >"$T/wanted" <<END
$id   active   lead, coder
  … #1    lead → coder     task_assignment: please review  (a response is awaited)
  … #2    coder has read #1
  … #3    coder → lead     response: two remarks
  … #4    tester acknowledged  (no message of the thread went to that agent)
coder is to complete #1
lead is to read #3
END
    diff "$T/wanted" "$T/shown"
    run message thread "$id" --json
    out_lines 1
    out_has '"status":"active","participants":["lead","coder"],"message_count":2,"acknowledged_count":1,"completed_count":0,"orphan_count":0,"consistent":false,'
    out_has '"pending":[{"action":"completion_required","agent":"coder",'
    out_has '"problem":"not_recipient"}]}'
}

test_an_answer_without_a_message_is_an_orphan() {
    jc emit w agent.message.completed -d '{"correlation_id":"lost","from_agent":"coder","result":"r","success":true}' >/dev/null
    run message thread lost
    succeeds
    out_has "lost   orphaned   coder"
    out_has "(no message of the thread had been sent)"
}

test_mailboxes_are_shown_as_they_were() {
    id=$(send coder hello -a lead -w w)
    jc message complete "$id" -a coder >/dev/null
    run message inbox -a coder --at 1 --json
    out_lines 1
    run message outbox -a lead --at -1 --json
    out_lines 1
    run message thread "$id" --at 1
    out_has "coder is to read #1"
    run message inbox --at 3
    refused 4 "it is at #2"
}

test_texts_play_no_tricks_on_a_terminal() {
    send "co$(printf '\342\200\256')der" "$(printf '\033[31mred\007')" -a lead -w w >/dev/null
    for command in inbox outbox; do
        run message $command -v
        if grep -q "$(printf '\033')" "$T/out"; then complain "an escape came through"; fi
        out_has '\u001b[31mred\u0007'
        out_has '\u202e'
    done
}

test_a_terminal_shows_ages_and_colours_and_no_more_than_fits() {
    send coder "$(seq 1 100 | tr '\n' ' ')" -a lead -w w --priority urgent >/dev/null
    terminal message inbox >"$T/out"
    out_has "$(printf '\033[31m!!')"
    out_has "…"
    NO_COLOR=1 terminal message inbox >"$T/out"
    out_lacks "$(printf '\033')"
}

test_of_many_who_send_at_once_none_is_lost() {
    jc emit w workflow.started >/dev/null
    for sender in 1 2 3 4; do
        (
            for number in 1 2 3 4 5; do
                jc message send coder "$sender-$number" -a "agent$sender" -w w
            done
        ) >"$T/sent$sender" 2>&1 &
    done
    wait
    run message inbox -a coder --json
    out_lines 20
    equal "$(sed 's/.*"content":"\([^"]*\)".*/\1/' "$T/out" | sort -u | wc -l | tr -d ' ')" 20
    stored 21
}

test_of_many_who_complete_at_once_one_is_told_so() {
    id=$(send coder hello -a lead -w w)
    for number in 1 2 3 4 5 6; do
        (
            code=0
            jc message complete "$id" -a coder -r "result $number" >/dev/null 2>&1 || code=$?
            echo "$code $number" >"$T/code$number"
        ) &
    done
    wait
    equal "$(cat "$T"/code* | grep -c '^0 ')" 1
    equal "$(cat "$T"/code* | grep -c '^3 ')" 5
    winner=$(cat "$T"/code* | sed -n 's/^0 //p')
    run message thread "$id" --json
    out_has "\"result\":\"result $winner\""
}

run_tests
