/* Prices: see prices.h. */
#include "intake/prices.h"

#include "base/arena.h"
#include "base/array.h"
#include "base/fail.h"
#include "base/files.h"
#include "base/scan.h"

#include <stdlib.h>
#include <unistd.h>
#include <yyjson.h>

#define CONFIG_SIZE_MAX ((size_t)1024 * 1024)
#define PER 1e6

typedef struct price {
    const char *model;
    double input;
    double output;
    double cache_write;
    double cache_write_1h;
    double cache_read;
    double
        long_prompt; /* tokens; answers to longer prompts cost `long_factor` as much. 0: no difference */
    double long_factor;
} price;

/* As the makers listed them at the beginning of November 2026. */
/* clang-format off */
static const price list_prices[] = {
    {"claude-fable-5-1",    10,   50,   12.5,   20,   0.25,   0, 0},
    {"claude-fable-5",      10,   50,   12.5,   20,   1,      0, 0},
    {"claude-opus-5-5",     4,    20,   5,      8,    0.2,    0, 0},
    {"claude-opus-5",       5,    25,   6.25,   10,   0.5,    0, 0},
    {"claude-opus-4-8",     5,    25,   6.25,   10,   0.5,    0, 0},
    {"claude-opus-4-7",     5,    25,   6.25,   10,   0.5,    0, 0},
    {"claude-opus-4-6",     5,    25,   6.25,   10,   0.5,    0, 0},
    {"claude-opus-4-5",     5,    25,   6.25,   10,   0.5,    0, 0},
    {"claude-opus-4-1",     15,   75,   18.75,  30,   1.5,    0, 0},
    {"claude-opus-4",       15,   75,   18.75,  30,   1.5,    0, 0},
    {"claude-3-opus",       15,   75,   18.75,  30,   1.5,    0, 0},
    {"claude-sonnet-5-5",   2,    10,   2.5,    4,    0.1,    0, 0},
    {"claude-sonnet-5",     2,    10,   2.5,    4,    0.2,    0, 0},
    {"claude-sonnet-4-6",   3,    15,   3.75,   6,    0.3,    0, 0},
    {"claude-sonnet-4-5",   3,    15,   3.75,   6,    0.3,    0, 0},
    {"claude-sonnet-4",     3,    15,   3.75,   6,    0.3,    0, 0},
    {"claude-3-7-sonnet",   3,    15,   3.75,   6,    0.3,    0, 0},
    {"claude-3-5-sonnet",   3,    15,   3.75,   6,    0.3,    0, 0},
    {"claude-haiku-5-5",    0.1,  0.5,  0.125,  0.2,  0.01,   100000, 5},
    {"claude-haiku-4-5",    1,    5,    1.25,   2,    0.1,    0, 0},
    {"claude-3-5-haiku",    0.8,  4,    1,      1.6,  0.08,   0, 0},
    {"claude-3-haiku",      0.25, 1.25, 0.3,    0.5,  0.03,   0, 0},
    {"gpt-5.5",             5,    30,   5,      5,    0.5,    0, 0},
    {"gpt-5.4",             2.5,  15,   2.5,    2.5,  0.25,   0, 0},
    {"gpt-5.4-mini",        0.75, 4.5,  0.75,   0.75, 0.075,  0, 0},
    {"gpt-5.3-codex",       1.75, 14,   1.75,   1.75, 0.175,  0, 0},
    {"gpt-5.2-codex",       1.75, 14,   1.75,   1.75, 0.175,  0, 0},
    {"gpt-5.2",             1.75, 14,   1.75,   1.75, 0.175,  0, 0},
    {"gpt-5.1-codex",       1.25, 10,   1.25,   1.25, 0.125,  0, 0},
    {"gpt-5.1",             1.25, 10,   1.25,   1.25, 0.125,  0, 0},
    {"gpt-5-codex",         1.25, 10,   1.25,   1.25, 0.125,  0, 0},
    {"gpt-5",               1.25, 10,   1.25,   1.25, 0.125,  0, 0},
    {"gpt-5-mini",          0.25, 2,    0.25,   0.25, 0.025,  0, 0},
};
/* clang-format on */

struct jc_prices {
    jc_arena arena;
    price *own;
    size_t count;
    size_t capacity;
};

void jc_prices_free(jc_prices *prices)
{
    if (prices == NULL)
        return;
    jc_arena_release(&prices->arena);
    free(prices->own);
    free(prices);
}

/* A member of a price; what is left out is `otherwise`. */
static bool read_amount(yyjson_val *object, const char *name, double otherwise, double *ret)
{
    yyjson_val *value = yyjson_obj_get(object, name);
    *ret = value != NULL ? yyjson_get_num(value) : otherwise;
    return value == NULL || (yyjson_is_num(value) && *ret >= 0);
}

