/* Reads designs back by their ids, with the fields that are wanted, and prints the JSON that the platform answered.
 *
 *   cc read_model.c $(pkg-config --cflags --libs countersign) -o read_model
 *   ./read_model 'id designName product { id name }' TRANSACTION_ID …
 *
 * Every operation of docs/spiff-model.md runs the same way: its name, its input as JSON. The answer is aligned with the
 * ids, null where there is none; more ids than one request takes become several requests.
 */
#include <countersign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds a text as a JSON string. Ids and selections need no more than this; other texts want a JSON library. */
static size_t add(char *to, size_t at, size_t room, const char *text) {
    for (const char *c = text; *c != '\0' && at + 4 < room; c++) {
        if (*c == '"' || *c == '\\') {
            to[at++] = '\\';
        }
        to[at++] = *c == '\n' || *c == '\t' ? ' ' : *c;
    }
    return at;
}

int main(int argc, char **argv) {
    static char input[65536];
    size_t at = 0, room = sizeof input - 16;
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_answer *answer = NULL;
    countersign_error *err = NULL;
    int code = 1;

    if (argc < 3) {
        fprintf(stderr, "usage: %s FIELDS ID…\n", argv[0]);
        return 2;
    }
    at += (size_t)sprintf(input, "{\"select\":\"");
    at = add(input, at, room, argv[1]);
    at += (size_t)sprintf(input + at, "\",\"ids\":[");
    for (int i = 2; i < argc && at + 64 < room; i++) {
        at += (size_t)sprintf(input + at, i == 2 ? "\"" : ",\"");
        at = add(input, at, room, argv[i]);
        input[at++] = '"';
    }
    at += (size_t)sprintf(input + at, "]}");

    if (countersign_options_from_env(COUNTERSIGN_LIT("spiff"), &options, &err) == 0
        && countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err) == 0
        && countersign_client_run(spiff, COUNTERSIGN_LIT("transactions"), input, at, &answer, &err) == 0) {
        printf("%s\n", countersign_answer_json(answer, NULL));
        code = 0;
    } else {
        /* A field that is not known is found before anything is sent, and the nearest one is named. */
        fprintf(stderr, "%s: %s\n", countersign_error_name(err, NULL), countersign_error_message(err, NULL));
    }
    countersign_error_free(err);
    countersign_answer_free(answer);
    countersign_client_free(spiff);
    countersign_options_free(options);
    return code;
}
