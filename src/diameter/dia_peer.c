#include "diameter/dia_peer.h"

#include <string.h>

#include "base/bytes.h"
#include "diameter/dia_answer.h"
#include "diameter/dia_peer_internal.h"
#include "diameter/dia_validate.h"

/* ---- identifiers and timers ---- */

static uint32_t random32(const struct dia_peer *peer)
{
    return peer->config->random(peer->endpoint.ctx);
}

/* RFC 6733 3: the high 12 bits stay those of the start, the low 20 bits count from a random number.
 */
static uint32_t next_end_to_end(struct dia_peer *peer)
{
    uint32_t low = (peer->end_to_end + 1) & 0xFFFFFu;
    peer->end_to_end = (peer->end_to_end & 0xFFF00000u) | low;
    return peer->end_to_end;
}

/* Shares the pending table's serials, so that no two requests under way have the same identifier.
 */
static uint32_t next_hop_by_hop(struct dia_peer *peer)
{
    return ++peer->pending.serial * DIA_PENDING_MAX;
}

/*
 * RFC 3539 3.4.1: Tw with a jitter of plus or minus 2 seconds (less for a Tw below the minimum).
 * Every message sets the timer again, so the jitter is a linear congruential sequence from a random
 * start (Numerical Recipes' constants), of which the high half is used.
 */
void dia_peer_set_watchdog(struct dia_peer *peer, int64_t now_ms)
{
    int64_t jitter = peer->config->tw_ms >= DIA_TW_MINIMUM_MS ? 2000 : peer->config->tw_ms / 3;
    int64_t range = 2 * jitter + 1;

    peer->noise = peer->noise * 1664525u + 1013904223u;
    peer->deadline = now_ms + peer->config->tw_ms - jitter + (int64_t)(peer->noise >> 16) % range;
}

void dia_peer_close(struct dia_peer *peer, enum dia_close_reason reason, uint32_t result)
{
    if (peer->state != DIA_PEER_CLOSED) {
        peer->state = DIA_PEER_CLOSED;
        peer->reason = reason;
        peer->close_result = result;
        peer->deadline = INT64_MAX;
    }
}

/* Takes a finished message into the output buffer; a peer whose output does not fit cannot go on.
 */
bool dia_peer_send(struct dia_peer *peer, const struct dia_writer *writer)
{
    if (!dia_buffer_take(peer->out, writer)) {
        dia_peer_close(peer, DIA_CLOSE_OVERFLOW, 0);
        return false;
    }
    return true;
}

static void send_error(struct dia_peer *peer, const struct dia_message *request,
                       const struct dia_error *error)
{
    struct dia_writer writer = dia_buffer_writer(peer->out);

    (void)dia_answer_error(&writer, request, &peer->config->node, error);
    (void)dia_peer_send(peer, &writer);
}

static void send_dwr(struct dia_peer *peer, int64_t now_ms)
{
    struct dia_writer writer = dia_buffer_writer(peer->out);

    (void)dia_put_dwr(&writer, &peer->config->node, next_hop_by_hop(peer), next_end_to_end(peer));
    if (dia_peer_send(peer, &writer)) {
        peer->dwr_pending = true;
        dia_peer_set_watchdog(peer, now_ms);
    }
}

/* ---- start, input ---- */

void dia_peer_init(
    struct dia_peer *peer, const struct dia_peer_config *config,
    const struct dia_endpoint *endpoint, bool initiator,
    uint8_t *in, // NOLINT(readability-non-const-parameter): kept, and written to later
    size_t in_capacity, struct dia_buffer *out, int64_t now_ms)
{
    *peer = (struct dia_peer){
        .config = config,
        .endpoint = *endpoint,
        .out = out,
        .state = initiator ? DIA_PEER_WAIT_CEA : DIA_PEER_WAIT_CER,
        .deadline = now_ms + config->handshake_ms,
        .in = in,
        .in_capacity = in_capacity,
    };
    peer->noise = random32(peer);
    dia_pending_init(&peer->pending, random32(peer));
    peer->end_to_end = (uint32_t)((uint64_t)now_ms / 1000) << 20 | (random32(peer) & 0xFFFFFu);
    if (initiator) {
        struct dia_writer writer = dia_buffer_writer(out);
        (void)dia_put_cer(&writer, &config->node, &endpoint->local, next_hop_by_hop(peer),
                          next_end_to_end(peer));
        (void)dia_peer_send(peer, &writer);
    }
}

