/* An outbox in a file and fork: a child that is forked while the file is open is refused; after a rest both use it. An outbox over a
 * connection of the host's holds nothing that a fork could share. Argument: the store. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int32_t enqueue(const countersign_outbox *outbox, const char *external_id, countersign_error **err) {
    char order[512];
    countersign_text *answer = NULL;
    int32_t status;
    snprintf(order, sizeof order,
             "{\"order\":{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"t\"}]}}", external_id);
    status = countersign_outbox_run(outbox, S("enqueue"), Z(order), &answer, err);
    CHECK((status == 0) == (answer != NULL));
    countersign_text_free(answer);
    return status;
}

/* Runs a child to its end. One that leaves alone what its parent has open has it lost; nobody is to count that, so it is killed. */
static void in_a_child(void (*work)(const countersign_outbox *), countersign_outbox *outbox, int leaves) {
    int status = -1;
    pid_t child;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        failures = 0;
        work(outbox);
        countersign_outbox_free(outbox);
        if (leaves && failures == 0) {
            kill(getpid(), SIGKILL);
        }
        _exit(failures == 0 ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(leaves ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL : WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void refused(const countersign_outbox *outbox) {
    countersign_error *err = NULL;
    CHECK(enqueue(outbox, "child-refused", &err) == COUNTERSIGN_KIND_STORE);
    CHECK(strstr(countersign_error_message(err, NULL), "forked") != NULL);
    countersign_error_free(err);
}

static void works(const countersign_outbox *outbox) {
    MUST(enqueue(outbox, "child", &err));
}

static void steps(const countersign_outbox *outbox) {
    countersign_outbox_task *task = NULL;
    int32_t step = -7;
    MUST(countersign_outbox_begin(outbox, S("stats"), NULL, 0, &task, &err));
    MUST(countersign_outbox_task_advance(task, &step, &err));
    CHECK(step == COUNTERSIGN_STEP_SQL);
    countersign_outbox_task_free(task);
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    countersign_outbox *file = NULL, *hosts = NULL;
    countersign_text *answer = NULL;
    CHECK(argc == 2);
    MUST(countersign_options_from_env(S("spiff"), &options, &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_outbox_new(S("mysql"), NULL, 0, &hosts, &err));
    in_a_child(steps, hosts, 0);
    MUST(countersign_outbox_new(Z(argv[1]), S("{\"create\":true,\"anywhere\":true}"), &file, &err));
    MUST(countersign_outbox_add_account(file, S("shop"), client, &err));
    countersign_client_free(client);
    MUST(countersign_outbox_run(file, S("install"), NULL, 0, &answer, &err));
    countersign_text_free(answer);
    MUST(enqueue(file, "before", &err));
    in_a_child(refused, file, 1);
    /* The child has taken nothing from its parent. */
    MUST(enqueue(file, "parent", &err));
    MUST(countersign_outbox_rest(file, &err));
    in_a_child(works, file, 0);
    MUST(enqueue(file, "after", &err));
    answer = NULL;
    MUST(countersign_outbox_run(file, S("list"), NULL, 0, &answer, &err));
    CHECK(strstr(countersign_text_data(answer, NULL), "\"child\"") != NULL && strstr(countersign_text_data(answer, NULL), "\"after\"") != NULL);
    CHECK(strstr(countersign_text_data(answer, NULL), "\"child-refused\"") == NULL);
    countersign_text_free(answer);
    countersign_outbox_free(hosts);
    countersign_outbox_free(file);
    return finish("outbox_fork");
}
