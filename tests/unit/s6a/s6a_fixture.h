/* What the tests of src/s6a share: both nodes, an origin, and whole messages out of a writer. */
#ifndef MOORING_TESTS_S6A_FIXTURE_H
#define MOORING_TESTS_S6A_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "s6a/s6a_answer.h"
#include "s6a/s6a_client.h"
#include "s6a/s6a_request.h"

#define IMSI "001010000000001"

static const struct dia_node hss_node = {.host = "hss.home.example", .realm = "home.example"};
static const struct dia_node mme_node = {.host = "MME.visited.example", .realm = "visited.example"};

static const struct s6a_origin mme_origin = {
    .node = &mme_node,
    .destination_realm = "home.example",
    .session_id = "MME.visited.example;1;2",
    .imsi = IMSI,
    .plmn = {{0x00, 0xF1, 0x10}},
};

struct s6a_bench {
    uint8_t request_octets[4096];
    uint8_t answer_octets[8192];
    struct dia_writer writer;
    struct dia_message request;
    struct dia_message answer;
    struct s6a_request common;
    struct home_authentication_request air;
    struct home_location_request ulr;
    uint32_t flags;
    bool eutran;
    struct dia_failure failure;
    struct fault fault;
};

static inline void frame(const uint8_t *octets, size_t n, struct dia_message *message)
{
    assert_int_equal(dia_message_frame(octets, n, 65536, message), DIA_FRAME_OK);
    assert_int_equal(message->header.length, n);
}

/* The request in the writer becomes bench->request. */
static inline void take_request(struct s6a_bench *b)
{
    assert_true(dia_end(&b->writer));
    frame(b->request_octets, b->writer.len, &b->request);
}

static inline void begin_request(struct s6a_bench *b)
{
    memset(b, 0, sizeof *b);
    b->writer = dia_writer(b->request_octets, sizeof b->request_octets);
}

/* What the home network does with a request: the rule, then the contents. */
static inline bool read_request(struct s6a_bench *b)
{
    const struct dia_command_rule *rule = s6a_rule(b->request.header.command, true);

    assert_non_null(rule);
    if (!dia_validate(&b->request, rule, &b->failure)) {
        return false;
    }
    if (b->request.header.command == S6A_UPDATE_LOCATION) {
        return s6a_ulr_read(&b->request, &b->common, &b->ulr, &b->flags, &b->failure);
    }
    return s6a_air_read(&b->request, &b->common, &b->air, &b->eutran, &b->failure);
}

#endif
