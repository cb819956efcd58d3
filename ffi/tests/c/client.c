/* Orders against the sandbox, placed, refused and in doubt; reads; checks; settling. Arguments: three transaction ids.
 * The test has set a fault: the first order is accepted and then answered with 500. */
#include "check.h"

static size_t order_of(char *out, size_t cap, const char *external_id, const char *transaction) {
    return (size_t)snprintf(out, cap, "{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}",
                            external_id, transaction);
}

static countersign_spiff *spiff_of(const char *key, const char *value) {
    countersign_options *options = NULL;
    countersign_spiff *spiff = NULL;
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_options_set(options, S("settle_delay"), S("0"), &err));
    MUST(countersign_options_set(options, S("settle_gap"), S("0"), &err));
    MUST(countersign_options_set(options, Z(key), Z(value), &err));
    MUST(countersign_spiff_new(options, &spiff, &err));
    countersign_options_free(options);
    return spiff;
}

static void spiff(char **transactions) {
    countersign_spiff *client = spiff_of("app_info", "c-tests/1"), *partner = NULL;
    countersign_answer *answer = NULL;
    countersign_text *text = NULL;
    countersign_error *err = NULL;
    char order[512], input[512];
    int64_t sent_at;
    size_t len;

    /* Accepted, then 500: in doubt, and settled as placed. */
    len = order_of(order, sizeof order, "c-2", transactions[1]);
    CHECK(countersign_spiff_run(client, S("place_order"), order, len, &answer, &err) == COUNTERSIGN_KIND_SERVER_ERROR);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN && !countersign_error_retryable(err));
    CHECK(countersign_error_status(err) == 500 && countersign_error_sent_at(err) > 0);
    CHECK(strstr(countersign_error_attempt(err, NULL), "\"status\":500") != NULL && answer == NULL);
    CHECK(countersign_error_body(err, NULL) != NULL);
    sent_at = countersign_error_sent_at(err);
    MUST(countersign_spiff_settle(client, order, len, sent_at, COUNTERSIGN_ABSENT, &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"verdict\":\"placed\"") != NULL);
    countersign_text_free(text);
    text = NULL;
    countersign_error_free(err);
    err = NULL;

    len = order_of(order, sizeof order, "c-1", transactions[0]);
    MUST(countersign_spiff_run(client, S("place_order"), order, len, &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), "\"externalId\":\"c-1\"") != NULL);
    CHECK(strstr(countersign_answer_attempt(answer, NULL), "\"status\":200") != NULL);
    countersign_answer_free(answer);
    answer = NULL;

    /* What was never sent is absent, at the second look. */
    len = order_of(order, sizeof order, "c-3", transactions[2]);
    MUST(countersign_spiff_settle(client, order, len, 1000, 2000, &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"verdict\":\"absent\"") != NULL);
    countersign_text_free(text);
    text = NULL;

    snprintf(input, sizeof input, "{\"ids\":[\"%s\",\"nobody\"]}", transactions[0]);
    MUST(countersign_spiff_run(client, S("transactions"), Z(input), &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), transactions[0]) != NULL);
    CHECK(strstr(countersign_answer_json(answer, NULL), ",null]") != NULL);
    countersign_answer_free(answer);
    answer = NULL;

    MUST(countersign_spiff_acting_for(client, S("partner"), NULL, 0, NULL, 0, &partner, &err));
    MUST(countersign_spiff_check(partner, &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "{\"integration\":{") != NULL);
    countersign_text_free(text);
    text = NULL;
    countersign_spiff_free(partner);
    countersign_spiff_free(client);

    client = spiff_of("secret_key", "another-secret");
    CHECK(countersign_spiff_run(client, S("place_order"), order, len, &answer, &err) == COUNTERSIGN_KIND_AUTHENTICATION);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED);
    countersign_error_free(err);
    err = NULL;
    countersign_spiff_free(client);

    client = spiff_of("base_url", "http://127.0.0.1:1");
    CHECK(countersign_spiff_run(client, S("place_order"), order, len, &answer, &err) == COUNTERSIGN_KIND_CONNECT);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED && countersign_error_retryable(err));
    CHECK(countersign_error_status(err) == 0 && countersign_error_body(err, NULL) == NULL);
    countersign_error_free(err);
    countersign_spiff_free(client);
}

static void sign_customiser(void) {
    countersign_options *options = NULL;
    countersign_sign_customiser *client = NULL;
    countersign_answer *answer = NULL;
    countersign_text *text = NULL;
    MUST(countersign_options_from_env(S("sign_customiser"), &options, &err));
    MUST(countersign_sign_customiser_new(options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_sign_customiser_check(client, &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "{\"subscriptions\":") != NULL);
    countersign_text_free(text);
    MUST(countersign_sign_customiser_run(client, S("place_order"),
                                         S("{\"integration_id\":1,\"external_id\":\"c-4\",\"external_order_number\":\"4\",\"currency\":\"USD\","
                                           "\"products\":[{\"external_id\":\"p\",\"quantity\":1,\"price\":2999}]}"),
                                         &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), "\"externalId\":\"c-4\"") != NULL);
    countersign_answer_free(answer);
    countersign_sign_customiser_free(client);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 2;
    }
    spiff(argv + 1);
    sign_customiser();
    return finish("client");
}
