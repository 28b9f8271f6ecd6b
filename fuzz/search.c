/* What people type when they search: any text is answered; what it is made into is an expression that
 * FTS5 takes; and with plain ASCII, exactly the events are found in which the words stand.
 *
 * The input is three parts with zero bytes between: the search, a glob of types (empty: any), and an
 * agent (empty: any). */
#include "base/buf.h"
#include "base/json.h"
#include "event/event.h"
#include "fuzz.h"
#include "jc/query.h"
#include "query/expression.h"
#include "store/backend_memory.h"

#include <sqlite3.h>

#define WORDS_MAX 64
#define FIELDS 5

/* An event of the log that is searched, and its texts as they are indexed, in plain ASCII. */
typedef struct told {
    const char *workflow_id;
    const char *event_type;
    const char *agent_id;
    const char *data;
    const char *title;
    const char *body;
} told;

static const told events[] = {
    {"fix-login", "agent.note.learning", "coder",
     "{\"title\":\"JWT tokens\",\"content\":\"All routes validate tokens in middleware\"}",
     "JWT tokens", "All routes validate tokens in middleware"},
    {"fix-login", "agent.tool.failed", "coder",
     "{\"tool_name\":\"Bash\",\"error\":\"Connection timeout after 30 s\",\"code\":110}", "",
     "Bash\nConnection timeout after 30 s\n110"},
    {"add-cache", "feature.completed", "lead agent",
     "{\"name\":\"caf\\u00e9 page\",\"deep\":[{\"x\":\"needle or OR a*b\"}],\"s\":\"\\\"q\\\"\"}",
     "cafe page", "needle or OR a*b\n\"q\""},
    {"add-cache", "agent.note.warning", "coder-2",
     "{\"title\":\"Cache\",\"content\":\"a token may time out in src/auth_token.py\"}", "Cache",
     "a token may time out in src/auth_token.py"},
    {"x", "step.done", "", "{}", "", ""},
};

#define EVENT_COUNT (sizeof events / sizeof events[0])

static jc_store *log_of_events(void)
{
    static jc_store *store = NULL;
    jc_error error;
    if (store != NULL)
        return store;
    FUZZ_MUST(jc_store_open_memory(NULL, &store, &error) == JC_OK);
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        const told *each = &events[i];
        jc_event event = {.id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x90, [15] = (uint8_t)(i + 1)}},
                          .workflow_id = jc_str_of(each->workflow_id),
                          .event_type = jc_str_of(each->event_type),
                          .data = jc_str_of(each->data)};
        if (*each->agent_id != '\0')
            event.agent_id = jc_str_of(each->agent_id);
        jc_unit unit = {.events = &event, .count = 1};
        jc_append_result result;
        FUZZ_MUST(jc_append(store, &unit, 1, &result, &error) == JC_OK);
    }
    return store;
}

/* Ask FTS5 itself, with no events at all. */
static void check_expression(jc_str expression)
{
    static sqlite3 *db = NULL;
    static sqlite3_stmt *ask = NULL;
    if (db == NULL) {
        FUZZ_MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
        FUZZ_MUST(sqlite3_exec(db, "CREATE VIRTUAL TABLE t USING fts5(type,agent)", NULL, NULL,
                               NULL) == SQLITE_OK);
        FUZZ_MUST(sqlite3_prepare_v2(db, "SELECT 1 FROM t WHERE t MATCH ?1", -1, &ask, NULL) ==
                  SQLITE_OK);
    }
    FUZZ_MUST(sqlite3_bind_text(ask, 1, expression.bytes, (int)expression.size, SQLITE_STATIC) ==
              SQLITE_OK);
    FUZZ_MUST(sqlite3_step(ask) == SQLITE_DONE);
    FUZZ_MUST(sqlite3_reset(ask) == SQLITE_OK);
}

static bool is_ascii(jc_str text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.bytes[i] > 0x7f)
            return false;
    }
    return true;
}

static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Take a run of letters and digits off. */
static bool next_word(jc_str *rest, jc_str *ret)
{
    while (rest->size > 0 && !is_word_char(*rest->bytes))
        *rest = (jc_str){rest->bytes + 1, rest->size - 1};
    size_t size = 0;
    while (size < rest->size && is_word_char(rest->bytes[size]))
        size++;
    *ret = (jc_str){rest->bytes, size};
    *rest = (jc_str){rest->bytes + size, rest->size - size};
    return size > 0;
}

/* Do the words of a phrase stand at the beginning of the text, the last perhaps as a beginning only? */
static bool begins_with(jc_str text, jc_str phrase, bool prefix)
{
    jc_str word;
    jc_str wanted;
    while (next_word(&phrase, &wanted)) {
        jc_str behind = phrase;
        jc_str none;
        bool may_go_on = prefix && !next_word(&behind, &none);
        if (!next_word(&text, &word) || word.size < wanted.size ||
            (word.size > wanted.size && !may_go_on) ||
            strncasecmp(word.bytes, wanted.bytes, wanted.size) != 0)
            return false;
    }
    return true;
}

static bool stands_in(jc_str text, jc_str phrase, bool prefix)
{
    jc_str word;
    while (!begins_with(text, phrase, prefix)) {
        if (!next_word(&text, &word))
            return false;
    }
    return true;
}

static bool has_phrase(const told *event, jc_str phrase, bool prefix)
{
    const char *const fields[FIELDS] = {event->title, event->body, event->event_type,
                                        event->workflow_id, event->agent_id};
    bool found = false;
    for (size_t i = 0; i < FIELDS; i++)
        found = found || stands_in(jc_str_of(fields[i]), phrase, prefix);
    return found;
}

