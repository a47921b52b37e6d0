/*
 * Malformed requests over one connection: every kind is answered with its own result code, and the
 * connection goes on serving.
 */
#include "hss_fixture.h"

#include <stdlib.h>

#include "diameter/dia_peer.h"

#define CAPACITY 16384

struct wire {
    struct hss_fixture *f;
    struct dia_peer_config config;
    struct dia_peer peer;
    struct dia_buffer out;
    uint8_t in[CAPACITY];
    uint8_t out_octets[CAPACITY];
    uint8_t request[4096];
    size_t request_len;
};

static enum dia_admission admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    const struct wire *wire = ctx;

    return hss_admit(wire->f->hss, who, remote) ? DIA_ADMIT : DIA_REFUSE_UNKNOWN;
}

static uint32_t random_bits(void *ctx)
{
    (void)ctx;
    return 1;
}

static void connect_mme(struct wire *wire, const char *host)
{
    static const struct dia_application s6a[] = {{S6A_APPLICATION, DIA_VENDOR_3GPP}};
    const struct dia_node mme = {.host = host,
                                 .realm = "visited.example",
                                 .product = "test",
                                 .applications = s6a,
                                 .application_count = 1};
    const struct dia_host_address address = {{127, 0, 0, 1}, 4};
    const struct dia_endpoint endpoint = {.ctx = wire, .remote = "127.0.0.1", .local = address};
    struct dia_writer writer = dia_writer(wire->request, sizeof wire->request);

    wire->config = (struct dia_peer_config){.node = *hss_node(wire->f->hss),
                                            .max_message = 4096,
                                            .tw_ms = 30000,
                                            .handshake_ms = 10000,
                                            .leave_ms = 2000,
                                            .admit = admit,
                                            .random = random_bits};
    wire->out = (struct dia_buffer){.bytes = wire->out_octets, .capacity = CAPACITY};
    dia_peer_init(&wire->peer, &wire->config, &endpoint, false, wire->in, CAPACITY, &wire->out, 0);
    assert_true(dia_put_cer(&writer, &mme, &address, 1, 1));
    assert_int_equal(dia_peer_input(&wire->peer, wire->request, writer.len), writer.len);
}

static int setup(void **state)
{
    struct wire *wire = calloc(1, sizeof *wire);
    void *fixture = NULL;
    struct dia_event event;

    assert_non_null(wire);
    assert_int_equal(hss_fixture_setup(&fixture), 0);
    wire->f = fixture;
    connect_mme(wire, MME_HOST);
    assert_true(dia_peer_next(&wire->peer, 0, &event));
    assert_int_equal(event.kind, DIA_EVENT_OPEN);
    assert_true(hss_round_end(wire->f->hss));
    *state = wire;
    return 0;
}

static int teardown(void **state)
{
    struct wire *wire = *state;
    void *fixture = wire->f;

    assert_int_equal(hss_fixture_teardown(&fixture), 0);
    free(wire);
    return 0;
}

/* Sends what is in wire->request and returns the answer's result; *failed says if it has a
 * Failed-AVP. */
static uint32_t send(struct wire *wire, bool *failed)
{
    struct dia_event event;
    struct dia_message answer;
    struct dia_avp avp;
    uint32_t vendor;

    wire->out.len = 0;
    assert_int_equal(dia_peer_input(&wire->peer, wire->request, wire->request_len),
                     wire->request_len);
    assert_true(dia_peer_next(&wire->peer, 0, &event));
    assert_int_equal(event.kind, DIA_EVENT_REQUEST);
    struct dia_writer writer = dia_buffer_writer(&wire->out);
    hss_request(wire->f->hss, &wire->peer.capabilities, &event.message, &writer);
    assert_true(dia_buffer_take(&wire->out, &writer));
    assert_true(hss_round_end(wire->f->hss));
    assert_false(dia_peer_next(&wire->peer, 0, &event));
    assert_int_equal(dia_message_frame(wire->out.bytes, wire->out.len, CAPACITY, &answer),
                     DIA_FRAME_OK);
    assert_int_equal(answer.header.end_to_end, 0xE2E);
    assert_int_equal(wire->peer.state, DIA_PEER_OPEN);
    *failed = dia_message_find(&answer, DIA_FAILED_AVP, &avp) && avp.len > 0;
    return dia_result_read(&answer, &vendor);
}

/* ---- requests in octets ---- */

#define M  DIA_AVP_M
#define VM (DIA_AVP_V | DIA_AVP_M)

