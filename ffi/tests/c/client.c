/* Orders against the sandbox, placed, refused and in doubt; reads; checks; settling. Arguments: three transaction ids.
 * The test has set a fault: the first order is accepted and then answered with 500. */
#include "check.h"

static size_t order_of(char *out, size_t cap, const char *external_id, const char *transaction) {
    return (size_t)snprintf(out, cap, "{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}",
                            external_id, transaction);
}

static countersign_client *spiff_of(const char *key, const char *value) {
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_options_set(options, S("settle_delay"), S("0"), &err));
    MUST(countersign_options_set(options, S("settle_gap"), S("0"), &err));
    MUST(countersign_options_set(options, Z(key), Z(value), &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err));
    countersign_options_free(options);
    return spiff;
}

/* Settles, and finds this in the answer. */
static void settled(const countersign_client *client, const char *order, int64_t sent_at, int64_t first_absent_at, const char *due) {
    countersign_answer *answer = NULL;
    char input[1024], first[32] = "null";
    if (first_absent_at >= 0) {
        snprintf(first, sizeof first, "%lld", (long long)first_absent_at);
    }
    snprintf(input, sizeof input, "{\"order\":%s,\"sent_at\":%lld,\"first_absent_at\":%s}", order, (long long)sent_at, first);
    MUST(countersign_client_run(client, S("settle"), Z(input), &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), due) != NULL);
    CHECK(strstr(countersign_answer_attempts(answer, NULL), "\"number\":1") != NULL);
    countersign_answer_free(answer);
}

static void spiff(char **transactions) {
    countersign_client *client = spiff_of("app_info", "c-tests/1"), *partner = NULL;
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    char order[512], input[512];
    int64_t sent_at;
    size_t len;

    /* Accepted, then 500: in doubt, and settled as placed. */
    len = order_of(order, sizeof order, "c-2", transactions[1]);
    CHECK(countersign_client_run(client, S("place_order"), order, len, &answer, &err) == COUNTERSIGN_KIND_SERVER_ERROR);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN && !countersign_error_retryable(err));
    CHECK(countersign_error_status(err) == 500 && countersign_error_sent_at(err) > 0);
    CHECK(strstr(countersign_error_attempts(err, NULL), "\"status\":500") != NULL && answer == NULL);
    CHECK(countersign_error_body(err, NULL) != NULL);
    sent_at = countersign_error_sent_at(err);
    settled(client, order, sent_at, -1, "\"verdict\":\"placed\"");
    countersign_error_free(err);
    err = NULL;

    len = order_of(order, sizeof order, "c-1", transactions[0]);
    MUST(countersign_client_run(client, S("place_order"), order, len, &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), "\"externalId\":\"c-1\"") != NULL);
    CHECK(strstr(countersign_answer_attempts(answer, NULL), "\"status\":200") != NULL);
    countersign_answer_free(answer);
    answer = NULL;

    /* What was never sent is absent, at the second look. */
    len = order_of(order, sizeof order, "c-3", transactions[2]);
    settled(client, order, 1735689600, 1735690000, "\"verdict\":\"absent\"");

    snprintf(input, sizeof input, "{\"ids\":[\"%s\",\"nobody\"]}", transactions[0]);
    MUST(countersign_client_run(client, S("transactions"), Z(input), &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), transactions[0]) != NULL);
    CHECK(strstr(countersign_answer_json(answer, NULL), ",null]") != NULL);
    countersign_answer_free(answer);
    answer = NULL;

    MUST(countersign_client_acting_for(client, S("partner"), NULL, 0, NULL, 0, &partner, &err));
    MUST(countersign_client_run(partner, S("check"), NULL, 0, &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), "{\"integration\":{") != NULL);
    countersign_answer_free(answer);
    answer = NULL;
    countersign_client_free(partner);
    partner = NULL;
    MUST(countersign_client_with_timeout(client, 0.5, &partner, &err));
    countersign_client_free(partner);
    countersign_client_free(client);

    client = spiff_of("secret_key", "another-secret");
    CHECK(countersign_client_run(client, S("place_order"), order, len, &answer, &err) == COUNTERSIGN_KIND_AUTHENTICATION);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED);
    countersign_error_free(err);
    err = NULL;
    countersign_client_free(client);

    client = spiff_of("base_url", "http://127.0.0.1:1");
    CHECK(countersign_client_run(client, S("place_order"), order, len, &answer, &err) == COUNTERSIGN_KIND_CONNECT);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED && countersign_error_retryable(err));
    CHECK(countersign_error_status(err) == 0 && countersign_error_body(err, NULL) == NULL);
    countersign_error_free(err);
    countersign_client_free(client);
}

static void sign_customiser(void) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    countersign_answer *answer = NULL;
    MUST(countersign_options_from_env(S("sign_customiser"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("sign_customiser"), options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_client_run(client, S("check"), NULL, 0, &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), "{\"subscriptions\":") != NULL);
    countersign_answer_free(answer);
    answer = NULL;
    MUST(countersign_client_run(client, S("place_order"),
                                         S("{\"integration_id\":1,\"external_id\":\"c-4\",\"external_order_number\":\"4\",\"currency\":\"USD\","
                                           "\"products\":[{\"external_id\":\"p\",\"quantity\":1,\"price\":2999}]}"),
                                         &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), "\"externalId\":\"c-4\"") != NULL);
    countersign_answer_free(answer);
    countersign_client_free(client);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 2;
    }
    spiff(argv + 1);
    sign_customiser();
    return finish("client");
}
