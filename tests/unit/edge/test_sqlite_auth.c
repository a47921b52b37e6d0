/* The encoding of the authentication state: back and forth, and any octets at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "edge/sqlite/sqlite_auth.h"

#define PLACE_LEN (37 + 4 * HOME_ULRS) /* in the blob, without audit and resync */

/* A new member of these structs must get its place in the blob (and its lines below). */
_Static_assert(sizeof(struct audit_pending) == 48, "struct audit_pending has changed");
_Static_assert(sizeof(struct resync_pending) == 24, "struct resync_pending has changed");
_Static_assert(sizeof(struct serving_node_use) == 128, "struct serving_node_use has changed");

static void fill(struct auth_state *auth)
{
    (void)memset(auth, 0, sizeof *auth);
    auth->stale_unanswered = 1;
    auth->suspicion_left = 2;
    auth->audits = 0xA0B0C0D0;
    auth->nodes[0] = (struct serving_node_use){.id = 1};
    auth->nodes[3] = (struct serving_node_use){
        .id = 0x0102030405060708,
        .last_at_ms = -1,
        .maybe_unused = 4,
        .skips = 5,
        .plain_seq = 6,
        .plain_at_ms = 7,
        .ulrs = {8, 0xFFFFFFFF, 18, 19},
        .ulr_count = HOME_ULRS,
        .audit = {.open = true,
                  .rand = {9, 10},
                  .mark = {.seq = 11, .ind = 12, .set = true},
                  .ind = 13,
                  .at_ms = 14,
                  .skipped = true},
        .resync = {.open = true, .seq = 15, .older_unused = true, .answers = 16, .at_ms = 17}};
    auth->nodes[7] = (struct serving_node_use){
        .id = UINT64_MAX, .audit = {.open = true, .rand = {1}}, .resync = {.open = false}};
}

static void assert_same_node(const struct serving_node_use *a, const struct serving_node_use *b)
{
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->last_at_ms, b->last_at_ms);
    assert_int_equal(a->maybe_unused, b->maybe_unused);
    assert_int_equal(a->skips, b->skips);
    assert_int_equal(a->plain_seq, b->plain_seq);
    assert_int_equal(a->plain_at_ms, b->plain_at_ms);
    assert_memory_equal(a->ulrs, b->ulrs, sizeof a->ulrs);
    assert_int_equal(a->ulr_count, b->ulr_count);
    assert_int_equal(a->audit.open, b->audit.open);
    assert_memory_equal(a->audit.rand, b->audit.rand, 16);
    assert_int_equal(a->audit.mark.seq, b->audit.mark.seq);
    assert_int_equal(a->audit.mark.ind, b->audit.mark.ind);
    assert_int_equal(a->audit.mark.set, b->audit.mark.set);
    assert_int_equal(a->audit.ind, b->audit.ind);
    assert_int_equal(a->audit.at_ms, b->audit.at_ms);
    assert_int_equal(a->audit.skipped, b->audit.skipped);
    assert_int_equal(a->resync.open, b->resync.open);
    assert_int_equal(a->resync.seq, b->resync.seq);
    assert_int_equal(a->resync.older_unused, b->resync.older_unused);
    assert_int_equal(a->resync.answers, b->resync.answers);
    assert_int_equal(a->resync.at_ms, b->resync.at_ms);
}

static void test_round_trip(void **state)
{
    struct auth_state a;
    struct auth_state b;
    uint8_t blob[AUTH_BLOB_MAX];
    struct fault fault;

    (void)state;
    fill(&a);
    size_t n = auth_encode(&a, blob);
    (void)memset(&b, 0xEE, sizeof b.nodes);
    assert_true(auth_decode(blob, n, &b, &fault));
    assert_int_equal(b.stale_unanswered, 1);
    assert_int_equal(b.suspicion_left, 2);
    assert_int_equal(b.audits, 0xA0B0C0D0);
    for (size_t i = 0; i < HOME_NODES; i++) {
        assert_same_node(&a.nodes[i], &b.nodes[i]);
    }
}

static void test_largest_and_smallest(void **state)
{
    struct auth_state a;
    struct auth_state b = {0};
    uint8_t blob[AUTH_BLOB_MAX];
    struct fault fault;

    (void)state;
    fill(&a);
    for (size_t i = 0; i < HOME_NODES; i++) {
        a.nodes[i] = a.nodes[3];
    }
    assert_int_equal(auth_encode(&a, blob), AUTH_BLOB_MAX);
    assert_true(auth_decode(blob, AUTH_BLOB_MAX, &b, &fault));
    (void)memset(&a, 0, sizeof a);
    assert_int_equal(auth_encode(&a, blob), 8);
    assert_true(auth_decode(blob, 8, &b, &fault));
    assert_int_equal(b.nodes[3].id, 0); /* what was there before is gone */
}

static void test_every_truncation_is_refused(void **state)
{
    struct auth_state a;
    struct auth_state b = {0};
    uint8_t blob[AUTH_BLOB_MAX + 1];
    struct fault fault;

    (void)state;
    fill(&a);
    size_t n = auth_encode(&a, blob);
    for (size_t cut = 0; cut < n; cut++) {
        uint8_t *exact = malloc(cut + (cut == 0)); /* so that reading past the end is seen */

        assert_non_null(exact);
        (void)memcpy(exact, blob, cut);
        assert_false(auth_decode(exact, cut, &b, &fault));
        free(exact);
    }
    blob[n] = 0;
    assert_false(auth_decode(blob, n + 1, &b, &fault));
}

static void refuse_at(size_t at, uint8_t value)
{
    struct auth_state a;
    struct auth_state b = {0};
    uint8_t blob[AUTH_BLOB_MAX];
    struct fault fault;

    fill(&a);
    size_t n = auth_encode(&a, blob);
    blob[at] = value;
    assert_false(auth_decode(blob, n, &b, &fault));
}

static void test_values_out_of_range(void **state)
{
    (void)state;
    const size_t first = 8; /* after the head; place 0 has nothing open */
    const size_t third = first + PLACE_LEN;
    const size_t audit = third + PLACE_LEN;
    const size_t resync = audit + 34;

    refuse_at(0, 2);                      /* format */
    refuse_at(7, HOME_NODES + 1);         /* more places than there are */
    refuse_at(first, HOME_NODES);         /* no such place */
    refuse_at(first + 1, 0x20);           /* unknown flag */
    refuse_at(first + 9, 0);              /* node id 0 is a free place */
    refuse_at(third, 0);                  /* a place twice */
    refuse_at(third + 20, 1);             /* plain_seq above 43 bits */
    refuse_at(third + 36, HOME_ULRS + 1); /* more requests than there are places for */
    refuse_at(audit + 16, 1);             /* mark above 43 bits */
    refuse_at(audit + 24, 32);            /* no such IND */
    refuse_at(audit + 25, 32);
    refuse_at(resync, 1); /* seq above 43 bits */
}

static void test_random_octets(void **state)
{
    uint8_t blob[256];
    struct auth_state b = {0};
    struct fault fault;
    unsigned seed = 1;

    (void)state;
    for (int run = 0; run < 100000; run++) {
        size_t n = (size_t)rand_r(&seed) % sizeof blob;

        for (size_t i = 0; i < n; i++) {
            blob[i] = (uint8_t)rand_r(&seed);
        }
        if (n > 8) {
            blob[0] = 1;
            blob[7] = 1 + blob[7] % 2;
        }
        (void)auth_decode(blob, n, &b, &fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_largest_and_smallest),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_values_out_of_range),
        cmocka_unit_test(test_random_octets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
