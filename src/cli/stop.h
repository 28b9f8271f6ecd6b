/* Signals that end a server: it waits for them as it waits for its input. */
#ifndef JC_CLI_STOP_H
#define JC_CLI_STOP_H

/* A file descriptor that becomes readable when SIGINT, SIGTERM or SIGHUP comes, of those that are not ignored.
 * -1: there is none, and the signals end the process as they always do. */
int jc_cli_stop_fd(void);

#endif
