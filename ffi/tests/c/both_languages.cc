// The same header in C++17: links, signs, and fails as in C.
#include <countersign.h>

#include <cstdio>
#include <cstring>
#include <string>

int main() {
    static_assert(COUNTERSIGN_VERSION_NUMBER >= 0, "a number for the preprocessor too");
    countersign_signer *signer = nullptr;
    countersign_error *err = nullptr;
    const std::string key = "access-key", secret = "secret-key", scheme = "SOA";
    if (countersign_signer_new(key.data(), key.size(), secret.data(), secret.size(), scheme.data(), scheme.size(), nullptr, 0, false, &signer, &err) != 0) {
        std::fprintf(stderr, "%s\n", countersign_error_message(err, nullptr));
        return 1;
    }
    const std::string head = "POST\napplication/json\nWed, 01 Jan 2020 00:00:00 GMT\n/api/v2/orders";
    const std::string body = "{\"externalId\":\"external-id\",\"autoPrint\":false,\"orderItems\":[]}";
    std::string value(countersign_authorization_size(signer), ' ');
    const std::ptrdiff_t len = countersign_authorization(signer, head.data(), head.size(), body.data(), body.size(), &value[0], value.size(), &err);
    const bool right = len == static_cast<std::ptrdiff_t>(value.size()) && value == "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=";
    const bool refused = countersign_authorization(signer, "x", 1, nullptr, 0, &value[0], value.size(), &err) == -COUNTERSIGN_KIND_INVALID_ARGUMENT;
    countersign_error_free(err);
    countersign_signer_free(signer);
    if (right && refused) {
        std::puts("C++: ok");
    }
    return right && refused ? 0 : 1;
}
