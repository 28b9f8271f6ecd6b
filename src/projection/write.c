/* States into JSON: see write.h. */
#include "projection/write.h"

#include "base/fail.h"

#include <math.h>
#include <stdlib.h>

/* Remember that something could not be added. */
static void note(jc_write *write, bool added)
{
    write->failed = write->failed || !added;
}

yyjson_mut_val *jc_write_begin(jc_write *write)
{
    *write = (jc_write){.doc = yyjson_mut_doc_new(NULL)};
    yyjson_mut_val *root = yyjson_mut_obj(write->doc);
    note(write, root != NULL);
    yyjson_mut_doc_set_root(write->doc, root);
    return root;
}

jc_status jc_write_end(jc_write *write, jc_output *output, jc_error *reterr)
{
    size_t size = 0;
    char *bytes = write->failed ? NULL : yyjson_mut_write(write->doc, 0, &size);
    jc_status status = bytes != NULL ? jc_output_add(output, (jc_str){bytes, size}, reterr)
                                     : jc_fail_memory(reterr);
    free(bytes);
    yyjson_mut_doc_free(write->doc);
    write->doc = NULL;
    return status;
}

yyjson_mut_val *jc_write_object(jc_write *write, yyjson_mut_val *parent, const char *name)
{
    yyjson_mut_val *made = yyjson_mut_obj(write->doc);
    note(write, yyjson_mut_obj_add_val(write->doc, parent, name, made));
    return made;
}

yyjson_mut_val *jc_write_list(jc_write *write, yyjson_mut_val *parent, const char *name)
{
    yyjson_mut_val *made = yyjson_mut_arr(write->doc);
    note(write, yyjson_mut_obj_add_val(write->doc, parent, name, made));
    return made;
}

yyjson_mut_val *jc_write_list_named(jc_write *write, yyjson_mut_val *parent, jc_str name)
{
    yyjson_mut_val *key = yyjson_mut_strn(write->doc, name.bytes, name.size);
    yyjson_mut_val *made = yyjson_mut_arr(write->doc);
    note(write, yyjson_mut_obj_add(parent, key, made));
    return made;
}

yyjson_mut_val *jc_write_element(jc_write *write, yyjson_mut_val *list)
{
    yyjson_mut_val *made = yyjson_mut_obj(write->doc);
    note(write, yyjson_mut_arr_append(list, made));
    return made;
}

void jc_write_text(jc_write *write, yyjson_mut_val *object, const char *name, jc_str text)
{
    if (text.size > 0)
        note(write, yyjson_mut_obj_add_strn(write->doc, object, name, text.bytes, text.size));
}

void jc_write_text_copy(jc_write *write, yyjson_mut_val *object, const char *name, jc_str text)
{
    if (text.size > 0)
        note(write, yyjson_mut_obj_add_strncpy(write->doc, object, name, text.bytes, text.size));
}

void jc_write_count(jc_write *write, yyjson_mut_val *object, const char *name, uint64_t count)
{
    note(write, yyjson_mut_obj_add_uint(write->doc, object, name, count));
}

void jc_write_integer(jc_write *write, yyjson_mut_val *object, const char *name, int64_t number)
{
    note(write, yyjson_mut_obj_add_sint(write->doc, object, name, number));
}

void jc_write_number(jc_write *write, yyjson_mut_val *object, const char *name, double number)
{
    if (!isfinite(number))
        return;
    note(write, yyjson_mut_obj_add_real(write->doc, object, name, number));
}

void jc_write_bool(jc_write *write, yyjson_mut_val *object, const char *name, bool value)
{
    note(write, yyjson_mut_obj_add_bool(write->doc, object, name, value));
}

void jc_write_time(jc_write *write, yyjson_mut_val *object, const char *name, int64_t time_us)
{
    char text[JC_TIME_TEXT_SIZE];
    jc_time_format(time_us, text);
    note(write, yyjson_mut_obj_add_strcpy(write->doc, object, name, text));
}

void jc_write_element_text(jc_write *write, yyjson_mut_val *list, jc_str text)
{
    note(write, yyjson_mut_arr_add_strn(write->doc, list, text.bytes, text.size));
}

void jc_write_element_count(jc_write *write, yyjson_mut_val *list, uint64_t count)
{
    note(write, yyjson_mut_arr_add_uint(write->doc, list, count));
}
