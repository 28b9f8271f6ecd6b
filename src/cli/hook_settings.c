/* The hooks of jc in settings.json:
 *
 *   "hooks": {
 *     "PreToolUse": [{"hooks": [{"type": "command", "command": "jc hook", "async": true, "timeout": 5}]}],
 *
 * An event has groups, each with a matcher (none: whatever happens) and handlers. A handler of jc is
 * recognised by its command, never by where it stands; those of others are not touched.
 *
 * The command is one text for a shell. The other form, "args" beside "command", costs no shell, but a
 * client from before it would run `jc` without a word behind it, which is bad usage and ends with the
 * exit code that blocks the agent's tools. */
#include "cli/hook_settings.h"

#include "base/fail.h"

#include <string.h>
#include <yyjson.h>

#define TIMEOUT_SECONDS 5

/* The agent waits for those with `waits`; the others run beside it. It does not wait long: a hook takes
 * milliseconds, and when the log is busy it waits no longer than 100 ms. It waits where a hook beside it
 * would be killed or come out of order:
 *   SessionEnd         the session is torn down right behind it, and takes hooks beside it along. Its
 *                      timeout also raises the 1.5 s that all of its hooks have together.
 *   Stop, StopFailure  the last before the end of a session that is run for one prompt, and where there
 *                      is no SessionEnd (some versions) nothing else waits.
 *   Setup              a session may be run for it alone.
 *   SessionStart       the first prompt may follow at once, and the start would come second. */
typedef struct hook_event {
    const char *name;
    bool waits;
} hook_event;

static const hook_event events[] = {
    {"Setup", true},
    {"SessionStart", true},
    {"InstructionsLoaded", false},
    {"UserPromptSubmit", false},
    {"UserPromptExpansion", false},
    {"PreToolUse", false},
    {"PermissionRequest", false},
    {"PermissionDenied", false},
    {"PostToolUse", false},
    {"PostToolUseFailure", false},
    {"PostToolBatch", false},
    {"Notification", false},
    {"SubagentStart", false},
    {"SubagentStop", false},
    {"TaskCreated", false},
    {"TaskCompleted", false},
    {"TeammateIdle", false},
    {"Elicitation", false},
    {"ElicitationResult", false},
    {"PreCompact", false},
    {"PostCompact", false},
    {"PreModelSwitch", false},
    {"PostModelSwitch", false},
    {"ConfigChange", false},
    {"CwdChanged", false},
    {"DirectoryAdded", false},
    {"FileChanged", false},
    {"WorktreeRemove", false},
    {"Stop", true},
    {"StopFailure", true},
    {"SessionEnd", true},
};

#define EVENT_COUNT (sizeof events / sizeof events[0])

/* One process for every piece of an answer: only when asked for. */
static const hook_event message_display = {"MessageDisplay", false};

/* Never put in, and taken out: a hook there makes the worktree in place of git and must print its path,
 * so that a silent one breaks worktrees. */
static const char worktree_create[] = "WorktreeCreate";

bool jc_program_is_ours(jc_str program)
{
    size_t size = program.size;
    return size >= 2 && memcmp(program.bytes + size - 2, "jc", 2) == 0 &&
           (size == 2 || program.bytes[size - 3] == '/');
}

/* Take a word off a shell's command, with quotes and backslashes. False: it is none, or the shell would
 * do more with it. */
static bool next_word(jc_str *rest, char *ret_word, size_t word_size)
{
    size_t size = 0;
    char quote = '\0';
    size_t at = 0;
    for (; at < rest->size; at++) {
        char c = rest->bytes[at];
        if (quote == '\0' && (c == ' ' || c == '\t'))
            break;
        if (quote == c && quote != '\0') {
            quote = '\0';
            continue;
        }
        if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
            continue;
        }
        if (quote != '\'' && c == '\\' && ++at < rest->size)
            c = rest->bytes[at];
        else if (quote != '\'' &&
                 strchr(quote == '"' ? "$`\\" : "$`\\;&|<>()*?[]{}~#!\n\r=", c) != NULL)
            return false;
        if (size + 1 >= word_size || c == '\0')
            return false;
        ret_word[size++] = c;
    }
    ret_word[size] = '\0';
    *rest = (jc_str){rest->bytes + at, rest->size - at};
    return quote == '\0' && size > 0;
}

