#include "loopback.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "window.h"

#define BUFFER 65536

struct echo {
    int fd;
    size_t request;
    size_t answer;
};

static bool send_all(int fd, const uint8_t *octets, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, octets, n, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        octets += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* Reads once and says how many whole messages of `size` octets are complete now. */
static bool receive(int fd, size_t size, size_t *rest, size_t *messages)
{
    static _Thread_local uint8_t in[BUFFER];
    ssize_t got = recv(fd, in, sizeof in, 0);

    if (got <= 0) {
        return false;
    }
    *rest += (size_t)got;
    *messages = *rest / size;
    *rest %= size;
    return true;
}

static void *answer_all(void *ctx)
{
    static const uint8_t out[BUFFER];
    const struct echo *echo = ctx;
    size_t rest = 0;
    size_t messages;

    while (receive(echo->fd, echo->request, &rest, &messages) &&
           send_all(echo->fd, out, messages * echo->answer)) {
    }
    (void)close(echo->fd);
    return NULL;
}

static int loopback_pair(int pair[2])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    pair[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pair[1] = -1;
    if (bind(listener, (struct sockaddr *)&at, size) == 0 && listen(listener, 1) == 0 &&
        getsockname(listener, (struct sockaddr *)&at, &size) == 0 &&
        connect(pair[0], (struct sockaddr *)&at, size) == 0) {
        pair[1] = accept(listener, NULL, NULL);
    }
    (void)close(listener);
    for (int i = 0; i < 2; i++) {
        (void)setsockopt(pair[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return pair[1];
}

double loopback_rate(size_t request, size_t answer, size_t window, double seconds)
{
    static const uint8_t out[BUFFER];
    int pair[2];
    pthread_t thread;
    size_t rest = 0;
    double done = 0;

    if (window * request > sizeof out || window * answer > sizeof out || loopback_pair(pair) < 0) {
        return -1;
    }
    struct echo echo = {pair[1], request, answer};
    if (pthread_create(&thread, NULL, answer_all, &echo) != 0) {
        return -1;
    }
    double start = bench_now();
    bool ok = send_all(pair[0], out, window * request);
    while (ok && bench_now() - start < seconds) {
        size_t messages = 0;

        ok = receive(pair[0], answer, &rest, &messages) &&
             send_all(pair[0], out, messages * request);
        done += (double)messages;
    }
    double elapsed = bench_now() - start;
    (void)close(pair[0]);
    (void)pthread_join(thread, NULL);
    return ok ? done / elapsed : -1;
}
