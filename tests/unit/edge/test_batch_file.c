/* Batch files: what is written is read, and every fault names the card and the field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "edge/batch/batch_file.h"
#include "edge/file/file_io.h"
#include "store_fixture.h"

#define CARDS 3

static void sample_batch(struct store_fixture *f, struct batch *batch)
{
    (void)memset(batch, 0, sizeof *batch);
    assert_true(plmn_parse("001/01", 6, &batch->plmn));
    assert_true(batch_allocate(batch, CARDS, &f->fault));
    for (unsigned i = 0; i < CARDS; i++) {
        struct subscription s;

        sample_subscription(i + 1, &s);
        batch->cards[i].imsi = s.imsi;
        batch->cards[i].iccid = s.iccid;
        sample_secrets(i + 1, &batch->cards[i].secrets);
    }
}

/* Writes the sample to `path` and releases it. */
static void write_sample(struct store_fixture *f, const char *path)
{
    struct batch batch;

    sample_batch(f, &batch);
    if (!batch_file_write(path, &batch, f->keyring, &f->fault)) {
        fail_msg("%s", f->fault.text);
    }
    batch_free(&batch);
}

static void test_round_trip(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct batch batch;
    struct card_secrets secrets;
    struct subscription s;
    struct stat info;

    write_sample(f, path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_true(batch_file_read(path, f->keyring, &batch, &f->fault));
    assert_int_equal(batch.count, CARDS);
    assert_memory_equal(batch.plmn.octets, "\x00\xF1\x10", 3);
    sample_subscription(3, &s);
    sample_secrets(3, &secrets);
    assert_string_equal(batch.cards[2].imsi.digits, s.imsi.digits);
    assert_string_equal(batch.cards[2].iccid.digits, s.iccid.digits);
    assert_memory_equal(&batch.cards[2].secrets, &secrets, sizeof secrets);
    batch_free(&batch);
    assert_null(batch.cards);
    /* Never overwrites. */
    sample_batch(f, &batch);
    assert_false(batch_file_write(path, &batch, f->keyring, &f->fault));
    assert_non_null(strstr(f->fault.text, "exists already"));
    batch_free(&batch);
}

static void test_no_secret_in_the_file(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct file_content content;

    write_sample(f, path);
    assert_true(file_read_secret(path, 100000, &content, &f->fault));
    assert_null(strstr((const char *)content.data, "0000005a"));         /* the end of K */
    assert_null(strstr((const char *)content.data, "3132333435363738")); /* PUK1 */
    file_content_free(&content);
}

/* A card with TUAK makes it a batch of version 2, which this program reads, too. */
static void test_batch_with_tuak(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct batch batch;
    struct batch read;
    struct file_content content;

    sample_batch(f, &batch);
    batch.cards[1].secrets.credentials.algorithm = AKA_TUAK;
    batch.cards[1].secrets.credentials.k_len = 16;
    batch.cards[1].secrets.credentials.res_len = 8;
    batch.cards[1].secrets.credentials.iterations = 1;
    assert_true(batch_file_write(path, &batch, f->keyring, &f->fault));
    assert_true(batch_file_read(path, f->keyring, &read, &f->fault));
    for (size_t i = 0; i < CARDS; i++) {
        assert_memory_equal(&read.cards[i].secrets, &batch.cards[i].secrets,
                            sizeof batch.cards[i].secrets);
    }
    assert_true(file_read_secret(path, 100000, &content, &f->fault));
    assert_non_null(strstr((const char *)content.data, "\"version\": 2"));
    assert_non_null(strstr((const char *)content.data, "\"tuak\""));
    file_content_free(&content);
    batch_free(&read);
    assert_int_equal(unlink(path), 0);
    batch.cards[1].secrets.credentials.algorithm = AKA_XOR_TEST;
    assert_false(batch_file_write(path, &batch, f->keyring, &f->fault));
    batch_free(&batch);
}

static void test_empty_batch(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct batch batch = {0};

    assert_true(plmn_parse("310/410", 7, &batch.plmn));
    assert_true(batch_allocate(&batch, 0, &f->fault));
    assert_true(batch_file_write(path, &batch, f->keyring, &f->fault));
    batch_free(&batch);
    assert_true(batch_file_read(path, f->keyring, &batch, &f->fault));
    assert_int_equal(batch.count, 0);
    assert_memory_equal(batch.plmn.octets, "\x13\x00\x14", 3);
    batch_free(&batch);
    assert_false(batch_allocate(&batch, BATCH_CARDS_MAX + 1, &f->fault));
}

static void read_fails(struct store_fixture *f, const char *text, size_t n, const char *why)
{
    const char *path = scratch_path(&f->scratch, "edited.json");
    struct batch batch;

    scratch_write(path, text, n, 0600);
    assert_false(batch_file_read(path, f->keyring, &batch, &f->fault));
    assert_null(batch.cards);
    if (strstr(f->fault.text, path) == NULL || strstr(f->fault.text, why) == NULL) {
        fail_msg("expected \"%s\", got: %s", why, f->fault.text);
    }
}

/* The sample with its first `from` replaced by `to` is refused. */
static void edit_fails(struct store_fixture *f, const char *from, const char *to, const char *why)
{
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct file_content content;
    char text[8192];

    write_sample(f, path);
    assert_true(file_read_secret(path, sizeof text - 1, &content, &f->fault));
    assert_int_equal(unlink(path), 0);
    const char *begin = (const char *)content.data;
    const char *at = strstr(begin, from);
    assert_non_null(at);
    int n =
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - begin), begin, to, at + strlen(from));
    assert_in_range(n, 1, sizeof text - 1);
    file_content_free(&content);
    read_fails(f, text, (size_t)n, why);
}