uint8_t *dia_peer_space(struct dia_peer *peer, size_t *n)
{
    if (peer->in_start > 0) {
        peer->in_end -= peer->in_start;
        memmove(peer->in, peer->in + peer->in_start, peer->in_end);
        peer->in_start = 0;
    }
    *n = peer->in_capacity - peer->in_end;
    return peer->in + peer->in_end;
}

void dia_peer_received(struct dia_peer *peer, size_t n)
{
    size_t room = peer->in_capacity - peer->in_end;
    peer->in_end += n < room ? n : room;
}

size_t dia_peer_input(struct dia_peer *peer, const uint8_t *octets, size_t n)
{
    size_t room = 0;
    uint8_t *space = dia_peer_space(peer, &room);
    size_t taken = n < room ? n : room;

    if (taken > 0) {
        memcpy(space, octets, taken);
        dia_peer_received(peer, taken);
    }
    return taken;
}

/* ---- the open connection ---- */

static bool on_base_request(struct dia_peer *peer, const struct dia_message *request,
                            int64_t now_ms, struct dia_event *event)
{
    const struct dia_command_rule *rule = dia_base_rule(request->header.command, true);
    struct dia_failure failure;

    if (rule == NULL) {
        send_error(peer, request, &(struct dia_error){.result = DIA_COMMAND_UNSUPPORTED});
        return false;
    }
    if (!dia_validate(request, rule, &failure)) {
        struct dia_error error = dia_error_of(&failure);
        send_error(peer, request, &error);
        return false;
    }
    if (rule->command == DIA_COMMAND_DISCONNECT_PEER) {
        peer->leave_request = request->header;
        peer->state = DIA_PEER_LEFT;
        peer->deadline = now_ms + peer->config->leave_ms;
        event->kind = DIA_EVENT_LEAVING;
        return true;
    }
    if (rule->command == DIA_COMMAND_CAPABILITIES_EXCHANGE) {
        dia_peer_on_cer_again(peer, request);
        return false;
    }
    struct dia_writer writer = dia_buffer_writer(peer->out);
    (void)dia_put_base_answer(&writer, &peer->config->node, request);
    (void)dia_peer_send(peer, &writer);
    return false;
}

static bool on_answer(struct dia_peer *peer, const struct dia_message *answer,
                      struct dia_event *event)
{
    const struct dia_header *header = &answer->header;

    if (header->application == DIA_APPLICATION_BASE) {
        if (header->command == DIA_COMMAND_DEVICE_WATCHDOG) {
            peer->dwr_pending = false;
        }
        if (header->command == DIA_COMMAND_DISCONNECT_PEER && peer->state == DIA_PEER_LEAVING) {
            dia_peer_close(peer, DIA_CLOSE_LEFT, 0);
        }
        return false;
    }
    if (!dia_pending_take(&peer->pending, header, &event->cookie)) {
        return false;
    }
    event->kind = DIA_EVENT_ANSWER;
    event->message = *answer;
    return true;
}

static bool on_request(struct dia_peer *peer, const struct dia_message *request,
                       struct dia_event *event)
{
    if (peer->state != DIA_PEER_OPEN) {
        /* After DPR nobody sends requests; one that crossed our DPR goes elsewhere. */
        send_error(peer, request, &(struct dia_error){.result = DIA_UNABLE_TO_DELIVER});
        return false;
    }
    if (!dia_node_serves(&peer->config->node, request->header.application)) {
        send_error(peer, request, &(struct dia_error){.result = DIA_APPLICATION_UNSUPPORTED});
        return false;
    }
    event->kind = DIA_EVENT_REQUEST;
    event->message = *request;
    return true;
}

