#!/bin/sh
# jc export and jc import.
. "$(dirname "$0")/lib.sh"

fill() {
    seq 1 "$1" | sed 's/.*/{"workflow_id":"w","event_type":"a.happened","timestamp":"2026-01-09T10:00:00Z","data":{"n":&}}/'
}

# The message says how many events are committed; so many are stored, and at least $1.
stored_as_said() {
    said=$(sed 's/.*; \([0-9]*\) events were committed before.*/\1/' "$T/err")
    stored "$said"
    [ "$said" -ge "$1" ] || complain "expected at least $1 to be committed"
}

# Another project, named by $copy.
make_copy() {
    copy=$T/copy
    mkdir "$copy"
    jc init "$copy" >/dev/null
}

test_an_export_comes_in_with_the_same_sequences_and_hashes() {
    jc emit w a.happened -d '{"n":1E+2}' >/dev/null
    jc emit v a.happened --agent a --correlation c --causation d >/dev/null
    jc emit w b.happened --timestamp 2026-01-09T10:00:00Z >/dev/null
    jc export >"$T/lines"
    make_copy
    run -C "$copy" import "$T/lines"
    succeeds
    out_has "imported 3 events (mirror"
    jc -C "$copy" export | cmp - "$T/lines"
    jc -C "$copy" verify >/dev/null
    jc -C "$copy" mirror --check >/dev/null
}

test_importing_again_stores_nothing_twice() {
    fill 5 >"$T/lines"
    jc import "$T/lines" >/dev/null
    run import "$T/lines"
    succeeds
    out_has "imported 0 events, 5 already stored"
    stored 5
}

test_import_reads_standard_input() {
    jc emit w a.happened >/dev/null
    jc export >"$T/lines"
    make_copy
    status=0
    jc -C "$copy" import - <"$T/lines" >"$T/out" 2>"$T/err" || status=$?
    succeeds
    jc -C "$copy" export | cmp - "$T/lines"
}

test_import_json_tells_the_counts() {
    fill 3 >"$T/lines"
    run import --json "$T/lines"
    succeeds
    prints '{"format":"jsonl","stored":3,"already_stored":0,"lines":3,"position":3,"interrupted":false}'
}

test_ids_that_are_no_uuids_are_derived_and_equal_lines_are_kept_apart() {
    cat >"$T/lines" <<'LINES'
{"id":"evt-1","workflow_id":"w","event_type":"a.happened"}
{"workflow_id":"w","event_type":"a.happened","data":{"same":true}}
{"workflow_id":"w","event_type":"a.happened","data":{"same":true}}
LINES
    jc import "$T/lines" >/dev/null
    jc import "$T/lines" >/dev/null
    stored 3
}

test_a_bad_line_is_named_and_what_was_committed_stays() {
    { fill 1500; echo '{"workflow_id":"w","event_type":"bad"}'; } >"$T/lines"
    run import "$T/lines"
    refused 2 "line 1501"
    stored_as_said 1000
    fill 1500 >"$T/lines"
    run import "$T/lines"
    succeeds
    stored 1500
}

test_edited_mirror_lines_are_found() {
    jc emit w a.happened -d '{"n":1}' >/dev/null
    jc emit w a.happened -d '{"n":2}' >/dev/null
    jc export | sed 's/"n":1/"n":9/' >"$T/lines"
    make_copy
    run -C "$copy" import "$T/lines"
    exits 5
    err_has "jc import: "
}

test_a_file_that_is_missing_or_a_folder_is_refused() {
    run import nowhere.jsonl
    refused 4 "nowhere.jsonl"
    run import .
    exits 1
    [ "$(wc -l <"$T/err")" -eq 1 ]
}

test_an_unknown_format_is_bad_usage() {
    echo '{}' >"$T/lines"
    run import --format yaml "$T/lines"
    refused 2 "yaml"
}

