/* jc dashboard: serve the page and its API until a signal comes.
 *
 * Who starts it twice for one project is shown the first. On an address that others can reach, a token is
 * made up and printed with the page's address, once: it is kept nowhere. */
#include "cli/browser.h"
#include "cli/commands.h"
#include "cli/stop.h"
#include "server/probe.h"
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define TOKEN_BYTES 32
#define TOKEN_SIZE 43 /* of that, in base64url */
#define URL_SIZE_MAX 1024

typedef struct dashboard_options {
    jc_number port;
    const char *host;
    const char *workflow;
    bool no_browser;
} dashboard_options;

/* 32 bytes that nobody can guess, in base64url (RFC 4648, section 5). */
static bool make_token(char ret_token[TOKEN_SIZE + 1])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[TOKEN_BYTES + 1] = {0};
    if (getrandom(bytes, TOKEN_BYTES, 0) != TOKEN_BYTES)
        return false;
    for (size_t i = 0; i < TOKEN_SIZE; i++) {
        size_t bit = i * 6;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        ret_token[i] = digits[pair >> (10 - bit % 8) & 63];
    }
    ret_token[TOKEN_SIZE] = '\0';
    return true;
}

/* The host as others write it: where it stands for every address, this machine's name. */
static void shown_host(const char *host, char *ret, size_t size)
{
    bool every =
        strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 || strcmp(host, "[::]") == 0;
    if (every && gethostname(ret, size - 1) == 0)
        ret[size - 1] = '\0';
    else if (strchr(host, ':') != NULL && host[0] != '[')
        (void)snprintf(ret, size, "[%s]", host);
    else
        (void)snprintf(ret, size, "%s", host);
}

static void make_url(const char *host, int port, const char *workflow, const char *token,
                     char ret_url[URL_SIZE_MAX])
{
    char shown[256] = "";
    shown_host(host, shown, sizeof shown);
    (void)snprintf(ret_url, URL_SIZE_MAX, "http://%s:%d/%s%s%s%s%s", shown, port,
                   workflow != NULL || token != NULL ? "?" : "", workflow != NULL ? "wf=" : "",
                   workflow != NULL ? workflow : "",
                   token != NULL ? (workflow != NULL ? "&token=" : "token=") : "",
                   token != NULL ? token : "");
}

/* The address goes to standard output, by itself; a script may wait for it. One that holds a token is not handed
 * to a browser: everybody on the machine can read what programs are started with. */
static int show(jc_cli *cli, const dashboard_options *of, const char *url, int port, bool secret,
                const char *remark)
{
    if (cli->json) {
        printf("{\"url\":");
        jc_cli_print_json_text(jc_str_of(url));
        printf(",\"port\":%d}\n", port);
    } else {
        printf("%s\n", url);
    }
    if (!jc_cli_flush(cli))
        return JC_EXIT_FAILED;
    if (!cli->json)
        (void)fprintf(stderr, "jc dashboard: %s\n", remark);
    if (!of->no_browser && !cli->json && !secret)
        jc_cli_browse(url);
    return 0;
}

static const char *name_of(jc_probe found)
{
    switch (found) {
    case JC_PROBE_SAME:
        return "this project's dashboard, which only this machine can reach";
    case JC_PROBE_OTHER:
        return "the dashboard of another project";
    case JC_PROBE_CLOSED:
        return "a dashboard that demands its token";
    case JC_PROBE_NONE:
        break;
    }
    return "another program";
}

