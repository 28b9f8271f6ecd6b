#!/bin/sh
# jc verify, mirror and doctor: damage is found, named, and survived.
. "$(dirname "$0")/lib.sh"

fill() {
    for n in 1 2 3; do
        jc emit w a.happened --agent coder -d "{\"n\":$n}" >/dev/null
    done
    jc emit v b.happened >/dev/null
}

test_a_sound_record_is_said_to_be_one() {
    fill
    run verify
    succeeds
    prints "checked 4 events in 2 workflows: no damage"
    run verify w
    succeeds
    out_has "checked 3 events in 1 workflow"
    run verify --json
    prints '{"events":4,"workflows":2,"damages":0}'
}

# Change one column of w #2 and expect that it is named.
found_after() {
    fill
    tamper "$1"
    run verify
    exits 5
    grep -q '^w #2: ' "$T/out" || complain "expected a finding at w #2"
    out_has "DAMAGED"
    equal "$(wc -l <"$T/err")" 1
    err_has "jc verify: damage in"
}

test_changed_data_is_found() {
    found_after "UPDATE events SET data = '{\"n\":9}' WHERE workflow_id = 'w' AND sequence = 2;"
}

test_a_changed_agent_is_found() {
    found_after "UPDATE events SET agent_id = 'Coder' WHERE workflow_id = 'w' AND sequence = 2;"
}

test_a_changed_time_is_found() {
    found_after "UPDATE events SET timestamp = '2020-01-01T00:00:00.000000Z' WHERE workflow_id = 'w' AND sequence = 2;"
}

test_a_changed_type_is_found() {
    found_after "UPDATE events SET event_type = 'a.happenee' WHERE workflow_id = 'w' AND sequence = 2;"
}

test_a_removed_event_is_found() {
    fill
    tamper "DELETE FROM events WHERE workflow_id = 'w' AND sequence = 2;"
    run verify
    exits 5
    out_has "w #"
    run verify v
    exits 0
}

test_other_programs_cannot_change_the_log() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    fill
    for statement in "UPDATE events SET data = '{}'" "DELETE FROM events" \
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 2"; do
        if sqlite3 .jc/events.db "$statement" 2>"$T/err"; then complain "not refused: $statement"; fi
    done
    stored 4
}

test_a_mirror_that_is_behind_is_a_note() {
    fill
    head -n 2 agents/w/events.jsonl >"$T/part"
    cp "$T/part" agents/w/events.jsonl
    run verify
    exits 0
    out_has "w #3: note: "
    run mirror --check
    exits 0
    out_has "1 behind"
    run mirror
    succeeds
    jc export w | cmp - agents/w/events.jsonl
}

test_a_missing_mirror_is_written_by_the_next_append() {
    fill
    rm -r agents/w
    run verify
    exits 0
    jc emit w a.happened >/dev/null
    jc export w | cmp - agents/w/events.jsonl
}

test_an_edited_mirror_is_damage_and_left_alone_by_appends() {
    fill
    sed 's/"n":2/"n":7/' agents/w/events.jsonl >"$T/edited"
    cp "$T/edited" agents/w/events.jsonl
    run verify
    exits 5
    out_has "w #2: the mirror differs in line 2"
    err_has "the log itself is intact"
    run mirror --check
    exits 5
    cmp agents/w/events.jsonl "$T/edited"
    run mirror
    exits 0
    jc export w | cmp - agents/w/events.jsonl
    cat agents/w/events.jsonl.damaged-* | cmp - "$T/edited"
}

test_an_edited_last_line_warns_at_the_next_append_which_succeeds() {
    fill
    sed 's/"n":3/"n":7/' agents/w/events.jsonl >"$T/edited"
    cp "$T/edited" agents/w/events.jsonl
    run emit w a.happened
    exits 0
    out_has "w #4"
    equal "$(wc -l <"$T/err")" 1
    err_has "jc emit: warning: "
    cmp agents/w/events.jsonl "$T/edited"
}

