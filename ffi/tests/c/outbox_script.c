/* Does what lines on standard input say, with an outbox, and answers each on a line: what the conformance script drives. The steps over
 * MariaDB are run by the function of the example.
 *
 *   outbox_script mysql|sqlite|sqlite:PATH SETTINGS PATH [ACCOUNT=PLATFORM]...
 *
 *   do OPERATION INPUT     answer JSON, or error JSON
 *   sql STATEMENT          answer, or failed WORDS: a statement of the host's own
 */
#define main example_main
#include "../../examples/outbox_mariadb.c"
#undef main
#include "check.h"

#include <sqlite3.h>

static countersign_outbox *outbox;
static MYSQL *mariadb;
static sqlite3 *file;

/* Executes the statement of a step in a file of the host's, and tells the answer. */
static int32_t execute_sqlite(countersign_outbox_task *task, countersign_error **err) {
    sqlite3_stmt *statement = NULL;
    size_t len, i, lengths[64];
    const char *sql = countersign_outbox_task_sql(task, &len), *values[64];
    int result = sqlite3_prepare_v2(file, sql, (int)len, &statement, NULL), rows = countersign_outbox_task_wants_rows(task);
    int32_t status = 0;
    int64_t count = 0;
    for (i = 0; result == SQLITE_OK && i < countersign_outbox_task_param_count(task); i++) {
        int64_t number;
        const char *text = countersign_outbox_task_param(task, i, &len);
        if (countersign_outbox_task_param_number(task, i, &number)) {
            result = sqlite3_bind_int64(statement, (int)i + 1, number);
        } else if (text != NULL) {
            result = sqlite3_bind_text(statement, (int)i + 1, text, (int)len, SQLITE_TRANSIENT);
        } else {
            result = sqlite3_bind_null(statement, (int)i + 1);
        }
    }
    while (status == 0 && (result == SQLITE_OK || result == SQLITE_ROW) && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        size_t columns = (size_t)sqlite3_column_count(statement);
        if (columns > 64) {
            exit(2);
        }
        for (i = 0; i < columns; i++) {
            values[i] = (const char *)sqlite3_column_text(statement, (int)i);
            lengths[i] = (size_t)sqlite3_column_bytes(statement, (int)i);
        }
        if (rows) {
            status = countersign_outbox_task_row(task, values, lengths, columns, err);
            count++;
        }
    }
    if (status == 0 && result != SQLITE_DONE) {
        const char *words = sqlite3_errmsg(file);
        status = countersign_outbox_task_failed(task, sqlite3_extended_errcode(file), NULL, 0, words, strlen(words), false, err);
    } else if (status == 0) {
        status = countersign_outbox_task_executed(task, rows ? count : sqlite3_changes(file), err);
    }
    sqlite3_finalize(statement);
    return status;
}

static countersign_outbox_task *run_sqlite(const char *operation, const char *input, countersign_error **err) {
    countersign_outbox_task *task = NULL;
    struct timespec wait;
    int32_t step = 0, status = countersign_outbox_begin(outbox, Z(operation), Z(input), &task, err);
    while (status == 0 && step != COUNTERSIGN_STEP_DONE) {
        status = countersign_outbox_task_advance(task, &step, err);
        if (status == 0 && step == COUNTERSIGN_STEP_SQL) {
            status = execute_sqlite(task, err);
        } else if (status == 0 && step == COUNTERSIGN_STEP_CALL) {
            int32_t same = -7;
            CHECK(countersign_outbox_task_advance(task, &same, NULL) == COUNTERSIGN_KIND_INVALID_ARGUMENT && same == -7);
            status = countersign_outbox_task_perform(task, err);
            /* It is made once, and what is no answer to it changes nothing. */
            CHECK(countersign_outbox_task_perform(task, NULL) == COUNTERSIGN_KIND_INVALID_ARGUMENT);
            CHECK(countersign_outbox_task_executed(task, 0, NULL) == COUNTERSIGN_KIND_INVALID_ARGUMENT);
            CHECK(countersign_outbox_task_failed(task, 0, NULL, 0, NULL, 0, true, NULL) == COUNTERSIGN_KIND_INVALID_ARGUMENT);
        } else if (status == 0 && step == COUNTERSIGN_STEP_WAIT) {
            int64_t ms = countersign_outbox_task_wait_ms(task);
            wait.tv_sec = (time_t)(ms / 1000);
            wait.tv_nsec = (long)(ms % 1000) * 1000000;
            nanosleep(&wait, NULL);
        }
    }
    if (status != 0) {
        countersign_outbox_task_free(task);
        task = NULL;
    }
    return task;
}

