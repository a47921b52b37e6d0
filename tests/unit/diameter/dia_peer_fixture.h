/* Two peers in one process, and the octets between them. */
#ifndef MOORING_TESTS_DIA_PEER_FIXTURE_H
#define MOORING_TESTS_DIA_PEER_FIXTURE_H

#include "dia_fixture.h"

#include <cmocka.h>

#include "diameter/dia_answer.h"
#include "diameter/dia_peer.h"

#define TW          30000
#define MAX_MESSAGE 4096
#define CAPACITY    16384

struct side {
    struct dia_peer_config config;
    struct dia_peer peer;
    struct dia_buffer out;
    enum dia_admission admission;
    uint8_t in[CAPACITY];
    uint8_t out_octets[CAPACITY];
};

static inline enum dia_admission side_admit(void *ctx, const struct dia_capabilities *who,
                                            const char *remote)
{
    const struct side *side = ctx;

    assert_true(who->host[0] != '\0');
    assert_string_equal(remote, "127.0.0.1");
    return side->admission;
}

static inline uint32_t side_random(void *ctx)
{
    (void)ctx;
    return 0x12345678;
}

static inline void side_init(struct side *side, const struct dia_node *node, bool initiator)
{
    side->config = (struct dia_peer_config){.node = *node,
                                            .max_message = MAX_MESSAGE,
                                            .tw_ms = TW,
                                            .handshake_ms = 10000,
                                            .leave_ms = 2000,
                                            .admit = side_admit,
                                            .random = side_random};
    side->admission = DIA_ADMIT;
    side->out = (struct dia_buffer){.bytes = side->out_octets, .capacity = CAPACITY};
    const struct dia_endpoint endpoint = {
        .ctx = side, .remote = "127.0.0.1", .local = fixture_loopback};
    dia_peer_init(&side->peer, &side->config, &endpoint, initiator, side->in, CAPACITY, &side->out,
                  0);
}

/* Moves what `from` has to say to `to`. */
static inline void pass(struct side *from, struct side *to)
{
    assert_int_equal(dia_peer_input(&to->peer, from->out.bytes, from->out.len), from->out.len);
    from->out.len = 0;
}

static inline void expect(struct side *side, int64_t now, enum dia_event_kind kind,
                          struct dia_event *event)
{
    assert_true(dia_peer_next(&side->peer, now, event));
    assert_int_equal(event->kind, kind);
}

static inline void expect_nothing(struct side *side, int64_t now)
{
    struct dia_event event;

    assert_false(dia_peer_next(&side->peer, now, &event));
}

static inline void expect_closed(struct side *side, int64_t now, enum dia_close_reason reason)
{
    struct dia_event event;

    expect(side, now, DIA_EVENT_CLOSED, &event);
    assert_int_equal(event.reason, reason);
    expect_nothing(side, now);
}

/* The only message in the output of `side`; takes it out. */
static inline struct dia_message said(struct side *side)
{
    struct dia_message message;

    assert_true(fixture_frame(side->out.bytes, side->out.len, &message));
    side->out.len = 0;
    return message;
}

static inline void open_both(struct side *mme, struct side *hss)
{
    struct dia_event event;

    side_init(mme, &fixture_mme, true);
    side_init(hss, &fixture_hss, false);
    pass(mme, hss);
    expect(hss, 0, DIA_EVENT_OPEN, &event);
    pass(hss, mme);
    expect(mme, 0, DIA_EVENT_OPEN, &event);
    assert_string_equal(hss->peer.capabilities.host, "mme.visited.example");
    assert_string_equal(mme->peer.capabilities.host, "hss.home.example");
}

static inline void send_air(struct side *mme, uint64_t cookie, int64_t deadline)
{
    uint8_t air[512];
    size_t n = fixture_air(air, sizeof air);

    assert_true(dia_peer_request(&mme->peer, air, n, cookie, deadline, &mme->out));
}

static inline void answer_with(struct side *hss, const struct dia_message *request, uint32_t result)
{
    struct dia_writer w = dia_buffer_writer(&hss->out);
    const struct dia_error error = {.result = result};

    assert_true(dia_answer_error(&w, request, &hss->config.node, &error));
    assert_true(dia_buffer_take(&hss->out, &w));
}

#endif
