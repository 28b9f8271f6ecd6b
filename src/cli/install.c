/* Changing an agent's settings with manners. See install.h. */
#include "cli/install.h"

#include "base/files.h"
#include "cli/hook_settings.h"
#include "cli/term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80

/* The first jc that the PATH leads to; false: there is none. */
static bool find_in_path(char *ret_path, size_t size)
{
    const char *rest = getenv("PATH");
    while (rest != NULL && *rest != '\0') {
        size_t length = strcspn(rest, ":");
        int used = snprintf(ret_path, size, "%.*s/jc", (int)length, rest);
        struct stat facts;
        if (*rest == '/' && used > 0 && (size_t)used < size && access(ret_path, X_OK) == 0 &&
            stat(ret_path, &facts) == 0 && S_ISREG(facts.st_mode))
            return true;
        rest += length + (rest[length] == ':' ? 1 : 0);
    }
    return false;
}

static bool same_file(const char *a, const char *b)
{
    jc_file_facts left;
    jc_file_facts right;
    return jc_path_look(a, &left) && jc_path_look(b, &right) && left.device == right.device &&
           left.inode == right.inode;
}

static int take_given(const jc_cli *cli, const char *given, jc_program *ret_program)
{
    char here[JC_PATH_SIZE_MAX] = "";
    if (!jc_program_is_ours(jc_str_of(given)))
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "--program '%s' is not called jc, so that it could not be found again: "
                           "give a path that ends in /jc, or jc",
                           given);
    if (strcmp(given, "jc") != 0 && access(given, X_OK) < 0)
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND, "--program '%s' cannot be run: %s", given,
                           strerror(errno));
    bool relative = strchr(given, '/') != NULL && *given != '/';
    if (relative && getcwd(here, sizeof here - 1) == NULL)
        return jc_cli_fail(cli, JC_EXIT_FAILED, "cannot find out where this is: %s",
                           strerror(errno));
    if (relative)
        (void)strcat(here, "/");
    int size = snprintf(ret_program->path, sizeof ret_program->path, "%s%s", here, given);
    if (size < 0 || (size_t)size >= sizeof ret_program->path)
        return jc_cli_fail(cli, JC_EXIT_USAGE, "the path of --program is too long");
    (void)snprintf(ret_program->why, sizeof ret_program->why, "as --program says");
    return 0;
}

int jc_program_choose(const jc_cli *cli, const char *given, jc_program *ret_program)
{
    char self[JC_PATH_SIZE_MAX];
    char found[JC_PATH_SIZE_MAX];
    if (given != NULL)
        return take_given(cli, given, ret_program);
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    self[size > 0 ? size : 0] = '\0';
    bool in_path = find_in_path(found, sizeof found);
    if (in_path && same_file(found, self)) {
        (void)snprintf(ret_program->path, sizeof ret_program->path, "jc");
        (void)snprintf(ret_program->why, sizeof ret_program->why, "found by the PATH");
        return 0;
    }
    if (!jc_program_is_ours(jc_str_of(self)))
        return jc_cli_fail(cli, JC_EXIT_USAGE,
                           "this program is not called jc: say with --program what the agent "
                           "shall run");
    memcpy(ret_program->path, self, sizeof self);
    if (in_path)
        (void)snprintf(ret_program->why, sizeof ret_program->why,
                       "by its path, for the PATH finds another jc first: %s", found);
    else
        (void)snprintf(ret_program->why, sizeof ret_program->why,
                       "by its path, for the PATH finds no jc");
    return 0;
}

void jc_program_quote(const char *path, jc_buf *buf)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+,@%:";
    if (path[strspn(path, plain)] == '\0') {
        jc_cli_must(jc_buf_append_text(buf, path, NULL));
        return;
    }
    jc_cli_must(jc_buf_append_char(buf, '\'', NULL));
    for (; *path != '\0'; path++) {
        if (*path == '\'')
            jc_cli_must(jc_buf_append_text(buf, "'\\''", NULL));
        else
            jc_cli_must(jc_buf_append_char(buf, *path, NULL));
    }
    jc_cli_must(jc_buf_append_char(buf, '\'', NULL));
}

