/* src/edge/cardfile/card_file.c and card_image.c: what is refused, what lasts, what a power cut
 * leaves. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "edge/cardfile/card_file.h"
#include "edge/cardfile/card_image.h"
#include "edge/openssl/openssl_crypto.h"

#define SIZE 1000u

struct bench {
    struct openssl_crypto crypto;
    char directory[64];
    char path[96];
    char tmp_path[112];
    struct fault fault;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    uint8_t memory[SIZE];
    assert_non_null(b);
    assert_true(openssl_crypto_init(&b->crypto, &b->fault));
    snprintf(b->directory, sizeof(b->directory), "/tmp/test_card_file.XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->path, sizeof(b->path), "%s/a.card", b->directory);
    snprintf(b->tmp_path, sizeof(b->tmp_path), "%s.tmp", b->path);
    for (size_t i = 0; i < sizeof(memory); i++)
        memory[i] = (uint8_t)i;
    memset(memory, 0, 8);
    assert_true(card_file_create(b->path, &b->crypto.port, memory, SIZE, &b->fault));
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    unlink(b->path);
    unlink(b->tmp_path);
    rmdir(b->directory);
    openssl_crypto_free(&b->crypto);
    free(b);
    return 0;
}

static size_t slurp(const char *path, uint8_t **octets)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    *octets = malloc((size_t)st.st_size);
    assert_non_null(*octets);
    assert_int_equal(read(fd, *octets, (size_t)st.st_size), st.st_size);
    close(fd);
    return (size_t)st.st_size;
}

static void spill(const char *path, const uint8_t *octets, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, octets, n), (ssize_t)n);
    close(fd);
}

/* The image must be refused with `reason`, with its name in the fault, and must not be touched. */
static void assert_refused(struct bench *b, const char *reason)
{
    uint8_t *before;
    uint8_t *after;
    size_t n = slurp(b->path, &before);
    memset(&b->fault, 0, sizeof(b->fault));
    struct card_file *file = card_file_open(b->path, &b->crypto.port, &b->fault);
    assert_null(file);
    if (strstr(b->fault.text, reason) == NULL || strstr(b->fault.text, b->path) == NULL ||
        strchr(b->fault.text, '\n') != NULL)
        fail_msg("'%s' does not say '%s'", b->fault.text, reason);
    assert_int_equal(slurp(b->path, &after), n);
    assert_memory_equal(before, after, n);
    free(before);
    free(after);
}

static struct card_file *open_ok(struct bench *b)
{
    struct card_file *file = card_file_open(b->path, &b->crypto.port, &b->fault);
    if (file == NULL)
        fail_msg("%s", b->fault.text);
    return file;
}

static uint64_t counter(struct card_file *file)
{
    const struct uicc_nvm *nvm = card_file_nvm(file);
    uint8_t octets[8];
    assert_true(nvm->read(nvm->ctx, 0, octets, sizeof(octets)));
    return be64_get(octets);
}

static bool count_to(struct card_file *file, uint64_t value)
{
    const struct uicc_nvm *nvm = card_file_nvm(file);
    uint8_t octets[8];
    be64_put(octets, value);
    return nvm->write(nvm->ctx, 0, octets, sizeof(octets)) && nvm->commit(nvm->ctx);
}

