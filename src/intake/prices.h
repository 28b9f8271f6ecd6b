/* What a model's answer cost: list prices of known models, and the project's own in .jc/config.json:
 *
 *     {"prices": {"my-model": {"input": 3, "output": 15, "cache_write": 3.75, "cache_read": 0.3}}}
 *
 * in USD per million tokens. A name there is the beginning of a model's name; the longest that fits holds, and
 * before any list price. What a price leaves out costs what input does. */
#ifndef JC_INTAKE_PRICES_H
#define JC_INTAKE_PRICES_H

#include "base/auto.h"
#include "jc/status.h"
#include "jc/str.h"

#include <stdint.h>

typedef struct jc_prices jc_prices;

/* Read the project's prices; NULL: the list prices alone. The caller frees it.
 * JC_EINVAL  .jc/config.json is no JSON, or a price in it is none; reterr names it. *ret_prices is then set
 *            all the same, with the prices that are good. */
JC_MUST_CHECK jc_status jc_prices_new(const char *project_dir, jc_prices **ret_prices,
                                      jc_error *reterr);
void jc_prices_free(jc_prices *prices);

/* The tokens of one answer, each counted once. */
typedef struct jc_price_tokens {
    double input; /* neither read from the cache nor written to it */
    double output;
    double cache_read;
    double cache_write;
    double cache_write_1h; /* kept for an hour; `cache_write` is without these */
} jc_price_tokens;

typedef enum jc_price_basis {
    JC_PRICE_UNKNOWN,
    JC_PRICE_LIST,
    JC_PRICE_CONFIGURED
} jc_price_basis;

/* Its cost; JC_PRICE_UNKNOWN when nobody knows the model's price. */
jc_price_basis jc_prices_cost(const jc_prices *prices, jc_str model, const jc_price_tokens *tokens,
                              double *ret_usd);

/* What a basis is called in data: "list price", "configured price". */
const char *jc_price_basis_name(jc_price_basis basis);

#endif
