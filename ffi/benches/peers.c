/* The C side of the bench: each function makes `count` signatures of one request and answers a byte that depends on all of
 * them. Ours through the library; OpenSSL's as most C code does it, and as well as it can be done with its interface. */
#include <countersign.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#define KEY "access-key"
#define SECRET "0123456789abcdef0123456789abcdef01234567"
#define DATE "Wed, 01 Jan 2020 00:00:00 GMT"
#define PATH "/api/v2/orders"
#define PREFIX "SOA " KEY ":"
#define HEAD "POST\napplication/json\n" DATE "\n" PATH

static countersign_signer *signer;
static EVP_MD *sha512;
static EVP_MD_CTX *digest;
static EVP_MAC_CTX *mac;

int peers_setup(void) {
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    OSSL_PARAM params[2];
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA1", 0);
    params[1] = OSSL_PARAM_construct_end();
    sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
    digest = EVP_MD_CTX_new();
    mac = EVP_MAC_CTX_new(hmac);
    return EVP_MAC_init(mac, (const unsigned char *)SECRET, sizeof SECRET - 1, params) == 1 &&
           countersign_signer_new(KEY, sizeof KEY - 1, SECRET, sizeof SECRET - 1, "SOA", 3, NULL, 0, false, &signer, NULL) == 0;
}

size_t peers_ours_once(const char *body, size_t len, char *out, size_t cap) {
    return (size_t)countersign_authorization(signer, HEAD, sizeof HEAD - 1, body, len, out, cap, NULL);
}

static size_t string_to_sign(char *text, const unsigned char *hash) {
    static const char hex[] = "0123456789abcdef";
    static const char after[] = "\napplication/json\n" DATE "\n" PATH;
    char *at = text;
    int i;
    memcpy(at, "POST\n", 5);
    at += 5;
    for (i = 0; i < 64; i++) {
        *at++ = hex[hash[i] >> 4];
        *at++ = hex[hash[i] & 15];
    }
    memcpy(at, after, sizeof after - 1);
    return (size_t)(at - text) + sizeof after - 1;
}

static size_t value_of(char *out, const unsigned char *signature) {
    memcpy(out, PREFIX, sizeof PREFIX - 1);
    return sizeof PREFIX - 1 + (size_t)EVP_EncodeBlock((unsigned char *)out + sizeof PREFIX - 1, signature, 20);
}

/* SHA512() and HMAC(), as they are found in most C code. */
size_t peers_one_shot_once(const char *body, size_t len, char *out, size_t cap) {
    unsigned char hash[64], signature[20];
    char text[512];
    unsigned int n = sizeof signature;
    (void)cap;
    SHA512((const unsigned char *)body, len, hash);
    HMAC(EVP_sha1(), SECRET, sizeof SECRET - 1, (const unsigned char *)text, string_to_sign(text, hash), signature, &n);
    return value_of(out, signature);
}

/* A digest fetched once, and a MAC context that keeps its key. */
size_t peers_reused_once(const char *body, size_t len, char *out, size_t cap) {
    unsigned char hash[64], signature[20];
    char text[512];
    size_t n = sizeof signature;
    (void)cap;
    EVP_DigestInit_ex2(digest, sha512, NULL);
    EVP_DigestUpdate(digest, body, len);
    EVP_DigestFinal_ex(digest, hash, NULL);
    EVP_MAC_init(mac, NULL, 0, NULL);
    EVP_MAC_update(mac, (const unsigned char *)text, string_to_sign(text, hash));
    EVP_MAC_final(mac, signature, &n, sizeof signature);
    return value_of(out, signature);
}

#define LOOP(name)                                                         \
    unsigned peers_##name(char *body, size_t len, size_t count, unsigned mask) { \
        char out[128];                                                     \
        unsigned sum = 0;                                                  \
        size_t i;                                                          \
        for (i = 0; i < count; i++) {                                      \
            size_t n = peers_##name##_once(body, len, out, sizeof out);    \
            sum += (unsigned char)out[n - 2];                              \
            body[0] = (char)('a' + (sum & mask)); /* with a mask each waits for the one before */ \
        }                                                                  \
        return sum;                                                        \
    }

LOOP(ours)
LOOP(one_shot)
LOOP(reused)
