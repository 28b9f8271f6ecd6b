/* A client of a stream: see live_client.h. The connection is evhttp's, which notices by itself that the other
 * side has gone, and then calls on_closed. */
#include "server/live_client.h"

#include "server/live.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#ifdef __linux__
#include <linux/sockios.h>
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

#define SOCKET_BUFFER_SIZE (128 * 1024) /* the system doubles it */
#define SAID_MEANWHILE_MAX 4096         /* bytes that a client may send while it listens */

static struct evhttp_connection *connection_of(const jc_live_client *client)
{
    return evhttp_request_get_connection(client->request);
}

size_t jc_live_client_waiting(const jc_live_client *client)
{
    return evbuffer_get_length(client->output);
}

static void on_output(struct evbuffer *output, const struct evbuffer_cb_info *info, void *context)
{
    jc_live_client *client = context;
    if (client->state == JC_LIVE_FULL && info->n_deleted > 0 &&
        evbuffer_get_length(output) < JC_LIVE_LOW_SIZE)
        client->owner->drained(client->owner->context, client);
}

static void forget(jc_live_client *client)
{
    client->owner->gone(client->owner->context, client);
    (void)evbuffer_remove_cb_entry(client->output, client->output_watch);
    jc_live_wish_release(&client->wish);
    free(client);
}

/* A request that was still being answered is taken from its connection when the other side went away, and is
 * ours then; else it goes with the connection. */
static void on_closed(struct evhttp_connection *connection, void *context)
{
    jc_live_client *client = context;
    struct evhttp_request *request = client->request;
    (void)connection;
    forget(client);
    if (evhttp_request_get_connection(request) == NULL)
        evhttp_request_free(request);
}

static void set_header(struct evhttp_request *request, const char *name, const char *value)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    (void)evhttp_remove_header(headers, name);
    (void)evhttp_add_header(headers, name, value);
}

static void send_headers(jc_live_client *client)
{
    set_header(client->request, "Content-Type", "text/event-stream");
    set_header(client->request, "Cache-Control", "no-cache");
    set_header(client->request, "X-Accel-Buffering", "no");
    /* What ends a stream ends its connection: evhttp's limits were lifted from it. */
    set_header(client->request, "Connection", "close");
    evhttp_send_reply_start(client->request, 200, "OK");
    client->chunked = evhttp_find_header(evhttp_request_get_output_headers(client->request),
                                         "Transfer-Encoding") != NULL;
}

/* Small writes go out at once; what the system keeps for a client is bounded, too. */
static void set_up_socket(const jc_live_client *client, struct bufferevent *connection)
{
    const int yes = 1;
    const int size = SOCKET_BUFFER_SIZE;
    (void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(client->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    (void)bufferevent_set_timeouts(connection, NULL, NULL);
    bufferevent_setwatermark(connection, EV_READ, 0, SAID_MEANWHILE_MAX);
}

jc_live_client *jc_live_client_new(struct evhttp_request *request, jc_live_wish *wish,
                                   const jc_live_owner *owner, int64_t now_s)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct bufferevent *bufferevent = evhttp_connection_get_bufferevent(connection);
    jc_live_client *client = malloc(sizeof *client);
    if (client == NULL)
        return NULL;
    *client = (jc_live_client){.owner = owner,
                               .request = request,
                               .output = bufferevent_get_output(bufferevent),
                               .fd = bufferevent_getfd(bufferevent),
                               .moved_s = now_s,
                               .spoke_s = now_s};
    client->output_watch = evbuffer_add_cb(client->output, on_output, client);
    if (client->output_watch == NULL) {
        free(client);
        return NULL;
    }
    client->wish = *wish;
    *wish = (jc_live_wish){0};
    /* To a client of HTTP/1.0 that asks for keep-alive, evhttp would promise a content of no bytes. */
    evhttp_clear_headers(evhttp_request_get_input_headers(request));
    send_headers(client);
    set_up_socket(client, bufferevent);
    evhttp_connection_set_closecb(connection, on_closed, client);
    return client;
}

bool jc_live_client_wants_line(const jc_live_client *client, const jc_event *event)
{
    return client->wish.workflow_id.bytes == NULL ||
           jc_str_equal(client->wish.workflow_id, event->workflow_id);
}

bool jc_live_client_wants(const jc_live_client *client, const jc_event *event)
{
    return event->position > client->place &&
           (client->wish.heads || jc_live_client_wants_line(client, event)) &&
           (!client->wish.is_filtered || jc_filter_passes(&client->wish.filter, event));
}

/* To the socket, as far as it takes them: the bytes that it took, or -1 when it is broken. */
static ssize_t send_now(const jc_live_client *client, jc_live_frame *const frames[], size_t count)
{
    struct iovec parts[JC_LIVE_GROUP_MAX];
    ssize_t size;
    for (size_t i = 0; i < count; i++) {
        jc_str part = jc_live_frame_part(frames[i], client->chunked);
        parts[i] = (struct iovec){(void *)(uintptr_t)part.bytes, part.size};
    }
    if (count == 1) {
        size = send(client->fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
    } else {
        const struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
        size = sendmsg(client->fd, &message, MSG_NOSIGNAL);
    }
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS))
        return 0;
    return size;
}

