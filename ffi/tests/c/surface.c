/* Versions, names, every NULL and every bad length, panics: what must hold without any network. */
#include "check.h"
#include <stdint.h>

static void versions(void) {
    int major = -1, minor = -1, patch = -1;
    CHECK(countersign_abi_version() == COUNTERSIGN_ABI_VERSION);
    CHECK(strcmp(countersign_version(), COUNTERSIGN_VERSION) == 0);
    CHECK(sscanf(countersign_version(), "%d.%d.%d", &major, &minor, &patch) == 3);
    CHECK(major == COUNTERSIGN_VERSION_MAJOR && minor == COUNTERSIGN_VERSION_MINOR && patch == COUNTERSIGN_VERSION_PATCH);
    CHECK((major * 1000 + minor) * 1000 + patch == COUNTERSIGN_VERSION_NUMBER);
}

static void names(void) {
    CHECK(strcmp(countersign_kind_name(COUNTERSIGN_KIND_OK), "ok") == 0);
    CHECK(strcmp(countersign_kind_name(COUNTERSIGN_KIND_INVALID_ORDER), "invalid_order") == 0);
    CHECK(strcmp(countersign_kind_name(COUNTERSIGN_KIND_INTERNAL), "internal") == 0);
    CHECK(countersign_kind_name(19) == NULL && countersign_kind_name(-1) == NULL && countersign_kind_name(INT32_MIN) == NULL);
}

static countersign_signer *signer_of(void) {
    countersign_signer *signer = NULL;
    MUST(countersign_signer_new(S("access-key"), S("secret-key"), S("SOA"), NULL, 0, false, &signer, &err));
    return signer;
}

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

static countersign_client *signs_of(void) {
    countersign_options *options = NULL;
    countersign_client *signs = NULL;
    MUST(countersign_options_new(&options, &err));
    MUST(countersign_options_set(options, S("api_token"), S("t"), &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("sign_customiser"), options, &signs, &err));
    countersign_options_free(options);
    return signs;
}

#define ORDER \
    "{\"externalId\":\"1001\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"t\"}]}"

/* Each text of a call in three bad forms; TRY(pointer, length) is the call with that text. */
#define BAD_TEXTS                                                                                  \
    TRY(NULL, 1);                                                                                  \
    TRY(NULL, SIZE_MAX);                                                                           \
    TRY("x", SIZE_MAX);                                                                            \
    TRY("x", (size_t)PTRDIFF_MAX + 1)

