#include "edge/diameter/diameter_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sctp.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"

#define SCTP_PPID_DIAMETER 46 /* Diameter in the clear, RFC 6733 11.5 */
#define LISTEN_BACKLOG     128

int64_t diameter_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint32_t diameter_random(void *ctx)
{
    uint32_t value = 0;

    (void)ctx;
    if (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value) {
        value = (uint32_t)diameter_now_ms(); /* jitter and identifiers: no secret depends on it */
    }
    return value;
}

/* Resolves `host`; numeric only if `passive` (for listening). */
static struct addrinfo *resolve(const char *host, uint16_t port, bool passive, struct fault *fault)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[8];

    hints.ai_flags = passive ? AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV : AI_NUMERICSERV;
    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    int status = getaddrinfo(host, service, &hints, &found);
    if (status != 0) {
        (void)fault_set(fault, "%s: %s", host, gai_strerror(status));
        return NULL;
    }
    return found;
}

/* Numeric text and octets of a socket address. */
static void describe(const struct sockaddr_storage *from, char text[INET6_ADDRSTRLEN],
                     struct dia_host_address *octets)
{
    const void *bytes = NULL;
    uint8_t len = 0;

    if (from->ss_family == AF_INET) {
        bytes = &((const struct sockaddr_in *)from)->sin_addr;
        len = 4;
    } else if (from->ss_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)from)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(six);
        bytes = mapped ? six->s6_addr + 12 : six->s6_addr;
        len = mapped ? 4 : 16;
    }
    if (text != NULL) {
        text[0] = '\0';
        if (len != 0) {
            (void)inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, text, INET6_ADDRSTRLEN);
        }
    }
    if (octets != NULL) {
        *octets = (struct dia_host_address){.len = len == 0 ? 4 : len};
        if (len != 0) {
            memcpy(octets->octets, bytes, len);
        }
    }
}

static void prepare(int fd, enum diameter_transport transport, struct dia_host_address *local)
{
    struct sockaddr_storage own = {0};
    socklen_t size = sizeof own;
    int on = 1;

    if (transport == DIAMETER_TCP) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    } else {
        struct sctp_sndrcvinfo defaults = {.sinfo_ppid = htonl(SCTP_PPID_DIAMETER)};
        (void)setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
        (void)setsockopt(fd, IPPROTO_SCTP, SCTP_DEFAULT_SEND_PARAM, &defaults, sizeof defaults);
    }
    (void)getsockname(fd, (struct sockaddr *)&own, &size);
    describe(&own, NULL, local);
}

static const char *transport_name(enum diameter_transport transport)
{
    return transport == DIAMETER_SCTP ? "SCTP" : "TCP";
}

int diameter_socket_listen(const struct diameter_listen *where, struct fault *fault)
{
    int protocol = where->transport == DIAMETER_SCTP ? IPPROTO_SCTP : IPPROTO_TCP;
    struct addrinfo *address = resolve(where->address, where->port, true, fault);
    int on = 1;

    if (address == NULL) {
        return -1;
    }
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
              listen(fd, LISTEN_BACKLOG) == 0;
    int error = errno;
    freeaddrinfo(address);
    if (ok) {
        return fd;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    bool missing = error == EPROTONOSUPPORT || error == ESOCKTNOSUPPORT;
    (void)fault_set(fault, "cannot listen on %s port %u over %s: %s%s", where->address,
                    (unsigned)where->port, transport_name(where->transport), strerror(error),
                    missing ? " (load the kernel's sctp module, or listen over TCP)" : "");
    return -1;
}

int diameter_socket_accept(int listener, enum diameter_transport transport,
                           char remote[INET6_ADDRSTRLEN], struct dia_host_address *local)
{
    struct sockaddr_storage from = {0};
    socklen_t size = sizeof from;
    int fd = accept4(listener, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
        describe(&from, remote, NULL);
        prepare(fd, transport, local);
    }
    return fd;
}

/* Waits until the connection under way is made. 0 or an errno value. */
static int await_connection(int fd, int64_t deadline)
{
    int error = 0;
    socklen_t size = sizeof error;

    for (;;) {
        struct pollfd one = {.fd = fd, .events = POLLOUT};
        int64_t left = deadline - diameter_now_ms();
        int ready = left <= 0 ? 0 : poll(&one, 1, (int)left);
        if (ready == 0) {
            return ETIMEDOUT;
        }
        if (ready > 0) {
            return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
}

int diameter_socket_connect(const char *host, uint16_t port, int timeout_ms,
                            char remote[INET6_ADDRSTRLEN], struct dia_host_address *local,
                            struct fault *fault)
{
    int64_t deadline = diameter_now_ms() + timeout_ms;
    struct addrinfo *found = resolve(host, port, false, fault);
    int error = EADDRNOTAVAIL;

    if (found == NULL) {
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
        if (fd < 0) {
            error = errno;
            continue;
        }
        error = connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
        if (error == EINPROGRESS) {
            error = await_connection(fd, deadline);
        }
        if (error == 0) {
            struct sockaddr_storage to = {0};
            memcpy(&to, a->ai_addr, a->ai_addrlen);
            describe(&to, remote, NULL);
            prepare(fd, DIAMETER_TCP, local);
            freeaddrinfo(found);
            return fd;
        }
        (void)close(fd);
    }
    freeaddrinfo(found);
    (void)fault_set(fault, "cannot connect to %s port %u: %s", host, (unsigned)port,
                    strerror(error));
    return -1;
}

uint16_t diameter_socket_port(int fd)
{
    union {
        struct sockaddr_storage any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } own = {.any = {0}};
    socklen_t size = sizeof own;

    if (getsockname(fd, (struct sockaddr *)&own.any, &size) != 0) {
        return 0;
    }
    return ntohs(own.any.ss_family == AF_INET6 ? own.six.sin6_port : own.four.sin_port);
}

static ssize_t send_some(int fd, const uint8_t *octets, size_t n)
{
    for (;;) {
        ssize_t sent = send(fd, octets, n, MSG_NOSIGNAL);
        if (sent >= 0) {
            return sent;
        }
        if (errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
        }
    }
}

ssize_t diameter_socket_send(int fd, enum diameter_transport transport, const uint8_t *octets,
                             size_t n)
{
    size_t done = 0;

    if (transport == DIAMETER_TCP) {
        return send_some(fd, octets, n);
    }
    while (n - done >= 4) {
        size_t length = be24_get(octets + done + 1);
        if (length == 0 || length > n - done) {
            return -1;
        }
        ssize_t sent = send_some(fd, octets + done, length);
        if (sent <= 0) {
            return done > 0 || sent == 0 ? (ssize_t)done : -1;
        }
        done += (size_t)sent;
        if ((size_t)sent < length) {
            return -1; /* the kernel takes a user message whole or not at all */
        }
    }
    return (ssize_t)done;
}

ssize_t diameter_socket_receive(int fd, uint8_t *octets, size_t n)
{
    for (;;) {
        ssize_t got = recv(fd, octets, n, 0);
        if (got > 0) {
            return got;
        }
        if (got == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) {
            return -1;
        }
        if (errno != EINTR) {
            return 0;
        }
    }
}

void diameter_socket_close(int fd)
{
    uint8_t rest[4096];

    (void)shutdown(fd, SHUT_WR);
    (void)recv(fd, rest, sizeof rest, MSG_DONTWAIT);
    (void)close(fd);
}
