/* An agent's settings as text: what `jc hook install` and `jc mcp install` have in common when they change
 * one. Nothing here touches a file.
 *
 * What is put in can be taken out again so that the bytes of before come back. For that the text itself
 * tells an object or array that was there, empty, from one that was made for what is in it: into one that
 * was there goes a space first, { "hooks": …}; one that is made begins otherwise. And a settings file
 * that was not there ends with a line break; one that was there and blank keeps its white space in front. */
#ifndef JC_CLI_SETTINGS_H
#define JC_CLI_SETTINGS_H

#include "base/json_edit.h"

typedef enum jc_setting_kind {
    JC_SETTING_ADD,
    JC_SETTING_UPDATE,
    JC_SETTING_REMOVE,
    JC_SETTING_COUNT,
} jc_setting_kind;

/* One thing that changes; the name is borrowed. */
typedef struct jc_setting_change {
    jc_setting_kind kind;
    jc_str name;
} jc_setting_change;

/* {0} is valid: nothing changes. */
typedef struct jc_setting_changes {
    jc_setting_change *items;
    size_t count;
    size_t capacity;
    size_t counts[JC_SETTING_COUNT];
} jc_setting_changes;

void jc_setting_changes_release(jc_setting_changes *changes);
JC_AUTO_DEFINE(jc_setting_changes, jc_setting_changes_release);

JC_MUST_CHECK jc_status jc_setting_changes_add(jc_setting_changes *changes, jc_setting_kind kind,
                                               jc_str name, jc_error *reterr);

/* Settings being changed. {0} is valid. */
typedef struct jc_settings {
    jc_str text;
    bool no_file;           /* the text was absent */
    jc_str lead;            /* a byte order mark and white space before the object */
    bool blank;             /* there is nothing but that */
    jc_json_container root; /* the object, unless blank */
    jc_json_style style;
    jc_json_edit edit;
} jc_settings;

void jc_settings_release(jc_settings *settings);
JC_AUTO_DEFINE(jc_settings, jc_settings_release);

/* Look at settings. JC_EINVAL: it is not JSON, or no object. */
JC_MUST_CHECK jc_status jc_settings_open(jc_str text, jc_settings *settings, jc_error *reterr);

/* The root's member of that name, an object, into *ret_object. *ret_member is NULL when there is none.
 * JC_EINVAL: it is something else, or there twice. */
JC_MUST_CHECK jc_status jc_settings_object(jc_settings *settings, const char *name,
                                           jc_json_child **ret_member,
                                           jc_json_container *ret_object, jc_error *reterr);

/* Add a member to the root, with its key. */
JC_MUST_CHECK jc_status jc_settings_add(jc_settings *settings, jc_str member, jc_error *reterr);

/* Take the dropped children out of a container. *ret_gone: all are, and it was made for them, so that it
 * shall be dropped where it stands; nothing is noted then. */
JC_MUST_CHECK jc_status jc_settings_prune(jc_settings *settings, const jc_json_container *container,
                                          bool *ret_gone, jc_error *reterr);

/* Append the changed text. *ret_remove: nothing is left, and the file was made for what was in it. */
JC_MUST_CHECK jc_status jc_settings_finish(jc_settings *settings, jc_buf *ret_text,
                                           bool *ret_remove, jc_error *reterr);

#endif