static void bad_signer_arguments(void) {
    countersign_signer *signer = signer_of(), *out = NULL;
    countersign_headers *headers = NULL;
    countersign_text *text = NULL;
    const countersign_signer *list[2];
    char room[64];
    size_t by = 77;
    list[0] = signer;
    list[1] = NULL;

#define TRY(p, n) FAILS(1, countersign_signer_new(p, n, S("s"), S("SOA"), NULL, 0, false, &out, &err))
    BAD_TEXTS;
    TRY("\xff", 1);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_new(S("k"), p, n, S("SOA"), NULL, 0, false, &out, &err))
    BAD_TEXTS;
    TRY(NULL, 0);
    TRY(" s", 2);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_new(S("k"), S("s"), p, n, NULL, 0, false, &out, &err))
    BAD_TEXTS;
    TRY(NULL, 0);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_new(S("k"), S("s"), S("SOA"), p, n, false, &out, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
    FAILS(1, countersign_signer_new(S("k"), S("s"), S("VWS"), S("sha512"), false, &out, &err));
    FAILS(1, countersign_signer_new(S("k"), S("s"), S("SOA"), NULL, 0, false, NULL, &err));
    CHECK(countersign_signer_new(S("k"), S("s"), S("SOA"), NULL, 0, false, NULL, NULL) == 1);
    CHECK(out == NULL);

#define HEAD "POST\napplication/json\nMon, 01 Jan 2024 00:00:00 GMT\n/p"
#define TRY(p, n) FAILS(1, -(int)countersign_authorization(signer, p, n, S("{}"), room, sizeof room, &err))
    BAD_TEXTS;
    TRY("", 0);
    TRY("a\nb\nc", 5);
    TRY("a\nb\nc\nd\ne", 9);
    TRY("a\nb\nc\n\xff", 7);
    TRY("a\nb\nc\r\nd", 8);
#undef TRY
#define TRY(p, n) CHECK(countersign_authorization(signer, S(HEAD), p, n, room, sizeof room, NULL) == -1)
    BAD_TEXTS;
#undef TRY
    memset(room, '~', sizeof room);
    CHECK(countersign_authorization(NULL, S(HEAD), S("{}"), room, sizeof room, NULL) == -1);
    CHECK(countersign_authorization(signer, S(HEAD), S("{}"), NULL, sizeof room, NULL) == -1);
    CHECK(countersign_authorization(signer, S(HEAD), S("{}"), room, 0, NULL) == -1);
    CHECK(countersign_authorization_size(NULL) == 0);
    CHECK(countersign_authorization(signer, S(HEAD), S("{}"), room, countersign_authorization_size(signer) - 1, NULL) == -1);
    CHECK(room[0] == '~' && room[sizeof room - 1] == '~');
    CHECK(countersign_authorization(signer, S(HEAD), NULL, 0, room, sizeof room, NULL) ==
          (ptrdiff_t)countersign_authorization_size(signer));
    CHECK(room[countersign_authorization_size(signer)] == '~');
    CHECK(countersign_authorization(signer, S(HEAD), S("{}"), room, SIZE_MAX, NULL) > 0);

#define TRY(p, n) FAILS(1, countersign_signer_headers(signer, p, n, S("/p"), NULL, 0, NULL, 0, NULL, 0, 0, &headers, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_headers(signer, S("GET"), p, n, NULL, 0, NULL, 0, NULL, 0, 0, &headers, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_headers(signer, S("GET"), S("/"), p, n, NULL, 0, NULL, 0, 0, &headers, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_headers(signer, S("GET"), S("/"), NULL, 0, p, n, NULL, 0, 0, &headers, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_signer_headers(signer, S("GET"), S("/"), NULL, 0, NULL, 0, p, n, 0, &headers, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_signer_headers(NULL, S("GET"), S("/"), NULL, 0, NULL, 0, NULL, 0, 0, &headers, &err));
    FAILS(1, countersign_signer_headers(signer, S("GET"), S("/"), NULL, 0, NULL, 0, NULL, 0, 0, NULL, &err));
    CHECK(headers == NULL);

#define TRY(p, n) FAILS(1, countersign_string_to_sign(signer, p, n, S("{}"), &text, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_string_to_sign(signer, S(HEAD), p, n, &text, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_string_to_sign(NULL, S(HEAD), S("{}"), &text, &err));
    FAILS(1, countersign_string_to_sign(signer, S(HEAD), S("{}"), NULL, &err));

#define TRY(p, n) FAILS(1, countersign_verify(list, 1, p, n, S("/"), S("A: b"), S("{}"), 0, -1, &by, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_verify(list, 1, S("GET"), p, n, S("A: b"), S("{}"), 0, -1, &by, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_verify(list, 1, S("GET"), S("/"), p, n, S("{}"), 0, -1, &by, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_verify(list, 1, S("GET"), S("/"), S("A: b"), p, n, 0, -1, &by, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_verify(NULL, 1, S("GET"), S("/"), S("A: b"), S("{}"), 0, -1, &by, &err));
    FAILS(1, countersign_verify(list, 0, S("GET"), S("/"), S("A: b"), S("{}"), 0, -1, &by, &err));
    FAILS(1, countersign_verify(list, 2, S("GET"), S("/"), S("A: b"), S("{}"), 0, -1, &by, &err));
    FAILS(1, countersign_verify(list, SIZE_MAX, S("GET"), S("/"), S("A: b"), S("{}"), 0, -1, &by, &err));
    FAILS(1, countersign_verify(list, 1, S("GET"), S("/"), S("A: b"), S("{}"), 0, -3, &by, &err));
    FAILS(COUNTERSIGN_KIND_MALFORMED, countersign_verify(list, 1, S("GET"), S("/"), S("A: b"), S("{}"), 0, -1, &by, &err));
    CHECK(by == 77);

#define TRY(p, n) FAILS(1, countersign_explain(signer, p, n, S("/"), S("A: b"), S("{}"), &text, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_explain(signer, S("GET"), p, n, S("A: b"), S("{}"), &text, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_explain(signer, S("GET"), S("/"), p, n, S("{}"), &text, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_explain(signer, S("GET"), S("/"), S("A: b"), p, n, &text, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_explain(NULL, S("GET"), S("/"), S("A: b"), S("{}"), &text, &err));
    FAILS(1, countersign_explain(signer, S("GET"), S("/"), S("A: b"), S("{}"), NULL, &err));
    CHECK(text == NULL);
    countersign_signer_free(signer);
}

