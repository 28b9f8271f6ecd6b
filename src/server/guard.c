/* The order is: host, site, token, content type. The first that is wrong is told.
 *
 * What browsers say of where a request comes from (Origin, Sec-Fetch-*) cannot be made up by a page, only
 * left out by a program, which is no danger of that kind. A link may lead here from anywhere: reading a
 * page in a window of its own tells the page with the link nothing. */
#include "server/guard.h"

#include "server/request.h"

#include <arpa/inet.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <strings.h>

#define REFUSED(status, code, message) ((jc_verdict){JC_ENTRY_REFUSED, status, code, message})

static bool is(jc_str text, const char *word)
{
    return text.bytes != NULL && text.size == strlen(word) &&
           strncasecmp(text.bytes, word, text.size) == 0;
}

static bool is_text(jc_str text, jc_str other)
{
    return text.bytes != NULL && other.bytes != NULL && text.size == other.size &&
           strncasecmp(text.bytes, other.bytes, text.size) == 0;
}

static bool is_address(jc_str name)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (name.size == 0 || name.size >= sizeof text)
        return false;
    memcpy(text, name.bytes, name.size);
    text[name.size] = '\0';
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

/* "name:port", "[::1]:port", with or without the port. False: it is neither. */
static bool split_authority(jc_str text, jc_str *ret_name, jc_str *ret_port)
{
    jc_str name = text;
    jc_str port = {0};
    const char *end = text.bytes + text.size;
    const char *mark = NULL;
    if (text.size > 0 && text.bytes[0] == '[') {
        const char *bracket = memchr(text.bytes, ']', text.size);
        if (bracket == NULL)
            return false;
        name = (jc_str){text.bytes + 1, (size_t)(bracket - text.bytes) - 1};
        mark = bracket + 1 < end ? bracket + 1 : NULL;
    } else if (text.size > 0) {
        mark = memchr(text.bytes, ':', text.size);
        name.size = mark != NULL ? (size_t)(mark - text.bytes) : text.size;
    }
    if (mark != NULL) {
        if (*mark != ':' || mark + 1 == end)
            return false;
        port = (jc_str){mark + 1, (size_t)(end - mark) - 1};
    }
    *ret_name = name;
    *ret_port = port;
    return name.size > 0;
}

bool jc_host_is_loopback(jc_str host)
{
    return is(host, "localhost") || is(host, "127.0.0.1") || is(host, "::1");
}

static bool name_is_ours(const jc_guard *guard, jc_str name)
{
    if (jc_host_is_loopback(name) || is_text(name, guard->host))
        return true;
    return guard->wildcard && (is_address(name) || is_text(name, guard->machine));
}

/* Without a port it is the one that a scheme has: a proxy stands there. */
static bool authority_is_ours(const jc_guard *guard, jc_str text)
{
    char wanted[16];
    jc_str name, port;
    if (text.bytes == NULL || !split_authority(text, &name, &port))
        return false;
    (void)snprintf(wanted, sizeof wanted, "%d", guard->port);
    return name_is_ours(guard, name) && (port.bytes == NULL || is(port, wanted));
}

/* What a page of ours asks goes to the host and port that it came from. The same port of another address, even of
 * this machine, may be somebody else's. */
static bool origin_is_ours(jc_str origin, jc_str host)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t size = strlen(schemes[i]);
        if (origin.size > size && strncasecmp(origin.bytes, schemes[i], size) == 0)
            return is_text((jc_str){origin.bytes + size, origin.size - size}, host);
    }
    return false;
}

/* Somebody followed a link: a page of its own will be shown, and nothing told to whoever has the link. */
static bool is_visit(const jc_guard_request *request)
{
    return request->page && !request->post && is(request->fetch_mode, "navigate") &&
           (request->fetch_dest.bytes == NULL || is(request->fetch_dest, "document"));
}

static bool site_is_ours(const jc_guard_request *request)
{
    jc_str site = request->fetch_site;
    return site.bytes == NULL || is(site, "same-origin") || is(site, "none");
}

static bool is_token(const jc_guard *guard, jc_str text)
{
    return text.bytes != NULL && text.size == guard->token.size &&
           memeql_sec(text.bytes, guard->token.bytes, text.size) != 0;
}

