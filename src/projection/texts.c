/* Texts that are kept once each: see texts.h. */
#include "projection/texts.h"

#include "base/fail.h"

jc_status jc_texts_keep(jc_texts *texts, jc_arena *arena, jc_str text, jc_str *ret_kept,
                        jc_error *reterr)
{
    *ret_kept = (jc_str){0};
    if (text.bytes == NULL)
        return JC_OK;
    jc_str *kept = jc_map_get(&texts->map, text);
    if (kept == NULL) {
        kept = jc_arena_get(arena, sizeof *kept);
        if (kept == NULL)
            return jc_fail_memory(reterr);
        *kept = jc_arena_copy(arena, text);
        if (kept->bytes == NULL || !jc_map_put(&texts->map, arena, *kept, kept))
            return jc_fail_memory(reterr);
    }
    *ret_kept = *kept;
    return JC_OK;
}