static bool on_message(struct dia_peer *peer, const struct dia_message *message, int64_t now_ms,
                       struct dia_event *event)
{
    if (peer->state == DIA_PEER_WAIT_CER || peer->state == DIA_PEER_WAIT_CEA) {
        return dia_peer_on_handshake(peer, message, now_ms, event);
    }
    if (peer->state == DIA_PEER_OPEN) {
        /* RFC 3539 3.4.1: whatever comes is a sign of life. */
        peer->suspect = false;
        dia_peer_set_watchdog(peer, now_ms);
    }
    if (!dia_is_request(&message->header)) {
        return on_answer(peer, message, event);
    }
    if (message->header.application == DIA_APPLICATION_BASE) {
        return peer->state == DIA_PEER_OPEN && on_base_request(peer, message, now_ms, event);
    }
    return peer->state != DIA_PEER_LEFT && on_request(peer, message, event);
}

/* The stream cannot be followed any further: say why, where there is a request to answer, and
 * close. */
static void on_bad_stream(struct dia_peer *peer, const struct dia_message *message, uint32_t result)
{
    if (peer->state == DIA_PEER_OPEN && dia_is_request(&message->header)) {
        send_error(peer, message, &(struct dia_error){.result = result});
    }
    dia_peer_close(peer, DIA_CLOSE_STREAM, result);
}

static bool next_message(struct dia_peer *peer, int64_t now_ms, struct dia_event *event)
{
    while (peer->state != DIA_PEER_CLOSED) {
        if (peer->out->capacity - peer->out->len < peer->config->max_message + DIA_PEER_ROOM) {
            peer->stalled = true;
            return false;
        }
        struct dia_message message;
        size_t left = peer->in_end - peer->in_start;
        size_t max = peer->config->max_message < peer->in_capacity ? peer->config->max_message
                                                                   : peer->in_capacity;

        switch (dia_message_frame(peer->in + peer->in_start, left, max, &message)) {
        case DIA_FRAME_MORE:
            return false;
        case DIA_FRAME_OK:
            peer->in_start += message.header.length;
            if (on_message(peer, &message, now_ms, event)) {
                return true;
            }
            break;
        case DIA_FRAME_BAD_VERSION:
            on_bad_stream(peer, &message, DIA_UNSUPPORTED_VERSION);
            break;
        case DIA_FRAME_BAD_LENGTH:
            on_bad_stream(peer, &message, DIA_INVALID_MESSAGE_LENGTH);
            break;
        }
    }
    return false;
}

bool dia_peer_next(struct dia_peer *peer, int64_t now_ms, struct dia_event *event)
{
    *event = (struct dia_event){0};
    peer->stalled = false;
    if (next_message(peer, now_ms, event)) {
        return true;
    }
    bool closed = peer->state == DIA_PEER_CLOSED;
    if (dia_pending_expire(&peer->pending, closed ? INT64_MAX : now_ms, &event->cookie)) {
        event->kind = DIA_EVENT_UNANSWERED;
        return true;
    }
    if (closed && !peer->closed_reported) {
        peer->closed_reported = true;
        event->kind = DIA_EVENT_CLOSED;
        event->reason = peer->reason;
        event->result = peer->close_result;
        return true;
    }
    return false;
}

/* ---- time ---- */

/* RFC 3539 3.4.1: the timer expired. */
static void on_watchdog(struct dia_peer *peer, int64_t now_ms)
{
    if (!peer->dwr_pending) {
        send_dwr(peer, now_ms);
    } else if (!peer->suspect) {
        peer->suspect = true;
        dia_peer_set_watchdog(peer, now_ms);
    } else {
        dia_peer_close(peer, DIA_CLOSE_WATCHDOG, 0);
    }
}

