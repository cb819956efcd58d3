/* The plainest HTTP server there is, for orders.py: one connection at a time, every request gets the same answer. It prints
 * its port, and ends when its standard input does. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char BODY[] = "{\"data\":{\"orderCreate\":{\"id\":\"o-1\",\"internalId\":null,\"externalId\":\"1001\"}}}";

/* Where the next request begins in what was read; 0 if the first is not whole yet. */
static size_t whole(const char *data, size_t len) {
    const char *end = memmem(data, len, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    size_t head = (size_t)(end - data) + 4, body = 0;
    for (const char *line = data; line < end; line = (const char *)memmem(line, head, "\r\n", 2) + 2)
        if (strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
    return head + body <= len ? head + body : 0;
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    static struct { int fd; size_t len; char data[65536]; } slots[16];
    struct pollfd polled[18] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    char answer[512];
    int length = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          sizeof BODY - 1, BODY);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 16) != 0) return 1;
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0) return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (int i = 0; i < 16; i++) polled[i + 2] = (struct pollfd){.fd = slots[i].fd = -1, .events = POLLIN};
    while (poll(polled, 18, -1) > 0) {
        if (polled[0].revents != 0) return 0;
        if (polled[1].revents != 0) {
            int fd = accept(listener, NULL, NULL), i = 0;
            while (i < 16 && slots[i].fd >= 0) i++;
            if (i == 16) { close(fd); continue; }
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            slots[i].len = 0;
            polled[i + 2].fd = slots[i].fd = fd;
        }
        for (int i = 0; i < 16; i++) {
            if (polled[i + 2].fd < 0 || polled[i + 2].revents == 0) continue;
            ssize_t got = read(slots[i].fd, slots[i].data + slots[i].len, sizeof slots[i].data - slots[i].len);
            if (got <= 0) {
                close(slots[i].fd);
                polled[i + 2].fd = slots[i].fd = -1;
                continue;
            }
            slots[i].len += (size_t)got;
            for (size_t next; (next = whole(slots[i].data, slots[i].len)) > 0;) {
                memmove(slots[i].data, slots[i].data + next, slots[i].len -= next);
                if (write(slots[i].fd, answer, (size_t)length) != length) return 1;
            }
        }
    }
    return 1;
}
