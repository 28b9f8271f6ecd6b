/* The end of a mirror file. */
#ifndef JC_MIRROR_TAIL_H
#define JC_MIRROR_TAIL_H

#include "mirror/catch_up.h"

/* Find where the file stands by its last line, which must be the log's. A tail without a newline is
 * completed in place when it is the beginning of the next event's line, else cut.
 * JC_ECORRUPT: the last line is not the log's; the file is left alone. */
JC_MUST_CHECK jc_status jc_mirror_read_tail(jc_mirror_file *file, jc_store *store,
                                            jc_str workflow_id, jc_mirror_place *place,
                                            jc_error *reterr);

/* The place behind the last line of the file's first `size` bytes, if they end with a line that is the
 * log's; else {0}: the file must be looked at from its start. Changes nothing. */
JC_MUST_CHECK jc_status jc_mirror_place_at(jc_mirror_file *file, jc_store *store,
                                           jc_str workflow_id, uint64_t size,
                                           jc_mirror_place *ret_place, jc_error *reterr);

#endif
