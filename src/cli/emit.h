/* What the two forms of `jc emit` share: cmd_emit.c is one event, batch.c many. */
#ifndef JC_CLI_EMIT_H
#define JC_CLI_EMIT_H

#include "base/buf.h"
#include "cli/cli.h"

typedef struct jc_emit_options {
    const char *data;
    const char *agent;
    const char *correlation;
    const char *causation;
    const char *id;
    const char *timestamp;
    const char *expect;
    bool strict;
    bool batch;
} jc_emit_options;

/* --expect: a sequence, or `none`, which is 0. 0, or an exit code after a message. */
int jc_emit_expect(const jc_cli *cli, const char *text, uint64_t *ret_sequence);

/* Read a file, or standard input when `path` is "-", to its end. 0, or an exit code. */
int jc_emit_read(const jc_cli *cli, const char *path, size_t size_max, jc_buf *ret_content);

/* The append failed: say so, with the id that can settle an unknown outcome (NULL: none to name). */
int jc_emit_fail(const jc_cli *cli, const jc_error *error, const char *id);

/* `jc emit --batch`. */
int jc_emit_batch(jc_cli *cli, const jc_emit_options *options);

#endif
