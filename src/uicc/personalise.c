#include "uicc/personalise.h"

#include <string.h>

#include "aka/functions.h"
#include "base/bytes.h"
#include "uicc/layout.h"
#include "uicc/pin.h"
#include "uicc/profile_files.h"

#define SLOTS       96u /* directory entries: nearly half are free for files created later */
#define DIRECTORY   UICC_SECURITY_END
#define BODIES      (DIRECTORY + SLOTS * UICC_ENTRY_SIZE)
#define CLASSES_0_9 0x03FFu
#define CLASS_10    0x0400u
#define ARR_OF_MF   0x2F06u
#define ARR_OF_ADF  0x6F06u

static size_t text_length(const char *text, size_t max)
{
    size_t n = 0;

    while (n < max && text[n] != '\0') {
        n++;
    }
    return n;
}

bool uicc_pin_from_text(const char *digits, size_t n, uint8_t out[UICC_PIN_OCTETS])
{
    if (n > UICC_PIN_OCTETS) {
        return false;
    }
    memset(out, 0xFF, UICC_PIN_OCTETS);
    memcpy(out, digits, n);
    return uicc_pin_well_formed(out);
}

static bool identities_are_valid(const struct uicc_profile *profile)
{
    struct iccid iccid;
    struct imsi imsi;
    size_t iccid_length = text_length(profile->iccid.digits, sizeof profile->iccid.digits);
    size_t imsi_length = text_length(profile->imsi.digits, sizeof profile->imsi.digits);

    return iccid_parse(profile->iccid.digits, iccid_length, &iccid) &&
           imsi_parse(profile->imsi.digits, imsi_length, &imsi) &&
           (profile->mnc_length == 2 || profile->mnc_length == 3);
}

static bool profile_is_valid(const struct uicc_profile *profile)
{
    unsigned classes = profile->access_classes & CLASSES_0_9;

    for (size_t i = 0; i < sizeof profile->spn && profile->spn[i] != '\0'; i++) {
        if (i == UICC_SPN_MAX || profile->spn[i] < ' ' || profile->spn[i] > '~') {
            return false;
        }
    }
    return identities_are_valid(profile) && aka_functions_of(&profile->credentials) != NULL &&
           profile->sqn.report <= SQN_REPORT_SLOT && uicc_pin_well_formed(profile->pin1) &&
           uicc_pin_well_formed(profile->pin2) && uicc_pin_well_formed(profile->puk1) &&
           uicc_pin_well_formed(profile->puk2) && classes != 0 && (classes & (classes - 1)) == 0 &&
           (profile->access_classes & CLASS_10) == 0 && profile->more_adms <= UICC_MORE_ADMS &&
           (!profile->has_universal_pin || (uicc_pin_well_formed(profile->universal_pin) &&
                                            uicc_pin_well_formed(profile->universal_puk)));
}

static bool write_zeros(const struct uicc_nvm *nvm, uint32_t from, uint32_t to)
{
    static const uint8_t zeros[64] = {0};
    bool ok = true;

    while (ok && from < to) {
        uint32_t n = to - from < sizeof zeros ? to - from : (uint32_t)sizeof zeros;
        ok = nvm->write(nvm->ctx, from, zeros, n);
        from += n;
    }
    return ok;
}

/* A PIN to be written; `puk` NULL: it has none. */
struct pin_plan {
    uint8_t reference;
    uint8_t flags;
    uint8_t scope;
    const uint8_t *value;
    const uint8_t *puk;
};

