/* jc hook install, jc hook uninstall: put the hooks of jc into a coding agent's settings, and take them
 * out again (hook_settings.c has which, and why so). */
#include "base/files.h"
#include "cli/commands.h"
#include "cli/hook_settings.h"
#include "cli/install.h"

#include <stdio.h>
#include <stdlib.h>

#define PROJECT_FILE ".claude/settings.json"
#define LOCAL_FILE ".claude/settings.local.json"
#define MANAGED_FILE "/etc/claude-code/managed-settings.json"

typedef struct install_options {
    bool user;
    bool local;
    bool message_display;
    bool dry_run;
    bool yes;
    const char *program;
} install_options;

/* settings.json of whoever runs this. False: there is no home. */
static bool user_file(char *ret_path, size_t size)
{
    const char *folder = getenv("CLAUDE_CONFIG_DIR");
    const char *home = getenv("HOME");
    int used = -1;
    if (folder != NULL && *folder != '\0')
        used = snprintf(ret_path, size, "%s/settings.json", folder);
    else if (home != NULL && *home != '\0')
        used = snprintf(ret_path, size, "%s/.claude/settings.json", home);
    return used > 0 && (size_t)used < size;
}

static int open_file(jc_cli *cli, const install_options *options, jc_install *change,
                     bool must_exist)
{
    char path[JC_PATH_SIZE_MAX];
    if (options->user && options->local)
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--user and --local name two files: give one of them");
    if (!options->user)
        return jc_install_open_project(cli, change, options->local ? LOCAL_FILE : PROJECT_FILE,
                                       must_exist);
    if (!user_file(path, sizeof path))
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND,
                           "there is no home folder: set HOME or CLAUDE_CONFIG_DIR");
    return jc_install_open(cli, change, path);
}

/* Does this file say `"NAME": true`? */
static bool file_says(const char *path, const char *name)
{
    JC_AUTO(jc_settings_file) file = {0};
    JC_AUTO(jc_settings) settings = {0};
    if (jc_settings_file_read(path, &file, NULL) < 0 ||
        jc_settings_open(jc_settings_file_text(&file), &settings, NULL) < 0)
        return false;
    const jc_json_child *member = jc_json_container_find(&settings.root, name, NULL);
    return member != NULL && jc_str_equal(member->value, JC_STR("true"));
}

static void warn_of(const jc_cli *cli, const char *path)
{
    if (file_says(path, "disableAllHooks"))
        jc_cli_warn(cli, "%s has \"disableAllHooks\": true, so no hook runs: remove it", path);
}

/* Hooks may be there and not run. */
static void warn_of_disabled(const jc_cli *cli, const jc_install *change, bool user)
{
    static const char *const project_files[] = {PROJECT_FILE, LOCAL_FILE};
    char path[JC_PATH_SIZE_MAX];
    bool has_user_file = user_file(path, sizeof path);
    if (has_user_file)
        warn_of(cli, path);
    for (size_t i = 0; i < 2 && !user; i++) {
        if (jc_path_join(cli->project, project_files[i], path, sizeof path, NULL) == JC_OK)
            warn_of(cli, path);
    }
    warn_of(cli, MANAGED_FILE);
    if (file_says(MANAGED_FILE, "allowManagedHooksOnly") ||
        file_says(change->file.path, "allowManagedHooksOnly"))
        jc_cli_warn(cli,
                    "\"allowManagedHooksOnly\" is set, so only hooks of %s run: ask whoever "
                    "manages this machine",
                    MANAGED_FILE);
}

/* The project's settings are shared, and a path of this machine means nothing elsewhere. */
static void warn_of_path(const jc_cli *cli, const install_options *options, const char *program)
{
    if (*program == '/' && !options->user && !options->local)
        jc_cli_warn(cli,
                    "%s is a path of this machine: if others share %s, put jc into the PATH, "
                    "or use --local",
                    program, PROJECT_FILE);
}

