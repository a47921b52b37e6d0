/* One accepted connection of the server: socket, peer machine, output buffers. Private to this
 * edge. */
#ifndef MOORING_EDGE_DIAMETER_DIAMETER_CONNECTION_H
#define MOORING_EDGE_DIAMETER_DIAMETER_CONNECTION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_peer.h"
#include "edge/diameter/diameter_server.h"

/*
 * Two output buffers: `wire` is on its way (its first `sent` octets are with the kernel; the peer
 * machine's own messages go straight to it), `batch` holds the round's answers until the upper
 * layer releases them.
 */
struct diameter_connection {
    struct diameter_server *server;
    struct diameter_connection *next;
    struct diameter_connection *previous;
    int fd;
    enum diameter_transport transport;
    struct dia_peer peer;
    uint8_t *in;
    struct dia_buffer wire;
    size_t sent;
    struct dia_buffer batch;
    uint32_t batch_mark; /* of the pending table, when the batch was empty */
    uint32_t interest;   /* what epoll watches */
    bool touched;        /* has something to do in this round */
    bool announced;      /* on_open was called */
    bool stalled;        /* messages wait in the input until the backlog is shorter */
    bool farewell;       /* DPA is due when the batch is out */
    bool ended;          /* nothing more comes: close when the last octets are sent */
    char remote[INET6_ADDRSTRLEN];
    void *tag;
};

/* Takes over the accepted socket `fd`. NULL, with the socket closed, if there is no memory.
 * `remote` and `local` as diameter_socket_accept gave them. */
struct diameter_connection *diameter_connection_new(struct diameter_server *server,
                                                    const struct dia_peer_config *config, int fd,
                                                    enum diameter_transport transport,
                                                    const char *remote,
                                                    const struct dia_host_address *local);
void diameter_connection_free(struct diameter_connection *c);

/* Reads once from the socket. */
void diameter_connection_read(struct diameter_connection *c);

/* Makes room on the wire for one more message of the machine's own, whatever the backlog: before
 * everything that may make it speak. False if memory is out. */
bool diameter_connection_wire_room(struct diameter_connection *c);

/* Makes room for one more message of the machine's and one answer of the upper layer's. False if
 * the backlog is at its limit or memory is out: then `stalled` is set. */
bool diameter_connection_make_room(struct diameter_connection *c, size_t max_backlog);

/* Adds a whole message to the batch. False if memory is out. */
bool diameter_connection_append(struct diameter_connection *c, const uint8_t *message, size_t n);

/* Lets the batch go: behind what is on the wire. */
void diameter_connection_release(struct diameter_connection *c);

/* Drops the batch, with the requests of ours in it. */
void diameter_connection_drop_batch(struct diameter_connection *c);

/* Writes once. False if the connection is over and can be freed. */
bool diameter_connection_flush(struct diameter_connection *c);

/* Octets that the peer has not taken yet, of this round's batch as well. */
size_t diameter_connection_backlog(const struct diameter_connection *c);

#endif
