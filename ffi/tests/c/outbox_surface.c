/* The steps of an outbox without a database: every NULL, every bad length, every wrong order, and answers that contradict themselves. */
#include "check.h"
#include <stdint.h>

#define ORDER "{\"order\":{\"externalId\":\"1001\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"t\"}]}}"
#define GET "{\"external_id\":\"1001\"}"
#define PAUSE "{\"account\":\"shop\",\"why\":\"stocktaking\"}"

#define BAD_TEXTS                                                                                  \
    TRY(NULL, 1);                                                                                  \
    TRY(NULL, SIZE_MAX);                                                                           \
    TRY("x", SIZE_MAX);                                                                            \
    TRY("x", (size_t)PTRDIFF_MAX + 1)

static countersign_outbox *outbox;

static countersign_client *spiff_of(void) {
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    MUST(countersign_options_new(&options, &err));
    MUST(countersign_options_set(options, S("access_key"), S("k"), &err));
    MUST(countersign_options_set(options, S("secret_key"), S("s"), &err));
    MUST(countersign_options_set(options, S("region"), S("us"), &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err));
    countersign_options_free(options);
    return spiff;
}

static void outboxes(void) {
    countersign_client *spiff = spiff_of();
    countersign_outbox *out = NULL;
    countersign_text *text = NULL;
    countersign_outbox_task *task = NULL;
#define TRY(p, n) FAILS(1, countersign_outbox_new(p, n, NULL, 0, &out, &err))
    BAD_TEXTS;
    TRY(NULL, 0);
    TRY("sqlite:", 7);
    TRY("oracle", 6);
    TRY("\xff", 1);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_outbox_new(S("mysql"), p, n, &out, &err))
    BAD_TEXTS;
    TRY("{\"shopp\":\"x\"}", 13);
#undef TRY
    FAILS(1, countersign_outbox_new(S("mysql"), NULL, 0, NULL, &err));
    FAILS(COUNTERSIGN_KIND_STORE, countersign_outbox_new(S("sqlite:/nowhere/at/all.db"), NULL, 0, &out, &err));
    CHECK(out == NULL);

    MUST(countersign_outbox_new(S("mysql"), S("{\"shop\":\"c\",\"prefix\":\"p_\"}"), &outbox, &err));
#define TRY(p, n) FAILS(1, countersign_outbox_add_account(outbox, p, n, spiff, &err))
    BAD_TEXTS;
    TRY("", 0);
    TRY("Shop", 4);
#undef TRY
    FAILS(1, countersign_outbox_add_account(NULL, S("shop"), spiff, &err));
    FAILS(1, countersign_outbox_add_account(outbox, S("shop"), NULL, &err));
    MUST(countersign_outbox_add_account(outbox, S("shop"), spiff, &err));
    countersign_client_free(spiff);

    FAILS(1, countersign_outbox_operations(NULL, &err));
    MUST(countersign_outbox_operations(&text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"name\":\"enqueue\"") != NULL);
    countersign_text_free(text);
    text = NULL;

    /* It has no file. */
    FAILS(1, countersign_outbox_run(outbox, S("stats"), NULL, 0, &text, &err));
    FAILS(1, countersign_outbox_run(NULL, S("stats"), NULL, 0, &text, &err));
    FAILS(1, countersign_outbox_rest(NULL, &err));
    MUST(countersign_outbox_rest(outbox, &err));
    CHECK(text == NULL);

#define TRY(p, n) FAILS(1, countersign_outbox_begin(outbox, p, n, NULL, 0, &task, &err))
    BAD_TEXTS;
    TRY(NULL, 0);
    TRY("enqeue", 6);
    TRY("\xff", 1);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_outbox_begin(outbox, S("get"), p, n, &task, &err))
    BAD_TEXTS;
    TRY(NULL, 0);
    TRY("{", 1);
    TRY("{\"external_id\":1,\"more\":2}", 26);
#undef TRY
    FAILS(1, countersign_outbox_begin(NULL, S("stats"), NULL, 0, &task, &err));
    FAILS(1, countersign_outbox_begin(outbox, S("stats"), NULL, 0, NULL, &err));
    FAILS(COUNTERSIGN_KIND_INTERNAL, countersign_outbox_begin(outbox, S("__panic"), NULL, 0, &task, &err));
    CHECK(task == NULL);
}

/* A task at its first step. */
static countersign_outbox_task *at_first(const char *operation, const char *input, int32_t due) {
    countersign_outbox_task *task = NULL;
    int32_t step = -7;
    MUST(countersign_outbox_begin(outbox, Z(operation), Z(input), &task, &err));
    MUST(countersign_outbox_task_advance(task, &step, &err));
    CHECK(step == due);
    return task;
}