int64_t dia_peer_tick(struct dia_peer *peer, int64_t now_ms)
{
    if (now_ms >= peer->deadline) {
        switch (peer->state) {
        case DIA_PEER_WAIT_CER:
        case DIA_PEER_WAIT_CEA:
            dia_peer_close(peer, DIA_CLOSE_HANDSHAKE, 0);
            break;
        case DIA_PEER_OPEN:
            on_watchdog(peer, now_ms);
            break;
        case DIA_PEER_LEAVING:
        case DIA_PEER_LEFT:
            dia_peer_close(peer, DIA_CLOSE_LEFT, 0);
            break;
        case DIA_PEER_CLOSED:
            break;
        }
    }
    return peer->deadline < peer->pending.earliest ? peer->deadline : peer->pending.earliest;
}

void dia_peer_probe(struct dia_peer *peer, int64_t now_ms)
{
    if (peer->state == DIA_PEER_OPEN && !peer->dwr_pending) {
        send_dwr(peer, now_ms);
    }
}

/* ---- requests of ours, leaving ---- */

bool dia_peer_request(struct dia_peer *peer, const uint8_t *request, size_t n, uint64_t cookie,
                      int64_t deadline_ms, struct dia_buffer *to)
{
    struct dia_message message;
    bool whole =
        dia_message_frame(request, n, n, &message) == DIA_FRAME_OK && message.header.length == n;

    if (peer->state != DIA_PEER_OPEN || !whole || n > to->capacity - to->len) {
        return false;
    }
    struct dia_pending_entry *entry = dia_pending_add(&peer->pending, message.header.command,
                                                      next_end_to_end(peer), cookie, deadline_ms);
    if (entry == NULL) {
        return false;
    }
    uint8_t *p = to->bytes + to->len;
    memcpy(p, request, n);
    be32_put(p + 12, entry->hop_by_hop);
    be32_put(p + 16, entry->end_to_end);
    to->len += n;
    return true;
}

void dia_peer_leave(struct dia_peer *peer, enum dia_disconnect_cause cause, int64_t now_ms)
{
    if (peer->state == DIA_PEER_WAIT_CER || peer->state == DIA_PEER_WAIT_CEA) {
        dia_peer_close(peer, DIA_CLOSE_LEFT, 0);
    }
    if (peer->state != DIA_PEER_OPEN) {
        return;
    }
    struct dia_writer writer = dia_buffer_writer(peer->out);
    (void)dia_put_dpr(&writer, &peer->config->node, cause, next_hop_by_hop(peer),
                      next_end_to_end(peer));
    if (dia_peer_send(peer, &writer)) {
        peer->state = DIA_PEER_LEAVING;
        peer->deadline = now_ms + peer->config->leave_ms;
    }
}

void dia_peer_farewell(struct dia_peer *peer, int64_t now_ms)
{
    if (peer->state != DIA_PEER_LEFT) {
        return;
    }
    const struct dia_message request = {.header = peer->leave_request};
    struct dia_writer writer = dia_buffer_writer(peer->out);
    (void)dia_put_base_answer(&writer, &peer->config->node, &request);
    if (dia_peer_send(peer, &writer)) {
        peer->deadline = now_ms + peer->config->leave_ms;
    }
}

void dia_peer_transport_closed(struct dia_peer *peer)
{
    bool expected = peer->state == DIA_PEER_LEFT || peer->state == DIA_PEER_LEAVING;

    dia_peer_close(peer, expected ? DIA_CLOSE_LEFT : DIA_CLOSE_TRANSPORT, 0);
}

bool dia_peer_is_origin(const struct dia_peer *peer, const struct dia_message *message)
{
    struct dia_avp avp;

    return dia_message_find(message, DIA_ORIGIN_HOST, &avp) &&
           dia_avp_is_identity(&avp, peer->capabilities.host) &&
           dia_message_find(message, DIA_ORIGIN_REALM, &avp) &&
           dia_avp_is_identity(&avp, peer->capabilities.realm);
}
