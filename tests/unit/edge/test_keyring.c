/* The key file, sealing, and what does not open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "edge/file/file_io.h"
#include "edge/keyring/card_secrets.h"
#include "edge/keyring/keyring.h"
#include "scratch.h"

#define HEX64 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct scratch scratch;
static struct fault fault;
static const char *path;

static int setup(void **state)
{
    (void)state;
    scratch_make(&scratch);
    path = scratch_path(&scratch, "mooring.key");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static struct keyring *fresh(void)
{
    assert_true(keyring_file_create(path, &fault));
    struct keyring *keyring = keyring_open(path, &fault);
    assert_non_null(keyring);
    return keyring;
}

static void test_missing_file_says_how(void **state)
{
    (void)state;
    assert_null(keyring_open(path, &fault));
    assert_non_null(strstr(fault.text, path));
    assert_non_null(strstr(fault.text, "`mooring key new "));
}

static void test_create_is_private_and_never_overwrites(void **state)
{
    struct stat info;
    struct keyring *keyring = fresh();

    (void)state;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(keyring_count(keyring), 1);
    uint32_t id = keyring_current(keyring);
    keyring_close(keyring);
    assert_false(keyring_file_create(path, &fault));
    keyring = keyring_open(path, &fault);
    assert_int_equal(keyring_current(keyring), id);
    keyring_close(keyring);
}

static void test_open_to_others_is_refused(void **state)
{
    keyring_close(fresh());
    (void)state;
    assert_int_equal(chmod(path, 0640), 0);
    assert_null(keyring_open(path, &fault));
    assert_non_null(strstr(fault.text, "chmod 600"));
    assert_false(keyring_file_rotate(path, &fault));
}

static void expect_line(const char *text, unsigned line, const char *why)
{
    char place[160];

    (void)snprintf(place, sizeof place, "%s:%u: ", path, line);
    scratch_write(path, text, strlen(text), 0600);
    assert_null(keyring_open(path, &fault));
    assert_non_null(strstr(fault.text, place));
    assert_non_null(strstr(fault.text, why));
    assert_null(strstr(fault.text, "0001020304")); /* no key in a message */
}

static void test_garbage(void **state)
{
    (void)state;
    expect_line("# only\n\nnonsense\n", 3, "expected a key");
    expect_line("0000000g " HEX64 "\n", 1, "expected a key");
    expect_line("00000001" HEX64 "\n", 1, "expected a key"); /* no blank */
    expect_line("00000001 " HEX64 "00\n", 1, "expected a key");
    expect_line("00000001 00" HEX64 "\n", 1, "expected a key");
    expect_line("00000001 0001020304\n", 1, "expected a key");
    expect_line("00000001 " HEX64 " x\n", 1, "expected a key");
    expect_line("00000001 " HEX64 "\n#\n00000001 " HEX64 "\n", 3, "used twice");
    scratch_write(path, "# nothing\n", 10, 0600);
    assert_null(keyring_open(path, &fault));
    assert_non_null(strstr(fault.text, "holds no key"));
    scratch_write(path, "\0\0\0\0", 4, 0600);
    assert_null(keyring_open(path, &fault));
}

static void test_layout_of_lines(void **state)
{
    static const char text[] = "# first\r\n  deadBEEF\t " HEX64 "  # mine\r\n\n00000002 " HEX64;

    (void)state;
    scratch_write(path, text, strlen(text), 0600);
    struct keyring *keyring = keyring_open(path, &fault);
    assert_non_null(keyring);
    assert_int_equal(keyring_count(keyring), 2);
    assert_int_equal(keyring_current(keyring), 0xDEADBEEF);
    keyring_close(keyring);
}

static void test_too_many_keys(void **state)
{
    char text[(KEYRING_KEYS_MAX + 1) * 80] = "";
    size_t used = 0;

    (void)state;
    for (unsigned i = 0; i < KEYRING_KEYS_MAX; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%08x " HEX64 "\n", i);
    }
    scratch_write(path, text, used, 0600);
    struct keyring *keyring = keyring_open(path, &fault);
    assert_non_null(keyring);
    keyring_close(keyring);
    assert_false(keyring_file_rotate(path, &fault));
    used += (size_t)snprintf(text + used, sizeof text - used, "ffffffff " HEX64 "\n");
    scratch_write(path, text, used, 0600);
    assert_null(keyring_open(path, &fault));
    assert_non_null(strstr(fault.text, "more than 64 keys"));
}

