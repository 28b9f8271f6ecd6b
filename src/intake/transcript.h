/* Inside intake: what agents recorded themselves, and how it is told from other files. */
#ifndef JC_INTAKE_TRANSCRIPT_H
#define JC_INTAKE_TRANSCRIPT_H

#include "base/lines.h"
#include "intake/telling.h"

/* Ids of messages of at least this many bytes are the world's: a session that was copied tells them again.
 * Shorter ones are some gateway's counters. */
#define JC_TRANSCRIPT_WORLD_ID_SIZE_MIN 20

/* What a file is, by its first lines; JC_FORMAT_GUESS: nothing that an agent recorded. */
jc_format jc_transcript_guess(const char *path);

/* The same of one line. */
jc_format jc_transcript_guess_line(jc_str line);

/* Take in a file of one of the three formats, which importing->result names. `lines` is the open file or
 * stream, from its beginning on. */
JC_MUST_CHECK jc_status jc_import_transcript(jc_importing *importing, const char *path,
                                             jc_lines *lines, jc_error *reterr);

/* The formats. */
JC_MUST_CHECK jc_status jc_import_claude(jc_telling *telling, const char *path, jc_lines *lines,
                                         jc_error *reterr);

JC_MUST_CHECK jc_status jc_import_codex(jc_telling *telling, const char *path, jc_lines *lines,
                                        jc_error *reterr);
JC_MUST_CHECK jc_status jc_import_hooks(jc_telling *telling, jc_lines *lines, jc_error *reterr);

/* The next line that can be read, into `foreign`: blank lines are passed over, and what is torn or too long is
 * counted. *ret_root is NULL at the end. JC_END: the import is to stop. */
JC_MUST_CHECK jc_status jc_transcript_next(jc_importing *importing, jc_lines *lines,
                                           jc_foreign *foreign, yyjson_val **ret_root,
                                           jc_error *reterr);

/* What an answer cost as a JSON number in `ret_cost`, "" when that is not known, and on what basis. */
void jc_transcript_cost(const jc_telling *telling, jc_str model, const jc_price_tokens *tokens,
                        char ret_cost[40], const char **ret_basis);

/* The file's name without its folder and ".jsonl". */
jc_str jc_transcript_name(const char *path);

/* Append a text behind a blank line; nothing when it is absent. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_transcript_add_paragraph(jc_buf *buf, jc_str text, jc_error *reterr);

/* A line's time: RFC 3339, or a number of milliseconds since 1970. false: it has none. */
bool jc_transcript_time(yyjson_val *value, int64_t *ret_us);

/* Is it white space only? */
bool jc_transcript_is_blank(jc_str line);

/* The whole number, not negative, that the record has under that name; 0: none. */
int64_t jc_transcript_number(yyjson_val *object, const char *name);

#endif
