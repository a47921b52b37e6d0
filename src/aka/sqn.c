#include "aka/sqn.h"

#include <stddef.h>

/* The slot of SEQ_MAX, the highest SEQ accepted anywhere; the lowest of several with the same. */
static uint8_t highest_slot(const struct sqn_array *array)
{
    uint8_t slot = 0;

    for (uint8_t i = 1; i < SQN_IND_COUNT; i++) {
        if (array->seq[i] > array->seq[slot]) {
            slot = i;
        }
    }
    return slot;
}

enum sqn_verdict sqn_check(const struct sqn_array *array, const struct sqn_parameters *parameters,
                           uint64_t sqn)
{
    uint64_t seq = sqn_seq(sqn);
    uint64_t seq_max = array->seq[highest_slot(array)];

    if (seq > SQN_SEQ_MAX) { /* more than 48 bits: no SQN at all */
        return SQN_TOO_FAR;
    }
    if (parameters->delta != 0 && seq > seq_max && seq - seq_max > parameters->delta) {
        return SQN_TOO_FAR;
    }
    if (parameters->age_limit != 0 && seq < seq_max && seq_max - seq >= parameters->age_limit) {
        return SQN_TOO_OLD;
    }
    return seq > array->seq[sqn_ind(sqn)] ? SQN_FRESH : SQN_NOT_GREATER;
}

void sqn_accept(struct sqn_array *array, uint64_t sqn)
{
    uint64_t *seq_ms = &array->seq[sqn_ind(sqn)];

    if (sqn_seq(sqn) > *seq_ms) { /* whatever a caller does, SEQ_MS(i) never goes back */
        *seq_ms = sqn_seq(sqn);
    }
}

uint64_t sqn_reported(const struct sqn_array *array, const struct sqn_parameters *parameters,
                      uint64_t refused_sqn)
{
    uint8_t slot =
        parameters->report == SQN_REPORT_SLOT ? sqn_ind(refused_sqn) : highest_slot(array);

    return sqn_make(array->seq[slot], slot);
}
