/* The words for the closed sets of jc/mailbox.h, as JSON and people have them. */
#include "jc/mailbox.h"

#define WORD(name, text, ...) [name] = text,

const char *jc_priority_name(jc_priority priority)
{
    static const char *const words[] = {[JC_PRIORITY_ANY] = "any", JC_PRIORITY_MAP(WORD)};
    return words[priority];
}

jc_priority jc_priority_of(jc_str name)
{
    for (jc_priority each = JC_PRIORITY_LOW; each < JC_PRIORITY_COUNT; each++) {
        if (jc_str_equal(name, jc_str_of(jc_priority_name(each))))
            return each;
    }
    return JC_PRIORITY_ANY;
}

const char *jc_mail_store_name(jc_mail_store store)
{
    switch (store) {
    case JC_MAIL_INBOX:
        return "inbox";
    case JC_MAIL_OUTBOX:
        return "outbox";
    case JC_MAIL_HISTORY:
        return "conversation_history";
    default:
        return "all";
    }
}

const char *jc_thread_status_name(jc_thread_status status)
{
    static const char *const words[] = {JC_THREAD_STATUS_MAP(WORD)};
    return words[status];
}

const char *jc_thread_step_name(jc_thread_step step)
{
    static const char *const words[] = {JC_THREAD_STEP_MAP(WORD)};
    return words[step];
}

const char *jc_thread_action_name(jc_thread_action action)
{
    return action == JC_ACTION_ACKNOWLEDGE ? "acknowledge_required" : "completion_required";
}

const char *jc_problem_name(jc_problem problem)
{
    static const char *const words[] = {JC_PROBLEM_MAP(WORD)};
    return words[problem];
}

const char *jc_problem_text(jc_problem problem)
{
#define SENTENCE(name, text, what) [name] = what,
    static const char *const sentences[] = {JC_PROBLEM_MAP(SENTENCE)};
#undef SENTENCE
    return sentences[problem];
}
