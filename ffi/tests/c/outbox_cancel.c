/* A thread is cancelled while a drain has an order under way: the drain ends first and its answer is written, and nothing aborts.
 * Arguments: the store, a transaction id. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>
#include <time.h>

static countersign_outbox *outbox;
static countersign_text *answer;
static countersign_error *error;
static volatile int32_t status = -1;
static volatile int state = -1;

static void *run(void *unused) {
    int before;
    (void)unused;
    status = countersign_outbox_run(outbox, S("drain"), S("{\"seconds\":20,\"waits\":false}"), &answer, &error);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
    state = before;
    pthread_testcancel();
    return NULL;
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    pthread_t thread;
    void *end = NULL;
    char order[512];
    struct timespec pause = {0, 300000000};
    CHECK(argc == 3);
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_outbox_new(Z(argv[1]), S("{\"create\":true,\"anywhere\":true}"), &outbox, &err));
    MUST(countersign_outbox_add_account(outbox, S("shop"), client, &err));
    countersign_client_free(client);
    snprintf(order, sizeof order,
             "{\"order\":{\"externalId\":\"cancelled\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}}", argv[2]);
    MUST(countersign_outbox_run(outbox, S("install"), NULL, 0, &answer, &err));
    countersign_text_free(answer);
    MUST(countersign_outbox_run(outbox, S("enqueue"), Z(order), &answer, &err));
    countersign_text_free(answer);
    answer = NULL;
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    nanosleep(&pause, NULL);
    CHECK(status == -1);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &end) == 0);
    CHECK(status == 0 && answer != NULL && error == NULL);
    CHECK(strstr(countersign_text_data(answer, NULL), "\"placed\":1") != NULL);
    CHECK(state == PTHREAD_CANCEL_ENABLE);
    CHECK(end == PTHREAD_CANCELED);
    countersign_text_free(answer);
    countersign_error_free(error);
    countersign_outbox_free(outbox);
    return finish("outbox_cancel");
}
