/* Bring your own HTTP: the library prepares and signs the call and reads the reply, libcurl carries it.
 *
 *   cc libcurl.c $(pkg-config --cflags --libs countersign libcurl) -o libcurl
 *   ./libcurl TRANSACTION_ID EXTERNAL_ID
 *
 * It ends with 0: placed, 1: not placed, 3: unknown.
 */
#include <countersign.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A growing text with a limit: a reply that never ends must not fill the memory. */
typedef struct {
    char *data;
    size_t len;
} buffer;

static const size_t limit = 1024 * 1024;

static size_t append(char *data, size_t size, size_t count, void *to) {
    buffer *buffer_of = to;
    size_t len = size * count;
    char *grown;
    if (len > limit - buffer_of->len || (grown = realloc(buffer_of->data, buffer_of->len + len + 1)) == NULL) {
        return 0; /* libcurl gives up: the reply is not whole */
    }
    memcpy(grown + buffer_of->len, data, len);
    buffer_of->data = grown;
    buffer_of->len += len;
    return len;
}

/* Only what is certain: with these, no byte of the request left. */
static int32_t nothing_was_sent(CURLcode code) {
    return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION;
}

/* libcurl takes a connection that ends amid the headers for a short reply. It is none: the empty line must have come. */
static int is_whole(const buffer *headers) {
    return headers->len >= 4 && memcmp(headers->data + headers->len - 4, "\r\n\r\n", 4) == 0;
}

/* Sends the call once, as it is, and reads what came back. */
static int32_t send_call(const countersign_call *call, countersign_answer **answer, countersign_error **err) {
    CURL *curl = curl_easy_init();
    const countersign_headers *headers = countersign_call_headers(call);
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    const char *name, *value, *body;
    buffer reply_headers = {NULL, 0}, reply_body = {NULL, 0};
    size_t i, body_len = 0;
    long status = 0;
    CURLcode sent = CURLE_OUT_OF_MEMORY;
    int32_t result;
    int ready = curl != NULL && list != NULL;

    for (i = 0; ready && countersign_headers_at(headers, i, &name, NULL, &value, NULL); i++) {
        struct curl_slist *longer;
        size_t room = strlen(name) + strlen(value) + 3;
        char *line = malloc(room);
        if (line != NULL) {
            snprintf(line, room, "%s: %s", name, value);
        }
        longer = line == NULL ? NULL : curl_slist_append(list, line);
        free(line);
        ready = longer != NULL;
        list = ready ? longer : list;
    }
    if (ready) {
        body = countersign_call_body(call, &body_len);
        curl_easy_setopt(curl, CURLOPT_URL, countersign_call_url(call, NULL));
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
        if (body_len > 0) {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body_len);
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        }
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, countersign_call_method(call, NULL));
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply_headers);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply_body);
        sent = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    if (sent == CURLE_OK && is_whole(&reply_headers)) {
        /* All that libcurl collected may be handed over, also the headers of a proxy or of 100 Continue. */
        result = countersign_call_read(call, (int32_t)status, reply_headers.data, reply_headers.len, reply_body.data, reply_body.len, answer, err);
    } else {
        result = countersign_call_failed(call, ready ? nothing_was_sent(sent) : 1, err);
    }
    free(reply_headers.data);
    free(reply_body.data);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    return result;
}

int main(int argc, char **argv) {
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_call *call = NULL;
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    char order[1024];
    int len, code = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: %s TRANSACTION_ID EXTERNAL_ID\n", argv[0]);
        return 2;
    }
    len = snprintf(order, sizeof order, "{\"externalId\":\"%s\",\"paid\":true,\"orderItems\":[{\"amountToOrder\":1,\"transactionId\":\"%s\"}]}",
                   argv[2], argv[1]);
    if (len < 0 || (size_t)len >= sizeof order || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        return 2;
    }
    if (countersign_options_from_env(COUNTERSIGN_LIT("spiff"), &options, &err) != 0
        || countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err) != 0) {
        fprintf(stderr, "%s\n", countersign_error_message(err, NULL));
        code = 2;
    } else if (countersign_client_prepare(spiff, COUNTERSIGN_LIT("place_order"), order, (size_t)len, COUNTERSIGN_NOW, &call, &err) == 0 &&
               send_call(call, &answer, &err) == 0) {
        printf("placed: %s\n", countersign_answer_json(answer, NULL));
        code = 0;
    } else {
        /* With an unknown outcome: keep the order and countersign_error_sent_at, and settle it. Never send it again. */
        printf("%s: %s\n", countersign_error_name(err, NULL), countersign_error_message(err, NULL));
        code = countersign_error_outcome(err) == COUNTERSIGN_OUTCOME_UNKNOWN ? 3 : 1;
    }
    countersign_error_free(err);
    countersign_answer_free(answer);
    countersign_call_free(call);
    countersign_client_free(spiff);
    countersign_options_free(options);
    curl_global_cleanup();
    return code;
}
