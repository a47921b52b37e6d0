/* src/machine/terminal.c and terminal_files.c against a script: what is sent, and what a hostile
 * card gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "machine/terminal.h"

/* A card that expects these commands in this order and gives these answers. */
struct step {
    const char *command; /* hex; NULL: any */
    const char *answer;
};

struct script {
    const struct step *steps;
    size_t count;
    size_t at;
    size_t sent;  /* commands that came */
    bool endless; /* the last step for ever */
};

static bool script_reset(void *ctx, uint8_t *atr, size_t *atr_len, struct fault *fault)
{
    (void)ctx;
    (void)fault;
    atr[0] = 0x3B;
    atr[1] = 0x00;
    *atr_len = 2;
    return true;
}

static bool script_transmit(void *ctx, const uint8_t *command, size_t command_len,
                            uint8_t *response, size_t *response_len, struct fault *fault)
{
    struct script *script = ctx;
    char text[2 * 261 + 1];
    script->sent++;
    if (script->at == script->count && script->endless)
        script->at--;
    if (script->at == script->count)
        return fault_set(fault, "the card is gone");
    const struct step *step = &script->steps[script->at++];
    hex_encode(command, command_len, text);
    if (step->command != NULL)
        assert_string_equal(text, step->command);
    return hex_decode(step->answer, strlen(step->answer), response, 258, response_len);
}

static struct terminal start(struct reader *reader, struct script *script)
{
    struct terminal terminal;
    *reader = (struct reader){.ctx = script, .reset = script_reset, .transmit = script_transmit};
    assert_true(terminal_reset(&terminal, reader, NULL));
    return terminal;
}

#define SCRIPT(...)                                                                                \
    const struct step steps[] = {__VA_ARGS__};                                                     \
    struct script script = {.steps = steps, .count = ARRAY_LEN(steps)};                            \
    struct reader reader;                                                                          \
    struct fault fault = {{0}};                                                                    \
    struct terminal terminal = start(&reader, &script)

#define assert_fault(part)                                                                         \
    do {                                                                                           \
        if (strstr(fault.text, part) == NULL)                                                      \
            fail_msg("'%s' does not say '%s'", fault.text, part);                                  \
    } while (0)

static void get_response_and_wrong_length(void **state)
{
    (void)state;
    SCRIPT({"00a4000c022fe2", "6102"}, {"00c0000002", "aabb6101"}, {"00c0000001", "cc9000"},
           {"00b0000000", "6c03"}, {"00b0000003", "0102039000"}, {"00880081021122", "6c05"},
           {"0088008102112205", "9000"}, {"80f20000", "6c01"}, {"80f2000001", "ff9000"});
    struct terminal_response r;
    assert_true(terminal_exchange(&terminal, "X", (const uint8_t *)"\x00\xA4\x00\x0C\x02\x2F\xE2",
                                  7, &r, &fault));
    assert_int_equal(r.sw, 0x9000);
    assert_int_equal(r.len, 3);
    assert_memory_equal(r.data, "\xAA\xBB\xCC", 3);
    assert_true(
        terminal_exchange(&terminal, "X", (const uint8_t *)"\x00\xB0\x00\x00\x00", 5, &r, &fault));
    assert_int_equal(r.len, 3);
    assert_true(terminal_exchange(&terminal, "X", (const uint8_t *)"\x00\x88\x00\x81\x02\x11\x22",
                                  7, &r, &fault));
    assert_true(
        terminal_exchange(&terminal, "X", (const uint8_t *)"\x80\xF2\x00\x00", 4, &r, &fault));
    assert_int_equal(r.len, 1);
    assert_int_equal(script.at, script.count);
}

static void endless_cards_end(void **state)
{
    static const char *const answers[] = {"6101", "6c05", "6100", "6c00"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        SCRIPT({NULL, answers[i]});
        struct terminal_response r;
        script.endless = true;
        assert_false(terminal_exchange(&terminal, "X", (const uint8_t *)"\x00\xB0\x00\x00\x05", 5,
                                       &r, &fault));
        assert_fault("more than 16 rounds");
        assert_int_equal(script.sent, 16);
    }
    char flood[2 * 258 + 1];
    memset(flood, '0', sizeof(flood));
    memcpy(&flood[512], "6110", 5);
    SCRIPT({NULL, flood}, {NULL, flood});
    struct terminal_response r;
    assert_false(
        terminal_exchange(&terminal, "X", (const uint8_t *)"\x00\xB0\x00\x00\x05", 5, &r, &fault));
    assert_fault("more than 256 octets");
}

static void answers_that_are_none(void **state)
{
    (void)state;
    SCRIPT({NULL, ""}, {NULL, "90"});
    assert_false(terminal_select_mf(&terminal, &fault));
    assert_fault("SELECT MF: the card answered 0 octets");
    assert_false(terminal_select_mf(&terminal, &fault));
    assert_false(terminal_select_mf(&terminal, &fault));
    assert_fault("SELECT MF: the card is gone");
    struct terminal_response r;
    uint8_t command[262] = {0};
    assert_false(terminal_exchange(&terminal, "X", command, 3, &r, &fault));
    assert_false(terminal_exchange(&terminal, "X", command, 262, &r, &fault));
    assert_fault("262 octets is not possible");
}

