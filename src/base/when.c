/* Reading points in time: `WHEN` is one of
 *
 *     now
 *     NUMBER UNIT [ago]
 *     [DAY] [TIME [ZONE]]     at least one of DAY and TIME; a zone only with both
 *
 * where DAY is `today`, `yesterday` or YYYY-MM-DD, and TIME is HH:MM[:SS[.fraction]]. First the shape
 * is read, then it is checked that the parts exist, then they become microseconds of UTC. The
 * system's mktime() knows the local zone; it moves times that do not exist, which is noticed by
 * comparing what it made of the parts. */
#include "base/when.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/scan.h"

#include <time.h>

/* What was written, in parts. */
typedef struct time_parts {
    int year, month, day; /* of the day, once it is known */
    int days_ago;         /* for `today` and `yesterday`, and for a time alone */
    bool has_date, has_day_word, has_time, has_zone;
    int hour, minute, second;
    int fraction_us;
    int offset_minutes; /* of the zone, east of UTC */
} time_parts;

/* What is shown of the text in a message. */
#define SHOWN(text)                                                                                \
    (int)((text).size > 60 ? 60 : (text).size), ((text).bytes != NULL ? (text).bytes : "")

static jc_status not_a_time(jc_str text, jc_error *reterr)
{
    return jc_fail(
        reterr, JC_EINVAL,
        "'%.*s' is not a time: write it as 10m ago, 09:30, yesterday 14:00, 2026-01-09 or "
        "2026-01-09T09:30:00Z",
        SHOWN(text));
}

static void skip_spaces(jc_str *rest)
{
    while (rest->size > 0 && rest->bytes[0] == ' ') {
        rest->bytes++;
        rest->size--;
    }
}

/* The seconds of a unit, by its short or its long name; 0 when it is none. */
static int64_t unit_seconds(jc_str unit)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {
        {"s", 1},         {"sec", 1},        {"second", 1},   {"seconds", 1},  {"m", 60},
        {"min", 60},      {"minute", 60},    {"minutes", 60}, {"h", 3600},     {"hour", 3600},
        {"hours", 3600},  {"d", 86400},      {"day", 86400},  {"days", 86400}, {"w", 604800},
        {"week", 604800}, {"weeks", 604800},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (jc_str_equal(unit, jc_str_of(units[i].name)))
            return units[i].seconds;
    }
    return 0;
}

/* Read NUMBER UNIT [ago]; JC_END when the text has another shape. */
static jc_status parse_ago(jc_str text, int64_t now_us, int64_t *ret_us, jc_error *reterr)
{
    jc_str rest = text;
    int number = jc_scan_number(&rest, 1, 9);
    if (number < 0)
        return JC_END;
    skip_spaces(&rest);
    jc_str unit = {rest.bytes, 0};
    while (unit.size < rest.size && rest.bytes[unit.size] >= 'a' && rest.bytes[unit.size] <= 'z')
        unit.size++;
    int64_t seconds = unit_seconds(unit);
    if (seconds == 0)
        return JC_END;
    rest.bytes += unit.size;
    rest.size -= unit.size;
    skip_spaces(&rest);
    (void)jc_scan_word(&rest, "ago");
    if (rest.size > 0)
        return not_a_time(text, reterr);

    /* Nine digits of weeks are 6e20 microseconds: more than fit, so compare in seconds. */
    int64_t before = number * seconds;
    if (before > now_us / JC_US_PER_SECOND)
        return jc_fail(reterr, JC_EINVAL, "'%.*s' lies before 1970", SHOWN(text));
    *ret_us = now_us - before * JC_US_PER_SECOND;
    return JC_OK;
}

static bool read_day(jc_str *rest, time_parts *into)
{
    into->has_day_word = true;
    if (jc_scan_word(rest, "today"))
        return true;
    if (jc_scan_word(rest, "yesterday")) {
        into->days_ago = 1;
        return true;
    }
    into->has_day_word = false;

    /* Four digits and a hyphen are a date; anything else is a time alone. */
    if (rest->size < 5 || rest->bytes[4] != '-')
        return true;
    into->has_date = true;
    into->year = jc_scan_number(rest, 4, 4);
    bool shaped = into->year >= 0 && jc_scan_char(rest, "-");
    into->month = shaped ? jc_scan_number(rest, 2, 2) : -1;
    shaped = into->month >= 0 && jc_scan_char(rest, "-");
    into->day = shaped ? jc_scan_number(rest, 2, 2) : -1;
    return into->day >= 0;
}

static bool read_time(jc_str *rest, time_parts *into)
{
    into->has_time = true;
    into->hour = jc_scan_number(rest, into->has_date ? 2 : 1, 2);
    if (into->hour < 0 || !jc_scan_char(rest, ":"))
        return false;
    into->minute = jc_scan_number(rest, 2, 2);
    if (into->minute < 0)
        return false;
    if (!jc_scan_char(rest, ":"))
        return true;
    into->second = jc_scan_number(rest, 2, 2);
    if (into->second < 0)
        return false;
    if (jc_scan_char(rest, "."))
        into->fraction_us = (int)jc_scan_millionths(rest);
    return into->fraction_us >= 0;
}

static bool read_zone(jc_str *rest, time_parts *into)
{
    bool exists = false;
    into->has_zone = true;
    return jc_scan_zone(rest, &into->offset_minutes, &exists) && exists;
}

