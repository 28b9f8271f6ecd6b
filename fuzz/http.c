/* Bytes into a connection of the dashboard's server, on a small project: whatever they hold, what comes back are
 * answers of HTTP with the headers that every answer has, none of them says 500, and the server lives on.
 *
 * The input is what a client sends; at each zero byte it pauses, so that the rest comes by itself. The server
 * runs in a thread of its own, and is made anew now and then, so that its log stays small. */
#include "fuzz.h"
#include "server/server.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUTS_MAX 2000 /* that one server takes */
#define ANSWER_SIZE_MAX ((size_t)1024 * 1024)
#define STREAM_MS 20 /* a stream does not end by itself */

static struct {
    char folder[64];
    jc_server *server;
    pthread_t thread;
    int stop[2];
    int inputs;
} host;

static void *serve(void *context)
{
    (void)context;
    FUZZ_MUST(jc_server_run(host.server, NULL) == JC_OK);
    return NULL;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    if (host.folder[0] != '\0')
        (void)nftw(host.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void end(void)
{
    if (host.server == NULL)
        return;
    FUZZ_MUST(write(host.stop[1], "", 1) == 1);
    (void)pthread_join(host.thread, NULL);
    jc_server_free(host.server);
    host.server = NULL;
    (void)close(host.stop[0]);
    (void)close(host.stop[1]);
    remove_folder();
}

static void append(void)
{
    jc_store *store = NULL;
    jc_append_result result;
    jc_event event = {.workflow_id = JC_STR("wf"),
                      .event_type = JC_STR("feature.started"),
                      .data = JC_STR("{\"name\":\"login\"}")};
    jc_unit unit = {.events = &event, .count = 1};
    FUZZ_MUST(jc_open(host.folder, NULL, &store, NULL) == JC_OK);
    FUZZ_MUST(jc_event_prepare(&event, NULL) == JC_OK);
    FUZZ_MUST(jc_append(store, &unit, 1, &result, NULL) == JC_OK);
    jc_close(store);
}

static void begin(void)
{
    static jc_server_limits limits;
    jc_project_made made;
    jc_error error = {0};
    sigset_t alarm;
    (void)signal(SIGPIPE, SIG_IGN);
    /* libFuzzer's own would interrupt calls; a server that hangs is noticed by receive(). */
    (void)sigemptyset(&alarm);
    (void)sigaddset(&alarm, SIGALRM);
    (void)pthread_sigmask(SIG_BLOCK, &alarm, NULL);
    (void)snprintf(host.folder, sizeof host.folder, "%s/jc-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FUZZ_MUST(mkdtemp(host.folder) != NULL && pipe(host.stop) == 0);
    FUZZ_MUST(jc_project_init(host.folder, &made, &error) == JC_OK);
    append();
    limits = JC_SERVER_LIMITS;
    limits.request_ms = 2000;
    limits.body_size_max = 4096;
    limits.header_size_max = 1024;
    jc_server_options options = {.project_dir = host.folder,
                                 .port = JC_SERVER_PORT_ANY,
                                 .stop_fd = host.stop[0],
                                 .limits = &limits};
    FUZZ_MUST(jc_server_new(&options, &host.server, &error) == JC_OK);
    FUZZ_MUST(pthread_create(&host.thread, NULL, serve, NULL) == 0);
    host.inputs = 0;
}

/* A reset at the end keeps the machine from running out of ports. */
static int connect_to_server(void)
{
    struct linger at_once = {.l_onoff = 1};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)jc_server_port(host.server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FUZZ_MUST(fd >= 0);
    FUZZ_MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    FUZZ_MUST(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static void send_all(int fd, jc_str bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.bytes, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes = (jc_str){bytes.bytes + sent, bytes.size - (size_t)sent};
    }
}

/* What comes until the server closes; of a stream, what comes at once. Ends with a zero byte. */
static size_t receive(int fd, char answer[ANSWER_SIZE_MAX])
{
    size_t size = 0;
    while (size < ANSWER_SIZE_MAX - 1) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        bool stream = size > 0 && strstr(answer, "text/event-stream") != NULL;
        int ready = poll(&one, 1, stream ? STREAM_MS : 10000);
        FUZZ_MUST(ready > 0 || stream);
        ssize_t got = ready > 0 ? recv(fd, answer + size, ANSWER_SIZE_MAX - 1 - size, 0) : 0;
        if (got <= 0)
            break;
        size += (size_t)got;
        answer[size] = '\0';
    }
    answer[size] = '\0';
    return size;
}

/* The first answer; those behind it cannot be told from its body. */
static void check(const char *answer, size_t size)
{
    if (size == 0)
        return;
    FUZZ_MUST(strncmp(answer, "HTTP/1.", 7) == 0);
    if (strncmp(answer + 8, " 100 ", 5) == 0)
        return;
    const char *headers_end = strstr(answer, "\r\n\r\n");
    const char *policy = strstr(answer, "\r\nContent-Security-Policy: default-src 'none';");
    FUZZ_MUST(headers_end != NULL && policy != NULL && policy < headers_end);
    FUZZ_MUST(strncmp(answer + 8, " 500 ", 5) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char answer[ANSWER_SIZE_MAX];
    jc_str rest = fuzz_input(bytes, size);
    if (host.server != NULL && host.inputs++ == INPUTS_MAX)
        end();
    if (host.server == NULL) {
        static bool registered;
        if (!registered)
            FUZZ_MUST(atexit(end) == 0);
        registered = true;
        begin();
    }
    int fd = connect_to_server();
    while (rest.size > 0)
        send_all(fd, fuzz_next_part(&rest));
    (void)shutdown(fd, SHUT_WR);
    size = receive(fd, answer);
    (void)close(fd);
    check(answer, size);
    return 0;
}