static bool write_pin(const struct uicc_nvm *nvm, uint32_t index, const struct pin_plan *plan)
{
    uint8_t slot[UICC_PIN_SLOT_SIZE] = {0};

    slot[UICC_PIN_AT_REFERENCE] = plan->reference;
    slot[UICC_PIN_AT_FLAGS] = plan->flags;
    slot[UICC_PIN_AT_SCOPE] = plan->scope;
    slot[UICC_PIN_AT_TRIES] = UICC_PIN1_TRIES;
    slot[UICC_PIN_AT_TRIES_MAX] = UICC_PIN1_TRIES;
    memcpy(slot + UICC_PIN_AT_VALUE, plan->value, UICC_PIN_SIZE);
    if (plan->puk != NULL) {
        slot[UICC_PIN_AT_PUK_TRIES] = UICC_PUK_TRIES;
        slot[UICC_PIN_AT_PUK_MAX] = UICC_PUK_TRIES;
        memcpy(slot + UICC_PIN_AT_PUK, plan->puk, UICC_PIN_SIZE);
    }
    bool ok = nvm->write(nvm->ctx, UICC_AT_PINS + index * UICC_PIN_SLOT_SIZE, slot, sizeof slot);
    bytes_wipe(slot, sizeof slot);
    return ok;
}

static bool write_pins(const struct uicc_nvm *nvm, const struct uicc_profile *profile)
{
    uint8_t pin1 = UICC_PIN_CAN_SWITCH | UICC_PIN_DIGITS;
    uint8_t other = UICC_PIN_ENABLED | UICC_PIN_DIGITS;

    if (profile->pin1_enabled) {
        pin1 |= UICC_PIN_ENABLED;
    }
    const struct pin_plan pins[] = {
        {UICC_KEY_PIN1, pin1, 0, profile->pin1, profile->puk1},
        {UICC_KEY_PIN2, other, UICC_PLAN_ADF_USIM, profile->pin2, profile->puk2},
        {UICC_KEY_ADM1, UICC_PIN_ENABLED, 0, profile->adm1, NULL},
        {UICC_KEY_UNIVERSAL, other, 0, profile->universal_pin, profile->universal_puk},
    };
    uint32_t count = profile->has_universal_pin ? ARRAY_LEN(pins) : ARRAY_LEN(pins) - 1;
    bool ok = true;

    for (uint32_t i = 0; ok && i < count; i++) {
        ok = write_pin(nvm, i, &pins[i]);
    }
    for (uint8_t i = 0; ok && i < profile->more_adms; i++) {
        struct pin_plan adm = {.reference = (uint8_t)(UICC_KEY_ADM1 + 1 + i),
                               .flags = UICC_PIN_ENABLED,
                               .value = profile->adm[i]};
        ok = write_pin(nvm, count + i, &adm);
    }
    return ok;
}

static bool write_security(const struct uicc_nvm *nvm, const struct uicc_profile *profile)
{
    const struct aka_credentials *cred = &profile->credentials;
    bool tuak = cred->algorithm == AKA_TUAK;
    uint8_t kinds[5] = {(uint8_t)cred->algorithm, (uint8_t)profile->sqn.report,
                        tuak ? cred->k_len : 0, tuak ? cred->res_len : 0,
                        tuak ? cred->iterations : 0};
    uint8_t limits[16];

    be64_put(limits, profile->sqn.delta);
    be64_put(limits + 8, profile->sqn.age_limit);
    return nvm->write(nvm->ctx, UICC_AT_ALGORITHM, kinds, sizeof kinds) &&
           nvm->write(nvm->ctx, UICC_AT_K, cred->k, sizeof cred->k) &&
           nvm->write(nvm->ctx, UICC_AT_OPC, cred->opc, sizeof cred->opc) &&
           nvm->write(nvm->ctx, UICC_AT_SQN_DELTA, limits, sizeof limits) &&
           write_pins(nvm, profile);
}

