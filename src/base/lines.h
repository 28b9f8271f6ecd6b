/* Reading a JSONL file, or standard input, line by line in bounded memory. */
#ifndef JC_BASE_LINES_H
#define JC_BASE_LINES_H

#include "base/buf.h"
#include "jc/event.h"

#include <stdint.h>

/* A line is never longer than this: a whole event with room for the fields around its data. */
#define JC_LINE_SIZE_MAX ((size_t)JC_DATA_SIZE_MAX + 8192)

typedef struct jc_lines {
    char *path;
    uint64_t offset; /* of the file, behind what is in `buf` */
    size_t taken;    /* of `buf`, by lines already given */
    jc_buf buf;
    uint64_t number; /* of the line given last, from 1 */
    size_t size_max; /* of a line; 0: JC_LINE_SIZE_MAX */
    bool pass_over;  /* longer lines are passed over and counted, not refused */
    uint64_t passed_over;
    bool at_end;
    int fd; /* -1 between reads when `keep_closed` */
    bool keep_closed;
    bool is_stream;   /* standard input: read as it comes */
    bool interrupted; /* a signal ended the last read of a stream */
} jc_lines;

/* Start reading. With `keep_closed` the file is open only while more of it is read, so that any
 * number of files can be read in turn. The path "-" is standard input. JC_ENOTFOUND, JC_EIO, JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_lines_open(jc_lines *lines, const char *path, bool keep_closed,
                                      jc_error *reterr);
void jc_lines_close(jc_lines *lines);
JC_AUTO_DEFINE(jc_lines, jc_lines_close);

/* The next line without its newline, borrowed until the next call; *ret_torn: the file ends without
 * one. JC_END at the end, or for now when `interrupted`; JC_EINVAL: a line longer than `size_max`, unless
 * those are passed over. */
JC_MUST_CHECK jc_status jc_lines_next(jc_lines *lines, jc_str *ret_line, bool *ret_torn,
                                      jc_error *reterr);

/* Take back the line given last: the next call gives it again. Once a line, before any other call. */
void jc_lines_put_back(jc_lines *lines, jc_str line, bool torn);

#endif
