/* The outbox in the shop's own MariaDB or MySQL: a paid order is enqueued in the transaction that writes its payment, and drained.
 *
 *   cc outbox_mariadb.c $(pkg-config --cflags --libs countersign libmariadb) -o outbox_mariadb
 *   MYSQL_PWD=… ./outbox_mariadb HOST PORT USER DATABASE TRANSACTION_ID EXTERNAL_ID
 *
 * Credentials of the platform come from the environment (COUNTERSIGN_SPIFF_ACCESS_KEY, …). It ends with 0: payment and order are written
 * down, 1: neither is, 2: it was called wrongly, or the store cannot be used.
 */
#define _POSIX_C_SOURCE 200809L
#include <countersign.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The statement of a step with its parameters in place of the question marks; NULL without memory. No literal of the SQL holds one. */
static char *written(const countersign_outbox_task *task, MYSQL *db, size_t *written_len) {
    size_t i, len, room, sql_len, count = countersign_outbox_task_param_count(task);
    const char *from = countersign_outbox_task_sql(task, &sql_len), *param;
    char *sql, *to;
    for (room = sql_len + 1, i = 0; i < count; i++) {
        room += countersign_outbox_task_param(task, i, &len) == NULL ? 4 : 2 * len + 3;
    }
    to = sql = malloc(room);
    for (i = 0; sql != NULL && *from != '\0'; from++) {
        if (*from != '?') {
            *to++ = *from;
            continue;
        }
        param = countersign_outbox_task_param(task, i, &len);
        if (param == NULL) {
            to += sprintf(to, "NULL");
        } else if (countersign_outbox_task_param_number(task, i, NULL)) {
            to += sprintf(to, "%s", param);
        } else {
            *to++ = '\'';
            to += mysql_real_escape_string(db, to, param, (unsigned long)len);
            *to++ = '\'';
        }
        i++;
    }
    *written_len = sql == NULL ? 0 : (size_t)(to - sql);
    return sql;
}

/* Executes the statement of a step, and tells the outbox what the database answered. */
static int32_t execute(countersign_outbox_task *task, MYSQL *db, countersign_error **err) {
    size_t len, i, columns, *lengths = NULL;
    char *sql = written(task, db, &len);
    MYSQL_RES *result = NULL;
    MYSQL_ROW row;
    int64_t count = 0;
    int32_t status = 0;
    int failed, rows = countersign_outbox_task_wants_rows(task);
    bool lost = false;

    failed = sql == NULL || mysql_real_query(db, sql, (unsigned long)len) != 0 || (rows && (result = mysql_store_result(db)) == NULL);
    if (!failed) {
        count = (int64_t)mysql_affected_rows(db); /* of a SELECT: its rows */
        columns = result == NULL ? 0 : mysql_num_fields(result);
        failed = result != NULL && (lengths = calloc(columns, sizeof *lengths)) == NULL;
        while (!failed && result != NULL && status == 0 && (row = mysql_fetch_row(result)) != NULL) {
            const unsigned long *known = mysql_fetch_lengths(result);
            for (i = 0; i < columns; i++) {
                lengths[i] = known[i];
            }
            status = countersign_outbox_task_row(task, (const char *const *)row, lengths, columns, err);
        }
    }
    if (!failed && status == 0 && countersign_outbox_task_wants_commit(task)) {
        failed = lost = mysql_commit(db) != 0; /* whether it stands, nobody knows: the outbox looks */
    }
    if (failed && sql != NULL && mysql_errno(db) != 0) {
        const char *state = mysql_sqlstate(db), *message = mysql_error(db);
        status = countersign_outbox_task_failed(task, mysql_errno(db), state, strlen(state), message, strlen(message), lost, err);
    } else if (failed) {
        /* Without memory. Whether the statement was executed is not said: the outbox looks. */
        status = countersign_outbox_task_failed(task, 0, NULL, 0, COUNTERSIGN_LIT("there is no memory left"), true, err);
    } else if (status == 0) {
        status = countersign_outbox_task_executed(task, count, err);
    }
    mysql_free_result(result);
    free(lengths);
    free(sql);
    return status;
}

/* Runs an operation of the outbox over a connection. The task that is answered has ended: read its answer, and free it. NULL: *err. */
static countersign_outbox_task *run(const countersign_outbox *outbox, MYSQL *db, const char *operation, const char *input, countersign_error **err) {
    countersign_outbox_task *task = NULL;
    struct timespec wait;
    int32_t step = 0, status = countersign_outbox_begin(outbox, operation, strlen(operation), input, strlen(input), &task, err);
    while (status == 0 && step != COUNTERSIGN_STEP_DONE) {
        status = countersign_outbox_task_advance(task, &step, err);
        if (status == 0 && step == COUNTERSIGN_STEP_SQL) {
            status = execute(task, db, err);
        } else if (status == 0 && step == COUNTERSIGN_STEP_CALL) {
            status = countersign_outbox_task_perform(task, err);
        } else if (status == 0 && step == COUNTERSIGN_STEP_WAIT) {
            wait.tv_sec = (time_t)(countersign_outbox_task_wait_ms(task) / 1000);
            wait.tv_nsec = (long)(countersign_outbox_task_wait_ms(task) % 1000) * 1000000;
            nanosleep(&wait, NULL);
        }
    }
    if (status != 0) {
        countersign_outbox_task_free(task);
        return NULL;
    }
    return task;
}