static void identities(void **state)
{
    (void)state;
    SCRIPT({"00a4000c023f00", "9000"}, {"00a4000c022fe2", "9000"},
           {"00b000000a", "988800000000000010f69000"}, {"00a4000c026f07", "9000"},
           {"00b0000009", "0809101010325476989000"}, {"00a4000c026fad", "9000"},
           {"00b0000000", "6c04"}, {"00b0000004", "000000039000"}, {"00a4000c026fad", "9000"},
           {"00b0000000", "0000009000"}, {"00a4000c026f07", "9000"}, {"00b0000009", "6982"},
           {"00a4000c026f07", "9000"}, {"00b0000009", "0909101010325476989000"},
           {"00a4000c026f07", "6a82"});
    struct iccid iccid;
    struct imsi imsi;
    unsigned mnc_length = 9;
    assert_true(terminal_read_iccid(&terminal, &iccid, &fault));
    assert_string_equal(iccid.digits, "8988000000000000016");
    assert_true(terminal_read_imsi(&terminal, &imsi, &fault));
    assert_string_equal(imsi.digits, "001010123456789");
    assert_true(terminal_read_mnc_length(&terminal, &mnc_length, &fault));
    assert_int_equal(mnc_length, 3);
    assert_true(terminal_read_mnc_length(&terminal, &mnc_length, &fault));
    assert_int_equal(mnc_length, 0);
    assert_false(terminal_read_imsi(&terminal, &imsi, &fault));
    assert_fault("READ BINARY EF_IMSI: 6982: security status not satisfied");
    assert_false(terminal_read_imsi(&terminal, &imsi, &fault));
    assert_fault("the content is no IMSI");
    assert_false(terminal_read_imsi(&terminal, &imsi, &fault));
    assert_fault("SELECT EF_IMSI: 6A82: file not found");
}

#define MF_AND_DIR                                                                                 \
    {"00a4000c023f00", "9000"},                                                                    \
    {                                                                                              \
        "00a4000c022f00", "9000"                                                                   \
    }

static void usim_from_dir(void **state)
{
    (void)state;
    SCRIPT(MF_AND_DIR, {"00b2010400", "6c14"},
           {"00b2010414", "61074f05a00000008710ffffffffffffffffffff9000"},
           {"00b2020400", "61124f10a0000000871002ffffffff89070900009000"},
           {"00a4040c10a0000000871002ffffffff8907090000", "9000"});
    assert_true(terminal_select_usim(&terminal, &fault));
    assert_int_equal(script.at, script.count);
}

static void usim_by_prefix(void **state)
{
    (void)state;
    SCRIPT({"00a4000c023f00", "9000"}, {"00a4000c022f00", "6a82"},
           {"00a4040c07a0000000871002", "9000"}, MF_AND_DIR, {"00b2010400", "6a83"},
           {"00a4040c07a0000000871002", "6a82"});
    assert_true(terminal_select_usim(&terminal, &fault));
    assert_false(terminal_select_usim(&terminal, &fault));
    assert_fault("SELECT ADF.USIM: 6A82");
}

static void hostile_dir(void **state)
{
    static const char *const records[] = {
        "9000",
        "619000",
        "61ff4f9000",
        "61104f10a0000000871002ffffffff8907099000",
        "61134f11a0000000871002ffffffff890709000000009000",
        "61024f00ffff9000",
        "4f07a00000008710029000",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        SCRIPT(MF_AND_DIR, {"00b2010400", records[i]}, {"00b2020400", "6a83"},
               {"00a4040c07a0000000871002", "9000"});
        assert_true(terminal_select_usim(&terminal, &fault));
        assert_int_equal(script.at, script.count);
    }
    /* A list without an end. */
    struct step steps[2 + 32 + 1] = {MF_AND_DIR};
    for (size_t i = 2; i < 34; i++)
        steps[i] = (struct step){NULL, "ffff9000"};
    steps[34] = (struct step){"00a4040c07a0000000871002", "9000"};
    struct script script = {.steps = steps, .count = 35};
    struct reader reader;
    struct terminal terminal = start(&reader, &script);
    assert_true(terminal_select_usim(&terminal, NULL));
    assert_int_equal(script.at, 35);
}

