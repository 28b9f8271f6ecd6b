#!/bin/sh
# The cache as users see it: rebuild --cache, doctor, verify, and states without it.
. "$(dirname "$0")/lib.sh"

# 250 events in a batch.
tell_many() {
    i=0
    while [ $i -lt 250 ]; do
        i=$((i + 1))
        echo "{\"workflow_id\":\"w\",\"event_type\":\"feature.started\",\"data\":{\"name\":\"f$((i % 7))\"}}"
    done | jc emit --batch
}

test_rebuild_makes_the_cache() {
    tell_many >/dev/null
    run rebuild --cache
    succeeds
    out_has 'rebuilt the cache: '
    out_has ', 250 events indexed'
    run rebuild --cache --json
    out_has '"indexed":250}'
}

test_rebuild_says_what_it_could_rebuild() {
    run rebuild
    refused 2 "jc rebuild --cache"
    run rebuild --cache --from-mirror
    refused 2 "say what to rebuild"
    run rebuild --cache --renumber
    refused 2 "say what to rebuild"
}

test_doctor_tells_of_the_cache() {
    run doctor
    out_has 'none yet; it is made when it helps'
    tell_many >/dev/null
    jc rebuild --cache >/dev/null
    run doctor
    out_has ' snapshots of '
    out_has '250 events indexed'
    rm -f .jc/cache.db*
    mkdir .jc/cache.db
    run doctor
    out_has 'cannot be used'
    out_has "'jc rebuild --cache'"
}

test_states_are_the_same_with_a_cache_and_without() {
    tell_many >/dev/null
    jc state w --json --at 240 >cold
    jc state w --json --at 240 >warm
    cmp -s cold warm || complain "the cache makes a difference"
    rm -f .jc/cache.db*
    chmod 500 .jc
    jc state w --json --at 240 >without
    chmod 700 .jc
    cmp -s cold without || complain "without a cache it is another state"
}

test_verify_checks_the_snapshots() {
    tell_many >/dev/null
    jc rebuild --cache >/dev/null
    run verify
    succeeds
    command -v sqlite3 >/dev/null || return 0
    sqlite3 .jc/cache.db "UPDATE snapshots SET events=events+1 WHERE projection='workflow' AND sequence=200"
    run verify
    exits 0
    out_has 'w #200: note: the snapshot of workflow is damaged; it is not used'
}

test_doctor_tells_the_size_of_a_damaged_cache_that_it_emptied() {
    tell_many >/dev/null
    jc rebuild --cache >/dev/null
    rm -f .jc/cache.db-*
    head -c 3000000 /dev/zero | tr '\0' x >.jc/cache.db
    run doctor
    succeeds
    [ "$(wc -c <.jc/cache.db)" -lt 1000000 ] || complain "it was not emptied"
    grep -q 'cache.db [0-9.]* KiB: 0 snapshots' "$T/out" || complain "it has another size"
}

test_state_says_where_it_came_from() {
    tell_many >/dev/null
    rm -f .jc/cache.db*
    run state w -v --json
    err_has "at #250, from no snapshot, 250 events replayed"
    run state w -v --json
    err_has "at #250, from snapshot #200, 50 events replayed"
}

run_tests
