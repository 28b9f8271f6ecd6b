/* What agents recorded: any file is taken in, and what cannot be read in it is skipped, never an error. What
 * was taken in verifies; taking the same files in again adds nothing.
 *
 * The first byte chooses the format; the rest is the session's file and, behind a zero byte, its subagent's.
 * The store is reused for a number of inputs, because making one costs more than an input. */
#include "fuzz.h"
#include "jc/jc.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUTS_A_STORE 200

static char folder[200];
static jc_store *store;
static int inputs;

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void close_store(void)
{
    jc_close(store);
    store = NULL;
    if (folder[0] != '\0')
        nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    folder[0] = '\0';
}

static void path_in(const char *name, char ret[256])
{
    snprintf(ret, 256, "%s/%s", folder, name);
}

static void open_store(void)
{
    static bool registered;
    char path[256];
    if (!registered)
        atexit(close_store);
    registered = true;
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof(folder), "%s/jc-fuzz-XXXXXX", base);
    FUZZ_MUST(mkdtemp(folder) != NULL);
    path_in("session", path);
    FUZZ_MUST(mkdir(path, 0700) == 0);
    jc_project_made made;
    jc_error error;
    FUZZ_MUST(jc_project_init(folder, &made, &error) == JC_OK);
    jc_options options = {.durability = JC_DURABILITY_NORMAL, .without_mirror = true};
    FUZZ_MUST(jc_open(folder, &options, &store, &error) == JC_OK);
}

static void write_file(const char *name, jc_str content)
{
    char path[256];
    path_in(name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_MUST(fd >= 0);
    FUZZ_MUST(write(fd, content.bytes, content.size) == (ssize_t)content.size);
    close(fd);
}

static jc_import_result import_session(jc_format format)
{
    char path[256];
    jc_import_result result;
    jc_import_options options = {.format = format};
    jc_error error = {0};
    path_in("session.jsonl", path);
    jc_status status = jc_import(store, path, &options, &result, &error);
    if (status != JC_OK)
        fprintf(stderr, "%s\n", error.text);
    FUZZ_MUST(status == JC_OK);
    return result;
}

static void report(void *context, const jc_finding *finding)
{
    (void)context;
    fprintf(stderr, "%s: %s\n", finding->where, finding->what);
}

static void check_store(void)
{
    jc_verify_result result;
    jc_error error;
    FUZZ_MUST(jc_verify(store, NULL, 0, report, NULL, &result, &error) == JC_OK);
    FUZZ_MUST(result.damages == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const jc_format formats[] = {JC_FORMAT_CLAUDE_TRANSCRIPT, JC_FORMAT_CODEX_ROLLOUT,
                                        JC_FORMAT_HOOKS};
    if (size == 0)
        return 0;
    if (store == NULL)
        open_store();
    jc_str rest = fuzz_input(bytes + 1, size - 1);
    write_file("session.jsonl", fuzz_next_part(&rest));
    write_file("session/agent-sub.jsonl", fuzz_next_part(&rest));
    write_file("session/agent-sub.meta.json", rest);

    jc_format format = formats[bytes[0] % (sizeof(formats) / sizeof(formats[0]))];
    jc_import_result first = import_session(format);
    jc_import_result second = import_session(format);
    FUZZ_MUST(second.stored == 0);
    FUZZ_MUST(second.already_stored == first.stored + first.already_stored);
    FUZZ_MUST(second.torn == first.torn && second.lines == first.lines);
    if (++inputs % 16 == 0)
        check_store();
    if (inputs % INPUTS_A_STORE == 0)
        close_store();
    return 0;
}