static int32_t next(countersign_outbox_task *task) {
    int32_t step = -7;
    MUST(countersign_outbox_task_advance(task, &step, &err));
    return step;
}

/* At a statement that answers rows; no transaction of the host's is around it. */
static countersign_outbox_task *rows_due(void) {
    countersign_outbox_task *task = at_first("drain", "{}", COUNTERSIGN_STEP_SQL);
    CHECK(!countersign_outbox_task_wants_rows(task));
    MUST(countersign_outbox_task_executed(task, 0, &err));
    CHECK(next(task) == COUNTERSIGN_STEP_SQL && countersign_outbox_task_wants_rows(task));
    return task;
}

static countersign_outbox_task *count_due(void) {
    countersign_outbox_task *task = at_first("pause", PAUSE, COUNTERSIGN_STEP_SQL);
    MUST(countersign_outbox_task_executed(task, 0, &err));
    CHECK(next(task) == COUNTERSIGN_STEP_SQL && !countersign_outbox_task_wants_rows(task));
    CHECK(strncmp(countersign_outbox_task_sql(task, NULL), S("INSERT INTO p_countersign_outbox_account ")) == 0);
    return task;
}

static int refused(int32_t status) {
    return status == COUNTERSIGN_KIND_INVALID_ARGUMENT;
}

/* What was told counts as an answer that was lost: a question is asked again, after a wait in which a worker should not stop. */
static void asks_again(countersign_outbox_task *task) {
    char sql[4096];
    snprintf(sql, sizeof sql, "%s", countersign_outbox_task_sql(task, NULL));
    CHECK(next(task) == COUNTERSIGN_STEP_WAIT);
    CHECK(countersign_outbox_task_wait_ms(task) > 0 && !countersign_outbox_task_may_stop(task));
    CHECK(countersign_outbox_task_sql(task, NULL) == NULL && countersign_outbox_task_param_count(task) == 0);
    CHECK(refused(countersign_outbox_task_executed(task, 0, NULL)) && refused(countersign_outbox_task_perform(task, NULL)));
    CHECK(next(task) == COUNTERSIGN_STEP_SQL && strcmp(countersign_outbox_task_sql(task, NULL), sql) == 0);
    countersign_outbox_task_free(task);
}

/* The same of a statement that may have changed something: it is not said to have done nothing, and what became of it is read. */
static void looks(countersign_outbox_task *task) {
    CHECK(next(task) == COUNTERSIGN_STEP_SQL && countersign_outbox_task_wants_rows(task));
    CHECK(strncmp(countersign_outbox_task_sql(task, NULL), S("SELECT account")) == 0);
    countersign_outbox_task_free(task);
}

static void nothing_of_null(void) {
    const char *values[1] = {"x"};
    size_t lengths[1] = {1}, len = 77;
    countersign_text *text = NULL;
    int32_t step = -7;
    int64_t number = -7;
    FAILS(1, countersign_outbox_task_advance(NULL, &step, &err));
    FAILS(1, countersign_outbox_task_next(NULL, NULL, 0, &text, &err));
    FAILS(1, countersign_outbox_task_perform(NULL, &err));
    FAILS(1, countersign_outbox_task_row(NULL, values, lengths, 1, &err));
    FAILS(1, countersign_outbox_task_executed(NULL, 1, &err));
    FAILS(1, countersign_outbox_task_failed(NULL, 1, NULL, 0, NULL, 0, true, &err));
    CHECK(countersign_outbox_task_sql(NULL, &len) == NULL && len == 0);
    len = 77;
    CHECK(countersign_outbox_task_param(NULL, 0, &len) == NULL && len == 0);
    len = 77;
    CHECK(countersign_outbox_task_answer(NULL, &len) == NULL && len == 0);
    CHECK(countersign_outbox_task_param_count(NULL) == 0 && !countersign_outbox_task_param_number(NULL, 0, &number));
    CHECK(!countersign_outbox_task_wants_rows(NULL) && !countersign_outbox_task_wants_commit(NULL));
    CHECK(countersign_outbox_task_wait_ms(NULL) == COUNTERSIGN_ABSENT && !countersign_outbox_task_may_stop(NULL));
    CHECK(step == -7 && number == -7 && text == NULL);
    countersign_outbox_task_free(NULL);
    countersign_outbox_free(NULL);
}

