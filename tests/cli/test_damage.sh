#!/bin/sh
# Files that are missing, damaged, newer, or cannot be written: each gets one clear line, and nothing
# stored is lost. And what puts things right: backup, restore, rebuild.
. "$(dirname "$0")/lib.sh"

fill() {
    for n in 1 2 3; do
        jc emit w a.happened -d "{\"n\":$n}" >/dev/null
    done
}

# Every command that needs the log is refused like this.
all_refused() {
    for command in "emit w a.happened" log workflows export head "verify" "mirror"; do
        run $command
        refused "$1" "$2"
    done
}

test_a_database_that_is_not_one_is_damage() {
    fill
    head -c 8192 /dev/zero | tr '\0' x >.jc/events.db
    all_refused 5 "events.db"
    run doctor
    exits 5
    out_has "jc restore"
}

test_an_empty_database_is_damage() {
    fill
    : >.jc/events.db
    all_refused 5 "events.db"
}

test_another_programs_database_is_left_alone() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    rm .jc/events.db*
    sqlite3 .jc/events.db 'CREATE TABLE events(id TEXT); PRAGMA user_version = 1;'
    cp .jc/events.db "$T/before"
    all_refused 5 "events.db"
    cmp .jc/events.db "$T/before"
}

test_a_database_of_a_newer_version_is_refused() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    fill
    sqlite3 .jc/events.db 'PRAGMA user_version = 999;'
    all_refused 1 "newer"
}

test_a_truncated_database_is_damage() {
    jc emit --batch >/dev/null <<LINES
$(seq 1 500 | sed 's/.*/{"workflow_id":"w","event_type":"a.happened","data":{"n":&}}/')
LINES
    size=$(wc -c <.jc/events.db)
    head -c $((size / 2)) .jc/events.db >"$T/half"
    cp "$T/half" .jc/events.db
    run verify
    exits 5
    grep -q '^jc verify: ' "$T/err"
    run doctor
    equal "$(grep -c '^jc doctor: ' "$T/err")" 1
}

test_a_flipped_bit_in_an_event_is_found() {
    jc emit w a.happened -d '{"text":"needle in the haystack"}' >/dev/null
    offset=$(grep -abo 'needle in' .jc/events.db | head -n 1 | cut -d : -f 1)
    printf 'N' | dd of=.jc/events.db bs=1 seek="$offset" conv=notrunc 2>/dev/null
    run verify
    exits 5
    out_has "w #1: "
}

test_a_missing_database_says_how_to_bring_it_back() {
    fill
    rm .jc/events.db*
    run log
    refused 4 "jc rebuild --from-mirror"
    run doctor
    exits 5
}

test_cache_db_is_not_needed() {
    fill
    rm -f .jc/cache.db*
    stored 3
    head -c 100 /dev/zero >.jc/cache.db
    run emit w a.happened
    succeeds
    stored 4
}

# The same program as a user without rights, when the tests run as root.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then
        command -v setpriv >/dev/null || skip "there is no setpriv program"
        chmod 755 "$T"
        cp "$JC_PROGRAM" "$T/jc"
        status=0
        setpriv --reuid=65534 --regid=65534 --clear-groups "$T/jc" "$@" >"$T/out" 2>"$T/err" || status=$?
    else
        run "$@"
    fi
}

test_a_read_only_folder_can_be_read_and_not_written() {
    fill
    jc export >"$T/before"
    chmod -R a+rX .
    chmod -R a-w .jc agents
    as_nobody -C "$PWD" emit w a.happened
    refused 1 "jc emit: "
    as_nobody -C "$PWD" export
    succeeds
    cmp "$T/out" "$T/before"
    as_nobody -C "$PWD" verify
    exits 0
    chmod -R u+w .
    stored 3
}

test_an_unreadable_folder_is_a_failure() {
    fill
    chmod 700 .jc
    if [ "$(id -u)" -ne 0 ]; then chmod 000 .jc; fi
    as_nobody -C "$PWD" log
    exits 1
    equal "$(wc -l <"$T/err")" 1
    chmod 700 .jc
    stored 3
}

test_a_mirror_that_cannot_be_read_does_not_hide_the_log() {
    fill
    chmod -R a+rwX .
    chmod 000 agents/w/events.jsonl
    as_nobody -C "$PWD" verify
    exits 5
    out_has "the mirror cannot be read"
    as_nobody -C "$PWD" export
    succeeds
    out_lines 3
    chmod 644 agents/w/events.jsonl
    stored 3
}

# A disk of one mebibyte, where the tests may mount one.
test_a_full_disk_stores_nothing_and_loses_nothing() {
    mkdir "$T/disk"
    mount -t tmpfs -o size=1m none "$T/disk" 2>/dev/null || skip "mounting is not allowed here"
    trap 'cd / && umount "$T/disk"' EXIT
    cd "$T/disk"
    jc init >/dev/null
    acknowledged=0
    while [ "$acknowledged" -lt 1000 ]; do
        run emit w a.happened -d "{\"text\":\"$(printf '%020000d' 0)\"}"
        [ "$status" -eq 0 ] || break
        acknowledged=$((acknowledged + 1))
    done
    refused 1 "jc emit: "
    equal "$(jc export | wc -l)" "$acknowledged"
    rm -f agents/w/events.jsonl
    run emit w a.happened
    exits 0
    equal "$(jc export | wc -l)" $((acknowledged + 1))
    run verify
    exits 0
}

