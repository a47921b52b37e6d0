/* src/lab/serving_node.c: a card image in a reader on one side, a script of answers on the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "aka/kdf.h"
#include "aka/sqn.h"
#include "aka/vector.h"
#include "base/bytes.h"
#include "edge/cardfile/card_reader.h"
#include "edge/openssl/openssl_crypto.h"
#include "lab/serving_node.h"
#include "s6a/s6a_answer.h"
#include "s6a/s6a_request.h"
#include "support/test_card.h"

#define ICCID "8988000000000000016"
#define IMSI  "001010000000001"

/* What the network answers next. */
enum script {
    END,
    FRESH,       /* a vector with the next SEQ */
    STALE,       /* one with SEQ 0 */
    FOREIGN,     /* one of another K */
    WRONG_XRES,  /* the network expects another RES */
    NO_VECTORS,  /* success, and nothing with it */
    UNKNOWN,     /* 5001 */
    REFUSED,     /* 5003 */
    WELCOME,     /* ULA with Subscription-Data */
    SILENCE,     /* no answer comes */
    OTHER_ANSWER /* an answer to another command */
};

struct bench {
    struct openssl_crypto crypto;
    char folder[64];
    char path[96];
    struct reader reader;
    struct lab_machine machine;
    struct lab_network network;
    struct lab_attach attach;
    struct fault fault;
    const enum script *script;
    uint64_t seq;
    bool auts_came;
    uint64_t sqn_ms;
    struct imei imei_came;
    uint8_t answer[4096];
    unsigned lines;
    bool key_said;
};

static const struct dia_node mme = {.host = "mme.visited.example", .realm = "visited.example"};
static const struct dia_node hss = {.host = "hss.home.example", .realm = "home.example"};

static void make_vector(struct bench *b, enum script what, const uint8_t plmn[3],
                        struct home_vector *out)
{
    struct aka_credentials credentials = test_card_credentials;
    struct aka_vector vector;
    const uint8_t amf[2] = {0x80, 0};
    uint8_t rand[16];

    credentials.k[0] ^= what == FOREIGN;
    b->seq += what == FRESH;
    memset(rand, (int)b->seq + 1, sizeof rand);
    assert_true(aka_vector_make(&b->crypto.port, &credentials, rand,
                                sqn_make(what == STALE ? 0 : b->seq, 0), amf, &vector));
    memcpy(out->rand, vector.rand, 16);
    memcpy(out->autn, vector.autn, 16);
    memcpy(out->xres, vector.xres, vector.xres_len);
    out->xres_len = vector.xres_len;
    out->xres[0] ^= what == WRONG_XRES;
    assert_true(aka_kasme(&b->crypto.port, vector.ck, vector.ik, plmn, vector.autn, out->kasme));
}

static void answer_air(struct bench *b, const struct dia_message *request, enum script what,
                       struct dia_writer *writer)
{
    struct s6a_request common;
    struct home_authentication_request air;
    struct home_authentication_answer answer = {.result = HOME_OK, .count = 1};
    struct dia_failure failure;
    bool eutran;
    bool mac_ok;

    assert_true(dia_validate(request, s6a_rule(S6A_AUTHENTICATION_INFORMATION, true), &failure));
    assert_true(s6a_air_read(request, &common, &air, &eutran, &failure));
    assert_string_equal(common.imsi.digits, IMSI);
    assert_true(eutran);
    if (air.resynchronise) {
        b->auts_came = true;
        assert_true(aka_auts_open(&b->crypto.port, &test_card_credentials, air.rand, air.auts,
                                  &b->sqn_ms, &mac_ok));
        assert_true(mac_ok);
    }
    if (what == UNKNOWN) {
        answer.result = HOME_UNKNOWN_SUBSCRIPTION;
    } else if (what == NO_VECTORS) {
        answer.count = 0;
    } else {
        b->seq += what == WRONG_XRES;
        make_vector(b, what, air.plmn.octets, &answer.vectors[0]);
    }
    assert_true(s6a_put_aia(writer, &hss, request, &answer));
}

static void answer_ulr(struct bench *b, const struct dia_message *request, enum script what,
                       struct dia_writer *writer)
{
    struct subscription subscription = {.version = 1};
    struct profile profile = {.network_access_mode = 2, .apn_count = 1};
    struct s6a_request common;
    struct home_location_request ulr;
    struct dia_failure failure;
    uint32_t flags;

