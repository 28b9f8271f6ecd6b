/* Projections by the name that a command line gives. */
#ifndef JC_CLI_PROJECTION_H
#define JC_CLI_PROJECTION_H

#include "cli/cli.h"

#include <yyjson.h>

/* A projection that was found: a built-in one, or the project's own. */
typedef struct jc_found_projection {
    const jc_projection *projection;
    jc_projection *own; /* unload it when its states are freed; NULL: it is built in */
} jc_found_projection;

/* Find a projection: of that name, or `workflow` with NULL. The log is open. 0, or an exit code after a
 * message that lists those that there are. */
int jc_cli_find_projection(const jc_cli *cli, const char *name, jc_found_projection *ret);

/* A state of a built-in projection, taken apart. {0} holds none. */
typedef struct jc_state_document {
    jc_state *state;
    yyjson_doc *doc;
    yyjson_val *root;
} jc_state_document;

void jc_state_document_release(jc_state_document *of);
JC_AUTO_DEFINE(jc_state_document, jc_state_document_release);

/* Read a workflow's state at a point. 0, or an exit code after a message. */
int jc_cli_state_document(const jc_cli *cli, const char *projection, jc_str workflow_id,
                          const jc_point *point, jc_state_document *ret);

#endif
