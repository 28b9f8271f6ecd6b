/* See term.h. Nothing here needs a locale: text is UTF-8, and widths come from a short table. */
#include "cli/term.h"

#include "base/clock.h"
#include "cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0';
}

static size_t width_of_output(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;
    return width >= 20 && width < 10000 ? (size_t)width : 80;
}

jc_term jc_term_of_output(void)
{
    jc_term term = {.terminal = isatty(STDOUT_FILENO) == 1};
    if (!term.terminal)
        return term;
    const char *kind = getenv("TERM");
    term.colours = !is_set("NO_COLOR") && kind != NULL && strcmp(kind, "dumb") != 0;
    term.width = width_of_output();
    return term;
}

const char *jc_term_colour(const jc_term *term, jc_colour colour)
{
    static const char *const escapes[] = {
        [JC_COLOUR_NONE] = "\033[0m",   [JC_COLOUR_DIM] = "\033[2m",
        [JC_COLOUR_BOLD] = "\033[1m",   [JC_COLOUR_RED] = "\033[31m",
        [JC_COLOUR_GREEN] = "\033[32m", [JC_COLOUR_YELLOW] = "\033[33m",
        [JC_COLOUR_BLUE] = "\033[34m",  [JC_COLOUR_MAGENTA] = "\033[35m",
        [JC_COLOUR_CYAN] = "\033[36m",
    };
    return term->colours ? escapes[colour] : "";
}

/* One character of UTF-8: its code point and how many bytes it has; 1 byte and -1 when it is none. */
static int32_t decode(const char *bytes, size_t room, size_t *ret_size)
{
    uint8_t first = (uint8_t)bytes[0];
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    *ret_size = 1;
    if (first < 0x80)
        return first;
    if (size > room || first < 0xc2 || first > 0xf4)
        return -1;
    int32_t point = first & (0x7f >> size);
    for (size_t i = 1; i < size; i++) {
        uint8_t next = (uint8_t)bytes[i];
        if ((next & 0xc0) != 0x80)
            return -1;
        point = (point << 6) | (next & 0x3f);
    }
    *ret_size = size;
    return point;
}

static bool is_harmful(int32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0x61c ||
           (point >= 0x200e && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
}

static bool within(int32_t point, const int32_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= ranges[i][0] && point <= ranges[i][1])
            return true;
    }
    return false;
}

/* How many columns a character takes: close enough for aligning. */
static size_t columns_of(int32_t point)
{
    static const int32_t none[][2] = {{0x300, 0x36f}, {0x200b, 0x200d}, {0xfe00, 0xfe0f}};
    static const int32_t two[][2] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
                                     {0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                                     {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};
    if (point < 0x300)
        return 1;
    if (within(point, none, sizeof none / sizeof none[0]))
        return 0;
    return within(point, two, sizeof two / sizeof two[0]) ? 2 : 1;
}

/* What stands for a character on the terminal; returns its columns. */
static size_t safe_form(const char *bytes, size_t room, char ret_form[16], size_t *ret_consumed)
{
    int32_t point = decode(bytes, room, ret_consumed);
    if (point < 0)
        return (size_t)snprintf(ret_form, 16, "\\x%02x", (unsigned)(uint8_t)bytes[0]);
    if (point == '\n' || point == '\t' || point == '\r')
        return (size_t)snprintf(ret_form, 16, "\\%c",
                                point == '\n'   ? 'n'
                                : point == '\t' ? 't'
                                                : 'r');
    if (is_harmful(point))
        return (size_t)snprintf(ret_form, 16, "\\u%04x", (unsigned)point);
    memcpy(ret_form, bytes, *ret_consumed);
    ret_form[*ret_consumed] = '\0';
    return columns_of(point);
}

size_t jc_text_append_safe(jc_buf *buf, jc_str text, size_t columns_max)
{
    size_t used = 0;
    size_t mark = buf->size; /* where to cut so that '…' still fits */
    size_t mark_used = 0;
    for (size_t i = 0; i < text.size;) {
        char form[16];
        size_t consumed = 0;
        size_t columns = safe_form(text.bytes + i, text.size - i, form, &consumed);
        if (columns_max > 0 && used + columns > columns_max) {
            buf->size = mark;
            jc_cli_must(jc_buf_append_text(buf, "…", NULL));
            return mark_used + 1;
        }
        jc_cli_must(jc_buf_append_text(buf, form, NULL));
        used += columns;
        if (used < columns_max) {
            mark = buf->size;
            mark_used = used;
        }
        i += consumed;
    }
    return used;
}

void jc_text_append_age(jc_buf *buf, int64_t time_us, int64_t now_us)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{365 * 86400, "y"}, {7 * 86400, "w"}, {86400, "d"},
                 {3600, "h"},        {60, "m"},        {1, "s"}};
    int64_t distance = (now_us - time_us) / JC_US_PER_SECOND;
    int64_t size = distance < 0 ? -distance : distance;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        /* Days up to a fortnight say more than "1w". */
        int64_t least = units[i].seconds == 7 * 86400 ? 2 : 1;
        if (size < least * units[i].seconds)
            continue;
        long long count = (long long)(size / units[i].seconds);
        jc_cli_must(jc_buf_append_format(buf, NULL, distance < 0 ? "in %lld%s" : "%lld%s ago",
                                         count, units[i].name));
        return;
    }
    jc_cli_must(jc_buf_append_text(buf, "now", NULL));
}

