#include "edge/diameter/diameter_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "diameter/dia_answer.h"
#include "edge/diameter/diameter_connection.h"
#include "edge/diameter/diameter_round.h"
#include "edge/diameter/diameter_socket.h"

#define EVENTS_MAX           64
#define STRANGERS_MAX        16 /* connections of one address before CER */
#define SPARE_DESCRIPTORS    64 /* for what is not a connection */
#define ACCEPTS_MAX          64 /* in one round */
#define DEFAULT_CONNECTIONS  1024
#define DEFAULT_MAX_MESSAGE  16384
#define DEFAULT_MAX_BACKLOG  (1u << 20)
#define HANDSHAKE_TIMEOUT_MS 10000
#define LEAVE_TIMEOUT_MS     2000

/* ---- opening ---- */

static bool watch(struct diameter_server *server, int fd, void *tag, struct fault *fault)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};

    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
           fault_set(fault, "cannot watch a socket: %s", strerror(errno));
}

static bool open_listeners(struct diameter_server *server, struct fault *fault)
{
    for (size_t i = 0; i < server->config.listen_count; i++) {
        struct diameter_listener *listener = &server->listeners[i];
        listener->transport = server->config.listens[i].transport;
        listener->fd = diameter_socket_listen(&server->config.listens[i], fault);
        if (listener->fd < 0) {
            return false;
        }
        server->listener_count = i + 1;
        if (!watch(server, listener->fd, listener, fault)) {
            return false;
        }
    }
    return server->config.stop_fd < 0 || watch(server, server->config.stop_fd, server, fault);
}

static enum dia_admission admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    struct diameter_connection *c = ctx;
    const struct diameter_handler *handler = &c->server->config.handler;

    if (!handler->admit(handler->ctx, who, remote)) {
        return DIA_REFUSE_UNKNOWN;
    }
    return diameter_round_supersede(c->server, who) ? DIA_ADMIT : DIA_REFUSE_DUPLICATE;
}

static void set_defaults(struct diameter_server *server)
{
    struct diameter_server_config *config = &server->config;

    config->max_connections =
        config->max_connections == 0 ? DEFAULT_CONNECTIONS : config->max_connections;
    config->max_message = config->max_message == 0 ? DEFAULT_MAX_MESSAGE : config->max_message;
    config->max_backlog = config->max_backlog == 0 ? DEFAULT_MAX_BACKLOG : config->max_backlog;
    server->peer_config = (struct dia_peer_config){
        .node = config->node,
        .max_message = config->max_message,
        .tw_ms = config->tw_ms == 0 ? DIA_TW_DEFAULT_MS : config->tw_ms,
        .handshake_ms = HANDSHAKE_TIMEOUT_MS,
        .leave_ms = LEAVE_TIMEOUT_MS,
        .admit = admit,
        .random = diameter_random,
    };
    server->next_deadline = INT64_MAX;
    server->timer_deadline = INT64_MAX;
    server->stop_deadline = INT64_MAX;
}

/* Lets the process have a descriptor for every connection, or takes fewer connections: accept(2)
 * must not run out of them, since the listener would stay ready and the loop spin. */
static void fit_descriptors(struct diameter_server *server)
{
    struct rlimit limit;
    rlim_t wanted = server->config.max_connections + SPARE_DESCRIPTORS;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted) {
        server->config.max_connections = limit.rlim_cur > UINT64_C(2) * SPARE_DESCRIPTORS
                                             ? limit.rlim_cur - SPARE_DESCRIPTORS
                                             : 16;
    }
}

struct diameter_server *diameter_server_open(const struct diameter_server_config *config,
                                             struct fault *fault)
{
    struct diameter_server *server = calloc(1, sizeof *server);

    if (server == NULL) {
        (void)fault_set(fault, "out of memory");
        return NULL;
    }
    server->config = *config;
    set_defaults(server);
    server->listeners = calloc(config->listen_count + 1, sizeof *server->listeners);
    server->touched =
        calloc(server->config.max_connections, 2 * sizeof(struct diameter_connection *));
    server->answer = malloc(server->config.max_message + DIA_PEER_ROOM);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server->listeners == NULL || server->touched == NULL || server->answer == NULL ||
        server->epoll < 0) {
        (void)fault_set(fault, "out of memory or descriptors");
        diameter_server_close(server);
        return NULL;
    }
    fit_descriptors(server);
    if (!open_listeners(server, fault)) {
        diameter_server_close(server);
        return NULL;
    }
    return server;
}

uint16_t diameter_server_port(const struct diameter_server *server, size_t index)
{
    return index < server->listener_count ? diameter_socket_port(server->listeners[index].fd) : 0;
}

/* ---- connections ---- */

/* Connections from this address that have not presented themselves yet. */
static size_t strangers_at(const struct diameter_server *server, const char *remote)
{
    size_t n = 0;

    for (const struct diameter_connection *c = server->connections; c != NULL; c = c->next) {
        n += !c->announced && strcmp(c->remote, remote) == 0;
    }
    return n;
}

static void accept_from(struct diameter_server *server, const struct diameter_listener *listener)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        char remote[INET6_ADDRSTRLEN];
        struct dia_host_address local;
        int fd = diameter_socket_accept(listener->fd, listener->transport, remote, &local);
        if (fd < 0) {
            return;
        }
        if (server->connection_count == server->config.max_connections ||
            strangers_at(server, remote) >= STRANGERS_MAX) {
            (void)close(fd);
            continue;
        }
        struct diameter_connection *c = diameter_connection_new(
            server, &server->peer_config, fd, listener->transport, remote, &local);
        if (c == NULL) {
            continue;
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
            diameter_connection_free(c);
            continue;
        }
        c->interest = EPOLLIN;
        c->next = server->connections;
        if (c->next != NULL) {
            c->next->previous = c;
        }
        server->connections = c;
        server->connection_count++;
        diameter_round_touch(c);
    }
}

