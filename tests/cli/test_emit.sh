#!/bin/sh
# jc emit, one event: what it stores, what it prints, and what it refuses.
. "$(dirname "$0")/lib.sh"

id=11111111-1111-7111-8111-111111111111

test_emit_prints_workflow_sequence_type_and_id() {
    run emit w a.happened --id "$id"
    succeeds
    prints "w #1 a.happened $id"
    run emit w a.happened
    succeeds
    grep -qE '^w #2 a\.happened [0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' "$T/out"
}

test_emit_json_is_the_stored_line() {
    run emit w a.happened -d '{ "n" : 1 }' --agent a --correlation c --causation d --json
    succeeds
    cmp "$T/out" agents/w/events.jsonl
    out_has '"event_type":"a.happened","agent_id":"a","correlation_id":"c","causation_id":"d","data":{"n":1},"hash":"'
}

test_emit_writes_the_mirror() {
    jc emit w a.happened >/dev/null
    jc emit w b.happened >/dev/null
    jc export w | cmp - agents/w/events.jsonl
}

test_data_defaults_to_an_empty_object() {
    run emit w a.happened --json
    out_has '"data":{}'
}

test_data_comes_from_a_file_or_standard_input() {
    echo '{"from": "file"}' >"$T/data.json"
    run emit w a.happened -d "@$T/data.json" --json
    out_has '"data":{"from":"file"}'
    run_with '{"from":"input"}' emit w a.happened -d - --json
    out_has '"data":{"from":"input"}'
}

test_a_data_file_that_is_missing_is_not_found() {
    run emit w a.happened -d @nowhere.json
    refused 4 "nowhere.json"
    stored 0
}

test_numbers_of_any_size_are_kept_byte_for_byte() {
    data='{"a":9223372036854775808,"b":-0,"c":0.10,"d":1E+2,"e":123456789012345678901234567890.5,"f":1e400}'
    run emit w a.happened -d "$data" --json
    succeeds
    out_has "\"data\":$data"
    run emit w a.happened -d "{\"n\":1$(printf '%0400d' 0)}" --json
    succeeds
}

test_escapes_are_kept_byte_for_byte() {
    data='{"a":"\u0000\u00e9\/\ud83d\ude00","b":"é"}'
    run emit w a.happened -d "$data" --json
    succeeds
    out_has "\"data\":$data"
}

test_bad_workflow_ids_are_refused() {
    long=$(printf '%0129d' 0)
    for workflow in '' . .. .hidden -x ../x a/b 'a b' 'a*b' 'é' "$long" "$(printf 'a\001b')" "$(printf 'a\nb')" "$(printf 'a\377b')"; do
        run emit -- "$workflow" a.happened
        refused 2 "workflow"
    done
    [ ! -e agents ] || [ -z "$(ls -A agents)" ]
    stored 0
}

test_a_workflow_id_of_128_bytes_is_good() {
    run emit "$(printf '%0128d' 0)" a.happened
    succeeds
}

test_bad_types_are_refused() {
    for type in '' a a. .b a..b A.b a.B 'a b.c' a-b.c a.b.c.d.e.f 'é.b' "a.$(printf '%0127d' 0)"; do
        run emit w "$type"
        refused 2 "type"
    done
    stored 0
}

test_data_that_is_not_a_json_object_is_refused() {
    for data in '' ' ' x '[]' '"a"' 1 null '{' '{"a":1' '{"a":1,}' '{"a":1}}' "{'a':1}" '{"a":01}' '{"a":NaN}' '{"a":+1}' \
        '{"a":"' '{"a":"\x"}' '{"a":tru}' '{}{}' '{"a":1} // x'; do
        run emit w a.happened -d "$data"
        refused 2 "data"
    done
    stored 0
}

test_data_with_a_duplicate_key_is_refused_at_any_depth() {
    for data in '{"a":1,"a":2}' '{"x":[{"b":{"a":1,"a":1}}]}' '{"a":1,"\u0061":2}'; do
        run emit w a.happened -d "$data"
        refused 2 "duplicate key"
    done
}

