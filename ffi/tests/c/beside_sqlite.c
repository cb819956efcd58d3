/* A program with the system's SQLite beside the library, which has one of its own: each uses its own, however they are linked.
 * Arguments: the store of the outbox, and a file of the program's own. */
#include "check.h"

#include <sqlite3.h>

static void run(const countersign_outbox *outbox, const char *operation, const char *input, const char *due) {
    countersign_text *answer = NULL;
    MUST(countersign_outbox_run(outbox, Z(operation), Z(input), &answer, &err));
    CHECK(strstr(countersign_text_data(answer, NULL), due) != NULL);
    countersign_text_free(answer);
}

#define ORDER(id) "{\"order\":{\"externalId\":\"" id "\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"t\"}]}}"

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    countersign_outbox *outbox = NULL;
    sqlite3 *own = NULL;
    CHECK(argc == 3);

    /* What the program calls is what its header describes. */
    CHECK(strcmp(sqlite3_libversion(), SQLITE_VERSION) == 0 && sqlite3_libversion_number() == SQLITE_VERSION_NUMBER);
    CHECK(strcmp(sqlite3_sourceid(), SQLITE_SOURCE_ID) == 0);
    CHECK(sqlite3_open(argv[2], &own) == SQLITE_OK);
    CHECK(sqlite3_exec(own, "CREATE TABLE orders (id TEXT); INSERT INTO orders VALUES ('1001')", NULL, NULL, NULL) == SQLITE_OK);

    MUST(countersign_options_new(&options, &err));
    MUST(countersign_options_set(options, S("access_key"), S("k"), &err));
    MUST(countersign_options_set(options, S("secret_key"), S("s"), &err));
    MUST(countersign_options_set(options, S("region"), S("us"), &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &client, &err));
    countersign_options_free(options);
    MUST(countersign_outbox_new(Z(argv[1]), S("{\"create\":true,\"anywhere\":true}"), &outbox, &err));
    MUST(countersign_outbox_add_account(outbox, S("shop"), client, &err));
    countersign_client_free(client);
    run(outbox, "install", "", "null");
    run(outbox, "enqueue", ORDER("1001"), "\"status\":\"new\"");
    CHECK(sqlite3_exec(own, "INSERT INTO orders VALUES ('1002')", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(own) == SQLITE_OK);

    /* The program's SQLite can open no file any more; the outbox can, because it has another one. */
    while (sqlite3_vfs_find(NULL) != NULL) {
        CHECK(sqlite3_vfs_unregister(sqlite3_vfs_find(NULL)) == SQLITE_OK);
    }
    CHECK(sqlite3_open(argv[2], &own) != SQLITE_OK);
    sqlite3_close(own);
    MUST(countersign_outbox_rest(outbox, &err));
    run(outbox, "enqueue", ORDER("1002"), "\"status\":\"new\"");
    run(outbox, "list", "{}", "\"1002\"");
    countersign_outbox_free(outbox);
    return finish("beside_sqlite");
}
