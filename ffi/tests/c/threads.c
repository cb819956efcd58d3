/* Four threads share one signer, one call and one client. Arguments: transaction ids, some for each thread. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>

#define THREADS 4
#define HEAD "POST\napplication/json\nTue, 31 Dec 2024 23:59:59 GMT\n/graphql"
#define BODY "{\"data\":{\"orderCreate\":{\"id\":\"o-1\",\"internalId\":null,\"externalId\":\"1001\"}}}"

static countersign_signer *signer;
static countersign_client *client;
static countersign_call *call;
static char expected[64];
static size_t expected_len;
static char **transactions;
static int per_thread;

typedef struct {
    int number;
    int failed;
} work;

static void *run(void *argument) {
    work *mine = argument;
    char out[64], order[512];
    int i;
    for (i = 0; i < 200; i++) {
        countersign_answer *answer = NULL;
        countersign_text *text = NULL;
        ptrdiff_t len = countersign_authorization(signer, S(HEAD), S("{}"), out, sizeof out, NULL);
        mine->failed += len != (ptrdiff_t)expected_len || memcmp(out, expected, expected_len) != 0;
        mine->failed += countersign_call_read(call, 200, NULL, 0, S(BODY), &answer, NULL) != 0;
        mine->failed += strstr(countersign_answer_json(answer, NULL), "\"o-1\"") == NULL;
        mine->failed += countersign_call_failed(call, 0, NULL) != COUNTERSIGN_KIND_INTERRUPTED;
        mine->failed += countersign_string_to_sign(signer, S(HEAD), S("{}"), &text, NULL) != 0;
        countersign_text_free(text);
        countersign_answer_free(answer);
    }
    for (i = 0; i < per_thread; i++) {
        countersign_answer *answer = NULL;
        countersign_error *err = NULL;
        int number = mine->number * per_thread + i;
        int len = snprintf(order, sizeof order,
                           "{\"externalId\":\"t-%d\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}",
                           number, transactions[number]);
        if (countersign_client_run(client, S("place_order"), order, (size_t)len, &answer, &err) != 0) {
            fprintf(stderr, "%s\n", countersign_error_json(err, NULL));
            mine->failed++;
        }
        countersign_error_free(err);
        countersign_answer_free(answer);
    }
    return NULL;
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    pthread_t threads[THREADS];
    work works[THREADS];
    int i;
    transactions = argv + 1;
    per_thread = (argc - 1) / THREADS;
    CHECK(per_thread > 0);
    MUST(countersign_signer_new(S("k"), S("s"), S("SOA"), NULL, 0, false, &signer, &err));
    expected_len = (size_t)countersign_authorization(signer, S(HEAD), S("{}"), expected, sizeof expected, NULL);
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_client_prepare(client, S("place_order"),
                                   S("{\"externalId\":\"1001\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"t\"}]}"), 0,
                                   &call, &err));
    for (i = 0; i < THREADS; i++) {
        works[i].number = i;
        works[i].failed = 0;
        CHECK(pthread_create(&threads[i], NULL, run, &works[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(works[i].failed == 0);
    }
    countersign_call_free(call);
    countersign_client_free(client);
    countersign_signer_free(signer);
    return finish("threads");
}