static void test_seal_and_unseal(void **state)
{
    struct keyring *keyring = fresh();
    uint8_t sealed[5 + KEYRING_OVERHEAD];
    uint8_t again[5 + KEYRING_OVERHEAD];
    uint8_t plain[5];

    (void)state;
    assert_true(keyring_seal(keyring, "aad", 3, (const uint8_t *)"hello", 5, sealed, sizeof sealed,
                             &fault));
    assert_int_equal(be32_get(sealed), keyring_current(keyring));
    assert_true(keyring_unseal(keyring, "aad", 3, sealed, sizeof sealed, plain, 5, &fault));
    assert_memory_equal(plain, "hello", 5);
    /* Another nonce each time. */
    assert_true(
        keyring_seal(keyring, "aad", 3, (const uint8_t *)"hello", 5, again, sizeof again, &fault));
    assert_memory_not_equal(sealed, again, sizeof sealed);
    /* Too little room on either side. */
    assert_false(keyring_seal(keyring, "aad", 3, (const uint8_t *)"hello", 5, again,
                              sizeof again - 1, &fault));
    assert_false(keyring_unseal(keyring, "aad", 3, sealed, sizeof sealed, plain, 4, &fault));
    /* Nothing at all can be sealed, too. */
    assert_true(keyring_seal(keyring, "", 0, plain, 0, sealed, KEYRING_OVERHEAD, &fault));
    assert_true(keyring_unseal(keyring, "", 0, sealed, KEYRING_OVERHEAD, plain, 0, &fault));
    keyring_close(keyring);
}

static void test_edited_blobs_do_not_open(void **state)
{
    struct keyring *keyring = fresh();
    uint8_t sealed[5 + KEYRING_OVERHEAD];
    uint8_t plain[64];

    (void)state;
    assert_true(keyring_seal(keyring, "aad", 3, (const uint8_t *)"hello", 5, sealed, sizeof sealed,
                             &fault));
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 0x01;
        (void)memset(plain, 0x55, sizeof plain);
        assert_false(keyring_unseal(keyring, "aad", 3, sealed, sizeof sealed, plain, 5, &fault));
        assert_non_null(strstr(fault.text, i < 4 ? "not in the key file" : "edited"));
        assert_memory_not_equal(plain, "hello", 5);
        sealed[i] ^= 0x01;
    }
    for (size_t n = 0; n < sizeof sealed; n++) {
        assert_false(keyring_unseal(keyring, "aad", 3, sealed, n, plain, sizeof plain, &fault));
    }
    assert_false(keyring_unseal(keyring, "aae", 3, sealed, sizeof sealed, plain, 5, &fault));
    assert_false(keyring_unseal(keyring, "aa", 2, sealed, sizeof sealed, plain, 5, &fault));
    assert_true(keyring_unseal(keyring, "aad", 3, sealed, sizeof sealed, plain, 5, &fault));
    keyring_close(keyring);
}

static void test_rotation(void **state)
{
    struct keyring *keyring = fresh();
    uint8_t sealed[5 + KEYRING_OVERHEAD];
    uint8_t plain[5];
    struct file_content content;
    struct stat info;

    (void)state;
    uint32_t old = keyring_current(keyring);
    assert_true(
        keyring_seal(keyring, "", 0, (const uint8_t *)"hello", 5, sealed, sizeof sealed, &fault));
    keyring_close(keyring);
    assert_true(keyring_file_rotate(path, &fault));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    keyring = keyring_open(path, &fault);
    assert_non_null(keyring);
    assert_int_equal(keyring_count(keyring), 2);
    assert_int_not_equal(keyring_current(keyring), old);
    assert_true(keyring_unseal(keyring, "", 0, sealed, sizeof sealed, plain, 5, &fault));
    keyring_close(keyring);
    assert_true(file_read_secret(path, 10000, &content, &fault));
    assert_non_null(strstr((const char *)content.data, "# Mooring key file"));
    file_content_free(&content);
}

static void test_another_keyring_opens_nothing(void **state)
{
    struct keyring *keyring = fresh();
    uint8_t sealed[5 + KEYRING_OVERHEAD];
    uint8_t plain[5];

    (void)state;
    assert_true(
        keyring_seal(keyring, "", 0, (const uint8_t *)"hello", 5, sealed, sizeof sealed, &fault));
    keyring_close(keyring);
    assert_int_equal(unlink(path), 0);
    keyring = fresh();
    assert_false(keyring_unseal(keyring, "", 0, sealed, sizeof sealed, plain, 5, &fault));
    assert_non_null(strstr(fault.text, "not in the key file"));
    keyring_close(keyring);
}