/* Appends an AVP whose header says `length`, whatever is in it. */
static void put(struct wire *wire, uint32_t code, unsigned flags, size_t length, const void *data,
                size_t n)
{
    uint8_t *p = wire->request + wire->request_len;
    size_t header = (flags & DIA_AVP_V) != 0 ? 12 : 8;
    size_t padded = (header + n + 3) / 4 * 4;

    assert_true(wire->request_len + padded <= sizeof wire->request);
    memset(p, 0, padded);
    be32_put(p, code);
    p[4] = (uint8_t)flags;
    be24_put(p + 5, (uint32_t)length);
    if (header == 12) {
        be32_put(p + 8, DIA_VENDOR_3GPP);
    }
    if (n > 0) {
        memcpy(p + header, data, n);
    }
    wire->request_len += padded;
}

static void put_right(struct wire *wire, uint32_t code, unsigned flags, const void *data, size_t n)
{
    put(wire, code, flags, ((flags & DIA_AVP_V) != 0 ? 12 : 8) + n, data, n);
}

static void put_text(struct wire *wire, uint32_t code, const char *text)
{
    put_right(wire, code, M, text, strlen(text));
}

#define USER_NAME  1
#define PLMN_ID    1407
#define EUTRAN     1408
#define AMBR       1435
#define AUTH_STATE 277

/* An AIR without the AVP `without`. */
static void begin(struct wire *wire, uint32_t without)
{
    const struct dia_header header = {.flags = DIA_FLAG_R | DIA_FLAG_P,
                                      .command = S6A_AUTHENTICATION_INFORMATION,
                                      .application = S6A_APPLICATION,
                                      .hop_by_hop = 7,
                                      .end_to_end = 0xE2E};

    dia_header_put(&header, wire->request);
    wire->request_len = DIA_HEADER_OCTETS;
    put_text(wire, 263, "mme;1;1");
    if (without != AUTH_STATE) {
        put_right(wire, AUTH_STATE, M, "\0\0\0\1", 4);
    }
    put_text(wire, 264, MME_HOST);
    put_text(wire, 296, "visited.example");
    put_text(wire, 283, "home.example");
    if (without != USER_NAME) {
        put_text(wire, USER_NAME, IMSI);
    }
    if (without != PLMN_ID) {
        put_right(wire, PLMN_ID, VM, "\x00\xF1\x10", 3);
    }
    if (without != EUTRAN) {
        put_right(wire, EUTRAN, VM, NULL, 0);
    }
}

static void expect(struct wire *wire, uint32_t result)
{
    bool failed;

    be24_put(wire->request + 1, (uint32_t)wire->request_len);
    assert_int_equal(send(wire, &failed), result);
    /* RFC 6733 7.5: what was wrong is shown, where an AVP was. */
    assert_int_equal(failed, result / 1000 == 5 || result == DIA_INVALID_AVP_BITS);
    begin(wire, 0);
    be24_put(wire->request + 1, (uint32_t)wire->request_len);
    assert_int_equal(send(wire, &failed), DIA_SUCCESS); /* the connection serves on */
}

static void test_short(void **state)
{
    struct wire *wire = *state;

    for (size_t length = 0; length < 8; length++) {
        begin(wire, USER_NAME);
        put(wire, USER_NAME, M, length, IMSI, 15);
        expect(wire, DIA_INVALID_AVP_LENGTH);
    }
    for (size_t length = 8; length < 12; length++) { /* no room for the Vendor-Id */
        begin(wire, PLMN_ID);
        put(wire, PLMN_ID, VM, length, "\x00\xF1\x10", 3);
        expect(wire, DIA_INVALID_AVP_LENGTH);
    }
    begin(wire, USER_NAME);
    put_text(wire, USER_NAME, "");
    wire->request_len -= 4; /* the message ends within a header */
    expect(wire, DIA_INVALID_AVP_LENGTH);
}

static void test_overlong(void **state)
{
    static const size_t lengths[] = {8 + 15 + 2, 100, 4096, 0xFFFFFF};
    struct wire *wire = *state;

    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        begin(wire, USER_NAME);
        put(wire, USER_NAME, M, lengths[i], IMSI, 15);
        expect(wire, DIA_INVALID_AVP_LENGTH);
        /* And inside a group. */
        uint8_t inner[16] = {0};
        be32_put(inner, 1410);
        inner[4] = VM;
        be24_put(inner + 5, (uint32_t)lengths[i]);
        be32_put(inner + 8, DIA_VENDOR_3GPP);
        begin(wire, EUTRAN);
        put_right(wire, EUTRAN, VM, inner, sizeof inner);
        expect(wire, DIA_INVALID_AVP_LENGTH);
    }
}

