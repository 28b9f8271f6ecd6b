/* The server of jc in .mcp.json:
 *
 *   "mcpServers": {
 *     "jc": {"type": "stdio", "command": "jc", "args": ["mcp"], "env": {"JC_WORKFLOW": "…"}}
 *
 * The file is made to be shared, so it names no folder: the server finds the project upwards from where
 * the agent starts it. */
#include "cli/mcp_settings.h"

#include "base/fail.h"
#include "cli/hook_settings.h"

#include <string.h>
#include <yyjson.h>

static const char server_name[] = "jc";

static yyjson_doc *read_value(jc_str value)
{
    return yyjson_read(value.bytes, value.size, 0);
}

/* A server of ours runs jc, and "mcp" is among its arguments: there may be -C DIR as well. */
static bool server_is_ours(jc_str value)
{
    yyjson_doc *doc = read_value(value);
    yyjson_val *server = yyjson_doc_get_root(doc);
    yyjson_val *command = yyjson_obj_get(server, "command");
    yyjson_val *arguments = yyjson_obj_get(server, "args");
    bool ours = false;
    size_t i, count;
    yyjson_val *argument;
    yyjson_arr_foreach(arguments, i, count, argument) {
        ours = ours || yyjson_equals_str(argument, "mcp");
    }
    ours = ours && yyjson_is_str(command) &&
           jc_program_is_ours((jc_str){yyjson_get_str(command), yyjson_get_len(command)});
    yyjson_doc_free(doc);
    return ours;
}

static bool says(jc_str value, jc_str wanted)
{
    yyjson_doc *doc = read_value(value);
    bool same = yyjson_equals_strn(yyjson_doc_get_root(doc), wanted.bytes, wanted.size);
    yyjson_doc_free(doc);
    return same;
}

/* "KEY": "VALUE" behind what is in `buf`, with a comma where it is needed. */
static jc_status append_text_member(const jc_settings *settings, jc_buf *buf, const char *key,
                                    jc_str value, jc_error *reterr)
{
    const char *comma = settings->style.colon[1] != '\0' ? ", " : ",";
    bool first = buf->size == 0 || buf->bytes[buf->size - 1] == '{';
    jc_status status = jc_buf_append_format(buf, reterr, "%s\"%s\"%s", first ? "" : comma, key,
                                            settings->style.colon);
    return status == JC_OK ? jc_json_append_string(buf, value, reterr) : status;
}

/* The variables that are asked for, as members. */
static jc_status append_variables(const jc_settings *settings, const jc_mcp_wanted *wanted,
                                  jc_buf *buf, jc_error *reterr)
{
    jc_status status = JC_OK;
    if (wanted->workflow_id.bytes != NULL)
        status = append_text_member(settings, buf, "JC_WORKFLOW", wanted->workflow_id, reterr);
    if (status == JC_OK && wanted->agent_id.bytes != NULL)
        status = append_text_member(settings, buf, "JC_AGENT", wanted->agent_id, reterr);
    return status;
}

/* "env": {…}, when variables are asked for. */
static jc_status append_env(const jc_settings *settings, const jc_mcp_wanted *wanted, jc_buf *buf,
                            jc_error *reterr)
{
    if (wanted->workflow_id.bytes == NULL && wanted->agent_id.bytes == NULL)
        return JC_OK;
    const char *comma = settings->style.colon[1] != '\0' ? ", " : ",";
    jc_status status = jc_buf_append_format(buf, reterr, "%s\"env\"%s{", buf->size > 0 ? comma : "",
                                            settings->style.colon);
    if (status == JC_OK)
        status = append_variables(settings, wanted, buf, reterr);
    return status == JC_OK ? jc_buf_append_char(buf, '}', reterr) : status;
}

/* "jc": {…} */
static jc_status append_server(const jc_settings *settings, const jc_mcp_wanted *wanted,
                               jc_buf *buf, jc_error *reterr)
{
    const char *colon = settings->style.colon;
    const char *comma = colon[1] != '\0' ? ", " : ",";
    jc_status status = jc_buf_append_format(buf, reterr, "\"%s\"%s{", server_name, colon);
    if (status == JC_OK)
        status = append_text_member(settings, buf, "type", JC_STR("stdio"), reterr);
    if (status == JC_OK)
        status = append_text_member(settings, buf, "command", wanted->program, reterr);
    if (status == JC_OK)
        status = jc_buf_append_format(buf, reterr, "%s\"args\"%s[\"mcp\"]", comma, colon);
    if (status == JC_OK)
        status = append_env(settings, wanted, buf, reterr);
    return status == JC_OK ? jc_buf_append_char(buf, '}', reterr) : status;
}