static void skip_blanks(jc_str *rest)
{
    while (rest->size > 0 && (rest->bytes[0] == ' ' || rest->bytes[0] == '\t'))
        *rest = (jc_str){rest->bytes + 1, rest->size - 1};
}

bool jc_command_is_ours(jc_str command, const char *word)
{
    char text[4096];
    skip_blanks(&command);
    if (!next_word(&command, text, sizeof text) || !jc_program_is_ours(jc_str_of(text)))
        return false;
    skip_blanks(&command);
    if (!next_word(&command, text, sizeof text) || strcmp(text, word) != 0)
        return false;
    skip_blanks(&command);
    return command.size == 0;
}

/* A handler read for looking at; the caller frees. */
static yyjson_doc *read_value(jc_str value)
{
    return yyjson_read(value.bytes, value.size, 0);
}

static jc_str text_of(yyjson_val *value)
{
    return (jc_str){yyjson_get_str(value), yyjson_get_len(value)};
}

static bool handler_is_ours(jc_str value)
{
    yyjson_doc *doc = read_value(value);
    yyjson_val *handler = yyjson_doc_get_root(doc);
    yyjson_val *type = yyjson_obj_get(handler, "type");
    yyjson_val *command = yyjson_obj_get(handler, "command");
    yyjson_val *arguments = yyjson_obj_get(handler, "args");
    bool ours = yyjson_is_str(command) && (type == NULL || yyjson_equals_str(type, "command"));
    if (ours && arguments != NULL)
        ours = jc_program_is_ours(text_of(command)) && yyjson_arr_size(arguments) == 1 &&
               yyjson_equals_str(yyjson_arr_get_first(arguments), "hook");
    else if (ours)
        ours = jc_command_is_ours(text_of(command), "hook");
    yyjson_doc_free(doc);
    return ours;
}

static bool same_value(jc_str a, jc_str b)
{
    yyjson_doc *left = read_value(a);
    yyjson_doc *right = read_value(b);
    bool same = left != NULL && right != NULL &&
                yyjson_equals(yyjson_doc_get_root(left), yyjson_doc_get_root(right));
    yyjson_doc_free(left);
    yyjson_doc_free(right);
    return same;
}

/* Does a group's matcher let everything through? */
static bool matches_all(const jc_json_container *group)
{
    const jc_json_child *matcher = jc_json_container_find(group, "matcher", NULL);
    return matcher == NULL || same_value(matcher->value, JC_STR("\"\"")) ||
           same_value(matcher->value, JC_STR("\"*\""));
}

/* What an install works with. */
typedef struct install {
    jc_settings *settings;
    const jc_hook_wanted *wanted;
    jc_setting_changes *changes;
} install;

static jc_status append_handler(const install *work, const hook_event *event, jc_buf *buf,
                                jc_error *reterr)
{
    const jc_json_style *style = &work->settings->style;
    const char *colon = style->colon;
    const char *comma = colon[1] != '\0' ? ", " : ",";
    jc_status status = jc_buf_append_format(buf, reterr, "{\"type\"%s\"command\"%s\"command\"%s",
                                            colon, comma, colon);
    if (status == JC_OK)
        status = jc_json_append_string(buf, work->wanted->command, reterr);
    if (status == JC_OK && !event->waits)
        status = jc_buf_append_format(buf, reterr, "%s\"async\"%strue", comma, colon);
    if (status == JC_OK)
        status =
            jc_buf_append_format(buf, reterr, "%s\"timeout\"%s%d}", comma, colon, TIMEOUT_SECONDS);
    return status;
}

static jc_status append_group(const install *work, const hook_event *event, jc_buf *buf,
                              jc_error *reterr)
{
    jc_status status =
        jc_buf_append_format(buf, reterr, "{\"hooks\"%s[", work->settings->style.colon);
    if (status == JC_OK)
        status = append_handler(work, event, buf, reterr);
    return status == JC_OK ? jc_buf_append_text(buf, "]}", reterr) : status;
}

