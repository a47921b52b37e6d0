/* The sample loads as documented, and every mistake is named with file, line and key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edge/config/config.h"
#include "edge/config/yaml_tree.h"
#include "edge/file/file_io.h"
#include "scratch.h"

static struct scratch scratch;
static struct fault fault;
static struct hss_settings settings;
static const char *path;

static int setup(void **state)
{
    (void)state;
    scratch_make(&scratch);
    path = scratch_path(&scratch, "mooring.yaml");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static const struct profile *profile_named(const char *name)
{
    for (size_t i = 0; i < settings.profile_count; i++) {
        if (strcmp(settings.profiles[i].name, name) == 0) {
            return &settings.profiles[i];
        }
    }
    return NULL;
}

static void test_sample_home(void **state)
{
    (void)state;
    if (!config_load(SAMPLE, &settings, &fault)) {
        fail_msg("%s", fault.text);
    }
    assert_string_equal(settings.host, "hss.epc.mnc001.mcc001.3gppnetwork.org");
    assert_string_equal(settings.realm, "epc.mnc001.mcc001.3gppnetwork.org");
    assert_memory_equal(settings.plmn.octets, "\x00\xF1\x10", 3);
    assert_int_equal(settings.listen_count, 1);
    assert_int_equal(settings.listen[0].transport, HSS_TCP);
    assert_string_equal(settings.listen[0].address, "127.0.0.1");
    assert_int_equal(settings.listen[0].port, 3868);
    /* Relative to the folder of the file. */
    size_t folder = (size_t)(strrchr(SAMPLE, '/') - SAMPLE) + 1;
    assert_memory_equal(settings.database, SAMPLE, folder);
    assert_string_equal(settings.database + folder, "mooring.db");
    assert_string_equal(settings.key_file + folder, "mooring.key");
    assert_memory_equal(settings.amf, "\x80\x00", 2);
    assert_int_equal(settings.seq_step_max, 64);
    assert_int_equal(settings.seq_reserve, 4096);
    assert_int_equal(settings.confirm_window_ms, 8000);
    assert_int_equal(settings.max_records, 100000);
    assert_int_equal(settings.peer_count, 1);
    assert_string_equal(settings.peers[0].host, "mme.epc.mnc001.mcc001.3gppnetwork.org");
    assert_int_equal(settings.peers[0].address_count, 1);
    assert_string_equal(settings.peers[0].addresses[0], "127.0.0.1");
    assert_int_equal(settings.peers[0].plmn_count, 1);
    assert_true(settings.peers[0].s6a);
    assert_false(settings.peers[0].relay);
}

static void test_sample_profiles(void **state)
{
    (void)state;
    assert_true(config_load(SAMPLE, &settings, &fault));
    assert_int_equal(settings.profile_count, 2);
    const struct profile *meter = profile_named("meter");
    const struct profile *phone = profile_named("phone");
    assert_non_null(meter);
    assert_non_null(phone);
    assert_int_equal(meter->network_access_mode, 2);
    assert_int_equal(meter->teleservice_count, 0);
    assert_int_equal(meter->operator_determined_barring, 1u << 3);
    assert_int_equal(meter->access_restriction, 1u << 0 | 1u << 1 | 1u << 2 | 1u << 5 | 1u << 8);
    assert_int_equal(meter->apn_count, 1);
    assert_string_equal(meter->apns[0].name, "meter.iot");
    assert_int_equal(meter->apns[0].pdn_type, 0);
    assert_int_equal(meter->apns[0].qci, 9);
    assert_int_equal(meter->apns[0].arp_priority, 15);
    assert_int_equal(meter->apns[0].ambr_uplink, 64000);
    assert_int_equal(meter->ambr_downlink, 64000);
    assert_int_equal(meter->periodic_tau_s, 86400);
    assert_true(meter->bind);
    assert_int_equal(meter->violation, VIOLATION_REFUSE);
    assert_true(meter->require_imei);
    assert_true(meter->audit_at_activation && meter->audit_on_change);
    assert_int_equal(meter->audit_one_in, 1);
    assert_int_equal(meter->audit_silence_ms, INT64_C(7) * 86400000);
    assert_int_equal(meter->on_clone, VIOLATION_BAR);
    assert_int_equal(phone->network_access_mode, 0);
    assert_int_equal(phone->teleservice_count, 2);
    assert_memory_equal(phone->teleservices, "\x21\x22", 2);
    assert_int_equal(phone->apns[0].pdn_type, 2);
    assert_int_equal(phone->ambr_uplink, 50000000); /* the APNs' sum */
    assert_int_equal(phone->ambr_downlink, 150000000);
    assert_false(phone->bind);
    assert_int_equal(phone->violation, VIOLATION_ALERT);
    assert_int_equal(phone->on_clone, VIOLATION_ALERT);
}

