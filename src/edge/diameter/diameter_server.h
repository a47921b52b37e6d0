/*
 * The Diameter server's edge: sockets (TCP, and SCTP where the kernel has it) around dia_peer, with
 * epoll.
 *
 * One round: wait; read once from every socket that has something; hand every request to the upper
 * layer, which writes its answer at once; ask the upper layer, once, whether the answers may go (it
 * commits what they depend on); write once to every socket. So many requests share one commit, and
 * many answers one write.
 *
 * One server is used by one thread; nothing here is shared between servers.
 */
#ifndef MOORING_EDGE_DIAMETER_DIAMETER_SERVER_H
#define MOORING_EDGE_DIAMETER_DIAMETER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "diameter/dia_peer.h"

struct diameter_server;
struct diameter_connection;

enum diameter_transport { DIAMETER_TCP, DIAMETER_SCTP };

/* An address to listen on; port 0 lets the system choose (see diameter_server_port). */
struct diameter_listen {
    const char *address; /* numeric IPv4 or IPv6 */
    enum diameter_transport transport;
    uint16_t port;
};

/*
 * The upper layer. A message is good until the callback returns, except that requests of a round
 * stay where they are until the round ends. A callback may call diameter_connection_*, never
 * diameter_server_step, _run or _close.
 */
struct diameter_handler {
    void *ctx;

    /* Is this a peer of ours? `remote` is its numeric address without the port. A peer that is
     * connected already is dealt with by the server. */
    bool (*admit)(void *ctx, const struct dia_capabilities *who, const char *remote);

    void (*on_open)(void *ctx, struct diameter_connection *connection);

    /* Writes the answer to `request`, a whole message, to `answer`. Writing nothing means no
     * answer. An answer that overflowed or was not closed with dia_end is replaced with 5012. */
    void (*on_request)(void *ctx, struct diameter_connection *connection,
                       const struct dia_message *request, struct dia_writer *answer);

    /* The answer to a request of ours, or NULL: none came. */
    void (*on_answer)(void *ctx, struct diameter_connection *connection, uint64_t cookie,
                      const struct dia_message *answer);

    /* Everything read in this round was handed over. True lets the round's answers (and requests of
     * ours) go. False drops them; then on_refuse is called for each request of the round, in order.
     */
    bool (*on_batch_end)(void *ctx);

    /* As on_request, after a batch that failed: writes an answer that depends on nothing. NULL: the
     * server answers 3004 TOO_BUSY, which lets the peer try elsewhere or again. */
    void (*on_refuse)(void *ctx, struct diameter_connection *connection,
                      const struct dia_message *request, struct dia_writer *answer);

    /* The last call about a connection; only for those that on_open told of. */
    void (*on_closed)(void *ctx, struct diameter_connection *connection,
                      enum dia_close_reason reason);

    /* Called in every round before on_batch_end; returns when it wants to be called again, or
     * INT64_MAX. NULL: no timer. */
    int64_t (*on_timer)(void *ctx, int64_t now_ms);
};

struct diameter_server_config {
    struct dia_node node;
    const struct diameter_listen *listens;
    size_t listen_count;
    size_t max_connections; /* 0: 1024 */
    size_t max_message;     /* octets; 0: 16384 */
    size_t max_backlog; /* octets that a peer may leave unread before we stop reading; 0: 1 MiB */
    int64_t tw_ms;      /* 0: DIA_TW_DEFAULT_MS */
    int stop_fd;        /* readable: leave in order and end diameter_server_run; -1: none */
    struct diameter_handler handler;
};

/* Opens the listening sockets. The config is copied; strings and arrays that it points to must
 * outlive the server. NULL with a fault (address in use, no SCTP in this kernel, ...). */
struct diameter_server *diameter_server_open(const struct diameter_server_config *config,
                                             struct fault *fault);

/* The port of listening socket `index` in host order; 0 if there is none. */
uint16_t diameter_server_port(const struct diameter_server *server, size_t index);

/* One round; waits at most `timeout_ms` (-1: as long as it takes). False if the server has stopped
 * or epoll failed: then `fault` is set, else empty. */
bool diameter_server_step(struct diameter_server *server, int timeout_ms, struct fault *fault);

/* Rounds until the server is stopped. True if it was stopped in order. */
bool diameter_server_run(struct diameter_server *server, struct fault *fault);

/* Stops: no new connections, DPR to every peer; diameter_server_run ends when all have left or
 * leave_ms (2 seconds) have passed. */
void diameter_server_stop(struct diameter_server *server);

/* Closes everything and frees the server; on_closed is called for connections that are open. */
void diameter_server_close(struct diameter_server *server);

/* Milliseconds of the monotonic clock: the `now_ms` of this edge. */
int64_t diameter_now_ms(void);

/* Who the peer is; valid from on_open to on_closed. */
const struct dia_capabilities *diameter_connection_peer(const struct diameter_connection *c);
/* Its transport address, numeric, without port. */
const char *diameter_connection_remote(const struct diameter_connection *c);
/* dia_peer_is_origin for this connection. */
bool diameter_connection_is_origin(const struct diameter_connection *c,
                                   const struct dia_message *message);

/* The open connection of the peer with this Origin-Host, or NULL. */
struct diameter_connection *diameter_server_find(struct diameter_server *server, const char *host);

/* Sends a request of ours (RFC 6733 header and AVPs; identifiers are put in) with the answers of
 * this round; on_answer brings the answer, or its absence after `timeout_ms`. False if the
 * connection cannot take it now: not open, too many under way, or its backlog is full. */
bool diameter_connection_request(struct diameter_connection *c, const uint8_t *request, size_t n,
                                 uint64_t cookie, int64_t timeout_ms);

/* A word of the upper layer's own that goes with the connection; NULL at first. */
void diameter_connection_set_tag(struct diameter_connection *c, void *tag);
void *diameter_connection_tag(const struct diameter_connection *c);

#endif