static void bad_option_arguments(void) {
    countersign_options *options = NULL;
    countersign_text *text = NULL;
    countersign_client *spiff = NULL;
    countersign_client *signs = NULL;
    FAILS(1, countersign_options_new(NULL, &err));
    MUST(countersign_options_new(&options, &err));
#define TRY(p, n) FAILS(1, countersign_options_set(options, p, n, S("us"), &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_options_set(options, S("region"), p, n, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_options_from_env(p, n, &options, &err))
    BAD_TEXTS;
    TRY("elsewhere", 9);
#undef TRY
    FAILS(1, countersign_options_from_env(S("spiff"), NULL, &err));
    FAILS(1, countersign_options_set(NULL, S("region"), S("us"), &err));
    FAILS(COUNTERSIGN_KIND_CONFIGURATION, countersign_options_set(options, S("regoin"), S("us"), &err));
    FAILS(COUNTERSIGN_KIND_CONFIGURATION, countersign_options_set(options, S("region"), S("eu"), &err));
    FAILS(COUNTERSIGN_KIND_CONFIGURATION, countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err));
    FAILS(COUNTERSIGN_KIND_CONFIGURATION, countersign_client_new(COUNTERSIGN_LIT("sign_customiser"), options, &signs, &err));
    FAILS(1, countersign_client_new(COUNTERSIGN_LIT("spiff"), NULL, &spiff, &err));
    FAILS(1, countersign_client_new(COUNTERSIGN_LIT("spiff"), options, NULL, &err));
    FAILS(1, countersign_client_new(COUNTERSIGN_LIT("sign_customiser"), NULL, &signs, &err));
    FAILS(1, countersign_client_new(COUNTERSIGN_LIT("sign_customiser"), options, NULL, &err));
    /* A mistake leaves the options as they were. */
    MUST(countersign_options_set(options, S("region"), S("au"), &err));
    countersign_options_free(options);

#define TRY(p, n) FAILS(1, countersign_operations(p, n, &text, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
    FAILS(1, countersign_operations(S("spiff"), NULL, &err));
    FAILS(1, countersign_options_table(NULL, &err));
    CHECK(text == NULL && spiff == NULL && signs == NULL);
    MUST(countersign_operations(S("spiff"), &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "{\"name\":\"place_order\",\"effect\":\"order\"") != NULL);
    countersign_text_free(text);
    MUST(countersign_operations(S("sign_customiser"), &text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "\"webhooks_create\"") != NULL);
    countersign_text_free(text);
    MUST(countersign_options_table(&text, &err));
    CHECK(strstr(countersign_text_data(text, NULL), "{\"name\":\"region\",\"platform\":\"spiff\",\"kind\":\"choice\"") != NULL);
    countersign_text_free(text);
}

