/* Statuses as text, and the one way to set an error. */
#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *jc_status_text(jc_status status)
{
    switch (status) {
#define STATUS_TEXT(name, value, text)                                                             \
    case name:                                                                                     \
        return text;
        JC_STATUS_MAP(STATUS_TEXT)
#undef STATUS_TEXT
    }
    return "unknown status";
}

const char *jc_status_name(jc_status status)
{
    switch (status) {
#define STATUS_NAME(name, value, text)                                                             \
    case name:                                                                                     \
        return #name;
        JC_STATUS_MAP(STATUS_NAME)
#undef STATUS_NAME
    }
    return "unknown";
}

/* Bad input is quoted in errors, and may hold line ends and a terminal's control codes. */
static void make_one_line(char *text)
{
    for (char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    }
}

jc_status jc_fail(jc_error *reterr, jc_status status, const char *format, ...)
{
    if (reterr == NULL)
        return status;
    /* The arguments may point into *reterr itself, so the sentence is made beside it. */
    char text[JC_ERROR_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    make_one_line(text);
    reterr->status = status;
    memcpy(reterr->text, text, sizeof text);
    return status;
}

static jc_status status_of_errno(int error_number)
{
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        return JC_EFULL;
    case EROFS:
    case EACCES:
    case EPERM:
        return JC_EREADONLY;
    case ENOMEM:
        return JC_ENOMEM;
    case ENOENT:
        return JC_ENOTFOUND;
    default:
        return JC_EIO;
    }
}

jc_status jc_fail_errno(jc_error *reterr, int error_number, const char *format, ...)
{
    char text[JC_ERROR_SIZE_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return jc_fail(reterr, status_of_errno(error_number), "%s: %s", text, strerror(error_number));
}

jc_status jc_fail_memory(jc_error *reterr)
{
    return jc_fail(reterr, JC_ENOMEM, "out of memory");
}
