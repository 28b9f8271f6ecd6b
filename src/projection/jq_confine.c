/* Giving up what a fork inherits: see jq_confine.h.
 *
 * The parent may have had threads, whose locks nobody here will ever give back; so there are system
 * calls here, and little else. */
#include "projection/jq_confine.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#elif defined(__APPLE__)
#include <xlocale.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define SIGNAL_MAX 64
#define DESCRIPTOR_MAX 65536

extern char **environ;

static void reset_signals(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    for (int number = 1; number <= SIGNAL_MAX; number++)
        (void)signal(number, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* All from number 1 on. */
static void close_descriptors(void)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, 1U, ~0U, 0U) == 0)
        return;
#endif
    struct rlimit limit;
    int end = DESCRIPTOR_MAX;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTOR_MAX)
        end = (int)limit.rlim_cur;
    for (int fd = 1; fd < end; fd++)
        (void)close(fd);
}

void jc_jq_let_go(int fd)
{
    /* jq looks for ~/.jq, and a time as text may name a zone. */
    static char zone[] = "TZ=UTC0";
    static char home[] = "HOME=/dev/null";
    static char *environment[] = {zone, home, NULL};
    reset_signals();
    environ = environment;
    if (fd != 0 && dup2(fd, 0) < 0)
        _exit(1);
    close_descriptors();
    tzset();
    (void)uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

#ifdef __GLIBC__
typedef __rlimit_resource_t resource_id;
#else
typedef int resource_id;
#endif

static void limit(resource_id resource, rlim_t value)
{
    struct rlimit limits;
    if (getrlimit(resource, &limits) < 0)
        return;
    if (limits.rlim_max != RLIM_INFINITY && value > limits.rlim_max)
        value = limits.rlim_max;
    limits.rlim_cur = value;
    limits.rlim_max = value;
    (void)setrlimit(resource, &limits);
}

/* How much address space is mapped, in bytes; 0: the system does not say. */
static size_t mapped_size(void)
{
    char text[64] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    (void)close(fd);
    return size > 0 ? (size_t)strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

void jc_jq_confine(const jc_jq_limits *limits)
{
    size_t mapped = mapped_size();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
#ifdef __linux__
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
    /* A sanitizer reserves terabytes as it goes. */
    if (mapped > 0 && !SANITIZED)
        limit(RLIMIT_AS, mapped + limits->memory_size_max);
    /* Number 0 is the socket; there is no other. */
    limit(RLIMIT_NOFILE, 1);
}

void jc_jq_allow_time(int timeout_ms, uint64_t *allowed_s)
{
    struct timespec used;
    struct rlimit cpu;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
        return;
    uint64_t wanted = (uint64_t)used.tv_sec + (uint64_t)timeout_ms / 1000 + 2;
    if (wanted == *allowed_s || getrlimit(RLIMIT_CPU, &cpu) < 0)
        return;
    *allowed_s = wanted;
    if (cpu.rlim_max != RLIM_INFINITY && wanted > cpu.rlim_max)
        wanted = cpu.rlim_max;
    cpu.rlim_cur = (rlim_t)wanted;
    (void)setrlimit(RLIMIT_CPU, &cpu);
}
