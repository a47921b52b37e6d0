/* What the tests of the Diameter stack share: two nodes, an AIR of usual size, and its rule. */
#ifndef MOORING_TESTS_DIA_FIXTURE_H
#define MOORING_TESTS_DIA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "diameter/dia_base.h"
#include "diameter/dia_validate.h"
#include "diameter/dia_writer.h"

#define S6A         16777251u
#define COMMAND_AIR 318u

static const struct dia_application fixture_s6a[] = {{S6A, DIA_VENDOR_3GPP}};

static const struct dia_node fixture_hss = {
    .host = "hss.home.example",
    .realm = "home.example",
    .product = "Mooring",
    .origin_state_id = 7,
    .applications = fixture_s6a,
    .application_count = 1,
};

static const struct dia_node fixture_mme = {
    .host = "mme.visited.example",
    .realm = "visited.example",
    .product = "Mooring",
    .origin_state_id = 9,
    .applications = fixture_s6a,
    .application_count = 1,
};

static const struct dia_host_address fixture_loopback = {{127, 0, 0, 1}, 4};

static const struct dia_avp_rule fixture_air_avps[] = {
    {DIA_SESSION_ID, 1, 1},        {DIA_AUTH_SESSION_STATE, 1, 1},
    {DIA_ORIGIN_HOST, 1, 1},       {DIA_ORIGIN_REALM, 1, 1},
    {DIA_DESTINATION_HOST, 0, 1},  {DIA_DESTINATION_REALM, 1, 1},
    {DIA_USER_NAME, 1, 1},         {DIA_SUPPORTED_FEATURES, 0, DIA_MANY},
    {DIA_VISITED_PLMN_ID, 1, 1},   {DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, 0, 1},
    {DIA_PROXY_INFO, 0, DIA_MANY}, {DIA_DISCONNECT_CAUSE, 0, 0},
};

static const struct dia_command_rule fixture_air_rule = {
    .name = "AIR",
    .application = S6A,
    .command = COMMAND_AIR,
    .request = true,
    .proxiable = true,
    .avps = fixture_air_avps,
    .avp_count = ARRAY_LEN(fixture_air_avps),
};

static const uint8_t fixture_plmn[3] = {0x00, 0xF1, 0x10};

static inline void fixture_air_begin(struct dia_writer *w)
{
    dia_begin(w, &(struct dia_header){.flags = DIA_FLAG_R | DIA_FLAG_P,
                                      .command = COMMAND_AIR,
                                      .application = S6A,
                                      .hop_by_hop = 0x11223344,
                                      .end_to_end = 0x55667788});
    dia_put_text(w, DIA_SESSION_ID, "mme.visited.example;1;2;3");
    dia_put_u32(w, DIA_AUTH_SESSION_STATE, 1);
    dia_put_text(w, DIA_ORIGIN_HOST, "mme.visited.example");
    dia_put_text(w, DIA_ORIGIN_REALM, "visited.example");
    dia_put_text(w, DIA_DESTINATION_REALM, "home.example");
}

/* The AVPs of AIR's own, TS 29.272 7.2.5. */
static inline void fixture_air_body(struct dia_writer *w)
{
    dia_put_text(w, DIA_USER_NAME, "001010000000001");
    dia_group_open(w, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
    dia_put_u32(w, DIA_NUMBER_OF_REQUESTED_VECTORS, 1);
    dia_put_u32(w, DIA_IMMEDIATE_RESPONSE_PREFERRED, 1);
    dia_group_close(w);
    dia_put_octets(w, DIA_VISITED_PLMN_ID, fixture_plmn, sizeof fixture_plmn);
}

/* A whole AIR; its length, or 0. */
static inline size_t fixture_air(uint8_t *out, size_t capacity)
{
    struct dia_writer w = dia_writer(out, capacity);

    fixture_air_begin(&w);
    fixture_air_body(&w);
    return dia_end(&w) ? w.len : 0;
}

static inline bool fixture_frame(const uint8_t *octets, size_t n, struct dia_message *message)
{
    return dia_message_frame(octets, n, 65536, message) == DIA_FRAME_OK &&
           message->header.length == n;
}

#endif
