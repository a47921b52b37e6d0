/* src/hss/peers.c: who may connect and ask for what. */
#include "hss_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "hss/peers.h"

static struct dia_capabilities named(const char *host, const char *realm)
{
    struct dia_capabilities who = {.vendor_id = 0};

    (void)snprintf(who.host, sizeof who.host, "%s", host);
    (void)snprintf(who.realm, sizeof who.realm, "%s", realm);
    return who;
}

static bool admitted(const struct hss_settings *settings, const char *host, const char *realm,
                     const char *remote)
{
    struct dia_capabilities who = named(host, realm);
    const char *why = NULL;
    const struct hss_peer *peer = hss_peer_admit(settings, &who, remote, &why);

    assert_true((peer == NULL) == (why != NULL));
    return peer != NULL;
}

static void test_admission(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_peer *peer = &f->settings.peers[0];

    assert_true(admitted(&f->settings, MME_HOST, "visited.example", "192.0.2.1"));
    assert_true(admitted(&f->settings, "MME.Visited.Example", "VISITED.example", "192.0.2.1"));
    assert_false(admitted(&f->settings, "mme2.visited.example", "visited.example", "192.0.2.1"));
    assert_false(admitted(&f->settings, MME_HOST, "other.example", "192.0.2.1"));
    assert_false(admitted(&f->settings, "", "", "192.0.2.1"));

    (void)snprintf(peer->addresses[0], sizeof peer->addresses[0], "192.0.2.1");
    (void)snprintf(peer->addresses[1], sizeof peer->addresses[1], "2001:db8::1");
    peer->address_count = 2;
    assert_true(admitted(&f->settings, MME_HOST, "visited.example", "192.0.2.1"));
    assert_true(admitted(&f->settings, MME_HOST, "visited.example", "::ffff:192.0.2.1"));
    assert_true(admitted(&f->settings, MME_HOST, "visited.example", "2001:db8::1"));
    assert_false(admitted(&f->settings, MME_HOST, "visited.example", "192.0.2.11"));
    assert_false(admitted(&f->settings, MME_HOST, "visited.example", "::ffff:192.0.2.2"));
    assert_false(admitted(&f->settings, MME_HOST, "visited.example", ""));
}

static void test_grants(void **state)
{
    struct hss_fixture *f = *state;
    struct hss_peer peer = f->settings.peers[0];
    const struct hss_peer *relay = hss_peer_find(&f->settings, "relay.visited.example");
    struct dia_avp origin = {.data = (const uint8_t *)MME_HOST, .len = strlen(MME_HOST)};
    struct dia_avp other = {.data = (const uint8_t *)MME_HOST, .len = strlen(MME_HOST) - 1};
    struct plmn plmn;

    assert_true(plmn_parse("001/01", 6, &plmn));
    assert_true(hss_peer_serves_plmn(&peer, &plmn));
    assert_true(plmn_parse("001/010", 7, &plmn));
    assert_false(hss_peer_serves_plmn(&peer, &plmn));
    peer.plmn_count = 0; /* no grant is no grant */
    assert_true(plmn_parse("001/01", 6, &plmn));
    assert_false(hss_peer_serves_plmn(&peer, &plmn));

    assert_true(hss_peer_speaks_for(&peer, &origin));
    assert_false(hss_peer_speaks_for(&peer, &other));
    assert_non_null(relay);
    assert_true(hss_peer_speaks_for(relay, &origin));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_admission, hss_fixture_setup, hss_fixture_teardown),
        cmocka_unit_test_setup_teardown(test_grants, hss_fixture_setup, hss_fixture_teardown),
    };

    return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