static void lasting_commits(void **state)
{
    struct bench *b = *state;
    /* Past the end of a journal, so that both ways of committing are walked. */
    for (uint64_t session = 0; session < 3; session++) {
        struct card_file *file = open_ok(b);
        assert_int_equal(counter(file), session * 300);
        for (uint64_t i = 1; i <= 300; i++)
            assert_true(count_to(file, session * 300 + i));
        card_file_close(file);
    }
    struct card_file *file = open_ok(b);
    const struct uicc_nvm *nvm = card_file_nvm(file);
    uint8_t octet = 0;
    assert_int_equal(nvm->size, SIZE);
    assert_int_equal(counter(file), 900);
    assert_true(nvm->read(nvm->ctx, 999, &octet, 1));
    assert_int_equal(octet, 999 & 0xFF);
    card_file_close(file);
    struct stat st;
    assert_int_equal(stat(b->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, CARD_IMAGE_HEADER + SIZE + CARD_IMAGE_DIGEST);
}

static void rollback_and_ranges(void **state)
{
    struct bench *b = *state;
    struct card_file *file = open_ok(b);
    const struct uicc_nvm *nvm = card_file_nvm(file);
    uint8_t octets[SIZE] = {0};
    assert_true(count_to(file, 7));
    for (uint32_t i = 0; i < 100; i++) /* more ranges than are kept one by one */
        assert_true(nvm->write(nvm->ctx, i * 10, octets, 10));
    nvm->rollback(nvm->ctx);
    assert_int_equal(counter(file), 7);
    assert_true(nvm->read(nvm->ctx, 500, octets, 1));
    assert_int_equal(octets[0], 500 & 0xFF);
    assert_false(nvm->read(nvm->ctx, SIZE, octets, 1));
    assert_false(nvm->read(nvm->ctx, 1, octets, SIZE));
    assert_false(nvm->write(nvm->ctx, UINT32_MAX, octets, 2));
    assert_false(nvm->write(nvm->ctx, 0, octets, SIZE + 1));
    for (uint32_t i = 0; i < 100; i++)
        assert_true(nvm->write(nvm->ctx, i * 10, "0123456789", 10));
    assert_true(nvm->commit(nvm->ctx));
    card_file_close(file);
    file = open_ok(b);
    nvm = card_file_nvm(file);
    assert_true(nvm->read(nvm->ctx, 990, octets, 10));
    assert_memory_equal(octets, "0123456789", 10);
    card_file_close(file);
}

static void every_edit_is_refused(void **state)
{
    struct bench *b = *state;
    uint8_t *good;
    size_t n = slurp(b->path, &good);
    for (size_t i = 0; i < n; i++) {
        uint8_t *bad = malloc(n);
        assert_non_null(bad);
        memcpy(bad, good, n);
        bad[i] ^= 0x01;
        spill(b->path, bad, n);
        free(bad);
        assert_refused(b, "");
    }
    good[500] ^= 0x80;
    spill(b->path, good, n);
    assert_refused(b, "digest wrong");
    good[500] ^= 0x80;
    good[9] = 2;
    spill(b->path, good, n);
    assert_refused(b, "format version 2, but this program reads version 1 only");
    free(good);
}

static void every_truncation_is_refused(void **state)
{
    struct bench *b = *state;
    uint8_t *good;
    size_t n = slurp(b->path, &good);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(truncate(b->path, (off_t)i), 0);
        assert_refused(b, "truncated");
        spill(b->path, good, n);
    }
    uint8_t *longer = calloc(1, n + 1);
    assert_non_null(longer);
    memcpy(longer, good, n);
    spill(b->path, longer, n + 1);
    assert_refused(b, "too long");
    free(longer);
    spill(b->path, (const uint8_t *)"#!/bin/sh\nexit 0 # this is no card", 34);
    assert_refused(b, "not a card image");
    free(good);
}

static void missing_open_to_others_in_use(void **state)
{
    struct bench *b = *state;
    assert_int_equal(chmod(b->path, 0640), 0);
    assert_refused(b, "chmod 600");
    assert_int_equal(chmod(b->path, 0600), 0);

    struct card_file *file = open_ok(b);
    assert_refused(b, "in use");
    assert_true(count_to(file, 1)); /* a new file stands under the name, and is locked as well */
    assert_refused(b, "in use");
    card_file_close(file);
    file = open_ok(b);
    card_file_close(file);

    assert_false(card_file_create(b->path, &b->crypto.port, (const uint8_t *)"x", 1, &b->fault));
    assert_non_null(strstr(b->fault.text, "exists already"));
    unlink(b->path);
    assert_null(card_file_open(b->path, &b->crypto.port, &b->fault));
    assert_non_null(strstr(b->fault.text, "No such file"));
    assert_null(card_file_open(b->directory, &b->crypto.port, &b->fault));
}

