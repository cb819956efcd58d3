/* What the C tests share: a check that counts instead of ending, and short ways to pass literals. */
#ifndef CHECK_H
#define CHECK_H

#include <countersign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

/* A literal as pointer and length. */
#define S(literal) (literal), (sizeof(literal) - 1)

/* A terminated text as pointer and length. */
#define Z(text) (text), strlen(text)

/* Success, or the error's words and the end. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        countersign_error *err = NULL;                                                             \
        if ((call) != 0) {                                                                         \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, countersign_error_json(err, NULL)); \
            countersign_error_free(err);                                                           \
            exit(1);                                                                               \
        }                                                                                          \
        CHECK(err == NULL);                                                                        \
    } while (0)

/* The call, which names `&err`, fails with this kind and leaves an error; without `err` it fails alike. */
#define FAILS(number, call)                                                                        \
    do {                                                                                           \
        countersign_error *err = NULL;                                                             \
        CHECK((call) == (number));                                                                 \
        CHECK(err != NULL && countersign_error_kind(err) == (number));                             \
        CHECK(countersign_error_message(err, NULL) != NULL);                                       \
        countersign_error_free(err);                                                               \
    } while (0)

/* A variable of the environment that the test gives. */
static inline const char *given(const char *name) {
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

static inline int finish(const char *what) {
    if (failures == 0) {
        printf("%s: ok\n", what);
    }
    return failures == 0 ? 0 : 1;
}

#endif
