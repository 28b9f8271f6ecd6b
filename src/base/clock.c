/* Time: the system's clocks, RFC 3339 in and out.
 *
 * RFC 3339, section 5.6, with the upper or lower case 'T' and 'Z' and the space that it allows.
 * Leap seconds (:60) name no instant of POSIX time and are refused. */
#include "base/clock.h"

#include "base/fail.h"
#include "base/scan.h"

#include <time.h>

int64_t jc_clock_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * JC_US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t jc_clock_monotonic_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * JC_US_PER_SECOND + now.tv_nsec / 1000;
}

void jc_clock_sleep_us(int64_t duration_us)
{
    if (duration_us <= 0)
        return;
    struct timespec duration = {.tv_sec = (time_t)(duration_us / JC_US_PER_SECOND),
                                .tv_nsec = (long)(duration_us % JC_US_PER_SECOND) * 1000};
    (void)nanosleep(&duration, NULL);
}

/* Days are counted from 0000-03-01, so that the leap day is the last of its year. */
int64_t jc_clock_days_of(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int jc_clock_days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Two-digit fields are all below 100. */
static void put_two(char *to, int64_t value)
{
    to[0] = (char)('0' + value / 10 % 10);
    to[1] = (char)('0' + value % 10);
}

void jc_time_format(int64_t time_us, char ret_text[JC_TIME_TEXT_SIZE])
{
    int64_t seconds = time_us / JC_US_PER_SECOND;
    int64_t fraction = time_us % JC_US_PER_SECOND;
    int64_t days = seconds / 86400;
    int64_t second_of_day = seconds % 86400;

    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month_index + 2) / 5 + 1;
    int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);

    memcpy(ret_text, "0000-00-00T00:00:00.000000Z", JC_TIME_TEXT_SIZE);
    put_two(ret_text, year / 100);
    put_two(ret_text + 2, year % 100);
    put_two(ret_text + 5, month);
    put_two(ret_text + 8, day);
    put_two(ret_text + 11, second_of_day / 3600);
    put_two(ret_text + 14, second_of_day / 60 % 60);
    put_two(ret_text + 17, second_of_day % 60);
    put_two(ret_text + 20, fraction / 10000);
    put_two(ret_text + 22, fraction / 100 % 100);
    put_two(ret_text + 24, fraction % 100);
}

static jc_status not_a_time(jc_str text, jc_error *reterr)
{
    return jc_fail(reterr, JC_EINVAL, "'%.*s' is not an RFC 3339 time such as 2026-01-09T10:00:00Z",
                   (int)(text.size > 60 ? 60 : text.size), text.bytes != NULL ? text.bytes : "");
}

static jc_status no_such_time(jc_str text, jc_error *reterr)
{
    return jc_fail(reterr, JC_EINVAL, "the time '%.*s' does not exist",
                   (int)(text.size > 60 ? 60 : text.size), text.bytes);
}

jc_status jc_time_parse_local(jc_str text, int64_t *ret_us, jc_str *ret_rest, jc_error *reterr)
{
    jc_str rest = text;
    int year = jc_scan_number(&rest, 4, 4);
    bool shaped = year >= 0 && jc_scan_char(&rest, "-");
    int month = shaped ? jc_scan_number(&rest, 2, 2) : -1;
    shaped = month >= 0 && jc_scan_char(&rest, "-");
    int day = shaped ? jc_scan_number(&rest, 2, 2) : -1;
    shaped = day >= 0 && jc_scan_char(&rest, "Tt ");
    int hour = shaped ? jc_scan_number(&rest, 2, 2) : -1;
    shaped = hour >= 0 && jc_scan_char(&rest, ":");
    int minute = shaped ? jc_scan_number(&rest, 2, 2) : -1;
    shaped = minute >= 0 && jc_scan_char(&rest, ":");
    int second = shaped ? jc_scan_number(&rest, 2, 2) : -1;
    int64_t fraction = 0;
    if (second >= 0 && jc_scan_char(&rest, "."))
        fraction = jc_scan_millionths(&rest);
    if (second < 0 || fraction < 0)
        return not_a_time(text, reterr);
    if (day < 1 || day > jc_clock_days_in_month(year, month) || hour > 23 || minute > 59 ||
        second > 59)
        return no_such_time(text, reterr);

    int64_t seconds =
        jc_clock_days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    *ret_us = seconds * JC_US_PER_SECOND + fraction;
    *ret_rest = rest;
    return JC_OK;
}

jc_status jc_time_parse(jc_str text, int64_t *ret_us, jc_error *reterr)
{
    int64_t time_us = 0;
    jc_str zone = {0};
    jc_status status = jc_time_parse_local(text, &time_us, &zone, reterr);
    if (status < 0)
        return status;
    int minutes = 0;
    bool exists = false;
    if (!jc_scan_zone(&zone, &minutes, &exists) || zone.size > 0)
        return not_a_time(text, reterr);
    if (!exists)
        return no_such_time(text, reterr);
    time_us -= (int64_t)minutes * 60 * JC_US_PER_SECOND;
    if (time_us < JC_TIMESTAMP_US_MIN || time_us > JC_TIMESTAMP_US_MAX)
        return jc_fail(reterr, JC_EINVAL, "the time '%.*s' lies outside the years 1970 to 9999",
                       (int)(text.size > 60 ? 60 : text.size), text.bytes);
    *ret_us = time_us;
    return JC_OK;
}
