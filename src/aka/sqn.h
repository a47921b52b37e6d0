/*
 * Sequence numbers, TS 33.102 annex C: SQN (48 bits) = SEQ (43 bits) || IND (5 bits).
 * The card's side is an array of 32 highest accepted SEQ, one for each IND (C.2); the AuC's side is
 * a counter of SEQ with an IND of the serving node's (C.1.1.1, not time-based).
 */
#ifndef MOORING_AKA_SQN_H
#define MOORING_AKA_SQN_H

#include <stdbool.h>
#include <stdint.h>

#define SQN_IND_BITS  5
#define SQN_IND_COUNT (1u << SQN_IND_BITS)
#define SQN_SEQ_MAX   ((UINT64_C(1) << (48 - SQN_IND_BITS)) - 1)
#define SQN_DELTA     (UINT64_C(1) << 28) /* recommended limit of one jump, C.3.2 */

static inline uint64_t sqn_make(uint64_t seq, uint8_t ind)
{
    return seq << SQN_IND_BITS | (ind & (SQN_IND_COUNT - 1));
}

static inline uint64_t sqn_seq(uint64_t sqn)
{
    return sqn >> SQN_IND_BITS;
}

static inline uint8_t sqn_ind(uint64_t sqn)
{
    return (uint8_t)(sqn & (SQN_IND_COUNT - 1));
}

/* What a card puts into AUTS: cards in the field do either. */
enum sqn_report {
    SQN_REPORT_HIGHEST = 0, /* SEQ_MAX with the IND of its slot, the lowest of equals (C.2.2) */
    SQN_REPORT_SLOT = 1,    /* the SEQ of the slot that the challenge named */
};

struct sqn_parameters {
    uint64_t delta;     /* highest accepted jump above SEQ_MAX; 0: no limit */
    uint64_t age_limit; /* L: a SEQ this far or further below SEQ_MAX is too old; 0: no limit */
    enum sqn_report report;
};

/* The card's memory: SEQ_MS(i). All zero in a new card. */
struct sqn_array {
    uint64_t seq[SQN_IND_COUNT];
};

enum sqn_verdict {
    SQN_FRESH,
    SQN_NOT_GREATER, /* SEQ <= SEQ_MS(i) */
    SQN_TOO_OLD,     /* SEQ_MAX - SEQ >= L */
    SQN_TOO_FAR,     /* SEQ - SEQ_MAX > delta */
};

/* C.2.1 and C.2.2: judges `sqn`, of which only 48 bits may be used; changes nothing. When several
 * grounds hold, the jump is named before the age and the age before the slot. */
enum sqn_verdict sqn_check(const struct sqn_array *array, const struct sqn_parameters *parameters,
                           uint64_t sqn);

/* Takes an SQN that sqn_check called fresh into the array. No slot ever goes back. */
void sqn_accept(struct sqn_array *array, uint64_t sqn);

/* The SQN_MS (48 bits) that the card reports when it refuses `refused_sqn`. */
uint64_t sqn_reported(const struct sqn_array *array, const struct sqn_parameters *parameters,
                      uint64_t refused_sqn);

#endif
