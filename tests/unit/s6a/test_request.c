/* AIR and ULR: written by the serving node's side, read by the home network's; and everything that
 * can be wrong in them. */
#include "s6a_fixture.h"

/* ---- both ways ---- */

static void test_air_both_ways(void **state)
{
    struct s6a_bench b;

    (void)state;
    for (uint32_t vectors = 1; vectors <= 7; vectors++) {
        begin_request(&b);
        assert_true(s6a_put_air(&b.writer, &mme_origin, vectors, NULL, NULL));
        frame(b.request_octets, b.writer.len, &b.request);
        assert_true(read_request(&b));
        assert_string_equal(b.common.imsi.digits, IMSI);
        assert_memory_equal(b.common.plmn.octets, mme_origin.plmn.octets, 3);
        assert_int_equal(b.common.node, node_id("mme.visited.example", 19));
        assert_true(dia_avp_is_identity(&b.common.origin_host, "mme.visited.example"));
        assert_int_equal(b.air.node, b.common.node);
        assert_memory_equal(b.air.plmn.octets, mme_origin.plmn.octets, 3);
        assert_int_equal(b.air.vectors, vectors < HOME_VECTORS_MAX ? vectors : HOME_VECTORS_MAX);
        assert_false(b.air.resynchronise);
        assert_true(b.eutran);
    }
}

static void test_air_with_resynchronisation(void **state)
{
    struct s6a_bench b;
    uint8_t rand[16];
    uint8_t auts[14];

    (void)state;
    memset(rand, 0x5A, sizeof rand);
    memset(auts, 0xC3, sizeof auts);
    begin_request(&b);
    assert_true(s6a_put_air(&b.writer, &mme_origin, 1, rand, auts));
    frame(b.request_octets, b.writer.len, &b.request);
    assert_true(read_request(&b));
    assert_true(b.air.resynchronise);
    assert_memory_equal(b.air.rand, rand, sizeof rand);
    assert_memory_equal(b.air.auts, auts, sizeof auts);
}

static void test_many_vectors_do_not_wrap(void **state)
{
    struct s6a_bench b;

    (void)state;
    begin_request(&b);
    assert_true(s6a_put_air(&b.writer, &mme_origin, UINT32_MAX, NULL, NULL));
    frame(b.request_octets, b.writer.len, &b.request);
    assert_true(read_request(&b));
    assert_int_equal(b.air.vectors, HOME_VECTORS_MAX);
    begin_request(&b);
    assert_true(s6a_put_air(&b.writer, &mme_origin, 256, NULL, NULL));
    frame(b.request_octets, b.writer.len, &b.request);
    assert_true(read_request(&b));
    assert_int_equal(b.air.vectors, HOME_VECTORS_MAX);
}

static void test_ulr_both_ways(void **state)
{
    static const struct imei machines[] = {{"35693803564380", ""}, {"35693803564380", "42"}};
    struct s6a_bench b;

    (void)state;
    for (size_t i = 0; i <= ARRAY_LEN(machines); i++) {
        const struct imei *machine = i < ARRAY_LEN(machines) ? &machines[i] : NULL;

        begin_request(&b);
        assert_true(
            s6a_put_ulr(&b.writer, &mme_origin, 1005, S6A_ULR_S6A | S6A_ULR_SKIP_DATA, machine));
        be32_put(b.request_octets + 16, 0xAABBCCDD); /* End-to-End */
        b.request_octets[4] |= DIA_FLAG_T;
        frame(b.request_octets, b.writer.len, &b.request);
        assert_true(read_request(&b));
        assert_int_equal(b.ulr.rat_type, 1005);
        assert_int_equal(b.flags, S6A_ULR_S6A | S6A_ULR_SKIP_DATA);
        assert_int_equal(b.ulr.end_to_end, 0xAABBCCDD);
        assert_true(b.ulr.retransmitted);
        assert_int_equal(b.ulr.imei_present, machine != NULL);
        assert_memory_equal(b.ulr.plmn.octets, mme_origin.plmn.octets, 3);
        if (machine != NULL) {
            assert_string_equal(b.ulr.machine.digits, machine->digits);
            assert_string_equal(b.ulr.machine.sv, machine->sv);
        }
    }
}

