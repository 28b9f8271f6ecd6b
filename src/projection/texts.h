/* Texts that come up again and again, kept once each: names of tools, ids of agents. */
#ifndef JC_PROJECTION_TEXTS_H
#define JC_PROJECTION_TEXTS_H

#include "base/map.h"

/* {0} is empty. Belongs to one arena. */
typedef struct jc_texts {
    jc_map map; /* to the jc_str that is kept */
} jc_texts;

/* The copy of a text that lives as long as the arena; absent stays absent. JC_ENOMEM. */
JC_MUST_CHECK jc_status jc_texts_keep(jc_texts *texts, jc_arena *arena, jc_str text,
                                      jc_str *ret_kept, jc_error *reterr);

#endif