test_lone_surrogates_and_bad_utf8_are_refused() {
    for data in '{"a":"\ud800"}' '{"a":"\udc00\ud800"}' "$(printf '{"a":"\377"}')" "$(printf '{"a":"\355\240\200"}')"; do
        run emit w a.happened -d "$data"
        refused 2 "data"
    done
}

test_a_raw_nul_byte_is_refused() {
    printf '{"a":"x\000y"}' >"$T/nul.json"
    run emit w a.happened -d "@$T/nul.json"
    refused 2 "NUL"
    printf '{"a":1}\000' >"$T/nul.json"
    run emit w a.happened -d "@$T/nul.json"
    refused 2 "NUL"
}

# {"a":"xxx…"} of so many bytes.
data_of_size() {
    printf '{"a":"%s"}' "$(head -c $(($1 - 8)) /dev/zero | tr '\0' x)"
}

test_data_of_one_mebibyte_is_good_and_one_byte_more_is_not() {
    data_of_size 1048576 >"$T/data.json"
    equal "$(wc -c <"$T/data.json")" 1048576
    run emit w a.happened -d "@$T/data.json"
    succeeds
    data_of_size 1048577 >"$T/data.json"
    run emit w a.happened -d "@$T/data.json"
    refused 2 "1048576"
    stored 1
}

test_white_space_does_not_count_against_the_limit() {
    { data_of_size 1048576; printf '%100000s' ''; } >"$T/data.json"
    run emit w a.happened -d "@$T/data.json"
    succeeds
}

# Objects in objects, so many levels.
data_of_depth() {
    i=1
    while [ $i -lt "$1" ]; do
        printf '{"a":'
        i=$((i + 1))
    done
    printf '{}'
    while [ $i -gt 1 ]; do
        printf '}'
        i=$((i - 1))
    done
}

test_64_levels_of_data_are_good_and_65_are_not() {
    run emit w a.happened -d "$(data_of_depth 64)"
    succeeds
    run emit w a.happened -d "$(data_of_depth 65)"
    refused 2 "64"
    stored 1
}

test_bad_ids_are_refused() {
    for uuid in '' x 1234 00000000-0000-0000-0000-000000000000 11111111-1111-7111-8111-11111111111 \
        11111111-1111-7111-8111-11111111111g 1111111111117111811111111111111111111; do
        run emit w a.happened --id "$uuid"
        refused 2 "--id"
    done
    stored 0
}

test_an_id_is_stored_in_lower_case() {
    run emit w a.happened --id AAAAAAAA-1111-7111-8111-111111111111
    succeeds
    out_has aaaaaaaa-1111
}

test_bad_agent_correlation_and_causation_ids_are_refused() {
    long=$(printf '%0257d' 0)
    for option in agent correlation causation; do
        for value in '' "$long" "$(printf 'a\001')" "$(printf 'a\302\200')" "$(printf '\377')"; do
            run emit w a.happened "--$option" "$value"
            refused 2 "${option}_id"
        done
    done
    stored 0
}

test_the_rule_of_a_type_is_checked() {
    run emit w feature.completed
    refused 2 "name"
    run emit w feature.completed -d '{"name":"  "}'
    refused 2 "name"
    run emit w feature.completed -d '{"feature_name":"login"}'
    succeeds
    run emit w agent.note.learning -d '{"title":"t","content":"c"}' --agent coder
    succeeds
    run emit w agent.message.completed -d '{"correlation_id":"c-1","from_agent":"a","result":"r","success":"yes"}'
    refused 2 "success"
}

test_agent_and_correlation_are_lifted_out_of_data() {
    run emit w a.happened -d '{"agent_id":"coder","correlation_id":"c-1","causation_id":"d"}' --json
    succeeds
    out_has '"agent_id":"coder","correlation_id":"c-1","causation_id":"d","data":{"agent_id":"coder"'
    run emit w a.happened -d '{"agent_id":"coder"}' --agent tester --json
    out_has '"agent_id":"tester","data":{"agent_id":"coder"}'
}

