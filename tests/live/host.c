/* See host.h: the side of the test. */
#include "live/host.h"

#include "base/clock.h"
#include "model/child.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct start {
    const jc_host *host;
    int stop_fd;
} start;

_Noreturn static void die(const char *what)
{
    perror(what);
    exit(99);
}

static int run(void *context)
{
    const start *of = context;
    char numbers[5][16];
    const int values[5] = {of->host->shared_fd, of->stop_fd, of->host->port, of->host->heartbeat_s,
                           of->host->stuck_s};
    for (int i = 0; i < 5; i++)
        (void)snprintf(numbers[i], sizeof numbers[i], "%d", values[i]);
    (void)fcntl(of->host->shared_fd, F_SETFD, 0);
    (void)fcntl(of->stop_fd, F_SETFD, 0);
    (void)execl(JC_LIVE_HOST, JC_LIVE_HOST, numbers[0], numbers[1], numbers[2], numbers[3],
                numbers[4], of->host->project, (char *)NULL);
    perror(JC_LIVE_HOST);
    return 99;
}

static void share_memory(jc_host *host)
{
    FILE *file = tmpfile();
    if (file == NULL || ftruncate(fileno(file), sizeof *host->shared) < 0)
        die("tmpfile");
    host->shared_fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
    (void)fclose(file);
    host->shared =
        mmap(NULL, sizeof *host->shared, PROT_READ | PROT_WRITE, MAP_SHARED, host->shared_fd, 0);
    if (host->shared_fd < 0 || host->shared == MAP_FAILED)
        die("mmap");
}

/* Bytes that are resident and no file's. */
static size_t memory_of(const jc_host *host)
{
    char path[64];
    unsigned long long pages = 0;
    unsigned long long shared = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)host->pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*u %llu %llu", &pages, &shared) != 2)
        pages = shared = 0;
    (void)fclose(file);
    return (size_t)(pages - shared) * (size_t)sysconf(_SC_PAGESIZE);
}

void jc_host_start(jc_host *host)
{
    int stop[2];
    if (host->shared == NULL)
        share_memory(host);
    atomic_store(&host->shared->port, 0);
    if (pipe2(stop, O_CLOEXEC) < 0)
        die("pipe");
    start of = {.host = host, .stop_fd = stop[0]};
    host->pid = jc_child_start(run, &of);
    host->stop_fd = stop[1];
    (void)close(stop[0]);
    for (int i = 0; atomic_load(&host->shared->port) == 0 && i < 20000; i++)
        jc_clock_sleep_us(1000);
    host->port = atomic_load(&host->shared->port);
    if (host->port <= 0)
        exit(99);
    host->memory = memory_of(host);
}

int jc_host_stop(jc_host *host)
{
    (void)close(host->stop_fd);
    int result = jc_child_wait(host->pid);
    (void)munmap(host->shared, sizeof *host->shared);
    (void)close(host->shared_fd);
    host->shared = NULL;
    return result;
}

void jc_host_kill(jc_host *host)
{
    jc_child_kill(host->pid);
    (void)close(host->stop_fd);
}

jc_live_stats jc_host_stats(jc_host *host)
{
    unsigned asked = atomic_fetch_add(&host->shared->asked, 1) + 1;
    while (atomic_load(&host->shared->answered) != asked)
        jc_clock_sleep_us(1000);
    return host->shared->stats;
}

size_t jc_host_memory(const jc_host *host)
{
    size_t memory = memory_of(host);
    return memory > host->memory ? memory - host->memory : 0;
}