static void before_the_first_step(void) {
    countersign_outbox_task *task = NULL;
    const char *values[1] = {"x"};
    size_t lengths[1] = {1};
    MUST(countersign_outbox_begin(outbox, S("get"), S(GET), &task, &err));
    CHECK(countersign_outbox_task_sql(task, NULL) == NULL && countersign_outbox_task_answer(task, NULL) == NULL);
    FAILS(1, countersign_outbox_task_advance(task, NULL, &err));
    CHECK(countersign_outbox_task_advance(task, NULL, NULL) == 1);
    FAILS(1, countersign_outbox_task_row(task, values, lengths, 1, &err));
    FAILS(1, countersign_outbox_task_executed(task, 0, &err));
    FAILS(1, countersign_outbox_task_failed(task, 1, NULL, 0, NULL, 0, false, &err));
    FAILS(1, countersign_outbox_task_perform(task, &err));
    /* None of that was a step. */
    CHECK(next(task) == COUNTERSIGN_STEP_SQL);
    countersign_outbox_task_free(task);
}

static void what_a_statement_shows(void) {
    countersign_outbox_task *task = at_first("get", GET, COUNTERSIGN_STEP_SQL);
    const char *sql;
    size_t len = 0;
    int64_t number = -7;
    int32_t step = -7;
    CHECK(countersign_outbox_task_wants_rows(task));
    CHECK(!countersign_outbox_task_wants_commit(task) && !countersign_outbox_task_may_stop(task));
    CHECK(countersign_outbox_task_wait_ms(task) == COUNTERSIGN_ABSENT && countersign_outbox_task_answer(task, NULL) == NULL);
    CHECK(countersign_outbox_task_param_count(task) == 1);
    CHECK(strcmp(countersign_outbox_task_param(task, 0, &len), "1001") == 0 && len == 4);
    CHECK(!countersign_outbox_task_param_number(task, 0, &number));
    CHECK(countersign_outbox_task_param(task, 1, &len) == NULL && len == 0);
    CHECK(countersign_outbox_task_param(task, SIZE_MAX, NULL) == NULL && !countersign_outbox_task_param_number(task, SIZE_MAX, &number));
    CHECK(number == -7);
    /* It stands as long as it has no answer, and so does what it lent. */
    sql = countersign_outbox_task_sql(task, &len);
    CHECK(sql != NULL && strlen(sql) == len && strstr(sql, "p_countersign_outbox") != NULL);
    FAILS(1, countersign_outbox_task_advance(task, &step, &err));
    FAILS(1, countersign_outbox_task_advance(task, NULL, &err));
    FAILS(1, countersign_outbox_task_perform(task, &err));
    CHECK(step == -7 && countersign_outbox_task_sql(task, NULL) == sql);
    do {
        MUST(countersign_outbox_task_executed(task, 0, &err));
    } while (next(task) == COUNTERSIGN_STEP_SQL);
    CHECK(countersign_outbox_task_answer(task, &len) != NULL && len == 4);
    CHECK(strcmp(countersign_outbox_task_answer(task, NULL), "null") == 0);
    CHECK(countersign_outbox_task_sql(task, NULL) == NULL);
    FAILS(1, countersign_outbox_task_advance(task, &step, &err));
    FAILS(1, countersign_outbox_task_executed(task, 0, &err));
    FAILS(1, countersign_outbox_task_failed(task, 0, NULL, 0, NULL, 0, true, &err));
    FAILS(1, countersign_outbox_task_perform(task, &err));
    CHECK(strcmp(countersign_outbox_task_answer(task, NULL), "null") == 0);
    countersign_outbox_task_free(task);

    task = count_due();
    CHECK(countersign_outbox_task_param_count(task) == 3);
    CHECK(strcmp(countersign_outbox_task_param(task, 0, NULL), "shop") == 0 && !countersign_outbox_task_param_number(task, 0, NULL));
    CHECK(strcmp(countersign_outbox_task_param(task, 1, NULL), "1") == 0);
    CHECK(countersign_outbox_task_param_number(task, 1, NULL) && countersign_outbox_task_param_number(task, 1, &number) && number == 1);
    countersign_outbox_task_free(task);
}

