/* Sockets for Diameter (RFC 6733 2.1): non-blocking TCP, and SCTP in its one-to-one style. Private
 * to this edge. */
#ifndef MOORING_EDGE_DIAMETER_DIAMETER_SOCKET_H
#define MOORING_EDGE_DIAMETER_DIAMETER_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "diameter/dia_node.h"
#include "edge/diameter/diameter_server.h"

/* A listening socket, or -1 with a fault. The caller closes it. */
int diameter_socket_listen(const struct diameter_listen *where, struct fault *fault);

/* The next connection of a listening socket, or -1 if there is none (or none can be made now).
 * `remote` gets the peer's numeric address, `local` ours of this connection. */
int diameter_socket_accept(int listener, enum diameter_transport transport,
                           char remote[INET6_ADDRSTRLEN], struct dia_host_address *local);

/* A TCP connection to `host`, made within `timeout_ms`, or -1 with a fault. */
int diameter_socket_connect(const char *host, uint16_t port, int timeout_ms,
                            char remote[INET6_ADDRSTRLEN], struct dia_host_address *local,
                            struct fault *fault);

/* The port that a socket is bound to, in host order; 0 on failure. */
uint16_t diameter_socket_port(int fd);

/* Sends as much of `n` octets (whole messages from the start on) as the socket takes: their number,
 * 0 if it takes none now, -1 if it is broken. On SCTP every message goes as one user message (RFC
 * 6733 2.1). */
ssize_t diameter_socket_send(int fd, enum diameter_transport transport, const uint8_t *octets,
                             size_t n);

/* Reads up to `n` octets: their number, 0 if there are none now, -1 if the other side ended or it
 * broke. */
ssize_t diameter_socket_receive(int fd, uint8_t *octets, size_t n);

/* Ends our side, drops what still comes, closes: so that what was sent last is not lost to a reset.
 */
void diameter_socket_close(int fd);

/* 32 random bits of the kernel's. */
uint32_t diameter_random(void *ctx);

#endif