test_zeros_in_the_middle_of_a_mirror_are_damage() {
    fill
    printf '\000\000\000\000' | dd of=agents/w/events.jsonl bs=1 seek=300 conv=notrunc 2>/dev/null
    run verify
    exits 5
    out_has "the mirror differs"
    run mirror
    exits 0
    stored 4
    jc export w | cmp - agents/w/events.jsonl
}

test_a_torn_last_line_is_completed_by_the_next_append() {
    fill
    size=$(wc -c <agents/w/events.jsonl)
    head -c $((size - 20)) agents/w/events.jsonl >"$T/part"
    cp "$T/part" agents/w/events.jsonl
    jc emit w a.happened >/dev/null
    jc export w | cmp - agents/w/events.jsonl
}

test_a_mirror_ahead_of_the_log_is_damage() {
    fill
    jc backup "$T/backup.db" >/dev/null
    jc emit w a.happened -d '{"n":4}' >/dev/null
    cp agents/w/events.jsonl "$T/ahead"
    run restore "$T/backup.db"
    exits 0
    err_has "1 mirror is ahead of the restored log: 'jc mirror'"
    cmp agents/w/events.jsonl "$T/ahead"
    run verify
    exits 5
    out_has "w #4: the mirror goes on where the log ends"
    run mirror
    exits 0
    cat agents/w/events.jsonl.damaged-* | cmp - "$T/ahead"
    stored 4
}

test_a_mirror_that_is_a_folder_does_not_stop_an_append() {
    fill
    rm agents/w/events.jsonl
    mkdir agents/w/events.jsonl
    run emit w a.happened
    exits 0
    err_has "jc emit: warning: "
    run verify
    exits 5
    out_has "the mirror cannot be read"
    equal "$(jc export w | wc -l)" 4
}

test_a_workflow_that_vanished_from_the_log_shows_by_its_mirror() {
    fill
    jc backup "$T/backup.db" >/dev/null
    jc emit lost a.happened >/dev/null
    jc restore "$T/backup.db" >/dev/null 2>&1
    run verify
    exits 5
    out_has "lost #1: the mirror goes on where the log ends"
    run mirror
    exits 0
    cat agents/lost/events.jsonl.damaged-* | grep -q '"workflow_id":"lost"'
    stored 4
}

test_a_mirror_of_another_workflow_is_damage() {
    fill
    cp -r agents/w agents/stranger
    run verify
    exits 5
    out_has "stranger #1: the mirror differs in line 1"
}

test_a_file_alone_is_checked() {
    fill
    jc export >"$T/all"
    run verify --file agents/w/events.jsonl
    succeeds
    out_has "checked 3 events in 1 workflow of agents/w/events.jsonl: no damage"
    run verify --file "$T/all"
    succeeds
    out_has "checked 4 events"
    sed 's/"n":2/"n":7/' "$T/all" >"$T/edited"
    run verify --file "$T/edited"
    exits 5
    out_has "line 2: "
    sed 2d "$T/all" >"$T/cut"
    run verify --file "$T/cut"
    exits 5
    out_has "line 2: "
    run verify --file nowhere
    refused 4 "nowhere"
    run verify --file "$T/all" w
    refused 2 "--file"
}

test_every_form_of_a_head_is_understood() {
    fill
    hash=$(jc head | cut -d ' ' -f 3)
    for head in "$(jc head)" "4:$hash" "$hash" "$(jc head w)" "$(jc head w | cut -d ' ' -f 3)"; do
        run verify --head "$head"
        succeeds
        out_has "head: it is that of"
    done
}

test_an_older_head_is_still_part_of_the_record() {
    jc head >"$T/empty"
    fill
    jc head >"$T/head"
    jc head w >"$T/workflow"
    jc emit w a.happened >/dev/null
    jc emit x a.happened >/dev/null
    for head in "$(cat "$T/empty")" "$(cat "$T/head")" "$(cat "$T/workflow")" "$(cut -d ' ' -f 3 "$T/head")" \
        "4:$(cut -d ' ' -f 3 "$T/head")" "$(cut -d ' ' -f 3 "$T/workflow")"; do
        run verify --head "$head"
        succeeds
    done
    run verify --head "$(cut -d ' ' -f 3 "$T/head")"
    out_has "the store at position 4"
}

