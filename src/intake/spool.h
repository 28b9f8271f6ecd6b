/* Inside intake: a fact as a file of .jc/spool/ holds it (docs/FORMAT.md). */
#ifndef JC_INTAKE_SPOOL_H
#define JC_INTAKE_SPOOL_H

#include "base/json.h"
#include "intake/fact.h"

/* A file of the spool is never larger. */
#define JC_SPOOL_SIZE_MAX ((size_t)JC_DATA_SIZE_MAX + 512 * 1024)

/* Put the fact's line, with its newline, behind what is in `line`. The event carries its time. */
JC_MUST_CHECK jc_status jc_spool_encode(const jc_fact *fact, jc_buf *line, jc_error *reterr);

/* Memory for reading, kept from line to line. {0} is valid. */
typedef struct jc_spool_reader {
    jc_json json;
    jc_json event_json;
    jc_arena arena;
} jc_spool_reader;

void jc_spool_reader_release(jc_spool_reader *reader);
JC_AUTO_DEFINE(jc_spool_reader, jc_spool_reader_release);

/* Read a line; the fact is borrowed from `reader` until the next call.
 * JC_EINVAL  it is no such line. */
JC_MUST_CHECK jc_status jc_spool_decode(jc_spool_reader *reader, jc_str line, jc_fact *ret_fact,
                                        jc_error *reterr);

#endif