static void test_pins(void **state)
{
    static const uint8_t padded[8] = {'1', '2', '3', '4', 0xFF, 0xFF, 0xFF, 0xFF};
    uint8_t pin[CARD_PIN_LEN];

    (void)state;
    assert_true(card_pin_parse("1234", 4, 4, pin));
    assert_memory_equal(pin, padded, 8);
    assert_true(card_pin_parse("12345678", 8, 8, pin));
    assert_memory_equal(pin, "12345678", 8);
    assert_false(card_pin_parse("123", 3, 4, pin));
    assert_false(card_pin_parse("1234567", 7, 8, pin));
    assert_false(card_pin_parse("123456789", 9, 4, pin));
    assert_false(card_pin_parse("12a4", 4, 4, pin));
}

static void sample_card(struct iccid *iccid, struct imsi *imsi, struct card_secrets *secrets)
{
    (void)strcpy(iccid->digits, "8988001123456789012");
    assert_true(imsi_parse("001010000000001", 15, imsi));
    (void)memset(secrets, 0x11, sizeof *secrets);
    secrets->credentials.algorithm = AKA_MILENAGE;
    assert_true(card_pin_parse("0000", 4, 4, secrets->pin1));
    assert_true(card_pin_parse("1234567", 7, 4, secrets->pin2));
    assert_true(card_pin_parse("12345678", 8, 8, secrets->puk1));
    assert_true(card_pin_parse("87654321", 8, 8, secrets->puk2));
}

static void test_card_secrets_are_bound_to_their_card(void **state)
{
    struct keyring *keyring = fresh();
    struct card_secrets secrets;
    struct card_secrets opened;
    struct iccid iccid;
    struct imsi imsi;
    struct imsi other;
    uint8_t sealed[CARD_SECRETS_SEALED];
    size_t n = 0;

    (void)state;
    sample_card(&iccid, &imsi, &secrets);
    assert_true(card_secrets_seal(keyring, &iccid, &imsi, &secrets, sealed, &n, &fault));
    assert_true(card_secrets_unseal(keyring, &iccid, &imsi, sealed, n, &opened, &fault));
    assert_int_equal(opened.credentials.algorithm, AKA_MILENAGE);
    assert_memory_equal(opened.credentials.k, secrets.credentials.k, 16);
    assert_memory_equal(opened.credentials.opc, secrets.credentials.opc, 16);
    assert_memory_equal(opened.pin1, secrets.pin1, 8);
    assert_memory_equal(opened.puk1, secrets.puk1, 8);
    assert_memory_equal(opened.pin2, secrets.pin2, 8);
    assert_memory_equal(opened.puk2, secrets.puk2, 8);
    assert_memory_equal(opened.adm1, secrets.adm1, 8);
    assert_true(imsi_parse("001010000000002", 15, &other));
    assert_false(card_secrets_unseal(keyring, &iccid, &other, sealed, n, &opened, &fault));
    assert_int_equal(opened.credentials.k[0], 0); /* wiped */
    iccid.digits[5] ^= 1;
    assert_false(card_secrets_unseal(keyring, &iccid, &imsi, sealed, n, &opened, &fault));
    assert_false(card_secrets_unseal(keyring, &iccid, &imsi, sealed, n - 1, &opened, &fault));
    keyring_close(keyring);
}

static void test_card_secrets_with_a_bad_pin(void **state)
{
    struct keyring *keyring = fresh();
    struct card_secrets secrets;
    struct card_secrets opened;
    struct iccid iccid;
    struct imsi imsi;
    uint8_t sealed[CARD_SECRETS_SEALED];
    size_t n = 0;

    (void)state;
    sample_card(&iccid, &imsi, &secrets);
    secrets.pin1[2] = 0xFF; /* digits after the padding */
    assert_true(card_secrets_seal(keyring, &iccid, &imsi, &secrets, sealed, &n, &fault));
    assert_false(card_secrets_unseal(keyring, &iccid, &imsi, sealed, n, &opened, &fault));
    assert_non_null(strstr(fault.text, "PIN"));
    keyring_close(keyring);
}

static void test_credentials_are_not_card_secrets(void **state)
{
    struct keyring *keyring = fresh();
    struct card_secrets secrets;
    struct aka_credentials opened;
    struct iccid iccid;
    struct imsi imsi;
    uint8_t sealed[CREDENTIALS_SEALED];
    size_t n = 0;

    (void)state;
    sample_card(&iccid, &imsi, &secrets);
    assert_true(credentials_seal(keyring, &imsi, &secrets.credentials, sealed, &n, &fault));
    assert_true(credentials_unseal(keyring, &imsi, sealed, n, &opened, &fault));
    assert_memory_equal(opened.k, secrets.credentials.k, 16);
    assert_false(credentials_unseal(keyring, &imsi, sealed, n - 1, &opened, &fault));
    assert_int_equal(opened.k[0], 0);
    keyring_close(keyring);
}

