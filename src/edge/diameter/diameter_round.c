#include "edge/diameter/diameter_round.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "diameter/dia_answer.h"

#define STALLED_RETRY_MS 100

void diameter_round_touch(struct diameter_connection *c)
{
    if (!c->touched) {
        c->touched = true;
        c->server->touched[c->server->touched_count++] = c;
    }
}

bool diameter_round_supersede(struct diameter_server *server, const struct dia_capabilities *who)
{
    struct diameter_connection *old = diameter_server_find(server, who->host);

    if (old == NULL) {
        return true;
    }
    const struct dia_capabilities *was = &old->peer.capabilities;
    /* It only grows (RFC 6733 8.16): another one that is lower is no restart of this peer. */
    bool restarted = was->has_origin_state && who->has_origin_state &&
                     who->origin_state_id > was->origin_state_id;
    diameter_round_touch(old);
    if (old->peer.suspect || restarted) {
        dia_peer_transport_closed(&old->peer);
        return true;
    }
    if (diameter_connection_wire_room(old)) {
        dia_peer_probe(&old->peer, diameter_now_ms());
    }
    return false;
}

/* ---- events ---- */

static bool remember_request(struct diameter_server *server, struct diameter_connection *c,
                             const struct dia_message *message)
{
    if (server->request_count == server->request_capacity) {
        size_t capacity = server->request_capacity * 2 + 64;
        struct diameter_round_request *more =
            realloc(server->requests, capacity * sizeof *server->requests);
        if (more == NULL) {
            return false;
        }
        server->requests = more;
        server->request_capacity = capacity;
    }
    server->requests[server->request_count++] =
        (struct diameter_round_request){.connection = c, .message = *message};
    return true;
}

/* A writer for an answer: to memory of its own, since the upper layer may send requests meanwhile,
 * which go to the batch at once and may move it. */
static struct dia_writer answer_writer(const struct diameter_server *server)
{
    return dia_writer(server->answer, server->config.max_message + DIA_PEER_ROOM);
}

/* Takes an answer into the batch; one that overflowed or was not closed is replaced with an error.
 */
static void take_answer(struct diameter_connection *c, const struct dia_message *request,
                        struct dia_writer *answer)
{
    if (answer->len == 0 && !answer->overflow) {
        return;
    }
    if (!dia_is_whole(answer)) {
        const struct dia_error error = {.result = DIA_UNABLE_TO_COMPLY};
        *answer = answer_writer(c->server);
        (void)dia_answer_error(answer, request, &c->server->config.node, &error);
    }
    if (dia_is_whole(answer) && !diameter_connection_append(c, answer->bytes, answer->len)) {
        c->ended = true; /* out of memory: the peer must not wait for what will not come */
    }
}

static void answer_busy(const struct diameter_server *server, const struct dia_message *request,
                        struct dia_writer *answer)
{
    (void)dia_answer_error(answer, request, &server->config.node,
                           &(struct dia_error){.result = DIA_TOO_BUSY});
}

static void on_request(struct diameter_connection *c, const struct dia_message *message)
{
    struct diameter_server *server = c->server;
    const struct diameter_handler *handler = &server->config.handler;
    struct dia_writer answer = answer_writer(server);

    if (remember_request(server, c, message)) {
        handler->on_request(handler->ctx, c, message, &answer);
    } else {
        answer_busy(server, message, &answer);
    }
    take_answer(c, message, &answer);
}

static void on_closed(struct diameter_connection *c, const struct dia_event *event)
{
    const struct diameter_handler *handler = &c->server->config.handler;

    c->ended = true;
    if (c->announced) {
        c->announced = false;
        handler->on_closed(handler->ctx, c, event->reason);
    }
}

static void on_event(struct diameter_connection *c, const struct dia_event *event)
{
    const struct diameter_handler *handler = &c->server->config.handler;

    switch (event->kind) {
    case DIA_EVENT_OPEN:
        c->announced = true;
        handler->on_open(handler->ctx, c);
        break;
    case DIA_EVENT_REQUEST:
        on_request(c, &event->message);
        break;
    case DIA_EVENT_ANSWER:
        handler->on_answer(handler->ctx, c, event->cookie, &event->message);
        break;
    case DIA_EVENT_UNANSWERED:
        handler->on_answer(handler->ctx, c, event->cookie, NULL);
        break;
    case DIA_EVENT_LEAVING:
        c->farewell = true;
        break;
    case DIA_EVENT_CLOSED:
        on_closed(c, event);
        break;
    }
}

/* Hands over what was read, as far as the backlog allows. */
static void process(struct diameter_connection *c, int64_t now_ms)
{
    struct dia_event event;

    while (diameter_connection_make_room(c, c->server->config.max_backlog) &&
           dia_peer_next(&c->peer, now_ms, &event)) {
        on_event(c, &event);
    }
    if (c->ended && c->peer.state != DIA_PEER_CLOSED) {
        dia_peer_transport_closed(&c->peer);
    }
}

