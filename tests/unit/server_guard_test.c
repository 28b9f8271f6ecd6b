/* Who is let in: one table of requests and verdicts, and the queries that hold a token. */
#include "unit.h"

#include "server/guard.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"
#define OTHER "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-x"

static const jc_guard local = {.port = 8765};

static jc_guard with_token(void)
{
    jc_guard guard = {.port = 8765, .host = JC_STR("192.168.1.5"), .token = JC_STR(TOKEN)};
    return guard;
}

static jc_guard everywhere(void)
{
    jc_guard guard = {.port = 8765,
                      .host = JC_STR("0.0.0.0"),
                      .wildcard = true,
                      .machine = JC_STR("workbench")};
    return guard;
}

static jc_guard_request get(const char *host)
{
    return (jc_guard_request){.host = jc_str_of(host)};
}

static void assert_entry(const jc_guard *guard, const jc_guard_request *request, jc_entry entry)
{
    jc_verdict verdict = jc_guard_judge(guard, request);
    if (verdict.entry != entry)
        fail_msg("host '%.*s', origin '%.*s': entry %d, wanted %d", (int)request->host.size,
                 request->host.bytes, (int)request->origin.size,
                 request->origin.bytes != NULL ? request->origin.bytes : "", verdict.entry, entry);
}

static void assert_refused(const jc_guard *guard, const jc_guard_request *request, int status,
                           const char *code)
{
    jc_verdict verdict = jc_guard_judge(guard, request);
    if (verdict.entry != JC_ENTRY_REFUSED)
        fail_msg("host '%.*s' was let in", (int)request->host.size, request->host.bytes);
    assert_int_equal(verdict.status, status);
    assert_string_equal(verdict.code, code);
    assert_true(verdict.message[0] != '\0');
}

/* ---- Host ---- */

static void names_of_loopback_are_ours_with_the_port_or_without(void **state)
{
    static const char *const hosts[] = {"localhost", "localhost:8765", "LocalHost:8765",
                                        "127.0.0.1", "127.0.0.1:8765", "[::1]",
                                        "[::1]:8765"};
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        jc_guard_request request = get(hosts[i]);
        assert_entry(&local, &request, JC_ENTRY_OPEN);
    }
}

static void other_hosts_are_refused(void **state)
{
    static const char *const hosts[] = {"evil.example",
                                        "evil.example:8765",
                                        "localhost:8766",
                                        "localhost:",
                                        "localhost:8765:1",
                                        "localhost.evil.example",
                                        "localhost@evil.example",
                                        "127.0.0.1.evil.example",
                                        "127.0.0.2",
                                        "[::1",
                                        "[::1]x:8765",
                                        "[]",
                                        ":8765",
                                        "0.0.0.0:8765",
                                        ""};
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        jc_guard_request request = get(hosts[i]);
        assert_refused(&local, &request, 403, "host");
    }
}

static void a_request_without_a_host_is_refused(void **state)
{
    jc_guard_request request = {0};
    (void)state;
    assert_refused(&local, &request, 403, "host");
}

static void a_host_in_the_requests_line_must_be_ours_too(void **state)
{
    jc_guard_request request = get("localhost:8765");
    (void)state;
    request.named = JC_STR("127.0.0.1:8765");
    assert_entry(&local, &request, JC_ENTRY_OPEN);
    request.named = JC_STR("evil.example");
    assert_refused(&local, &request, 403, "host");
}

static void the_host_that_was_given_is_ours(void **state)
{
    jc_guard guard = {.port = 80, .host = JC_STR("192.168.1.5")};
    jc_guard_request request = get("192.168.1.5");
    (void)state;
    assert_entry(&guard, &request, JC_ENTRY_OPEN);
    request = get("192.168.1.6");
    assert_refused(&guard, &request, 403, "host");
}

static void on_every_address_any_address_and_the_machines_name_are_ours(void **state)
{
    static const char *const hosts[] = {"10.1.2.3:8765", "[fe80::1]:8765", "workbench:8765",
                                        "Workbench"};
    jc_guard guard = everywhere();
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        jc_guard_request request = get(hosts[i]);
        assert_entry(&guard, &request, JC_ENTRY_OPEN);
    }
    jc_guard_request request = get("evil.example:8765");
    assert_refused(&guard, &request, 403, "host");
}

/* ---- Site ---- */

