/* Answers (RFC 6733 6.2, 7.2): what every answer takes over from its request, and answers that
 * report errors. */
#ifndef MOORING_DIAMETER_DIA_ANSWER_H
#define MOORING_DIAMETER_DIA_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diameter/dia_message.h"
#include "diameter/dia_node.h"
#include "diameter/dia_writer.h"

struct dia_error {
    uint32_t result;       /* Result-Code */
    const uint8_t *failed; /* content of the Failed-AVP */
    size_t failed_len;     /* 0: none */
    const char
        *message; /* Error-Message; NULL: none. It goes to the peer: no secrets, no identities */
};

/* The error of what dia_validate found; it points into `failure`. */
struct dia_failure;
struct dia_error dia_error_of(const struct dia_failure *failure);

/*
 * Begins the answer to `request`: header with R, E and T clear, P, command, application and both
 * identifiers copied, then Session-Id if the request has one. `result` decides the E flag only (set
 * for 3xxx, RFC 6733 7.1.3). The caller adds its AVPs and then calls dia_answer_end.
 */
void dia_answer_begin(struct dia_writer *writer, const struct dia_message *request,
                      uint32_t result);

/* Adds Origin-Host and Origin-Realm. */
void dia_answer_origin(struct dia_writer *writer, const struct dia_node *node);

/* Adds every Proxy-Info of the request, in order (RFC 6733 6.2), and closes the message. False on
 * overflow. */
bool dia_answer_end(struct dia_writer *writer, const struct dia_message *request);

/* A whole answer that reports an error (RFC 6733 7.2). False on overflow. */
bool dia_answer_error(struct dia_writer *writer, const struct dia_message *request,
                      const struct dia_node *node, const struct dia_error *error);

#endif