/* Read [DAY] [TIME [ZONE]]; false when the text is not that. */
static bool read_parts(jc_str text, time_parts *into)
{
    jc_str rest = text;
    if (!read_day(&rest, into))
        return false;
    bool has_day = into->has_date || into->has_day_word;
    if (has_day && rest.size == 0)
        return true;
    if (has_day) {
        bool divided = into->has_date && (jc_scan_char(&rest, "T") || jc_scan_char(&rest, "t"));
        if (!divided && !jc_scan_char(&rest, " "))
            return false;
        skip_spaces(&rest);
    }
    if (!read_time(&rest, into))
        return false;
    if (rest.size > 0 && (!into->has_date || !read_zone(&rest, into)))
        return false;
    return rest.size == 0;
}

static jc_status check_parts(jc_str text, const time_parts *from, jc_error *reterr)
{
    if (from->has_date &&
        (from->day < 1 || from->day > jc_clock_days_in_month(from->year, from->month)))
        return jc_fail(reterr, JC_EINVAL,
                       "'%.*s' does not exist: there is no such day in the calendar", SHOWN(text));
    if (from->hour > 23 || from->minute > 59 || from->second > 59)
        return jc_fail(reterr, JC_EINVAL,
                       "'%.*s' does not exist: hours go to 23, minutes and seconds to 59",
                       SHOWN(text));
    return JC_OK;
}

/* Set year, month and day from `days_ago`, counted on the local calendar. */
static void resolve_day(time_parts *into, int64_t now_us)
{
    if (into->has_date)
        return;
    time_t now = (time_t)(now_us / JC_US_PER_SECOND);
    struct tm local;
    (void)localtime_r(&now, &local);
    /* At noon no zone skips an hour, so that mktime() only corrects the day. */
    struct tm noon = {.tm_year = local.tm_year,
                      .tm_mon = local.tm_mon,
                      .tm_hour = 12,
                      .tm_isdst = -1};
    noon.tm_mday = local.tm_mday - into->days_ago;
    (void)mktime(&noon);
    into->year = noon.tm_year + 1900;
    into->month = noon.tm_mon + 1;
    into->day = noon.tm_mday;
}

/* What mktime() makes of the parts with this view of summer time; false when it moved them. The first
 * moment of a day may be moved: in some zones summer time begins at midnight. */
static bool try_local(const time_parts *from, int is_dst, int64_t *ret_seconds)
{
    struct tm tm = {.tm_year = from->year - 1900,
                    .tm_mon = from->month - 1,
                    .tm_mday = from->day,
                    .tm_hour = from->hour,
                    .tm_min = from->minute,
                    .tm_sec = from->second,
                    .tm_isdst = is_dst};
    time_t seconds = mktime(&tm);
    bool same_day = tm.tm_mday == from->day && tm.tm_mon == from->month - 1;
    bool same_time = tm.tm_hour == from->hour && tm.tm_min == from->minute;
    *ret_seconds = seconds;
    return same_day && (same_time || (!from->has_time && is_dst < 0));
}

static jc_status local_seconds(jc_str text, const time_parts *from, int64_t *ret_seconds,
                               jc_error *reterr)
{
    /* Asking for both views finds both of a time that comes twice; summer time is the first. */
    if (try_local(from, 1, ret_seconds) || try_local(from, 0, ret_seconds) ||
        try_local(from, -1, ret_seconds))
        return JC_OK;
    return jc_fail(
        reterr, JC_EINVAL,
        "'%.*s' does not exist here: the clocks were put forward over it; add a zone, such as Z",
        SHOWN(text));
}

static jc_status seconds_of(jc_str text, const time_parts *from, int64_t *ret_seconds,
                            jc_error *reterr)
{
    if (!from->has_zone)
        return local_seconds(text, from, ret_seconds, reterr);
    int64_t days = jc_clock_days_of(from->year, from->month, from->day);
    *ret_seconds = days * 86400 + from->hour * 3600 + (from->minute - from->offset_minutes) * 60 +
                   from->second;
    return JC_OK;
}

static jc_status from_parts(jc_str text, const time_parts *from, int64_t *ret_us, jc_error *reterr)
{
    int64_t seconds = 0;
    jc_status status = seconds_of(text, from, &seconds, reterr);
    if (status < 0)
        return status;
    if (seconds < 0 || seconds > JC_TIMESTAMP_US_MAX / JC_US_PER_SECOND)
        return jc_fail(reterr, JC_EINVAL, "'%.*s' lies outside the years 1970 to 9999",
                       SHOWN(text));
    *ret_us = seconds * JC_US_PER_SECOND + from->fraction_us;
    return JC_OK;
}

jc_status jc_when_parse(jc_str text, int64_t now_us, int64_t *ret_us, jc_error *reterr)
{
    jc_str trimmed = text;
    skip_spaces(&trimmed);
    while (trimmed.size > 0 && trimmed.bytes[trimmed.size - 1] == ' ')
        trimmed.size--;
    if (jc_str_equal(trimmed, JC_STR("now"))) {
        *ret_us = now_us;
        return JC_OK;
    }
    jc_status status = parse_ago(trimmed, now_us, ret_us, reterr);
    if (status != JC_END)
        return status;

    time_parts parts = {0};
    if (!read_parts(trimmed, &parts))
        return not_a_time(text, reterr);
    status = check_parts(trimmed, &parts, reterr);
    if (status < 0)
        return status;
    resolve_day(&parts, now_us);
    return from_parts(trimmed, &parts, ret_us, reterr);
}

jc_status jc_when_parse_record(jc_str text, int64_t *ret_us, jc_error *reterr)
{
    time_parts parts = {0};
    if (!read_parts(text, &parts) || !parts.has_date || !parts.has_time)
        return jc_fail(reterr, JC_EINVAL,
                       "'%.*s' is not an RFC 3339 time such as 2026-01-09T10:00:00Z", SHOWN(text));
    jc_status status = check_parts(text, &parts, reterr);
    if (status < 0)
        return status;
    return from_parts(text, &parts, ret_us, reterr);
}