static jc_status add_price(jc_prices *prices, yyjson_val *key, yyjson_val *value, jc_error *reterr)
{
    price read = {0};
    jc_str model = {yyjson_get_str(key), yyjson_get_len(key)};
    bool good = yyjson_is_obj(value) && yyjson_is_num(yyjson_obj_get(value, "input")) &&
                read_amount(value, "input", 0, &read.input) &&
                read_amount(value, "output", read.input, &read.output) &&
                read_amount(value, "cache_read", read.input, &read.cache_read) &&
                read_amount(value, "cache_write", read.input, &read.cache_write) &&
                read_amount(value, "cache_write_1h", read.cache_write, &read.cache_write_1h);
    if (!good)
        return jc_fail(
            reterr, JC_EINVAL,
            "prices: '%.*s' must be an object with numbers that are not negative: input, "
            "and optionally output, cache_write, cache_write_1h, cache_read",
            (int)(model.size > 60 ? 60 : model.size), model.bytes);
    price *own = jc_array_grow(prices->own, sizeof *own, prices->count, &prices->capacity);
    if (own == NULL)
        return jc_fail_memory(reterr);
    prices->own = own;
    read.model = jc_arena_copy(&prices->arena, model).bytes;
    if (read.model == NULL)
        return jc_fail_memory(reterr);
    own[prices->count++] = read;
    return JC_OK;
}

/* The good ones are taken; the first bad one is told. */
static jc_status add_prices(jc_prices *prices, yyjson_val *config, jc_error *reterr)
{
    yyjson_val *all = yyjson_obj_get(config, "prices");
    size_t at, count;
    yyjson_val *key, *value;
    jc_status told = JC_OK;
    if (all != NULL && !yyjson_is_obj(all))
        return jc_fail(reterr, JC_EINVAL, "prices: it must be an object");
    yyjson_obj_foreach(all, at, count, key, value) {
        jc_error detail;
        jc_status status = add_price(prices, key, value, &detail);
        if (status < 0 && told == JC_OK)
            told = jc_fail(reterr, status, "%s", detail.text);
    }
    return told;
}

static jc_status read_config(jc_prices *prices, const char *path, jc_error *reterr)
{
    JC_AUTO(jc_buf) content = {0};
    jc_error detail;
    if (access(path, F_OK) < 0)
        return JC_OK;
    jc_status status = jc_file_read(path, CONFIG_SIZE_MAX, &content, reterr);
    if (status < 0)
        return status;
    yyjson_doc *doc = yyjson_read(content.bytes, content.size, 0);
    if (doc == NULL)
        return jc_fail(reterr, JC_EINVAL, "%s: it is no JSON", path);
    status = add_prices(prices, yyjson_doc_get_root(doc), &detail);
    yyjson_doc_free(doc);
    return status < 0 ? jc_fail(reterr, status, "%s: %s", path, detail.text) : status;
}

jc_status jc_prices_new(const char *project_dir, jc_prices **ret_prices, jc_error *reterr)
{
    char path[4096];
    jc_prices *prices = calloc(1, sizeof *prices);
    *ret_prices = prices;
    if (prices == NULL)
        return jc_fail_memory(reterr);
    if (project_dir == NULL)
        return JC_OK;
    jc_status status = jc_path_join(project_dir, ".jc/config.json", path, sizeof path, reterr);
    return status == JC_OK ? read_config(prices, path, reterr) : status;
}

/* A listed name and what may follow it: a date or a variant, but not another version. */
static bool is_listed(jc_str model, const char *name)
{
    if (!jc_scan_begins(model, name))
        return false;
    jc_str rest = {model.bytes + strlen(name), model.size - strlen(name)};
    return rest.size == 0 || jc_scan_begins(rest, "-20") || jc_scan_begins(rest, "-latest") ||
           *rest.bytes == '[' || *rest.bytes == '@' || *rest.bytes == ':';
}

static const price *find(const jc_prices *prices, jc_str model, jc_price_basis *ret_basis)
{
    const price *found = NULL;
    for (size_t i = 0; i < prices->count; i++) {
        const price *each = &prices->own[i];
        if (jc_scan_begins(model, each->model) &&
            (found == NULL || strlen(each->model) > strlen(found->model)))
            found = each;
    }
    *ret_basis = JC_PRICE_CONFIGURED;
    if (found != NULL)
        return found;
    *ret_basis = JC_PRICE_LIST;
    for (size_t i = 0; i < sizeof list_prices / sizeof list_prices[0]; i++) {
        if (is_listed(model, list_prices[i].model))
            return &list_prices[i];
    }
    return NULL;
}

jc_price_basis jc_prices_cost(const jc_prices *prices, jc_str model, const jc_price_tokens *tokens,
                              double *ret_usd)
{
    jc_price_basis basis = JC_PRICE_UNKNOWN;
    const price *of = model.bytes != NULL ? find(prices, model, &basis) : NULL;
    if (of == NULL)
        return JC_PRICE_UNKNOWN;
    double prompt =
        tokens->input + tokens->cache_read + tokens->cache_write + tokens->cache_write_1h;
    double factor = of->long_prompt > 0 && prompt > of->long_prompt ? of->long_factor : 1;
    *ret_usd = factor / PER *
               (tokens->input * of->input + tokens->output * of->output +
                tokens->cache_read * of->cache_read + tokens->cache_write * of->cache_write +
                tokens->cache_write_1h * of->cache_write_1h);
    return basis;
}

const char *jc_price_basis_name(jc_price_basis basis)
{
    return basis == JC_PRICE_CONFIGURED ? "configured price" : "list price";
}
