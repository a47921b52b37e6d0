/* What a random session with a card consists of: operations, drawn from a seed, and their APDUs. */
#ifndef MOORING_TESTS_PROPERTY_CARD_OP_H
#define MOORING_TESTS_PROPERTY_CARD_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OP_DATA_MAX 40
#define OP_APDU_MAX 261

#define OP_FID_DF 0x5F10u /* the DF under the MF that sessions create and delete */

/* Access rules: records of the MF's EF_ARR. */
#define OP_RULE_DF   5 /* everything: ADM1 */
#define OP_RULE_EF   6 /* read: always; INCREASE: PIN1; all else: ADM1 */
#define OP_RULE_PIN1 7 /* read and update: PIN1; INCREASE: never; all else: ADM1 */

enum op_kind {
    OP_SELECT,
    OP_SELECT_USIM,
    OP_READ_BINARY,
    OP_UPDATE_BINARY,
    OP_READ_RECORD,
    OP_UPDATE_RECORD,
    OP_INCREASE,
    OP_SEARCH,
    OP_RETRIEVE,
    OP_SET,
    OP_CREATE,
    OP_CREATE_DF,
    OP_DELETE,
    OP_RESIZE,
    OP_ACTIVATE,
    OP_DEACTIVATE,
    OP_TERMINATE_EF,
    OP_VERIFY,
    OP_CHANGE,
    OP_DISABLE,
    OP_ENABLE,
    OP_UNBLOCK,
    OP_OPEN,
    OP_CLOSE,
    OP_AUTHENTICATE,
    OP_RESET,
    OP_POWER,
    OP_KINDS
};

enum op_file { OP_TRANSPARENT, OP_LINEAR, OP_CYCLIC, OP_OBJECTS };
enum op_pin { OP_PIN1, OP_ADM1, OP_PINS };

struct card_op {
    enum op_kind kind;
    uint8_t channel;
    uint16_t fid;
    uint8_t number; /* record, offset, channel to open or close (0: the card chooses) */
    uint8_t mode;   /* of a record command */
    uint8_t n;      /* octets of `data`, or asked for */
    uint8_t data[OP_DATA_MAX];
    uint8_t tag;
    enum op_file file;
    uint16_t size;
    uint8_t record_length;
    uint8_t rule;
    enum op_pin pin;
    bool right;    /* the PIN (or PUK) sent is the right one */
    uint8_t value; /* which of two values a PIN gets */
    uint64_t seq;  /* of a challenge, IND 0 */
};

/* The two values that a PIN takes, and one that it never has. */
extern const uint8_t op_pin_values[2][8];
extern const uint8_t op_pin_never[8];
extern const uint8_t op_puk[8];

/* splitmix64: any seed is a good one. */
uint64_t op_random(uint64_t *seed);
uint64_t op_below(uint64_t *seed, uint64_t bound);

/* Draws an operation. */
struct card_op op_draw(uint64_t *seed);

/* Its APDU for all kinds but OP_AUTHENTICATE, OP_RESET and OP_POWER, to `out` (OP_APDU_MAX octets);
 * `pin` is the present value of the PIN. Returns its length. */
size_t op_encode(const struct card_op *op, const uint8_t pin[8], uint8_t *out);

#endif