struct diameter_connection *diameter_server_find(struct diameter_server *server, const char *host)
{
    for (struct diameter_connection *c = server->connections; c != NULL; c = c->next) {
        if (c->announced && c->peer.state == DIA_PEER_OPEN &&
            dia_identity_equal(c->peer.capabilities.host, host)) {
            return c;
        }
    }
    return NULL;
}

bool diameter_connection_request(struct diameter_connection *c, const uint8_t *request, size_t n,
                                 uint64_t cookie, int64_t timeout_ms)
{
    if (c->peer.state != DIA_PEER_OPEN || n > c->server->config.max_message ||
        !diameter_connection_make_room(c, c->server->config.max_backlog)) {
        return false;
    }
    if (!dia_peer_request(&c->peer, request, n, cookie, diameter_now_ms() + timeout_ms,
                          &c->batch)) {
        return false;
    }
    diameter_round_touch(c);
    return true;
}

/* ---- rounds ---- */

static int wait_time(const struct diameter_server *server, int timeout_ms)
{
    int64_t deadline = server->next_deadline;

    if (server->touched_count > 0) {
        return 0; /* left over from the last round */
    }
    if (server->timer_deadline < deadline) {
        deadline = server->timer_deadline;
    }
    if (server->stop_deadline < deadline) {
        deadline = server->stop_deadline;
    }
    if (deadline == INT64_MAX) {
        return timeout_ms;
    }
    int64_t left = deadline - diameter_now_ms();
    left = left < 0 ? 0 : left;
    left = left > INT32_MAX ? INT32_MAX : left;
    return timeout_ms >= 0 && timeout_ms < left ? timeout_ms : (int)left;
}

static bool is_listener(const struct diameter_server *server, const void *tag)
{
    for (size_t i = 0; i < server->listener_count; i++) {
        if (tag == &server->listeners[i]) {
            return true;
        }
    }
    return false;
}

static void on_ready(struct diameter_server *server, const struct epoll_event *event)
{
    if (event->data.ptr == server) {
        (void)epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->config.stop_fd, NULL);
        diameter_server_stop(server);
        return;
    }
    if (is_listener(server, event->data.ptr)) {
        if (!server->stopping) {
            accept_from(server, event->data.ptr);
        }
        return;
    }
    struct diameter_connection *c = event->data.ptr;
    if ((event->events & (EPOLLERR | EPOLLHUP)) != 0 && (c->interest & EPOLLIN) == 0) {
        c->ended = true; /* not read now, and will not be: the transport is gone */
    }
    if ((event->events & ~(uint32_t)EPOLLOUT) != 0 && (c->interest & EPOLLIN) != 0) {
        diameter_connection_read(c);
    }
    diameter_round_touch(c);
}

bool diameter_server_step(struct diameter_server *server, int timeout_ms, struct fault *fault)
{
    struct epoll_event events[EVENTS_MAX];
    int n = epoll_wait(server->epoll, events, EVENTS_MAX, wait_time(server, timeout_ms));

    if (n < 0 && errno != EINTR) {
        return fault_set(fault, "epoll: %s", strerror(errno));
    }
    for (int i = 0; i < n; i++) {
        on_ready(server, &events[i]);
    }
    diameter_round_run(server, diameter_now_ms());
    if (server->stopping &&
        (server->connection_count == 0 || diameter_now_ms() >= server->stop_deadline)) {
        if (fault != NULL) {
            fault->text[0] = '\0';
        }
        return false;
    }
    return true;
}

bool diameter_server_run(struct diameter_server *server, struct fault *fault)
{
    struct fault none = {{0}};
    struct fault *kept = fault != NULL ? fault : &none;

    kept->text[0] = '\0';
    while (diameter_server_step(server, -1, kept)) {
    }
    return kept->text[0] == '\0';
}

/* ---- stopping ---- */

void diameter_server_stop(struct diameter_server *server)
{
    int64_t now = diameter_now_ms();

    if (server->stopping) {
        return;
    }
    server->stopping = true;
    server->stop_deadline = now + LEAVE_TIMEOUT_MS;
    for (size_t i = 0; i < server->listener_count; i++) {
        (void)epoll_ctl(server->epoll, EPOLL_CTL_DEL, server->listeners[i].fd, NULL);
    }
    for (struct diameter_connection *c = server->connections; c != NULL; c = c->next) {
        if (diameter_connection_wire_room(c)) {
            dia_peer_leave(&c->peer, DIA_REBOOTING, now);
        }
        diameter_round_touch(c);
    }
}

void diameter_server_close(struct diameter_server *server)
{
    if (server == NULL) {
        return;
    }
    for (struct diameter_connection *c = server->connections, *next = NULL; c != NULL; c = next) {
        next = c->next;
        server->connections = next;
        if (c->announced) {
            server->config.handler.on_closed(server->config.handler.ctx, c, DIA_CLOSE_LEFT);
        }
        diameter_connection_free(c);
    }
    for (size_t i = 0; server->listeners != NULL && i < server->listener_count; i++) {
        (void)close(server->listeners[i].fd);
    }
    if (server->epoll >= 0) {
        (void)close(server->epoll);
    }
    free(server->answer);
    free(server->requests);
    free((void *)server->touched);
    free(server->listeners);
    free(server);
}