static void an_origin_of_ours_is_let_in(void **state)
{
    static const struct {
        const char *origin;
        const char *host;
    } cases[] = {{"http://localhost:8765", "LOCALHOST:8765"},
                 {"http://127.0.0.1:8765", "127.0.0.1:8765"},
                 {"https://[::1]:8765", "[::1]:8765"},
                 {"https://localhost", "localhost"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        jc_guard_request request = get(cases[i].host);
        request.origin = jc_str_of(cases[i].origin);
        assert_entry(&local, &request, JC_ENTRY_OPEN);
    }
}

static void other_origins_are_refused(void **state)
{
    static const char *const origins[] = {"http://evil.example",
                                          "http://evil.example:8765",
                                          "http://localhost:3000",
                                          "http://localhost",
                                          "null",
                                          "file://",
                                          "http://",
                                          "ftp://localhost:8765",
                                          ""};
    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        jc_guard_request request = get("localhost:8765");
        request.origin = jc_str_of(origins[i]);
        assert_refused(&local, &request, 403, "origin");
    }
}

static void the_same_port_of_another_address_is_another_origin(void **state)
{
    jc_guard guard = everywhere();
    jc_guard_request request = get("10.1.2.3:8765");
    jc_guard_request loopback = get("localhost:8765");
    (void)state;
    request.origin = JC_STR("http://10.1.2.4:8765");
    assert_refused(&guard, &request, 403, "origin");
    loopback.origin = JC_STR("http://[::1]:8765");
    assert_refused(&local, &loopback, 403, "origin");
}

static void requests_from_other_sites_are_refused(void **state)
{
    static const char *const sites[] = {"cross-site", "same-site", "something-new"};
    (void)state;
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        jc_guard_request request = get("localhost");
        request.fetch_site = jc_str_of(sites[i]);
        assert_refused(&local, &request, 403, "origin");
        request.page = true;
        assert_refused(&local, &request, 403, "origin");
    }
}

static void requests_of_the_page_itself_and_of_the_address_bar_are_let_in(void **state)
{
    jc_guard_request request = get("localhost");
    (void)state;
    request.fetch_site = JC_STR("same-origin");
    assert_entry(&local, &request, JC_ENTRY_OPEN);
    request.fetch_site = JC_STR("none");
    assert_entry(&local, &request, JC_ENTRY_OPEN);
}

static void a_link_from_anywhere_opens_the_page(void **state)
{
    jc_guard_request request = get("localhost");
    (void)state;
    request.page = true;
    request.fetch_site = JC_STR("cross-site");
    request.fetch_mode = JC_STR("navigate");
    request.fetch_dest = JC_STR("document");
    assert_entry(&local, &request, JC_ENTRY_OPEN);
}

static void a_link_opens_nothing_but_the_page_and_only_in_a_window_of_its_own(void **state)
{
    jc_guard_request request = get("localhost");
    (void)state;
    request.fetch_site = JC_STR("cross-site");
    request.fetch_mode = JC_STR("navigate");
    assert_refused(&local, &request, 403, "origin");
    request.page = true;
    request.fetch_dest = JC_STR("iframe");
    assert_refused(&local, &request, 403, "origin");
    request.fetch_dest = JC_STR("document");
    request.post = true;
    assert_refused(&local, &request, 403, "origin");
}

/* ---- Token ---- */

static void without_the_token_nothing_is_told(void **state)
{
    jc_guard guard = with_token();
    jc_guard_request request = get("192.168.1.5:8765");
    (void)state;
    assert_refused(&guard, &request, 401, "token");
    request.page = true;
    assert_refused(&guard, &request, 401, "token");
}

static void the_token_may_come_as_a_header(void **state)
{
    jc_guard guard = with_token();
    jc_guard_request request = get("192.168.1.5:8765");
    (void)state;
    request.authorization = JC_STR("Bearer " TOKEN);
    assert_entry(&guard, &request, JC_ENTRY_OPEN);
    request.authorization = JC_STR("bearer " TOKEN);
    assert_entry(&guard, &request, JC_ENTRY_OPEN);
}

static void the_token_may_come_as_a_cookie_among_others(void **state)
{
    static const char *const cookies[] = {"jc_token_8765=" TOKEN, "a=b; jc_token_8765=" TOKEN,
                                          "jc_token_8765=" TOKEN "; c=d"};
    jc_guard guard = with_token();
    (void)state;
    for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
        jc_guard_request request = get("192.168.1.5:8765");
        request.cookie = jc_str_of(cookies[i]);
        assert_entry(&guard, &request, JC_ENTRY_OPEN);
    }
}

static void a_wrong_token_is_refused_wherever_it_stands(void **state)
{
    jc_guard guard = with_token();
    jc_guard_request request = get("192.168.1.5:8765");
    (void)state;
    request.page = true;
    request.authorization = JC_STR("Bearer " OTHER);
    request.cookie = JC_STR("jc_token_8765=" OTHER "; xjc_token_8765=" TOKEN);
    request.query = JC_STR("token=" OTHER "&xtoken=" TOKEN);
    assert_refused(&guard, &request, 401, "token");
    request.authorization = JC_STR("Bearer " TOKEN "x");
    assert_refused(&guard, &request, 401, "token");
    request.authorization = JC_STR("Bearer ");
    assert_refused(&guard, &request, 401, "token");
    request.authorization = JC_STR(TOKEN);
    assert_refused(&guard, &request, 401, "token");
}

