/* A client that has a connection open is used by parent and child after fork. Arguments: three transaction ids. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static void place(const countersign_client *client, const char *external_id, const char *transaction) {
    char order[512];
    countersign_answer *answer = NULL;
    int len = snprintf(order, sizeof order,
                       "{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}", external_id,
                       transaction);
    MUST(countersign_client_run(client, S("place_order"), order, (size_t)len, &answer, &err));
    CHECK(strstr(countersign_answer_json(answer, NULL), external_id) != NULL);
    countersign_answer_free(answer);
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    pid_t child;
    int status = -1;
    if (argc != 4) {
        return 2;
    }
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    place(client, "f-before", argv[1]);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        place(client, "f-child", argv[2]);
        countersign_client_free(client);
        return failures == 0 ? 0 : 1;
    }
    place(client, "f-parent", argv[3]);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    countersign_client_free(client);
    return finish("fork");
}
