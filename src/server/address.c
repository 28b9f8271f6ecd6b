/* A name or address becomes a socket that listens. */
#include "server/address.h"

#include "base/fail.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEND_SIZE (256 * 1024) /* bytes that the system keeps for a client; it doubles that */
#define BACKLOG 512            /* connections that wait while there are as many as may be */

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage room;
} any_address;

jc_str jc_host_bare(const char *host)
{
    jc_str text = jc_str_of(host);
    if (text.size >= 2 && text.bytes[0] == '[' && text.bytes[text.size - 1] == ']')
        text = (jc_str){text.bytes + 1, text.size - 2};
    return text;
}

static bool is_loopback(const any_address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
    return address->any.sa_family == AF_INET && ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
}

static bool is_wildcard(const any_address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr);
    return address->any.sa_family == AF_INET && address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static jc_status resolve(const char *host, any_address *ret_address, socklen_t *ret_size,
                         jc_error *reterr)
{
    char name[NI_MAXHOST];
    jc_str bare = jc_host_bare(host);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    if (bare.size == 0 || bare.size >= sizeof name)
        return jc_fail(reterr, JC_EINVAL, "'%s' is no address", host);
    memcpy(name, bare.bytes, bare.size);
    name[bare.size] = '\0';
    int failed = getaddrinfo(name, NULL, &hints, &found);
    if (failed != 0)
        return jc_fail(reterr, JC_EINVAL, "'%s' is no address: %s", host, gai_strerror(failed));
    memcpy(ret_address, found->ai_addr, found->ai_addrlen);
    *ret_size = found->ai_addrlen;
    freeaddrinfo(found);
    return JC_OK;
}

bool jc_host_is_local(const char *host)
{
    any_address address = {0};
    socklen_t size;
    return resolve(host, &address, &size, NULL) == JC_OK && is_loopback(&address);
}

static jc_status fail_listening(const char *host, int port, jc_error *reterr)
{
    if (errno == EADDRINUSE)
        return jc_fail(reterr, JC_EEXISTS, "port %d of %s is in use", port, host);
    if (errno == EADDRNOTAVAIL)
        return jc_fail(reterr, JC_EINVAL, "'%s' is no address of this machine", host);
    return jc_fail_errno(reterr, errno, "cannot listen at port %d of %s", port, host);
}

static bool listen_at(int fd, any_address *address, socklen_t size)
{
    int yes = 1;
    int no = 0;
    int size_kept = SEND_SIZE;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    /* Handed on to what is accepted: else the end of a longer answer waits 40 ms for an acknowledgement. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    /* Handed on to what is accepted: else the system keeps megabytes for whoever does not read. */
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size_kept, sizeof size_kept);
    if (address->any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    return bind(fd, &address->any, size) == 0 && listen(fd, BACKLOG) == 0 &&
           getsockname(fd, &address->any, &size) == 0;
}

static void set_port(any_address *address, int port)
{
    if (address->any.sa_family == AF_INET6)
        address->v6.sin6_port = htons((uint16_t)port);
    else
        address->v4.sin_port = htons((uint16_t)port);
}

static int port_of(const any_address *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

jc_status jc_address_listen(const char *host, int port, jc_address *ret_address, jc_error *reterr)
{
    any_address address = {0};
    socklen_t size = 0;
    jc_status status = resolve(host, &address, &size, reterr);
    if (status < 0)
        return status;
    set_port(&address, port);

    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return jc_fail_errno(reterr, errno, "cannot make a socket");
    if (!listen_at(fd, &address, size)) {
        status = fail_listening(host, port, reterr);
        (void)close(fd);
        return status;
    }
    *ret_address = (jc_address){.fd = fd,
                                .port = port_of(&address),
                                .loopback = is_loopback(&address),
                                .wildcard = is_wildcard(&address)};
    return JC_OK;
}