static void test_writers_say_when_it_does_not_fit(void **state)
{
    static const struct imei machine = {"35693803564380", "42"};
    uint8_t octets[1024];
    struct dia_writer writer = dia_writer(octets, sizeof octets);
    const uint8_t zeros[16] = {0};

    (void)state;
    assert_true(s6a_put_air(&writer, &mme_origin, 1, zeros, zeros));
    for (size_t air = writer.len, n = 0; n < air; n++) {
        writer = dia_writer(octets, n);
        assert_false(s6a_put_air(&writer, &mme_origin, 1, zeros, zeros));
    }
    writer = dia_writer(octets, sizeof octets);
    assert_true(s6a_put_ulr(&writer, &mme_origin, 1004, 2, &machine));
    for (size_t ulr = writer.len, n = 0; n < ulr; n++) {
        writer = dia_writer(octets, n);
        assert_false(s6a_put_ulr(&writer, &mme_origin, 1004, 2, &machine));
    }
}

/* ---- what can be wrong ---- */

/* One AVP as a test wants it: text, or `len` octets, in `group` (DIA_UNKNOWN: none). A NULL leaves
 * the usual one out. */
struct content {
    enum dia_attribute attribute;
    enum dia_attribute group;
    const char *octets;
    size_t len;
};

static void put_content(struct dia_writer *writer, const struct content *content)
{
    if (content->octets != NULL) {
        if (content->group != DIA_UNKNOWN) {
            dia_group_open(writer, content->group);
        }
        dia_put_octets(writer, content->attribute, (const uint8_t *)content->octets, content->len);
        if (content->group != DIA_UNKNOWN) {
            dia_group_close(writer);
        }
    }
}

/* A request in which the content stands in the place of its own AVP. */
static void make_request(struct s6a_bench *b, uint32_t command, const struct content *content)
{
    const enum dia_attribute what =
        content->group != DIA_UNKNOWN ? content->group : content->attribute;
    struct dia_writer *w = &b->writer;

    begin_request(b);
    dia_begin(w, &(struct dia_header){.flags = DIA_FLAG_R | DIA_FLAG_P,
                                      .command = command,
                                      .application = S6A_APPLICATION});
    dia_put_text(w, DIA_SESSION_ID, "mme;1;1");
    dia_put_u32(w, DIA_AUTH_SESSION_STATE, 1);
    dia_put_text(w, DIA_ORIGIN_HOST, "mme.visited.example");
    dia_put_text(w, DIA_ORIGIN_REALM, "visited.example");
    dia_put_text(w, DIA_DESTINATION_REALM, "home.example");
    if (what != DIA_USER_NAME) {
        dia_put_text(w, DIA_USER_NAME, IMSI);
    }
    if (what != DIA_VISITED_PLMN_ID) {
        dia_put_octets(w, DIA_VISITED_PLMN_ID, mme_origin.plmn.octets, 3);
    }
    if (command == S6A_AUTHENTICATION_INFORMATION) {
        if (what != DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO) {
            dia_group_open(w, DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO);
            dia_group_close(w);
        }
    } else {
        if (what != DIA_RAT_TYPE) {
            dia_put_u32(w, DIA_RAT_TYPE, 1004);
        }
        if (what != DIA_ULR_FLAGS) {
            dia_put_u32(w, DIA_ULR_FLAGS, S6A_ULR_S6A);
        }
    }
    put_content(w, content);
    take_request(b);
}

/* The Failed-AVP must hold the attribute, inside its group if it has one. */
static void expect_failed(const struct s6a_bench *b, const struct content *content)
{
    struct dia_avp_reader reader = dia_avp_reader(b->failure.failed, b->failure.failed_len);
    struct dia_avp avp;

    assert_int_equal(b->failure.attribute, content->attribute);
    assert_true(dia_avp_next(&reader, &avp));
    if (content->group != DIA_UNKNOWN) {
        assert_int_equal(avp.attribute, content->group);
        reader = dia_avp_reader(avp.data, avp.len);
        assert_true(dia_avp_next(&reader, &avp));
    }
    assert_int_equal(avp.attribute, content->attribute);
    if (b->failure.result == DIA_INVALID_AVP_VALUE) {
        assert_int_equal(avp.len, content->len); /* as it came */
        assert_memory_equal(avp.data, content->octets, avp.len);
    }
}