/* The children that a step of a key's path leads to: "peers[]", "NAME" (any key), "host". */
static bool path_occurs(const struct yaml_tree_node *node, const char *key_path)
{
    size_t len = strcspn(key_path, ".[");
    bool any = strncmp(key_path, "NAME", len) == 0 && len == 4;

    if (key_path[0] == '\0') {
        return true;
    }
    for (const struct yaml_tree_node *child = node->first; child != NULL; child = child->next) {
        bool in_list = len == 0 && strncmp(key_path, "[]", 2) == 0;
        const char *rest = key_path + (in_list ? 2 : len);

        rest += *rest == '.';
        if ((in_list || any ||
             (child->key != NULL && strlen(child->key) == len &&
              strncmp(child->key, key_path, len) == 0)) &&
            path_occurs(child, rest)) {
            return true;
        }
    }
    return false;
}

struct occurrence {
    const struct yaml_tree_node *root;
    unsigned keys;
};

static void check_key(void *user, const char *key_path)
{
    struct occurrence *occurrence = user;

    occurrence->keys++;
    if (!path_occurs(occurrence->root, key_path)) {
        fail_msg("%s is not in the sample", key_path);
    }
}

static void test_every_key_is_in_the_sample(void **state)
{
    struct file_content content;

    assert_true(file_read(SAMPLE, 100000, &content, &fault));
    struct yaml_tree_node *root = yaml_tree_parse(SAMPLE, content.data, content.size, &fault);
    struct occurrence occurrence = {root, 0};

    (void)state;
    assert_non_null(root);
    assert_false(path_occurs(root, "home.nothing"));
    assert_false(path_occurs(root, "profiles.NAME.apns[].nothing"));
    config_each_key(check_key, &occurrence);
    assert_true(occurrence.keys > 45);
    yaml_tree_free(root);
    file_content_free(&content);
}

#define HOME                                                                                       \
    "home:\n  identity: hss.example\n  realm: example\n  plmn: 001/01\n"                           \
    "  listen: [\"tcp://127.0.0.1:0\"]\n  database: /d/x.db\n  key_file: k\n" /* 7 lines */
#define PROFILES "profiles:\n  meter:\n    apns:\n    - {name: a, uplink: 1, downlink: 1}\n"

static void load_text(const char *text, bool expected)
{
    scratch_write(path, text, strlen(text), 0644);
    bool ok = config_load(path, &settings, &fault);
    if (ok != expected) {
        fail_msg("%s\n%s", text, ok ? "was accepted" : fault.text);
    }
}

/* The text is refused, with `FILE:LINE: KEY: ` and `why` in the message. */
static void refuse(const char *text, unsigned line, const char *key, const char *why)
{
    char place[240];

    load_text(text, false);
    (void)snprintf(place, sizeof place, "%s:%u: %s", path, line, key);
    if (strncmp(fault.text, place, strlen(place)) != 0 || strstr(fault.text, why) == NULL) {
        fail_msg("expected \"%s ... %s\", got \"%s\"", place, why, fault.text);
    }
}

