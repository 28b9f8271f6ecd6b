/* A pool of threads over one queue, under one lock.
 *
 * A task is one block of memory: itself, then the texts of its request. The loop makes it; a thread fills in
 * the response; the loop calls back and frees it. A byte in a pipe wakes the loop, so libevent needs no
 * locks. */
#include "server/workers.h"

#include "base/clock.h"
#include "base/fail.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct task task;
struct task {
    task *next;
    size_t size; /* of the block */
    jc_request request;
    jc_request_kind kind;
    int64_t asked_us;
    void (*job)(void *context); /* NULL: the request is asked */
    jc_workers_done *done;
    void *context;
    jc_response response;
};

typedef struct queue {
    task *first;
    task **end;
} queue;

typedef struct worker {
    jc_workers *workers;
    jc_api *api;
    pthread_t thread;
    bool started;
} worker;

struct jc_workers {
    pthread_mutex_t lock;
    pthread_cond_t work;  /* there is something to do, or the end has come */
    pthread_cond_t ended; /* a thread has ended */
    queue waiting;
    queue done;
    size_t waiting_count;
    size_t waiting_size;
    bool lasting[JC_REQUEST_KIND_COUNT]; /* one of that kind is being answered */
    bool ending;
    size_t running; /* threads */
    worker workers[JC_WORKERS_COUNT];
    int wake[2]; /* what the loop reads, what threads write */
    struct event *woken;
};

static void queue_add(queue *to, task *one)
{
    one->next = NULL;
    *to->end = one;
    to->end = &one->next;
}

static void queue_add_first(queue *to, task *one)
{
    one->next = to->first;
    to->first = one;
    if (one->next == NULL)
        to->end = &one->next;
}

static task *queue_take(queue *from)
{
    task *one = from->first;
    if (one == NULL)
        return NULL;
    from->first = one->next;
    if (from->first == NULL)
        from->end = &from->first;
    return one;
}

static jc_str copy_text(char **at, jc_str text)
{
    jc_str copy = {text.bytes != NULL ? *at : NULL, text.size};
    if (text.size > 0)
        memcpy(*at, text.bytes, text.size);
    *at += text.size;
    return copy;
}

static task *task_new(const jc_request *request)
{
    size_t size = sizeof(task) + request->path.size + request->query.size +
                  request->content_type.size + request->body.size + 1;
    task *one = calloc(1, size);
    if (one == NULL)
        return NULL;
    char *at = (char *)(one + 1);
    one->size = size;
    one->request = (jc_request){.method = request->method,
                                .path = copy_text(&at, request->path),
                                .query = copy_text(&at, request->query),
                                .content_type = copy_text(&at, request->content_type),
                                .body = copy_text(&at, request->body)};
    return one;
}

static void task_finish(task *one)
{
    one->done(one->context, &one->response);
    jc_response_release(&one->response);
    free(one);
}

/* The first that may begin; NULL: there is none. Called with the lock. */
static task *take_waiting(jc_workers *workers)
{
    task **at = &workers->waiting.first;
    while (*at != NULL && workers->lasting[(*at)->kind])
        at = &(*at)->next;
    task *one = *at;
    if (one == NULL)
        return NULL;
    *at = one->next;
    if (one->next == NULL)
        workers->waiting.end = at;
    workers->lasting[one->kind] = one->kind != JC_REQUEST_SHORT;
    workers->waiting_count--;
    workers->waiting_size -= one->size;
    return one;
}

/* The next thing to do; NULL: the end. Called with the lock. */
static task *take_work(jc_workers *workers)
{
    task *one = NULL;
    while (!workers->ending && (one = take_waiting(workers)) == NULL)
        (void)pthread_cond_wait(&workers->work, &workers->lock);
    return one;
}

