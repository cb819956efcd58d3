/* A thread is cancelled while an order is under way: the call ends first, its outcome is known, and nothing aborts.
 * Argument: a transaction id. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>
#include <time.h>

static countersign_client *client;
static countersign_answer *answer;
static countersign_error *error;
static char order[512];
static volatile int32_t status = -1;
static volatile int state = -1;

static void *run(void *unused) {
    int before;
    (void)unused;
    status = countersign_client_run(client, S("place_order"), Z(order), &answer, &error);
    /* As it was before the call, so that the thread can be cancelled. */
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
    state = before;
    pthread_testcancel();
    return NULL;
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    pthread_t thread;
    void *end = NULL;
    struct timespec pause = {0, 300000000};
    CHECK(argc == 2);
    snprintf(order, sizeof order, "{\"externalId\":\"cancelled\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}", argv[1]);
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    nanosleep(&pause, NULL);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &end) == 0);
    CHECK(status == 0 && answer != NULL && error == NULL);
    CHECK(state == PTHREAD_CANCEL_ENABLE);
    CHECK(end == PTHREAD_CANCELED);
    countersign_answer_free(answer);
    countersign_error_free(error);
    countersign_client_free(client);
    return finish("cancel");
}