void jc_install_release(jc_install *change)
{
    jc_settings_file_release(&change->file);
    jc_setting_changes_release(&change->changes);
    jc_buf_release(&change->text);
}

int jc_install_open(const jc_cli *cli, jc_install *change, const char *path)
{
    jc_error error = {0};
    return jc_settings_file_read(path, &change->file, &error) < 0 ? jc_cli_fail_error(cli, &error)
                                                                  : 0;
}

int jc_install_open_project(jc_cli *cli, jc_install *change, const char *name, bool must_exist)
{
    char path[JC_PATH_SIZE_MAX];
    jc_error error = {0};
    bool given = cli->directory != NULL || getenv("JC_DIR") != NULL;
    if (!must_exist && !given && jc_project_find(".", path, NULL) == JC_ENOTFOUND)
        cli->directory = ".";
    int failed = jc_cli_find_project(cli);
    if (failed != 0)
        return failed;
    if (jc_path_join(cli->project, ".jc", path, sizeof path, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    if (must_exist && access(path, F_OK) < 0)
        return jc_cli_fail(cli, JC_EXIT_NOT_FOUND, "no .jc/ in '%s': run 'jc init'", cli->project);
    if (jc_path_join(cli->project, name, path, sizeof path, &error) < 0)
        return jc_cli_fail_error(cli, &error);
    return jc_install_open(cli, change, path);
}

int jc_install_refuse(const jc_cli *cli, const jc_install *change, const jc_error *error)
{
    return jc_cli_fail(cli, jc_cli_exit_code(error->status), "%s: %s; nothing was changed",
                       change->file.path, error->text);
}

static void print_json_names(const jc_setting_changes *changes, jc_setting_kind kind,
                             const char *key)
{
    const char *comma = "";
    printf(",\"%s\":[", key);
    for (size_t i = 0; i < changes->count; i++) {
        if (changes->items[i].kind != kind)
            continue;
        printf("%s", comma);
        jc_cli_print_json_text(changes->items[i].name);
        comma = ",";
    }
    printf("]");
}

static void print_json(const jc_install *change)
{
    printf("{\"file\":");
    jc_cli_print_json_text(jc_str_of(change->file.path));
    if (change->command != NULL) {
        printf(",\"command\":");
        jc_cli_print_json_text(jc_str_of(change->command));
    }
    printf(",\"changed\":%s", change->changes.count > 0 && !change->dry_run ? "true" : "false");
    print_json_names(&change->changes, JC_SETTING_ADD, "added");
    print_json_names(&change->changes, JC_SETTING_UPDATE, "updated");
    print_json_names(&change->changes, JC_SETTING_REMOVE, "removed");
    printf(",\"file_removed\":%s}\n", change->remove && !change->dry_run ? "true" : "false");
}

static void print_safe(jc_str text)
{
    JC_AUTO(jc_buf) safe = {0};
    (void)jc_text_append_safe(&safe, text, 0);
    printf("%.*s", (int)safe.size, safe.bytes != NULL ? safe.bytes : "");
}

/* "  + A, B, C", over several lines when there are many. */
static void print_names(const jc_setting_changes *changes, jc_setting_kind kind, size_t width)
{
    static const char signs[] = {'+', '~', '-'};
    size_t column = 0;
    size_t left = changes->counts[kind];
    for (size_t i = 0; i < changes->count; i++) {
        const jc_setting_change *item = &changes->items[i];
        if (item->kind != kind)
            continue;
        if (column > 0 && column + item->name.size + 2 > width) {
            printf("\n");
            column = 0;
        }
        if (column == 0)
            printf("  %c", left == changes->counts[kind] ? signs[kind] : ' ');
        printf(" ");
        print_safe(item->name);
        left--;
        printf("%s", left > 0 ? "," : "\n");
        column += (column == 0 ? 3 : 0) + item->name.size + 2;
    }
}

static void show(const jc_install *change)
{
    jc_term term = jc_term_of_output();
    size_t width = term.width > 0 ? term.width : WIDTH_DEFAULT;
    print_safe(jc_str_of(change->file.path));
    printf("%s\n", change->file.exists ? ":" : " (new):");
    for (int kind = 0; kind < JC_SETTING_COUNT; kind++)
        print_names(&change->changes, (jc_setting_kind)kind, width);
    if (change->command != NULL) {
        printf("runs: ");
        print_safe(jc_str_of(change->command));
        printf(" (");
        print_safe(jc_str_of(change->why));
        printf(")\n");
    }
    if (change->remove)
        printf("nothing else is in the file: it is removed\n");
}

/* Does whoever sits at the terminal agree? Without a terminal nobody is asked. */
static bool agreed(jc_cli *cli, const jc_install *change)
{
    char answer[16] = "";
    if (change->yes || isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
        return true;
    (void)jc_cli_flush(cli);
    (void)fputs("write it? [y/N] ", stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return false;
    return answer[0] == 'y' || answer[0] == 'Y';
}

/* A folder .claude/ made for the file alone goes with it; one that holds anything stays. */
static void remove_folder(const jc_settings_file *file)
{
    char folder[JC_PATH_SIZE_MAX];
    jc_path_folder(file->path, folder, sizeof folder);
    size_t size = strlen(folder);
    if (size > 8 && strcmp(folder + size - 8, "/.claude") == 0)
        (void)rmdir(folder);
}

static int carry_out(jc_cli *cli, jc_install *change)
{
    jc_error error = {0};
    bool linked = strcmp(change->file.path, change->file.target) != 0;
    jc_status status;
    if (change->remove && !linked) {
        status = jc_settings_file_remove(&change->file, &error);
        if (status == JC_OK)
            remove_folder(&change->file);
    } else {
        jc_str text = change->remove ? JC_STR("{}\n") : jc_buf_str(&change->text);
        status = jc_settings_file_write(&change->file, text, &error);
    }
    if (status < 0)
        return jc_cli_fail_error(cli, &error);
    cli->committed = true;
    return 0;
}

static void print_count(const jc_install *change, jc_setting_kind kind, const char *verb,
                        bool *first)
{
    size_t count = change->changes.counts[kind];
    if (count == 0)
        return;
    printf("%s%zu %s%s %s", *first ? "" : ", ", count, change->noun, count == 1 ? "" : "s", verb);
    *first = false;
}

static void print_done(const jc_install *change)
{
    bool first = true;
    print_count(change, JC_SETTING_ADD, "added", &first);
    print_count(change, JC_SETTING_UPDATE, "brought up to date", &first);
    print_count(change, JC_SETTING_REMOVE, "removed", &first);
    printf("\n");
}

static int nothing_to_do(const jc_cli *cli, const jc_install *change)
{
    if (cli->json) {
        print_json(change);
        return JC_EXIT_DONE;
    }
    printf("nothing to change: ");
    print_safe(jc_str_of(change->file.path));
    if (change->command != NULL)
        printf(" is up to date\n");
    else
        printf(change->file.exists ? " has no %s of jc\n" : " is not there\n", change->noun);
    return JC_EXIT_DONE;
}

int jc_install_finish(jc_cli *cli, jc_install *change)
{
    if (change->changes.count == 0)
        return nothing_to_do(cli, change);
    if (!cli->json)
        show(change);
    if (!change->dry_run) {
        if (!agreed(cli, change))
            return jc_cli_fail(cli, JC_EXIT_FAILED, "nothing was changed");
        int failed = carry_out(cli, change);
        if (failed != 0)
            return failed;
    }
    if (cli->json)
        print_json(change);
    else if (change->dry_run)
        printf("nothing was written: this is a dry run\n");
    else
        print_done(change);
    return JC_EXIT_DONE;
}
