/* A made-up transcript of a coding agent, of the shape that such files have: a prompt, then messages of
 * several lines that share an id and its usage, each tool use followed by its result. Sizes are those
 * of real sessions: most lines are a kilobyte or two, some results are long. */
#include "bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SESSION "3f0c8f5e-7a52-4f0e-9d55-0a4c8a3b6d11"
#define ROUNDS_A_PROMPT 6 /* messages of the agent */

typedef struct writer {
    FILE *file;
    uint64_t random;
    uint64_t line;
    uint64_t message;
    uint64_t call;
    uint64_t prompt;
} writer;

static uint64_t draw(writer *out, uint64_t below)
{
    out->random = out->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (out->random >> 33) % below;
}

/* About `size` bytes of JSON string: words, code and escapes. */
static void write_text(writer *out, uint64_t size)
{
    static const char *const pieces[] = {
        "the loop reads one row at a time, ",
        "static int parse(const char *text)\\n{\\n    return 0;\\n}\\n",
        "so the test \\\"append_keeps_order\\\" holds again. ",
        "Größe und Länge ",
        "\\tif (status < 0)\\n\\t\\treturn status;\\n",
        "src/store/append.c:212:    ",
        "OK              0.07 s\\n",
        "| column | value |\\n|---|---|\\n",
        "/home/dev/app/src/main.c ",
        "0x7ffd5e8c 48 89 e5 ",
    };
    for (uint64_t done = 0; done < size;) {
        const char *piece = pieces[draw(out, sizeof(pieces) / sizeof(pieces[0]))];
        fputs(piece, out->file);
        done += strlen(piece);
    }
}

/* The size of a tool's result: one in ten is long. */
static uint64_t result_size(writer *out)
{
    return draw(out, 10) == 0 ? 4000 + draw(out, 24000) : 200 + draw(out, 1500);
}

static void write_head(writer *out, const char *type)
{
    uint64_t line = ++out->line;
    fprintf(out->file,
            "{\"parentUuid\":\"00000000-0000-4000-8000-%012" PRIx64
            "\",\"isSidechain\":false,\"userType\":\"external\",\"cwd\":\"/home/dev/app\","
            "\"sessionId\":\"" SESSION "\",\"version\":\"2.1.0\",\"gitBranch\":\"main\","
            "\"type\":\"%s\",\"uuid\":\"00000000-0000-4000-8000-%012" PRIx64
            "\",\"timestamp\":\"2026-01-%02" PRIu64 "T%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64
            ".%03" PRIu64 "Z\",",
            line - 1, type, line, 1 + line / 1440000, line / 60000 % 24, line / 1000 % 60,
            line / 17 % 60, line % 1000);
}

static void write_prompt(writer *out)
{
    write_head(out, "user");
    fprintf(out->file,
            "\"promptId\":\"p-%" PRIu64 "\",\"message\":{\"role\":\"user\",\"content\":\"",
            ++out->prompt);
    write_text(out, 100 + draw(out, 600));
    fputs("\"}}\n", out->file);
}

/* A line of the agent's message up to its content; every line of a message repeats id and usage. */
static void begin_message_line(writer *out)
{
    write_head(out, "assistant");
    fprintf(out->file,
            "\"requestId\":\"req_%" PRIu64 "\",\"message\":{\"id\":\"msg_%012" PRIu64
            "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"large-1\",\"content\":[",
            out->message, out->message);
}

static void end_message_line(writer *out)
{
    fprintf(
        out->file,
        "],\"stop_reason\":\"tool_use\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":%" PRIu64
        ",\"cache_creation_input_tokens\":%" PRIu64 ",\"cache_read_input_tokens\":%" PRIu64
        ",\"output_tokens\":%" PRIu64 ",\"service_tier\":\"standard\"}}}\n",
        1 + out->message % 9, 300 + out->message % 4000, 12000 + out->message % 90000,
        40 + out->message % 700);
}

static void write_message(writer *out)
{
    out->message++;
    begin_message_line(out);
    fputs("{\"type\":\"text\",\"text\":\"", out->file);
    write_text(out, 80 + draw(out, 500));
    fputs("\"}", out->file);
    end_message_line(out);
    begin_message_line(out);
    fprintf(out->file,
            "{\"type\":\"tool_use\",\"id\":\"toolu_%012" PRIu64
            "\",\"name\":\"Edit\",\"input\":{\"file_path\":\"/home/dev/app/src/main.c\","
            "\"old_string\":\"",
            ++out->call);
    write_text(out, 60 + draw(out, 500));
    fputs("\",\"new_string\":\"", out->file);
    write_text(out, 60 + draw(out, 700));
    fputs("\"}}", out->file);
    end_message_line(out);
}

/* The result stands twice in such a line, for the model and for the screen. */
static void write_result(writer *out)
{
    uint64_t size = result_size(out);
    write_head(out, "user");
    fprintf(out->file,
            "\"message\":{\"role\":\"user\",\"content\":[{\"tool_use_id\":\"toolu_%012" PRIu64
            "\",\"type\":\"tool_result\",\"content\":\"",
            out->call);
    write_text(out, size);
    fputs("\",\"is_error\":false}]},\"toolUseResult\":{\"stdout\":\"", out->file);
    write_text(out, size);
    fputs("\",\"stderr\":\"\",\"interrupted\":false}}\n", out->file);
}

uint64_t bench_transcript(const char *path, uint64_t size)
{
    writer out = {.file = fopen(path, "w"), .random = 1};
    if (out.file == NULL)
        bench_die("cannot write %s", path);
    while ((uint64_t)ftello(out.file) < size) {
        write_prompt(&out);
        for (int i = 0; i < ROUNDS_A_PROMPT; i++) {
            write_message(&out);
            write_result(&out);
        }
    }
    uint64_t written = (uint64_t)ftello(out.file);
    if (fclose(out.file) != 0)
        bench_die("cannot write %s", path);
    return written;
}
