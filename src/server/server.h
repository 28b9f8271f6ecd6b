/* The dashboard's server: the page, its API and its live streams over HTTP, from one process.
 *
 *     jc_server *server = NULL;
 *     if (jc_server_new(&options, &server, &error) < 0 || jc_server_run(server, &error) < 0) ...
 *     jc_server_free(server);
 *
 * One loop (libevent) owns every connection and the live streams (live.h); it never waits for the disk.
 * Questions are answered by a few threads, each with a store of its own (workers.h): what takes long
 * there keeps no stream and no other question waiting. docs/API.md is the contract. The process must
 * ignore SIGPIPE. */
#ifndef JC_SERVER_SERVER_H
#define JC_SERVER_SERVER_H

#include "jc/jc.h"
#include "server/limits.h"

#define JC_SERVER_HOST "127.0.0.1"
#define JC_SERVER_PORT 8765
#define JC_SERVER_PORT_ANY (-1)

typedef struct jc_server jc_server;

/* {0} but for project_dir is the default of everything. Texts are borrowed for as long as the server lives. */
typedef struct jc_server_options {
    const char *project_dir;
    const char *host;  /* an address or a name; NULL: JC_SERVER_HOST */
    int port;          /* 0: JC_SERVER_PORT */
    const char *token; /* demanded of every request; NULL: none, which only loopback allows */
    int stop_fd;       /* the server ends when it becomes readable; 0 or below: none */
    const jc_server_limits *limits; /* NULL: JC_SERVER_LIMITS */

    /* Told of what went wrong while serving, in one line, from any thread. NULL: nobody is told. */
    void (*warn)(void *context, const char *text);
    void *warn_context;
} jc_server_options;

/* Open the project and listen. The caller frees *ret_server.
 * JC_EINVAL    the host is no address of this machine, or needs a token.
 * JC_EEXISTS   the port is in use.
 * and what jc_open() returns. */
JC_MUST_CHECK jc_status jc_server_new(const jc_server_options *options, jc_server **ret_server,
                                      jc_error *reterr);

/* Does the host mean an address that only this machine can reach, so that no token is needed? */
bool jc_server_is_loopback(const char *host);

/* The port that it listens on. */
int jc_server_port(const jc_server *server);

/* Serve until stop_fd becomes readable; what is under way is answered first, for at most
 * limits->ending_ms. */
JC_MUST_CHECK jc_status jc_server_run(jc_server *server, jc_error *reterr);

void jc_server_free(jc_server *server);

#endif
