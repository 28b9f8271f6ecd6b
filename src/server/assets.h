/* The page's files, embedded from web/ when the program is built (tools/embed_web.sh). */
#ifndef JC_SERVER_ASSETS_H
#define JC_SERVER_ASSETS_H

#include "jc/str.h"

typedef struct jc_asset {
    const char *path;         /* as a browser asks for it: "/main.js" */
    const char *content_type; /* with its charset */
    const char *etag;         /* quoted; of the bytes */
    const char *bytes;
    size_t size;
} jc_asset;

/* All of them; the last has no path. */
extern const jc_asset jc_assets[];

/* NULL: there is none of that path. "/" is /index.html. */
const jc_asset *jc_asset_find(jc_str path);

#endif