/* Have a member of an object be this text; what is missing goes to `added`. An absent value is as it is. */
static jc_status set_text(jc_settings *settings, const jc_json_container *object, const char *key,
                          jc_str value, jc_buf *added, jc_error *reterr)
{
    JC_AUTO(jc_buf) text = {0};
    const jc_json_child *member = jc_json_container_find(object, key, NULL);
    if (value.bytes == NULL || (member != NULL && says(member->value, value)))
        return JC_OK;
    if (member == NULL)
        return append_text_member(settings, added, key, value, reterr);
    jc_status status = jc_json_append_string(&text, value, reterr);
    return status == JC_OK
               ? jc_json_edit_replace(&settings->edit, member->value, jc_buf_str(&text), reterr)
               : status;
}

static jc_status add_members(jc_settings *settings, const jc_json_container *object,
                             const jc_buf *added, jc_error *reterr)
{
    JC_AUTO(jc_buf) between = {0};
    if (added->size == 0)
        return JC_OK;
    jc_status status = jc_json_between(object, &settings->style, 3, false, &between, reterr);
    return status == JC_OK
               ? jc_json_edit_children(&settings->edit, object, jc_buf_str(added),
                                       jc_buf_str(&between), object->count == 0 ? " " : "", reterr)
               : status;
}

/* Set the variables in the "env" of a server; without one, it goes to `added`. */
static jc_status update_env(jc_settings *settings, const jc_json_container *server,
                            const jc_mcp_wanted *wanted, jc_buf *added, jc_error *reterr)
{
    JC_AUTO(jc_json_container) env = {0};
    JC_AUTO(jc_buf) variables = {0};
    const jc_json_child *member = jc_json_container_find(server, "env", NULL);
    if (member == NULL)
        return append_env(settings, wanted, added, reterr);
    if (!jc_json_is_object(member->value))
        return jc_fail(reterr, JC_EINVAL, "the \"env\" of the server \"jc\" is not an object");
    jc_status status = jc_json_container_read(member->value, &env, reterr);
    if (status == JC_OK)
        status = set_text(settings, &env, "JC_WORKFLOW", wanted->workflow_id, &variables, reterr);
    if (status == JC_OK)
        status = set_text(settings, &env, "JC_AGENT", wanted->agent_id, &variables, reterr);
    return status == JC_OK ? add_members(settings, &env, &variables, reterr) : status;
}

/* Bring a server of ours up to date. */
static jc_status update_server(jc_settings *settings, jc_str value, const jc_mcp_wanted *wanted,
                               jc_setting_changes *changes, jc_error *reterr)
{
    JC_AUTO(jc_json_container) server = {0};
    JC_AUTO(jc_buf) added = {0};
    jc_status status = jc_json_container_read(value, &server, reterr);
    if (status == JC_OK && jc_json_container_find(&server, "type", NULL) != NULL)
        status = set_text(settings, &server, "type", JC_STR("stdio"), &added, reterr);
    if (status == JC_OK)
        status = set_text(settings, &server, "command", wanted->program, &added, reterr);
    if (status == JC_OK)
        status = update_env(settings, &server, wanted, &added, reterr);
    if (status == JC_OK)
        status = add_members(settings, &server, &added, reterr);
    if (status < 0 || settings->edit.count == 0)
        return status;
    return jc_setting_changes_add(changes, JC_SETTING_UPDATE, jc_str_of(server_name), reterr);
}

/* Find the server among `servers`. NULL: there is none. JC_ECONFLICT: it is another's. */
static jc_status find_server(const jc_json_container *servers, jc_json_child **ret_server,
                             jc_error *reterr)
{
    size_t count = 0;
    jc_json_child *server = jc_json_container_find(servers, server_name, &count);
    if (count > 1)
        return jc_fail(reterr, JC_EINVAL, "\"mcpServers\": \"jc\" is there %zu times: leave one",
                       count);
    if (server != NULL && !server_is_ours(server->value))
        return jc_fail(reterr, JC_ECONFLICT,
                       "the server \"jc\" there runs something else: give it another name");
    *ret_server = server;
    return JC_OK;
}

