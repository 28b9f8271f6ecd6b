/* Advice on names: an event is a fact, so its verb stands in the past tense. Only verbs of the list
 * are spoken of: a wrong hint is worse than none. */
#include "event/types.h"

#include <stdio.h>

static const struct {
    const char *command;
    const char *fact;
} verbs[] = {
    {"abort", "aborted"},      {"accept", "accepted"},   {"acknowledge", "acknowledged"},
    {"add", "added"},          {"approve", "approved"},  {"archive", "archived"},
    {"assign", "assigned"},    {"begin", "begun"},       {"block", "blocked"},
    {"cancel", "cancelled"},   {"change", "changed"},    {"close", "closed"},
    {"complete", "completed"}, {"create", "created"},    {"delete", "deleted"},
    {"deploy", "deployed"},    {"disable", "disabled"},  {"enable", "enabled"},
    {"end", "ended"},          {"fail", "failed"},       {"finish", "finished"},
    {"import", "imported"},    {"install", "installed"}, {"merge", "merged"},
    {"move", "moved"},         {"open", "opened"},       {"pass", "passed"},
    {"pause", "paused"},       {"publish", "published"}, {"reject", "rejected"},
    {"release", "released"},   {"remove", "removed"},    {"rename", "renamed"},
    {"reopen", "reopened"},    {"request", "requested"}, {"resolve", "resolved"},
    {"restart", "restarted"},  {"resume", "resumed"},    {"retry", "retried"},
    {"revert", "reverted"},    {"save", "saved"},        {"send", "sent"},
    {"start", "started"},      {"stop", "stopped"},      {"update", "updated"},
    {"upload", "uploaded"},    {"write", "written"},
};

static const char *fact_of(jc_str word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (jc_str_equal(word, jc_str_of(verbs[i].command)))
            return verbs[i].fact;
    }
    return NULL;
}

/* Where the last word of the type begins, behind a dot or an underscore. */
static size_t last_word(jc_str event_type)
{
    size_t at = event_type.size;
    while (at > 0 && event_type.bytes[at - 1] != '.' && event_type.bytes[at - 1] != '_')
        at--;
    return at;
}

void jc_types_advise(jc_str event_type, jc_error *ret_advice)
{
    ret_advice->status = JC_OK;
    ret_advice->text[0] = '\0';
    if (jc_event_type_of(event_type) != JC_TYPE_OTHER)
        return;

    size_t last = last_word(event_type);
    jc_str word = {event_type.bytes + last, event_type.size - last};
    const char *fact = fact_of(word);
    if (fact != NULL) {
        (void)snprintf(ret_advice->text, sizeof ret_advice->text,
                       "'%.*s' names a command; an event is a fact in the past tense: '%.*s%s'",
                       (int)event_type.size, event_type.bytes, (int)last, event_type.bytes, fact);
        return;
    }
    /* `complete.feature` has the verb in front. */
    const char *dot = memchr(event_type.bytes, '.', event_type.size);
    jc_str first = {event_type.bytes, dot != NULL ? (size_t)(dot - event_type.bytes) : 0};
    fact = fact_of(first);
    bool past = word.size > 2 && memcmp(word.bytes + word.size - 2, "ed", 2) == 0;
    if (fact != NULL && !past)
        (void)snprintf(ret_advice->text, sizeof ret_advice->text,
                       "'%.*s' names a command; an event is a fact in the past tense: '%.*s.%s'",
                       (int)event_type.size, event_type.bytes,
                       (int)(event_type.size - first.size - 1), dot + 1, fact);
}