/* TUAK with all its numbers, in the second format; what protects nothing or is unknown is not kept.
 */
static void test_credentials_of_every_algorithm(void **state)
{
    struct keyring *keyring = fresh();
    struct aka_credentials cred = {
        .algorithm = AKA_TUAK, .k_len = 32, .res_len = 16, .iterations = 3};
    struct aka_credentials opened;
    struct iccid iccid;
    struct imsi imsi;
    struct card_secrets secrets;
    struct card_secrets card;
    uint8_t sealed[CARD_SECRETS_SEALED];
    size_t n = 0;

    (void)state;
    sample_card(&iccid, &imsi, &secrets);
    memset(cred.k, 0x4B, sizeof cred.k);
    memset(cred.opc, 0xC0, sizeof cred.opc);
    assert_true(credentials_seal(keyring, &imsi, &cred, sealed, &n, &fault));
    assert_int_equal(n, 69 + KEYRING_OVERHEAD);
    assert_true(credentials_unseal(keyring, &imsi, sealed, n, &opened, &fault));
    assert_memory_equal(&opened, &cred, sizeof cred);
    secrets.credentials = cred;
    assert_true(card_secrets_seal(keyring, &iccid, &imsi, &secrets, sealed, &n, &fault));
    assert_true(card_secrets_unseal(keyring, &iccid, &imsi, sealed, n, &card, &fault));
    assert_memory_equal(&card, &secrets, sizeof card);
    cred.iterations = 0;
    assert_false(credentials_seal(keyring, &imsi, &cred, sealed, &n, &fault));
    assert_int_equal(n, 0);
    cred.algorithm = AKA_XOR_TEST;
    assert_false(credentials_seal(keyring, &imsi, &cred, sealed, &n, &fault));
    assert_non_null(strstr(fault.text, "for tests only"));
    keyring_close(keyring);
}

/* What an older program sealed: 34 octets, format 1. And blobs that say something else. */
static void test_format_of_sealed_credentials(void **state)
{
    static const char context[] = "mooring credentials::001010000000001";
    struct keyring *keyring = fresh();
    struct aka_credentials opened;
    struct iccid iccid;
    struct imsi imsi;
    struct card_secrets secrets;
    static const uint8_t numbers[5] = {2, AKA_TUAK, 32, 8, 1}; /* K, RES, iterations */
    uint8_t plain[69] = {1, AKA_MILENAGE};
    uint8_t sealed[CREDENTIALS_SEALED];

    (void)state;
    sample_card(&iccid, &imsi, &secrets);
    memset(plain + 2, 0x4B, 16);
    memset(plain + 18, 0xC0, 16);
#define OPENS(size)                                                                                \
    (assert_true(keyring_seal(keyring, context, strlen(context), plain, (size), sealed,            \
                              sizeof sealed, &fault)),                                             \
     credentials_unseal(keyring, &imsi, sealed, (size) + KEYRING_OVERHEAD, &opened, &fault))
    assert_true(OPENS(34));
    assert_int_equal(opened.algorithm, AKA_MILENAGE);
    assert_memory_equal(opened.k, plain + 2, 16);
    assert_memory_equal(opened.opc, plain + 18, 16);
    assert_false(OPENS(35));
    plain[1] = AKA_TUAK; /* does not fit into format 1 */
    assert_false(OPENS(34));
    plain[0] = 2;
    plain[1] = AKA_MILENAGE;
    assert_false(OPENS(34));
    assert_false(OPENS(69)); /* Milenage is sealed in format 1 only */
    memcpy(plain, numbers, sizeof numbers);
    assert_true(OPENS(69));
    plain[1] = AKA_XOR_TEST;
    assert_false(OPENS(69));
    plain[1] = AKA_TUAK;
    plain[2] = 33;
    assert_false(OPENS(69));
    plain[2] = 32;
    plain[0] = 3;
    assert_false(OPENS(69));
    assert_int_equal(opened.k[0], 0);
#undef OPENS
    keyring_close(keyring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_missing_file_says_how, setup, teardown),
        cmocka_unit_test_setup_teardown(test_create_is_private_and_never_overwrites, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_open_to_others_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_garbage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_layout_of_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_seal_and_unseal, setup, teardown),
        cmocka_unit_test_setup_teardown(test_edited_blobs_do_not_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rotation, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_keyring_opens_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pins, setup, teardown),
        cmocka_unit_test_setup_teardown(test_card_secrets_are_bound_to_their_card, setup, teardown),
        cmocka_unit_test_setup_teardown(test_card_secrets_with_a_bad_pin, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials_are_not_card_secrets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials_of_every_algorithm, setup, teardown),
        cmocka_unit_test_setup_teardown(test_format_of_sealed_credentials, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
