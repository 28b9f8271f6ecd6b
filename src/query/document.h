/* What the full-text search sees of an event. */
#ifndef JC_QUERY_DOCUMENT_H
#define JC_QUERY_DOCUMENT_H

#include "base/buf.h"
#include "cache/search_index.h"

#include <yyjson.h>

/* Memory for reading, kept from event to event. {0} is valid. */
typedef struct jc_document_reader {
    jc_buf pool;
    jc_buf body;
} jc_document_reader;

void jc_document_reader_release(jc_document_reader *reader);

/* Take an event apart. The texts are borrowed from the event and from the reader, until the next call.
 * Data that cannot be read has no words. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_document_read(jc_document_reader *reader, const jc_event *event,
                                         jc_document *ret_document, jc_error *reterr);

#endif
