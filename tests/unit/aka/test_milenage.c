#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "aka/milenage.h"
#include "vectors.h"

struct set {
    struct aka_credentials cred;
    uint8_t op[16], rand[16], sqn[6], amf[2];
    struct aka_out out;
};

static void read_set(const json_t *json, struct set *set)
{
    memset(set, 0, sizeof *set);
    set->cred.algorithm = AKA_MILENAGE;
    vectors_octets(json, "k", set->cred.k, 16);
    vectors_octets(json, "opc", set->cred.opc, 16);
    vectors_octets(json, "op", set->op, 16);
    vectors_octets(json, "rand", set->rand, 16);
    vectors_octets(json, "sqn", set->sqn, 6);
    vectors_octets(json, "amf", set->amf, 2);
    vectors_octets(json, "f1", set->out.mac_a, 8);
    vectors_octets(json, "f1star", set->out.mac_s, 8);
    memset(set->out.res, 0x55, sizeof set->out.res); /* what Milenage leaves */
    vectors_octets(json, "f2", set->out.res, 8);
    set->out.res_len = 8;
    vectors_octets(json, "f3", set->out.ck, 16);
    vectors_octets(json, "f4", set->out.ik, 16);
    vectors_octets(json, "f5", set->out.ak, 6);
    vectors_octets(json, "f5star", set->out.ak_star, 6);
}

/* All sets of TS 35.208 4.3, by every function; the two halves together must be what milenage_all
 * gives. */
static void functions_give_ts_35_208(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("milenage.json");
    json_t *json = NULL;
    size_t index = 0;

    json_array_foreach(json_object_get(root, "tests"), index, json)
    {
        struct set set;
        struct aka_out all;
        struct aka_out halves;
        uint8_t opc[16];

        read_set(json, &set);
        assert_true(milenage_opc(port, set.cred.k, set.op, opc));
        assert_memory_equal(opc, set.cred.opc, 16);
        memset(&all, 0x55, sizeof all);
        assert_true(milenage_all(port, &set.cred, set.rand, set.sqn, set.amf, &all));
        assert_memory_equal(&all, &set.out, sizeof all);
        memset(&halves, 0x55, sizeof halves);
        assert_true(milenage_f2345(port, &set.cred, set.rand, &halves));
        assert_int_equal(halves.mac_a[0], 0x55); /* not touched */
        assert_true(milenage_f1(port, &set.cred, set.rand, set.sqn, set.amf, &halves));
        assert_memory_equal(&halves, &set.out, sizeof halves);
    }
    assert_int_equal(index, 20);
    json_decref(root);
}

static void opc_may_overwrite_op(void **state)
{
    const struct crypto_port *port = *state;
    json_t *root = vectors_load("milenage.json");
    struct set set;

    read_set(json_array_get(json_object_get(root, "tests"), 2), &set);
    assert_true(milenage_opc(port, set.cred.k, set.op, set.op));
    assert_memory_equal(set.op, set.cred.opc, 16);
    json_decref(root);
}

/* A port whose n-th call fails. */
struct failing {
    int calls_left;
};

static bool failing_set_key(void *ctx, const uint8_t *key, size_t key_len)
{
    struct failing *failing = ctx;

    (void)key;
    (void)key_len;
    return failing->calls_left-- > 0;
}

static bool failing_encrypt(void *ctx, const uint8_t *in, uint8_t *out, size_t blocks)
{
    struct failing *failing = ctx;

    memmove(out, in, blocks * 16);
    return failing->calls_left-- > 0;
}

static void failure_of_the_port_is_passed_up(void **state)
{
    struct failing failing = {0};
    struct crypto_port port = {
        .ctx = &failing, .aes_set_key = failing_set_key, .aes_encrypt = failing_encrypt};
    struct aka_credentials cred = {.algorithm = AKA_MILENAGE};
    uint8_t zero[16] = {0};
    struct aka_out out;

    (void)state;
    for (int calls = 0; calls <= 3; calls++) {
        failing.calls_left = calls;
        assert_int_equal(milenage_all(&port, &cred, zero, zero, zero, &out), calls == 3);
        failing.calls_left = calls;
        assert_int_equal(milenage_f1(&port, &cred, zero, zero, zero, &out), calls == 3);
        failing.calls_left = calls;
        assert_int_equal(milenage_f2345(&port, &cred, zero, &out), calls == 3);
        failing.calls_left = calls;
        assert_int_equal(milenage_opc(&port, zero, zero, cred.opc), calls >= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_give_ts_35_208),
        cmocka_unit_test(opc_may_overwrite_op),
        cmocka_unit_test(failure_of_the_port_is_passed_up),
    };

    return cmocka_run_group_tests(tests, vectors_setup_port, vectors_teardown_port);
}
