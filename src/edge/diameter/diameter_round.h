/* The server's state and what it does in one round between reading and waiting. Private to this
 * edge. */
#ifndef MOORING_EDGE_DIAMETER_DIAMETER_ROUND_H
#define MOORING_EDGE_DIAMETER_DIAMETER_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edge/diameter/diameter_connection.h"

struct diameter_listener {
    int fd;
    enum diameter_transport transport;
};

/* A request of this round, kept until the upper layer has let the batch go. */
struct diameter_round_request {
    struct diameter_connection *connection;
    struct dia_message message;
};

struct diameter_server {
    struct diameter_server_config config;
    struct dia_peer_config peer_config;
    int epoll;
    struct diameter_listener *listeners;
    size_t listener_count;
    struct diameter_connection *connections;
    size_t connection_count;

    uint8_t *answer; /* where the upper layer writes one answer */

    /* Connections with something to do in this round, each at most once; behind them, while the
     * round ends, those for the next. Room for twice max_connections. */
    struct diameter_connection **touched;
    size_t touched_count;

    struct diameter_round_request *requests;
    size_t request_count;
    size_t request_capacity;

    int64_t next_deadline;  /* no connection has one before it */
    int64_t timer_deadline; /* the upper layer's */
    int64_t stop_deadline;
    bool stopping;
};

/* Puts the connection on the round's list. */
void diameter_round_touch(struct diameter_connection *c);

/* Makes way for a peer that presents itself while a connection with its Origin-Host is open. An old
 * one that is suspect, or whose Origin-State-Id is lower than the newcomer's (the peer restarted,
 * RFC 6733 8.16), is closed: true. Else it is asked for a sign of life, and the newcomer is
 * refused: false. */
bool diameter_round_supersede(struct diameter_server *server, const struct dia_capabilities *who);

/* Everything after reading: events, timers, the batch, writing, closing. */
void diameter_round_run(struct diameter_server *server, int64_t now_ms);

#endif