struct malformed {
    uint32_t command;
    uint32_t result;
    struct content content;
};

#define AIR        S6A_AUTHENTICATION_INFORMATION
#define ULR        S6A_UPDATE_LOCATION
#define EUTRAN     DIA_REQUESTED_EUTRAN_AUTHENTICATION_INFO
#define TEXT(text) (text), sizeof(text) - 1
#define X29        "12345678901234567890123456789"

/* A length that its type does not have is 5014; one that the value may not have is 5004. */
static const struct malformed cases[] = {
    /* IMSI */
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("00101000000000a")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("0010100000 0001")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("00101")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("0010100000000012")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("001010000000001\0")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("")}},
    {AIR, DIA_MISSING_AVP, {DIA_USER_NAME, DIA_UNKNOWN, NULL, 0}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_USER_NAME, DIA_UNKNOWN, TEXT("imsi-0010100001")}},
    /* Visited-PLMN-Id */
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_VISITED_PLMN_ID, DIA_UNKNOWN, TEXT("\x0A\xF1\x10")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_VISITED_PLMN_ID, DIA_UNKNOWN, TEXT("\x00\xF1\xB0")}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_VISITED_PLMN_ID, DIA_UNKNOWN, TEXT("\x00\x0F\x10")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_VISITED_PLMN_ID, DIA_UNKNOWN, TEXT("\x00\xF1")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_VISITED_PLMN_ID, DIA_UNKNOWN, TEXT("\x00\xF1\x10\x00")}},
    {ULR, DIA_MISSING_AVP, {DIA_VISITED_PLMN_ID, DIA_UNKNOWN, NULL, 0}},
    /* Requested-EUTRAN-Authentication-Info */
    {AIR, DIA_MISSING_AVP, {EUTRAN, DIA_UNKNOWN, NULL, 0}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_NUMBER_OF_REQUESTED_VECTORS, EUTRAN, TEXT("\0\0\0\0")}},
    {AIR, DIA_INVALID_AVP_LENGTH, {DIA_NUMBER_OF_REQUESTED_VECTORS, EUTRAN, TEXT("\0\0\1")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_RE_SYNCHRONIZATION_INFO, EUTRAN, TEXT(X29)}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_RE_SYNCHRONIZATION_INFO, EUTRAN, TEXT(X29 "01")}},
    {AIR, DIA_INVALID_AVP_VALUE, {DIA_RE_SYNCHRONIZATION_INFO, EUTRAN, TEXT("")}},
    /* Terminal-Information */
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_IMEI, DIA_TERMINAL_INFORMATION, TEXT("3569380356438")}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_IMEI, DIA_TERMINAL_INFORMATION, TEXT("35693803564380123")}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_IMEI, DIA_TERMINAL_INFORMATION, TEXT("3569380356438x")}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_IMEI, DIA_TERMINAL_INFORMATION, TEXT("356938035643808")}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_SOFTWARE_VERSION, DIA_TERMINAL_INFORMATION, TEXT("4")}},
    {ULR, DIA_INVALID_AVP_VALUE, {DIA_SOFTWARE_VERSION, DIA_TERMINAL_INFORMATION, TEXT("423")}},
    /* the rest of ULR */
    {ULR, DIA_MISSING_AVP, {DIA_RAT_TYPE, DIA_UNKNOWN, NULL, 0}},
    {ULR, DIA_MISSING_AVP, {DIA_ULR_FLAGS, DIA_UNKNOWN, NULL, 0}},
    {ULR, DIA_INVALID_AVP_LENGTH, {DIA_ULR_FLAGS, DIA_UNKNOWN, TEXT("\0\0\0\2\0")}},
};

static void test_malformed_contents(void **state)
{
    struct s6a_bench b;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        make_request(&b, cases[i].command, &cases[i].content);
        bool read = read_request(&b);

        if (read == (cases[i].result != DIA_SUCCESS) || b.failure.result != cases[i].result) {
            fail_msg("case %zu: read %d, result %u", i, read, b.failure.result);
        }
        if (!read) {
            expect_failed(&b, &cases[i].content);
        }
    }
}

