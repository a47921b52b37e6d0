#include "uicc/access.h"

#include <string.h>

#include "codec/tlv.h"
#include "uicc/files.h"
#include "uicc/layout.h"
#include "uicc/memory.h"
#include "uicc/pin.h"

/* Data objects of an access rule in expanded format, TS 102 221 9.2.4. */
#define TAG_ACCESS_MODE     0x80u
#define TAG_INSTRUCTION     0x84u
#define TAG_ALWAYS          0x90u
#define TAG_NEVER           0x97u
#define TAG_AUTHENTICATION  0xA4u /* control reference template: a PIN */
#define TAG_OR              0xA0u
#define TAG_AND             0xAFu
#define TAG_KEY_REFERENCE   0x83u
#define TAG_USAGE_QUALIFIER 0x95u
#define USAGE_PIN           0x08u

/* The control reference template names a PIN and says that its verification is meant. */
static bool pin_condition(struct uicc_card *card, const struct tlv *condition)
{
    struct tlv key;
    struct tlv usage;

    return tlv_find(condition->value, condition->length, TAG_KEY_REFERENCE, &key) &&
           key.length == 1 &&
           tlv_find(condition->value, condition->length, TAG_USAGE_QUALIFIER, &usage) &&
           usage.length == 1 && (usage.value[0] & USAGE_PIN) != 0 &&
           uicc_pin_satisfied(card, key.value[0]);
}

static bool simple_condition(struct uicc_card *card, const struct tlv *condition)
{
    return condition->tag == TAG_ALWAYS ||
           (condition->tag == TAG_AUTHENTICATION && pin_condition(card, condition));
}

/* A condition, or an OR or AND template of conditions (which are not nested further). */
static bool condition_holds(struct uicc_card *card, const struct tlv *condition)
{
    struct tlv_reader reader;
    struct tlv part;
    unsigned parts = 0;
    unsigned fulfilled = 0;

    if (condition->tag != TAG_OR && condition->tag != TAG_AND) {
        return simple_condition(card, condition);
    }
    tlv_read(&reader, condition->value, condition->length);
    while (tlv_next(&reader, &part)) {
        parts++;
        fulfilled += simple_condition(card, &part);
    }
    if (reader.malformed) {
        return false;
    }
    return condition->tag == TAG_OR ? fulfilled > 0 : parts > 0 && fulfilled == parts;
}

/* What is to be done: an operation with a bit of its own, or a command named by instruction. */
struct operation {
    uint8_t am;
    uint8_t ins;
};

static bool is_access_mode(const struct tlv *object)
{
    return (object->tag & 0xF0u) == TAG_ACCESS_MODE && object->tag <= 0x8Fu;
}

static bool access_mode_matches(const struct tlv *object, struct operation operation)
{
    if (object->tag == TAG_ACCESS_MODE) {
        return object->length == 1 && (object->value[0] & operation.am) != 0;
    }
    return object->tag == TAG_INSTRUCTION && operation.ins != 0 &&
           memchr(object->value, operation.ins, object->length) != NULL;
}

/* A rule is access modes, each followed by conditions one of which must hold; access modes in a row
 * share the conditions behind them. */
static bool rule_allows(struct uicc_card *card, const uint8_t *rule, size_t length,
                        struct operation operation)
{
    struct tlv_reader reader;
    struct tlv object;
    bool applies = false;
    bool in_a_row = false;

    tlv_read(&reader, rule, length);
    while (tlv_next(&reader, &object)) {
        if (is_access_mode(&object)) {
            applies = (in_a_row && applies) || access_mode_matches(&object, operation);
            in_a_row = true;
            continue;
        }
        in_a_row = false;
        if (applies && condition_holds(card, &object)) {
            return true;
        }
    }
    return false;
}

/* The EF_ARR that a rule reference means: the nearest with this identifier on the way up to the MF.
 */
static bool find_arr(struct uicc_card *card, uint16_t index, const struct uicc_file *file,
                     struct uicc_file *arr)
{
    uint16_t df = file->kind == UICC_KIND_MF ? index : file->parent;
    struct uicc_file up;

    for (unsigned depth = 0; depth <= UICC_DEPTH_MAX; depth++) {
        uint16_t found = uicc_find_child(card, df, file->arr_fid);
        if (found != UICC_NO_FILE) {
            return uicc_file_get(card, found, arr) && arr->kind == UICC_KIND_LINEAR_FIXED;
        }
        if (!uicc_file_get(card, df, &up)) {
            return false;
        }
        df = up.parent;
    }
    return false;
}

static bool is_allowed(struct uicc_card *card, uint16_t index, struct operation operation)
{
    struct uicc_file file;
    struct uicc_file arr;
    uint8_t rule[255];

    if (!uicc_file_get(card, index, &file) || !find_arr(card, index, &file, &arr) ||
        file.arr_record == 0 || file.arr_record > arr.record_count) {
        return false;
    }
    return uicc_read(card, uicc_record_offset(&arr, file.arr_record), rule, arr.record_length) &&
           rule_allows(card, rule, arr.record_length, operation);
}

bool uicc_access_allowed(struct uicc_card *card, uint16_t index, uint8_t am)
{
    return is_allowed(card, index, (struct operation){.am = am});
}

bool uicc_access_allowed_ins(struct uicc_card *card, uint16_t index, uint8_t ins)
{
    return is_allowed(card, index, (struct operation){.ins = ins});
}