/* The port is in use: by a dashboard of this project, or by something else? */
static int look_who_is_there(jc_cli *cli, const dashboard_options *of, const char *host, int port,
                             const char *workflow)
{
    char url[URL_SIZE_MAX];
    jc_store_info info = {0};
    jc_error error = {0};
    int failed = jc_cli_open(cli, true);
    if (failed != 0)
        return failed;
    if (jc_store_info_read(cli->store, &info, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    jc_probe found = jc_server_probe(host, port, info.store_id);
    if (found == JC_PROBE_SAME && jc_server_is_loopback(host)) {
        make_url(host, port, workflow, NULL, url);
        return show(cli, of, url, port, false, "it runs already, and is shown");
    }
    return jc_cli_fail(cli, JC_EXIT_FAILED,
                       "port %d is in use by %s: take another, 'jc dashboard -p %d'", port,
                       name_of(found), port < 65535 ? port + 1 : port - 1);
}

static void warn(void *context, const char *text)
{
    jc_cli_warn(context, "%s", text);
}

static int serve(jc_cli *cli, const dashboard_options *of, jc_server *server, const char *host,
                 const char *workflow, const char *token)
{
    char url[URL_SIZE_MAX];
    jc_error error = {0};
    make_url(host, jc_server_port(server), workflow, token, url);
    int failed = show(cli, of, url, jc_server_port(server), token != NULL, "Ctrl-C ends it");
    if (failed == 0 && jc_server_run(server, &error) < 0)
        failed = jc_cli_fail_error(cli, &error);
    return failed;
}

static int start(jc_cli *cli, const dashboard_options *of, const char *workflow)
{
    char token[TOKEN_SIZE + 1];
    const char *host = of->host != NULL ? of->host : JC_SERVER_HOST;
    bool needs_token = !jc_server_is_loopback(host);
    int port = of->port.given ? (int)of->port.value : JC_SERVER_PORT;
    jc_server *server = NULL;
    jc_error error = {0};
    if (needs_token && !make_token(token))
        return jc_cli_fail(cli, JC_EXIT_FAILED, "the system gives no random bytes for a token");
    jc_server_options options = {.project_dir = cli->project,
                                 .host = host,
                                 .port = port == 0 ? JC_SERVER_PORT_ANY : port,
                                 .token = needs_token ? token : NULL,
                                 .stop_fd = jc_cli_stop_fd(),
                                 .warn = warn,
                                 .warn_context = cli};
    jc_status status = jc_server_new(&options, &server, &error);
    if (status == JC_EEXISTS)
        return look_who_is_there(cli, of, host, port, workflow);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    int failed = serve(cli, of, server, host, workflow, options.token);
    jc_server_free(server);
    return failed;
}

static int dashboard(jc_cli *cli, const void *values)
{
    const dashboard_options *of = values;
    const char *workflow = of->workflow != NULL ? of->workflow : getenv("JC_WORKFLOW");
    jc_error error = {0};
    if (workflow != NULL && *workflow == '\0')
        workflow = NULL;
    if (workflow != NULL && jc_workflow_id_check(jc_str_of(workflow), &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (of->port.given && of->port.value > 65535)
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "-p: a port is at most 65535, 0 is any that is free");
    int failed = jc_cli_find_project(cli);
    return failed != 0 ? failed : start(cli, of, workflow);
}

/* clang-format off */
static const jc_option dashboard_command_options[] = {
    {"port", 'p', JC_OPTION_NUMBER, "N", "listen there; 0 is any that is free; default 8765",
     offsetof(dashboard_options, port)},
    {"host", 0, JC_OPTION_TEXT, "ADDR", "listen at this address of the machine; default 127.0.0.1",
     offsetof(dashboard_options, host)},
    {"workflow", 'w', JC_OPTION_TEXT, "WF", "show this workflow; default $JC_WORKFLOW",
     offsetof(dashboard_options, workflow)},
    {"no-browser", 0, JC_OPTION_FLAG, NULL, "only print the address",
     offsetof(dashboard_options, no_browser)},
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_dashboard = {
    .synopsis = "[-p N] [--host ADDR] [-w WF] [--no-browser]",
    .details =
        "Serves a page that shows the project's workflows, live and as of any point in their "
        "past,\n"
        "and the API that the page is made of (docs/API.md), until Ctrl-C. Prints the address, "
        "and\n"
        "opens it in a browser where there is a display.\n\n"
        "Only this machine can reach it, unless --host says otherwise. Then everybody needs the\n"
        "token that is printed with the address, which is then not opened by itself. A second\n"
        "'jc dashboard' shows the first.",
    .examples = "jc dashboard\n"
                "jc dashboard -w fix-login -p 9000\n"
                "jc dashboard --host 0.0.0.0 --no-browser",
    .options = dashboard_command_options,
    .words_min = 0,
    .words_max = 0,
    .run = dashboard,
};
