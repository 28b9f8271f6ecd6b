/* Comparing a mirror's bytes with the lines that the log gives. */
#ifndef JC_MIRROR_COMPARE_H
#define JC_MIRROR_COMPARE_H

#include "jc/mirror.h"
#include "mirror/file.h"

/* What a comparison of a whole file, or of its end, came to. */
typedef struct jc_mirror_comparison {
    jc_mirror_state state;
    uint64_t sequence; /* last event that the file holds intact, from the start */
    uint64_t size;     /* of the file up to behind that event's line */
    uint64_t file_size;
    bool only_zeros; /* JC_MIRROR_DIFFERENT, but every byte that differs is zero: a power cut */
    char text[256];  /* what differs */
} jc_mirror_comparison;

/* Compare the file with the log, up to its end, from behind the line of `trusted_sequence`, which ends
 * at `trusted_size`: what lies before is known to be what the log says (0 and 0: from the start). */
JC_MUST_CHECK jc_status jc_mirror_compare(const jc_mirror_file *file, jc_store *store,
                                          jc_str workflow_id, uint64_t trusted_sequence,
                                          uint64_t trusted_size, jc_mirror_comparison *ret,
                                          jc_error *reterr);

#endif
