/* Places an order for a design, and settles what is in doubt. */
#include "checkout.h"
#include <stdio.h>
#include <string.h>

static enum checkout_end settle(const countersign_client *spiff, const char *order, int64_t sent_at) {
    countersign_answer *answer = NULL;
    char doubt[2048];
    int len = snprintf(doubt, sizeof doubt, "{\"order\":%s,\"sent_at\":%lld}", order, (long long)sent_at);
    enum checkout_end end = CHECKOUT_UNKNOWN;
    if (len > 0 && (size_t)len < sizeof doubt && countersign_client_run(spiff, COUNTERSIGN_LIT("settle"), doubt, (size_t)len, &answer, NULL) == 0
        && strstr(countersign_answer_json(answer, NULL), "\"verdict\":\"placed\"") != NULL) {
        end = CHECKOUT_PLACED;
    }
    countersign_answer_free(answer);
    return end;
}

enum checkout_end checkout(const countersign_client *spiff, const char *external_id, const char *transaction_id, char *message, size_t size) {
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    enum checkout_end end = CHECKOUT_PLACED;
    char order[1024];
    int len = snprintf(order, sizeof order, "{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}",
                       external_id, transaction_id);
    if (len < 0 || (size_t)len >= sizeof order) {
        snprintf(message, size, "the ids are too long");
        return CHECKOUT_REFUSED;
    }
    snprintf(message, size, "placed");
    if (countersign_client_run(spiff, COUNTERSIGN_LIT("place_order"), order, (size_t)len, &answer, &err) != 0) {
        snprintf(message, size, "%s %s", countersign_error_message(err, NULL), countersign_error_next_step(err, NULL));
        if (countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN) {
            end = settle(spiff, order, countersign_error_sent_at(err));
        } else {
            end = countersign_error_retryable(err) ? CHECKOUT_TRY_AGAIN : CHECKOUT_REFUSED;
        }
    }
    countersign_error_free(err);
    countersign_answer_free(answer);
    return end;
}
