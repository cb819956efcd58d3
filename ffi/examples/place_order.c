/* Places one order for one design, once the shopper has paid, and handles all three ends: placed, not placed, unknown.
 * Credentials come from the environment (COUNTERSIGN_SPIFF_ACCESS_KEY and so on).
 *
 *   ./place_order TRANSACTION_ID EXTERNAL_ID
 *
 * It ends with 0: placed, 1: not placed, 3: unknown.
 */
#include <countersign.h>
#include <stdio.h>
#include <string.h>

/* The outcome is unknown: the order may have been placed. Sending it again could make two; reading back cannot. */
static int settle(const countersign_client *spiff, const char *order, int64_t sent_at) {
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    char doubt[2048];
    int len = snprintf(doubt, sizeof doubt, "{\"order\":%s,\"sent_at\":%lld}", order, (long long)sent_at), code = 3;
    if (len < 0 || (size_t)len >= sizeof doubt) {
        return code;
    }
    if (countersign_client_run(spiff, COUNTERSIGN_LIT("settle"), doubt, (size_t)len, &answer, &err) != 0) {
        printf("not settled: %s\n", countersign_error_message(err, NULL));
    } else if (strstr(countersign_answer_json(answer, NULL), "\"verdict\":\"placed\"") != NULL) {
        printf("settled: it was placed\n");
        code = 0;
    } else {
        /* Keep order and sent_at, and settle again at "again_at", as the answer says. */
        printf("still unknown: %s\n", countersign_answer_json(answer, NULL));
    }
    countersign_error_free(err);
    countersign_answer_free(answer);
    return code;
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    char order[1024];
    int len, code = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: %s TRANSACTION_ID EXTERNAL_ID\n", argv[0]);
        return 2;
    }
    /* Use a JSON library where the ids are not your own. */
    len = snprintf(order, sizeof order, "{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}",
                   argv[2], argv[1]);
    if (len < 0 || (size_t)len >= sizeof order) {
        return 2;
    }

    /* Make the client once and share it. */
    if (countersign_options_from_env(COUNTERSIGN_LIT("spiff"), &options, &err) != 0
        || countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err) != 0) {
        fprintf(stderr, "%s\n", countersign_error_message(err, NULL));
        code = 2;
    } else if (countersign_client_run(spiff, COUNTERSIGN_LIT("place_order"), order, (size_t)len, &answer, &err) == 0) {
        printf("placed: %s\n", countersign_answer_json(answer, NULL));
        code = 0;
    } else if (countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN) {
        printf("unknown: %s\n", countersign_error_message(err, NULL));
        code = settle(spiff, order, countersign_error_sent_at(err));
    } else {
        printf("not placed%s: %s\n%s\n", countersign_error_retryable(err) ? ", may be tried again" : "", countersign_error_message(err, NULL),
               countersign_error_next_step(err, NULL));
    }
    countersign_error_free(err);
    countersign_answer_free(answer);
    countersign_client_free(spiff);
    countersign_options_free(options);
    return code;
}
