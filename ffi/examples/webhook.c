/* Verifies a delivery of Sign Customiser that comes from standard input (headers, an empty line, the raw body), and prints
 * what to answer.
 *
 *   WEBHOOK_SECRET=… ./webhook [NOW] < delivery
 *
 * WEBHOOK_SECRET is that of the subscription; for the product:created callback of a custom integration it is the integration's.
 * It ends with 0: answer 200 with the printed body, 1: answer 401.
 */
#include <countersign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    static char delivery[65537];
    const char *secret = getenv("WEBHOOK_SECRET");
    int64_t now = argc > 1 ? (int64_t)atoll(argv[1]) : COUNTERSIGN_NOW;
    size_t len = fread(delivery, 1, sizeof delivery - 1, stdin);
    const char *body = strstr(delivery, "\r\n\r\n");
    countersign_webhook *webhook = NULL;
    countersign_event *event = NULL;
    countersign_text *answer = NULL;
    countersign_error *err = NULL;
    int code = 1;

    if (secret == NULL || body == NULL) {
        fprintf(stderr, "usage: WEBHOOK_SECRET=… %s [NOW] < delivery\n", argv[0]);
        return 2;
    }
    body += 4;

    /* Make it once and share it. During a rotation, countersign_webhook_add_secret adds the other secret. */
    if (countersign_webhook_new(secret, strlen(secret), false, NULL, 0, NULL, 0, COUNTERSIGN_DEFAULT, &webhook, &err) != 0) {
        fprintf(stderr, "%s\n", countersign_error_message(err, NULL));
        countersign_error_free(err);
        return 2;
    }
    if (countersign_webhook_verify(webhook, delivery, (size_t)(body - delivery), body, len - (size_t)(body - delivery), now, &event, &err) != 0) {
        printf("refused, %s: %s\n", countersign_error_name(err, NULL), countersign_error_message(err, NULL));
    } else {
        /* The key is the same for every delivery of one happening: look it up before doing the work twice. */
        printf("%s %s\n", countersign_event_topic(event, NULL), countersign_event_dedup_key(event, NULL));
        if (strcmp(countersign_event_topic(event, NULL), "product:created") != 0) {
            printf("{\"ok\":true}\n");
            code = 0;
        } else if (countersign_event_answer(event, "sku-1", 5, &answer, &err) == 0) {
            printf("%s\n", countersign_text_data(answer, NULL));
            code = 0;
        }
    }
    countersign_error_free(err);
    countersign_text_free(answer);
    countersign_event_free(event);
    countersign_webhook_free(webhook);
    return code;
}