static void bad_client_arguments(void) {
    countersign_client *spiff = spiff_of(), *other = NULL;
    countersign_client *signs = signs_of();
    countersign_call *call = NULL;
    countersign_answer *answer = NULL;
#define TRY(p, n) FAILS(1, countersign_client_prepare(spiff, p, n, S(ORDER), 0, &call, &err))
    BAD_TEXTS;
    TRY("", 0);
    TRY("place_ordre", 11);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_prepare(spiff, S("place_order"), p, n, 0, &call, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_run(spiff, p, n, S(ORDER), &answer, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_run(spiff, S("place_order"), p, n, &answer, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_client_prepare(NULL, S("place_order"), S(ORDER), 0, &call, &err));
    FAILS(1, countersign_client_prepare(spiff, S("place_order"), S(ORDER), 0, NULL, &err));
    /* Milliseconds are no seconds. */
    FAILS(1, countersign_client_prepare(spiff, S("place_order"), S(ORDER), 1735689599000, &call, &err));
    FAILS(1, countersign_client_run(NULL, S("place_order"), S(ORDER), &answer, &err));
    FAILS(1, countersign_client_run(spiff, S("place_order"), S(ORDER), NULL, &err));
    FAILS(COUNTERSIGN_KIND_INVALID_JSON, countersign_client_prepare(spiff, S("place_order"), NULL, 0, 0, &call, &err));
    FAILS(COUNTERSIGN_KIND_INVALID_JSON, countersign_client_prepare(spiff, S("place_order"), S("\xff"), 0, &call, &err));
#define TRY(p, n) FAILS(1, countersign_client_acting_for(spiff, p, n, NULL, 0, NULL, 0, &other, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_acting_for(spiff, NULL, 0, p, n, NULL, 0, &other, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_acting_for(spiff, NULL, 0, NULL, 0, p, n, &other, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_client_acting_for(NULL, NULL, 0, NULL, 0, NULL, 0, &other, &err));
    FAILS(1, countersign_client_acting_for(spiff, NULL, 0, NULL, 0, NULL, 0, NULL, &err));
    FAILS(1, countersign_client_run(spiff, S("settle"), S("{\"order\":" ORDER ",\"sent_at\":-1}"), &answer, &err));
    FAILS(1, countersign_client_run(spiff, S("settle"), S("{\"order\":" ORDER ",\"sent_at\":0}"), &answer, &err));
    FAILS(1, countersign_client_run(spiff, S("settle"), S("{\"order\":" ORDER ",\"sent_at\":1735689600000}"), &answer, &err));
    FAILS(1, countersign_client_run(spiff, S("settle"), S("{\"order\":" ORDER "}"), &answer, &err));
    FAILS(COUNTERSIGN_KIND_UNSUPPORTED, countersign_client_prepare(spiff, S("settle"), S("{\"order\":" ORDER ",\"sent_at\":1735689600}"), 1735689600, &call, &err));
    FAILS(COUNTERSIGN_KIND_UNSUPPORTED, countersign_client_acting_for(signs, S("p"), NULL, 0, NULL, 0, &other, &err));
    FAILS(1, countersign_client_with_timeout(NULL, 1.0, &other, &err));
    FAILS(1, countersign_client_with_timeout(spiff, 0.0, &other, &err));
    FAILS(1, countersign_client_with_timeout(spiff, 1.0, NULL, &err));
#define TRY(p, n) FAILS(1, countersign_client_unusable(spiff, S("place_order"), p, n, &err))
    BAD_TEXTS;
    TRY("", 0);
    TRY("{}", 2);
#undef TRY
    FAILS(1, countersign_client_unusable(NULL, S("place_order"), S("[]"), &err));
    FAILS(1, countersign_client_unusable(spiff, S("no_such"), S("[]"), &err));
    FAILS(COUNTERSIGN_KIND_INVALID_ORDER, countersign_client_unusable(spiff, S("place_order"), S("[]"), &err));
    FAILS(1, countersign_call_unreadable(NULL, S("x"), &err));
#define TRY(p, n) FAILS(1, countersign_client_lost(spiff, p, n, NULL, 0, 1700000000, NULL, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_client_lost(NULL, S("place_order"), NULL, 0, 1700000000, NULL, &err));
    FAILS(COUNTERSIGN_KIND_ABORTED, countersign_client_lost(spiff, S("place_order"), NULL, 0, 1700000000, NULL, &err));
    FAILS(1, countersign_call_lost(NULL, &err));

#define TRY(p, n) FAILS(1, countersign_client_prepare(signs, p, n, S("{}"), 0, &call, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_prepare(signs, S("place_order"), p, n, 0, &call, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_run(signs, p, n, S("{}"), &answer, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_client_run(signs, S("place_order"), p, n, &answer, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_client_prepare(NULL, S("request"), S("{}"), 0, &call, &err));
    FAILS(1, countersign_client_prepare(signs, S("request"), S("{}"), 0, NULL, &err));
    FAILS(1, countersign_client_run(NULL, S("request"), S("{}"), &answer, &err));
    FAILS(1, countersign_client_run(signs, S("request"), S("{}"), NULL, &err));
    FAILS(COUNTERSIGN_KIND_UNSUPPORTED, countersign_client_run(signs, S("settle"), S("{}"), &answer, &err));
    FAILS(1, countersign_client_new(S("elsewhere"), NULL, &other, &err));
    CHECK(call == NULL && answer == NULL && other == NULL);

    /* A refused order was not placed, for certain. */
    {
        countersign_error *err = NULL;
        CHECK(countersign_client_run(spiff, S("place_order"), NULL, 3, &answer, &err) == 1);
        CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED);
        countersign_error_free(err);
        err = NULL;
        CHECK(countersign_client_run(spiff, S("place_order"), S("{}"), &answer, &err) == COUNTERSIGN_KIND_INVALID_ORDER);
        CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED);
        CHECK(strstr(countersign_error_problems(err, NULL), "{\"path\":\"paid\",\"code\":\"missing\"") != NULL);
        CHECK(strcmp(countersign_error_name(err, NULL), "invalid_order") == 0);
        CHECK(countersign_error_next_step(err, NULL) != NULL);
        CHECK(countersign_error_status(err) == 0 && countersign_error_retry_after(err) == -1);
        CHECK(countersign_error_sent_at(err) == -1 && countersign_error_settle_after(err) == -1);
        CHECK(countersign_error_body(err, NULL) == NULL && strcmp(countersign_error_attempts(err, NULL), "[]") == 0);
        CHECK(countersign_error_request_id(err, NULL) == NULL && !countersign_error_retryable(err));
        countersign_error_free(err);
    }

    /* Calls outlive their client. */
    MUST(countersign_client_prepare(spiff, S("place_order"), S(ORDER), 1735689599, &call, &err));
    countersign_client_free(spiff);
    CHECK(strcmp(countersign_call_method(call, NULL), "POST") == 0);
    CHECK(countersign_call_signed_at(call) == 1735689599);
    CHECK(countersign_headers_count(countersign_call_headers(call)) >= 4);
#define TRY(p, n) FAILS(COUNTERSIGN_KIND_UNEXPECTED_REPLY, countersign_call_read(call, 200, p, n, S("{}"), &answer, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(COUNTERSIGN_KIND_UNEXPECTED_REPLY, countersign_call_read(call, 200, NULL, 0, p, n, &answer, &err))
    BAD_TEXTS;
#undef TRY
    FAILS(1, countersign_call_read(NULL, 200, NULL, 0, NULL, 0, &answer, &err));
    FAILS(1, countersign_call_read(call, 200, NULL, 0, NULL, 0, NULL, &err));
    FAILS(1, countersign_call_failed(NULL, 0, &err));
    CHECK(countersign_call_failed(call, 0, NULL) == COUNTERSIGN_KIND_INTERRUPTED);
    {
        int32_t statuses[] = {0, -1, 99, 1000, 70000, INT32_MAX, INT32_MIN};
        size_t i;
        for (i = 0; i < sizeof statuses / sizeof *statuses; i++) {
            countersign_error *err = NULL;
            CHECK(countersign_call_read(call, statuses[i], NULL, 0, S("{}"), &answer, &err) == COUNTERSIGN_KIND_UNCLEAR_STATUS);
            CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN);
            CHECK(countersign_error_sent_at(err) == 1735689599 && countersign_error_settle_after(err) == 1735689599 + 180);
            countersign_error_free(err);
        }
        for (i = 0; i < 4; i++) {
            /* Only 1 is certain. */
            int32_t not_sent = (int32_t[]){0, 1, 2, -1}[i];
            countersign_error *err = NULL;
            CHECK(countersign_call_failed(call, not_sent, &err) == (not_sent == 1 ? COUNTERSIGN_KIND_CONNECT : COUNTERSIGN_KIND_INTERRUPTED));
            CHECK(countersign_error_outcome(err) == (not_sent == 1 ? COUNTERSIGN_OUTCOME_NOT_PLACED : COUNTERSIGN_OUTCOME_UNKNOWN));
            countersign_error_free(err);
        }
    }
    {
        /* Whoever reads a reply has sent the call: a mistake now leaves the order in doubt. */
        countersign_error *err = NULL;
        CHECK(countersign_call_read(call, 200, NULL, 0, NULL, 1, &answer, &err) == COUNTERSIGN_KIND_UNEXPECTED_REPLY);
        CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN && countersign_error_sent_at(err) == 1735689599);
        countersign_error_free(err);
    }
    CHECK(answer == NULL);
    countersign_call_free(call);
    countersign_client_free(signs);
}

