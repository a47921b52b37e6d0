/* What the tests of src/home/audit.c share: one step of an audit each, and what was given before.
 */
#ifndef MOORING_TESTS_AUDIT_BENCH_H
#define MOORING_TESTS_AUDIT_BENCH_H

#include "home_fixture.h"

#include <stdio.h>

#include "aka/sqn.h"
#include "home/audit.h"
#include "home/sequence.h"

#define NODE  11
#define NODE2 22
#define LATER (2 * (int64_t)f->context.confirm_window_ms) /* too late for a repetition */

/* What the tests need to remember between steps. */
struct bench {
    uint8_t rand[16];
    uint32_t end_to_end;
};

static inline struct bench bench(void)
{
    return (struct bench){.end_to_end = 1000};
}

static inline uint8_t stale(struct home_fixture *f, struct bench *b, uint64_t node,
                            enum audit_reason reason)
{
    b->rand[0]++;
    return audit_open(&f->subscription, &f->context, node, reason, b->rand);
}

static inline void auts(struct home_fixture *f, const struct bench *b, uint64_t node, uint64_t seq,
                        uint8_t ind)
{
    audit_auts(&f->subscription, &f->context, node, b->rand, sqn_make(seq, ind));
}

static inline bool ulr(struct home_fixture *f, struct bench *b, uint64_t node)
{
    return audit_registration(&f->subscription, &f->context, node, ++b->end_to_end, false);
}

static inline void answered(struct home_fixture *f, uint64_t node, uint64_t seq,
                            bool resynchronised)
{
    struct serving_node_use *use = sequence_node(&f->subscription.auth, node, f->context.now_ms);

    audit_answered(&f->context, use, seq, 1, resynchronised);
}

static inline void set_mark(struct sqn_mark *mark, uint64_t seq, uint8_t ind)
{
    *mark = (struct sqn_mark){.seq = seq, .ind = ind, .set = true};
}

static inline void expect_reason(const struct home_fixture *f, size_t event, const char *reason)
{
    char text[64];

    (void)snprintf(text, sizeof text, "\"reason\":\"%s\"", reason);
    assert_non_null(strstr(f->events.items[event].detail, text));
}

#endif