static void test_wrong_type(void **state)
{
    struct wire *wire = *state;

    begin(wire, AUTH_STATE);
    put_right(wire, AUTH_STATE, M, "\0\0\0\0\0\0\0\1", 8);
    expect(wire, DIA_INVALID_AVP_LENGTH);
    begin(wire, AUTH_STATE);
    put_right(wire, AUTH_STATE, M, "\0\0\0\7", 4);
    expect(wire, DIA_INVALID_AVP_VALUE);
    begin(wire, USER_NAME);
    put_right(wire, USER_NAME, M, "00101\xFF\xFE\x00\x01", 9);
    expect(wire, DIA_INVALID_AVP_VALUE);
    begin(wire, PLMN_ID);
    put_right(wire, PLMN_ID, VM, "\x00\xF1", 2);
    expect(wire, DIA_INVALID_AVP_VALUE);
    begin(wire, EUTRAN); /* no group at all */
    put_right(wire, EUTRAN, VM, "text", 4);
    expect(wire, DIA_INVALID_AVP_LENGTH);
}

static void test_missing(void **state)
{
    static const uint32_t mandatory[] = {USER_NAME, PLMN_ID, AUTH_STATE, EUTRAN};
    struct wire *wire = *state;

    for (size_t i = 0; i < ARRAY_LEN(mandatory); i++) {
        begin(wire, mandatory[i]);
        expect(wire, DIA_MISSING_AVP);
    }
    begin(wire, 0);
    wire->request_len = DIA_HEADER_OCTETS; /* none at all */
    expect(wire, DIA_MISSING_AVP);
}

static void test_too_many(void **state)
{
    struct wire *wire = *state;

    begin(wire, 0);
    put_text(wire, USER_NAME, IMSI);
    expect(wire, DIA_AVP_OCCURS_TOO_MANY_TIMES);
}

static void test_nested_too_deep(void **state)
{
    struct wire *wire = *state;
    uint8_t nested[2048];

    for (size_t depth = DIA_AVP_DEPTH_MAX + 1; depth < 150; depth += 70) {
        for (size_t i = 0; i < depth; i++) {
            uint8_t *p = nested + 12 * i;

            be32_put(p, AMBR);
            p[4] = VM;
            be24_put(p + 5, (uint32_t)(12 * (depth - i)));
            be32_put(p + 8, DIA_VENDOR_3GPP);
        }
        begin(wire, 0);
        put_right(wire, AMBR, VM, nested, 12 * depth);
        expect(wire, DIA_INVALID_AVP_VALUE);
    }
}

static void test_unknown(void **state)
{
    struct wire *wire = *state;

    begin(wire, 0);
    put_right(wire, 65000, M, "?", 1);
    expect(wire, DIA_AVP_UNSUPPORTED);
    begin(wire, 0);
    put_right(wire, 65000, 0, "?", 1); /* not mandatory: ignored */
    expect(wire, DIA_SUCCESS);
}

static void test_header_bits(void **state)
{
    struct wire *wire = *state;

    begin(wire, 0);
    wire->request[4] |= DIA_FLAG_E;
    expect(wire, DIA_INVALID_HDR_BITS);
    begin(wire, 0);
    wire->request[4] &= (uint8_t)~DIA_FLAG_P;
    expect(wire, DIA_INVALID_HDR_BITS);
}

static void test_stranger_is_not_admitted(void **state)
{
    struct wire *wire = *state;
    struct dia_event event;
    struct dia_message cea;
    uint32_t vendor;

    connect_mme(wire, "stranger.example");
    assert_true(dia_peer_next(&wire->peer, 0, &event));
    assert_int_equal(event.kind, DIA_EVENT_CLOSED);
    assert_int_equal(event.reason, DIA_CLOSE_REFUSED);
    assert_int_equal(dia_message_frame(wire->out.bytes, wire->out.len, CAPACITY, &cea),
                     DIA_FRAME_OK);
    assert_int_equal(dia_result_read(&cea, &vendor), DIA_UNKNOWN_PEER);
    assert_true(hss_round_end(wire->f->hss));
    assert_int_equal(committed_events(wire->f, EVENT_PEER_REFUSED), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_short),   TEST(test_overlong),    TEST(test_wrong_type),
        TEST(test_missing), TEST(test_too_many),    TEST(test_nested_too_deep),
        TEST(test_unknown), TEST(test_header_bits), TEST(test_stranger_is_not_admitted),
    };

    return cmocka_run_group_tests_name("hss_malformed", tests, NULL, NULL);
}