static void drop_reference(const void *bytes, size_t size, void *frame)
{
    (void)bytes;
    (void)size;
    jc_live_frame_drop(frame);
}

/* What is left of the frames behind the first `sent` bytes waits, shared with all others. */
static bool keep_rest(jc_live_client *client, jc_live_frame *const frames[], size_t count,
                      size_t sent)
{
    for (size_t i = 0; i < count; i++) {
        jc_str part = jc_live_frame_part(frames[i], client->chunked);
        size_t skipped = sent < part.size ? sent : part.size;
        sent -= skipped;
        if (skipped == part.size)
            continue;
        if (evbuffer_add_reference(client->output, part.bytes + skipped, part.size - skipped,
                                   drop_reference, jc_live_frame_hold(frames[i])) < 0) {
            jc_live_frame_drop(frames[i]);
            return false;
        }
    }
    return true;
}

bool jc_live_client_give(jc_live_client *client, jc_live_frame *const frames[], size_t count,
                         int64_t now_s)
{
    ssize_t sent = 0;
    if (count == 0)
        return true;
    if (jc_live_client_waiting(client) == 0) {
        client->moved_s = now_s;
        sent = send_now(client, frames, count);
        if (sent < 0)
            return false;
    }
    for (size_t i = 0; i < count; i++)
        client->handed += jc_live_frame_part(frames[i], client->chunked).size;
    client->spoke_s = now_s;
    return keep_rest(client, frames, count, (size_t)sent);
}

/* Bytes that the system keeps, which the other side has not taken yet. */
static uint64_t kept_by_system(const jc_live_client *client)
{
#ifdef SIOCOUTQ
    int size = 0;
    if (ioctl(client->fd, SIOCOUTQ, &size) == 0 && size > 0)
        return (uint64_t)size;
#endif
    (void)client;
    return 0;
}

bool jc_live_client_is_stuck(jc_live_client *client, int64_t now_s, int64_t limit_s)
{
    size_t waiting = jc_live_client_waiting(client);
    uint64_t taken = client->handed - waiting - (waiting > 0 ? kept_by_system(client) : 0);
    if (waiting == 0 || taken != client->taken)
        client->moved_s = now_s;
    client->taken = taken;
    return now_s - client->moved_s >= limit_s;
}

void jc_live_client_end(jc_live_client *client)
{
    struct evhttp_request *request = client->request;
    struct evhttp_connection *connection = connection_of(client);
    const struct timeval limit = {.tv_sec = JC_LIVE_STUCK_S};
    evhttp_connection_set_closecb(connection, NULL, NULL);
    (void)bufferevent_set_timeouts(evhttp_connection_get_bufferevent(connection), NULL, &limit);
    forget(client);
    evhttp_send_reply_end(request);
}

void jc_live_client_close(jc_live_client *client)
{
    evhttp_connection_free(connection_of(client));
}