/* "EVENT": [GROUP] */
static jc_status append_event(const install *work, const hook_event *event, jc_buf *buf,
                              jc_error *reterr)
{
    jc_status status =
        jc_buf_append_format(buf, reterr, "\"%s\"%s[", event->name, work->settings->style.colon);
    if (status == JC_OK)
        status = append_group(work, event, buf, reterr);
    return status == JC_OK ? jc_buf_append_char(buf, ']', reterr) : status;
}

/* A group, with its handlers. */
typedef struct hook_group {
    jc_json_container members;
    jc_json_container handlers; /* none, when it has another shape */
    size_t ours;                /* how many handlers are */
    size_t first;               /* of them */
} hook_group;

static void hook_group_release(hook_group *group)
{
    jc_json_container_release(&group->members);
    jc_json_container_release(&group->handlers);
}
JC_AUTO_DEFINE(hook_group, hook_group_release);

/* Read a group, and mark our handlers as dropped. What has another shape holds none of ours. */
static jc_status read_group(jc_str value, hook_group *ret_group, jc_error *reterr)
{
    if (!jc_json_is_object(value))
        return JC_OK;
    jc_status status = jc_json_container_read(value, &ret_group->members, reterr);
    if (status < 0)
        return status;
    const jc_json_child *handlers = jc_json_container_find(&ret_group->members, "hooks", NULL);
    if (handlers == NULL || !jc_json_is_array(handlers->value))
        return JC_OK;
    status = jc_json_container_read(handlers->value, &ret_group->handlers, reterr);
    for (size_t i = 0; i < ret_group->handlers.count; i++) {
        jc_json_child *handler = &ret_group->handlers.children[i];
        handler->drop = handler_is_ours(handler->value);
        if (handler->drop && ret_group->ours++ == 0)
            ret_group->first = i;
    }
    return status;
}

/* Take our handlers out of a group; the group is dropped when nothing is left of it. */
static jc_status clear_group(jc_settings *settings, hook_group *group, jc_json_child *child,
                             jc_error *reterr)
{
    bool gone = false;
    jc_status status = jc_settings_prune(settings, &group->handlers, &gone, reterr);
    child->drop = gone;
    return status;
}

/* Take our handlers out of an event; the event is dropped when nothing is left of it. */
static jc_status clear_event(jc_settings *settings, jc_json_child *event,
                             jc_setting_changes *changes, jc_error *reterr)
{
    JC_AUTO(jc_json_container) groups = {0};
    size_t ours = 0;
    if (!jc_json_is_array(event->value))
        return JC_OK;
    jc_status status = jc_json_container_read(event->value, &groups, reterr);
    for (size_t i = 0; i < groups.count && status == JC_OK; i++) {
        JC_AUTO(hook_group) group = {0};
        status = read_group(groups.children[i].value, &group, reterr);
        ours += group.ours;
        if (status == JC_OK)
            status = clear_group(settings, &group, &groups.children[i], reterr);
    }
    if (status == JC_OK)
        status = jc_settings_prune(settings, &groups, &event->drop, reterr);
    if (status < 0 || ours == 0)
        return status;
    jc_str name = {event->key.bytes + 1, event->key.size - 2};
    return jc_setting_changes_add(changes, JC_SETTING_REMOVE, name, reterr);
}

/* Which group holds the handler that stays: the first for whatever happens, else the first of ours alone,
 * which is then made one for whatever happens. `groups->count`: none. */
static jc_status choose_group(const jc_json_container *groups, size_t *ret_index, size_t *ret_ours,
                              jc_error *reterr)
{
    size_t alone = groups->count;
    *ret_index = groups->count;
    for (size_t i = 0; i < groups->count; i++) {
        JC_AUTO(hook_group) group = {0};
        jc_status status = read_group(groups->children[i].value, &group, reterr);
        if (status < 0)
            return status;
        *ret_ours += group.ours;
        if (group.ours > 0 && matches_all(&group.members) && *ret_index == groups->count)
            *ret_index = i;
        if (group.ours > 0 && group.ours == group.handlers.count && alone == groups->count)
            alone = i;
    }
    if (*ret_index == groups->count)
        *ret_index = alone;
    return JC_OK;
}

