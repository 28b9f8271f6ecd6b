/* A server in a thread of its own, on a project of its own, and raw clients for it: tests see the bytes. */
#ifndef JC_TEST_SERVER_HOST_H
#define JC_TEST_SERVER_HOST_H

#include "base/buf.h"
#include "contract/folder.h"
#include "server/server.h"

#include <pthread.h>

typedef struct jc_test_host {
    char folder[JC_TEST_PATH_SIZE];
    jc_server_limits limits; /* set before the start */
    const char *token;       /* likewise; NULL: none */
    jc_server *server;
    int port;
    int stop[2];
    pthread_t thread;
    char warning[512]; /* the last one */
} jc_test_host;

/* Make the project; the server is started by jc_test_host_start(). Ends the program when something fails that
 * is the machine's fault. */
void jc_test_host_make(jc_test_host *host);
void jc_test_host_start(jc_test_host *host);

/* Ends the server; how long that took, in milliseconds. */
int64_t jc_test_host_stop(jc_test_host *host);
void jc_test_host_remove(jc_test_host *host);

/* A connection; -1: refused. Reading from it gives up after ten seconds. */
int jc_test_connect(const jc_test_host *host);

/* Send; false: the server has closed. */
bool jc_test_send(int fd, jc_str bytes);

/* Read on, behind what `answer` holds, until it holds `text`; NULL: to the end. False: it ended before. */
bool jc_test_read_until(int fd, const char *text, jc_buf *answer);

/* Has the server closed the connection within so many milliseconds? What comes is thrown away. */
bool jc_test_closed_within(int fd, int ms);

/* One request with a Host of ours, answered as text with its headers, in a connection of its own. `headers` are
 * whole lines. The caller releases ret_answer, which ends with a zero byte. */
void jc_test_ask(const jc_test_host *host, const char *line, const char *headers, jc_str body,
                 jc_buf *ret_answer);

/* Of an answer: its status; the value of a header, absent when it has none. */
int jc_test_status(const jc_buf *answer);
jc_str jc_test_header(const jc_buf *answer, const char *name);

#endif
