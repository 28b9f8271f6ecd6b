/* Small tables that are searched from the front: there are two dozen routes, each with a few statuses. */
#include "server/metrics.h"

#include "server/api.h"
#include "server/assets.h"
#include "server/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUTES_MAX 64
#define STATUSES_MAX 16
#define OTHER "other"

static const int64_t bounds_us[] = {500,   1000,   2500,   5000,   10000,   25000,
                                    50000, 100000, 250000, 500000, 1000000, 5000000};

#define BOUND_COUNT (sizeof bounds_us / sizeof bounds_us[0])

typedef struct route {
    char name[JC_ROUTE_SIZE_MAX];
    struct {
        int status;
        uint64_t count;
    } statuses[STATUSES_MAX];
    uint64_t within[BOUND_COUNT]; /* took at most so long */
    uint64_t count;
    int64_t sum_us;
} route;

struct jc_metrics {
    route routes[ROUTES_MAX];
    size_t count;
};

jc_metrics *jc_metrics_new(void)
{
    return calloc(1, sizeof(jc_metrics));
}

void jc_metrics_free(jc_metrics *metrics)
{
    free(metrics);
}

/* The next part of a path, behind its '/'. */
static jc_str next_part(jc_str *rest)
{
    jc_str part = {rest->bytes + 1, 0};
    while (part.size + 1 < rest->size && part.bytes[part.size] != '/')
        part.size++;
    *rest = (jc_str){part.bytes + part.size, rest->size - 1 - part.size};
    return part;
}

static bool is_plain(jc_str part)
{
    for (size_t i = 0; i < part.size; i++) {
        if (part.bytes[i] < 'a' || part.bytes[i] > 'z')
            return false;
    }
    return part.size > 0 && part.size <= 16;
}

/* "/api/NAME", and "/{name}" for each part behind it. */
static void name_api_route(jc_str path, char ret_route[JC_ROUTE_SIZE_MAX])
{
    jc_str rest = path;
    size_t size = 0;
    for (int i = 0; rest.size > 0 && i < 4; i++) {
        jc_str part = next_part(&rest);
        if (i < 2 && !is_plain(part)) {
            (void)snprintf(ret_route, JC_ROUTE_SIZE_MAX, OTHER);
            return;
        }
        int written = i < 2 ? snprintf(ret_route + size, JC_ROUTE_SIZE_MAX - size, "/%.*s",
                                       (int)part.size, part.bytes)
                            : snprintf(ret_route + size, JC_ROUTE_SIZE_MAX - size, "/{name}");
        size += (size_t)written;
    }
}

void jc_route_of(jc_str path, char ret_route[JC_ROUTE_SIZE_MAX])
{
    const char *known = NULL;
    if (jc_str_equal(path, JC_STR("/api/stream")) || jc_str_equal(path, JC_STR("/healthz")) ||
        jc_str_equal(path, JC_STR("/metrics"))) {
        (void)snprintf(ret_route, JC_ROUTE_SIZE_MAX, "%.*s", (int)path.size, path.bytes);
        return;
    }
    if (jc_str_equal(path, JC_STR("/")) || jc_str_equal(path, JC_STR("/index.html")))
        known = "/";
    else if (jc_asset_find(path) != NULL)
        known = "/{file}";
    else if (jc_live_is_stream(path))
        known = "/api/events/{name}/stream";
    else if (jc_api_methods(path) == 0)
        known = OTHER;
    if (known != NULL)
        (void)snprintf(ret_route, JC_ROUTE_SIZE_MAX, "%s", known);
    else
        name_api_route(path, ret_route);
}

/* Past the end of the table everything is `other`, which is the last. */
static route *find_route(jc_metrics *metrics, const char *name)
{
    for (size_t i = 0; i < metrics->count; i++) {
        if (strcmp(metrics->routes[i].name, name) == 0)
            return &metrics->routes[i];
    }
    if (metrics->count == ROUTES_MAX)
        return &metrics->routes[ROUTES_MAX - 1];
    route *made = &metrics->routes[metrics->count++];
    (void)snprintf(made->name, sizeof made->name, "%s",
                   metrics->count == ROUTES_MAX ? OTHER : name);
    return made;
}

static void count_status(route *of, int status)
{
    for (size_t i = 0; i < STATUSES_MAX; i++) {
        if (of->statuses[i].status == status || of->statuses[i].status == 0) {
            of->statuses[i].status = status;
            of->statuses[i].count++;
            return;
        }
    }
}

void jc_metrics_count(jc_metrics *metrics, const char *name, int status, int64_t duration_us)
{
    route *of = find_route(metrics, name);
    count_status(of, status);
    for (size_t i = 0; i < BOUND_COUNT; i++)
        of->within[i] += duration_us <= bounds_us[i] ? 1 : 0;
    of->count++;
    of->sum_us += duration_us;
}

jc_status jc_metrics_write_number(jc_buf *buf, const char *name, const char *kind, const char *help,
                                  uint64_t value, jc_error *reterr)
{
    return jc_buf_append_format(buf, reterr, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name,
                                help, name, kind, name, value);
}

static jc_status write_counts(const jc_metrics *metrics, jc_buf *buf, jc_error *reterr)
{
    jc_status status = jc_buf_append_text(buf,
                                          "# HELP jc_http_requests_total Requests answered.\n"
                                          "# TYPE jc_http_requests_total counter\n",
                                          reterr);
    for (size_t i = 0; i < metrics->count; i++) {
        const route *of = &metrics->routes[i];
        for (size_t k = 0; k < STATUSES_MAX && of->statuses[k].status != 0; k++) {
            if (status == JC_OK)
                status = jc_buf_append_format(
                    buf, reterr, "jc_http_requests_total{route=\"%s\",status=\"%d\"} %" PRIu64 "\n",
                    of->name, of->statuses[k].status, of->statuses[k].count);
        }
    }
    return status;
}

static jc_status write_route_durations(const route *of, jc_buf *buf, jc_error *reterr)
{
    jc_status status = JC_OK;
    for (size_t k = 0; k < BOUND_COUNT && status == JC_OK; k++)
        status = jc_buf_append_format(
            buf, reterr,
            "jc_http_request_duration_seconds_bucket{route=\"%s\",le=\"%g\"} %" PRIu64 "\n",
            of->name, (double)bounds_us[k] / 1e6, of->within[k]);
    if (status < 0)
        return status;
    return jc_buf_append_format(
        buf, reterr,
        "jc_http_request_duration_seconds_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n"
        "jc_http_request_duration_seconds_sum{route=\"%s\"} %.6f\n"
        "jc_http_request_duration_seconds_count{route=\"%s\"} %" PRIu64 "\n",
        of->name, of->count, of->name, (double)of->sum_us / 1e6, of->name, of->count);
}

jc_status jc_metrics_write(const jc_metrics *metrics, jc_buf *buf, jc_error *reterr)
{
    jc_status status = write_counts(metrics, buf, reterr);
    if (status == JC_OK)
        status = jc_buf_append_text(
            buf,
            "# HELP jc_http_request_duration_seconds Time until a request was answered.\n"
            "# TYPE jc_http_request_duration_seconds histogram\n",
            reterr);
    for (size_t i = 0; i < metrics->count && status == JC_OK; i++)
        status = write_route_durations(&metrics->routes[i], buf, reterr);
    return status;
}
