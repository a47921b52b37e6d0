/*
 * One connection with a peer: the state machine of RFC 6733 5.6 for either side, the watchdog of
 * RFC 3539, and the table of requests that wait for their answers.
 *
 * Octets and time come in, events and octets go out. No sockets, no heap, no clock: the caller owns
 * the input memory (given at the start), the output buffer and this struct. Times are milliseconds
 * of any clock that never goes back. One peer is used by one thread at a time.
 *
 * How an edge uses it: read from the transport into dia_peer_space, say how much with
 * dia_peer_received, then call dia_peer_next until it returns false; send what is in the output
 * buffer; call dia_peer_tick when the deadline that it returned has come. After DIA_EVENT_CLOSED
 * send what is left and close the transport.
 */
#ifndef MOORING_DIAMETER_DIA_PEER_H
#define MOORING_DIAMETER_DIA_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_base.h"
#include "diameter/dia_message.h"
#include "diameter/dia_node.h"
#include "diameter/dia_peer_pending.h"
#include "diameter/dia_writer.h"

/* An answer of the machine's own can be this much longer than its request: the output buffer must
 * have room for max_message and this, or the machine waits. */
#define DIA_PEER_ROOM 2048

#define DIA_TW_DEFAULT_MS 30000 /* RFC 3539 3.4.1 */
#define DIA_TW_MINIMUM_MS 6000  /* for configurations; tests go below */

/* What the upper layer says to a peer that presents itself. */
enum dia_admission {
    DIA_ADMIT,
    DIA_REFUSE_UNKNOWN,   /* not a configured peer, or not from this address: CEA 3010 and close */
    DIA_REFUSE_DUPLICATE, /* it is connected already (R-Reject of RFC 6733 5.6): CEA 4003 and close
                           */
};

/* Shared by any number of peers; constant while they live. */
struct dia_peer_config {
    struct dia_node node;
    size_t max_message;   /* octets of the greatest message taken; at most the input memory */
    int64_t tw_ms;        /* watchdog interval Tw */
    int64_t handshake_ms; /* time for CER or CEA */
    int64_t leave_ms;     /* time for DPA, and for the transport to be closed after our DPA */

    /* Is `who`, connected from the transport address `remote`, a peer of ours? Called once for CER
     * (responder) or CEA (initiator). `ctx` is the endpoint's. */
    enum dia_admission (*admit)(void *ctx, const struct dia_capabilities *who, const char *remote);

    /* 32 random bits, for jitter and identifiers; they need not be secret. */
    uint32_t (*random)(void *ctx);
};

/* What belongs to this connection only. */
struct dia_endpoint {
    void *ctx;                     /* for the two callbacks */
    const char *remote;            /* the peer's transport address as text; outlives the peer */
    struct dia_host_address local; /* sent as Host-IP-Address */
};

enum dia_peer_state {
    DIA_PEER_WAIT_CER, /* responder: Wait-Conn-Ack and R-Accept are the transport's */
    DIA_PEER_WAIT_CEA, /* initiator: Wait-I-CEA */
    DIA_PEER_OPEN,
    DIA_PEER_LEAVING, /* we sent DPR: Closing */
    DIA_PEER_LEFT,    /* the peer sent DPR */
    DIA_PEER_CLOSED,
};

enum dia_close_reason {
    DIA_CLOSE_NONE,
    DIA_CLOSE_LEFT,      /* in order: DPR and DPA were exchanged */
    DIA_CLOSE_TRANSPORT, /* the caller said that the transport is gone */
    DIA_CLOSE_HANDSHAKE, /* no CER or CEA in time, or something else instead */
    DIA_CLOSE_REFUSED,   /* we refused the peer, or it refused us: `result` of the event says why */
    DIA_CLOSE_WATCHDOG,  /* it did not answer: RFC 3539's DOWN */
    DIA_CLOSE_STREAM,    /* what came is no Diameter (version, length) */
    DIA_CLOSE_OVERFLOW,  /* our own message did not fit into the output buffer */
};

enum dia_event_kind {
    DIA_EVENT_OPEN,       /* peer->capabilities is who */
    DIA_EVENT_REQUEST,    /* message: of an application that we announce; to be answered */
    DIA_EVENT_ANSWER,     /* message and cookie */
    DIA_EVENT_UNANSWERED, /* cookie: the answer is late, or the connection ended before it came */
    DIA_EVENT_LEAVING, /* the peer sent DPR: let out answers in hand, then call dia_peer_farewell */
    DIA_EVENT_CLOSED,  /* reason and result; the last event */
};

