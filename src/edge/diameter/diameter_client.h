/* A Diameter client for the lab's serving node: one connection, used by one thread that waits for
 * answers. */
#ifndef MOORING_EDGE_DIAMETER_DIAMETER_CLIENT_H
#define MOORING_EDGE_DIAMETER_DIAMETER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "diameter/dia_peer.h"

struct diameter_client;

struct diameter_client_config {
    struct dia_node node;
    const char *expected_host; /* Origin-Host that the server must have; NULL: any */
    size_t max_message;        /* octets; 0: 65536 */
    int64_t tw_ms;             /* 0: DIA_TW_DEFAULT_MS */

    /* A request of the server's (CLR, IDR, ...) that came while the client waited: write the answer
     * to `answer`. NULL, or nothing written: 3001 COMMAND_UNSUPPORTED is answered. */
    void (*on_request)(void *ctx, const struct dia_message *request, struct dia_writer *answer);

    /* The answer to a request of diameter_client_send, or NULL: none came. Not called for
     * diameter_client_exchange. */
    void (*on_answer)(void *ctx, uint64_t cookie, const struct dia_message *answer);
    void *ctx;
};

/* Connects over TCP to `host` (a name or a numeric address) and exchanges capabilities, within
 * `timeout_ms`. NULL with a fault. The config is copied; what it points to must outlive the client.
 */
struct diameter_client *diameter_client_open(const struct diameter_client_config *config,
                                             const char *host, uint16_t port, int timeout_ms,
                                             struct fault *fault);

/* Who the server is. */
const struct dia_capabilities *diameter_client_peer(const struct diameter_client *client);

/* Sends the request of `n` octets (identifiers are put in) and waits for its answer; meanwhile
 * watchdogs and the server's requests are answered. The answer is good until the next call. False
 * with a fault: no answer in time, or the connection ended. */
bool diameter_client_exchange(struct diameter_client *client, const uint8_t *request, size_t n,
                              int timeout_ms, struct dia_message *answer, struct fault *fault);

/* Sends without waiting; `on_answer` gets the answer during diameter_client_poll. False if too many
 * requests are under way (DIA_PENDING_MAX) or the connection ended. Octets leave at the next poll.
 */
bool diameter_client_send(struct diameter_client *client, const uint8_t *request, size_t n,
                          uint64_t cookie, int timeout_ms);

/* Serves the connection until something came, or for `timeout_ms`. False with a fault if it ended.
 */
bool diameter_client_poll(struct diameter_client *client, int timeout_ms, struct fault *fault);

/* Leaves in order (DPR, waits shortly for DPA), closes and frees the client. NULL is allowed. */
void diameter_client_close(struct diameter_client *client);

#endif
