/* Who is let in. The log holds what agents saw and did, and takes orders for notes; any page in a browser can
 * send requests to this machine. So a request must name a host that is ours (else a page elsewhere has made
 * a name of its own point here), come from no other site's page, and bring the token where one is
 * demanded. Pure: texts in, a verdict out. */
#ifndef JC_SERVER_GUARD_H
#define JC_SERVER_GUARD_H

#include "jc/str.h"

#include <stdbool.h>
#include <stddef.h>

#define JC_TOKEN_SIZE 43 /* characters of one that the program makes: 32 bytes in base64url */
#define JC_TOKEN_COOKIE_SIZE_MAX 32

typedef struct jc_guard {
    jc_str host;    /* that the server was told to listen on, without brackets; absent: loopback */
    bool wildcard;  /* it listens on every address of this machine */
    int port;       /* that it listens on */
    jc_str machine; /* this machine's name */
    jc_str token;   /* demanded; absent: none is */
} jc_guard;

/* What a request says of itself; what it does not say is absent. */
typedef struct jc_guard_request {
    bool post;
    bool page;    /* for the page itself */
    bool health;  /* for /healthz */
    jc_str host;  /* the header */
    jc_str named; /* the host in the request's line, where it has one, with its port */
    jc_str origin;
    jc_str fetch_site, fetch_mode, fetch_dest;
    jc_str authorization;
    jc_str cookie;
    jc_str content_type;
    jc_str query;
} jc_guard_request;

typedef enum jc_entry {
    JC_ENTRY_OPEN,    /* let in */
    JC_ENTRY_LIMITED, /* let in without a token: told nothing but that the server is there */
    JC_ENTRY_COOKIE,  /* the address holds the token: give a cookie, and the address without it */
    JC_ENTRY_AGAIN, /* a link from elsewhere led here, so the cookie stayed behind: load it anew */
    JC_ENTRY_REFUSED
} jc_entry;

typedef struct jc_verdict {
    jc_entry entry;
    int status; /* of HTTP, when refused */
    const char *code;
    const char *message;
} jc_verdict;

jc_verdict jc_guard_judge(const jc_guard *guard, const jc_guard_request *request);

/* The name of the cookie that holds the token: "jc_token_8765". Browsers keep cookies by host, not by port, and
 * several servers on a host have each a token. */
void jc_guard_cookie_name(const jc_guard *guard, char ret_name[JC_TOKEN_COOKIE_SIZE_MAX]);

/* Is that an address of this machine that nobody else can reach? */
bool jc_host_is_loopback(jc_str host);

/* Take `token=…` out of a query: what is left, without '?', in ret_query, which has room for as much. */
size_t jc_query_without_token(jc_str query, char *ret_query);

#endif