static void pin(void **state)
{
    (void)state;
    SCRIPT({"00200001", "63c3"}, {"0020000108313233343536ffff", "9000"}, {"00200001", "63c3"},
           {"002000010831323334ffffffff", "63c2"}, {"00200001", "63c1"}, {"00200001", "63c1"},
           {"002000010831323334ffffffff", "6983"}, {"00200001", "6983"}, {"00200001", "6984"},
           {"00200001", "9000"}, {"00200001", "63c0"}, {"00200001", "6e00"});
    assert_true(terminal_verify_pin(&terminal, TERMINAL_PIN1, "123456", false, &fault));
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "1234", false, &fault));
    assert_string_equal(fault.text, "VERIFY PIN: 63C2: wrong PIN, 2 tries left");
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "1234", false, &fault));
    assert_fault("one try is left");
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "1234", true, &fault));
    assert_fault("VERIFY PIN: 6983: PIN blocked");
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "1234", true, &fault));
    assert_fault("6983");
    assert_true(terminal_verify_pin(&terminal, TERMINAL_PIN1, "1234", false, &fault));
    assert_true(terminal_verify_pin(&terminal, TERMINAL_PIN1, "1234", false, &fault));
    struct terminal_pin state_of_pin;
    assert_true(terminal_query_pin(&terminal, TERMINAL_PIN1, &state_of_pin, &fault));
    assert_int_equal(state_of_pin.status, TERMINAL_PIN_BLOCKED);
    assert_false(terminal_query_pin(&terminal, TERMINAL_PIN1, &state_of_pin, &fault));
    assert_fault("6E00: class not supported");
    /* What is no PIN never reaches the card. */
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "123", true, &fault));
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "123456789", true, &fault));
    assert_false(terminal_verify_pin(&terminal, TERMINAL_PIN1, "12a4", true, &fault));
    assert_int_equal(script.at, script.count);
}

#define CHALLENGE                                                                                  \
    "00880081221000000000000000000000000000000000"                                                 \
    "1000000000000000000000000000000000"                                                           \
    "00"
#define CK "10c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define IK                                                                                         \
    "101011121314151617181"                                                                        \
    "91a1b1c1d1e1f"

static const uint8_t zero16[16];

static void authenticate(void **state)
{
    (void)state;
    SCRIPT({CHALLENGE, "612c"}, {"00c000002c", "db080102030405060708" CK IK "9000"},
           {CHALLENGE, "db0401020304" CK IK "0800010203040506079000"}, {CHALLENGE, "610f"},
           {"00c000000f", "dc0e000102030405060708090a0b0c0d9000"}, {CHALLENGE, "9862"},
           {CHALLENGE, "6985"});
    struct terminal_auth auth;
    assert_true(terminal_authenticate(&terminal, zero16, zero16, &auth, &fault));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_SUCCESS);
    assert_int_equal(auth.res_len, 8);
    assert_memory_equal(auth.res, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    assert_int_equal(auth.ck[0], 0xC0);
    assert_int_equal(auth.ck[15], 0xCF);
    assert_int_equal(auth.ik[0], 0x10);
    assert_int_equal(auth.ik[15], 0x1F);
    assert_true(terminal_authenticate(&terminal, zero16, zero16, &auth, &fault));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_SUCCESS);
    assert_int_equal(auth.res_len, 4);
    assert_true(terminal_authenticate(&terminal, zero16, zero16, &auth, &fault));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_SYNC_FAILURE);
    assert_int_equal(auth.auts[13], 0x0D);
    assert_true(terminal_authenticate(&terminal, zero16, zero16, &auth, &fault));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_MAC_FAILURE);
    assert_true(terminal_authenticate(&terminal, zero16, zero16, &auth, &fault));
    assert_int_equal(auth.outcome, TERMINAL_AUTH_REFUSED);
    assert_int_equal(auth.sw, 0x6985);
}

static void malformed_authentication(void **state)
{
    static const char *const answers[] = {
        "9000",
        "db9000",
        "da080102030405060708" CK IK "9000",
        "db03010203" CK IK "9000",
        "db110102030405060708090a0b0c0d0e0f1011" CK IK "9000",
        "dbff0102030405060708" CK IK "9000",
        "db080102030405060708" CK "9000",
        "db080102030405060708" CK IK "00"
        "9000",
        "db080102030405060708" CK IK "0900010203040506070800"
        "9000",
        "db080102030405060708" CK IK "080001020304050607"
        "ff"
        "9000",
        "dc0d000102030405060708090a0b0c9000",
        "dc0e000102030405060708090a0b0c9000",
        "dc0e000102030405060708090a0b0c0dff9000",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        SCRIPT({CHALLENGE, answers[i]});
        struct terminal_auth auth;
        assert_false(terminal_authenticate(&terminal, zero16, zero16, &auth, &fault));
        assert_fault("AUTHENTICATE: the card's answer");
        for (size_t n = 0; n < sizeof(auth); n++)
            assert_int_equal(((const uint8_t *)&auth)[n], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get_response_and_wrong_length),
        cmocka_unit_test(endless_cards_end),
        cmocka_unit_test(answers_that_are_none),
        cmocka_unit_test(identities),
        cmocka_unit_test(usim_from_dir),
        cmocka_unit_test(usim_by_prefix),
        cmocka_unit_test(hostile_dir),
        cmocka_unit_test(pin),
        cmocka_unit_test(authenticate),
        cmocka_unit_test(malformed_authentication),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