test_a_log_that_was_cut_shows_against_a_kept_head() {
    fill
    jc backup "$T/backup.db" >/dev/null
    jc emit w a.happened >/dev/null
    store=$(jc head)
    workflow=$(jc head w)
    jc restore "$T/backup.db" >/dev/null 2>&1
    jc mirror >/dev/null
    for head in "$store" "$(echo "$store" | cut -d ' ' -f 3)" "5:$(echo "$store" | cut -d ' ' -f 3)" "$workflow"; do
        run verify --head "$head"
        exits 5
        out_has "head: "
        equal "$(wc -l <"$T/err")" 1
    done
}

test_a_head_of_another_store_is_damage() {
    fill
    jc init "$(mkdir "$T/other" && echo "$T/other")" >/dev/null
    run verify --head "$(jc -C "$T/other" head)"
    exits 5
    out_has "another store"
}

test_what_is_no_head_is_bad_usage() {
    for head in '' x '1 2' '1:2' "$(jc head) x" 'w 0 0000000000000000000000000000000000000000000000000000000000000000'; do
        run verify --head "$head"
        refused 2 "--head"
    done
}

test_doctor_finds_nothing_wrong_with_a_sound_project() {
    fill
    run doctor
    succeeds
    out_has "ok    log"
    out_has "durability"
    out_has "2 of 2 equal to the log"
    run doctor --json
    succeeds
    out_has '{"check":"log","state":"good"'
}

test_doctor_names_a_bad_rule_of_redaction() {
    echo '{"redaction":{"rules":[{"kind":"badge","pattern":"("}]}}' >.jc/config.json
    run doctor
    exits 0
    out_has "note  redaction"
    out_has "rule 1 ('badge')"
}

test_doctor_says_that_redaction_is_off() {
    run doctor
    out_has "ok    redaction"
    echo '{"redaction":{"enabled":false}}' >.jc/config.json
    run doctor
    out_has "note  redaction    off"
}

test_doctor_says_what_to_do_about_mirrors_and_leftovers() {
    fill
    head -n 1 agents/w/events.jsonl >"$T/part"
    cp "$T/part" agents/w/events.jsonl
    cp .jc/events.db .jc/events.db.before-something
    run doctor
    exits 0
    out_has "w: behind the log, intact up to #1"
    out_has "1 older log"
    out_has "see the notes"
    sed 's/"n":1/"n":7/' "$T/part" >agents/w/events.jsonl
    run doctor
    exits 5
    out_has "'jc mirror'"
}

test_doctor_counts_what_waits_in_the_spool() {
    mkdir -p .jc/spool
    echo '{}' >.jc/spool/1.json
    run doctor
    exits 0
    out_has "1 hook could not reach the log"
}

test_doctor_fails_when_the_log_cannot_be_looked_at() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    sqlite3 .jc/events.db 'PRAGMA user_version = 99'
    run doctor
    exits 1
    out_has "schema 99"
    out_lacks "sound"
    err_has "could not be looked at"
}

test_doctor_tells_of_settings_that_it_cannot_understand() {
    echo '{"types":' >.jc/config.json
    run doctor
    exits 0
    out_has "config.json"
    out_has "see the notes"
}

test_doctor_counts_kept_logs_without_what_belongs_to_them() {
    jc emit w a.happened >/dev/null
    jc backup copy.db >/dev/null
    jc restore copy.db >/dev/null
    touch .jc/events.db.before-2026-01-09T10-00-00 .jc/events.db.before-2026-01-09T10-00-00-wal .jc/events.db.incoming-123
    run doctor
    exits 0
    out_has "2 older logs beside events.db"
    out_has "1 file of a restore, rebuild or init"
}

run_tests