static size_t white_space(jc_str text)
{
    size_t size = 0;
    while (size < text.size && strchr(" \t\n\v\f\r", text.bytes[size]) != NULL)
        size++;
    return size;
}

/* Take what stands between quotes, or between spaces. */
static bool next_phrase(jc_str *rest, jc_str *ret, bool *ret_prefix, bool *ret_quoted)
{
    size_t from = white_space(*rest);
    size_t end = from;
    *rest = (jc_str){rest->bytes + from, rest->size - from};
    *ret_quoted = rest->size > 0 && *rest->bytes == '"';
    from = end = *ret_quoted ? 1 : 0;
    while (end < rest->size && (*ret_quoted ? rest->bytes[end] != '"'
                                            : white_space((jc_str){rest->bytes + end, 1}) == 0))
        end++;
    *ret = (jc_str){rest->bytes + from, end - from};
    if (*ret_quoted && end < rest->size)
        end++;
    bool star = *ret_quoted && end < rest->size && rest->bytes[end] == '*';
    end += star ? 1 : 0;
    *ret_prefix = star || (!*ret_quoted && ret->size > 1 && ret->bytes[ret->size - 1] == '*');
    *rest = (jc_str){rest->bytes + end, rest->size - end};
    return end > 0;
}

/* Does the event answer the search, by the words of the header? *ret_count: phrases with words in it. */
static bool answers(const told *event, jc_str text, size_t *ret_count)
{
    jc_str phrase;
    jc_str word;
    bool prefix = false;
    bool quoted = false;
    bool either = false;
    bool all = true;
    bool group = false;
    *ret_count = 0;
    while (next_phrase(&text, &phrase, &prefix, &quoted)) {
        jc_str words = phrase;
        if (!quoted && jc_str_equal(phrase, JC_STR("OR"))) {
            either = true;
            continue;
        }
        if (!next_word(&words, &word))
            continue;
        all = all && (either || *ret_count == 0 || group);
        group = has_phrase(event, phrase, prefix) || (either && *ret_count > 0 && group);
        either = false;
        ++*ret_count;
    }
    return all && group;
}

static bool passes(const told *event, jc_str glob, jc_str agent)
{
    char *pattern = strndup(glob.bytes, glob.size);
    FUZZ_MUST(pattern != NULL);
    bool good = (glob.size == 0 || sqlite3_strglob(pattern, event->event_type) == 0) &&
                (agent.size == 0 || jc_str_equal(agent, jc_str_of(event->agent_id)));
    free(pattern);
    return good;
}

/* Read all hits; *ret_found has a bit for each event. */
static void read_hits(jc_search *search, unsigned *ret_found)
{
    jc_search_hit hit;
    jc_error error;
    jc_status status = JC_OK;
    *ret_found = 0;
    while ((status = jc_search_next(search, &hit, &error)) == JC_OK) {
        unsigned bit = 1U << (hit.event->position - 1);
        FUZZ_MUST((*ret_found & bit) == 0);
        *ret_found |= bit;
        FUZZ_MUST(hit.event->position >= 1 && hit.event->position <= EVENT_COUNT);
        FUZZ_MUST(jc_utf8_valid(hit.excerpt));
        const char *mark = memchr(hit.excerpt.bytes, JC_SEARCH_MARK_BEGIN, hit.excerpt.size);
        FUZZ_MUST(mark != NULL && memchr(mark, JC_SEARCH_MARK_END,
                                         (size_t)(hit.excerpt.bytes + hit.excerpt.size - mark)));
    }
    FUZZ_MUST(status == JC_END);
}

static void check_found(unsigned found, jc_str text, jc_str glob, jc_str agent)
{
    for (size_t i = 0; i < EVENT_COUNT; i++) {
        size_t count = 0;
        bool wanted = passes(&events[i], glob, agent);
        if (is_ascii(text))
            wanted = answers(&events[i], text, &count) && wanted;
        else if (wanted)
            continue;
        if (((found >> i) & 1) != wanted) {
            fprintf(stderr, "event %zu %s\n", i + 1, wanted ? "is not found" : "is found");
            abort();
        }
    }
}

static void check_refused(jc_str text, jc_status status, const jc_error *error)
{
    size_t count = 0;
    FUZZ_MUST(status == JC_EINVAL);
    fuzz_must_explain(status, error);
    (void)answers(&events[0], text, &count);
    FUZZ_MUST(!is_ascii(text) || count == 0 || count > WORDS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str rest = fuzz_input(bytes, size);
    jc_str text = fuzz_next_part(&rest);
    jc_str glob = fuzz_next_part(&rest);
    jc_str agent = rest;
    jc_error error;

    JC_AUTO(jc_buf) expression = {0};
    jc_status status = jc_expression_parse(text, &expression, &error);
    if (status < 0) {
        check_refused(text, status, &error);
        return 0;
    }
    check_expression(jc_buf_str(&expression));

    jc_search *search = NULL;
    jc_filter filter = {.event_types = &glob, .event_type_count = glob.size > 0 ? 1 : 0};
    if (agent.size > 0)
        filter.agent_id = agent;
    unsigned found = 0;
    FUZZ_MUST(jc_search_new(log_of_events(), text, &filter, NULL, NULL, &search, &error) == JC_OK);
    read_hits(search, &found);
    jc_search_free(search);
    check_found(found, text, glob, agent);
    return 0;
}
