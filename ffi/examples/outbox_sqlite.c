/* The outbox in a file of its own: a paid order is enqueued, and drained.
 *
 *   cc outbox_sqlite.c $(pkg-config --cflags --libs countersign) -o outbox_sqlite
 *   ./outbox_sqlite sqlite:/var/lib/shop/outbox.db TRANSACTION_ID EXTERNAL_ID
 *
 * It ends with 0: the order is written down, 1: it is not, 2: it was called wrongly, or the file cannot be used.
 */
#include <countersign.h>
#include <stdio.h>
#include <string.h>

static countersign_error *err = NULL;

/* Runs an operation, and says its answer. */
static int run(const countersign_outbox *outbox, const char *operation, const char *input) {
    countersign_text *answer = NULL;
    int32_t status = countersign_outbox_run(outbox, operation, strlen(operation), input, strlen(input), &answer, &err);
    if (status == 0) {
        printf("%s: %s\n", operation, countersign_text_data(answer, NULL));
    }
    countersign_text_free(answer);
    return status;
}

int main(int argc, char **argv) {
    static const char settings[] = "{\"shop\":\"example\",\"create\":true}";
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_outbox *outbox = NULL;
    char order[1024];
    int code = 2, len;
    if (argc != 4) {
        fprintf(stderr, "usage: %s sqlite:PATH TRANSACTION_ID EXTERNAL_ID\n", argv[0]);
        return 2;
    }
    len = snprintf(order, sizeof order, "{\"order\":{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}}",
                   argv[3], argv[2]);
    if (len > 0 && (size_t)len < sizeof order && countersign_options_from_env(COUNTERSIGN_LIT("spiff"), &options, &err) == 0
        && countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err) == 0
        && countersign_outbox_new(argv[1], strlen(argv[1]), settings, strlen(settings), &outbox, &err) == 0
        && countersign_outbox_add_account(outbox, COUNTERSIGN_LIT("shop"), spiff, &err) == 0 && run(outbox, "install", "{}") == 0) {
        /* When a payment is confirmed, before its webhook is answered: with 2xx if this is 0, else with 5xx. */
        code = run(outbox, "enqueue", order) == 0 ? 0 : 1;
        /* In a worker or from cron. */
        if (code == 0 && run(outbox, "drain", "{\"seconds\":20,\"waits\":false}") != 0) {
            fprintf(stderr, "It waits: ");
        }
    }
    if (err != NULL) {
        fprintf(stderr, "%s %s\n", countersign_error_message(err, NULL), countersign_error_next_step(err, NULL));
    }
    countersign_error_free(err);
    countersign_outbox_free(outbox);
    countersign_client_free(spiff);
    countersign_options_free(options);
    return code;
}
