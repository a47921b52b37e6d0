/* What the files of the peer machine share; nobody else includes this. */
#ifndef MOORING_DIAMETER_DIA_PEER_INTERNAL_H
#define MOORING_DIAMETER_DIA_PEER_INTERNAL_H

#include "diameter/dia_peer.h"

/* Ends the connection (the first reason stands); the event follows. */
void dia_peer_close(struct dia_peer *peer, enum dia_close_reason reason, uint32_t result);

/* Takes a finished message into the output buffer; a peer whose output does not fit cannot go on:
 * false. */
bool dia_peer_send(struct dia_peer *peer, const struct dia_writer *writer);

/* Starts the watchdog's interval again, RFC 3539 3.4.1. */
void dia_peer_set_watchdog(struct dia_peer *peer, int64_t now_ms);

/* The first message, which must be the other half of the capabilities exchange. True if `event` is
 * filled. */
bool dia_peer_on_handshake(struct dia_peer *peer, const struct dia_message *message, int64_t now_ms,
                           struct dia_event *event);

/* A CER on an open connection. */
void dia_peer_on_cer_again(struct dia_peer *peer, const struct dia_message *cer);

#endif