void jc_text_append_local(jc_buf *buf, int64_t time_us)
{
    time_t seconds = (time_t)(time_us / JC_US_PER_SECOND);
    struct tm local;
    char text[32];
    (void)localtime_r(&seconds, &local);
    (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    jc_cli_must(jc_buf_append_text(buf, text, NULL));
}

void jc_text_append_duration(jc_buf *buf, int64_t duration_ms)
{
    long long seconds = (long long)(duration_ms / 1000);
    if (duration_ms < 1000)
        jc_cli_must(jc_buf_append_format(buf, NULL, "%lldms", (long long)duration_ms));
    else if (seconds < 60)
        jc_cli_must(jc_buf_append_format(buf, NULL, "%llds", seconds));
    else if (seconds < 3600)
        jc_cli_must(jc_buf_append_format(buf, NULL, "%lldm %02llds", seconds / 60, seconds % 60));
    else if (seconds < 86400)
        jc_cli_must(
            jc_buf_append_format(buf, NULL, "%lldh %02lldm", seconds / 3600, seconds / 60 % 60));
    else
        jc_cli_must(
            jc_buf_append_format(buf, NULL, "%lldd %lldh", seconds / 86400, seconds / 3600 % 24));
}

void jc_text_append_cost(jc_buf *buf, double usd)
{
    /* A cent and more in cents, less in hundredths of one: sessions of small models cost that. */
    int places = fabs(usd) > 0 && fabs(usd) < 0.01 ? 4 : 2;
    jc_cli_must(fabs(usd) < 1e9 ? jc_buf_append_format(buf, NULL, "$%.*f", places, usd)
                                : jc_buf_append_format(buf, NULL, "$%.3g", usd));
}

typedef struct look {
    const char *status;
    const char *mark;
    jc_colour colour;
} look;

static look look_of(jc_str status)
{
    static const look looks[] = {
        {"completed", "✓", JC_COLOUR_GREEN}, {"failed", "✗", JC_COLOUR_RED},
        {"paused", "○", JC_COLOUR_YELLOW},   {"running", "→", JC_COLOUR_CYAN},
        {"started", "→", JC_COLOUR_CYAN},    {"planned", "○", JC_COLOUR_DIM},
    };
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        if (jc_str_equal(status, jc_str_of(looks[i].status)))
            return looks[i];
    }
    return (look){"", "○", JC_COLOUR_NONE};
}

jc_colour jc_colour_of_status(jc_str status)
{
    return look_of(status).colour;
}

const char *jc_mark_of_status(jc_str status)
{
    return look_of(status).mark;
}
