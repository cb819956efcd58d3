/* Four threads share one outbox in a file: each enqueues its orders and drains while the others do. Arguments: the store, and transaction
 * ids, some for each thread. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>

#define THREADS 4

static countersign_outbox *outbox;
static char **transactions;
static int per_thread;

typedef struct {
    int number;
    int failed;
} work;

static void must(work *mine, const char *operation, const char *input, const char *due) {
    countersign_text *answer = NULL;
    countersign_error *err = NULL;
    if (countersign_outbox_run(outbox, Z(operation), Z(input), &answer, &err) != 0) {
        fprintf(stderr, "%s\n", countersign_error_json(err, NULL));
        mine->failed++;
    } else if (strstr(countersign_text_data(answer, NULL), due) == NULL) {
        fprintf(stderr, "%s: %s\n", operation, countersign_text_data(answer, NULL));
        mine->failed++;
    }
    countersign_error_free(err);
    countersign_text_free(answer);
}

static void *run(void *argument) {
    work *mine = argument;
    char order[512];
    int i;
    for (i = 0; i < per_thread; i++) {
        int number = mine->number * per_thread + i;
        snprintf(order, sizeof order,
                 "{\"order\":{\"externalId\":\"t-%d\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}}", number,
                 transactions[number]);
        must(mine, "enqueue", order, "\"status\":\"new\"");
        /* Everybody enqueues this one, and one of them is the first. */
        must(mine, "enqueue", "{\"order\":{\"externalId\":\"all\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"nobody\"}]}}",
             "\"status\"");
        must(mine, "drain", "{\"seconds\":20,\"waits\":false}", "\"unknown\":0");
    }
    return NULL;
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    pthread_t threads[THREADS];
    work works[THREADS], last = {0, 0};
    int i;
    transactions = argv + 2;
    per_thread = (argc - 2) / THREADS;
    CHECK(per_thread > 0);
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_outbox_new(Z(argv[1]), S("{\"create\":true,\"anywhere\":true}"), &outbox, &err));
    MUST(countersign_outbox_add_account(outbox, S("shop"), client, &err));
    /* The outbox has its own. */
    countersign_client_free(client);
    must(&last, "install", "", "null");
    for (i = 0; i < THREADS; i++) {
        works[i].number = i;
        works[i].failed = 0;
        CHECK(pthread_create(&threads[i], NULL, run, &works[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(works[i].failed == 0);
    }
    must(&last, "drain", "{\"seconds\":20}", "\"unknown\":0");
    must(&last, "stats", "{}", "\"alerts\":0");
    CHECK(last.failed == 0);
    countersign_outbox_free(outbox);
    return finish("outbox_threads");
}
