#include "edge/diameter/diameter_client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diameter/dia_answer.h"
#include "edge/diameter/diameter_socket.h"

#define DEFAULT_MAX_MESSAGE 65536
#define MESSAGES_BUFFERED   4 /* room of each buffer, in messages of the greatest size */
#define LEAVE_TIMEOUT_MS    2000
#define EXCHANGE_COOKIE     UINT64_MAX /* of the request that diameter_client_exchange waits for */

struct diameter_client {
    struct diameter_client_config config;
    struct dia_peer_config peer_config;
    struct dia_peer peer;
    int fd;
    char remote[INET6_ADDRSTRLEN];
    uint8_t *in;
    struct dia_buffer out;
    size_t sent;
    enum dia_close_reason reason; /* DIA_CLOSE_NONE while the connection lives */
    uint32_t result;
    bool exchange_done;
    bool exchange_answered;
    struct dia_message answer;
};

static enum dia_admission admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    const struct diameter_client *client = ctx;
    const char *expected = client->config.expected_host;

    (void)remote;
    return expected == NULL || dia_identity_equal(who->host, expected) ? DIA_ADMIT
                                                                       : DIA_REFUSE_UNKNOWN;
}

static bool closed_fault(const struct diameter_client *client, struct fault *fault)
{
    switch (client->reason) {
    case DIA_CLOSE_REFUSED:
        return fault_set(fault, "%s: the capabilities exchange failed with result %u",
                         client->remote, (unsigned)client->result);
    case DIA_CLOSE_HANDSHAKE:
        return fault_set(fault, "%s: no proper answer to CER", client->remote);
    case DIA_CLOSE_WATCHDOG:
        return fault_set(fault, "%s: the peer does not answer watchdogs", client->remote);
    case DIA_CLOSE_STREAM:
        return fault_set(fault, "%s: the peer sent what is no Diameter", client->remote);
    default:
        return fault_set(fault, "%s: the peer closed the connection", client->remote);
    }
}

/* ---- events ---- */

static void on_request(struct diameter_client *client, const struct dia_message *request)
{
    struct dia_writer answer = dia_buffer_writer(&client->out);

    if (client->config.on_request != NULL) {
        client->config.on_request(client->config.ctx, request, &answer);
    }
    if (!dia_is_whole(&answer)) {
        const struct dia_error error = {.result = answer.len > 0 ? DIA_UNABLE_TO_COMPLY
                                                                 : DIA_COMMAND_UNSUPPORTED};
        answer = dia_buffer_writer(&client->out);
        (void)dia_answer_error(&answer, request, &client->config.node, &error);
    }
    (void)dia_buffer_take(&client->out, &answer);
}

static void on_answer(struct diameter_client *client, uint64_t cookie,
                      const struct dia_message *answer)
{
    if (cookie == EXCHANGE_COOKIE) {
        client->exchange_done = true;
        client->exchange_answered = answer != NULL;
        if (answer != NULL) {
            client->answer = *answer;
        }
    } else if (client->config.on_answer != NULL) {
        client->config.on_answer(client->config.ctx, cookie, answer);
    }
}

/* Returns true if it should go on: an answer that is waited for must stay where it is. */
static bool on_event(struct diameter_client *client, const struct dia_event *event)
{
    switch (event->kind) {
    case DIA_EVENT_OPEN:
        break;
    case DIA_EVENT_REQUEST:
        on_request(client, &event->message);
        break;
    case DIA_EVENT_ANSWER:
        on_answer(client, event->cookie, &event->message);
        break;
    case DIA_EVENT_UNANSWERED:
        on_answer(client, event->cookie, NULL);
        break;
    case DIA_EVENT_LEAVING:
        dia_peer_farewell(&client->peer, diameter_now_ms());
        break;
    case DIA_EVENT_CLOSED:
        client->reason = event->reason;
        client->result = event->result;
        break;
    }
    return !client->exchange_done;
}

static bool drain(struct diameter_client *client)
{
    struct dia_event event;
    bool any = false;

    while (dia_peer_next(&client->peer, diameter_now_ms(), &event)) {
        any = true;
        if (!on_event(client, &event)) {
            break;
        }
    }
    return any;
}

static void flush(struct diameter_client *client)
{
    size_t left = client->out.len - client->sent;

    if (left > 0) {
        ssize_t sent =
            diameter_socket_send(client->fd, DIAMETER_TCP, client->out.bytes + client->sent, left);
        if (sent < 0) {
            dia_peer_transport_closed(&client->peer);
            return;
        }
        client->sent += (size_t)sent;
    }
    client->out.len -= client->sent;
    memmove(client->out.bytes, client->out.bytes + client->sent, client->out.len);
    client->sent = 0;
}

static void receive(struct diameter_client *client)
{
    size_t room = 0;
    uint8_t *space = dia_peer_space(&client->peer, &room);
    ssize_t got = room == 0 ? 0 : diameter_socket_receive(client->fd, space, room);

    if (got > 0) {
        dia_peer_received(&client->peer, (size_t)got);
    } else if (got < 0) {
        (void)drain(client);
        dia_peer_transport_closed(&client->peer);
    }
}

