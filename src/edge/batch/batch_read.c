/* Reads batch files, which come from outside: every member is checked, unknown ones are refused. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "aka/functions.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "edge/batch/batch_file.h"
#include "edge/batch/batch_internal.h"
#include "edge/file/file_io.h"

#define BATCH_SIZE_MAX ((size_t)512 * 1024 * 1024)

/* Every member of `object` must be one of `names`. */
static bool check_members(json_t *object, const char *const *names, size_t count,
                          struct fault *fault)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        bool known = false;

        for (size_t i = 0; i < count; i++) {
            known = known || strcmp(key, names[i]) == 0;
        }
        if (!known) {
            return fault_set(fault, "unknown member \"%.40s\"", key);
        }
    }
    return true;
}

/* The text of a member; NULL with a fault. */
static const char *text_of(const json_t *object, const char *name, struct fault *fault)
{
    const json_t *value = json_object_get(object, name);

    if (value == NULL) {
        (void)fault_set(fault, "%s: missing", name);
        return NULL;
    }
    /* A NUL inside would hide what follows it. */
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
        (void)fault_set(fault, "%s: expected a text", name);
        return NULL;
    }
    return json_string_value(value);
}

static bool read_sealed(const json_t *json, struct keyring *keyring, struct batch_card *card,
                        struct fault *fault)
{
    uint8_t sealed[CARD_SECRETS_SEALED];
    size_t n;
    const char *text = text_of(json, "sealed", fault);

    if (text == NULL) {
        return false;
    }
    if (!hex_decode(text, strlen(text), sealed, sizeof sealed, &n)) {
        return fault_set(fault, "sealed: expected hexadecimal digits, at most %d",
                         2 * CARD_SECRETS_SEALED);
    }
    return card_secrets_unseal(keyring, &card->iccid, &card->imsi, sealed, n, &card->secrets,
                               fault) ||
           fault_prefix(fault, "sealed");
}

static bool read_card(json_t *json, json_int_t version, const struct plmn *plmn,
                      struct keyring *keyring, struct batch_card *card, struct fault *fault)
{
    static const char *const names[] = {"iccid", "imsi", "algorithm", "sealed"};

    if (!json_is_object(json)) {
        return fault_set(fault, "expected an object");
    }
    const char *iccid = text_of(json, "iccid", fault);
    const char *imsi = iccid == NULL ? NULL : text_of(json, "imsi", fault);
    const char *algorithm = imsi == NULL ? NULL : text_of(json, "algorithm", fault);
    if (algorithm == NULL || !check_members(json, names, ARRAY_LEN(names), fault)) {
        return false;
    }
    if (!iccid_parse(iccid, strlen(iccid), &card->iccid)) {
        return fault_set(fault, "iccid: expected 19 or 20 digits with a right check digit");
    }
    if (!imsi_parse(imsi, strlen(imsi), &card->imsi)) {
        return fault_set(fault, "imsi: expected 6 to 15 digits");
    }
    if (!imsi_in_plmn(&card->imsi, plmn)) {
        return fault_set(fault, "imsi: %s is not of the batch's PLMN", card->imsi.digits);
    }
    enum aka_algorithm named = aka_algorithm_of_name(algorithm, strlen(algorithm));

    if (version < BATCH_VERSION && named != AKA_MILENAGE) {
        return fault_set(fault, "algorithm: expected \"milenage\"");
    }
    if (!read_sealed(json, keyring, card, fault)) {
        return false;
    }
    return card->secrets.credentials.algorithm == named ||
           fault_set(fault, "algorithm: not the one of the sealed secrets");
}

/* The digits of one IMSI or ICCID. */
struct identity {
    const char *digits;
};

static int compare_identity(const void *a, const void *b)
{
    const struct identity *x = a;
    const struct identity *y = b;

    return strcmp(x->digits, y->digits);
}

/* Sorts the identities and looks for two that are the same. */
static bool all_different(struct identity *identities, size_t count, const char *what,
                          struct fault *fault)
{
    qsort(identities, count, sizeof *identities, compare_identity);
    for (size_t i = 1; i < count; i++) {
        if (compare_identity(&identities[i - 1], &identities[i]) == 0) {
            return fault_set(fault, "%s %s is in it twice", what, identities[i].digits);
        }
    }
    return true;
}

/* No IMSI and no ICCID twice. */
static bool check_unique(const struct batch *batch, struct fault *fault)
{
    struct identity *identities = calloc(batch->count + 1, sizeof *identities);

    if (identities == NULL) {
        return fault_set(fault, "out of memory");
    }
    for (size_t i = 0; i < batch->count; i++) {
        identities[i].digits = batch->cards[i].imsi.digits;
    }
    bool ok = all_different(identities, batch->count, "IMSI", fault);
    for (size_t i = 0; ok && i < batch->count; i++) {
        identities[i].digits = batch->cards[i].iccid.digits;
    }
    ok = ok && all_different(identities, batch->count, "ICCID", fault);
    free(identities);
    return ok;
}

static bool read_cards(json_t *cards, json_int_t version, struct keyring *keyring,
                       struct batch *batch, struct fault *fault)
{
    if (!json_is_array(cards)) {
        return fault_set(fault, "cards: expected a list");
    }
    if (!batch_allocate(batch, json_array_size(cards), fault)) {
        return false;
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (!read_card(json_array_get(cards, i), version, &batch->plmn, keyring, &batch->cards[i],
                       fault)) {
            return fault_prefix(fault, "card %zu", i + 1);
        }
    }
    return check_unique(batch, fault);
}

static bool read_root(json_t *root, struct keyring *keyring, struct batch *batch,
                      struct fault *fault)
{
    static const char *const names[] = {"format", "version", "plmn", "cards"};
    const json_t *version = json_object_get(root, "version");

    if (!json_is_object(root)) {
        return fault_set(fault, "expected an object");
    }
    const char *format = text_of(root, "format", fault);
    if (format == NULL || strcmp(format, BATCH_FORMAT) != 0) {
        return fault_set(fault, "no batch file: expected \"format\": \"" BATCH_FORMAT "\"");
    }
    if (!json_is_integer(version) || json_integer_value(version) < BATCH_OLDEST ||
        json_integer_value(version) > BATCH_VERSION) {
        return fault_set(fault, "version: this program reads versions %d and %d", BATCH_OLDEST,
                         BATCH_VERSION);
    }
    if (!check_members(root, names, ARRAY_LEN(names), fault)) {
        return false;
    }
    const char *plmn = text_of(root, "plmn", fault);
    if (plmn == NULL) {
        return false;
    }
    if (!plmn_parse(plmn, strlen(plmn), &batch->plmn)) {
        return fault_set(fault, "plmn: expected MCC/MNC, as in 001/01");
    }
    return read_cards(json_object_get(root, "cards"), json_integer_value(version), keyring, batch,
                      fault);
}

bool batch_file_read(const char *path, struct keyring *keyring, struct batch *out,
                     struct fault *fault)
{
    struct file_content content;
    json_error_t error;

    (void)memset(out, 0, sizeof *out);
    if (!file_read_secret(path, BATCH_SIZE_MAX, &content, fault)) {
        return false;
    }
    json_t *root =
        json_loadb((const char *)content.data, content.size, JSON_REJECT_DUPLICATES, &error);
    file_content_free(&content);
    if (root == NULL) {
        return fault_set(fault, "%s:%d: not JSON: %s", path, error.line, error.text);
    }
    bool ok = read_root(root, keyring, out, fault) || fault_prefix(fault, "%s", path);
    json_decref(root);
    if (!ok) {
        batch_free(out);
    }
    return ok;
}
