/* The hooks and the server of jc in any settings: what is put in is JSON when it was, is there exactly once,
 * and taking it out again gives the bytes of before. What holds hooks of jc already is brought up to date,
 * and then stays as it is. */
#include "base/json_edit.h"
#include "cli/hook_settings.h"
#include "cli/mcp_settings.h"
#include "fuzz.h"

#include <string.h>

static bool is_object(jc_str text)
{
    while (text.size > 0 && strchr(" \t\r\n\xef\xbb\xbf", text.bytes[0]) != NULL)
        text = (jc_str){text.bytes + 1, text.size - 1};
    return jc_json_check(text, NULL) == JC_OK && jc_json_is_object(text);
}

/* Nothing of ours may be left, and where there was nothing before, all is as before. */
static void check_hooks_undone(jc_str before, jc_str installed)
{
    JC_AUTO(jc_buf) text = {0};
    JC_AUTO(jc_buf) untouched = {0};
    JC_AUTO(jc_setting_changes) changes = {0};
    JC_AUTO(jc_setting_changes) ours = {0};
    bool remove = false;
    FUZZ_MUST(jc_hook_settings_uninstall(before, &untouched, &remove, &ours, NULL) == JC_OK);
    FUZZ_MUST(ours.count > 0 || (!remove && jc_str_equal(before, jc_buf_str(&untouched))));
    remove = false;
    FUZZ_MUST(jc_hook_settings_uninstall(installed, &text, &remove, &changes, NULL) == JC_OK);
    FUZZ_MUST(changes.count > 0);
    if (ours.count == 0)
        FUZZ_MUST(!remove && jc_str_equal(before, jc_buf_str(&text)));
    else
        FUZZ_MUST(remove || text.size == 0 || is_object(jc_buf_str(&text)) ||
                  text.bytes[text.size - 1] != '}');
}

static void check_hooks(jc_str before, const jc_hook_wanted *wanted)
{
    JC_AUTO(jc_buf) once = {0};
    JC_AUTO(jc_buf) twice = {0};
    JC_AUTO(jc_setting_changes) changes = {0};
    JC_AUTO(jc_setting_changes) none = {0};
    jc_error error;
    jc_status status = jc_hook_settings_install(before, wanted, &once, &changes, &error);
    if (status < 0) {
        FUZZ_MUST(status == JC_EINVAL && once.size == 0);
        fuzz_must_explain(status, &error);
        return;
    }
    jc_str installed = jc_buf_str(&once);
    FUZZ_MUST(is_object(installed));
    FUZZ_MUST(jc_hook_settings_install(installed, wanted, &twice, &none, NULL) == JC_OK);
    FUZZ_MUST(none.count == 0 && jc_str_equal(installed, jc_buf_str(&twice)));
    check_hooks_undone(before, installed);
}

static void check_server(jc_str before, const jc_mcp_wanted *wanted)
{
    JC_AUTO(jc_buf) once = {0};
    JC_AUTO(jc_buf) twice = {0};
    JC_AUTO(jc_buf) undone = {0};
    JC_AUTO(jc_setting_changes) changes = {0};
    JC_AUTO(jc_setting_changes) none = {0};
    JC_AUTO(jc_setting_changes) back = {0};
    jc_error error;
    bool remove = false;
    jc_status status = jc_mcp_settings_install(before, wanted, &once, &changes, &error);
    if (status < 0) {
        FUZZ_MUST((status == JC_EINVAL || status == JC_ECONFLICT) && once.size == 0);
        fuzz_must_explain(status, &error);
        return;
    }
    jc_str installed = jc_buf_str(&once);
    FUZZ_MUST(is_object(installed));
    FUZZ_MUST(jc_mcp_settings_install(installed, wanted, &twice, &none, NULL) == JC_OK);
    FUZZ_MUST(none.count == 0 && jc_str_equal(installed, jc_buf_str(&twice)));
    FUZZ_MUST(jc_mcp_settings_uninstall(installed, &undone, &remove, &back, NULL) == JC_OK);
    if (changes.counts[JC_SETTING_ADD] > 0)
        FUZZ_MUST(!remove && jc_str_equal(before, jc_buf_str(&undone)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    jc_str text = fuzz_input(bytes, size);
    const jc_hook_wanted wanted[] = {
        {.command = JC_STR("jc hook")},
        {.command = JC_STR("'/a b/jc' hook"), .message_display = true},
    };
    const jc_mcp_wanted servers[] = {
        {.program = JC_STR("jc")},
        {.program = JC_STR("/a b/jc"), .workflow_id = JC_STR("wf"), .agent_id = JC_STR("\"me\"")},
    };
    for (size_t i = 0; i < 2; i++) {
        check_hooks(text, &wanted[i]);
        check_server(text, &servers[i]);
    }
    return 0;
}
