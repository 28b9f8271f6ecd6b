/* Times: RFC 3339 (jc_time_parse) and what people write (jc_when_parse). What is read lies in range and
 * is written back as the same moment; both parsers agree on what both read.
 *
 * The first byte chooses the time zone, the rest is the text. */
#include "base/when.h"
#include "fuzz.h"

#include <time.h>

static const char *const zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
                                    "LHST-10:30LHDT-11,M10.1.0,M4.1.0", "<+14>-14"};

#define NOW INT64_C(1767952800123456)

static void check_moment(int64_t time_us)
{
    FUZZ_MUST(time_us >= JC_TIMESTAMP_US_MIN && time_us <= JC_TIMESTAMP_US_MAX);
    char text[JC_TIME_TEXT_SIZE];
    jc_time_format(time_us, text);
    int64_t again = -1;
    jc_error error;
    FUZZ_MUST(jc_time_parse(jc_str_of(text), &again, &error) == JC_OK);
    FUZZ_MUST(again == time_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    setenv("TZ", zones[bytes[0] % (sizeof(zones) / sizeof(zones[0]))], 1);
    tzset();
    jc_str text = fuzz_input(bytes + 1, size - 1);

    int64_t strict_us = 0;
    int64_t loose_us = 0;
    int64_t record_us = 0;
    jc_error error;
    jc_status strict = jc_time_parse(text, &strict_us, &error);
    if (strict < 0)
        fuzz_must_explain(strict, &error);
    else
        check_moment(strict_us);

    jc_status loose = jc_when_parse(text, NOW, &loose_us, &error);
    if (loose < 0)
        fuzz_must_explain(loose, &error);
    else
        check_moment(loose_us);

    jc_status record = jc_when_parse_record(text, &record_us, &error);
    if (record < 0)
        fuzz_must_explain(record, &error);
    else
        check_moment(record_us);

    FUZZ_MUST(strict < 0 || (loose == JC_OK && loose_us == strict_us));
    FUZZ_MUST(record < 0 || (loose == JC_OK && loose_us == record_us));
    return 0;
}
