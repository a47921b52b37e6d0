/* src/edge/cardfile/card_reader.c: a whole card in a file, and what a kill of its process leaves.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "aka/sqn.h"
#include "aka/vector.h"
#include "base/bytes.h"
#include "edge/cardfile/card_file.h"
#include "edge/cardfile/card_reader.h"
#include "edge/openssl/openssl_crypto.h"
#include "machine/terminal.h"
#include "support/test_card.h"

#define ICCID "8988000000000000016"
#define IMSI  "001010000000001"

struct bench {
    struct openssl_crypto crypto;
    char directory[64];
    char path[96];
    struct fault fault;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    assert_non_null(b);
    assert_true(openssl_crypto_init(&b->crypto, &b->fault));
    snprintf(b->directory, sizeof(b->directory), "/tmp/test_card_reader.XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->path, sizeof(b->path), "%s/a.card", b->directory);
    if (!test_card_create(b->path, ICCID, IMSI, &b->fault))
        fail_msg("%s", b->fault.text);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    char tmp_path[112];
    snprintf(tmp_path, sizeof(tmp_path), "%s.tmp", b->path);
    unlink(b->path);
    unlink(tmp_path);
    rmdir(b->directory);
    openssl_crypto_free(&b->crypto);
    free(b);
    return 0;
}

/* Opens the card and brings it to where it authenticates. */
static bool begin(const char *path, struct reader *reader, struct terminal *terminal,
                  struct fault *fault)
{
    return card_reader_open(path, reader, fault) && terminal_reset(terminal, reader, fault) &&
           terminal_select_usim(terminal, fault) &&
           terminal_verify_pin(terminal, TERMINAL_PIN1, TEST_CARD_PIN1, false, fault);
}

static void begin_ok(struct bench *b, struct reader *reader, struct terminal *terminal)
{
    if (!begin(b->path, reader, terminal, &b->fault))
        fail_msg("%s", b->fault.text);
}

static bool challenge(const struct crypto_port *crypto, const struct terminal *terminal,
                      uint64_t sqn, struct terminal_auth *auth, struct aka_vector *vector)
{
    static const uint8_t amf[2] = {0x80, 0x00};
    uint8_t rand[16] = {0};
    memset(auth, 0, sizeof(*auth));
    be64_put(rand, sqn);
    return aka_vector_make(crypto, &test_card_credentials, rand, sqn, amf, vector) &&
           terminal_authenticate(terminal, vector->rand, vector->autn, auth, NULL);
}

static void a_terminals_session(void **state)
{
    struct bench *b = *state;
    struct reader reader;
    struct terminal terminal;
    struct iccid iccid;
    struct imsi imsi;
    unsigned mnc_length = 0;
    struct aka_vector vector;
    struct terminal_auth auth;
    begin_ok(b, &reader, &terminal);
    assert_true(terminal_read_imsi(&terminal, &imsi, &b->fault));
    assert_string_equal(imsi.digits, IMSI);
    assert_true(terminal_read_mnc_length(&terminal, &mnc_length, &b->fault));
    assert_int_equal(mnc_length, 2);
    assert_true(challenge(&b->crypto.port, &terminal, sqn_make(1, 0), &auth, &vector));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_SUCCESS);
    assert_int_equal(auth.res_len, vector.xres_len);
    assert_memory_equal(auth.res, vector.xres, auth.res_len);
    assert_memory_equal(auth.ck, vector.ck, 16);
    assert_memory_equal(auth.ik, vector.ik, 16);
    assert_true(terminal_read_iccid(&terminal, &iccid, &b->fault));
    assert_string_equal(iccid.digits, ICCID);
    reader.close(reader.ctx);

    uint64_t sqn_ms = 0;
    bool mac_ok = false;
    begin_ok(b, &reader, &terminal);
    assert_true(challenge(&b->crypto.port, &terminal, sqn_make(1, 0), &auth, &vector));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_SYNC_FAILURE);
    assert_true(aka_auts_open(&b->crypto.port, &test_card_credentials, vector.rand, auth.auts,
                              &sqn_ms, &mac_ok));
    assert_true(mac_ok);
    assert_int_equal(sqn_ms, sqn_make(1, 0));
    reader.close(reader.ctx);
}