    assert_true(dia_validate(request, s6a_rule(S6A_UPDATE_LOCATION, true), &failure));
    assert_true(s6a_ulr_read(request, &common, &ulr, &flags, &failure));
    assert_int_equal(ulr.rat_type, 1004);
    b->imei_came = ulr.machine;
    (void)snprintf(profile.apns[0].name, sizeof profile.apns[0].name, "meter.utility");
    assert_true(s6a_put_ula(writer, &hss, request, what == WELCOME ? HOME_OK : HOME_REFUSED,
                            &subscription, &profile, false));
}

static bool exchange(void *ctx, const uint8_t *octets, size_t n, struct dia_message *answer,
                     struct fault *fault)
{
    struct bench *b = ctx;
    enum script what = *b->script++;
    struct dia_message request;
    struct dia_writer writer = dia_writer(b->answer, sizeof b->answer);

    assert_int_not_equal(what, END); /* more requests than the script has answers */
    if (what == SILENCE) {
        return fault_set(fault, "no answer came");
    }
    assert_int_equal(dia_message_frame(octets, n, 4096, &request), DIA_FRAME_OK);
    if (request.header.command == S6A_AUTHENTICATION_INFORMATION) {
        answer_air(b, &request, what == OTHER_ANSWER ? FRESH : what, &writer);
    } else {
        answer_ulr(b, &request, what, &writer);
    }
    if (what == OTHER_ANSWER) {
        be24_put(b->answer + 5, S6A_UPDATE_LOCATION);
    }
    assert_int_equal(dia_message_frame(b->answer, writer.len, sizeof b->answer, answer),
                     DIA_FRAME_OK);
    return true;
}

