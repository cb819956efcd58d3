/* Every vector, from the table that the test writes: the answers and errors of C are, byte for byte, those of Rust. */
#include "check.h"

#include "vectors.h"

static const char *current = "";

/* The text of a handle is that of the table; an absent one is NULL. */
static void same(const char *what, const char *got, size_t got_len, bytes due) {
    bool equal = due.data == NULL ? got == NULL && got_len == 0
                                  : got != NULL && got_len == due.len && memcmp(got, due.data, due.len) == 0;
    if (!equal) {
        fprintf(stderr, "%s: %s is\n  %.*s\nand not\n  %.*s\n", current, what, (int)got_len, got == NULL ? "" : got,
                (int)due.len, due.data == NULL ? "(absent)" : (const char *)due.data);
        failures++;
    }
    if (got != NULL && got[got_len] != '\0') {
        fprintf(stderr, "%s: %s does not end in NUL\n", current, what);
        failures++;
    }
}

#define SAME(what, accessor, handle, due)                \
    do {                                                 \
        size_t len_ = 77;                                \
        const char *text_ = accessor(handle, &len_);     \
        same(what, text_, len_, due);                    \
    } while (0)

#define B(field) (const char *)(field).data, (field).len

/* A status is the one due; its error is that of the table. */
static bool judged(int32_t status, int32_t due, countersign_error *err, bytes json) {
    if (status != due) {
        fprintf(stderr, "%s: status %d and not %d: %s\n", current, (int)status, (int)due,
                err == NULL ? "" : countersign_error_json(err, NULL));
        failures++;
    } else if (status != 0) {
        SAME("the error", countersign_error_json, err, json);
        CHECK(countersign_error_kind(err) == due);
        CHECK(strcmp(countersign_error_name(err, NULL), countersign_kind_name(due)) == 0);
    }
    countersign_error_free(err);
    return status == 0 && due == 0;
}

static void sign(const sign_row *row) {
    countersign_signer *signer = NULL;
    countersign_error *err = NULL;
    countersign_headers *headers = NULL;
    countersign_text *text = NULL;
    char out[1024];
    ptrdiff_t written;
    int32_t status = countersign_signer_new(B(row->key_id), B(row->secret), B(row->scheme), B(row->digest), row->exact, &signer, &err);
    if (status != 0) {
        judged(status, row->kind, err, row->error);
        CHECK(signer == NULL);
        return;
    }
    memset(out, '~', sizeof out);
    written = countersign_authorization(signer, B(row->head), B(row->body), out, sizeof out, NULL);
    status = countersign_signer_headers(signer, B(row->method), B(row->path), B(row->content_type), B(row->date), B(row->body), 0, &headers, &err);
    if (judged(status, row->kind, err, row->error)) {
        const countersign_signer *active[1];
        char block[2048];
        size_t by = 77;
        int length;
        active[0] = signer;
        CHECK(written == (ptrdiff_t)row->authorization.len && countersign_authorization_size(signer) == row->authorization.len);
        CHECK(memcmp(out, row->authorization.data, row->authorization.len) == 0 && out[row->authorization.len] == '~');
        SAME("headers", countersign_headers_json, headers, row->headers);
        MUST(countersign_string_to_sign(signer, B(row->head), B(row->body), &text, &err));
        SAME("string to sign", countersign_text_data, text, row->string_to_sign);
        length = snprintf(block, sizeof block, "Authorization: %s\r\nDate: %.*s\r\n%s%.*s", countersign_headers_get(headers, S("Authorization"), NULL),
                          (int)row->date.len, (const char *)row->date.data, row->sent_content_type.data == NULL ? "" : "Content-Type: ",
                          (int)row->sent_content_type.len, row->sent_content_type.data == NULL ? "" : (const char *)row->sent_content_type.data);
        CHECK(length > 0 && (size_t)length < sizeof block);
        if (row->plain) {
            MUST(countersign_verify(active, 1, B(row->method), B(row->path), block, (size_t)length, B(row->body), 0, COUNTERSIGN_ANY_DATE, &by, &err));
            CHECK(by == 0);
        }
    } else {
        CHECK(written == -(ptrdiff_t)row->kind && out[0] == '~' && headers == NULL);
    }
    countersign_text_free(text);
    countersign_headers_free(headers);
    countersign_signer_free(signer);
}

static void explained(const explain_row *row) {
    countersign_signer *signer = NULL;
    countersign_text *text = NULL;
    MUST(countersign_signer_new(B(row->key_id), B(row->secret), B(row->scheme), B(row->digest), row->exact, &signer, &err));
    MUST(countersign_explain(signer, B(row->method), B(row->path), B(row->headers), B(row->body), &text, &err));
    SAME("the explanation", countersign_text_data, text, row->explanation);
    countersign_text_free(text);
    countersign_signer_free(signer);
}

