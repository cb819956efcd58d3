/* Tests the shop without a platform: countersign_client_run is this file's own, and fails as it is told. */
#include "checkout.h"
#include <stdio.h>
#include <string.h>

static const char *facts;
static int settled;

int32_t countersign_client_run(const countersign_client *client, const char *operation, size_t operation_len, const char *input, size_t input_len,
                               countersign_answer **answer, countersign_error **err) {
    (void)client, (void)input, (void)input_len, (void)answer;
    if (operation_len == strlen("settle") && memcmp(operation, "settle", operation_len) == 0) {
        settled++;
    }
    return countersign_fail(facts, strlen(facts), err);
}

static int wrong;

static void expect(const char *these, enum checkout_end due, int settles, const char *words) {
    char message[1024];
    facts = these;
    settled = 0;
    if (checkout(NULL, "1001", "design", message, sizeof message) != due || settled != settles || strstr(message, words) == NULL) {
        printf("FAILED %s: %s\n", these, message);
        wrong = 1;
    }
}

int main(void) {
    expect("{\"kind\":\"timeout\"}", CHECKOUT_UNKNOWN, 1, "settle it");
    expect("{\"kind\":\"timeout\",\"outcome\":\"not_placed\"}", CHECKOUT_TRY_AGAIN, 0, "Nothing was sent");
    expect("{\"kind\":\"authentication\",\"status\":401,\"message\":\"No such key.\"}", CHECKOUT_REFUSED, 0, "No such key.");
    expect("{\"kind\":\"throttled\",\"status\":429,\"retry_after\":7}", CHECKOUT_TRY_AGAIN, 0, "retry_after");
    /* What no client would say is no error of a test either. */
    expect("{\"kind\":\"refused\",\"retryable\":true}", CHECKOUT_REFUSED, 0, "With the other facts it is: false.");
    printf("%s\n", wrong ? "mocked: failed" : "mocked: ok");
    return wrong;
}
