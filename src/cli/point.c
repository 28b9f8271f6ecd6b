/* POINT: see point.h. */
#include "cli/point.h"

static bool is_all_digits(const char *text)
{
    return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

int jc_cli_point(const jc_cli *cli, const char *option, const char *text, jc_point *ret_point)
{
    jc_point point = {.kind = JC_POINT_HEAD};
    bool backwards = text != NULL && text[0] == '-';
    if (text != NULL && is_all_digits(backwards ? text + 1 : text)) {
        point.kind = backwards ? JC_POINT_BEFORE_HEAD : JC_POINT_SEQUENCE;
        if (!jc_args_number(backwards ? text + 1 : text, &point.number))
            return jc_cli_fail(cli, JC_EXIT_USAGE, "%s: %s is more than any sequence", option,
                               text);
    } else if (text != NULL) {
        point.kind = JC_POINT_TIME;
        int failed = jc_cli_time(cli, option, text, &point.time_us);
        if (failed != 0)
            return failed;
    }
    *ret_point = point;
    return 0;
}