/* Says what an operation answered; 0, or the number of the error that it ended with. */
static int32_t report(const char *operation, countersign_outbox_task *task, countersign_error *err) {
    int32_t kind = task == NULL ? countersign_error_kind(err) : 0;
    if (task == NULL) {
        fprintf(stderr, "%s: %s %s\n", operation, countersign_error_message(err, NULL), countersign_error_next_step(err, NULL));
    } else {
        printf("%s: %s\n", operation, countersign_outbox_task_answer(task, NULL));
    }
    countersign_outbox_task_free(task);
    countersign_error_free(err);
    return kind;
}

static int32_t operate(const countersign_outbox *outbox, MYSQL *db, const char *operation, const char *input) {
    countersign_error *err = NULL;
    countersign_outbox_task *task = run(outbox, db, operation, input, &err);
    return report(operation, task, err);
}

/* A statement of the shop's own. */
static int query(MYSQL *db, const char *sql) {
    if (mysql_query(db, sql) != 0) {
        fprintf(stderr, "%s: %s\n", sql, mysql_error(db));
        return -1;
    }
    return 0;
}

/* The payment and its order in one transaction: both are there, or neither is. */
static int paid(const countersign_outbox *outbox, MYSQL *db, const char *payment, const char *order) {
    int attempt;
    for (attempt = 0; attempt < 3; attempt++) {
        int32_t kind;
        if (query(db, "START TRANSACTION") != 0) {
            return -1;
        }
        if (query(db, payment) == 0) {
            kind = operate(outbox, db, "enqueue", order);
            if (kind == 0 && query(db, "COMMIT") == 0) {
                return 0;
            }
        } else {
            kind = -1;
        }
        if (query(db, "ROLLBACK") != 0 || kind != COUNTERSIGN_KIND_STORE_BUSY) {
            return -1;
        }
        /* Somebody holds a lock, or the database chose this transaction to end a deadlock: the whole of it again. */
    }
    return -1;
}

static MYSQL *connected(char **argv) {
    unsigned int seconds = 30;
    MYSQL *db = mysql_init(NULL);
    if (db == NULL) {
        return NULL;
    }
    /* A server that stands still must not keep this program for ever. */
    mysql_options(db, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(db, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_options(db, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(db, argv[1], argv[3], getenv("MYSQL_PWD"), argv[4], (unsigned int)strtoul(argv[2], NULL, 10), NULL, 0) == NULL) {
        fprintf(stderr, "%s: %s\n", argv[1], mysql_error(db));
        mysql_close(db);
        return NULL;
    }
    return db;
}

int main(int argc, char **argv) {
    static const char settings[] = "{\"shop\":\"example\"}";
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_outbox *outbox = NULL;
    countersign_error *err = NULL;
    MYSQL *db = NULL;
    char order[1024], which[512], payment[512], quoted[257];
    int code = 2;

    if (argc != 7 || strlen(argv[6]) > 128) {
        fprintf(stderr, "usage: %s HOST PORT USER DATABASE TRANSACTION_ID EXTERNAL_ID\n", argv[0]);
        return 2;
    }
    snprintf(order, sizeof order, "{\"order\":{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%.64s\"}]}}",
             argv[6], argv[5]);
    snprintf(which, sizeof which, "{\"external_id\":\"%s\"}", argv[6]);

    /* Once at the start of a program: the client and the outbox are shared by its threads, each with a connection of its own. */
    if (countersign_options_from_env(COUNTERSIGN_LIT("spiff"), &options, &err) != 0
        || countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err) != 0
        || countersign_outbox_new(COUNTERSIGN_LIT("mysql"), settings, strlen(settings), &outbox, &err) != 0
        || countersign_outbox_add_account(outbox, COUNTERSIGN_LIT("shop"), spiff, &err) != 0) {
        fprintf(stderr, "%s %s\n", countersign_error_message(err, NULL), countersign_error_next_step(err, NULL));
        countersign_error_free(err);
    } else if ((db = connected(argv)) != NULL
               /* When the shop is installed. */
               && operate(outbox, db, "install", "{}") == 0
               && query(db, "CREATE TABLE IF NOT EXISTS payments (id VARCHAR(128) PRIMARY KEY, paid_at TIMESTAMP) ENGINE=InnoDB") == 0) {
        /* When a payment is confirmed. Answer its webhook with 2xx if this is 0, else with 5xx, so that it comes again. */
        mysql_real_escape_string(db, quoted, argv[6], (unsigned long)strlen(argv[6]));
        snprintf(payment, sizeof payment, "INSERT INTO payments VALUES ('%s', NOW()) ON DUPLICATE KEY UPDATE id = id", quoted);
        code = paid(outbox, db, payment, order) == 0 ? 0 : 1;
        /* In a worker or from cron, as often as you like, and never inside a transaction. */
        if (code == 0) {
            operate(outbox, db, "drain", "{\"seconds\":20,\"waits\":false}");
            operate(outbox, db, "get", which);
        }
    }
    if (db != NULL) {
        mysql_close(db);
    }
    mysql_library_end();
    countersign_outbox_free(outbox);
    countersign_client_free(spiff);
    countersign_options_free(options);
    return code;
}