static void test_software_version_must_be_digits(void **state)
{
    struct s6a_bench b;
    const struct content nothing = {DIA_TERMINAL_INFORMATION, DIA_UNKNOWN, NULL, 0};
    const struct content version = {DIA_SOFTWARE_VERSION, DIA_TERMINAL_INFORMATION, TEXT("4x")};

    (void)state;
    make_request(&b, ULR, &nothing);
    dia_group_open(&b.writer, DIA_TERMINAL_INFORMATION);
    dia_put_text(&b.writer, DIA_IMEI, "35693803564380");
    dia_put_text(&b.writer, DIA_SOFTWARE_VERSION, "4x");
    dia_group_close(&b.writer);
    take_request(&b);
    assert_false(read_request(&b));
    assert_int_equal(b.failure.result, DIA_INVALID_AVP_VALUE);
    expect_failed(&b, &version);
}

static void test_forms_of_an_imei(void **state)
{
    static const struct {
        const char *text;
        const char *sv;
    } forms[] = {{"35693803564380", ""},
                 {"356938035643809", ""}, /* with its check digit */
                 {"356938035643800", ""}, /* or 0 for it, TS 23.003 6.2.1 */
                 {"3569380356438042", "42"}};
    struct s6a_bench b;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        const struct content imei = {DIA_IMEI, DIA_TERMINAL_INFORMATION, forms[i].text,
                                     strlen(forms[i].text)};

        make_request(&b, ULR, &imei);
        assert_true(read_request(&b));
        assert_string_equal(b.ulr.machine.digits, "35693803564380");
        assert_string_equal(b.ulr.machine.sv, forms[i].sv);
    }
}

static void test_other_vectors_are_not_eutran(void **state)
{
    struct s6a_bench b;
    const struct content utran = {DIA_NUMBER_OF_REQUESTED_VECTORS,
                                  DIA_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO, TEXT("\0\0\0\1")};
    const struct content none = {EUTRAN, DIA_UNKNOWN, NULL, 0};

    (void)state;
    make_request(&b, AIR, &none);
    put_content(&b.writer, &utran);
    take_request(&b);
    assert_true(read_request(&b));
    assert_false(b.eutran);
}

/* Every octet of a good request, changed in every way: a result, never a crash. */
static void test_every_octet_changed(void **state)
{
    static const struct imei machine = {"35693803564380", "42"};
    struct s6a_bench b;
    const uint8_t zeros[16] = {0};
    unsigned good = 0;
    unsigned bad = 0;

    (void)state;
    for (int which = 0; which < 2; which++) {
        begin_request(&b);
        assert_true(which == 0 ? s6a_put_air(&b.writer, &mme_origin, 1, zeros, zeros)
                               : s6a_put_ulr(&b.writer, &mme_origin, 1004, 2, &machine));
        for (size_t at = DIA_HEADER_OCTETS; at < b.writer.len; at++) {
            for (unsigned value = 1; value < 256; value++) {
                b.request_octets[at] ^= (uint8_t)value;
                frame(b.request_octets, b.writer.len, &b.request);
                b.failure.result = 0;
                bool read = read_request(&b);
                assert_true(read || b.failure.result >= 3000);
                *(read ? &good : &bad) += 1;
                b.request_octets[at] ^= (uint8_t)value;
            }
        }
    }
    print_message("%u changed requests read, %u refused\n", good, bad);
    assert_true(good > 0 && bad > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_air_both_ways),
        cmocka_unit_test(test_air_with_resynchronisation),
        cmocka_unit_test(test_many_vectors_do_not_wrap),
        cmocka_unit_test(test_ulr_both_ways),
        cmocka_unit_test(test_writers_say_when_it_does_not_fit),
        cmocka_unit_test(test_malformed_contents),
        cmocka_unit_test(test_software_version_must_be_digits),
        cmocka_unit_test(test_forms_of_an_imei),
        cmocka_unit_test(test_other_vectors_are_not_eutran),
        cmocka_unit_test(test_every_octet_changed),
    };

    return cmocka_run_group_tests_name("s6a_request", tests, NULL, NULL);
}