// A delivery that a test signs itself is one that verifies, with the first secret.
static void resigned(const countersign_webhook *webhook, const webhook_row *row) {
    countersign_headers *headers = NULL;
    countersign_event *event = NULL;
    countersign_error *err = NULL;
    char lines[256];
    MUST(countersign_webhook_sign(webhook, B(row->body), row->timestamp, &headers, &err));
    snprintf(lines, sizeof lines, "X-Webhook-Timestamp: %s\nX-Webhook-Signature: %s\n", countersign_headers_get(headers, S("X-Webhook-Timestamp"), NULL),
             countersign_headers_get(headers, S("X-Webhook-Signature"), NULL));
    MUST(countersign_webhook_verify(webhook, lines, strlen(lines), B(row->body), row->timestamp, &event, &err));
    CHECK(countersign_event_secret_index(event) == 0);
    countersign_event_free(event);
    countersign_headers_free(headers);
    CHECK(countersign_webhook_sign(webhook, B(row->body), 1000000000000, &headers, &err) == COUNTERSIGN_KIND_INVALID_ARGUMENT);
    countersign_error_free(err);
}

static void delivered(const webhook_row *row) {
    countersign_webhook *webhook = NULL;
    countersign_event *event = NULL;
    countersign_error *err = NULL;
    countersign_text *text = NULL;
    int32_t status;
    size_t i;
    MUST(countersign_webhook_new(B(row->secrets[0]), false, B(row->content), B(row->encoding), row->tolerance, &webhook, &err));
    for (i = 1; i < row->secrets_count; i++) {
        MUST(countersign_webhook_add_secret(webhook, B(row->secrets[i]), false, &err));
    }
    status = countersign_webhook_verify(webhook, B(row->headers), B(row->body), row->now, &event, &err);
    if (judged(status, row->kind, err, row->error)) {
        SAME("topic", countersign_event_topic, event, row->topic);
        SAME("data", countersign_event_data, event, row->data);
        SAME("dedup key", countersign_event_dedup_key, event, row->dedup_key);
        CHECK(countersign_event_timestamp(event) == row->timestamp && countersign_event_secret_index(event) == row->secret_index);
        err = NULL;
        status = countersign_event_answer(event, S("sku-1"), &text, &err);
        if (judged(status, row->answer_kind, err, row->answer)) {
            SAME("the answer", countersign_text_data, text, row->answer);
        }
        countersign_text_free(text);
        text = NULL;
        resigned(webhook, row);
    }
    MUST(countersign_webhook_explain(webhook, B(row->headers), B(row->body), &text, &err));
    SAME("the explanation", countersign_text_data, text, row->explanation);
    countersign_text_free(text);
    countersign_event_free(event);
    countersign_webhook_free(webhook);
}

/* The call of a row; a status other than 0 is what preparing it said. */
static int32_t prepared(const call_row *row, countersign_call **call, countersign_error **err) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    int32_t status;
    size_t i;
    MUST(countersign_options_new(&options, &err));
    for (i = 0; i < row->options_count; i++) {
        MUST(countersign_options_set(options, B(row->options[i][0]), B(row->options[i][1]), &err));
    }
    MUST(countersign_client_new(Z(row->spiff ? "spiff" : "sign_customiser"), options, &client, &err));
    status = countersign_client_prepare(client, B(row->operation), B(row->input), row->now, call, err);
    countersign_client_free(client);
    countersign_options_free(options);
    return status;
}

static void ordered(const order_row *row) {
    countersign_call *call = NULL;
    countersign_error *err = NULL;
    int32_t status = prepared(&row->call, &call, &err);
    if (judged(status, row->kind, err, row->error)) {
        SAME("method", countersign_call_method, call, row->method);
        SAME("URL", countersign_call_url, call, row->url);
        SAME("headers", countersign_headers_json, countersign_call_headers(call), row->headers);
        SAME("body", countersign_call_body, call, row->body);
        CHECK(countersign_call_signed_at(call) == row->call.now);
    }
    countersign_call_free(call);
}

static void replied(const reply_row *row) {
    countersign_call *call = NULL;
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    int32_t status;
    MUST(prepared(&row->call, &call, &err));
    status = countersign_call_read(call, row->status, B(row->headers), B(row->body), &answer, &err);
    if (status != 0) {
        SAME("body", countersign_error_body, err, row->error_body);
        CHECK(countersign_error_outcome(err) == row->outcome && countersign_error_status(err) == row->status);
        CHECK(countersign_error_retryable(err) == row->retryable && countersign_error_retry_after(err) == row->retry_after);
        CHECK(countersign_error_sent_at(err) == row->sent_at && countersign_error_settle_after(err) == row->settle_after);
        SAME("request id", countersign_error_request_id, err, row->request_id);
        SAME("problems", countersign_error_problems, err, row->problems);
    }
    if (judged(status, row->kind, err, row->error)) {
        SAME("the answer", countersign_answer_json, answer, row->answer);
        CHECK(strcmp(countersign_answer_attempts(answer, NULL), "[]") == 0);
    }
    countersign_answer_free(answer);
    countersign_call_free(call);
}

