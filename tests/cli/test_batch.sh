#!/bin/sh
# jc emit --batch: JSON lines in, all or nothing.
. "$(dirname "$0")/lib.sh"

id1=11111111-1111-7111-8111-111111111111
id2=22222222-2222-7222-8222-222222222222

test_a_batch_is_stored_in_order() {
    run_with '{"workflow_id":"w","event_type":"a.happened"}
{"workflow_id":"v","event_type":"b.happened","data":{"n":1},"agent_id":"a"}
{"workflow_id":"w","event_type":"c.happened"}
' emit --batch
    succeeds
    out_has "stored 3 events"
    run log --json
    equal "$(sed 's/.*"workflow_id":"\(.\)","sequence":\(.\).*"event_type":"\(.\).*/\1\2\3/' "$T/out" | tr '\n' ' ')" "w1a v1b w2c "
    stored 3
}

test_batch_json_tells_the_counts() {
    run_with "{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id1\"}" emit --batch --json
    succeeds
    prints '{"stored":1,"already_stored":0,"position":1}'
    run_with "{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id1\"}
{\"workflow_id\":\"w\",\"event_type\":\"b.happened\",\"id\":\"$id2\"}" emit --batch --json
    succeeds
    prints '{"stored":1,"already_stored":1,"position":2}'
}

test_every_optional_field_is_taken() {
    run_with "{\"causation_id\":\"z\",\"correlation_id\":\"y\",\"agent_id\":\"x\",\"data\":{\"n\":1},\"timestamp\":\"2026-01-09T11:00:00+01:00\",\"event_type\":\"a.happened\",\"workflow_id\":\"w\",\"id\":\"$id1\"}" emit --batch
    succeeds
    run show 1111 --json
    out_has "\"id\":\"$id1\",\"workflow_id\":\"w\",\"sequence\":1,\"timestamp\":\"2026-01-09T10:00:00.000000Z\",\"event_type\":\"a.happened\",\"agent_id\":\"x\",\"correlation_id\":\"y\",\"causation_id\":\"z\",\"data\":{\"n\":1},\"hash\":"
}

test_data_keeps_its_bytes() {
    run_with '{ "workflow_id" : "w" , "data" : { "n" : 1E+2, "big" : 123456789012345678901234567890 , "s" : "\u00e9 \/ \" }" } , "event_type" : "a.happened" }' emit --batch
    succeeds
    run log --json
    out_has '"data":{"n":1E+2,"big":123456789012345678901234567890,"s":"\u00e9 \/ \" }"},"hash"'
}

test_keys_may_be_escaped() {
    run_with '{"workflow\u005fid":"w","event_type":"a.happ\u0065ned"}' emit --batch
    succeeds
    run log --json
    out_has '"workflow_id":"w"'
    out_has '"event_type":"a.happened"'
}

test_exported_lines_are_a_good_batch() {
    jc emit w a.happened -d '{"n":1}' >/dev/null
    jc emit w b.happened >/dev/null
    jc export >"$T/lines"
    jc init "$(mkdir "$T/copy" && echo "$T/copy")" >/dev/null
    jc -C "$T/copy" emit --batch <"$T/lines" >/dev/null
    jc -C "$T/copy" export | cmp - "$T/lines"
}

test_an_empty_batch_stores_nothing() {
    run_with '' emit --batch --json
    succeeds
    out_has '"stored":0'
    run_with '

' emit --batch
    succeeds
    stored 0
}

# The third line of each batch is bad.
test_a_bad_line_is_named_and_nothing_is_stored() {
    good='{"workflow_id":"w","event_type":"a.happened"}'
    for line in 'x' '[]' '1' '{"workflow_id":"w"}' '{"event_type":"a.b"}' '{"workflow_id":"w","event_type":"a"}' \
        '{"workflow_id":"../w","event_type":"a.b"}' '{"workflow_id":"w","event_type":"a.b","data":[]}' \
        '{"workflow_id":"w","event_type":"a.b","data":{"x":1,"x":2}}' '{"workflow_id":"w","event_type":"a.b","data":"{}"}' \
        '{"workflow_id":"w","event_type":"a.b","id":"x"}' '{"workflow_id":"w","event_type":"a.b","timestamp":"yesterday"}' \
        '{"workflow_id":"w","event_type":"a.b","timestamp":"2026-02-30T00:00:00Z"}' '{"workflow_id":1,"event_type":"a.b"}' \
        '{"workflow_id":"w","event_type":"feature.completed"}' '{"workflow_id":"w","event_type":"a.b","agent_id":""}' \
        '{"workflow_id":"w","event_type":"a.b","workflow_id":"w"}' '{"workflow_id":"w","event_type":"a.b"'; do
        run_with "$good

$line
$good
" emit --batch
        refused 2 "line 3: "
    done
    stored 0
}

test_an_unknown_field_is_refused() {
    run_with '{"workflow_id":"w","event_type":"a.b","payload":{}}' emit --batch
    refused 2 "line 1: 'payload'"
}

test_the_same_id_twice_is_bad_input() {
    run_with "{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id1\"}
{\"workflow_id\":\"w\",\"event_type\":\"a.happened\"}
{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id1\"}" emit --batch
    refused 2 "line 3: "
    err_has "line 1"
    stored 0
}

test_an_id_reused_with_other_content_names_its_line() {
    jc emit w a.happened --id $id1 >/dev/null
    run_with "{\"workflow_id\":\"w\",\"event_type\":\"b.happened\"}
{\"workflow_id\":\"w\",\"event_type\":\"b.happened\",\"id\":\"$id1\"}" emit --batch
    refused 3 "line 2: "
    stored 1
}

test_expect_goes_with_one_workflow_only() {
    run_with '{"workflow_id":"w","event_type":"a.happened"}
{"workflow_id":"v","event_type":"a.happened"}' emit --batch --expect none
    refused 2 "line 2: --expect"
    run_with '{"workflow_id":"w","event_type":"a.happened"}
{"workflow_id":"w","event_type":"a.happened"}' emit --batch --expect none
    succeeds
    run_with '{"workflow_id":"w","event_type":"a.happened"}' emit --batch --expect 1
    refused 3 "'w'"
    stored 2
}

test_partly_stored_with_expect_is_a_conflict() {
    jc emit w a.happened --id $id1 >/dev/null
    run_with "{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id1\"}
{\"workflow_id\":\"w\",\"event_type\":\"b.happened\",\"id\":\"$id2\"}" emit --batch --expect 0
    refused 3 "stored already"
    stored 1
}

test_a_batch_repeated_as_a_whole_succeeds_whatever_it_expected() {
    batch="{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id1\"}
{\"workflow_id\":\"w\",\"event_type\":\"b.happened\",\"id\":\"$id2\"}"
    run_with "$batch" emit --batch --expect 0
    succeeds
    run_with "$batch" emit --batch --expect 0 --json
    succeeds
    prints '{"stored":0,"already_stored":2,"position":2}'
}

test_batch_takes_no_fields_of_its_own() {
    run_with '' emit w a.b --batch
    refused 2 "--batch takes no workflow"
    run_with '' emit --batch -d '{}'
    refused 2 "each line has its own fields"
}

test_strict_holds_for_each_line() {
    run_with '{"workflow_id":"w","event_type":"workflow.started"}
{"workflow_id":"w","event_type":"shop.opened"}' emit --batch --strict
    refused 2 "line 2: "
}

lines() {
    seq 1 "$1" | sed 's/.*/{"workflow_id":"w","event_type":"a.happened","data":{"n":&}}/'
}

test_ten_thousand_events_are_good_and_one_more_is_not() {
    lines 10001 >"$T/lines"
    status=0
    jc emit --batch <"$T/lines" >"$T/out" 2>"$T/err" || status=$?
    refused 2 "line 10001: "
    stored 0
    head -n 10000 "$T/lines" >"$T/fewer"
    run_with '' emit --batch
    status=0
    jc emit --batch <"$T/fewer" >"$T/out" 2>"$T/err" || status=$?
    succeeds
    stored 10000
}

test_more_than_64_mebibytes_are_refused() {
    status=0
    head -c 67108865 /dev/zero | jc emit --batch >"$T/out" 2>"$T/err" || status=$?
    refused 2 "64 MiB"
}

run_tests