struct dia_event {
    enum dia_event_kind kind;
    struct dia_message
        message; /* in the input memory: until the next dia_peer_space or dia_peer_input */
    uint64_t cookie;
    enum dia_close_reason reason;
    uint32_t result;
};

struct dia_peer {
    const struct dia_peer_config *config;
    struct dia_endpoint endpoint;
    struct dia_buffer *out;
    enum dia_peer_state state;
    enum dia_close_reason reason;
    uint32_t close_result;
    bool closed_reported;
    bool stalled;     /* dia_peer_next waits for room in the output buffer */
    bool suspect;     /* RFC 3539: a watchdog is overdue; other peers should be preferred */
    bool dwr_pending; /* RFC 3539's Pending */
    int64_t deadline; /* of the handshake, the watchdog or the leaving, as the state is */
    struct dia_capabilities capabilities; /* from DIA_EVENT_OPEN on */

    uint8_t *in; /* caller's memory; octets from in_start to in_end are not consumed yet */
    size_t in_capacity;
    size_t in_start;
    size_t in_end;

    uint32_t end_to_end;             /* last one given */
    uint32_t noise;                  /* for jitter */
    struct dia_header leave_request; /* the peer's DPR */
    struct dia_pending pending;
};

/*
 * Starts a connection whose transport is up. A responder waits for CER; an initiator appends its
 * CER to `out`. `in` has `in_capacity` octets, at least config->max_message; a few times that lets
 * many messages come with one read. `out` outlives the peer; the caller empties
 * it. Its capacity is at least config->max_message + DIA_PEER_ROOM.
 */
void dia_peer_init(struct dia_peer *peer, const struct dia_peer_config *config,
                   const struct dia_endpoint *endpoint, bool initiator, uint8_t *in,
                   size_t in_capacity, struct dia_buffer *out, int64_t now_ms);

/* Where the next octets of the stream may be put: *n of them (0 if dia_peer_next must be called
 * first). Ends the life of messages that events pointed to. */
uint8_t *dia_peer_space(struct dia_peer *peer, size_t *n);
void dia_peer_received(struct dia_peer *peer, size_t n);

/* The same by copying: takes as many of `n` octets as there is room for and returns their number.
 */
size_t dia_peer_input(struct dia_peer *peer, const uint8_t *octets, size_t n);

/* The next event; false if there is none now. Appends what the protocol asks for to the output
 * buffer. */
bool dia_peer_next(struct dia_peer *peer, int64_t now_ms, struct dia_event *event);

/* Does what is due (watchdog, timeouts) and returns when to call again, as a time. Then
 * dia_peer_next may have events. */
int64_t dia_peer_tick(struct dia_peer *peer, int64_t now_ms);

/*
 * Appends the request of `n` octets at `request` to `to` (the output buffer or one that the caller
 * sends later) with a hop-by-hop and an end-to-end identifier of its own, and remembers `cookie`
 * for its answer, which is awaited until `deadline_ms`. False, with nothing done, if the peer is
 * not open, `request` is not one whole message, the table is full or `to` has no room.
 */
bool dia_peer_request(struct dia_peer *peer, const uint8_t *request, size_t n, uint64_t cookie,
                      int64_t deadline_ms, struct dia_buffer *to);

/* Leaves in order: DPR, then DIA_EVENT_CLOSED when DPA came or leave_ms passed. A peer that is not
 * open is closed at once. */
void dia_peer_leave(struct dia_peer *peer, enum dia_disconnect_cause cause, int64_t now_ms);

/* The DPA that DIA_EVENT_LEAVING is waiting for. The peer then closes the transport. */
void dia_peer_farewell(struct dia_peer *peer, int64_t now_ms);

/* The transport ended or failed. */
void dia_peer_transport_closed(struct dia_peer *peer);

/* Asks the peer for a sign of life now (RFC 3539), if that is not under way. */
void dia_peer_probe(struct dia_peer *peer, int64_t now_ms);

/* True if Origin-Host and Origin-Realm of the message are the connected peer's own; not so for
 * messages that it relays. */
bool dia_peer_is_origin(const struct dia_peer *peer, const struct dia_message *message);

#endif
