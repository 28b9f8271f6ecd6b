/* Which version this is, and what it is built with. */
#include "jc/jc.h"

#include <nettle/version.h>
#include <sqlite3.h>
#include <yyjson.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *jc_version(void)
{
    return JC_VERSION;
}

const char *jc_version_details(void)
{
    return "SQLite " SQLITE_VERSION ", yyjson " YYJSON_VERSION_STRING
           ", nettle " TEXT(NETTLE_VERSION_MAJOR) "." TEXT(NETTLE_VERSION_MINOR);
}