/* The value of NAME=VALUE among those that `mark` parts; absent when there is none. */
static jc_str value_of(jc_str list, char mark, const char *name)
{
    size_t name_size = strlen(name);
    for (size_t at = 0; at < list.size;) {
        const char *from = list.bytes + at;
        const char *end = memchr(from, mark, list.size - at);
        size_t size = end != NULL ? (size_t)(end - from) : list.size - at;
        at += size + 1;
        while (size > 0 && *from == ' ') {
            from++;
            size--;
        }
        if (size > name_size && memcmp(from, name, name_size) == 0 && from[name_size] == '=')
            return (jc_str){from + name_size + 1, size - name_size - 1};
    }
    return (jc_str){0};
}

static bool has_bearer_token(const jc_guard *guard, jc_str authorization)
{
    static const char scheme[] = "Bearer ";
    size_t size = sizeof scheme - 1;
    if (authorization.size <= size || strncasecmp(authorization.bytes, scheme, size) != 0)
        return false;
    return is_token(guard, (jc_str){authorization.bytes + size, authorization.size - size});
}

void jc_guard_cookie_name(const jc_guard *guard, char ret_name[JC_TOKEN_COOKIE_SIZE_MAX])
{
    (void)snprintf(ret_name, JC_TOKEN_COOKIE_SIZE_MAX, "jc_token_%d", guard->port);
}

static bool has_token_cookie(const jc_guard *guard, jc_str cookie)
{
    char name[JC_TOKEN_COOKIE_SIZE_MAX];
    jc_guard_cookie_name(guard, name);
    return is_token(guard, value_of(cookie, ';', name));
}

static jc_verdict judge_token(const jc_guard *guard, const jc_guard_request *request)
{
    jc_verdict open = {.entry = JC_ENTRY_OPEN};
    if (guard->token.bytes == NULL)
        return open;
    if (request->page && is_token(guard, value_of(request->query, '&', "token")))
        return (jc_verdict){.entry = JC_ENTRY_COOKIE};
    if (has_bearer_token(guard, request->authorization) || has_token_cookie(guard, request->cookie))
        return open;
    if (request->health)
        return (jc_verdict){.entry = JC_ENTRY_LIMITED};
    if (is_visit(request) && !site_is_ours(request))
        return (jc_verdict){.entry = JC_ENTRY_AGAIN};
    return REFUSED(401, "token",
                   "a token is needed: open the address that 'jc dashboard' printed, or send "
                   "'Authorization: Bearer TOKEN'");
}

jc_verdict jc_guard_judge(const jc_guard *guard, const jc_guard_request *request)
{
    if (request->host.bytes == NULL)
        return REFUSED(403, "host", "the request names no host: send the header Host");
    if (!authority_is_ours(guard, request->host) ||
        (request->named.bytes != NULL && !authority_is_ours(guard, request->named)))
        return REFUSED(
            403, "host",
            "the request names another host: use the address that 'jc dashboard' printed");
    if (request->origin.bytes != NULL && !origin_is_ours(request->origin, request->host))
        return REFUSED(403, "origin", "the request comes from another site's page");
    if (!site_is_ours(request) && !is_visit(request))
        return REFUSED(403, "origin", "the request comes from another site's page");
    jc_verdict verdict = judge_token(guard, request);
    if (verdict.entry == JC_ENTRY_OPEN && request->post &&
        !jc_content_type_is_json(request->content_type))
        return REFUSED(
            415, "content_type",
            "what is posted must call itself JSON: send 'Content-Type: application/json'");
    return verdict;
}

size_t jc_query_without_token(jc_str query, char *ret_query)
{
    static const char name[] = "token=";
    size_t size = 0;
    for (size_t at = 0; at < query.size;) {
        const char *from = query.bytes + at;
        const char *end = memchr(from, '&', query.size - at);
        size_t part = end != NULL ? (size_t)(end - from) : query.size - at;
        at += part + 1;
        if (part == 0 || (part >= sizeof name - 1 && memcmp(from, name, sizeof name - 1) == 0))
            continue;
        if (size > 0)
            ret_query[size++] = '&';
        memcpy(ret_query + size, from, part);
        size += part;
    }
    return size;
}
