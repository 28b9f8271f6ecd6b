/* The cache of a store's handle: see cached.h. A store without files has none, and a simulation's disk
 * has no place for one. */
#include "projection/cached.h"

jc_cache *jc_store_cache_connect(jc_store *store)
{
    jc_store_info info;
    if (store->project_dir == NULL || store->options.without_cache ||
        store->options.sqlite_vfs != NULL || jc_store_info_read(store, &info, NULL) < 0)
        return NULL;
    return jc_cache_open(store->project_dir, info.store_id);
}

jc_cache *jc_store_cache(jc_store *store)
{
    if (!store->cache_tried) {
        store->cache_tried = true;
        store->cache = jc_store_cache_connect(store);
        store->cache_close = jc_cache_close;
    }
    return store->cache;
}