# Somebody with the file keeps it locked for longer than anybody waits.
test_a_log_that_is_locked_past_the_deadline_is_busy() {
    command -v sqlite3 >/dev/null || skip "there is no sqlite3 program"
    fill
    mkfifo "$T/statements"
    sqlite3 .jc/events.db <"$T/statements" >"$T/locked" &
    holder=$!
    trap 'kill "$holder" 2>/dev/null || true' EXIT
    exec 3>"$T/statements"
    printf 'BEGIN IMMEDIATE;\nSELECT 1;\n' >&3
    eventually grep -q 1 "$T/locked"
    run emit w a.happened
    refused 1 "jc emit: "
    run log --json
    succeeds
    out_lines 3
    exec 3>&-
    wait "$holder" || true
    run emit w a.happened
    succeeds
    stored 4
}

test_a_backup_is_a_whole_project_log() {
    fill
    run backup "$T/backup.db"
    succeeds
    jc export >"$T/before"
    jc emit w a.happened >/dev/null
    run restore "$T/backup.db"
    exits 0
    jc export | cmp - "$T/before"
    jc mirror >/dev/null
    stored 3
}

test_a_backup_never_overwrites() {
    fill
    echo precious >"$T/file"
    run backup "$T/file"
    refused 1 "$T/file"
    equal "$(cat "$T/file")" precious
    run backup "$T/nowhere/file"
    refused 4 "$T/nowhere/file"
}

test_restore_keeps_the_old_log() {
    fill
    jc backup "$T/backup.db" >/dev/null
    jc emit w a.happened >/dev/null
    run restore "$T/backup.db" --json
    kept=$(sed 's/.*"kept":"\([^"]*\)"}$/\1/' "$T/out")
    [ -f "$kept" ]
    jc restore "$kept" >"$T/out" 2>&1
    equal "$(jc export | wc -l)" 4
}

test_restore_refuses_what_is_no_backup() {
    fill
    jc export >"$T/before"
    echo x >"$T/file"
    run restore "$T/file"
    refused 5 "$T/file"
    run restore "$T/nowhere"
    refused 4 "$T/nowhere"
    jc export | cmp - "$T/before"
    stored 3
}

test_a_log_that_was_replaced_is_noticed_by_who_follows_it() {
    fill
    jc backup "$T/backup.db" >/dev/null
    "$JC_PROGRAM" log -f --json >"$T/follow" 2>"$T/follow.err" &
    follower=$!
    trap 'kill "$follower" 2>/dev/null || true' EXIT
    eventually grep -q '"n":3' "$T/follow"
    jc restore "$T/backup.db" >/dev/null 2>&1
    jc emit w a.happened -d '{"n":4}' >/dev/null
    # Either it goes on with the new log, or it ends and says why.
    noticed() {
        grep -q '"n":4' "$T/follow" || grep -q '^jc log: ' "$T/follow.err"
    }
    eventually noticed
}

test_the_log_is_rebuilt_from_the_mirrors() {
    fill
    jc emit v a.happened --agent a >/dev/null
    jc emit w b.happened >/dev/null
    jc export >"$T/before"
    rm .jc/events.db*
    run rebuild --from-mirror
    succeeds
    out_has "rebuilt 5 events in 2 workflows"
    jc export | cmp - "$T/before"
    stored 5
}

test_rebuild_works_when_the_whole_folder_is_gone() {
    fill
    jc export >"$T/before"
    rm -r .jc
    run rebuild --from-mirror
    exits 0
    jc export | cmp - "$T/before"
}

test_rebuild_keeps_the_old_log() {
    fill
    run rebuild --from-mirror --json
    exits 0
    out_has '"events":3,"workflows":1,"gaps":false,"kept":"'
    stored 3
}

test_a_lost_mirror_leaves_gaps_unless_renumbered() {
    fill
    jc emit v a.happened >/dev/null
    jc emit w b.happened >/dev/null
    rm -r agents/v .jc/events.db*
    run rebuild --from-mirror
    exits 0
    err_has "--renumber"
    equal "$(jc export | tail -n 1 | cut -d , -f 1)" '{"position":5'
    run rebuild --from-mirror --renumber
    exits 0
    equal "$(jc export | tail -n 1 | cut -d , -f 1)" '{"position":4'
}

test_a_damaged_mirror_stops_a_rebuild() {
    fill
    sed 's/"n":2/"n":7/' agents/w/events.jsonl >"$T/edited"
    cp "$T/edited" agents/w/events.jsonl
    jc export >"$T/before"
    run rebuild --from-mirror
    exits 5
    grep -q 'line 2' "$T/err" || complain "expected the line"
    jc export | cmp - "$T/before"
}

test_rebuild_without_mirrors_is_not_found() {
    run rebuild --from-mirror
    refused 4 "mirror"
    run rebuild
    refused 2 "--from-mirror"
}

run_tests
