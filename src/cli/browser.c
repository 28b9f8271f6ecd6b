/* The program that opens addresses is started by a child that ends at once, so that nobody waits for it, and
 * in a session of its own, so that Ctrl-C does not end it. */
#include "cli/browser.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__APPLE__)
#define OPENER "open"
#else
#define OPENER "xdg-open"
#endif

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && *value != '\0';
}

static bool has_display(void)
{
#if defined(__APPLE__)
    return true;
#else
    return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
#endif
}

static void become_opener(const char *url)
{
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = STDIN_FILENO; nothing >= 0 && fd <= STDERR_FILENO; fd++)
        (void)dup2(nothing, fd);
    (void)setsid();
    (void)signal(SIGPIPE, SIG_DFL);
    (void)execlp(OPENER, OPENER, url, (char *)NULL);
    _exit(127);
}

void jc_cli_browse(const char *url)
{
    int ended;
    if (!has_display())
        return;
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0)
            become_opener(url);
        _exit(0);
    }
    if (child > 0)
        (void)waitpid(child, &ended, 0);
}