/* What is said of a call that something struck; false for an event that this interface does not know. */
static bool strike(const countersign_client *client, const events_row *row, countersign_error **err) {
    countersign_call *call = NULL;
    countersign_answer *answer = NULL;
    bool reader = strcmp(row->event, "reply_without_body") == 0;
    if (strcmp(row->event, "panic") == 0) {
        const char *name = strcmp(row->effect, "order") == 0    ? "__panic"
                           : strcmp(row->effect, "change") == 0 ? "__panic_change"
                                                                : "__panic_read";
        CHECK(countersign_client_run(client, Z(name), NULL, 0, &answer, err) == row->kind);
    } else if (reader) {
        countersign_error *own = NULL;
        MUST(countersign_client_prepare(client, B(row->operation), B(row->input), COUNTERSIGN_NOW, &call, &err));
        CHECK(countersign_call_unreadable(call, S("there is no body."), &own) == row->kind);
        countersign_error_free(own);
        CHECK(countersign_call_read(call, 200, NULL, 0, NULL, 5, &answer, err) == row->kind);
    } else if (strcmp(row->event, "interrupted_after_success") == 0) {
        countersign_error *own = NULL;
        MUST(countersign_client_prepare(client, B(row->operation), B(row->input), COUNTERSIGN_NOW, &call, &err));
        CHECK(countersign_call_lost(call, &own) == row->kind);
        CHECK(strcmp(countersign_error_next_step(own, NULL), row->next_step) == 0);
        countersign_error_free(own);
        CHECK(countersign_client_lost(client, B(row->operation), B(row->input), COUNTERSIGN_NOW, NULL, err) == row->kind);
    } else if (strcmp(row->event, "bad_input") == 0) {
        CHECK(countersign_client_run(client, B(row->operation), B(row->input), &answer, err) == row->kind);
    } else if (strcmp(row->event, "unserialisable") == 0) {
        CHECK(countersign_client_unusable(client, B(row->operation), B(row->problems), err) == row->kind);
    } else {
        return false;
    }
    CHECK(answer == NULL);
    if (reader && *err != NULL && row->settle_delay >= 0) {
        CHECK(countersign_error_sent_at(*err) == countersign_call_signed_at(call));
    }
    countersign_call_free(call);
    return true;
}

static void struck(const events_row *row) {
    countersign_options *options = NULL;
    countersign_client *client = NULL;
    countersign_error *err = NULL;
    const char *problems;
    int64_t sent_at;
    size_t i, found = 0;
    MUST(countersign_options_new(&options, &err));
    MUST(countersign_options_set(options, S("application_key"), S("k"), &err));
    MUST(countersign_options_set(options, S("base_url"), S("http://127.0.0.1:9"), &err));
    MUST(countersign_client_new(S("spiff"), options, &client, &err));
    if (strike(client, row, &err)) {
        CHECK(err != NULL && countersign_error_kind(err) == row->kind);
        CHECK(countersign_error_outcome(err) == row->outcome && countersign_error_retryable(err) == row->retryable);
        CHECK(strcmp(countersign_error_next_step(err, NULL), row->next_step) == 0);
        sent_at = countersign_error_sent_at(err);
        CHECK((sent_at > 1700000000) == (row->settle_delay >= 0));
        CHECK(countersign_error_settle_after(err) == (row->settle_delay >= 0 ? sent_at + row->settle_delay : -1));
        problems = countersign_error_problems(err, NULL);
        for (i = 0; i < row->paths_count; i++) {
            char path[128];
            snprintf(path, sizeof path, "{\"path\":\"%s\"", row->paths[i]);
            CHECK(strstr(problems, path) != NULL);
        }
        while ((problems = strstr(problems, "{\"path\":")) != NULL) {
            problems++;
            found++;
        }
        CHECK(found == row->paths_count);
        if (failures > 0) {
            fprintf(stderr, "%s: %s\n", row->id, countersign_error_json(err, NULL));
        }
        printf("event %s\n", row->id);
    }
    countersign_error_free(err);
    countersign_client_free(client);
    countersign_options_free(options);
}

/* A mock of a shop's own, as the manual shows it. */
static int32_t mocked(bytes facts, countersign_error **err) {
    return countersign_fail(B(facts), err);
}

static void failed(const facts_row *row) {
    countersign_error *err = NULL;
    CHECK(mocked(row->facts, &err) == row->kind);
    SAME("the error", countersign_error_json, err, row->error);
    countersign_error_free(err);
    CHECK(mocked(row->facts, NULL) == row->kind);
}

#define ALL(rows, judge)                                        \
    do {                                                        \
        size_t i_;                                              \
        for (i_ = 0; i_ < sizeof rows / sizeof *rows; i_++) {   \
            current = rows[i_].id;                              \
            judge(&rows[i_]);                                   \
        }                                                       \
        printf("%s %d\n", #rows, (int)(sizeof rows / sizeof *rows)); \
    } while (0)

int main(void) {
    ALL(sign_rows, sign);
    ALL(explain_rows, explained);
    ALL(webhook_rows, delivered);
    ALL(order_rows, ordered);
    ALL(reply_rows, replied);
    ALL(events_rows, struck);
    ALL(facts_rows, failed);
    return finish("vectors");
}