/* Sends, waits until something comes or `deadline`, and handles it. True if there was an event. */
static bool serve(struct diameter_client *client, int64_t deadline)
{
    int64_t due = dia_peer_tick(&client->peer, diameter_now_ms());

    if (drain(client)) {
        flush(client);
        return true;
    }
    flush(client);
    int64_t now = diameter_now_ms();
    int64_t until = due < deadline ? due : deadline;
    int wait = until <= now ? 0 : until - now > 60000 ? 60000 : (int)(until - now);
    struct pollfd one = {.fd = client->fd, .events = POLLIN};
    if (client->out.len > 0) {
        one.events |= POLLOUT;
    }
    if (poll(&one, 1, wait) > 0 && (one.revents & ~POLLOUT) != 0) {
        receive(client);
    }
    bool any = drain(client);
    flush(client);
    return any;
}

/* ---- interface ---- */

static struct diameter_client *new_client(const struct diameter_client_config *config)
{
    struct diameter_client *client = calloc(1, sizeof *client);

    if (client == NULL) {
        return NULL;
    }
    client->fd = -1;
    client->config = *config;
    client->peer_config = (struct dia_peer_config){
        .node = config->node,
        .max_message = config->max_message == 0 ? DEFAULT_MAX_MESSAGE : config->max_message,
        .tw_ms = config->tw_ms == 0 ? DIA_TW_DEFAULT_MS : config->tw_ms,
        .leave_ms = LEAVE_TIMEOUT_MS,
        .admit = admit,
        .random = diameter_random,
    };
    size_t room = MESSAGES_BUFFERED * client->peer_config.max_message + DIA_PEER_ROOM;
    client->in = malloc(room);
    client->out = (struct dia_buffer){.bytes = malloc(room), .capacity = room};
    if (client->in == NULL || client->out.bytes == NULL) {
        free(client->in);
        free(client->out.bytes);
        free(client);
        return NULL;
    }
    return client;
}

static void free_client(struct diameter_client *client)
{
    if (client->fd >= 0) {
        diameter_socket_close(client->fd);
    }
    free(client->in);
    free(client->out.bytes);
    free(client);
}

struct diameter_client *diameter_client_open(const struct diameter_client_config *config,
                                             const char *host, uint16_t port, int timeout_ms,
                                             struct fault *fault)
{
    struct diameter_client *client = new_client(config);
    struct dia_endpoint endpoint = {.ctx = client};
    int64_t deadline = diameter_now_ms() + timeout_ms;

    if (client == NULL) {
        (void)fault_set(fault, "out of memory");
        return NULL;
    }
    client->fd =
        diameter_socket_connect(host, port, timeout_ms, client->remote, &endpoint.local, fault);
    if (client->fd < 0) {
        free_client(client);
        return NULL;
    }
    endpoint.remote = client->remote;
    client->peer_config.handshake_ms = deadline - diameter_now_ms();
    dia_peer_init(&client->peer, &client->peer_config, &endpoint, true, client->in,
                  client->out.capacity, &client->out, diameter_now_ms());
    while (client->reason == DIA_CLOSE_NONE && client->peer.state != DIA_PEER_OPEN) {
        (void)serve(client, deadline);
    }
    if (client->reason != DIA_CLOSE_NONE) {
        (void)closed_fault(client, fault);
        free_client(client);
        return NULL;
    }
    return client;
}

const struct dia_capabilities *diameter_client_peer(const struct diameter_client *client)
{
    return &client->peer.capabilities;
}

bool diameter_client_send(struct diameter_client *client, const uint8_t *request, size_t n,
                          uint64_t cookie, int timeout_ms)
{
    return dia_peer_request(&client->peer, request, n, cookie, diameter_now_ms() + timeout_ms,
                            &client->out);
}

bool diameter_client_poll(struct diameter_client *client, int timeout_ms, struct fault *fault)
{
    int64_t deadline = diameter_now_ms() + timeout_ms;

    do {
        if (client->reason != DIA_CLOSE_NONE) {
            return closed_fault(client, fault);
        }
    } while (!serve(client, deadline) && diameter_now_ms() < deadline);
    return client->reason == DIA_CLOSE_NONE || closed_fault(client, fault);
}

bool diameter_client_exchange(struct diameter_client *client, const uint8_t *request, size_t n,
                              int timeout_ms, struct dia_message *answer, struct fault *fault)
{
    int64_t deadline = diameter_now_ms() + timeout_ms;

    client->exchange_done = false;
    client->exchange_answered = false;
    if (!dia_peer_request(&client->peer, request, n, EXCHANGE_COOKIE, deadline, &client->out)) {
        return client->reason != DIA_CLOSE_NONE
                   ? closed_fault(client, fault)
                   : fault_set(fault, "%s: too many requests under way", client->remote);
    }
    while (!client->exchange_done && client->reason == DIA_CLOSE_NONE) {
        (void)serve(client, deadline);
    }
    client->exchange_done = false;
    if (client->exchange_answered) {
        *answer = client->answer;
        return true;
    }
    return client->reason != DIA_CLOSE_NONE
               ? closed_fault(client, fault)
               : fault_set(fault, "%s: no answer within %d ms", client->remote, timeout_ms);
}

void diameter_client_close(struct diameter_client *client)
{
    if (client == NULL) {
        return;
    }
    int64_t deadline = diameter_now_ms() + LEAVE_TIMEOUT_MS;

    dia_peer_leave(&client->peer, DIA_DO_NOT_WANT_TO_TALK_TO_YOU, diameter_now_ms());
    while (client->reason == DIA_CLOSE_NONE && diameter_now_ms() < deadline) {
        (void)serve(client, deadline);
    }
    free_client(client);
}