/* Settings without "mcpServers". */
static jc_status add_servers(jc_settings *settings, jc_str server, jc_error *reterr)
{
    JC_AUTO(jc_buf) member = {0};
    const jc_json_style *style = &settings->style;
    jc_status status = jc_buf_append_format(&member, reterr, "\"mcpServers\"%s{", style->colon);
    if (status == JC_OK)
        status = jc_json_line(style, 2, &member, reterr);
    if (status == JC_OK)
        status = jc_buf_append_str(&member, server, reterr);
    if (status == JC_OK)
        status = jc_json_line(style, 1, &member, reterr);
    if (status == JC_OK)
        status = jc_buf_append_char(&member, '}', reterr);
    return status == JC_OK ? jc_settings_add(settings, jc_buf_str(&member), reterr) : status;
}

static jc_status add_server(jc_settings *settings, const jc_json_child *member,
                            const jc_json_container *servers, const jc_mcp_wanted *wanted,
                            jc_setting_changes *changes, jc_error *reterr)
{
    JC_AUTO(jc_buf) server = {0};
    JC_AUTO(jc_buf) between = {0};
    jc_status status = append_server(settings, wanted, &server, reterr);
    if (status == JC_OK)
        status = jc_setting_changes_add(changes, JC_SETTING_ADD, jc_str_of(server_name), reterr);
    if (status == JC_OK && member == NULL)
        return add_servers(settings, jc_buf_str(&server), reterr);
    if (status == JC_OK)
        status = jc_json_between(servers, &settings->style, 2, false, &between, reterr);
    return status == JC_OK ? jc_json_edit_children(&settings->edit, servers, jc_buf_str(&server),
                                                   jc_buf_str(&between), " ", reterr)
                           : status;
}

/* Open settings and find the server. */
static jc_status open_servers(jc_str text, jc_settings *settings, jc_json_child **ret_member,
                              jc_json_container *ret_servers, jc_json_child **ret_server,
                              jc_error *reterr)
{
    jc_status status = jc_settings_open(text, settings, reterr);
    if (status == JC_OK)
        status = jc_settings_object(settings, "mcpServers", ret_member, ret_servers, reterr);
    return status == JC_OK ? find_server(ret_servers, ret_server, reterr) : status;
}

jc_status jc_mcp_settings_install(jc_str text, const jc_mcp_wanted *wanted, jc_buf *ret_text,
                                  jc_setting_changes *ret_changes, jc_error *reterr)
{
    JC_AUTO(jc_settings) settings = {0};
    JC_AUTO(jc_json_container) servers = {0};
    jc_json_child *member = NULL;
    jc_json_child *server = NULL;
    bool remove = false;
    jc_status status = open_servers(text, &settings, &member, &servers, &server, reterr);
    if (status == JC_OK && server != NULL)
        status = update_server(&settings, server->value, wanted, ret_changes, reterr);
    else if (status == JC_OK)
        status = add_server(&settings, member, &servers, wanted, ret_changes, reterr);
    return status == JC_OK ? jc_settings_finish(&settings, ret_text, &remove, reterr) : status;
}

jc_status jc_mcp_settings_uninstall(jc_str text, jc_buf *ret_text, bool *ret_remove,
                                    jc_setting_changes *ret_changes, jc_error *reterr)
{
    JC_AUTO(jc_settings) settings = {0};
    JC_AUTO(jc_json_container) servers = {0};
    jc_json_child *member = NULL;
    jc_json_child *server = NULL;
    jc_status status = open_servers(text, &settings, &member, &servers, &server, reterr);
    if (status == JC_OK && server != NULL) {
        server->drop = true;
        status =
            jc_setting_changes_add(ret_changes, JC_SETTING_REMOVE, jc_str_of(server_name), reterr);
    }
    bool gone = false;
    if (status == JC_OK && member != NULL)
        status = jc_settings_prune(&settings, &servers, &gone, reterr);
    if (status == JC_OK && gone)
        member->drop = true;
    return status == JC_OK ? jc_settings_finish(&settings, ret_text, ret_remove, reterr) : status;
}