static void rows_that_are_none(void) {
    const char *values[2] = {"1", NULL};
    size_t lengths[2] = {1, SIZE_MAX};
    countersign_outbox_task *task;
#define BAD_ROW(v, l, n)                                                                           \
    task = rows_due();                                                                             \
    FAILS(1, countersign_outbox_task_row(task, v, l, n, &err));                                    \
    asks_again(task)
    BAD_ROW(NULL, lengths, 1);
    BAD_ROW(values, NULL, 1);
    BAD_ROW(values, lengths, 0);
    BAD_ROW(values, lengths, SIZE_MAX);
    BAD_ROW(values, lengths, SIZE_MAX / sizeof *values + 1);
    BAD_ROW(values, lengths, (size_t)PTRDIFF_MAX / sizeof *values + 1);
    lengths[0] = SIZE_MAX;
    BAD_ROW(values, lengths, 1);
    lengths[0] = (size_t)PTRDIFF_MAX + 1;
    BAD_ROW(values, lengths, 1);
    values[0] = "\xe9";
    lengths[0] = 1;
    BAD_ROW(values, lengths, 1);
#undef BAD_ROW

    /* A row that has too few columns is one of another version: the operation ends, and says so. A NULL has no length. */
    values[0] = "1";
    task = at_first("get", GET, COUNTERSIGN_STEP_SQL);
    MUST(countersign_outbox_task_row(task, values, lengths, 2, &err));
    MUST(countersign_outbox_task_executed(task, 1, &err));
    {
        int32_t step = -7;
        FAILS(COUNTERSIGN_KIND_STORE, countersign_outbox_task_advance(task, &step, &err));
        FAILS(1, countersign_outbox_task_advance(task, &step, &err));
        CHECK(step == -7 && countersign_outbox_task_answer(task, NULL) == NULL);
    }
    countersign_outbox_task_free(task);
}

static void answers_that_contradict(void) {
    const char *values[1] = {"1"};
    size_t lengths[1] = {1};
    countersign_outbox_task *task = rows_due();

    /* A row got lost, or one was told too much. */
    FAILS(1, countersign_outbox_task_executed(task, 1, &err));
    asks_again(task);
    task = rows_due();
    MUST(countersign_outbox_task_row(task, values, lengths, 1, &err));
    FAILS(1, countersign_outbox_task_executed(task, 0, &err));
    asks_again(task);
    task = rows_due();
    FAILS(1, countersign_outbox_task_executed(task, -1, &err));
    asks_again(task);
    task = rows_due();
    FAILS(1, countersign_outbox_task_executed(task, INT64_MAX, &err));
    asks_again(task);
    task = rows_due();
    FAILS(1, countersign_outbox_task_executed(task, INT64_MIN, &err));
    asks_again(task);
    /* A second answer. */
    task = rows_due();
    MUST(countersign_outbox_task_executed(task, 0, &err));
    FAILS(1, countersign_outbox_task_executed(task, 0, &err));
    asks_again(task);
    task = rows_due();
    MUST(countersign_outbox_task_executed(task, 0, &err));
    FAILS(1, countersign_outbox_task_row(task, values, lengths, 1, &err));
    asks_again(task);

    /* Of a statement that changes something, rows, an error of the driver, and an error behind a success. */
    task = count_due();
    FAILS(1, countersign_outbox_task_row(task, values, lengths, 1, &err));
    looks(task);
    task = count_due();
    FAILS(1, countersign_outbox_task_executed(task, -1, &err));
    looks(task);
    task = count_due();
    MUST(countersign_outbox_task_executed(task, 0, &err));
    FAILS(1, countersign_outbox_task_failed(task, 1290, S("HY000"), S("read-only"), false, &err));
    looks(task);
    task = count_due();
    MUST(countersign_outbox_task_failed(task, 1290, S("HY000"), S("read-only"), false, &err));
    FAILS(1, countersign_outbox_task_executed(task, 1, &err));
    FAILS(1, countersign_outbox_task_executed(task, 1, &err));
    looks(task);
}

