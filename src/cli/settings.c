/* An agent's settings as text. See settings.h. */
#include "cli/settings.h"

#include "base/array.h"
#include "base/fail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void jc_setting_changes_release(jc_setting_changes *changes)
{
    free(changes->items);
    *changes = (jc_setting_changes){0};
}

jc_status jc_setting_changes_add(jc_setting_changes *changes, jc_setting_kind kind, jc_str name,
                                 jc_error *reterr)
{
    jc_setting_change *items =
        jc_array_grow(changes->items, sizeof *items, changes->count, &changes->capacity);
    if (items == NULL)
        return jc_fail_memory(reterr);
    changes->items = items;
    items[changes->count++] = (jc_setting_change){.kind = kind, .name = name};
    changes->counts[kind]++;
    return JC_OK;
}

void jc_settings_release(jc_settings *settings)
{
    jc_json_container_release(&settings->root);
    jc_json_edit_release(&settings->edit);
    *settings = (jc_settings){0};
}

/* How many bytes before the first that means something. */
static size_t lead_size(jc_str text)
{
    size_t mark = sizeof byte_order_mark - 1;
    size_t at = text.size >= mark && memcmp(text.bytes, byte_order_mark, mark) == 0 ? mark : 0;
    while (at < text.size && strchr(" \t\r\n", text.bytes[at]) != NULL && text.bytes[at] != '\0')
        at++;
    return at;
}

/* The object without the white space behind it. */
static jc_str without_tail(jc_str text)
{
    while (text.size > 0 && strchr(" \t\r\n", text.bytes[text.size - 1]) != NULL)
        text.size--;
    return text;
}

jc_status jc_settings_open(jc_str text, jc_settings *settings, jc_error *reterr)
{
    *settings = (jc_settings){.no_file = text.bytes == NULL};
    if (settings->no_file)
        text = JC_STR("");
    size_t lead = lead_size(text);
    settings->text = settings->edit.text = text;
    settings->lead = (jc_str){text.bytes, lead};
    settings->blank = lead == text.size;
    jc_json_container none = {.whole = JC_STR("{}")};
    settings->style = jc_json_style_of(&none);
    if (settings->blank)
        return JC_OK;

    jc_str value = {text.bytes + lead, text.size - lead};
    jc_status status = jc_json_check(value, reterr);
    if (status < 0)
        return status;
    if (!jc_json_is_object(value))
        return jc_fail(reterr, JC_EINVAL, "not a JSON object");
    status = jc_json_container_read(without_tail(value), &settings->root, reterr);
    if (status == JC_OK)
        settings->style = jc_json_style_of(&settings->root);
    return status;
}

jc_status jc_settings_object(jc_settings *settings, const char *name, jc_json_child **ret_member,
                             jc_json_container *ret_object, jc_error *reterr)
{
    size_t count = 0;
    jc_json_child *member = jc_json_container_find(&settings->root, name, &count);
    if (count > 1)
        return jc_fail(reterr, JC_EINVAL, "\"%s\" is there %zu times: leave one of them", name,
                       count);
    if (member != NULL && !jc_json_is_object(member->value))
        return jc_fail(reterr, JC_EINVAL, "\"%s\" is not an object", name);
    jc_status status = JC_OK;
    if (member != NULL)
        status = jc_json_container_read(member->value, ret_object, reterr);
    if (status == JC_OK)
        *ret_member = member;
    return status;
}

/* Settings that hold nothing but `member`. */
static jc_status make_root(jc_settings *settings, jc_str member, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    jc_status status = jc_buf_append_text(&text, "{\n  ", reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&text, member, reterr);
    if (status == JC_OK)
        status = jc_buf_append_text(&text, settings->no_file ? "\n}\n" : "\n}", reterr);
    jc_str place = {settings->text.bytes + settings->lead.size, 0};
    return status == JC_OK ? jc_json_edit_replace(&settings->edit, place, jc_buf_str(&text), reterr)
                           : status;
}

jc_status jc_settings_add(jc_settings *settings, jc_str member, jc_error *reterr)
{
    if (settings->blank)
        return make_root(settings, member, reterr);
    JC_AUTO(jc_buf) between = {0};
    jc_status status =
        jc_json_between(&settings->root, &settings->style, 1, false, &between, reterr);
    if (status < 0)
        return status;
    return jc_json_edit_children(&settings->edit, &settings->root, member, jc_buf_str(&between),
                                 " ", reterr);
}

/* Was it there, empty, before something was put in? */
static bool was_there(const jc_json_container *container)
{
    return jc_str_equal(jc_json_container_lead(container), JC_STR(" "));
}

jc_status jc_settings_prune(jc_settings *settings, const jc_json_container *container,
                            bool *ret_gone, jc_error *reterr)
{
    size_t dropped = jc_json_container_dropped(container);
    *ret_gone = dropped > 0 && dropped == container->count && !was_there(container);
    if (dropped == 0 || *ret_gone)
        return JC_OK;
    return jc_json_edit_children(&settings->edit, container, (jc_str){0}, (jc_str){0}, "", reterr);
}

jc_status jc_settings_finish(jc_settings *settings, jc_buf *ret_text, bool *ret_remove,
                             jc_error *reterr)
{
    bool gone = false;
    *ret_remove = false;
    jc_status status = jc_settings_prune(settings, &settings->root, &gone, reterr);
    if (status < 0)
        return status;
    if (!gone) {
        status = jc_json_edit_apply(&settings->edit, ret_text, reterr);
        assert(status < 0 || ret_text->size == settings->lead.size ||
               jc_json_check((jc_str){ret_text->bytes + settings->lead.size,
                                      ret_text->size - settings->lead.size},
                             NULL) == JC_OK);
        return status;
    }
    const char *end = settings->root.whole.bytes + settings->root.whole.size;
    size_t tail = settings->text.size - (size_t)(end - settings->text.bytes);
    *ret_remove = settings->lead.size == 0 && tail > 0;
    if (*ret_remove)
        return JC_OK;
    status = jc_buf_append_str(ret_text, settings->lead, reterr);
    if (status == JC_OK && tail > 0)
        status = jc_buf_append_text(ret_text, "{}", reterr);
    return status == JC_OK ? jc_buf_append(ret_text, end, tail, reterr) : status;
}
