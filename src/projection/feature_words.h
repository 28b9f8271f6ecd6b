/* The words that states have for how features and attempts at them stand, in the order of the values. */
#ifndef JC_PROJECTION_FEATURE_WORDS_H
#define JC_PROJECTION_FEATURE_WORDS_H

#include "jc/query.h"

extern const char *const jc_feature_words[JC_FEATURE_STATE_COUNT];
extern const char *const jc_attempt_words[JC_ATTEMPT_STATUS_COUNT];

#endif