static void test_defaults(void **state)
{
    (void)state;
    load_text(HOME PROFILES, true);
    assert_string_equal(settings.database, "/d/x.db");
    assert_int_equal(settings.listen[0].port, 0);
    assert_memory_equal(settings.amf, "\x80\x00", 2);
    assert_int_equal(settings.seq_step_max, 64);
    assert_int_equal(settings.seq_reserve, 4096);
    assert_int_equal(settings.confirm_window_ms, 8000);
    assert_int_equal(settings.max_records, 100000);
    assert_int_equal(settings.peer_count, 0);
    const struct profile *meter = profile_named("meter");
    assert_int_equal(meter->network_access_mode, 2);
    assert_int_equal(meter->apns[0].qci, 9);
    assert_int_equal(meter->apns[0].arp_priority, 15);
    assert_int_equal(meter->ambr_uplink, 1);
    assert_int_equal(meter->periodic_tau_s, 0);
    assert_true(meter->bind && meter->require_imei);
    assert_int_equal(meter->violation, VIOLATION_REFUSE);
    assert_int_equal(meter->audit_one_in, 100);
}

static void test_wrong_keys(void **state)
{
    (void)state;
    refuse(HOME "  seq_step: 5\n" PROFILES, 8, "home.seq_step", "did you mean seq_step_max?");
    refuse(HOME "  max_record: 5\n" PROFILES, 8, "home.max_record", "did you mean max_records?");
    refuse(HOME "  colour: red\n" PROFILES, 8, "home.colour", "there are: identity, realm");
    refuse(HOME "  plmn: 001/02\n" PROFILES, 8, "plmn", "there already, in line 4");
    refuse(HOME PROFILES "hom: 1\n", 12, "hom", "did you mean home?");
    refuse(HOME, 1, "", "the key profiles is missing");
    refuse("home: {}\n" PROFILES, 1, "home", "the key identity is missing");
    refuse(HOME "profiles: {}\n", 8, "profiles", "at least one");
    refuse(HOME "profiles:\n  meter: {}\n", 9, "profiles.meter", "the key apns is missing");
    refuse(HOME "profiles:\n  meter:\n    apns: []\n", 10, "profiles.meter.apns", "at least 1");
    refuse(HOME PROFILES "    apn: x\n", 12, "profiles.meter.apn", "did you mean apns?");
    refuse(HOME "profiles:\n  Meter One:\n    apns: []\n", 9, "profiles.Meter One",
           "a profile's name");
}

static void home_value(const char *key, const char *value, const char *why)
{
    char text[1024];
    char at[80];

    (void)snprintf(text, sizeof text, HOME "  %s: %s\n" PROFILES, key, value);
    (void)snprintf(at, sizeof at, "home.%s", key);
    if (why == NULL) {
        load_text(text, true);
    } else {
        refuse(text, 8, at, why);
    }
}

static void test_wrong_values_of_home(void **state)
{
    (void)state;
    home_value("seq_step_max", "0", "a whole number from 1 to 65536, not \"0\"");
    home_value("seq_step_max", "1x", "a whole number");
    home_value("seq_step_max", "-1", "a whole number");
    home_value("seq_step_max", "+1", "a whole number");
    home_value("seq_step_max", "99999999999999999999", "a whole number");
    home_value("seq_step_max", "18446744073709551617", "a whole number");
    home_value("seq_step_max", "[1]", "a whole number from 1 to 65536, not a list");
    home_value("seq_step_max", "{a: 1}", "not a map");
    home_value("seq_step_max", "", "and found nothing");
    home_value("seq_step_max", "128", NULL);
    home_value("seq_step_max", "129", "at least 32 times");
    home_value("seq_reserve", "2047", "at least 32 times");
    home_value("seq_reserve", "16777217", "from 32 to 16777216");
    home_value("confirm_window", "8", "a duration such as 8s");
    home_value("confirm_window", "8 s", "a duration");
    home_value("confirm_window", "6m", "from 500ms to 5m");
    home_value("confirm_window", "never", "a duration");
    home_value("confirm_window", "1500ms", NULL);
    assert_int_equal(settings.confirm_window_ms, 1500);
    home_value("amf", "80", "4 hexadecimal digits");
    home_value("amf", "\"80000\"", "4 hexadecimal digits");
    home_value("amf", "b9b9", NULL);
    home_value("max_records", "99", "from 100");
}