static int hook_install(jc_cli *cli, const void *values)
{
    const install_options *options = values;
    JC_AUTO(jc_install) change = {.dry_run = options->dry_run, .yes = options->yes, .noun = "hook"};
    JC_AUTO(jc_buf) command = {0};
    jc_program program = {0};
    jc_error error = {0};
    int failed = open_file(cli, options, &change, true);
    if (failed == 0)
        failed = jc_program_choose(cli, options->program, &program);
    if (failed != 0)
        return failed;

    jc_program_quote(program.path, &command);
    jc_cli_must(jc_buf_append_text(&command, " hook", NULL));
    jc_hook_wanted wanted = {.command = jc_buf_str(&command),
                             .message_display = options->message_display};
    if (jc_hook_settings_install(jc_settings_file_text(&change.file), &wanted, &change.text,
                                 &change.changes, &error) < 0)
        return jc_install_refuse(cli, &change, &error);
    jc_cli_must(jc_buf_append_char(&command, '\0', NULL));
    change.command = command.bytes;
    change.why = program.why;
    warn_of_disabled(cli, &change, options->user);
    if (change.changes.count > 0)
        warn_of_path(cli, options, program.path);
    return jc_install_finish(cli, &change);
}

static int hook_uninstall(jc_cli *cli, const void *values)
{
    const install_options *options = values;
    JC_AUTO(jc_install) change = {.dry_run = options->dry_run, .yes = options->yes, .noun = "hook"};
    jc_error error = {0};
    int failed = open_file(cli, options, &change, false);
    if (failed != 0)
        return failed;
    if (jc_hook_settings_uninstall(jc_settings_file_text(&change.file), &change.text,
                                   &change.remove, &change.changes, &error) < 0)
        return jc_install_refuse(cli, &change, &error);
    return jc_install_finish(cli, &change);
}

/* clang-format off */
#define SHARED_OPTIONS \
    {"user", 0, JC_OPTION_FLAG, NULL, "in the settings of whoever runs this, for all projects", \
     offsetof(install_options, user)}, \
    {"local", 0, JC_OPTION_FLAG, NULL, "in " LOCAL_FILE ", which is not shared", \
     offsetof(install_options, local)}, \
    {"dry-run", 'n', JC_OPTION_FLAG, NULL, "show what would change, and change nothing", \
     offsetof(install_options, dry_run)}, \
    {"yes", 'y', JC_OPTION_FLAG, NULL, "do not ask", offsetof(install_options, yes)}

static const jc_option hook_install_options[] = {
    SHARED_OPTIONS,
    {"message-display", 0, JC_OPTION_FLAG, NULL, "also every piece of an answer: a process for each",
     offsetof(install_options, message_display)},
    {"program", 0, JC_OPTION_TEXT, "PATH", "the jc to run; default this one, by the PATH if it finds it",
     offsetof(install_options, program)},
    JC_OPTIONS_END,
};

static const jc_option hook_uninstall_options[] = {
    SHARED_OPTIONS,
    JC_OPTIONS_END,
};
/* clang-format on */

const jc_command jc_cmd_hook_install = {
    .synopsis = "[--user | --local] [OPTION]...",
    .details =
        "Adds 'jc hook' to every event in the project's " PROJECT_FILE ", and leaves\n"
        "everything else in the file as it is. With --user: in settings.json of\n"
        "$CLAUDE_CONFIG_DIR or ~/.claude; hooks record only in folders that have a .jc/.\n"
        "\n"
        "Shows what changes, and asks on a terminal. Doing it again brings an older install up\n"
        "to date. Sessions that run already may not notice. Needs Claude Code 2.1.101 or later:\n"
        "before it, a settings file with an event that it does not know was ignored as a whole.",
    .examples = "jc hook install --dry-run\n"
                "jc hook install --yes\n"
                "jc hook install --user --program ~/bin/jc",
    .options = hook_install_options,
    .run = hook_install,
};

const jc_command jc_cmd_hook_uninstall = {
    .synopsis = "[--user | --local] [OPTION]...",
    .details =
        "Takes out every hook of jc, whatever its path; those of others stay. What was before the\n"
        "install comes back, byte for byte.",
    .examples = "jc hook uninstall --dry-run\n"
                "jc hook uninstall --user --yes",
    .options = hook_uninstall_options,
    .run = hook_uninstall,
};