/* Behind others who waited for the log in vain, a write waits no longer than it would have for the log. */
static bool has_waited_enough(const task *one)
{
    return one->kind == JC_REQUEST_WRITES &&
           jc_clock_monotonic_us() - one->asked_us >= JC_BUSY_TIMEOUT_MS * INT64_C(1000);
}

static void do_task(worker *self, task *one)
{
    jc_str busy = JC_STR("other writers kept the log for too long; nothing was written: try again");
    if (one->job != NULL)
        one->job(one->context);
    else if (has_waited_enough(one))
        jc_api_refuse_status(&one->response, JC_EBUSY, busy);
    else
        jc_api_answer(self->api, &one->request, &one->response);
}

static void wake_loop(jc_workers *workers)
{
    /* A full pipe wakes the loop as well as another byte would. */
    (void)!write(workers->wake[1], "", 1);
}

static void *work(void *context)
{
    worker *self = context;
    jc_workers *workers = self->workers;
    (void)pthread_mutex_lock(&workers->lock);
    for (task *one = take_work(workers); one != NULL; one = take_work(workers)) {
        (void)pthread_mutex_unlock(&workers->lock);
        do_task(self, one);
        (void)pthread_mutex_lock(&workers->lock);
        workers->lasting[one->kind] = false;
        queue_add(&workers->done, one);
        wake_loop(workers);
    }
    workers->running--;
    (void)pthread_cond_signal(&workers->ended);
    (void)pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static void finish_done(jc_workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
    for (task *one = queue_take(&workers->done); one != NULL; one = queue_take(&workers->done)) {
        (void)pthread_mutex_unlock(&workers->lock);
        task_finish(one);
        (void)pthread_mutex_lock(&workers->lock);
    }
    (void)pthread_mutex_unlock(&workers->lock);
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
    char bytes[64];
    (void)what;
    while (read(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        continue;
    finish_done(context);
}

/* Signals belong to the program's first thread. */
static int start_thread(worker *one)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    one->workers->running++;
    int failed = pthread_create(&one->thread, NULL, work, one);
    if (failed != 0)
        one->workers->running--;
    one->started = failed == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static jc_status start(jc_workers *workers, struct event_base *base, const char *project_dir,
                       jc_error *reterr)
{
    if (pipe2(workers->wake, O_CLOEXEC | O_NONBLOCK) < 0)
        return jc_fail_errno(reterr, errno, "cannot make a pipe");
    workers->woken = event_new(base, workers->wake[0], EV_READ | EV_PERSIST, on_wake, workers);
    if (workers->woken == NULL || event_add(workers->woken, NULL) < 0)
        return jc_fail_memory(reterr);
    for (size_t i = 0; i < JC_WORKERS_COUNT; i++) {
        worker *one = &workers->workers[i];
        one->workers = workers;
        jc_status status = jc_api_new(project_dir, &one->api, reterr);
        if (status < 0)
            return status;
    }
    for (size_t i = 0; i < JC_WORKERS_COUNT; i++) {
        (void)pthread_mutex_lock(&workers->lock);
        int failed = start_thread(&workers->workers[i]);
        (void)pthread_mutex_unlock(&workers->lock);
        if (failed != 0)
            return jc_fail_errno(reterr, failed, "cannot start a thread");
    }
    return JC_OK;
}

jc_status jc_workers_new(struct event_base *base, const char *project_dir, jc_workers **ret_workers,
                         jc_error *reterr)
{
    jc_workers *workers = calloc(1, sizeof *workers);
    pthread_condattr_t forward;
    if (workers == NULL)
        return jc_fail_memory(reterr);
    workers->waiting.end = &workers->waiting.first;
    workers->done.end = &workers->done.first;
    workers->wake[0] = workers->wake[1] = -1;
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->work, NULL);
    (void)pthread_condattr_init(&forward);
    (void)pthread_condattr_setclock(&forward, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&workers->ended, &forward);
    (void)pthread_condattr_destroy(&forward);
    jc_status status = start(workers, base, project_dir, reterr);
    if (status < 0) {
        (void)jc_workers_free(workers);
        return status;
    }
    *ret_workers = workers;
    return JC_OK;
}

static jc_status hand_over(jc_workers *workers, task *one, jc_error *reterr)
{
    (void)pthread_mutex_lock(&workers->lock);
    bool full = workers->waiting_count >= JC_WORKERS_WAITING_MAX ||
                workers->waiting_size + one->size > JC_WORKERS_WAITING_SIZE_MAX;
    if (!full) {
        if (one->job != NULL)
            queue_add_first(&workers->waiting, one);
        else
            queue_add(&workers->waiting, one);
        workers->waiting_count++;
        workers->waiting_size += one->size;
        (void)pthread_cond_signal(&workers->work);
    }
    (void)pthread_mutex_unlock(&workers->lock);
    if (!full)
        return JC_OK;
    free(one);
    return jc_fail(reterr, JC_EBUSY, "too much is asked for at once: ask again in a second");
}

jc_status jc_workers_ask(jc_workers *workers, const jc_request *request, jc_workers_done *done,
                         void *context, jc_error *reterr)
{
    task *one = task_new(request);
    if (one == NULL)
        return jc_fail_memory(reterr);
    one->kind = jc_api_kind(request->method, request->path);
    one->asked_us = jc_clock_monotonic_us();
    one->done = done;
    one->context = context;
    return hand_over(workers, one, reterr);
}

jc_status jc_workers_run(jc_workers *workers, void (*job)(void *context), jc_workers_done *done,
                         void *context, jc_error *reterr)
{
    task *one = task_new(&(jc_request){0});
    if (one == NULL)
        return jc_fail_memory(reterr);
    one->job = job;
    one->done = done;
    one->context = context;
    return hand_over(workers, one, reterr);
}

/* Wait for the threads. False: one is still at work when the time is over. Called with the lock. */
static bool wait_for_threads(jc_workers *workers)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += JC_WORKERS_ENDING_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (workers->running > 0) {
        if (pthread_cond_timedwait(&workers->ended, &workers->lock, &until) == ETIMEDOUT)
            return workers->running == 0;
    }
    return true;
}

static void refuse_waiting(jc_workers *workers)
{
    for (task *one = queue_take(&workers->waiting); one != NULL;
         one = queue_take(&workers->waiting)) {
        jc_api_refuse(&one->response, 503, "busy", JC_STR("the server is ending"));
        task_finish(one);
    }
}

static void release(jc_workers *workers)
{
    for (size_t i = 0; i < JC_WORKERS_COUNT; i++) {
        worker *one = &workers->workers[i];
        if (one->started)
            (void)pthread_join(one->thread, NULL);
        jc_api_free(one->api);
    }
    (void)pthread_cond_destroy(&workers->ended);
    (void)pthread_cond_destroy(&workers->work);
    (void)pthread_mutex_destroy(&workers->lock);
    for (int i = 0; i < 2; i++) {
        if (workers->wake[i] >= 0)
            (void)close(workers->wake[i]);
    }
    free(workers);
}

static void leave(jc_workers *workers)
{
    for (size_t i = 0; i < JC_WORKERS_COUNT; i++) {
        if (workers->workers[i].started)
            (void)pthread_detach(workers->workers[i].thread);
    }
}

bool jc_workers_free(jc_workers *workers)
{
    if (workers == NULL)
        return true;
    (void)pthread_mutex_lock(&workers->lock);
    workers->ending = true;
    (void)pthread_cond_broadcast(&workers->work);
    bool all_ended = wait_for_threads(workers);
    (void)pthread_mutex_unlock(&workers->lock);
    if (workers->woken != NULL)
        event_free(workers->woken);
    workers->woken = NULL;
    refuse_waiting(workers);
    finish_done(workers);
    if (all_ended)
        release(workers);
    else
        leave(workers);
    return all_ended;
}
