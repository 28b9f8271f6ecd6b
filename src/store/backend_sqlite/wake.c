/* Waking and waiting: see wake.h. Where the system has no inotify, a waiter looks every 10 ms. */
#include "store/backend_sqlite/wake.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#endif

#define BLIND_LOOK_MS 10
#define PATH_SIZE 4096

void jc_wake_init(jc_wake *wake, char *folder)
{
    *wake =
        (jc_wake){.folder = folder, .write_fd = -1, .watch_fd = -1, .timer_fd = -1, .event_fd = -1};
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void jc_wake_close(jc_wake *wake)
{
    close_fd(&wake->write_fd);
    close_fd(&wake->watch_fd);
    close_fd(&wake->timer_fd);
    close_fd(&wake->event_fd);
    free(wake->folder);
    wake->folder = NULL;
}

/* The file may have been removed since it was opened: then nobody watches it any more. A look each
 * second is enough: that is when those who wait look by themselves. */
static bool has_gone(jc_wake *wake)
{
    struct stat facts;
    int64_t now = jc_clock_monotonic_us();
    if (now - wake->looked_us < JC_US_PER_SECOND)
        return false;
    wake->looked_us = now;
    return fstat(wake->write_fd, &facts) < 0 || facts.st_nlink == 0;
}

void jc_wake_signal(jc_wake *wake)
{
    if (wake->write_fd >= 0 && has_gone(wake))
        close_fd(&wake->write_fd);
    if (wake->write_fd < 0) {
        char path[PATH_SIZE];
        int size = snprintf(path, sizeof path, "%s/wake", wake->folder);
        if (size < 0 || (size_t)size >= sizeof path)
            return;
        wake->write_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    }
    if (wake->write_fd >= 0 && pwrite(wake->write_fd, "\n", 1, 0) < 0)
        close_fd(&wake->write_fd);
}

#ifdef __linux__

/* After a hint, look again after so long, each counted from the look before: 1, 3, 10, 30 ms. */
static const long look_after_ms[] = {1, 2, 7, 20};
#define LOOK_COUNT ((int)(sizeof look_after_ms / sizeof look_after_ms[0]))

static bool add_to_loop(int event_fd, int fd)
{
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(event_fd, EPOLL_CTL_ADD, fd, &interest) == 0;
}

int jc_wake_fd(jc_wake *wake)
{
    if (wake->event_fd >= 0)
        return wake->event_fd;
    wake->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    wake->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    wake->event_fd = epoll_create1(EPOLL_CLOEXEC);
    if (wake->watch_fd >= 0 && wake->timer_fd >= 0 && wake->event_fd >= 0 &&
        inotify_add_watch(wake->watch_fd, wake->folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO) >= 0 &&
        add_to_loop(wake->event_fd, wake->watch_fd) && add_to_loop(wake->event_fd, wake->timer_fd))
        return wake->event_fd;
    close_fd(&wake->watch_fd);
    close_fd(&wake->timer_fd);
    close_fd(&wake->event_fd);
    return -1;
}

static void set_next_look(jc_wake *wake)
{
    if (wake->hint_step >= LOOK_COUNT)
        return;
    struct itimerspec when = {.it_value.tv_nsec = look_after_ms[wake->hint_step] * 1000000};
    wake->hint_step++;
    (void)timerfd_settime(wake->timer_fd, 0, &when, NULL);
}

/* Did the write-ahead log change, while our own byte did not? */
static bool is_hint(const char *events, size_t size)
{
    bool hint = false;
    for (size_t at = 0; at + sizeof(struct inotify_event) <= size;) {
        struct inotify_event event;
        memcpy(&event, events + at, sizeof event);
        const char *name = events + at + sizeof event;
        if (event.len > 0 && strncmp(name, "events.db", 9) == 0)
            hint = true;
        at += sizeof event + event.len;
    }
    return hint;
}

void jc_wake_drain(jc_wake *wake)
{
    if (wake->event_fd < 0)
        return;
    char events[4096];
    uint64_t expirations;
    bool hint = false;
    for (ssize_t size = read(wake->watch_fd, events, sizeof events); size > 0;
         size = read(wake->watch_fd, events, sizeof events))
        hint = is_hint(events, (size_t)size) || hint;
    bool looked = read(wake->timer_fd, &expirations, sizeof expirations) > 0;
    if (hint)
        wake->hint_step = 0;
    if (hint || looked)
        set_next_look(wake);
}

#else

int jc_wake_fd(jc_wake *wake)
{
    (void)wake;
    return -1;
}

void jc_wake_drain(jc_wake *wake)
{
    (void)wake;
}

#endif

void jc_wake_sleep(jc_wake *wake, int timeout_ms)
{
    int fd = jc_wake_fd(wake);
    if (fd < 0) {
        jc_clock_sleep_us((int64_t)(timeout_ms < BLIND_LOOK_MS ? timeout_ms : BLIND_LOOK_MS) *
                          1000);
        return;
    }
    struct pollfd interest = {.fd = fd, .events = POLLIN};
    if (poll(&interest, 1, timeout_ms) > 0)
        jc_wake_drain(wake);
}
