/* Programs as the benchmarks run them: once from start to exit, or kept and talked to. */
#include "bench.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void open_at(posix_spawn_file_actions_t *actions, int fd, const char *path, int flags)
{
    const char *name = path != NULL ? path : "/dev/null";
    posix_spawn_file_actions_addopen(actions, fd, name, flags, 0600);
}

/* Run it; the exit code, and the milliseconds it took. */
static int run(char *const arguments[], const char *input, const char *output, bool is_silent,
               double *ret_milliseconds)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    open_at(&actions, STDIN_FILENO, input, O_RDONLY);
    open_at(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC);
    if (is_silent)
        open_at(&actions, STDERR_FILENO, NULL, O_WRONLY);
    double start = bench_seconds();
    pid_t child;
    if (posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ) != 0)
        bench_die("cannot run %s", arguments[0]);
    int result = 0;
    if (waitpid(child, &result, 0) != child)
        bench_die("cannot wait for %s", arguments[0]);
    *ret_milliseconds = (bench_seconds() - start) * 1e3;
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

double bench_process(char *const arguments[], const char *input, const char *output)
{
    double milliseconds = 0;
    if (run(arguments, input, output, false, &milliseconds) != 0)
        bench_die("%s %s failed", arguments[0], arguments[1] != NULL ? arguments[1] : "");
    return milliseconds;
}

bool bench_try(char *const arguments[])
{
    double milliseconds = 0;
    return run(arguments, NULL, NULL, true, &milliseconds) == 0;
}

bool bench_has_command(const bench_options *options, const char *command)
{
    char *arguments[] = {(char *)(uintptr_t)options->jc, (char *)(uintptr_t)command, "--help",
                         NULL};
    return bench_try(arguments);
}

static FILE *stream_of(int fd, const char *mode)
{
    FILE *stream = fdopen(fd, mode);
    if (stream == NULL)
        bench_die("cannot open a stream");
    return stream;
}

void bench_talk_open(bench_talk *talk, char *const arguments[])
{
    int to[2];
    int from[2];
    posix_spawn_file_actions_t actions;
    *talk = (bench_talk){.pid = -1};
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        bench_die("cannot make pipes");
    (void)signal(SIGPIPE, SIG_IGN);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    if (posix_spawnp(&talk->pid, arguments[0], &actions, NULL, arguments, environ) != 0)
        bench_die("cannot run %s", arguments[0]);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    talk->to = stream_of(to[1], "w");
    talk->from = stream_of(from[0], "r");
}

void bench_talk_close(bench_talk *talk)
{
    int result = 0;
    fclose(talk->to);
    if (waitpid(talk->pid, &result, 0) != talk->pid || result != 0)
        bench_die("the program that was talked to failed");
    fclose(talk->from);
    free(talk->line);
}

const char *bench_talk_ask(bench_talk *talk, const char *line)
{
    if (fputs(line, talk->to) < 0 || fputc('\n', talk->to) < 0 || fflush(talk->to) != 0 ||
        getline(&talk->line, &talk->room, talk->from) < 0)
        bench_die("no answer to %.200s", line);
    return talk->line;
}
