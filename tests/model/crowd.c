/* Members are one process group, so that waiting for them takes nobody else's end. The gate is a pipe that
 * nobody writes to: it opens when the last one who could write has closed it. */
#include "model/crowd.h"

#include "model/child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CROWD_PATH_SIZE (JC_TEST_PATH_SIZE + 32)

typedef struct newcomer {
    const jc_crowd *crowd;
    const char *const *arguments;
    char input[CROWD_PATH_SIZE];
    char output[CROWD_PATH_SIZE];
} newcomer;

static void give_up(const char *what)
{
    perror(what);
    exit(99);
}

void jc_crowd_init(jc_crowd *crowd)
{
    *crowd = (jc_crowd){.count = 0};
    jc_test_folder_make(crowd->dir);
    if (pipe(crowd->gate) != 0 || fcntl(crowd->gate[0], F_SETFD, FD_CLOEXEC) != 0)
        give_up("make a gate");
}

void jc_crowd_release(jc_crowd *crowd)
{
    jc_test_folder_remove(crowd->dir);
}

static void write_input(const char *path, const char *input)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(input, file) < 0 || fclose(file) != 0)
        give_up(path);
}

/* In the member: wait at the gate, then become the program. */
static int join(void *context)
{
    newcomer *member = context;
    char byte;
    close(member->crowd->gate[1]);
    int input = open(member->input, O_RDONLY);
    int output = open(member->output, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (input < 0 || output < 0)
        return 97;
    while (read(member->crowd->gate[0], &byte, 1) < 0 && errno == EINTR) {
    }
    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        return 97;
    execv(member->arguments[0], (char *const *)(uintptr_t)member->arguments);
    return 97;
}

void jc_crowd_add(jc_crowd *crowd, const char *const arguments[], const char *input)
{
    if (crowd->count == JC_CROWD_MAX)
        give_up("room for another member");
    newcomer member = {.crowd = crowd, .arguments = arguments};
    snprintf(member.input, sizeof member.input, "%s/input-%d", crowd->dir, crowd->count);
    snprintf(member.output, sizeof member.output, "%s/output", crowd->dir);
    write_input(member.input, input);
    pid_t pid = jc_child_start(join, &member);
    crowd->members[crowd->count++].pid = pid;
    if (setpgid(pid, crowd->members[0].pid) != 0)
        give_up("gather the members");
}

static void note_end(jc_crowd *crowd, pid_t pid, int status, int64_t took_us)
{
    for (int i = 0; i < crowd->count; i++) {
        jc_crowd_member *member = &crowd->members[i];
        if (member->pid != pid)
            continue;
        member->took_us = took_us;
        member->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

void jc_crowd_run(jc_crowd *crowd)
{
    int64_t start_us = jc_clock_monotonic_us();
    close(crowd->gate[1]);
    for (int ended = 0; ended < crowd->count; ended++) {
        int status = 0;
        pid_t pid = waitpid(-crowd->members[0].pid, &status, 0);
        if (pid < 0)
            give_up("wait for the members");
        note_end(crowd, pid, status, jc_clock_monotonic_us() - start_us);
    }
    close(crowd->gate[0]);
}

int64_t jc_crowd_printed(const jc_crowd *crowd)
{
    char path[CROWD_PATH_SIZE];
    struct stat info;
    snprintf(path, sizeof path, "%s/output", crowd->dir);
    if (stat(path, &info) != 0)
        give_up(path);
    return info.st_size;
}

int jc_crowd_failed(const jc_crowd *crowd)
{
    int failed = 0;
    for (int i = 0; i < crowd->count; i++)
        failed += crowd->members[i].code != 0;
    return failed;
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The time at that place, from 0, of all times in order. */
static int64_t time_at(const jc_crowd *crowd, int place)
{
    int64_t times[JC_CROWD_MAX];
    for (int i = 0; i < crowd->count; i++)
        times[i] = crowd->members[i].took_us;
    qsort(times, (size_t)crowd->count, sizeof times[0], compare_times);
    return times[place];
}

int64_t jc_crowd_median_us(const jc_crowd *crowd)
{
    return time_at(crowd, crowd->count / 2);
}

int64_t jc_crowd_worst_us(const jc_crowd *crowd)
{
    return time_at(crowd, crowd->count - 1);
}
