/* jc_note_add: a draft into an event, and the event into the log. */
#include "base/buf.h"
#include "base/fail.h"
#include "base/json.h"
#include "notes/notes.h"

#include <stdlib.h>

jc_str jc_note_trim(jc_str text)
{
    const char *const blanks = " \t\n\v\f\r";
    while (text.size > 0 && memchr(blanks, text.bytes[0], 6) != NULL) {
        text.bytes++;
        text.size--;
    }
    while (text.size > 0 && memchr(blanks, text.bytes[text.size - 1], 6) != NULL)
        text.size--;
    return text;
}

/* The event's data under way: what cannot be taken is said once, at the end. */
typedef struct writing {
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    jc_status status;
    jc_error *reterr;
} writing;

static void check_text(writing *to, const char *name, jc_str text)
{
    if (to->status == JC_OK && !jc_utf8_valid(text))
        to->status = jc_fail(to->reterr, JC_EINVAL, "%s: it must be UTF-8", name);
}

static void add_text(writing *to, const char *name, jc_str text)
{
    check_text(to, name, text);
    if (to->status == JC_OK &&
        !yyjson_mut_obj_add_strn(to->doc, to->root, name, text.bytes, text.size))
        to->status = jc_fail_memory(to->reterr);
}

static void add_required(writing *to, const char *name, jc_str text)
{
    if (to->status == JC_OK && text.size == 0)
        to->status = jc_fail(to->reterr, JC_EINVAL, "%s: it must not be blank", name);
    add_text(to, name, text);
}

static void add_optional(writing *to, const char *name, jc_str text)
{
    if (text.size > 0)
        add_text(to, name, text);
}

static void add_tags(writing *to, const jc_note_draft *draft)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(to->doc, to->root, "tags");
    if (to->status == JC_OK && list == NULL)
        to->status = jc_fail_memory(to->reterr);
    for (size_t i = 0; to->status == JC_OK && i < draft->tag_count; i++) {
        jc_str tag = jc_note_trim(draft->tags[i]);
        check_text(to, "tags", tag);
        if (to->status == JC_OK && tag.size == 0)
            to->status = jc_fail(to->reterr, JC_EINVAL, "tags: tag %zu is blank", i + 1);
        if (to->status == JC_OK && !yyjson_mut_arr_add_strn(to->doc, list, tag.bytes, tag.size))
            to->status = jc_fail_memory(to->reterr);
    }
}

/* The caller frees *ret_bytes, which is what *ret_data borrows. */
static jc_status write_data(const jc_note_draft *draft, char **ret_bytes, jc_str *ret_data,
                            jc_error *reterr)
{
    writing to = {.doc = yyjson_mut_doc_new(NULL), .reterr = reterr};
    to.root = yyjson_mut_obj(to.doc);
    if (to.root == NULL)
        to.status = jc_fail_memory(reterr);
    yyjson_mut_doc_set_root(to.doc, to.root);
    jc_str title = jc_note_trim(draft->title);
    add_required(&to, "title", title);
    add_required(&to, "content",
                 draft->content.bytes != NULL ? jc_note_trim(draft->content) : title);
    add_tags(&to, draft);
    add_optional(&to, "related_file", jc_note_trim(draft->related_file));
    add_optional(&to, "related_feature", jc_note_trim(draft->related_feature));
    if (to.status == JC_OK) {
        *ret_bytes = yyjson_mut_write(to.doc, 0, &ret_data->size);
        ret_data->bytes = *ret_bytes;
        if (*ret_bytes == NULL)
            to.status = jc_fail_memory(reterr);
    }
    yyjson_mut_doc_free(to.doc);
    return to.status;
}

static jc_status append(jc_store *store, const jc_event *event, jc_note_receipt *ret_receipt,
                        jc_error *reterr)
{
    jc_append_result result;
    jc_note_receipt receipt = {.id = event->id};
    jc_unit unit = {.events = event, .count = 1, .ret_receipts = &receipt.event};
    jc_status status = jc_append(store, &unit, 1, &result, reterr);
    if (status == JC_OK && ret_receipt != NULL)
        *ret_receipt = receipt;
    return status;
}

jc_status jc_note_add(jc_store *store, jc_str workflow_id, const jc_note_draft *draft,
                      jc_note_receipt *ret_receipt, jc_error *reterr)
{
    JC_AUTO(jc_buf) type = {0};
    char *bytes = NULL;
    jc_event event = {.id = draft->id,
                      .workflow_id = workflow_id,
                      .agent_id = draft->agent_id,
                      .correlation_id = draft->correlation_id,
                      .causation_id = draft->causation_id};
    jc_str category = draft->category.bytes != NULL ? draft->category : JC_STR("observation");
    jc_status status = jc_note_category_check(store, category, reterr);
    if (status == JC_OK && jc_note_trim(draft->agent_id).size == 0)
        status = jc_fail(reterr, JC_EINVAL, "agent_id: it must not be blank");
    if (status == JC_OK)
        status = jc_buf_append_format(&type, reterr, JC_NOTE_TYPE_PREFIX "%.*s", (int)category.size,
                                      category.bytes);
    if (status == JC_OK)
        status = write_data(draft, &bytes, &event.data, reterr);
    event.event_type = jc_buf_str(&type);
    if (status == JC_OK)
        status = jc_event_prepare(&event, reterr);
    if (status == JC_OK)
        status = append(store, &event, ret_receipt, reterr);
    free(bytes);
    return status;
}
