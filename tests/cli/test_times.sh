#!/bin/sh
# Times as people write them, seen through `jc emit --timestamp` and what `-v` says.
. "$(dirname "$0")/lib.sh"

# `jc emit --timestamp $1` must store $2.
is() {
    run emit w a.happened --timestamp "$1" --json
    exits 0
    out_has "\"timestamp\":\"$2\""
}

no_time() {
    run emit w a.happened --timestamp "$1"
    refused 2 "--timestamp: "
    err_has "'$1'"
}

test_rfc_3339_is_understood() {
    is 2026-01-09T10:00:00Z 2026-01-09T10:00:00.000000Z
    is 2026-01-09t10:00:00.5z 2026-01-09T10:00:00.500000Z
    is 2026-01-09T10:00:00.123456789Z 2026-01-09T10:00:00.123456Z
    is 2026-01-09T10:00:00+02:30 2026-01-09T07:30:00.000000Z
    is "2026-01-09 10:00:00-08:00" 2026-01-09T18:00:00.000000Z
    is 1970-01-01T00:00:00Z 1970-01-01T00:00:00.000000Z
    is 9999-12-31T23:59:59.999999Z 9999-12-31T23:59:59.999999Z
}

test_without_a_zone_it_is_local_time() {
    export TZ=Europe/Berlin
    is 2026-01-09 2026-01-08T23:00:00.000000Z
    is "2026-01-09 09:30" 2026-01-09T08:30:00.000000Z
    is 2026-01-09T09:30:15 2026-01-09T08:30:15.000000Z
    is 2026-07-09T09:30:15.25 2026-07-09T07:30:15.250000Z
    is 2026-01-09T09:30Z 2026-01-09T09:30:00.000000Z
}

test_leap_days_exist_in_leap_years_only() {
    is 2024-02-29 2024-02-29T00:00:00.000000Z
    is 2000-02-29 2000-02-29T00:00:00.000000Z
    no_time 2026-02-29
    no_time 2100-02-29
}

test_times_that_do_not_exist_are_refused() {
    for text in 2026-02-30 2026-13-01 2026-00-10 2026-01-00 2026-01-32 2026-02-30T10:00:00Z 25:00 24:00 12:60 12:00:60 \
        "2026-01-09 25:00" 2026-01-09T10:00:60Z "yesterday 24:01"; do
        no_time "$text"
        err_has "does not exist"
    done
}

test_what_is_no_time_is_refused() {
    for text in '' ' ' x 12 12: :30 2026 2026-01 2026-1-9 09-01-2026 2026-01-09T 2026-01-09T10 2026-01-09X10:00 \
        2026-01-09T10:00:00.Z 2026-01-09T10:00:00+2 2026-01-09T10:00:00+24:00 '10 parsecs ago' '10m later' 'ago' '-5m' '5' \
        'tomorrowish' 'yesterday14:00' '09:30Z' '2026-01-09 10:00 x' '1e3s'; do
        no_time "$text"
    done
}

test_years_outside_of_1970_to_9999_are_refused() {
    no_time 1969-12-31T23:59:59Z
    no_time 0000-01-01
    no_time 999999999w
    export TZ=America/New_York
    no_time 9999-12-31T23:00
}

test_an_hour_that_the_clocks_skip_is_refused() {
    export TZ=Europe/Berlin
    no_time "2026-03-29 02:30"
    err_has "clocks"
    is "2026-03-29 01:59" 2026-03-29T00:59:00.000000Z
    is "2026-03-29 03:00" 2026-03-29T01:00:00.000000Z
}

test_of_an_hour_that_comes_twice_the_first_is_meant() {
    export TZ=Europe/Berlin
    is "2026-10-25 02:30" 2026-10-25T00:30:00.000000Z
    is "2026-10-25 01:59" 2026-10-24T23:59:00.000000Z
    is "2026-10-25 03:00" 2026-10-25T02:00:00.000000Z
}

test_a_day_whose_midnight_is_skipped_begins_later() {
    export TZ=America/Sao_Paulo
    is 2018-11-04 2018-11-04T03:00:00.000000Z
    no_time "2018-11-04 00:30"
}

# What -v says of a time, as seconds since 1970.
understood() {
    jc log -v --since "$1" 2>&1 >/dev/null | sed "s/.* is \(....-..-..\)T\(..:..:..\)\..*Z$/\1 \2/" >"$T/understood"
    date -u -d "$(cat "$T/understood")" +%s
}

# $1 is $2 seconds ago, give or take the time that the test takes.
is_ago() {
    before=$(date +%s)
    then=$(understood "$1")
    after=$(date +%s)
    [ "$then" -ge $((before - $2 - 1)) ] && [ "$then" -le $((after - $2)) ] || complain "$1 is $then, not $2 s before $after"
}

test_distances_count_back_from_now() {
    is_ago now 0
    is_ago 30s 30
    is_ago 5m 300
    is_ago "10m ago" 600
    is_ago 1h 3600
    is_ago "2 hours ago" 7200
    is_ago 2d 172800
    is_ago 1w 604800
    is_ago "90 seconds ago" 90
}

test_a_time_alone_is_today() {
    export TZ=Asia/Tokyo
    today=$(date +%F)
    equal "$(understood 00:00)" "$(date -d "$today 00:00" +%s)"
    equal "$(understood 23:59:59)" "$(date -d "$today 23:59:59" +%s)"
    equal "$(understood 9:30)" "$(date -d "$today 09:30" +%s)"
    equal "$(understood today)" "$(date -d "$today 00:00" +%s)"
    equal "$(understood "today 14:00")" "$(date -d "$today 14:00" +%s)"
}

test_yesterday_is_the_day_before_on_the_calendar() {
    export TZ=Asia/Tokyo
    yesterday=$(date -d "$(date +%F) -1 day" +%F)
    equal "$(understood yesterday)" "$(date -d "$yesterday 00:00" +%s)"
    equal "$(understood "yesterday 14:00")" "$(date -d "$yesterday 14:00" +%s)"
}

test_since_and_until_name_themselves_in_messages() {
    run log --since nonsense
    refused 2 "--since: 'nonsense' is not a time"
    run log --until 25:00
    refused 2 "--until: '25:00' does not exist"
}

run_tests
