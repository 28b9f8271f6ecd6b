/* The full-text index of all events in cache.db: an FTS5 table without content, whose rowid is the
 * event's position, and how far it has followed the log. */
#ifndef JC_CACHE_SEARCH_INDEX_H
#define JC_CACHE_SEARCH_INDEX_H

#include "base/buf.h"
#include "cache/cache.h"

/* What is indexed of an event; absent texts are empty. */
typedef enum jc_search_field {
    JC_SEARCH_TITLE,    /* its title or name */
    JC_SEARCH_BODY,     /* every other text and number of its data */
    JC_SEARCH_TYPE,     /* its type */
    JC_SEARCH_WORKFLOW, /* its workflow's id */
    JC_SEARCH_AGENT,    /* its agent's id */
    JC_SEARCH_FIELDS
} jc_search_field;

typedef struct jc_document {
    jc_str fields[JC_SEARCH_FIELDS];
} jc_document;

/* Be sure that there is an index. false: do without the cache. */
bool jc_search_index_ready(jc_cache *cache);

/* How far it has followed: the position and the hash of the last event in it; position 0: nothing. */
bool jc_search_index_place(jc_cache *cache, uint64_t *ret_position, jc_hash *ret_hash);

/* Inside a transaction: empty it; add an event; say how far it is now. */
bool jc_search_index_clear(jc_cache *cache);
bool jc_search_index_add(jc_cache *cache, uint64_t position, const jc_document *document);
bool jc_search_index_move(jc_cache *cache, uint64_t position, const jc_hash *hash);

/* A statement whose rows are (position, rank) of what matches an FTS5 expression, best first: the
 * smaller the rank the better. Reset it when done. NULL: do without. */
sqlite3_stmt *jc_search_index_match(jc_cache *cache, jc_str expression);

/* A piece of the document that matches the expression, at most `words` words, what matched between
 * \x01 and \x02, into `ret_text`. JC_END: it does not match. JC_ENOMEM. The cache must be one in memory. */
JC_MUST_CHECK jc_status jc_search_excerpt(jc_cache *memory, const jc_document *document,
                                          jc_str expression, int words, jc_buf *ret_text,
                                          jc_error *reterr);

#endif
