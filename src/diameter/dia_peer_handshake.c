/* The capabilities exchange of dia_peer.h, RFC 6733 5.3. */
#include "diameter/dia_peer_internal.h"
#include "diameter/dia_validate.h"

static void send_cea(struct dia_peer *peer, const struct dia_message *cer,
                     const struct dia_error *error)
{
    struct dia_writer writer = dia_buffer_writer(peer->out);

    (void)dia_put_cea(&writer, &peer->config->node, &peer->endpoint.local, cer, error);
    (void)dia_peer_send(peer, &writer);
}

/* Why a node with these capabilities is not taken; DIA_SUCCESS if it is. RFC 6733 5.3. */
static uint32_t judge(struct dia_peer *peer, const struct dia_capabilities *who)
{
    /* Admission comes last: it may close an older connection of the same name. */
    if (!dia_have_common_application(&peer->config->node, who)) {
        return DIA_NO_COMMON_APPLICATION;
    }
    if (who->needs_security) {
        return DIA_NO_COMMON_SECURITY;
    }
    switch (peer->config->admit(peer->endpoint.ctx, who, peer->endpoint.remote)) {
    case DIA_ADMIT:
        return DIA_SUCCESS;
    case DIA_REFUSE_DUPLICATE:
        return DIA_ELECTION_LOST;
    default:
        return DIA_UNKNOWN_PEER;
    }
}

static void open_peer(struct dia_peer *peer, int64_t now_ms, struct dia_event *event)
{
    peer->state = DIA_PEER_OPEN;
    dia_peer_set_watchdog(peer, now_ms);
    event->kind = DIA_EVENT_OPEN;
}

static bool on_cer(struct dia_peer *peer, const struct dia_message *cer, int64_t now_ms,
                   struct dia_event *event)
{
    const struct dia_command_rule *rule = dia_base_rule(DIA_COMMAND_CAPABILITIES_EXCHANGE, true);
    struct dia_failure failure;
    struct dia_error error = {.result = DIA_SUCCESS};

    if (!dia_validate(cer, rule, &failure)) {
        error = dia_error_of(&failure);
    } else if (!dia_capabilities_read(cer, &peer->capabilities)) {
        error.result = DIA_INVALID_AVP_VALUE;
    } else {
        error.result = judge(peer, &peer->capabilities);
    }
    send_cea(peer, cer, &error);
    if (error.result != DIA_SUCCESS) {
        dia_peer_close(peer, DIA_CLOSE_REFUSED, error.result);
        return false;
    }
    if (peer->state == DIA_PEER_CLOSED) {
        return false;
    }
    open_peer(peer, now_ms, event);
    return true;
}

/* RFC 6733 5.6, R-Open or I-Open: a second CER is answered; it may not name somebody else. */
void dia_peer_on_cer_again(struct dia_peer *peer, const struct dia_message *cer)
{
    if (!dia_peer_is_origin(peer, cer)) {
        send_cea(peer, cer, &(struct dia_error){.result = DIA_UNABLE_TO_COMPLY});
        dia_peer_close(peer, DIA_CLOSE_REFUSED, DIA_UNABLE_TO_COMPLY);
        return;
    }
    send_cea(peer, cer, &(struct dia_error){.result = DIA_SUCCESS});
}

static bool on_cea(struct dia_peer *peer, const struct dia_message *cea, int64_t now_ms,
                   struct dia_event *event)
{
    const struct dia_command_rule *rule = dia_base_rule(DIA_COMMAND_CAPABILITIES_EXCHANGE, false);
    struct dia_failure failure;
    uint32_t vendor = 0;
    uint32_t result = dia_result_read(cea, &vendor);

    if (result / 1000 != 2) {
        dia_peer_close(peer, DIA_CLOSE_REFUSED, result);
        return false;
    }
    if (!dia_validate(cea, rule, &failure) || !dia_capabilities_read(cea, &peer->capabilities)) {
        dia_peer_close(peer, DIA_CLOSE_HANDSHAKE, failure.result);
        return false;
    }
    result = judge(peer, &peer->capabilities);
    if (result != DIA_SUCCESS) {
        dia_peer_close(peer, DIA_CLOSE_REFUSED, result);
        return false;
    }
    open_peer(peer, now_ms, event);
    return true;
}

/* The first message must be the other half of the capabilities exchange: anything else ends it. */
bool dia_peer_on_handshake(struct dia_peer *peer, const struct dia_message *message, int64_t now_ms,
                           struct dia_event *event)
{
    bool expected = message->header.command == DIA_COMMAND_CAPABILITIES_EXCHANGE &&
                    message->header.application == DIA_APPLICATION_BASE &&
                    dia_is_request(&message->header) == (peer->state == DIA_PEER_WAIT_CER);

    if (!expected) {
        dia_peer_close(peer, DIA_CLOSE_HANDSHAKE, 0);
        return false;
    }
    return peer->state == DIA_PEER_WAIT_CER ? on_cer(peer, message, now_ms, event)
                                            : on_cea(peer, message, now_ms, event);
}
