/* Points in time as people write them. */
#ifndef JC_BASE_WHEN_H
#define JC_BASE_WHEN_H

#include "jc/event.h"
#include "jc/status.h"
#include "jc/str.h"

#include <stdint.h>

/* Read a point in time. Without a zone it is local time (the TZ variable, else the system's zone):
 *
 *     now                          today          yesterday        2026-01-09
 *     30s  5m  1h  2d  1w          that long before `now_us`; `10m ago`, `2 hours ago` as well
 *     09:30  14:00:05              today
 *     yesterday 14:00              2026-01-09 09:30        2026-01-09T09:30:00.25
 *     2026-01-09T09:30:00Z         RFC 3339; the seconds may be left out
 *
 * A date alone is its first moment. Of a local time that the clocks show twice, the first is meant.
 *
 * JC_EINVAL  not such a time, one that does not exist (30 February, 25:00, an hour that the clocks
 *            skip), or outside the years 1970 to 9999. */
JC_MUST_CHECK jc_status jc_when_parse(jc_str text, int64_t now_us, int64_t *ret_us,
                                      jc_error *reterr);

/* The same for records of machines: only a date and a time, with a zone or (local) without. */
JC_MUST_CHECK jc_status jc_when_parse_record(jc_str text, int64_t *ret_us, jc_error *reterr);

#endif