static void replaced(const char *from, const char *to, unsigned line, const char *key,
                     const char *why)
{
    static const char base[] = HOME PROFILES;
    char text[1400];
    const char *at = strstr(base, from);

    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - base), base, to, at + strlen(from));
    if (why == NULL) {
        load_text(text, true);
    } else {
        refuse(text, line, key, why);
    }
}

static void test_wrong_names_and_addresses(void **state)
{
    (void)state;
    replaced("hss.example", "hss..example", 2, "home.identity", "Diameter identity");
    replaced("hss.example", "-hss", 2, "home.identity", "Diameter identity");
    replaced("hss.example", "h_s", 2, "home.identity", "Diameter identity");
    replaced("hss.example", "'a b'", 2, "home.identity", "Diameter identity");
    replaced("001/01", "00101", 4, "home.plmn", "such as 001/01");
    replaced("001/01", "001/1", 4, "home.plmn", "such as 001/01");
    replaced("001/01", "310/410", 0, "", NULL);
    assert_memory_equal(settings.plmn.octets, "\x13\x00\x14", 3);
    replaced("tcp://127.0.0.1:0", "127.0.0.1:0", 5, "home.listen[1]", "tcp://ADDRESS:PORT");
    replaced("tcp://127.0.0.1:0", "tcp://localhost:0", 5, "home.listen[1]", "numeric");
    replaced("tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", 5, "home.listen[1]", "numeric");
    replaced("tcp://127.0.0.1:0", "tcp://127.0.0.1", 5, "home.listen[1]", "numeric");
    replaced("tcp://127.0.0.1:0", "tcp://[::1:3868", 5, "home.listen[1]", "numeric");
    replaced("[\"tcp://127.0.0.1:0\"]", "[]", 5, "home.listen", "at least 1");
    replaced("[\"tcp://127.0.0.1:0\"]", "tcp", 5, "home.listen", "expected a list");
    replaced("tcp://127.0.0.1:0", "sctp://[2001:db8::1]:3868", 0, "", NULL);
    assert_int_equal(settings.listen[0].transport, HSS_SCTP);
    assert_string_equal(settings.listen[0].address, "2001:db8::1");
    assert_int_equal(settings.listen[0].port, 3868);
    replaced("/d/x.db", "''", 6, "home.database", "a file name");
}

static void profile_line(const char *line, const char *key, const char *why)
{
    char text[1400];
    char at[120];

    (void)snprintf(text, sizeof text, HOME PROFILES "    %s\n", line);
    (void)snprintf(at, sizeof at, "profiles.meter%s", key);
    if (why == NULL) {
        load_text(text, true);
    } else {
        refuse(text, 12, at, why);
    }
}

