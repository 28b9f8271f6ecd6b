/* Projections by name: see projection.h. */
#include "cli/projection.h"

#include "base/buf.h"

static void add_name(void *context, const char *name)
{
    jc_buf *names = context;
    jc_cli_must(jc_buf_append_format(names, NULL, "%s%s", names->size > 0 ? ", " : "", name));
}

static int unknown_projection(const jc_cli *cli, const char *name)
{
    JC_AUTO(jc_buf) known = {0};
    JC_AUTO(jc_buf) own = {0};
    size_t count = 0;
    jc_error error = {0};
    const jc_projection *const *list = jc_projection_list(&count);
    for (size_t i = 0; i < count; i++)
        add_name(&known, list[i]->name);
    if (jc_projection_custom_list(cli->store, add_name, &own, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    return jc_cli_fail(cli, JC_EXIT_USAGE, "there is no projection '%s': there are %.*s%s%.*s",
                       name, (int)known.size, known.bytes,
                       own.size > 0 ? ", and of this project's own, .jc/projections/NAME.jq, " : "",
                       (int)own.size, own.size > 0 ? own.bytes : "");
}

int jc_cli_find_projection(const jc_cli *cli, const char *name, jc_found_projection *ret)
{
    jc_error error = {0};
    name = name != NULL ? name : "workflow";
    *ret = (jc_found_projection){.projection = jc_projection_find(name)};
    if (ret->projection != NULL)
        return 0;
    jc_status status = jc_projection_load(cli->store, name, &ret->own, &error);
    if (status == JC_ENOTFOUND)
        return unknown_projection(cli, name);
    ret->projection = ret->own;
    return status < 0 ? jc_cli_fail_error(cli, &error) : 0;
}

void jc_state_document_release(jc_state_document *of)
{
    yyjson_doc_free(of->doc);
    jc_state_free(of->state);
    *of = (jc_state_document){0};
}

int jc_cli_state_document(const jc_cli *cli, const char *projection, jc_str workflow_id,
                          const jc_point *point, jc_state_document *ret)
{
    jc_error error = {0};
    jc_state_document of = {0};
    jc_status status = jc_state_read(cli->store, jc_projection_find(projection), workflow_id, point,
                                     &of.state, &error);
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    const char *json = jc_state_json(of.state, &error);
    if (json == NULL) {
        jc_state_free(of.state);
        return jc_cli_fail_error(cli, &error);
    }
    of.doc = yyjson_read(json, strlen(json), 0);
    of.root = yyjson_doc_get_root(of.doc);
    jc_cli_must(of.root != NULL ? JC_OK : JC_ENOMEM);
    *ret = of;
    return 0;
}