static void say(void *ctx, const char *line)
{
    struct bench *b = ctx;

    assert_true(line[0] != '\0');
    b->lines++;
    b->key_said =
        b->key_said || strstr(line, "465b5ce8") != NULL || strstr(line, "465B5CE8") != NULL;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    assert_non_null(b);
    assert_true(openssl_crypto_init(&b->crypto, &b->fault));
    (void)strcpy(b->folder, "/tmp/mooring-lab.XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    (void)snprintf(b->path, sizeof b->path, "%s/a.card", b->folder);
    if (!test_card_create(b->path, ICCID, IMSI, &b->fault) ||
        !card_reader_open(b->path, &b->reader, &b->fault)) {
        fail_msg("%s", b->fault.text);
    }
    b->machine = (struct lab_machine){.reader = &b->reader,
                                      .pin1 = TEST_CARD_PIN1,
                                      .imei_present = true,
                                      .plmn = {{0x00, 0xF1, 0x10}},
                                      .node = &mme,
                                      .home_realm = "home.example",
                                      .rat_type = 1004,
                                      .ulr_flags = S6A_ULR_S6A};
    assert_true(imei_parse("35693803564380", 14, &b->machine.imei));
    b->network = (struct lab_network){.ctx = b, .exchange = exchange};
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    b->reader.close(b->reader.ctx);
    (void)unlink(b->path);
    assert_int_equal(rmdir(b->folder), 0);
    openssl_crypto_free(&b->crypto);
    free(b);
    return 0;
}

/* Attaches by the script, all of which must be used. */
static enum lab_outcome attach(struct bench *b, const enum script *script)
{
    b->script = script;
    b->lines = 0;
    b->auts_came = false;
    b->fault.text[0] = '\0';
    bool good = lab_attach(&b->machine, &b->network, say, b, &b->attach, &b->fault);
    assert_int_equal(good, b->attach.outcome != LAB_BROKEN);
    assert_int_equal(good, b->fault.text[0] == '\0');
    assert_int_equal(*b->script, END);
    assert_false(b->key_said);
    return b->attach.outcome;
}

static void test_attach(void **state)
{
    static const enum script script[] = {FRESH, WELCOME, END};
    struct bench *b = *state;

    assert_int_equal(attach(b, script), LAB_ATTACHED);
    assert_string_equal(b->attach.iccid.digits, ICCID);
    assert_string_equal(b->attach.imsi.digits, IMSI);
    assert_int_equal(b->attach.authentications, 1);
    assert_false(b->attach.resynchronised);
    assert_true(b->attach.located && b->attach.data.present);
    assert_int_equal(b->attach.data.network_access_mode, 2);
    assert_true(lab_apn_granted(&b->attach.data, "Meter.Utility"));
    assert_false(lab_apn_granted(&b->attach.data, "internet"));
    assert_string_equal(b->imei_came.digits, "35693803564380");
    assert_true(b->lines >= 5);
}

static void test_audited_attach(void **state)
{
    static const enum script plain[] = {FRESH, WELCOME, END};
    static const enum script audited[] = {STALE, FRESH, WELCOME, END};
    struct bench *b = *state;

    assert_int_equal(attach(b, plain), LAB_ATTACHED);
    assert_int_equal(attach(b, plain), LAB_ATTACHED);
    assert_int_equal(attach(b, audited), LAB_ATTACHED);
    assert_true(b->auts_came);
    assert_int_equal(sqn_seq(b->sqn_ms), 2); /* what the card accepted last */
    assert_true(b->attach.resynchronised);
    assert_int_equal(b->attach.authentications, 2);
}

static void test_network_that_never_gets_in_step(void **state)
{
    static const enum script script[] = {STALE, STALE, END};
    struct bench *b = *state;

    assert_int_equal(attach(b, script), LAB_REJECTED);
    assert_false(b->attach.located);
}

static void test_refusals_of_the_home_network(void **state)
{
    static const enum script unknown[] = {UNKNOWN, END};
    static const enum script after_audit[] = {STALE, UNKNOWN, END};
    static const enum script moved[] = {FRESH, REFUSED, END};
    struct bench *b = *state;

    assert_int_equal(attach(b, unknown), LAB_REFUSED);
    assert_int_equal(b->attach.result.code, S6A_USER_UNKNOWN);
    assert_true(b->attach.result.experimental);
    assert_int_equal(b->attach.command, S6A_AUTHENTICATION_INFORMATION);
    assert_int_equal(attach(b, after_audit), LAB_REFUSED);
    assert_int_equal(attach(b, moved), LAB_REFUSED);
    assert_int_equal(b->attach.result.code, DIA_AUTHORIZATION_REJECTED);
    assert_false(b->attach.result.experimental);
    assert_int_equal(b->attach.command, S6A_UPDATE_LOCATION);
    assert_false(b->attach.located);
    assert_int_equal(lab_emm_cause(&b->attach.result), 15);
}

static void test_refusals_of_card_and_serving_node(void **state)
{
    static const enum script foreign[] = {FOREIGN, END};
    static const enum script wrong[] = {WRONG_XRES, END};
    struct bench *b = *state;

    assert_int_equal(attach(b, foreign), LAB_REJECTED);
    assert_int_equal(attach(b, wrong), LAB_REJECTED);
}

static void test_broken_networks(void **state)
{
    static const enum script silence[] = {SILENCE, END};
    static const enum script late_silence[] = {FRESH, SILENCE, END};
    static const enum script no_vectors[] = {NO_VECTORS, END};
    static const enum script other[] = {OTHER_ANSWER, END};
    struct bench *b = *state;

    assert_int_equal(attach(b, silence), LAB_BROKEN);
    assert_int_equal(attach(b, late_silence), LAB_BROKEN);
    assert_int_equal(attach(b, no_vectors), LAB_BROKEN);
    assert_int_equal(attach(b, other), LAB_BROKEN);
}

static void test_pin(void **state)
{
    static const enum script nothing[] = {END};
    static const enum script script[] = {FRESH, WELCOME, END};
    struct bench *b = *state;

    b->machine.pin1 = NULL;
    assert_int_equal(attach(b, nothing), LAB_BROKEN);
    b->machine.pin1 = "9999";
    assert_int_equal(attach(b, nothing), LAB_BROKEN);
    b->machine.pin1 = TEST_CARD_PIN1;
    b->machine.imei_present = false;
    assert_int_equal(attach(b, script), LAB_ATTACHED);
    assert_string_equal(b->imei_came.digits, "");
}

static void test_emm_causes(void **state)
{
    static const struct {
        struct s6a_result result;
        unsigned cause;
    } causes[] = {
        {{S6A_USER_UNKNOWN, true}, 8},
        {{S6A_ROAMING_NOT_ALLOWED, true}, 11},
        {{S6A_RAT_NOT_ALLOWED, true}, 13},
        {{DIA_AUTHORIZATION_REJECTED, false}, 15}, /* the card stays usable in its own machine */
        {{S6A_AUTHENTICATION_DATA_UNAVAILABLE, true}, 17},
        {{DIA_UNABLE_TO_COMPLY, false}, 17},
        {{DIA_TOO_BUSY, false}, 42},
        {{5001, false}, 17}, /* the same number of the base protocol is another result */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
        assert_int_equal(lab_emm_cause(&causes[i].result), causes[i].cause);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_attach),
        TEST(test_audited_attach),
        TEST(test_network_that_never_gets_in_step),
        TEST(test_refusals_of_the_home_network),
        TEST(test_refusals_of_card_and_serving_node),
        TEST(test_broken_networks),
        TEST(test_pin),
        cmocka_unit_test(test_emm_causes),
    };

    return cmocka_run_group_tests_name("serving_node", tests, NULL, NULL);
}
