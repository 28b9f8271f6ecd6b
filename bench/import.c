/* Importing a transcript, whole processes of `jc import`, against the least that anybody must do with the
 * same file: read it and parse every line with yyjson. The figures are MB (of 1e6 bytes) a second. */
#include "bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#define SIZE ((uint64_t)50 * 1000 * 1000)
#define ROUNDS_MAX 3 /* each imports the whole file */

typedef struct import_side {
    const bench_options *options;
    char path[BENCH_PATH_SIZE];
    char project[BENCH_PATH_SIZE];
    uint64_t size;
    int number;
    bool is_again; /* into the project that has it already */
} import_side;

static double rate(uint64_t size, double seconds)
{
    return (double)size / 1e6 / seconds;
}

static void run_import(import_side *side)
{
    char *arguments[] = {(char *)(uintptr_t)side->options->jc,
                         "-C",
                         side->project,
                         "import",
                         "--format",
                         "claude-transcript",
                         side->path,
                         NULL};
    (void)bench_process(arguments, NULL, NULL);
}

static double import_with_jc(void *context)
{
    import_side *side = context;
    if (!side->is_again) {
        char name[32];
        snprintf(name, sizeof(name), "import-%d", side->number++);
        jc_close(bench_store(side->options->folder, name, false));
        bench_path(side->project, side->options->folder, name);
    }
    double start = bench_seconds();
    run_import(side);
    return rate(side->size, bench_seconds() - start);
}

static double parse_only(void *context)
{
    const import_side *side = context;
    char *line = NULL;
    size_t room = 0;
    double start = bench_seconds();
    FILE *file = fopen(side->path, "r");
    if (file == NULL)
        bench_die("cannot read %s", side->path);
    for (ssize_t size; (size = getline(&line, &room, file)) > 0;) {
        yyjson_doc *doc = yyjson_read(line, (size_t)size, 0);
        if (yyjson_get_type(yyjson_doc_get_root(doc)) != YYJSON_TYPE_OBJ)
            bench_die("a line of the transcript is no JSON");
        yyjson_doc_free(doc);
    }
    double seconds = bench_seconds() - start;
    fclose(file);
    free(line);
    return rate(side->size, seconds);
}

/* Does the program know the format? It is tried with a short one. */
static bool knows_transcripts(const bench_options *options)
{
    char project[BENCH_PATH_SIZE];
    char path[BENCH_PATH_SIZE];
    jc_close(bench_store(options->folder, "import-try", false));
    bench_path(project, options->folder, "import-try");
    bench_path(path, options->folder, "short.jsonl");
    (void)bench_transcript(path, 1);
    char *arguments[] = {(char *)(uintptr_t)options->jc,
                         "-C",
                         project,
                         "import",
                         "--format",
                         "claude-transcript",
                         path,
                         NULL};
    return bench_try(arguments);
}

void bench_import(const bench_options *options)
{
    bench_heading("Transcripts, MB a second");
    if (!knows_transcripts(options)) {
        bench_print_absent("jc import, a transcript", "this program does not know the format");
        return;
    }
    import_side side = {.options = options};
    bench_path(side.path, options->folder, "transcript.jsonl");
    side.size = bench_transcript(side.path, SIZE);
    bench_row row = {.name = "jc import, a transcript of 50 MB",
                     .limit = "yyjson reading its lines",
                     .unit = "",
                     .jc_side = import_with_jc,
                     .jc_context = &side,
                     .limit_side = parse_only,
                     .limit_context = &side,
                     .sense = BENCH_FACT};
    int rounds = options->rounds < ROUNDS_MAX ? options->rounds : ROUNDS_MAX;
    bench_run(&row, rounds);
    side.is_again = true;
    row.name = "the same, all of it stored already";
    bench_run(&row, rounds);
}
