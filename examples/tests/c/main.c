/* ./checkout EXTERNAL_ID TRANSACTION_ID prints what became of the order. */
#include "checkout.h"
#include <stdio.h>

int main(int argc, char **argv) {
    static const char *const ends[] = {"placed", "refused", "try again", "unknown"};
    countersign_options *options = NULL;
    countersign_client *spiff = NULL;
    countersign_error *err = NULL;
    char message[1024];
    int code = 2;
    if (argc != 3) {
        fprintf(stderr, "usage: %s EXTERNAL_ID TRANSACTION_ID\n", argv[0]);
    } else if (countersign_options_from_env(COUNTERSIGN_LIT("spiff"), &options, &err) != 0
               || countersign_client_new(COUNTERSIGN_LIT("spiff"), options, &spiff, &err) != 0) {
        fprintf(stderr, "%s\n", countersign_error_message(err, NULL));
    } else {
        printf("%s\n", ends[checkout(spiff, argv[1], argv[2], message, sizeof message)]);
        fprintf(stderr, "%s\n", message);
        code = 0;
    }
    countersign_error_free(err);
    countersign_client_free(spiff);
    countersign_options_free(options);
    return code;
}