/* A good head with `rest` before its closing brace is refused. */
static void head_fails(struct store_fixture *f, const char *rest, const char *why)
{
    char text[256];
    int n = snprintf(text, sizeof text,
                     "{\"format\":\"mooring-batch\",\"version\":1,\"plmn\":\"001/01\"%s}", rest);

    assert_in_range(n, 1, sizeof text - 1);
    read_fails(f, text, (size_t)n, why);
}

static void test_bad_heads(void **state)
{
    struct store_fixture *f = *state;

    read_fails(f, "", 0, "not JSON");
    read_fails(f, "{", 1, ":1: not JSON");
    read_fails(f, "[]", 2, "expected an object");
    read_fails(f, "{}", 2, "no batch file");
    edit_fails(f, "mooring-batch", "mooring-botch", "no batch file");
    edit_fails(f, "\"version\": 1", "\"version\": 3", "reads versions 1 and 2");
    edit_fails(f, "\"version\": 1", "\"version\": \"1\"", "reads versions 1 and 2");
    edit_fails(f, "\"version\": 1", "\"version\": 1, \"version\": 1", "duplicate");
    edit_fails(f, "\"version\": 1", "\"version\": 1, \"colour\": 1", "unknown member \"colour\"");
    edit_fails(f, "001/01", "001-1", "plmn: expected MCC/MNC");
    edit_fails(f, "\"cards\"", "\"card\"", "unknown member \"card\"");
    head_fails(f, ",\"cards\":{}", "cards: expected a list");
    head_fails(f, "", "cards: expected a list");
    head_fails(f, ",\"cards\":[1]", "card 1: expected an object");
}

