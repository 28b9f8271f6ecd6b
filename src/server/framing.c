/* Doubts about a request: see framing.h.
 *
 * evhttp passes over the body of a GET, over codings that it does not know, and over headers whose names are
 * none ("Content-Length : 9"); of a header that is given twice it takes the first. */
#include "server/framing.h"

#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <stdbool.h>
#include <string.h>
#include <sys/queue.h>

/* What a name is made of (RFC 9110, 5.6.2). */
#define TOKEN "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const struct evkeyval *first_header(struct evhttp_request *request)
{
    return evhttp_request_get_input_headers(request)->tqh_first;
}

static const char *header_of(struct evhttp_request *request, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(request), name);
}

/* False: it is none of ours. */
static bool is_our_version(struct evhttp_request *request)
{
    bool ours = request->major == 1 && request->minor >= 0;
    request->minor = ours && request->minor == 0 ? 0 : 1;
    request->major = 1;
    return ours;
}

static size_t header_size_of(struct evhttp_request *request)
{
    size_t size = strlen(evhttp_request_get_uri(request)) + sizeof "OPTIONS  HTTP/1.1\r\n\r\n";
    for (const struct evkeyval *header = first_header(request); header != NULL;
         header = header->next.tqe_next)
        size += strlen(header->key) + strlen(header->value) + 4;
    return size;
}

static bool has_good_names(struct evhttp_request *request)
{
    for (const struct evkeyval *header = first_header(request); header != NULL;
         header = header->next.tqe_next) {
        size_t size = strlen(header->key);
        if (size == 0 || strspn(header->key, TOKEN) != size)
            return false;
    }
    return true;
}

static size_t count_headers(struct evhttp_request *request, const char *name)
{
    size_t count = 0;
    for (const struct evkeyval *header = first_header(request); header != NULL;
         header = header->next.tqe_next)
        count += evutil_ascii_strcasecmp(header->key, name) == 0 ? 1 : 0;
    return count;
}

/* Of what decides something there is one at most. */
static bool has_one_of_each(struct evhttp_request *request)
{
    static const char *const names[] = {"Host",           "Content-Length", "Transfer-Encoding",
                                        "Content-Type",   "Origin",         "Sec-Fetch-Site",
                                        "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Authorization",
                                        "Last-Event-ID"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (count_headers(request, names[i]) > 1)
            return false;
    }
    return true;
}

static bool has_clear_end(struct evhttp_request *request)
{
    const char *coding = header_of(request, "Transfer-Encoding");
    const char *length = header_of(request, "Content-Length");
    if (coding != NULL && (length != NULL || evutil_ascii_strcasecmp(coding, "chunked") != 0))
        return false;
    if (length != NULL && (*length == '\0' || length[strspn(length, "0123456789")] != '\0'))
        return false;
    if (evhttp_request_get_command(request) == EVHTTP_REQ_POST)
        return true;
    return coding == NULL && (length == NULL || length[strspn(length, "0")] == '\0');
}

int jc_framing_check(struct evhttp_request *request, size_t header_size_max,
                     const char **ret_message)
{
    if (!is_our_version(request)) {
        *ret_message = "the request is no good HTTP/1.1";
        return 400;
    }
    if (header_size_of(request) > header_size_max) {
        *ret_message = "the request's line and headers are larger than 16 KiB";
        return 431;
    }
    *ret_message = NULL;
    if (!has_good_names(request))
        *ret_message = "the name of a header is none: nothing stands before its colon but the name";
    else if (!has_one_of_each(request))
        *ret_message = "a header is given twice that there is one of";
    else if (!has_clear_end(request))
        *ret_message = "where the request ends is not clear";
    return *ret_message != NULL ? 400 : 0;
}