test_strict_refuses_types_that_nobody_declared() {
    run emit w shop.order.paid --strict
    refused 2 "shop.order.paid"
    run emit w shop.order.paid
    succeeds
    run emit w workflow.started --strict
    succeeds
}

test_a_project_declares_its_own_types() {
    echo '{"types":{"deploy.finished":{"required":"target","description":"it is out"}}}' >.jc/config.json
    run emit w deploy.finished --strict -d '{"target":"live"}'
    succeeds
    run emit w deploy.finished
    refused 2 "target"
    run types
    out_has "deploy.finished"
    out_has "it is out"
}

test_an_imperative_gets_a_warning_that_names_the_past_tense() {
    run emit w feature.complete
    exits 0
    err_has "jc emit: warning: "
    err_has "feature.completed"
    out_has "w #1 feature.complete"
}

test_expect_is_compared_with_the_last_sequence() {
    run emit w a.happened --expect none
    succeeds
    run emit w a.happened --expect 1
    succeeds
    run emit w a.happened --expect 1
    refused 3 "'w'"
    run emit w a.happened --expect none
    refused 3 "'w'"
    run emit w a.happened --expect 0
    refused 3 "'w'"
    run emit other a.happened --expect 0
    succeeds
    stored 3
}

test_expect_must_be_a_number_or_none() {
    for value in x -1 '' 1.5 99999999999999999999999; do
        run emit w a.happened --expect "$value"
        refused 2 "--expect"
    done
    stored 0
}

test_an_id_repeated_with_the_same_content_is_stored_once() {
    jc emit w a.happened --id $id -d '{"n":1}' >"$T/first"
    jc emit w b.happened >/dev/null
    run emit w a.happened --id $id -d '{ "n": 1 }'
    exits 0
    err_has "already stored"
    cmp "$T/out" "$T/first"
    stored 2
}

test_an_id_repeated_with_other_content_is_a_conflict() {
    jc emit w a.happened --id $id -d '{"n":1}' >/dev/null
    run emit w a.happened --id $id -d '{"n":2}'
    refused 3 "$id"
    run emit v a.happened --id $id -d '{"n":1}'
    refused 3 "$id"
    run emit w a.happened --id $id -d '{"n":1}' --agent a
    refused 3 "$id"
    stored 1
}

test_the_timestamp_counts_only_when_it_is_given() {
    jc emit w a.happened --id $id --timestamp 2026-01-09T10:00:00Z >/dev/null
    run emit w a.happened --id $id
    exits 0
    run emit w a.happened --id $id --timestamp 2026-01-09T10:00:00.000000Z
    exits 0
    run emit w a.happened --id $id --timestamp 2026-01-09T10:00:01Z
    refused 3 "$id"
}

test_emit_needs_a_workflow_and_a_type() {
    run emit
    refused 2 "a workflow and a type"
    run emit w
    refused 2 "a workflow and a type"
    run emit w a.happened x
    refused 2 "one argument too many"
}

# With this process's largest file no larger than the log is now, the next page has no room.
test_a_write_that_fails_stores_nothing_and_names_the_id() {
    jc emit w a.happened >/dev/null
    data_of_size 900000 >"$T/data.json"
    status=0
    (
        trap '' XFSZ
        ulimit -f 200
        exec "$JC_PROGRAM" emit w b.happened --id $id -d "@$T/data.json"
    ) >"$T/out" 2>"$T/err" || status=$?
    refused 1 "jc emit: "
    stored 1
    run emit w b.happened --id $id -d "@$T/data.json"
    succeeds
    stored 2
}

test_eight_processes_at_once_lose_nothing() {
    for process in 1 2 3 4 5 6 7 8; do
        (for n in 1 2 3 4 5; do jc emit w a.happened -d "{\"p\":$process,\"n\":$n}" >/dev/null; done) &
    done
    wait
    stored 40
    jc export w | cmp - agents/w/events.jsonl
}

run_tests