static void failures_are_told(void) {
    countersign_outbox_task *task;
    countersign_error *err = NULL;
    int32_t step = -7;
#define TRY(p, n)                                                                                  \
    task = count_due();                                                                            \
    FAILS(1, countersign_outbox_task_failed(task, 1290, p, n, S("x"), false, &err));               \
    looks(task);                                                                                   \
    task = rows_due();                                                                             \
    FAILS(1, countersign_outbox_task_failed(task, 1290, S("HY000"), p, n, false, &err));           \
    asks_again(task)
    BAD_TEXTS;
#undef TRY
    /* A lock passes; a connection that broke is asked again; both also where they are said in words alone. */
    task = rows_due();
    MUST(countersign_outbox_task_failed(task, 1205, S("HY000"), S("Lock wait timeout"), false, &err));
    asks_again(task);
    task = rows_due();
    MUST(countersign_outbox_task_failed(task, 0, NULL, 0, S("Lost connection to server during query"), false, &err));
    asks_again(task);
    task = rows_due();
    MUST(countersign_outbox_task_failed(task, 1290, NULL, 0, NULL, 0, true, &err));
    asks_again(task);
    task = count_due();
    MUST(countersign_outbox_task_failed(task, 2013, NULL, 0, NULL, 0, false, &err));
    looks(task);
    /* Inside a transaction of the host's a connection that broke has taken more with it than the outbox knows. */
    task = at_first("get", GET, COUNTERSIGN_STEP_SQL);
    MUST(countersign_outbox_task_failed(task, 2013, NULL, 0, S("Lost connection"), false, &err));
    CHECK(countersign_outbox_task_advance(task, &step, &err) == COUNTERSIGN_KIND_STORE && step == -7);
    countersign_error_free(err);
    err = NULL;
    countersign_outbox_task_free(task);
    /* What the database refuses ends the operation, with its words, in whatever charset they are. */
    task = count_due();
    MUST(countersign_outbox_task_failed(task, 1290, S("HY000"), S("caf\xe9 read-only"), false, &err));
    CHECK(countersign_outbox_task_advance(task, &step, &err) == COUNTERSIGN_KIND_STORE && step == -7);
    CHECK(strstr(countersign_error_message(err, NULL), "read-only") != NULL);
    countersign_error_free(err);
    countersign_outbox_task_free(task);
}

static void the_same_steps_as_json(void) {
    countersign_outbox_task *task = NULL;
    countersign_text *text = NULL;
    MUST(countersign_outbox_begin(outbox, S("get"), S(GET), &task, &err));
    FAILS(1, countersign_outbox_task_next(task, NULL, 0, NULL, &err));
#define TRY(p, n) FAILS(1, countersign_outbox_task_next(task, p, n, &text, &err))
    BAD_TEXTS;
#undef TRY
    MUST(countersign_outbox_task_next(task, NULL, 0, &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"step\":\"sql\"") != NULL);
    CHECK(countersign_outbox_task_sql(task, NULL) == NULL);
    countersign_text_free(text);
    /* Told in one way and asked in the other. */
    for (;;) {
        MUST(countersign_outbox_task_executed(task, 0, &err));
        MUST(countersign_outbox_task_next(task, NULL, 0, &text, &err));
        if (strstr(countersign_text_data(text, NULL), "\"step\":\"sql\"") == NULL) {
            break;
        }
        countersign_text_free(text);
    }
    CHECK(strcmp(countersign_text_data(text, NULL), "{\"step\":\"done\",\"answer\":null}") == 0);
    countersign_text_free(text);
    FAILS(1, countersign_outbox_task_next(task, NULL, 0, &text, &err));
    countersign_outbox_task_free(task);

    /* Told in both ways, and told in none that can be read: lost. */
    task = rows_due();
    MUST(countersign_outbox_task_executed(task, 0, &err));
    MUST(countersign_outbox_task_next(task, S("{\"rows\":[]}"), &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"step\":\"wait\"") != NULL);
    countersign_text_free(text);
    CHECK(next(task) == COUNTERSIGN_STEP_SQL);
    MUST(countersign_outbox_task_next(task, S("nonsense"), &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"step\":\"wait\"") != NULL);
    countersign_text_free(text);
    countersign_outbox_task_free(task);
}

/* An order that breaks rules is refused before any statement; a task outlives its outbox. */
static void what_else(void) {
    countersign_outbox_task *task = NULL;
    countersign_error *err = NULL;
    int32_t step = -7;
    MUST(countersign_outbox_begin(outbox, S("enqueue"), S("{\"order\":{\"externalId\":\"1001\",\"paid\":\"yes\"}}"), &task, &err));
    CHECK(countersign_outbox_task_advance(task, &step, &err) == COUNTERSIGN_KIND_INVALID_ORDER && step == -7);
    CHECK(strstr(countersign_error_problems(err, NULL), "orderItems") != NULL);
    countersign_error_free(err);
    countersign_outbox_task_free(task);

    MUST(countersign_outbox_begin(outbox, S("schema"), NULL, 0, &task, &err));
    countersign_outbox_free(outbox);
    CHECK(next(task) == COUNTERSIGN_STEP_DONE);
    CHECK(strncmp(countersign_outbox_task_answer(task, NULL), S("[\"CREATE TABLE ")) == 0);
    countersign_outbox_task_free(task);
}

int main(void) {
    outboxes();
    nothing_of_null();
    before_the_first_step();
    what_a_statement_shows();
    rows_that_are_none();
    answers_that_contradict();
    failures_are_told();
    the_same_steps_as_json();
    what_else();
    return finish("outbox_surface");
}