/* The last events of a connection that ended need no room: there are no messages among them. */
static void drain_closed(struct diameter_connection *c, int64_t now_ms)
{
    struct dia_event event;

    while (c->peer.state == DIA_PEER_CLOSED && dia_peer_next(&c->peer, now_ms, &event)) {
        on_event(c, &event);
    }
}

/* ---- timers ---- */

static void note_deadline(struct diameter_connection *c, int64_t now_ms)
{
    int64_t deadline = INT64_MAX;

    if (diameter_connection_wire_room(c)) {
        deadline = dia_peer_tick(&c->peer, now_ms);
    }
    if (c->stalled && deadline <= now_ms) {
        deadline = now_ms + STALLED_RETRY_MS; /* its events wait for the backlog, not for time */
    }
    if (deadline < c->server->next_deadline) {
        c->server->next_deadline = deadline;
    }
}

static void run_timers(struct diameter_server *server, int64_t now_ms)
{
    const struct diameter_handler *handler = &server->config.handler;

    if (now_ms >= server->next_deadline) {
        server->next_deadline = INT64_MAX;
        for (struct diameter_connection *c = server->connections; c != NULL; c = c->next) {
            note_deadline(c, now_ms);
            bool speaks = c->wire.len > c->sent || c->peer.state == DIA_PEER_CLOSED ||
                          c->peer.pending.earliest <= now_ms;
            if (speaks) {
                diameter_round_touch(c);
            }
        }
    }
    if (handler->on_timer != NULL) {
        server->timer_deadline = handler->on_timer(handler->ctx, now_ms);
    }
}

/* ---- the batch ---- */

static void refuse_batch(struct diameter_server *server)
{
    const struct diameter_handler *handler = &server->config.handler;

    for (size_t i = 0; i < server->touched_count; i++) {
        diameter_connection_drop_batch(server->touched[i]);
    }
    for (size_t i = 0; i < server->request_count; i++) {
        const struct diameter_round_request *request = &server->requests[i];
        struct diameter_connection *c = request->connection;
        struct dia_writer answer = answer_writer(server);
        if (handler->on_refuse != NULL) {
            handler->on_refuse(handler->ctx, c, &request->message, &answer);
        } else {
            answer_busy(server, &request->message, &answer);
        }
        take_answer(c, &request->message, &answer);
    }
}

/* ---- the end of a round ---- */

static void set_interest(struct diameter_connection *c)
{
    struct epoll_event event = {.data.ptr = c};

    event.events |= c->stalled || c->ended ? 0u : (uint32_t)EPOLLIN;
    event.events |= c->wire.len > c->sent ? (uint32_t)EPOLLOUT : 0u;
    if (event.events != c->interest &&
        epoll_ctl(c->server->epoll, EPOLL_CTL_MOD, c->fd, &event) == 0) {
        c->interest = event.events;
    }
}

static void remove_connection(struct diameter_connection *c)
{
    struct diameter_server *server = c->server;

    if (c->previous != NULL) {
        c->previous->next = c->next;
    } else {
        server->connections = c->next;
    }
    if (c->next != NULL) {
        c->next->previous = c->previous;
    }
    server->connection_count--;
    diameter_connection_free(c);
}

/* Sends what the connection has; says if it has to be looked at again in the next round. */
static bool finish(struct diameter_connection *c, int64_t now_ms)
{
    diameter_connection_release(c);
    if (c->farewell) {
        c->farewell = false;
        if (diameter_connection_wire_room(c)) {
            dia_peer_farewell(&c->peer, now_ms);
        }
    }
    note_deadline(c, now_ms);
    bool going_on = diameter_connection_flush(c);
    drain_closed(c, now_ms);
    if (!going_on || (c->ended && c->peer.state == DIA_PEER_CLOSED)) {
        remove_connection(c);
        return false;
    }
    bool again = c->ended || c->peer.state == DIA_PEER_CLOSED ||
                 (c->stalled && diameter_connection_backlog(c) <= c->server->config.max_backlog);
    if (again) {
        c->stalled = false;
    }
    set_interest(c);
    return again;
}

void diameter_round_run(struct diameter_server *server, int64_t now_ms)
{
    const struct diameter_handler *handler = &server->config.handler;

    run_timers(server, now_ms);
    for (size_t i = 0; i < server->touched_count; i++) {
        process(server->touched[i], now_ms);
    }
    for (size_t i = 0; i < server->touched_count; i++) {
        drain_closed(server->touched[i], now_ms);
    }
    if (!handler->on_batch_end(handler->ctx)) {
        refuse_batch(server);
    }
    size_t count = server->touched_count;
    size_t kept = 0;
    server->request_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct diameter_connection *c = server->touched[i];
        c->touched = false;
        if (finish(c, now_ms)) {
            c->touched = true;
            server->touched[kept++] = c;
        }
    }
    /* Callbacks about connections that closed just now may have touched others. */
    for (size_t i = count; i < server->touched_count; i++) {
        server->touched[kept++] = server->touched[i];
    }
    server->touched_count = kept;
}
