/* What /healthz and /metrics say. */
#include "server/http.h"

#include <stdio.h>
#include <unistd.h>

static void give_up(jc_response *response)
{
    jc_buf_clear(&response->body);
    jc_api_refuse(response, 500, "failed", JC_STR("memory is short"));
}

void jc_health_answer(jc_exchange *exchange, jc_response *response)
{
    char id[JC_UUID_TEXT_SIZE];
    const jc_health_report *report = &exchange->report;
    jc_status status;
    if (report->status < 0) {
        jc_api_refuse(response, 503, "failed",
                      exchange->limited ? JC_STR("the log cannot be read")
                                        : jc_str_of(report->error.text));
        response->retry_after_s = 1;
        return;
    }
    response->status = 200;
    response->content_type = "application/json";
    if (exchange->limited) {
        status = jc_buf_append_text(&response->body, "{\"status\":\"ok\"}\n", NULL);
    } else {
        jc_uuid_format(report->info.store_id, id);
        status = jc_buf_append_format(
            &response->body, NULL,
            "{\"status\":\"ok\",\"version\":\"%s\",\"store_id\":\"%s\",\"position\":%llu}\n",
            jc_version(), id, (unsigned long long)report->info.position);
    }
    if (status < 0)
        give_up(response);
}

/* Linux alone tells it; 0 elsewhere. */
static uint64_t resident_bytes(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%*s %llu", &pages) != 1)
        pages = 0;
    (void)fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static jc_status write_numbers(const jc_exchange *exchange, jc_buf *body)
{
    const jc_http *http = exchange->http;
    const jc_health_report *report = &exchange->report;
    jc_live_stats live = {0};
    if (http->live != NULL)
        live = jc_live_stats_get(http->live);
    const struct {
        const char *name;
        const char *kind;
        const char *help;
        uint64_t value;
    } numbers[] = {
        {"jc_log_readable", "gauge", "1 when the log can be read.", report->status >= 0 ? 1 : 0},
        {"jc_log_position", "gauge", "Position of the last event.", report->info.position},
        {"jc_spool_files", "gauge", "Hooks that wait in the spool.", report->spool_files},
        {"jc_http_connections", "gauge", "Connections that are open.",
         jc_connections_count(http->connections)},
        {"jc_http_pending_requests", "gauge", "Requests that are being worked on.", http->pending},
        {"jc_live_clients", "gauge", "Live streams.", live.clients},
        {"jc_live_behind", "gauge", "Live streams that are being caught up.", live.behind},
        {"jc_live_queued_bytes", "gauge", "Bytes that wait for live streams.", live.queued_bytes},
        {"jc_live_events_sent_total", "counter", "Events sent to live streams.", live.events_sent},
        {"jc_live_attached_total", "counter", "Live streams begun.", live.attached},
        {"jc_live_position", "gauge", "Position up to which streams were fed.", live.position},
        {"process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes()},
    };
    jc_status status = JC_OK;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && status == JC_OK; i++)
        status = jc_metrics_write_number(body, numbers[i].name, numbers[i].kind, numbers[i].help,
                                         numbers[i].value, NULL);
    return status;
}

void jc_metrics_answer(jc_exchange *exchange, jc_response *response)
{
    response->status = 200;
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    if (write_numbers(exchange, &response->body) < 0 ||
        jc_metrics_write(exchange->http->metrics, &response->body, NULL) < 0)
        give_up(response);
}
