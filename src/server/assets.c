/* Finding the page's files: a few dozen, searched from the front. */
#include "server/assets.h"

const jc_asset *jc_asset_find(jc_str path)
{
    if (jc_str_equal(path, JC_STR("/")))
        path = JC_STR("/index.html");
    for (const jc_asset *asset = jc_assets; asset->path != NULL; asset++) {
        if (jc_str_equal(jc_str_of(asset->path), path))
            return asset;
    }
    return NULL;
}