static void the_pages_address_may_hold_the_token_once(void **state)
{
    jc_guard guard = with_token();
    jc_guard_request request = get("192.168.1.5:8765");
    (void)state;
    request.query = JC_STR("wf=a&token=" TOKEN);
    assert_refused(&guard, &request, 401, "token");
    request.page = true;
    assert_entry(&guard, &request, JC_ENTRY_COOKIE);
}

static void a_link_from_elsewhere_loads_the_page_anew_so_that_the_cookie_comes(void **state)
{
    jc_guard guard = with_token();
    jc_guard_request request = get("192.168.1.5:8765");
    (void)state;
    request.page = true;
    request.fetch_mode = JC_STR("navigate");
    request.fetch_site = JC_STR("cross-site");
    assert_entry(&guard, &request, JC_ENTRY_AGAIN);
    request.fetch_site = JC_STR("same-origin");
    assert_refused(&guard, &request, 401, "token");
}

static void health_is_told_without_the_token_but_little_of_it(void **state)
{
    jc_guard guard = with_token();
    jc_guard_request request = get("192.168.1.5:8765");
    (void)state;
    request.health = true;
    assert_entry(&guard, &request, JC_ENTRY_LIMITED);
    request.authorization = JC_STR("Bearer " TOKEN);
    assert_entry(&guard, &request, JC_ENTRY_OPEN);
}

static void a_token_that_nobody_demands_changes_nothing(void **state)
{
    jc_guard_request request = get("localhost");
    (void)state;
    request.page = true;
    request.query = JC_STR("token=" TOKEN);
    assert_entry(&local, &request, JC_ENTRY_OPEN);
}

/* ---- Content type ---- */

static void what_is_posted_must_call_itself_json(void **state)
{
    static const char *const good[] = {"application/json", "Application/JSON",
                                       "application/json; charset=utf-8", "application/json ;x"};
    static const char *const bad[] = {"text/plain", "application/x-www-form-urlencoded",
                                      "application/json5", "multipart/form-data", ""};
    jc_guard_request request = get("localhost");
    (void)state;
    request.post = true;
    assert_refused(&local, &request, 415, "content_type");
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        request.content_type = jc_str_of(good[i]);
        assert_entry(&local, &request, JC_ENTRY_OPEN);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        request.content_type = jc_str_of(bad[i]);
        assert_refused(&local, &request, 415, "content_type");
    }
}

/* ---- Queries ---- */

static void assert_left(const char *query, const char *wanted)
{
    char left[256];
    size_t size = jc_query_without_token(jc_str_of(query), left);
    assert_str((jc_str){left, size}, wanted);
}

static void the_token_is_taken_out_of_a_query_and_all_else_stays(void **state)
{
    (void)state;
    assert_left("token=x", "");
    assert_left("wf=a&token=x", "wf=a");
    assert_left("token=x&wf=a%20b", "wf=a%20b");
    assert_left("wf=a&token=x&at=5", "wf=a&at=5");
    assert_left("token=x&&token=y&", "");
    assert_left("mytoken=x&tokens=y", "mytoken=x&tokens=y");
    assert_left("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(names_of_loopback_are_ours_with_the_port_or_without),
        CLAIM(other_hosts_are_refused),
        CLAIM(a_request_without_a_host_is_refused),
        CLAIM(a_host_in_the_requests_line_must_be_ours_too),
        CLAIM(the_host_that_was_given_is_ours),
        CLAIM(on_every_address_any_address_and_the_machines_name_are_ours),
        CLAIM(an_origin_of_ours_is_let_in),
        CLAIM(other_origins_are_refused),
        CLAIM(the_same_port_of_another_address_is_another_origin),
        CLAIM(requests_from_other_sites_are_refused),
        CLAIM(requests_of_the_page_itself_and_of_the_address_bar_are_let_in),
        CLAIM(a_link_from_anywhere_opens_the_page),
        CLAIM(a_link_opens_nothing_but_the_page_and_only_in_a_window_of_its_own),
        CLAIM(without_the_token_nothing_is_told),
        CLAIM(the_token_may_come_as_a_header),
        CLAIM(the_token_may_come_as_a_cookie_among_others),
        CLAIM(a_wrong_token_is_refused_wherever_it_stands),
        CLAIM(the_pages_address_may_hold_the_token_once),
        CLAIM(a_link_from_elsewhere_loads_the_page_anew_so_that_the_cookie_comes),
        CLAIM(health_is_told_without_the_token_but_little_of_it),
        CLAIM(a_token_that_nobody_demands_changes_nothing),
        CLAIM(what_is_posted_must_call_itself_json),
        CLAIM(the_token_is_taken_out_of_a_query_and_all_else_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
