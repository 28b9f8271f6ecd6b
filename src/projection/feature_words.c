/* The words of jc/query.h's maps: see feature_words.h. */
#include "projection/feature_words.h"

#define WORD(name, text) [name] = text,

const char *const jc_feature_words[JC_FEATURE_STATE_COUNT] = {JC_FEATURE_STATE_MAP(WORD)};

const char *const jc_attempt_words[JC_ATTEMPT_STATUS_COUNT] = {JC_ATTEMPT_STATUS_MAP(WORD)};