static void test_bad_cards(void **state)
{
    struct store_fixture *f = *state;

    edit_fails(f, "\"iccid\"", "\"icc\"", "card 1: iccid: missing");
    edit_fails(f, "\"algorithm\"", "\"more\": 1, \"algorithm\"", "card 1: unknown member \"more\"");
    edit_fails(f, "\"001010000000002\"", "1", "card 2: imsi: expected a text");
    edit_fails(f, "001010000000002", "0010100000000020", "card 2: imsi: expected 6 to 15 digits");
    edit_fails(f, "001010000000002", "001020000000002", "card 2: imsi: 001020000000002 is not of");
    edit_fails(f, "001010000000002", "001010000000002\\u0000", "not JSON");
    edit_fails(f, "\"898800", "\"898801", "card 1: iccid: expected 19 or 20 digits");
    edit_fails(f, "milenage", "tuak", "card 1: algorithm: expected \"milenage\"");
    edit_fails(f, "\"version\": 1", "\"version\": 2, \"version\": 2", "duplicate");
    edit_fails(f, "milenage", "comp128", "card 1: algorithm: expected \"milenage\"");
    edit_fails(f, "\"sealed\": \"", "\"sealed\": \"00", "card 1: sealed: sealed secrets have 107");
    edit_fails(f, "\"sealed\": \"", "\"sealed\": \"x", "card 1: sealed: expected hexadecimal");
    /* The seal of another card, or another identity for the seal. */
    edit_fails(f, "001010000000003", "001010000000004", "card 3: sealed: sealed data was edited");
}

/* The name of the algorithm must be that of what is sealed. */
static void test_another_algorithm_named(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct file_content content;
    char text[8192];

    write_sample(f, path);
    assert_true(file_read_secret(path, sizeof text - 1, &content, &f->fault));
    memcpy(text, content.data, content.size);
    text[content.size] = '\0';
    file_content_free(&content);
    char *version = strstr(text, "\"version\": 1");
    char *name = strstr(text, "\"milenage\"");
    assert_non_null(version);
    assert_non_null(name);
    version[strlen("\"version\": ")] = '2';
    memcpy(name, "\"tuak\"    ", strlen("\"milenage\""));
    read_fails(f, text, strlen(text), "card 1: algorithm: not the one of the sealed secrets");
    memcpy(name, "\"none\"    ", strlen("\"milenage\""));
    read_fails(f, text, strlen(text), "card 1: algorithm: not the one of the sealed secrets");
}

/* A card twice: the same one, and one with the ICCID of another. */
static void test_repeated_cards(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct batch batch;

    sample_batch(f, &batch);
    batch.cards[2] = batch.cards[0];
    assert_true(batch_file_write(path, &batch, f->keyring, &f->fault));
    batch_free(&batch);
    assert_false(batch_file_read(path, f->keyring, &batch, &f->fault));
    assert_non_null(strstr(f->fault.text, "IMSI 001010000000001 is in it twice"));
    assert_int_equal(unlink(path), 0);
    sample_batch(f, &batch);
    batch.cards[2].iccid = batch.cards[0].iccid;
    assert_true(batch_file_write(path, &batch, f->keyring, &f->fault));
    batch_free(&batch);
    assert_false(batch_file_read(path, f->keyring, &batch, &f->fault));
    assert_non_null(strstr(f->fault.text, "ICCID 8988"));
    assert_non_null(strstr(f->fault.text, "is in it twice"));
}

static void test_file_open_to_others(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    struct batch batch;

    write_sample(f, path);
    assert_int_equal(chmod(path, 0644), 0);
    assert_false(batch_file_read(path, f->keyring, &batch, &f->fault));
    assert_non_null(strstr(f->fault.text, "chmod 600"));
    assert_false(batch_file_read("/nonexistent", f->keyring, &batch, &f->fault));
}

static void test_another_keyring(void **state)
{
    struct store_fixture *f = *state;
    const char *path = scratch_path(&f->scratch, "batch.json");
    char key_file[160];
    struct batch batch;

    write_sample(f, path);
    (void)snprintf(key_file, sizeof key_file, "%s.other", f->key_file);
    assert_true(keyring_file_create(key_file, &f->fault));
    struct keyring *other = keyring_open(key_file, &f->fault);
    assert_false(batch_file_read(path, other, &batch, &f->fault));
    assert_non_null(strstr(f->fault.text, "card 1: sealed: sealed with key"));
    keyring_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_no_secret_in_the_file, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_batch_with_tuak, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_empty_batch, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_bad_heads, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_bad_cards, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_another_algorithm_named, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_repeated_cards, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_file_open_to_others, store_setup, store_teardown),
        cmocka_unit_test_setup_teardown(test_another_keyring, store_setup, store_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
