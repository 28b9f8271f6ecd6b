/* The page's files, embedded from web/ when the program is built. */
#ifndef JC_SERVER_ASSETS_H
#define JC_SERVER_ASSETS_H

#include "jc/str.h"

typedef struct jc_asset {
    const char *path;         /* as a browser asks for it: "/main.js"; "/" is index.html */
    const char *content_type; /* with its charset */
    const char *etag;         /* quoted; of the bytes */
    const unsigned char *bytes;
    size_t size;
} jc_asset;

/* NULL: there is none of that path. */
const jc_asset *jc_asset_find(jc_str path);

#endif
