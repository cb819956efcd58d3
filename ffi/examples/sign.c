/* Signs a request whose body comes from standard input, and prints the value of the Authorization header.
 *
 *   ACCESS_KEY=… SECRET_KEY=… ./sign POST /api/v2/orders "Wed, 01 Jan 2020 00:00:00 GMT" < body.json
 */
#include <countersign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    static char body[65536];
    char head[4096], value[512];
    const char *key = getenv("ACCESS_KEY"), *secret = getenv("SECRET_KEY");
    countersign_signer *signer = NULL;
    countersign_error *err = NULL;
    size_t body_len;
    int head_len;
    ptrdiff_t len;

    if (argc != 4 || key == NULL || secret == NULL) {
        fprintf(stderr, "usage: ACCESS_KEY=… SECRET_KEY=… %s METHOD PATH DATE < body\n", argv[0]);
        return 2;
    }
    /* A library that was replaced by an incompatible one says so here, and not by crashing later. */
    if (countersign_abi_version() != COUNTERSIGN_ABI_VERSION) {
        fprintf(stderr, "The library has another ABI than the header this was built with.\n");
        return 2;
    }
    body_len = fread(body, 1, sizeof body, stdin);

    /* Make the signer once and keep it: it holds the keyed state, and threads may share it. */
    if (countersign_signer_new(key, strlen(key), secret, strlen(secret), "SOA", 3, NULL, 0, false, &signer, &err) != 0) {
        goto failed;
    }
    head_len = snprintf(head, sizeof head, "%s\napplication/json\n%s\n%s", argv[1], argv[3], argv[2]);
    if (head_len < 0 || (size_t)head_len >= sizeof head || countersign_authorization_size(signer) > sizeof value) {
        fprintf(stderr, "That is too long.\n");
        countersign_signer_free(signer);
        return 2;
    }
    len = countersign_authorization(signer, head, (size_t)head_len, body, body_len, value, sizeof value, &err);
    if (len < 0) {
        goto failed;
    }
    printf("%.*s\n", (int)len, value);
    countersign_signer_free(signer);
    return 0;

failed:
    fprintf(stderr, "%s: %s\n", countersign_error_name(err, NULL), countersign_error_message(err, NULL));
    countersign_error_free(err);
    countersign_signer_free(signer);
    return 1;
}