static void test_wrong_values_of_profiles(void **state)
{
    (void)state;
    profile_line("access: circuit", ".access",
                 "one of packet, packet-and-circuit, not \"circuit\"");
    profile_line("teleservices: [telephony]", ".teleservices[1]", "S6a never carries it");
    profile_line("teleservices: [sms-mt, t11]", ".teleservices[2]", "telephony");
    profile_line("teleservices: [T11]", ".teleservices[1]", "telephony");
    profile_line("teleservices: [sms-mt, sms-mt]", ".teleservices[2]", "there already");
    profile_line("teleservices: [fax]", ".teleservices[1]", "one of sms-mt, sms-mo");
    profile_line("barring: [all-packet-services]", ".barring", "without a usable APN");
    profile_line("barring: [everything]", ".barring[1]", "one of all-packet-services");
    profile_line("restrict: [lte]", ".restrict[1]", "one of utran");
    profile_line("restrict: utran", ".restrict", "expected a list");
    profile_line("plmns: [00101]", ".plmns[1]", "such as 001/01");
    profile_line("ambr: {uplink: 64k}", ".ambr", "downlink is missing");
    profile_line("ambr: {uplink: 64k, downlink: 5G}", ".ambr.downlink", "a bit rate");
    profile_line("ambr: {uplink: 64kbit, downlink: 5M}", ".ambr.uplink", "a bit rate");
    profile_line("ambr: {uplink: 0, downlink: 5M}", ".ambr.uplink", "from 1 to 4294967295");
    profile_line("ambr: {uplink: 1G, downlink: 4G}", "", NULL);
    profile_line("periodic_tau: 414d", ".periodic_tau", "to 413d, or never");
    profile_line("periodic_tau: 1500ms", ".periodic_tau", "whole seconds");
    profile_line("periodic_tau: never", "", NULL);
    profile_line("binding: {arm: maybe}", ".binding.arm", "yes or no");
    profile_line("binding: {violation: ignore}", ".binding.violation", "alert, refuse, bar");
    profile_line("binding: {requireimei: no}", ".binding.requireimei",
                 "did you mean require_imei?");
    profile_line("audit: {one_in: 1000001}", ".audit.one_in", "from 0 to 1000000");
    profile_line("audit: {on_clone: refuse}", ".audit.on_clone", "one of alert, bar");
    profile_line("audit: {silence: 0s}", ".audit.silence", "or never");
    profile_line("audit: {silence: never, one_in: 0}", "", NULL);
}

static void apn_line(const char *apn, const char *key, const char *why)
{
    char text[1400];
    char at[120];

    (void)snprintf(text, sizeof text, HOME "profiles:\n  m:\n    apns:\n    - %s\n", apn);
    (void)snprintf(at, sizeof at, "profiles.m.apns[1]%s", key);
    if (why == NULL) {
        load_text(text, true);
    } else {
        refuse(text, 11, at, why);
    }
}

static void test_wrong_apns(void **state)
{
    (void)state;
    apn_line("{name: a.b, uplink: 1, downlink: 1}", "", NULL);
    apn_line("{name: '*', uplink: 1, downlink: 1}", ".name", "an APN network identifier");
    apn_line("{name: a..b, uplink: 1, downlink: 1}", ".name", "an APN");
    apn_line("{name: a., uplink: 1, downlink: 1}", ".name", "an APN");
    apn_line("{name: rac1, uplink: 1, downlink: 1}", ".name", "an APN");
    apn_line("{name: a.mnc001.mcc001.gprs, uplink: 1, downlink: 1}", ".name", "an APN");
    apn_line("{name: a, downlink: 1}", "", "uplink is missing");
    apn_line("{name: a, uplink: 1, downlink: 1, qci: 1}", ".qci", "without guaranteed bit rate");
    apn_line("{name: a, uplink: 1, downlink: 1, qci: 70}", "", NULL);
    apn_line("{name: a, uplink: 1, downlink: 1, priority: 16}", ".priority", "from 1 to 15");
    apn_line("{name: a, uplink: 1, downlink: 1, type: ip}", ".type", "one of ipv4, ipv6, ipv4v6");
    apn_line("a", "", "expected a map");
    refuse(HOME "profiles:\n  m:\n    apns:\n    - {name: a, uplink: 1, downlink: 1}\n"
                "    - {name: A, uplink: 1, downlink: 1}\n",
           12, "profiles.m.apns[2]", "there already");
}

