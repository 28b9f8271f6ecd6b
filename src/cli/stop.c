/* A signal is a byte in a pipe. */
#include "cli/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static int stop_pipe[2] = {-1, -1};

static void note_signal(int signal_number)
{
    int before = errno;
    (void)signal_number;
    (void)!write(stop_pipe[1], "", 1);
    errno = before;
}

int jc_cli_stop_fd(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = note_signal};
    if (stop_pipe[0] >= 0)
        return stop_pipe[0];
    if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
        stop_pipe[0] = -1;
        return -1;
    }
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction before;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
    }
    return stop_pipe[0];
}
