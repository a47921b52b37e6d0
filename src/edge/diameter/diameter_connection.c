#include "edge/diameter/diameter_connection.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edge/diameter/diameter_socket.h"

#define INPUT_MESSAGES 4 /* input memory, in messages of the greatest size */

static bool grow(struct dia_buffer *buffer, size_t room)
{
    if (buffer->capacity - buffer->len >= room) {
        return true;
    }
    size_t capacity = buffer->len + room;
    capacity += capacity / 2;
    uint8_t *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

struct diameter_connection *diameter_connection_new(struct diameter_server *server,
                                                    const struct dia_peer_config *config, int fd,
                                                    enum diameter_transport transport,
                                                    const char *remote,
                                                    const struct dia_host_address *local)
{
    size_t in_capacity = config->max_message * INPUT_MESSAGES;
    struct diameter_connection *c = calloc(1, sizeof *c);

    if (c != NULL) {
        c->in = malloc(in_capacity);
    }
    if (c == NULL || c->in == NULL || !grow(&c->wire, config->max_message + DIA_PEER_ROOM)) {
        if (c != NULL) {
            free(c->in);
        }
        free(c);
        (void)close(fd);
        return NULL;
    }
    c->server = server;
    c->fd = fd;
    c->transport = transport;
    memcpy(c->remote, remote, sizeof c->remote);
    const struct dia_endpoint endpoint = {.ctx = c, .remote = c->remote, .local = *local};
    dia_peer_init(&c->peer, config, &endpoint, false, c->in, in_capacity, &c->wire,
                  diameter_now_ms());
    c->batch_mark = c->peer.pending.serial;
    return c;
}

void diameter_connection_free(struct diameter_connection *c)
{
    diameter_socket_close(c->fd);
    free(c->wire.bytes);
    free(c->batch.bytes);
    free(c->in);
    free(c);
}

void diameter_connection_read(struct diameter_connection *c)
{
    size_t room = 0;
    uint8_t *space = dia_peer_space(&c->peer, &room);

    if (room == 0) {
        return;
    }
    ssize_t got = diameter_socket_receive(c->fd, space, room);
    if (got > 0) {
        dia_peer_received(&c->peer, (size_t)got);
    } else if (got < 0) {
        c->ended = true;
    }
}

size_t diameter_connection_backlog(const struct diameter_connection *c)
{
    return c->wire.len - c->sent + c->batch.len;
}

/* Moves what is not sent yet to the front. */
static void compact(struct diameter_connection *c)
{
    if (c->sent > 0) {
        c->wire.len -= c->sent;
        memmove(c->wire.bytes, c->wire.bytes + c->sent, c->wire.len);
        c->sent = 0;
    }
}

bool diameter_connection_wire_room(struct diameter_connection *c)
{
    size_t room = c->peer.config->max_message + DIA_PEER_ROOM;

    if (c->wire.capacity - c->wire.len < room) {
        compact(c);
    }
    return grow(&c->wire, room);
}

bool diameter_connection_make_room(struct diameter_connection *c, size_t max_backlog)
{
    c->stalled = diameter_connection_backlog(c) > max_backlog ||
                 !diameter_connection_wire_room(c) ||
                 !grow(&c->batch, c->peer.config->max_message + DIA_PEER_ROOM);
    return !c->stalled;
}

bool diameter_connection_append(struct diameter_connection *c, const uint8_t *message, size_t n)
{
    if (!grow(&c->batch, n)) {
        return false;
    }
    memcpy(c->batch.bytes + c->batch.len, message, n);
    c->batch.len += n;
    return true;
}

void diameter_connection_release(struct diameter_connection *c)
{
    c->batch_mark = c->peer.pending.serial;
    if (c->batch.len == 0) {
        return;
    }
    if (c->wire.len == c->sent) {
        struct dia_buffer empty = c->wire;
        empty.len = 0;
        c->wire = c->batch;
        c->batch = empty;
        c->sent = 0;
        return;
    }
    compact(c);
    if (!grow(&c->wire, c->batch.len)) {
        c->ended = true;
        return;
    }
    memcpy(c->wire.bytes + c->wire.len, c->batch.bytes, c->batch.len);
    c->wire.len += c->batch.len;
    c->batch.len = 0;
}

void diameter_connection_drop_batch(struct diameter_connection *c)
{
    c->batch.len = 0;
    dia_pending_forget_since(&c->peer.pending, c->batch_mark);
}

bool diameter_connection_flush(struct diameter_connection *c)
{
    size_t left = c->wire.len - c->sent;

    if (left > 0) {
        ssize_t sent = diameter_socket_send(c->fd, c->transport, c->wire.bytes + c->sent, left);
        if (sent < 0) {
            c->ended = true;
        } else {
            c->sent += (size_t)sent;
        }
    }
    if (c->sent == c->wire.len) {
        c->sent = 0;
        c->wire.len = 0;
    }
    return !(c->ended && c->peer.state == DIA_PEER_CLOSED);
}

const struct dia_capabilities *diameter_connection_peer(const struct diameter_connection *c)
{
    return &c->peer.capabilities;
}

const char *diameter_connection_remote(const struct diameter_connection *c)
{
    return c->remote;
}

bool diameter_connection_is_origin(const struct diameter_connection *c,
                                   const struct dia_message *message)
{
    return dia_peer_is_origin(&c->peer, message);
}

void diameter_connection_set_tag(struct diameter_connection *c, void *tag)
{
    c->tag = tag;
}

void *diameter_connection_tag(const struct diameter_connection *c)
{
    return c->tag;
}