static void perform(const char *operation, const char *input) {
    countersign_error *err = NULL;
    countersign_outbox_task *task = NULL;
    countersign_text *text = NULL;
    const char *answer = NULL;
    if (mariadb != NULL || file != NULL) {
        task = mariadb != NULL ? run(outbox, mariadb, operation, input, &err) : run_sqlite(operation, input, &err);
        answer = countersign_outbox_task_answer(task, NULL);
    } else if (countersign_outbox_run(outbox, Z(operation), Z(input), &text, &err) == 0) {
        answer = countersign_text_data(text, NULL);
    }
    if (answer != NULL) {
        printf("answer %s\n", answer);
    } else {
        printf("error %s\n", countersign_error_json(err, NULL));
    }
    countersign_error_free(err);
    countersign_text_free(text);
    countersign_outbox_task_free(task);
}

static void statement(const char *sql) {
    if (mariadb != NULL ? mysql_query(mariadb, sql) : sqlite3_exec(file, sql, NULL, NULL, NULL)) {
        printf("failed %s\n", mariadb != NULL ? mysql_error(mariadb) : sqlite3_errmsg(file));
    } else {
        printf("answer\n");
    }
}

static char connection[4][128];

int main(int argc, char **argv) {
    char *line = NULL, *place[5] = {NULL, connection[0], connection[1], connection[2], connection[3]};
    size_t room = 0;
    ssize_t len;
    int i;
    if (argc < 4) {
        return 2;
    }
    MUST(countersign_outbox_new(Z(argv[1]), Z(argv[2]), &outbox, &err));
    for (i = 4; i < argc; i++) {
        countersign_options *options = NULL;
        countersign_client *client = NULL;
        const char *platform = strchr(argv[i], '=') + 1;
        MUST(countersign_options_from_env(Z(platform), &options, &err));
        MUST(countersign_client_new(Z(platform), options, &client, &err));
        MUST(countersign_outbox_add_account(outbox, argv[i], (size_t)(platform - 1 - argv[i]), client, &err));
        countersign_client_free(client);
        countersign_options_free(options);
    }
    if (strcmp(argv[1], "mysql") == 0) {
        snprintf(connection[0], sizeof connection[0], "%s", given("DB_HOST"));
        snprintf(connection[1], sizeof connection[1], "%s", given("DB_PORT"));
        snprintf(connection[2], sizeof connection[2], "%s", given("DB_USER"));
        snprintf(connection[3], sizeof connection[3], "%s", given("DB_NAME"));
        mariadb = connected(place);
        if (mariadb == NULL) {
            return 2;
        }
    } else if (strcmp(argv[1], "sqlite") == 0 && sqlite3_open(argv[3], &file) != SQLITE_OK) {
        return 2;
    }
    while ((len = getline(&line, &room, stdin)) > 0) {
        char *end;
        line[len - 1] = '\0';
        if (strncmp(line, S("do ")) == 0 && (end = strchr(line + 3, ' ')) != NULL) {
            *end = '\0';
            perform(line + 3, end + 1);
        } else if (strncmp(line, S("sql ")) == 0) {
            statement(line + 4);
        } else {
            printf("failed: no such line\n");
        }
        fflush(stdout);
    }
    free(line);
    if (mariadb != NULL) {
        mysql_close(mariadb);
    }
    mysql_library_end();
    sqlite3_close(file);
    countersign_outbox_free(outbox);
    return failures == 0 ? 0 : 1;
}
