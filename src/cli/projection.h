/* Projections by the name that a command line gives. */
#ifndef JC_CLI_PROJECTION_H
#define JC_CLI_PROJECTION_H

#include "cli/cli.h"

/* A projection that was found: a built-in one, or the project's own. */
typedef struct jc_found_projection {
    const jc_projection *projection;
    jc_projection *own; /* unload it when its states are freed; NULL: it is built in */
} jc_found_projection;

/* Find a projection: of that name, or `workflow` with NULL. The log is open. 0, or an exit code after a
 * message that lists those that there are. */
int jc_cli_find_projection(const jc_cli *cli, const char *name, jc_found_projection *ret);

#endif
