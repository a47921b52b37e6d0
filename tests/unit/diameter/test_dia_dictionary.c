#include "dia_fixture.h"

#include <cmocka.h>

static void every_definition_is_found_by_its_code(void **state)
{
    (void)state;
    for (int i = 1; i < DIA_ATTRIBUTE_COUNT; i++) {
        const struct dia_definition *d = dia_definition_of((enum dia_attribute)i);
        assert_int_equal(dia_attribute_of(d->code, d->vendor), i);
        assert_true(d->name[0] != '\0');
    }
    assert_int_equal(dia_attribute_of(0, 0), DIA_UNKNOWN);
    assert_int_equal(dia_attribute_of(1400, 0), DIA_UNKNOWN);
    assert_int_equal(dia_attribute_of(263, DIA_VENDOR_3GPP), DIA_UNKNOWN);
    assert_int_equal(dia_attribute_of(UINT32_MAX, 0), DIA_UNKNOWN);
    assert_int_equal(dia_attribute_of(UINT32_MAX, DIA_VENDOR_3GPP), DIA_UNKNOWN);
    assert_int_equal(dia_attribute_of(1400, 9), DIA_UNKNOWN);
    assert_string_equal(dia_definition_of(DIA_ATTRIBUTE_COUNT)->name, "unknown");
}

static bool fits(enum dia_attribute attribute, const char *octets, size_t n)
{
    return dia_value_fits(dia_definition_of(attribute), (const uint8_t *)octets, n);
}

static void text_is_utf8(void **state)
{
    static const char *const good[] = {"plain",        "\xC3\xBC",
                                       "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                                       "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xC3",
                                      "\xC0\xAF",
                                      "\xE0\x80\xAF",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF0\x80\x80\x80",
                                      "\xFF",
                                      "\xE2\x82"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(fits(DIA_ERROR_MESSAGE, good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(fits(DIA_ERROR_MESSAGE, bad[i], strlen(bad[i])));
    }
}

static void identities_are_names(void **state)
{
    (void)state;
    assert_true(fits(DIA_ORIGIN_HOST, "mme01.epc.mnc001.mcc001.3gppnetwork.org", 39));
    assert_false(fits(DIA_ORIGIN_HOST, "", 0));
    assert_false(fits(DIA_ORIGIN_HOST, "a b", 3));
    assert_false(fits(DIA_ORIGIN_HOST, "a\nb", 3));
    assert_false(fits(DIA_ORIGIN_HOST, "a\0b", 3));
}

static void values_are_bounded(void **state)
{
    (void)state;
    assert_true(fits(DIA_AUTH_SESSION_STATE, "\0\0\0\1", 4));
    assert_false(fits(DIA_AUTH_SESSION_STATE, "\0\0\0\2", 4));
    assert_true(fits(DIA_RAT_TYPE, "\0\0\3\xEC", 4));
    assert_true(fits(DIA_VISITED_PLMN_ID, "abc", 3));
    assert_false(fits(DIA_VISITED_PLMN_ID, "ab", 2));
    assert_false(fits(DIA_VISITED_PLMN_ID, "abcd", 4));
    assert_true(fits(DIA_HOST_IP_ADDRESS, "\0\1abcd", 6));
    assert_false(fits(DIA_HOST_IP_ADDRESS, "\0\1abcde", 7));
    assert_false(fits(DIA_HOST_IP_ADDRESS, "\0\2abcd", 6));
    assert_false(dia_length_fits(dia_definition_of(DIA_HOST_IP_ADDRESS), 1));
    assert_false(dia_length_fits(dia_definition_of(DIA_ULR_FLAGS), 3));
    assert_false(dia_length_fits(dia_definition_of(DIA_OC_FEATURE_VECTOR), 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_definition_is_found_by_its_code),
        cmocka_unit_test(text_is_utf8),
        cmocka_unit_test(identities_are_names),
        cmocka_unit_test(values_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
