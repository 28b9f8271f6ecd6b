/* Taking text apart from its front: each call takes something off `rest`, or leaves it and says so. */
#ifndef JC_BASE_SCAN_H
#define JC_BASE_SCAN_H

#include "jc/str.h"

#include <stdbool.h>
#include <stdint.h>

/* One of the characters in `allowed`. */
bool jc_scan_char(jc_str *rest, const char *allowed);

bool jc_scan_word(jc_str *rest, const char *word);

/* Does the text begin with that word? */
bool jc_scan_begins(jc_str text, const char *word);

/* At least `least` and at most `most` (below 10) digits; -1 when there are fewer. */
int jc_scan_number(jc_str *rest, int least, int most);

/* The digits behind a decimal point, as millionths; those past the sixth are cut. -1: no digit. */
int64_t jc_scan_millionths(jc_str *rest);

/* A zone of RFC 3339, section 5.6: Z, +HH:MM or -HH:MM, as minutes east of UTC. *ret_exists is false
 * for an hour above 23 or a minute above 59. */
bool jc_scan_zone(jc_str *rest, int *ret_minutes, bool *ret_exists);

#endif