static void symbolic_link_stays(void **state)
{
    struct bench *b = *state;
    char link_path[112];
    struct stat st;
    snprintf(link_path, sizeof(link_path), "%s/link", b->directory);
    assert_int_equal(symlink(b->path, link_path), 0);
    struct card_file *file = card_file_open(link_path, &b->crypto.port, &b->fault);
    assert_non_null(file);
    assert_true(count_to(file, 5));
    card_file_close(file);
    assert_int_equal(lstat(link_path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    unlink(link_path);
    file = open_ok(b);
    assert_int_equal(counter(file), 5);
    card_file_close(file);
}

/* The file with `commits` of them in its journal, as kill -9 leaves it. */
static size_t crashed_image(struct bench *b, uint64_t commits, uint8_t **octets)
{
    struct card_file *file = open_ok(b);
    for (uint64_t i = 1; i <= commits; i++)
        assert_true(count_to(file, i));
    size_t n = slurp(b->path, octets);
    card_file_close(file);
    return n;
}

static void power_cut_in_append(void **state)
{
    struct bench *b = *state;
    uint8_t *whole;
    size_t n = crashed_image(b, 4, &whole); /* 1 in the image, 2 to 4 in the journal */
    size_t third = card_image_journal_offset(SIZE) + 2 * CARD_IMAGE_BLOCK;
    size_t record = CARD_IMAGE_RECORD_HEADER + 16;
    uint8_t *torn = malloc(n);
    assert_non_null(torn);
    for (size_t cut = 0; cut <= record; cut++) {
        memcpy(torn, whole, n);
        memset(torn + third + cut, 0, CARD_IMAGE_BLOCK - cut);
        spill(b->path, torn, n);
        struct card_file *file = open_ok(b);
        /* The record ends in the low octet of the counter, 04; all before it is needed. */
        assert_int_equal(counter(file), cut < record ? 3 : 4);
        assert_true(count_to(file, 5));
        card_file_close(file);
        file = open_ok(b);
        assert_int_equal(counter(file), 5);
        card_file_close(file);
    }
    free(torn);
    free(whole);
}

static void power_cut_in_replace(void **state)
{
    struct bench *b = *state;
    uint8_t *next;
    uint8_t *old;
    size_t old_n = slurp(b->path, &old);
    size_t n = crashed_image(b, 1, &next);
    for (size_t cut = 0; cut < n; cut += 777) { /* the rename has not come yet */
        spill(b->path, old, old_n);
        spill(b->tmp_path, next, cut);
        struct card_file *file = open_ok(b);
        assert_int_equal(counter(file), 0);
        assert_int_equal(access(b->tmp_path, F_OK), -1);
        card_file_close(file);
    }
    free(old);
    free(next);
}

static void edited_journal_is_refused(void **state)
{
    struct bench *b = *state;
    uint8_t *whole;
    size_t n = crashed_image(b, 4, &whole);
    size_t journal = card_image_journal_offset(SIZE);
    uint8_t *bad = malloc(n);
    assert_non_null(bad);
    for (size_t i = 0; i < CARD_IMAGE_RECORD_HEADER + 16; i++) {
        memcpy(bad, whole, n);
        bad[journal + i] ^= 0x01;
        spill(b->path, bad, n);
        assert_refused(b, "journal record 1 is damaged");
    }
    memcpy(bad, whole, n); /* a record lost from the middle */
    memset(bad + journal + CARD_IMAGE_BLOCK, 0, CARD_IMAGE_BLOCK);
    spill(b->path, bad, n);
    assert_refused(b, "journal record 2 is damaged");
    memcpy(bad, whole, n);
    bad[n - 1] = 1;
    spill(b->path, bad, n);
    assert_refused(b, "journal record 4 is damaged");
    spill(b->path, whole, n - CARD_IMAGE_BLOCK);
    assert_refused(b, "truncated");
    memcpy(bad, whole, n);
    bad[CARD_IMAGE_HEADER + SIZE + CARD_IMAGE_DIGEST] = 1;
    spill(b->path, bad, n);
    assert_refused(b, "padding damaged");
    free(bad);
    free(whole);
}

static void disk_full(void **state)
{
    struct bench *b = *state;
    struct rlimit old_limit;
    struct card_file *file = open_ok(b);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
    struct rlimit small = {.rlim_cur = 1500, .rlim_max = old_limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool committed = count_to(file, 9);
    uint64_t seen = counter(file);
    char fault[sizeof(b->fault.text)];
    snprintf(fault, sizeof(fault), "%s", card_file_last_fault(file));
    struct fault create_fault;
    char other[112];
    snprintf(other, sizeof(other), "%s/b.card", b->directory);
    uint8_t memory[2000] = {0};
    bool created = card_file_create(other, &b->crypto.port, memory, sizeof(memory), &create_fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old_limit), 0);

    assert_false(committed);
    assert_int_equal(seen, 0);
    assert_non_null(strstr(fault, b->path));
    assert_non_null(strstr(fault, "cannot write"));
    assert_int_equal(access(b->tmp_path, F_OK), -1);
    assert_false(created);
    assert_int_equal(access(other, F_OK), -1);
    assert_true(count_to(file, 10)); /* and goes on when there is room again */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    card_file_close(file); /* cannot fold; must lose nothing */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
    file = open_ok(b);
    assert_int_equal(counter(file), 10);
    card_file_close(file);
}

/* Commits as fast as it can and reports each that returned. */
static void writer(const char *path, int report)
{
    struct openssl_crypto crypto;
    if (!openssl_crypto_init(&crypto, NULL))
        _exit(1);
    struct card_file *file = card_file_open(path, &crypto.port, NULL);
    if (file == NULL)
        _exit(2);
    for (uint64_t i = counter(file) + 1;; i++) {
        if (!count_to(file, i))
            _exit(3);
        if (write(report, &i, sizeof(i)) != (ssize_t)sizeof(i))
            _exit(4);
    }
}

static void kill_during_commits(void **state)
{
    struct bench *b = *state;
    uint64_t reported = 0;
    unsigned seed = 20260101;
    for (int round = 0; round < 20; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            writer(b->path, ends[1]);
        }
        close(ends[1]);
        uint64_t value = 0;
        assert_int_equal(read(ends[0], &value, sizeof(value)), sizeof(value));
        usleep((unsigned)rand_r(&seed) % 60000);
        kill(pid, SIGKILL);
        do
            reported = value;
        while (read(ends[0], &value, sizeof(value)) == (ssize_t)sizeof(value));
        close(ends[0]);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        struct card_file *file = open_ok(b);
        /* One more may have reached the file without its report. */
        assert_in_range(counter(file), reported, reported + 1);
        card_file_close(file);
    }
    print_message("%llu commits under 20 kills\n", (unsigned long long)reported);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lasting_commits, setup, teardown),
        cmocka_unit_test_setup_teardown(rollback_and_ranges, setup, teardown),
        cmocka_unit_test_setup_teardown(every_edit_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_truncation_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(missing_open_to_others_in_use, setup, teardown),
        cmocka_unit_test_setup_teardown(symbolic_link_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(power_cut_in_append, setup, teardown),
        cmocka_unit_test_setup_teardown(power_cut_in_replace, setup, teardown),
        cmocka_unit_test_setup_teardown(edited_journal_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(disk_full, setup, teardown),
        cmocka_unit_test_setup_teardown(kill_during_commits, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