static void faults(void **state)
{
    struct bench *b = *state;
    struct reader reader;
    struct terminal terminal;
    uint8_t response[258];
    size_t n = 0;
    assert_true(card_reader_open(b->path, &reader, &b->fault));
    assert_false(reader.transmit(reader.ctx, (const uint8_t *)"\x00\xA4\x00\x0C", 4, response, &n,
                                 &b->fault));
    assert_non_null(strstr(b->fault.text, "has not been reset"));
    struct reader second;
    assert_false(card_reader_open(b->path, &second, &b->fault));
    assert_non_null(strstr(b->fault.text, "in use"));
    assert_true(terminal_reset(&terminal, &reader, &b->fault));
    assert_true(terminal_select_usim(&terminal, &b->fault));
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "0000", false, &b->fault));
    assert_string_equal(b->fault.text, "VERIFY PIN: 63C2: wrong PIN, 2 tries left");
    reader.close(reader.ctx);

    /* A whole file with a right digest, in which there is no card. */
    uint8_t empty[64] = {0};
    unlink(b->path);
    assert_true(card_file_create(b->path, &b->crypto.port, empty, sizeof(empty), &b->fault));
    assert_false(card_reader_open(b->path, &reader, &b->fault));
    assert_non_null(strstr(b->fault.text, b->path));
    assert_non_null(strstr(b->fault.text, "not personalised"));
}

/* Authenticates with ever larger SQN and reports each that the card answered with RES. */
static void authenticate_for_ever(const char *path, uint64_t seq, int report)
{
    struct openssl_crypto crypto;
    struct reader reader;
    struct terminal terminal;
    struct terminal_auth auth;
    struct aka_vector vector;
    if (!openssl_crypto_init(&crypto, NULL) || !begin(path, &reader, &terminal, NULL))
        _exit(1);
    for (;; seq++) {
        if (!challenge(&crypto.port, &terminal, sqn_make(seq, (uint8_t)seq), &auth, &vector) ||
            auth.outcome != TERMINAL_AUTH_SUCCESS)
            _exit(2);
        if (write(report, &seq, sizeof(seq)) != (ssize_t)sizeof(seq))
            _exit(3);
    }
}

static uint64_t highest_seq(struct bench *b)
{
    struct reader reader;
    struct terminal terminal;
    struct terminal_auth auth;
    struct aka_vector vector;
    uint64_t sqn_ms = 0;
    bool mac_ok = false;
    begin_ok(b, &reader, &terminal);
    assert_true(challenge(&b->crypto.port, &terminal, 0, &auth, &vector));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_SYNC_FAILURE);
    assert_true(aka_auts_open(&b->crypto.port, &test_card_credentials, vector.rand, auth.auts,
                              &sqn_ms, &mac_ok));
    assert_true(mac_ok);
    reader.close(reader.ctx);
    return sqn_seq(sqn_ms);
}

static void sqn_never_goes_back(void **state)
{
    struct bench *b = *state;
    uint64_t seq = 0;
    unsigned seed = 20260102;
    for (int round = 0; round < 15; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            authenticate_for_ever(b->path, seq + 1, ends[1]);
        }
        close(ends[1]);
        uint64_t reported = 0;
        assert_int_equal(read(ends[0], &reported, sizeof(reported)), sizeof(reported));
        usleep((unsigned)rand_r(&seed) % 60000);
        kill(pid, SIGKILL);
        seq = reported;
        while (read(ends[0], &reported, sizeof(reported)) == (ssize_t)sizeof(reported))
            seq = reported;
        close(ends[0]);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        uint64_t now = highest_seq(b);
        assert_in_range(now, seq, seq + 1);
        seq = now;
    }
    print_message("%llu authentications under 15 kills\n", (unsigned long long)seq);
}

/* Enters a wrong PIN, tells that the card said so, and waits to be killed. */
static void enter_wrong_pin(const char *path, int report)
{
    struct reader reader;
    struct terminal terminal;
    if (!card_reader_open(path, &reader, NULL) || !terminal_reset(&terminal, &reader, NULL) ||
        terminal_verify_pin(&terminal, TERMINAL_PIN1, "0000", true, NULL))
        _exit(1);
    if (write(report, "x", 1) != 1)
        _exit(2);
    pause();
    _exit(3);
}

static void pin_tries_never_come_back(void **state)
{
    struct bench *b = *state;
    for (unsigned left = 2;; left--) {
        int ends[2];
        char mark = 0;
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            enter_wrong_pin(b->path, ends[1]);
        close(ends[1]);
        assert_int_equal(read(ends[0], &mark, 1), 1);
        close(ends[0]);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);

        struct reader reader;
        struct terminal terminal;
        struct terminal_pin pin;
        assert_true(card_reader_open(b->path, &reader, &b->fault));
        assert_true(terminal_reset(&terminal, &reader, &b->fault));
        assert_true(terminal_query_pin(&terminal, TERMINAL_PIN1, &pin, &b->fault));
        reader.close(reader.ctx);
        if (left == 0) {
            assert_int_equal(pin.status, TERMINAL_PIN_BLOCKED);
            return;
        }
        assert_int_equal(pin.status, TERMINAL_PIN_NEEDED);
        assert_int_equal(pin.tries, left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_terminals_session, setup, teardown),
        cmocka_unit_test_setup_teardown(faults, setup, teardown),
        cmocka_unit_test_setup_teardown(sqn_never_goes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(pin_tries_never_come_back, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
