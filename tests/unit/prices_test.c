/* What an answer costs: the list, the project's own prices, and what is no price. */
#include "unit.h"

#include "intake/prices.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const jc_price_tokens million = {.input = 1e6};

static jc_price_basis basis_of(const jc_prices *prices, const char *model, double *ret_usd)
{
    *ret_usd = -1;
    return jc_prices_cost(prices, jc_str_of(model), &million, ret_usd);
}

static void assert_usd(double got, double wanted)
{
    if (!(got > wanted - 1e-9 && got < wanted + 1e-9))
        fail_msg("got %.9f, wanted %.9f", got, wanted);
}

/* The prices of a project with that config.json. */
static jc_prices *prices_of(const char *config, jc_status wanted)
{
    char folder[] = "/tmp/jc-prices-XXXXXX";
    char path[64];
    jc_prices *prices = NULL;
    jc_error error = {0};
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/.jc", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.jc/config.json", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(config, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(jc_prices_new(folder, &prices, &error), wanted);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/.jc", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_non_null(prices);
    return prices;
}

static void a_listed_model_has_its_list_price(void **state)
{
    double usd = 0;
    jc_prices *prices = NULL;
    (void)state;
    assert_int_equal(jc_prices_new(NULL, &prices, NULL), JC_OK);
    assert_int_equal(basis_of(prices, "claude-sonnet-4-5-20250929", &usd), JC_PRICE_LIST);
    assert_usd(usd, 3);
    jc_prices_free(prices);
}

static void another_version_of_a_listed_model_has_no_price(void **state)
{
    double usd = 0;
    jc_prices *prices = NULL;
    (void)state;
    assert_int_equal(jc_prices_new(NULL, &prices, NULL), JC_OK);
    assert_int_equal(basis_of(prices, "claude-opus-4-99", &usd), JC_PRICE_UNKNOWN);
    assert_int_equal(basis_of(prices, "claude-opus-42", &usd), JC_PRICE_UNKNOWN);
    assert_int_equal(basis_of(prices, "", &usd), JC_PRICE_UNKNOWN);
    jc_prices_free(prices);
}

static void each_kind_of_token_has_its_price(void **state)
{
    jc_price_tokens tokens = {
        .input = 1e6, .output = 1e6, .cache_read = 1e6, .cache_write = 1e6, .cache_write_1h = 1e6};
    double usd = 0;
    jc_prices *prices = NULL;
    (void)state;
    assert_int_equal(jc_prices_new(NULL, &prices, NULL), JC_OK);
    (void)jc_prices_cost(prices, JC_STR("claude-sonnet-4-5"), &tokens, &usd);
    assert_usd(usd, 3 + 15 + 0.3 + 3.75 + 6);
    jc_prices_free(prices);
}

static void a_long_prompt_may_cost_more(void **state)
{
    jc_price_tokens at = {.input = 60000, .cache_read = 40000};
    jc_price_tokens beyond = {.input = 60001, .cache_read = 40000};
    double cheap = 0, dear = 0;
    jc_prices *prices = NULL;
    (void)state;
    assert_int_equal(jc_prices_new(NULL, &prices, NULL), JC_OK);
    (void)jc_prices_cost(prices, JC_STR("claude-haiku-5-5"), &at, &cheap);
    (void)jc_prices_cost(prices, JC_STR("claude-haiku-5-5"), &beyond, &dear);
    assert_true(dear > 4.9 * cheap && dear < 5.1 * cheap);
    jc_prices_free(prices);
}

static void the_projects_price_goes_before_the_list(void **state)
{
    double usd = 0;
    jc_prices *prices = prices_of("{\"prices\":{\"claude-\":{\"input\":7}}}", JC_OK);
    (void)state;
    assert_int_equal(basis_of(prices, "claude-sonnet-4-5", &usd), JC_PRICE_CONFIGURED);
    assert_usd(usd, 7);
    jc_prices_free(prices);
}

static void what_a_price_leaves_out_costs_what_input_does(void **state)
{
    jc_price_tokens tokens = {.output = 1e6, .cache_read = 1e6, .cache_write = 1e6};
    double usd = 0;
    jc_prices *prices = prices_of("{\"prices\":{\"m\":{\"input\":2}}}", JC_OK);
    (void)state;
    (void)jc_prices_cost(prices, JC_STR("m1"), &tokens, &usd);
    assert_usd(usd, 6);
    jc_prices_free(prices);
}

static void what_is_no_price_is_told_and_the_others_hold(void **state)
{
    static const char *const bad[] = {"{\"prices\":{\"b\":3,\"m\":{\"input\":2}}}",
                                      "{\"prices\":{\"b\":{\"input\":-1},\"m\":{\"input\":2}}}",
                                      "{\"prices\":{\"b\":{\"output\":1},\"m\":{\"input\":2}}}"};
    double usd = 0;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        jc_prices *prices = prices_of(bad[i], JC_EINVAL);
        assert_int_equal(basis_of(prices, "m", &usd), JC_PRICE_CONFIGURED);
        assert_int_equal(basis_of(prices, "b", &usd), JC_PRICE_UNKNOWN);
        jc_prices_free(prices);
    }
}

static void a_config_that_is_no_json_leaves_the_list(void **state)
{
    double usd = 0;
    jc_prices *prices = prices_of("{", JC_EINVAL);
    (void)state;
    assert_int_equal(basis_of(prices, "gpt-5-codex", &usd), JC_PRICE_LIST);
    jc_prices_free(prices);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listed_model_has_its_list_price),
        cmocka_unit_test(another_version_of_a_listed_model_has_no_price),
        cmocka_unit_test(each_kind_of_token_has_its_price),
        cmocka_unit_test(a_long_prompt_may_cost_more),
        cmocka_unit_test(the_projects_price_goes_before_the_list),
        cmocka_unit_test(what_a_price_leaves_out_costs_what_input_does),
        cmocka_unit_test(what_is_no_price_is_told_and_the_others_hold),
        cmocka_unit_test(a_config_that_is_no_json_leaves_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