static void test_peers(void **state)
{
    (void)state;
    load_text(HOME PROFILES "peers:\n- {host: m, realm: r, plmns: [001/01, 001/02]}\n"
                            "- {host: dra, realm: r, plmns: [001/01], relay: yes,\n"
                            "   applications: []}\n",
              true);
    assert_int_equal(settings.peer_count, 2);
    assert_true(settings.peers[0].s6a);
    assert_int_equal(settings.peers[0].plmn_count, 2);
    assert_int_equal(settings.peers[0].address_count, 0);
    assert_true(settings.peers[1].relay);
    assert_false(settings.peers[1].s6a);
    refuse(HOME PROFILES "peers:\n- {host: m, realm: r, plmns: [001/01]}\n"
                         "- {host: M, realm: r, plmns: [001/01]}\n",
           14, "peers[2]", "is a peer already");
    refuse(HOME PROFILES "peers:\n- {host: m, realm: r}\n", 13, "peers[1]", "plmns is missing");
    refuse(HOME PROFILES "peers:\n- {host: m, realm: r, plmns: []}\n", 13, "peers[1].plmns",
           "at least 1");
    refuse(HOME PROFILES "peers:\n- {host: m, realm: r, plmns: [001/01], addresses: [mme]}\n", 13,
           "peers[1].addresses[1]", "numeric");
    refuse(HOME PROFILES "peers:\n- {host: m, realm: r, plmns: [001/01], applications: [s13]}\n",
           13, "peers[1].applications[1]", "expected s6a, not \"s13\"");
}

static void test_too_many(void **state)
{
    static char text[HSS_PROFILES_MAX * 100 + 1000];
    size_t used = (size_t)snprintf(text, sizeof text, HOME "profiles:\n");

    (void)state;
    for (int i = 0; i <= HSS_PROFILES_MAX; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "  p%d: {apns: [{name: a, uplink: 1, downlink: 1}]}\n", i);
    }
    refuse(text, 9 + HSS_PROFILES_MAX, "profiles.p32", "more than 32 profiles");
    replaced("[\"tcp://127.0.0.1:0\"]",
             "[tcp://1.1.1.1:1, tcp://1.1.1.1:2, tcp://1.1.1.1:3, tcp://1.1.1.1:4, "
             "tcp://1.1.1.1:5]",
             5, "home.listen[5]", "at most 4");
}

static void test_hostile_yaml(void **state)
{
    char deep[300];

    (void)state;
    refuse("", 1, "", "the file is empty");
    refuse("# nothing\n", 1, "", "the file is empty");
    refuse("a: &x 1\n", 1, "", "anchors");
    refuse("a: [1]\nb: *x\n", 2, "", "anchors");
    refuse("a: !!binary aGVsbG8=\n", 1, "", "tags");
    refuse("a: 1\n---\nb: 2\n", 2, "", "second document");
    refuse("a: 1\nb\n", 3, "", "not YAML");
    refuse("a: [1\nb: 2", 2, "", "not YAML");
    refuse("[a, b]\n", 1, "", "expected a map");
    refuse("? [a]\n: b\n", 1, "", "expected a key");
    refuse("a: \"x\\0y\"\n", 1, "", "NUL");
    refuse("a: 1\na: 2\n", 2, "a", "there already, in line 1");
    (void)memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    refuse(deep, 1, "", "nested too deeply");
    load_text("\xff\xfe\x00", false);
    assert_false(config_load("/nonexistent/mooring.yaml", &settings, &fault));
    assert_non_null(strstr(fault.text, "/nonexistent/mooring.yaml"));
}

static void test_too_large(void **state)
{
    size_t n = 1024 * 1024 + 1;
    char *text = malloc(n);

    (void)state;
    assert_non_null(text);
    (void)memset(text, '#', n);
    scratch_write(path, text, n, 0644);
    assert_false(config_load(path, &settings, &fault));
    assert_non_null(strstr(fault.text, "more than the 1048576"));
    for (size_t i = 0; i + 2 <= n; i += 2) {
        text[i] = i == 0 ? '[' : ',';
        text[i + 1] = '1';
    }
    scratch_write(path, text, n - 1, 0644);
    assert_false(config_load(path, &settings, &fault));
    assert_non_null(strstr(fault.text, "too many entries"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_home),
        cmocka_unit_test(test_sample_profiles),
        cmocka_unit_test(test_every_key_is_in_the_sample),
        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_values_of_home, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_names_and_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_values_of_profiles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_apns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_peers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_yaml, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_large, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
