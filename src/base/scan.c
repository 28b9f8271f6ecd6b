/* Taking text apart: see scan.h. */
#include "base/scan.h"

static void drop(jc_str *rest, size_t size)
{
    rest->bytes += size;
    rest->size -= size;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool jc_scan_char(jc_str *rest, const char *allowed)
{
    if (rest->size == 0 || rest->bytes[0] == '\0' || strchr(allowed, rest->bytes[0]) == NULL)
        return false;
    drop(rest, 1);
    return true;
}

bool jc_scan_begins(jc_str text, const char *word)
{
    size_t size = strlen(word);
    return text.size >= size && memcmp(text.bytes, word, size) == 0;
}

bool jc_scan_word(jc_str *rest, const char *word)
{
    size_t size = strlen(word);
    if (rest->size < size || memcmp(rest->bytes, word, size) != 0)
        return false;
    drop(rest, size);
    return true;
}

int jc_scan_number(jc_str *rest, int least, int most)
{
    int value = 0;
    int count = 0;
    for (; count < most && (size_t)count < rest->size && is_digit(rest->bytes[count]); count++)
        value = value * 10 + (rest->bytes[count] - '0');
    if (count < least)
        return -1;
    drop(rest, (size_t)count);
    return value;
}

int64_t jc_scan_millionths(jc_str *rest)
{
    int64_t value = 0;
    size_t count = 0;
    for (; count < rest->size && is_digit(rest->bytes[count]); count++) {
        if (count < 6)
            value = value * 10 + (rest->bytes[count] - '0');
    }
    for (size_t i = count; i < 6; i++)
        value *= 10;
    drop(rest, count);
    return count > 0 ? value : -1;
}

bool jc_scan_zone(jc_str *rest, int *ret_minutes, bool *ret_exists)
{
    *ret_minutes = 0;
    *ret_exists = true;
    if (jc_scan_char(rest, "Zz"))
        return true;
    bool west = rest->size > 0 && rest->bytes[0] == '-';
    if (!jc_scan_char(rest, "+-"))
        return false;
    int hours = jc_scan_number(rest, 2, 2);
    int minutes = hours >= 0 && jc_scan_char(rest, ":") ? jc_scan_number(rest, 2, 2) : -1;
    if (minutes < 0)
        return false;
    *ret_exists = hours <= 23 && minutes <= 59;
    *ret_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}