/* Bring the group that holds the handler that stays up to date. */
static jc_status settle_group(const install *work, const hook_event *event, hook_group *group,
                              const jc_json_child *child, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    if (!matches_all(&group->members)) {
        jc_status status = append_group(work, event, &text, reterr);
        return status == JC_OK ? jc_json_edit_replace(&work->settings->edit, child->whole,
                                                      jc_buf_str(&text), reterr)
                               : status;
    }
    jc_json_child *handler = &group->handlers.children[group->first];
    handler->drop = false;
    jc_status status = append_handler(work, event, &text, reterr);
    if (status == JC_OK && !same_value(handler->value, jc_buf_str(&text)))
        status =
            jc_json_edit_replace(&work->settings->edit, handler->whole, jc_buf_str(&text), reterr);
    bool gone = false;
    return status == JC_OK ? jc_settings_prune(work->settings, &group->handlers, &gone, reterr)
                           : status;
}

/* Add a group behind those that an event has. */
static jc_status add_group(const install *work, const hook_event *event,
                           const jc_json_container *groups, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    JC_AUTO(jc_buf) between = {0};
    jc_status status = append_group(work, event, &text, reterr);
    if (status == JC_OK)
        status = jc_json_between(groups, &work->settings->style, 3, false, &between, reterr);
    return status == JC_OK ? jc_json_edit_children(&work->settings->edit, groups, jc_buf_str(&text),
                                                   jc_buf_str(&between), " ", reterr)
                           : status;
}

/* Have exactly one hook of ours among the groups of an event. */
static jc_status settle_groups(const install *work, const hook_event *event,
                               jc_json_container *groups, size_t *ret_ours, jc_error *reterr)
{
    size_t keeper = 0;
    jc_status status = choose_group(groups, &keeper, ret_ours, reterr);
    for (size_t i = 0; i < groups->count && status == JC_OK; i++) {
        JC_AUTO(hook_group) group = {0};
        jc_json_child *child = &groups->children[i];
        status = read_group(child->value, &group, reterr);
        if (status == JC_OK)
            status = i == keeper ? settle_group(work, event, &group, child, reterr)
                                 : clear_group(work->settings, &group, child, reterr);
    }
    if (status < 0)
        return status;
    if (keeper == groups->count)
        return add_group(work, event, groups, reterr);
    bool gone = false;
    return jc_settings_prune(work->settings, groups, &gone, reterr);
}

static jc_status settle_event(const install *work, const hook_event *event,
                              const jc_json_child *member, jc_error *reterr)
{
    if (!jc_json_is_array(member->value))
        return jc_fail(reterr, JC_EINVAL, "\"hooks\": \"%s\" is not an array", event->name);
    JC_AUTO(jc_json_container) groups = {0};
    size_t before = work->settings->edit.count;
    size_t ours = 0;
    jc_status status = jc_json_container_read(member->value, &groups, reterr);
    if (status == JC_OK)
        status = settle_groups(work, event, &groups, &ours, reterr);
    if (status < 0 || work->settings->edit.count == before)
        return status;
    return jc_setting_changes_add(work->changes, ours > 0 ? JC_SETTING_UPDATE : JC_SETTING_ADD,
                                  jc_str_of(event->name), reterr);
}

/* Bring up to date what is there of an event, or append it to what shall be added. */
static jc_status install_event(const install *work, const hook_event *event,
                               const jc_json_container *hooks, jc_str between, jc_buf *added,
                               jc_error *reterr)
{
    size_t count = 0;
    const jc_json_child *member = jc_json_container_find(hooks, event->name, &count);
    if (count > 1)
        return jc_fail(reterr, JC_EINVAL, "\"hooks\": \"%s\" is there %zu times: leave one of them",
                       event->name, count);
    if (member != NULL)
        return settle_event(work, event, member, reterr);
    jc_status status = added->size > 0 ? jc_buf_append_str(added, between, reterr) : JC_OK;
    if (status == JC_OK)
        status = append_event(work, event, added, reterr);
    return status == JC_OK ? jc_setting_changes_add(work->changes, JC_SETTING_ADD,
                                                    jc_str_of(event->name), reterr)
                           : status;
}

