/* Time: what the system says, and calendar arithmetic (proleptic Gregorian, UTC). */
#ifndef JC_BASE_CLOCK_H
#define JC_BASE_CLOCK_H

#include "jc/event.h"

#include <stdint.h>

#define JC_US_PER_SECOND INT64_C(1000000)

/* Now, in microseconds of UTC since 1970. */
int64_t jc_clock_now_us(void);

/* A clock that only goes forward, in microseconds, for deadlines. */
int64_t jc_clock_monotonic_us(void);

/* Sleep about that long; a signal may end it early. */
void jc_clock_sleep_us(int64_t duration_us);

/* Days from 1970-01-01 to a date, which must exist. */
int64_t jc_clock_days_of(int64_t year, int month, int day);

/* How many days the month has; 0 when there is no such month. */
int jc_clock_days_in_month(int64_t year, int month);

/* Read `YYYY-MM-DD`, then 'T', 't' or one space, then `HH:MM:SS[.fraction]`, then what follows.
 * *ret_us is as if the zone were UTC; *ret_rest what follows (the zone, or nothing). */
JC_MUST_CHECK jc_status jc_time_parse_local(jc_str text, int64_t *ret_us, jc_str *ret_rest,
                                            jc_error *reterr);

#endif