/* Writes the directory entry `index` and the body at `at` of one file. */
static bool write_file(const struct uicc_nvm *nvm, const struct uicc_profile *profile,
                       const struct uicc_file_plan *plan, uint16_t index, uint32_t at)
{
    bool is_record = plan->kind == UICC_KIND_LINEAR_FIXED || plan->kind == UICC_KIND_CYCLIC;
    uint8_t entry[UICC_ENTRY_SIZE];
    uint8_t unit[UINT8_MAX];
    struct uicc_file file = {
        .fid = plan->fid,
        .parent = index == UICC_MF ? UICC_NO_FILE : plan->parent,
        .kind = (enum uicc_file_kind)plan->kind,
        .life_cycle = UICC_LIFE_ACTIVATED,
        .sfi = plan->sfi,
        .flags = plan->flags,
        .arr_fid = plan->parent == UICC_MF ? ARR_OF_MF : ARR_OF_ADF,
        .arr_record = plan->rule,
        .record_length = is_record ? plan->unit : 0,
        .record_count = is_record ? plan->count : 0,
        .body = at,
        .size = (uint32_t)plan->unit * plan->count,
    };

    uicc_entry_encode(&file, entry);
    bool ok = nvm->write(nvm->ctx, DIRECTORY + index * UICC_ENTRY_SIZE, entry, sizeof entry);
    for (unsigned number = 1; ok && number <= plan->count; number++) {
        memset(unit, 0xFF, sizeof unit);
        if (plan->fill != NULL) {
            plan->fill(profile, plan, number, unit);
        }
        ok = nvm->write(nvm->ctx, at, unit, plan->unit);
        at += plan->unit;
    }
    return ok;
}

static bool write_header(const struct uicc_nvm *nvm, uint32_t bodies_end)
{
    uint8_t header[UICC_HEADER_SIZE] = {0};

    memcpy(header + UICC_AT_MAGIC, uicc_magic, UICC_MAGIC_SIZE);
    be16_put(header + UICC_AT_VERSION, UICC_LAYOUT_VERSION);
    be16_put(header + UICC_AT_SLOTS, SLOTS);
    be32_put(header + UICC_AT_DIRECTORY, DIRECTORY);
    be32_put(header + UICC_AT_BODIES, BODIES);
    be32_put(header + UICC_AT_BODIES_END, bodies_end);
    return nvm->write(nvm->ctx, 0, header, sizeof header);
}

/* Writes the whole image, the header last; the commit is the caller's. */
static bool write_image(const struct uicc_nvm *nvm, const struct uicc_profile *profile)
{
    size_t count = 0;
    const struct uicc_file_plan *plan = uicc_profile_files(&count);
    uint32_t at = BODIES;
    uint16_t index = 0;
    bool ok = write_zeros(nvm, 0, BODIES) && write_security(nvm, profile);

    for (size_t i = 0; ok && i < count; i++) {
        if (uicc_profile_wants(profile, &plan[i])) {
            ok = write_file(nvm, profile, &plan[i], index++, at);
            at += (uint32_t)plan[i].unit * plan[i].count;
        }
    }
    return ok && write_zeros(nvm, at, nvm->size) && write_header(nvm, at);
}

/* Octets that an image of this profile takes. */
static uint32_t image_size(const struct uicc_profile *profile)
{
    size_t count = 0;
    const struct uicc_file_plan *plan = uicc_profile_files(&count);
    uint32_t size = BODIES;

    for (size_t i = 0; i < count; i++) {
        if (uicc_profile_wants(profile, &plan[i])) {
            size += (uint32_t)plan[i].unit * plan[i].count;
        }
    }
    return size;
}

enum uicc_personalise_result uicc_personalise(const struct uicc_nvm *nvm,
                                              const struct uicc_profile *profile)
{
    if (!profile_is_valid(profile)) {
        return UICC_PERSONALISE_INVALID;
    }
    if (image_size(profile) > nvm->size) {
        return UICC_PERSONALISE_TOO_SMALL;
    }
    if (!write_image(nvm, profile)) {
        nvm->rollback(nvm->ctx);
        return UICC_PERSONALISE_MEMORY_ERROR;
    }
    return nvm->commit(nvm->ctx) ? UICC_PERSONALISE_OK : UICC_PERSONALISE_MEMORY_ERROR;
}
