/* The cache of a store's handle. */
#ifndef JC_PROJECTION_CACHED_H
#define JC_PROJECTION_CACHED_H

#include "cache/cache.h"
#include "store/store.h"

/* The handle's cache, opened at the first call; NULL: do without. The store closes it. */
jc_cache *jc_store_cache(jc_store *store);

/* A connection to it of the caller's own, who closes it. NULL: do without. */
jc_cache *jc_store_cache_connect(jc_store *store);

#endif