test_times_without_a_zone_are_local_or_utc() {
    export TZ=Europe/Berlin
    echo '{"workflow_id":"local","event_type":"a.happened","timestamp":"2026-01-09T10:00:00"}' >"$T/local"
    echo '{"workflow_id":"utc","event_type":"a.happened","timestamp":"2026-01-09T10:00:00"}' >"$T/utc"
    jc import "$T/local" >/dev/null
    jc import --utc "$T/utc" >/dev/null
    run log local --json
    out_has '"timestamp":"2026-01-09T09:00:00.000000Z"'
    run log utc --json
    out_has '"timestamp":"2026-01-09T10:00:00.000000Z"'
}

test_the_original_systems_database_comes_in() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    sqlite3 "$T/old.db" "CREATE TABLE events(id TEXT PRIMARY KEY, timestamp TEXT, workflow_id TEXT, event_type TEXT, data TEXT);
        INSERT INTO events VALUES('6f1c0d7e-0000-4000-8000-000000000001','2026-01-09T10:00:00','w','workflow.started','{\"a\": 1}');
        INSERT INTO events VALUES('6f1c0d7e-0000-4000-8000-000000000002','2026-01-09T10:05:00','w','feature.completed','{\"feature_name\": \"login\", \"cost_usd\": 0.10}');"
    run import --utc "$T/old.db" --json
    succeeds
    out_has '"format":"jean-claude-db","stored":2'
    run log w --json
    out_has '"data":{"feature_name":"login","cost_usd":0.10}'
    out_has '"timestamp":"2026-01-09T10:05:00.000000Z"'
    run import --utc "$T/old.db"
    out_has "2 already stored"
}

# The first 1,500 lines come, then the writer holds the pipe open: 1,000 are committed, and the import
# waits in a read when the signal comes.
test_ctrl_c_ends_an_import_after_what_is_committed() {
    fill 2000 >"$T/lines"
    mkfifo "$T/pipe" "$T/hold"
    { head -n 1500 "$T/lines" && cat "$T/hold"; } >"$T/pipe" &
    writer=$!
    env --default-signal=INT "$JC_PROGRAM" import - <"$T/pipe" >"$T/out" 2>"$T/err" &
    importer=$!
    trap 'kill $writer $importer 2>/dev/null || true' EXIT
    eventually committed 1000
    kill -INT "$importer"
    status=0
    wait "$importer" || status=$?
    refused 1 "interrupted"
    stored_as_said 1000
    run import "$T/lines"
    succeeds
    stored 2000
}

committed() {
    [ "$(jc export | wc -l)" -ge "$1" ]
}

test_an_id_with_other_content_is_named_by_its_line() {
    id=018f4e6a-7c1e-7abc-8def-0123456789ab
    jc emit w a.happened --id $id -d '{"n":1}' --timestamp 2026-01-09T10:00:00Z >/dev/null
    printf '%s\n' '{"workflow_id":"w","event_type":"a.happened"}' '' \
        "{\"workflow_id\":\"w\",\"event_type\":\"a.happened\",\"id\":\"$id\",\"data\":{\"n\":2}}" >in.jsonl
    run import in.jsonl
    refused 3 "line 3: id $id is stored already"
    err_has "nothing was stored"
    stored 1
}

test_times_read_in_another_zone_are_told_from_an_id_used_again() {
    printf '%s\n' '{"id":"x-1","workflow_id":"w","event_type":"a.happened","timestamp":"2026-01-09T10:00:00"}' >in.jsonl
    jc import --utc in.jsonl >/dev/null
    TZ=America/New_York run import in.jsonl
    refused 3 "--utc"
}

test_what_ends_an_import_says_whether_trying_again_helps() {
    printf '%s\n' '{"workflow_id":"w","event_type":"a.happened"}' '{"workflow_id":"w"}' >in.jsonl
    run import in.jsonl
    refused 2 "1 event was committed before: put that right and import again"
}

run_tests