static void bad_webhook_arguments(void) {
    countersign_webhook *webhook = NULL;
    countersign_event *event = NULL;
    countersign_text *text = NULL;
    int64_t cents = 77;
#define TRY(p, n) FAILS(1, countersign_webhook_new(p, n, false, NULL, 0, NULL, 0, -1, &webhook, &err))
    BAD_TEXTS;
    TRY("", 0);
    TRY("s ", 2);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_webhook_new(S("s"), false, p, n, NULL, 0, -1, &webhook, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_webhook_new(S("s"), false, NULL, 0, p, n, -1, &webhook, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
    FAILS(1, countersign_webhook_new(S("s"), false, NULL, 0, NULL, 0, -2, &webhook, &err));
    FAILS(1, countersign_webhook_new(S("s"), false, NULL, 0, NULL, 0, -1, NULL, &err));
    CHECK(webhook == NULL);
    MUST(countersign_webhook_new(S(" s "), true, NULL, 0, NULL, 0, INT64_MAX, &webhook, &err));
#define TRY(p, n) FAILS(1, countersign_webhook_add_secret(webhook, p, n, false, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_webhook_verify(webhook, p, n, S("{}"), 0, &event, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_webhook_verify(webhook, S("a: b"), p, n, 0, &event, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_webhook_explain(webhook, p, n, S("{}"), &text, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_webhook_explain(webhook, S("a: b"), p, n, &text, &err))
    BAD_TEXTS;
#undef TRY
#define TRY(p, n) FAILS(1, countersign_minor_units(p, n, S("USD"), &cents, &err))
    BAD_TEXTS;
    TRY("1,5", 3);
#undef TRY
#define TRY(p, n) FAILS(1, countersign_minor_units(S("1"), p, n, &cents, &err))
    BAD_TEXTS;
    TRY("", 0);
#undef TRY
    FAILS(1, countersign_webhook_add_secret(NULL, S("s"), false, &err));
    FAILS(1, countersign_webhook_verify(NULL, S("a: b"), S("{}"), 0, &event, &err));
    FAILS(1, countersign_webhook_verify(webhook, S("a: b"), S("{}"), 0, NULL, &err));
    FAILS(1, countersign_webhook_explain(NULL, S("a: b"), S("{}"), &text, &err));
    FAILS(1, countersign_webhook_explain(webhook, S("a: b"), S("{}"), NULL, &err));
    FAILS(1, countersign_event_answer(NULL, S("x"), &text, &err));
    FAILS(1, countersign_minor_units(S("1"), S("USD"), NULL, &err));
    CHECK(cents == 77 && event == NULL && text == NULL);
    MUST(countersign_minor_units(S("29.99"), S("USD"), &cents, &err));
    CHECK(cents == 2999);
    countersign_webhook_free(webhook);
}

/* Accessors of nothing answer nothing, and freeing nothing is allowed. */
static void accessors_of_null(void) {
    const char *a = "untouched", *b = a;
    size_t n = 77, m = 77;
#define NOTHING(call)            \
    n = 77;                      \
    CHECK((call) == NULL);       \
    CHECK(n == 0)
    NOTHING(countersign_error_name(NULL, &n));
    NOTHING(countersign_error_message(NULL, &n));
    NOTHING(countersign_error_next_step(NULL, &n));
    NOTHING(countersign_error_problems(NULL, &n));
    NOTHING(countersign_error_request_id(NULL, &n));
    NOTHING(countersign_error_attempts(NULL, &n));
    NOTHING(countersign_error_body(NULL, &n));
    NOTHING(countersign_error_json(NULL, &n));
    NOTHING(countersign_text_data(NULL, &n));
    NOTHING(countersign_headers_get(NULL, S("a"), &n));
    NOTHING(countersign_headers_json(NULL, &n));
    NOTHING(countersign_call_method(NULL, &n));
    NOTHING(countersign_call_url(NULL, &n));
    NOTHING(countersign_call_body(NULL, &n));
    NOTHING(countersign_answer_json(NULL, &n));
    NOTHING(countersign_answer_attempts(NULL, &n));
    NOTHING(countersign_event_topic(NULL, &n));
    NOTHING(countersign_event_data(NULL, &n));
    NOTHING(countersign_event_dedup_key(NULL, &n));
    CHECK(countersign_error_message(NULL, NULL) == NULL);
    CHECK(countersign_error_kind(NULL) == 0 && countersign_error_outcome(NULL) == 0 && countersign_error_status(NULL) == 0);
    CHECK(!countersign_error_retryable(NULL) && countersign_error_retry_after(NULL) == -1);
    CHECK(countersign_error_sent_at(NULL) == -1 && countersign_error_settle_after(NULL) == -1);
    CHECK(countersign_headers_count(NULL) == 0 && countersign_call_headers(NULL) == NULL);
    n = 77;
    CHECK(!countersign_headers_at(NULL, 0, &a, &n, &b, &m) && a == b && n == 77 && m == 77);
    CHECK(countersign_call_signed_at(NULL) == -1);
    CHECK(countersign_event_timestamp(NULL) == -1 && countersign_event_secret_index(NULL) == 0);
    countersign_error_free(NULL);
    countersign_text_free(NULL);
    countersign_headers_free(NULL);
    countersign_signer_free(NULL);
    countersign_options_free(NULL);
    countersign_call_free(NULL);
    countersign_answer_free(NULL);
    countersign_client_free(NULL);
    countersign_webhook_free(NULL);
    countersign_event_free(NULL);
}

static void headers_are_read_in_three_ways(void) {
    countersign_signer *signer = signer_of();
    countersign_headers *headers = NULL;
    const char *name = NULL, *value = NULL;
    size_t n = 0, m = 0, seen = 0;
    MUST(countersign_signer_headers(signer, S("POST"), S("/p"), NULL, 0, NULL, 0, S("{}"), 1735689599, &headers, &err));
    CHECK(countersign_headers_count(headers) == 3);
    while (countersign_headers_at(headers, seen, &name, &n, &value, &m)) {
        size_t length = 0;
        CHECK(strlen(name) == n && strlen(value) == m);
        CHECK(countersign_headers_get(headers, name, n, &length) == value && length == m);
        seen++;
    }
    CHECK(seen == 3);
    CHECK(countersign_headers_at(headers, 0, NULL, NULL, NULL, NULL));
    CHECK(strcmp(countersign_headers_get(headers, S("dAtE"), NULL), "Tue, 31 Dec 2024 23:59:59 GMT") == 0);
    CHECK(countersign_headers_get(headers, S("Host"), &n) == NULL && n == 0);
    CHECK(countersign_headers_get(headers, NULL, 4, &n) == NULL);
    CHECK(strstr(countersign_headers_json(headers, NULL), "\"Content-Type\":\"application/json\"}") != NULL);
    countersign_headers_free(headers);
    /* An empty content type is signed as an empty line and not sent. */
    MUST(countersign_signer_headers(signer, S("POST"), S("/p"), "", 0, NULL, 0, S("{}"), COUNTERSIGN_NOW, &headers, &err));
    CHECK(countersign_headers_count(headers) == 2);
    countersign_headers_free(headers);
    countersign_signer_free(signer);
}

/* The hidden operation panics. It becomes an error, in doubt for an order, and the handle goes on. */
static void panics_end_at_the_boundary(void) {
    countersign_client *spiff = spiff_of();
    countersign_client *signs = signs_of();
    countersign_call *call = NULL;
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    CHECK(countersign_client_prepare(spiff, S("__panic"), NULL, 0, 0, &call, &err) == COUNTERSIGN_KIND_INTERNAL);
    CHECK(countersign_error_kind(err) == COUNTERSIGN_KIND_INTERNAL && call == NULL);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_NOT_PLACED);
    countersign_error_free(err);
    err = NULL;
    CHECK(countersign_client_run(spiff, S("__panic"), NULL, 0, &answer, &err) == COUNTERSIGN_KIND_INTERNAL);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN && !countersign_error_retryable(err));
    CHECK(strstr(countersign_error_json(err, NULL), "\"outcome\":\"unknown\"") != NULL);
    CHECK(countersign_error_sent_at(err) > 1700000000);
    CHECK(countersign_error_settle_after(err) == countersign_error_sent_at(err) + 180);
    countersign_error_free(err);
    err = NULL;
    CHECK(countersign_client_run(signs, S("__panic"), NULL, 0, &answer, &err) == COUNTERSIGN_KIND_INTERNAL);
    CHECK(countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN);
    countersign_error_free(err);
    CHECK(countersign_client_prepare(signs, S("__panic"), NULL, 0, 0, &call, NULL) == COUNTERSIGN_KIND_INTERNAL);
    CHECK(answer == NULL && call == NULL);
    MUST(countersign_client_prepare(spiff, S("place_order"), S(ORDER), COUNTERSIGN_NOW, &call, &err));
    countersign_call_free(call);
    countersign_client_free(spiff);
    countersign_client_free(signs);
}

int main(void) {
    versions();
    names();
    bad_signer_arguments();
    bad_option_arguments();
    bad_client_arguments();
    bad_webhook_arguments();
    accessors_of_null();
    headers_are_read_in_three_ways();
    panics_end_at_the_boundary();
    return finish("surface");
}
