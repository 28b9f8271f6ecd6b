/* A client of live streams, for tests: the bytes of an answer taken apart into messages.
 *
 *     jc_reader reader = {0};
 *     jc_reader_open(&reader, port, "/api/stream?last=0", NULL);
 *     while (jc_reader_next(&reader, &message)) …
 *     jc_reader_close(&reader);
 *
 * jc_reader_take does without waiting, for crowds of them in one loop. Every message is held to the form that
 * docs/API.md gives; what does not fit is in `trouble`. Nothing here asserts. */
#ifndef JC_TEST_LIVE_READER_H
#define JC_TEST_LIVE_READER_H

#include "base/buf.h"
#include "jc/jc.h"

typedef struct jc_reader {
    int fd; /* -1: none */
    jc_buf raw;
    size_t raw_at; /* up to which it was taken apart */
    jc_buf text;   /* the answer without HTTP */
    size_t text_at;
    bool in_body;
    bool chunked;
    bool ended; /* the answer came to its end, or the connection did */
    bool cut;   /* … before the answer did */
    int status; /* of HTTP */
    char headers[2048];
    const char *trouble;
} jc_reader;

/* Texts are borrowed until the next call. */
typedef struct jc_said {
    jc_str event; /* absent: a comment */
    bool has_id;
    uint64_t id;
    jc_str data;
} jc_said;

/* Connect with a small receive buffer (0: the system's). -1: it could not. */
int jc_reader_connect(int port, int buffer_size);

/* Connect and ask; `more` are further headers, each with its CRLF, or NULL. false: it could not. */
bool jc_reader_open(jc_reader *reader, int port, const char *path, const char *more);

/* The same with a whole request as it is to be sent, and a receive buffer of that size (0: the system's). */
bool jc_reader_ask(jc_reader *reader, int port, int buffer_size, const char *request);
void jc_reader_close(jc_reader *reader);

/* Read what there is, at most `size_max` bytes, without waiting. false: the connection has ended. */
bool jc_reader_read(jc_reader *reader, size_t size_max);

/* The next message of what was read; false: there is none yet. */
bool jc_reader_take(jc_reader *reader, jc_said *ret_said);

/* The next message, waiting up to ten seconds for it; false: the stream ended, or nothing came. */
bool jc_reader_next(jc_reader *reader, jc_said *ret_said);

/* The whole of an answer that ends by itself, waiting for it. */
jc_str jc_reader_rest(jc_reader *reader);

#endif
