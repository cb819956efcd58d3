/* Prints whatever the library says about secrets that it was given. The test looks for them in it. */
#include "check.h"

#define SECRET "canary-5f1c9a7e"

static void show_error(countersign_error *err) {
    printf("%s %s %s %s\n", countersign_error_json(err, NULL), countersign_error_message(err, NULL), countersign_error_problems(err, NULL),
           countersign_error_next_step(err, NULL));
    countersign_error_free(err);
}

#define SHOW(call)                     \
    do {                               \
        countersign_error *err = NULL; \
        CHECK((call) != 0);            \
        show_error(err);               \
    } while (0)

int main(void) {
    countersign_signer *signer = NULL;
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_client *signs = NULL;
    countersign_webhook *webhook = NULL;
    countersign_event *event = NULL;
    countersign_answer *answer = NULL;
    countersign_call *call = NULL;
    countersign_text *text = NULL;

    SHOW(countersign_signer_new(S("k"), S(SECRET "\n"), S("SOA"), NULL, 0, false, &signer, &err));
    SHOW(countersign_signer_new(S("k:x"), S(SECRET), S("SOA"), NULL, 0, false, &signer, &err));
    MUST(countersign_signer_new(S("k"), S(SECRET), S("SOA"), NULL, 0, false, &signer, &err));
    MUST(countersign_explain(signer, S("POST"), S("/p"), S("Authorization: SOA k:AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nDate: x"), S("{}"), &text, &err));
    printf("%s\n", countersign_text_data(text, NULL));
    countersign_text_free(text);
    SHOW(countersign_string_to_sign(signer, S("a\nb"), S("{}"), &text, &err));
    countersign_signer_free(signer);

    MUST(countersign_options_new(&options, &err));
    MUST(countersign_options_set(options, S("access_key"), S("k"), &err));
    MUST(countersign_options_set(options, S("secret_key"), S(" " SECRET), &err));
    MUST(countersign_options_set(options, S("base_url"), S("http://127.0.0.1:1"), &err));
    SHOW(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err));
    MUST(countersign_options_set(options, S("secret_key"), S(SECRET), &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err));
    SHOW(countersign_client_run(spiff, S("check"), NULL, 0, &answer, &err));
    SHOW(countersign_client_run(spiff, S("place_order"), S("{}"), &answer, &err));
    SHOW(countersign_client_run(spiff, S("__panic"), S("{}"), &answer, &err));
    MUST(countersign_client_prepare(spiff, S("current_integration"), NULL, 0, COUNTERSIGN_NOW, &call, &err));
    printf("%s %s\n", countersign_call_url(call, NULL), countersign_headers_json(countersign_call_headers(call), NULL));
    SHOW(countersign_call_read(call, 401, S("x-request-id: r"), S("no"), &answer, &err));
    countersign_call_free(call);
    MUST(countersign_options_set(options, S("application_key"), S(SECRET), &err));
    SHOW(countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err));
    countersign_client_free(spiff);
    countersign_options_free(options);

    MUST(countersign_options_new(&options, &err));
    MUST(countersign_options_set(options, S("api_token"), S(SECRET), &err));
    MUST(countersign_options_set(options, S("base_url"), S("http://127.0.0.1:1"), &err));
    MUST(countersign_client_new(COUNTERSIGN_LIT("sign_customiser"), options, &signs, &err));
    SHOW(countersign_client_run(signs, S("check"), NULL, 0, &answer, &err));
    SHOW(countersign_client_run(signs, S("__panic"), S("{}"), &answer, &err));
    countersign_client_free(signs);
    countersign_options_free(options);

    SHOW(countersign_webhook_new(S(SECRET " "), false, NULL, 0, NULL, 0, -1, &webhook, &err));
    MUST(countersign_webhook_new(S(SECRET), false, NULL, 0, NULL, 0, -1, &webhook, &err));
    SHOW(countersign_webhook_verify(webhook, S("x-webhook-timestamp: 1\r\nx-webhook-signature: 00"), S("{}"), 1, &event, &err));
    MUST(countersign_webhook_explain(webhook, S("x-webhook-timestamp: 1\r\nx-webhook-signature: 00"), S("{}"), &text, &err));
    printf("%s\n", countersign_text_data(text, NULL));
    countersign_text_free(text);
    countersign_webhook_free(webhook);
    return finish("canary");
}
