#include "hss_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "aka/vector.h"

static void add_peer(struct hss_settings *settings, const char *host, bool s6a, bool relay)
{
    struct hss_peer *peer = &settings->peers[settings->peer_count++];

    (void)snprintf(peer->host, sizeof peer->host, "%s", host);
    (void)snprintf(peer->realm, sizeof peer->realm, "visited.example");
    assert_true(plmn_parse(MME_PLMN, strlen(MME_PLMN), &peer->plmns[0]));
    peer->plmn_count = 1;
    peer->s6a = s6a;
    peer->relay = relay;
}

void hss_fixture_prepare(struct hss_fixture *f)
{
    struct hss_settings *settings = &f->settings;
    struct profile *profile = &settings->profiles[0];

    assert_true(openssl_crypto_init(&f->crypto, &f->fault));
    f->credentials.algorithm = AKA_MILENAGE;
    memset(f->credentials.k, 0x46, sizeof f->credentials.k);
    memset(f->credentials.opc, 0xCD, sizeof f->credentials.opc);
    f->now_ms = FIRST_NOW;
    (void)snprintf(settings->host, sizeof settings->host, "hss.home.example");
    (void)snprintf(settings->realm, sizeof settings->realm, "home.example");
    settings->seq_step_max = 8;
    settings->seq_reserve = 50;
    settings->confirm_window_ms = 30000;
    settings->max_records = 100;
    add_peer(settings, MME_HOST, true, false);
    add_peer(settings, "relay.visited.example", true, true);
    add_peer(settings, "eir.visited.example", false, false);
    settings->profile_count = 1;
    *profile = (struct profile){.name = "meter",
                                .network_access_mode = S6A_NETWORK_ACCESS_ONLY_PACKET,
                                .apn_count = 1,
                                .violation = VIOLATION_REFUSE,
                                .on_clone = VIOLATION_BAR};
    (void)snprintf(profile->apns[0].name, sizeof profile->apns[0].name, "meter.utility");
}

static int64_t now(void *ctx)
{
    return ((struct hss_fixture *)ctx)->now_ms;
}

static void report(void *ctx, const char *line)
{
    struct hss_fixture *f = ctx;

    assert_true(line[0] != '\0');
    f->reports++;
}

struct hss *hss_fixture_open(struct hss_fixture *f, const struct home_store *store)
{
    const struct hss_ports ports = {.settings = &f->settings,
                                    .crypto = &f->crypto.port,
                                    .store = store,
                                    .now_ms = now,
                                    .report = report,
                                    .ctx = f};
    struct hss *hss = hss_open(&ports, &f->fault);

    assert_non_null(hss);
    return hss;
}

struct subscription hss_fixture_subscription(const char *imsi)
{
    struct subscription subscription = {.profile = "meter", .status = SUBSCRIPTION_ISSUED};

    assert_true(imsi_parse(imsi, strlen(imsi), &subscription.imsi));
    subscription.binding.state = BINDING_ARMED;
    return subscription;
}

int hss_fixture_setup(void **state)
{
    struct hss_fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    hss_fixture_prepare(f);
    fake_store_init(f);
    f->hss = hss_fixture_open(f, &f->store.port);
    *state = f;
    return 0;
}

int hss_fixture_teardown(void **state)
{
    struct hss_fixture *f = *state;

    hss_close(f->hss);
    openssl_crypto_free(&f->crypto);
    free(f);
    return 0;
}

struct hss_answer ask_octets(struct hss *hss, const char *host, uint8_t *octets, size_t n)
{
    uint8_t out[8192];
    struct dia_writer writer = dia_writer(out, sizeof out);
    struct dia_capabilities who = {.realm = "visited.example"};
    struct hss_answer answer = {.count = 0};
    struct dia_message request;
    struct dia_message message;
    struct fault fault;

    (void)snprintf(who.host, sizeof who.host, "%s", host);
    assert_int_equal(dia_message_frame(octets, n, 65536, &request), DIA_FRAME_OK);
    hss_request(hss, &who, &request, &writer);
    assert_int_equal(dia_message_frame(out, writer.len, sizeof out, &message), DIA_FRAME_OK);
    assert_int_equal(message.header.length, writer.len);
    assert_int_equal(message.header.command, request.header.command);
    assert_int_equal(message.header.hop_by_hop, request.header.hop_by_hop);
    assert_int_equal(message.header.end_to_end, request.header.end_to_end);
    answer.flags = message.header.flags;
    answer.result.code = dia_result_read(&message, &(uint32_t){0});
    struct dia_avp avp;
    answer.result.experimental = dia_message_find(&message, DIA_EXPERIMENTAL_RESULT, &avp);
    if (answer.result.code == DIA_SUCCESS &&
        message.header.command == S6A_AUTHENTICATION_INFORMATION) {
        assert_true(s6a_aia_read(&message, answer.vectors, &answer.count, &fault));
    } else {
        assert_false(dia_message_find(&message, DIA_AUTHENTICATION_INFO, &avp));
    }
    return answer;
}

static struct s6a_origin origin_of(const struct dia_node *node, const char *plmn, const char *imsi)
{
    struct s6a_origin origin = {
        .node = node, .destination_realm = "home.example", .session_id = "mme;1;1", .imsi = imsi};

    assert_true(plmn_parse(plmn, strlen(plmn), &origin.plmn));
    return origin;
}

struct hss_answer ask_air(struct hss *hss, const char *host, const char *plmn, const char *imsi,
                          uint32_t vectors)
{
    uint8_t octets[1024];
    struct dia_writer writer = dia_writer(octets, sizeof octets);
    const struct dia_node node = {.host = host, .realm = "visited.example"};
    struct s6a_origin origin = origin_of(&node, plmn, imsi);

    assert_true(s6a_put_air(&writer, &origin, vectors, NULL, NULL));
    return ask_octets(hss, host, octets, writer.len);
}

struct hss_answer ask_ulr(struct hss *hss, const char *host, const char *plmn, const char *imsi,
                          const char *imei)
{
    static uint32_t end_to_end = 0; /* every request of a test program is a new one */
    uint8_t octets[1024];
    struct dia_writer writer = dia_writer(octets, sizeof octets);
    const struct dia_node node = {.host = host, .realm = "visited.example"};
    struct s6a_origin origin = origin_of(&node, plmn, imsi);
    struct imei machine;

    assert_true(imei == NULL || imei_parse(imei, strlen(imei), &machine));
    assert_true(s6a_put_ulr(&writer, &origin, 1004, S6A_ULR_S6A, imei != NULL ? &machine : NULL));
    be32_put(octets + 16, ++end_to_end);
    return ask_octets(hss, host, octets, writer.len);
}

uint64_t sqn_of(struct hss_fixture *f, const struct home_vector *vector)
{
    struct aka_challenge challenge;

    assert_true(aka_challenge_check(&f->crypto.port, &f->credentials, vector->rand, vector->autn,
                                    &challenge));
    assert_true(challenge.mac_ok);
    return challenge.sqn;
}

void expect_code(const struct hss_answer *answer, uint32_t code, bool experimental)
{
    assert_int_equal(answer->result.code, code);
    assert_int_equal(answer->result.experimental, experimental);
    assert_int_equal((answer->flags & DIA_FLAG_E) != 0, !experimental && code / 1000 == 3);
}

size_t committed_events(const struct hss_fixture *f, enum event_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < f->store.event_count; i++) {
        n += f->store.events[i] == kind;
    }
    return n;
}
