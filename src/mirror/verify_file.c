/* A JSONL file checked by itself: every line's form, the order and density of sequences, the chain. */
#include "base/fail.h"
#include "event/line.h"
#include "jc/mirror.h"
#include "base/lines.h"
#include "store/chain_check.h"

#include <inttypes.h>
#include <stdio.h>

static void tell(jc_report *report, void *context, jc_verify_result *result, uint64_t line,
                 bool damage, const char *what)
{
    char where[32];
    (void)snprintf(where, sizeof where, "line %" PRIu64, line);
    jc_finding finding = {.damage = damage, .where = where, .what = what};
    result->damages += damage ? 1 : 0;
    report(context, &finding);
}

/* JC_ECORRUPT with the sentence when the line is damaged. */
static jc_status check_line(jc_chain_check *chain, jc_arena *arena, jc_str line, jc_error *reterr)
{
    jc_event event;
    jc_arena_reset(arena);
    jc_status status = jc_line_decode(line, arena, &event, reterr);
    if (status == JC_EINVAL || status == JC_EUNSUPPORTED)
        return JC_ECORRUPT;
    if (status < 0)
        return status;
    status = jc_chain_check_event(chain, &event, reterr);
    if (status == JC_ECORRUPT) {
        char text[JC_ERROR_SIZE_MAX];
        (void)snprintf(text, sizeof text, "%.*s #%" PRIu64 ": %.600s", (int)event.workflow_id.size,
                       event.workflow_id.bytes, event.sequence, reterr->text);
        return jc_fail(reterr, JC_ECORRUPT, "%s", text);
    }
    return status;
}

jc_status jc_mirror_verify_file(const char *path, jc_report *report, void *context,
                                jc_verify_result *ret_result, jc_error *reterr)
{
    JC_AUTO(jc_lines) lines = {.fd = -1};
    JC_AUTO(jc_chain_check) chain = {0};
    JC_AUTO(jc_arena) arena = {0};
    jc_verify_result result = {0};
    jc_status status = jc_lines_open(&lines, path, false, reterr);
    while (status == JC_OK) {
        jc_str line;
        bool torn = false;
        jc_error detail;
        status = jc_lines_next(&lines, &line, &torn, reterr);
        if (status == JC_EINVAL)
            tell(report, context, &result, lines.number + 1, true, "it is longer than any event");
        if (status != JC_OK)
            break;
        jc_status checked = check_line(&chain, &arena, line, &detail);
        /* A last line without its newline is what a writer leaves that was stopped in the middle. */
        if (checked == JC_ECORRUPT)
            tell(report, context, &result, lines.number, !torn,
                 torn ? "it is torn: a writer did not finish it" : detail.text);
        else if (checked < 0)
            return jc_fail(reterr, checked, "%s", detail.text);
        else
            result.events++;
    }
    if (status < 0 && status != JC_EINVAL)
        return status;
    result.workflows = chain.workflow_count;
    *ret_result = result;
    return JC_OK;
}
