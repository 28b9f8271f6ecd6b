/* The states that histories come to, for comparing them with those of web/fold.js.
 *
 *     fold_states < LINES
 *     fold_states versions        the projections and their versions, a line each
 *
 * Reads events as lines (docs/FORMAT.md) of one workflow or of several, one behind the other; a line with
 * the sequence 1 begins anew. Prints behind each event, for each built-in projection, a line with its
 * name, the event's sequence and the state's JSON, with a blank between; and such a line `attention`, with
 * what follows from these states as a list of {"due_us":…,"item":…}, due or not. What it reads is not
 * validated, so that states of events are seen that no log would take. Exit 1 when a line is none. */
#include "base/lines.h"
#include "event/line.h"
#include "jc/jc.h"
#include "jc/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROJECTIONS_MAX 16

typedef struct folding {
    const jc_projection *const *projections;
    size_t count;
    jc_state *states[PROJECTIONS_MAX];
    jc_str texts[PROJECTIONS_MAX]; /* their JSON */
} folding;

static void release(folding *of)
{
    for (size_t i = 0; i < of->count; i++) {
        jc_state_free(of->states[i]);
        of->states[i] = NULL;
    }
}

static jc_status begin(folding *of, jc_error *reterr)
{
    release(of);
    for (size_t i = 0; i < of->count; i++) {
        jc_status status = jc_state_new(of->projections[i], &of->states[i], reterr);
        if (status < 0)
            return status;
    }
    return JC_OK;
}

static void print_piece(void *context, jc_str piece)
{
    (void)context;
    (void)fwrite(piece.bytes, 1, piece.size, stdout);
}

static jc_str text_of(const folding *of, const char *name)
{
    for (size_t i = 0; i < of->count; i++) {
        if (strcmp(of->projections[i]->name, name) == 0)
            return of->texts[i];
    }
    return (jc_str){0};
}

static jc_status print_attention(const folding *of, uint64_t sequence, jc_error *reterr)
{
    const jc_sink sink = {.put = print_piece};
    jc_attentions *attentions = NULL;
    jc_attention_states states = {.workflow = text_of(of, "workflow"),
                                  .agents = text_of(of, "agents"),
                                  .notes = text_of(of, "notes"),
                                  .mailbox = text_of(of, "mailbox")};
    jc_status status = jc_attention_of(&states, &attentions, reterr);
    if (status < 0)
        return status;
    printf("attention %" PRIu64 " [", sequence);
    for (size_t i = 0; i < attentions->count; i++) {
        printf("%s{\"due_us\":%" PRId64 ",\"item\":", i > 0 ? "," : "",
               attentions->items[i].due_us);
        jc_attention_write(&sink, &attentions->items[i]);
        (void)putchar('}');
    }
    printf("]\n");
    jc_attention_free(attentions);
    return JC_OK;
}

static jc_status take(folding *of, const jc_event *event, jc_error *reterr)
{
    jc_status status = event->sequence == 1 ? begin(of, reterr) : JC_OK;
    for (size_t i = 0; status == JC_OK && i < of->count; i++) {
        status = jc_state_apply(of->states[i], event, reterr);
        const char *json = status == JC_OK ? jc_state_json(of->states[i], reterr) : NULL;
        if (json == NULL)
            return status < 0 ? status : JC_ENOMEM;
        of->texts[i] = jc_str_of(json);
        printf("%s %" PRIu64 " %s\n", of->projections[i]->name, event->sequence, json);
    }
    return status == JC_OK ? print_attention(of, event->sequence, reterr) : status;
}

static jc_status take_line(folding *of, jc_str line, jc_error *reterr)
{
    JC_AUTO(jc_arena) arena = {0};
    jc_event event;
    jc_status status = jc_line_decode(line, &arena, &event, reterr);
    if (status == JC_OK && event.sequence > 1 && of->states[0] == NULL)
        status = begin(of, reterr);
    return status == JC_OK ? take(of, &event, reterr) : status;
}

static int print_versions(void)
{
    size_t count = 0;
    const jc_projection *const *projections = jc_projection_list(&count);
    for (size_t i = 0; i < count; i++)
        printf("%s %" PRIu32 "\n", projections[i]->name, projections[i]->version);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "versions") == 0)
        return print_versions();
    folding of = {0};
    jc_error error = {0};
    char *line = NULL;
    size_t capacity = 0;
    jc_status status = JC_OK;
    of.projections = jc_projection_list(&of.count);
    while (status == JC_OK) {
        ssize_t size = getline(&line, &capacity, stdin);
        if (size <= 0)
            break;
        if (line[size - 1] == '\n')
            size--;
        status = take_line(&of, (jc_str){line, (size_t)size}, &error);
    }
    if (status < 0)
        (void)fprintf(stderr, "fold_states: %s\n", error.text);
    release(&of);
    free(line);
    return status < 0 ? 1 : 0;
}
