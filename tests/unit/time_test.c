/* Times: RFC 3339 in and out, and what people write. */
#include "unit.h"

#include "base/clock.h"
#include "base/when.h"

#include <stdlib.h>
#include <time.h>

static int64_t parse(const char *text)
{
    int64_t time_us = -1;
    jc_error error = {0};
    if (jc_time_parse(jc_str_of(text), &time_us, &error) != JC_OK)
        fail_msg("%s: %s", text, error.text);
    return time_us;
}

static void assert_no_time(const char *text, const char *reason)
{
    int64_t time_us = -7;
    jc_error error = {0};
    assert_int_equal(jc_time_parse(jc_str_of(text), &time_us, &error), JC_EINVAL);
    assert_holds(error.text, reason);
    assert_int_equal(time_us, -7);
}

static void times_are_read_in_any_zone(void **state)
{
    (void)state;
    assert_int_equal(parse("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(parse("2026-01-09T10:00:00Z"), 1767952800000000);
    assert_int_equal(parse("2026-01-09t12:30:00.5+02:30"), 1767952800500000);
    assert_int_equal(parse("2026-01-09 05:00:00-05:00"), 1767952800000000);
    assert_int_equal(parse("9999-12-31T23:59:59.999999Z"), JC_TIMESTAMP_US_MAX);
}

static void digits_past_the_microsecond_are_cut(void **state)
{
    (void)state;
    assert_int_equal(parse("1970-01-01T00:00:00.1234569Z"), 123456);
    assert_int_equal(parse("1970-01-01T00:00:00.1z"), 100000);
}

static void times_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    assert_no_time("2026-02-30T00:00:00Z", "does not exist");
    assert_no_time("2025-02-29T00:00:00Z", "does not exist");
    assert_no_time("2026-13-01T00:00:00Z", "does not exist");
    assert_no_time("2026-01-00T00:00:00Z", "does not exist");
    assert_no_time("2026-01-01T24:00:00Z", "does not exist");
    assert_no_time("2026-01-01T00:60:00Z", "does not exist");
    assert_no_time("2026-01-01T00:00:60Z", "does not exist");
    assert_no_time("2026-01-01T00:00:00+24:00", "does not exist");
    assert_no_time("1969-12-31T23:59:59Z", "1970 to 9999");
    assert_no_time("9999-12-31T23:59:59-01:00", "1970 to 9999");
}

static void what_is_no_rfc_3339_time_is_refused(void **state)
{
    static const char *const texts[] = {"",
                                        "2026",
                                        "2026-01-09",
                                        "2026-01-09T10:00:00",
                                        "2026-01-09T10:00Z",
                                        "2026-1-9T10:00:00Z",
                                        "2026-01-09T10:00:00.Z",
                                        "2026-01-09T10:00:00+0100",
                                        "2026-01-09T10:00:00Z ",
                                        "+026-01-09T10:00:00Z",
                                        "2026-01-09T10:00:00\xc3\xa9"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_no_time(texts[i], "is not an RFC 3339 time");
}

static void every_day_of_four_centuries_goes_out_and_comes_back(void **state)
{
    (void)state;
    for (int64_t day = 0; day < 146097 + 20000; day += 13) {
        char text[JC_TIME_TEXT_SIZE];
        int64_t time_us = day * INT64_C(86400000000) + (day * 977) % INT64_C(86400000000);
        jc_time_format(time_us, text);
        assert_int_equal(parse(text), time_us);
    }
}

static void calendar_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t second = 0; second < INT64_C(253402300799);
         second += INT64_C(86400) * 97 + 12345) {
        char got[JC_TIME_TEXT_SIZE];
        char wanted[32];
        struct tm parts;
        time_t moment = (time_t)second;
        jc_time_format(second * JC_US_PER_SECOND, got);
        assert_int_equal(strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S",
                                  gmtime_r(&moment, &parts)),
                         19);
        assert_memory_equal(got, wanted, 19);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(times_are_read_in_any_zone),
        CLAIM(digits_past_the_microsecond_are_cut),
        CLAIM(times_that_do_not_exist_are_refused),
        CLAIM(what_is_no_rfc_3339_time_is_refused),
        CLAIM(every_day_of_four_centuries_goes_out_and_comes_back),
        CLAIM(calendar_agrees_with_the_c_library),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