/* Mark what shall not be there any more. */
static jc_status drop_events(const install *work, const jc_json_container *hooks, jc_error *reterr)
{
    const char *names[] = {worktree_create,
                           work->wanted->message_display ? NULL : message_display.name};
    jc_status status = JC_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == JC_OK; i++) {
        jc_json_child *event =
            names[i] != NULL ? jc_json_container_find(hooks, names[i], NULL) : NULL;
        if (event != NULL)
            status = clear_event(work->settings, event, work->changes, reterr);
    }
    return status;
}

static jc_status install_events(const install *work, const jc_json_container *hooks, jc_str between,
                                jc_buf *added, jc_error *reterr)
{
    jc_status status = JC_OK;
    for (size_t i = 0; i < EVENT_COUNT && status == JC_OK; i++)
        status = install_event(work, &events[i], hooks, between, added, reterr);
    if (status == JC_OK && work->wanted->message_display)
        status = install_event(work, &message_display, hooks, between, added, reterr);
    return status;
}

/* Settings without "hooks": the whole object, a line an event. */
static jc_status add_hooks(const install *work, jc_str added, jc_error *reterr)
{
    JC_AUTO(jc_buf) member = {0};
    const jc_json_style *style = &work->settings->style;
    jc_status status = jc_buf_append_format(&member, reterr, "\"hooks\"%s{", style->colon);
    if (status == JC_OK)
        status = jc_json_line(style, 2, &member, reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&member, added, reterr);
    if (status == JC_OK)
        status = jc_json_line(style, 1, &member, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&member, '}', reterr);
    return status == JC_OK ? jc_settings_add(work->settings, jc_buf_str(&member), reterr) : status;
}

static jc_status install_hooks(const install *work, jc_error *reterr)
{
    JC_AUTO(jc_json_container) hooks = {0};
    JC_AUTO(jc_buf) between = {0};
    JC_AUTO(jc_buf) added = {0};
    jc_json_child *member = NULL;
    jc_status status = jc_settings_object(work->settings, "hooks", &member, &hooks, reterr);
    if (status == JC_OK)
        status = jc_json_between(&hooks, &work->settings->style, 2, true, &between, reterr);
    if (status == JC_OK)
        status = drop_events(work, &hooks, reterr);
    if (status == JC_OK)
        status = install_events(work, &hooks, jc_buf_str(&between), &added, reterr);
    if (status < 0)
        return status;
    if (member == NULL)
        return add_hooks(work, jc_buf_str(&added), reterr);
    if (added.size == 0 && jc_json_container_dropped(&hooks) == 0)
        return JC_OK;
    return jc_json_edit_children(&work->settings->edit, &hooks, jc_buf_str(&added),
                                 jc_buf_str(&between), " ", reterr);
}

jc_status jc_hook_settings_install(jc_str text, const jc_hook_wanted *wanted, jc_buf *ret_text,
                                   jc_setting_changes *ret_changes, jc_error *reterr)
{
    JC_AUTO(jc_settings) settings = {0};
    install work = {.settings = &settings, .wanted = wanted, .changes = ret_changes};
    bool remove = false;
    jc_status status = jc_settings_open(text, &settings, reterr);
    if (status == JC_OK)
        status = install_hooks(&work, reterr);
    return status == JC_OK ? jc_settings_finish(&settings, ret_text, &remove, reterr) : status;
}

jc_status jc_hook_settings_uninstall(jc_str text, jc_buf *ret_text, bool *ret_remove,
                                     jc_setting_changes *ret_changes, jc_error *reterr)
{
    JC_AUTO(jc_settings) settings = {0};
    JC_AUTO(jc_json_container) hooks = {0};
    jc_json_child *member = NULL;
    jc_status status = jc_settings_open(text, &settings, reterr);
    if (status == JC_OK)
        status = jc_settings_object(&settings, "hooks", &member, &hooks, reterr);
    for (size_t i = 0; i < hooks.count && status == JC_OK; i++)
        status = clear_event(&settings, &hooks.children[i], ret_changes, reterr);
    bool gone = false;
    if (status == JC_OK && member != NULL)
        status = jc_settings_prune(&settings, &hooks, &gone, reterr);
    if (status == JC_OK && gone)
        member->drop = true;
    return status == JC_OK ? jc_settings_finish(&settings, ret_text, ret_remove, reterr) : status;
}
