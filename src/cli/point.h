/* POINT: where in a workflow's past a state is looked at. */
#ifndef JC_CLI_POINT_H
#define JC_CLI_POINT_H

#include "cli/cli.h"

/* Read a sequence ("120", "0"), a distance from the head ("-1") or a time ("09:30", "10m ago") that was
 * given to `option`; with -v, say how a time was understood. NULL is now. 0, or an exit code. */
int jc_cli_point(const jc_cli *cli, const char *option, const char *text, jc_point *ret_point);

#endif
