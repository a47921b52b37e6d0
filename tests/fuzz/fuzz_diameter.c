/*
 * The Diameter stack on hostile octets: a stream into a peer that is fresh, open or awaits CEA, and
 * a message into the validator.
 *
 * Input: octet 0 modulo 4 is the mode (see enum mode), octet 1 how many octets come with one read
 * (0: all), the rest is what the peer sends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "diameter/dia_answer.h"
#include "diameter/dia_peer.h"
#include "diameter/dia_validate.h"

#define S6A         16777251u
#define MAX_MESSAGE 2048
#define CAPACITY    8192
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum mode { FRESH, OPEN, AWAITS_CEA, VALIDATOR };

static const struct dia_application s6a[] = {{S6A, DIA_VENDOR_3GPP}};
static const struct dia_node us = {
    .host = "hss.home.example",
    .realm = "home.example",
    .product = "Mooring",
    .applications = s6a,
    .application_count = 1,
};
static const struct dia_host_address loopback = {{127, 0, 0, 1}, 4};

static const struct dia_avp_rule air_avps[] = {
    {DIA_SESSION_ID, 1, 1},
    {DIA_ORIGIN_HOST, 1, 1},
    {DIA_ORIGIN_REALM, 1, 1},
    {DIA_USER_NAME, 1, 1},
    {DIA_VISITED_PLMN_ID, 1, 1},
    {DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO, 0, 1},
    {DIA_SUPPORTED_FEATURES, 0, DIA_MANY},
    {DIA_DISCONNECT_CAUSE, 0, 0},
};
static const struct dia_command_rule air = {
    "AIR", S6A, 318, true, true, air_avps, ARRAY_LEN(air_avps)};

static enum dia_admission admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    (void)ctx;
    (void)remote;
    return who->host[0] == 'x' ? DIA_REFUSE_UNKNOWN : DIA_ADMIT;
}

static uint32_t fixed(void *ctx)
{
    (void)ctx;
    return 4;
}

static struct dia_peer_config make_config(void)
{
    return (struct dia_peer_config){
        .node = us,
        .max_message = MAX_MESSAGE,
        .tw_ms = 30000,
        .handshake_ms = 10000,
        .leave_ms = 2000,
        .admit = admit,
        .random = fixed,
    };
}

/* Every answer that we would send must be a message that we would take. */
static void check_answer(const struct dia_message *request, const struct dia_error *error)
{
    uint8_t octets[MAX_MESSAGE + DIA_PEER_ROOM];
    struct dia_message answer;
    struct dia_writer writer = dia_writer(octets, sizeof octets);

    CHECK(dia_answer_error(&writer, request, &us, error));
    CHECK(dia_message_frame(octets, writer.len, sizeof octets, &answer) == DIA_FRAME_OK);
    struct dia_avp_reader reader = dia_avp_reader(answer.avps, answer.avps_len);
    struct dia_avp avp;
    while (dia_avp_next(&reader, &avp)) {
    }
    CHECK(!reader.malformed);
}

static void validate(const struct dia_message *message)
{
    struct dia_failure failure;
    bool ok = dia_validate(message, &air, &failure);

    CHECK(ok == (failure.result == DIA_SUCCESS));
    CHECK(failure.failed_len <= sizeof failure.failed);
    if (!ok) {
        const struct dia_error error = dia_error_of(&failure);
        check_answer(message, &error);
    }
}

static void run_events(struct dia_peer *peer, struct dia_buffer *out, int64_t now)
{
    struct dia_event event;

    do {
        while (dia_peer_next(peer, now, &event)) {
            if (event.kind == DIA_EVENT_REQUEST) {
                validate(&event.message);
            } else if (event.kind == DIA_EVENT_LEAVING) {
                out->len = 0;
                dia_peer_farewell(peer, now);
            }
        }
        CHECK(out->len <= out->capacity);
        out->len = 0;
    } while (peer->stalled);
    (void)dia_peer_tick(peer, now);
    out->len = 0;
}

static void feed(struct dia_peer *peer, struct dia_buffer *out, const uint8_t *data, size_t size,
                 size_t step)
{
    int64_t now = 0;

    while (size > 0) {
        size_t part = step == 0 || step > size ? size : step;
        size_t taken = dia_peer_input(peer, data, part);
        run_events(peer, out, now);
        if (taken == 0) {
            CHECK(peer->state == DIA_PEER_CLOSED);
            return;
        }
        data += taken;
        size -= taken;
        now += 1000;
    }
}

static void open_peer(struct dia_peer *peer, struct dia_buffer *out)
{
    uint8_t octets[512];
    struct dia_writer writer = dia_writer(octets, sizeof octets);
    struct dia_node mme = us;

    mme.host = "mme.visited.example";
    CHECK(dia_put_cer(&writer, &mme, &loopback, 1, 2));
    feed(peer, out, octets, writer.len, 0);
    CHECK(peer->state == DIA_PEER_OPEN);
}

/* Requests under way with identifiers that the fuzzer can hit. */
static void send_requests(struct dia_peer *peer, struct dia_buffer *out)
{
    uint8_t octets[DIA_HEADER_OCTETS];

    dia_header_put(
        &(struct dia_header){
            .flags = DIA_FLAG_R, .length = sizeof octets, .command = 318, .application = S6A},
        octets);
    for (uint64_t i = 0; i < 3; i++) {
        CHECK(dia_peer_request(peer, octets, sizeof octets, i, 5000, out));
    }
    out->len = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t in[CAPACITY];
    static uint8_t out_octets[CAPACITY];
    static struct dia_peer peer;
    struct dia_buffer out = {.bytes = out_octets, .capacity = sizeof out_octets};
    const struct dia_endpoint endpoint = {.remote = "127.0.0.1", .local = loopback};
    const struct dia_peer_config config = make_config();
    struct dia_message message;

    if (size < 2) {
        return 0;
    }
    enum mode mode = (enum mode)(data[0] % 4);
    if (mode == VALIDATOR) {
        if (dia_message_frame(data + 2, size - 2, MAX_MESSAGE, &message) == DIA_FRAME_OK) {
            validate(&message);
        }
        return 0;
    }
    dia_peer_init(&peer, &config, &endpoint, mode == AWAITS_CEA, in, sizeof in, &out, 0);
    out.len = 0;
    if (mode == OPEN) {
        open_peer(&peer, &out);
        send_requests(&peer, &out);
    }
    feed(&peer, &out, data + 2, size - 2, data[1]);
    dia_peer_transport_closed(&peer);
    run_events(&peer, &out, 100000);
    CHECK(peer.closed_reported && peer.pending.count == 0);
    return 0;
}
