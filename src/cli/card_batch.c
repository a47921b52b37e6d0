#include "cli/card_batch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aka/functions.h"
#include "aka/milenage.h"
#include "aka/tuak.h"
#include "base/bytes.h"
#include "edge/batch/batch_file.h"
#include "edge/cardfile/card_file.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/nvm_ram.h"
#include "uicc/personalise.h"

const struct cli_option card_batch_options[] = {
    {"count", "N", "how many (default: 1)"},
    {"plmn", "MCC/MNC", "the operator that the subscriber chose"},
    {"first", "N", "number of the first one in IMSI and ICCID (default: 1)"},
    {"issuer", "DIGITS", "what ICCIDs begin with, E.118 (default: 8988211)"},
    {"algorithm", "NAME", "milenage (default), or tuak with a K of 256 bits"},
    {"key", "FILE", "key file that the batch is sealed with"},
    {"out", "DIR", "a new directory for images and batch file"},
    {"spn", "NAME", "service provider name in EF_SPN (default: none)"},
    {"no-pin", NULL, "PIN1 is disabled: nobody is there to type it"},
    {"reports", "HOW", "SQN_MS in AUTS: highest (default) or slot"},
    {0},
};

struct maker {
    struct openssl_crypto crypto;
    struct plmn plmn;
    char plmn_digits[8]; /* "00101" */
    const char *issuer;
    uint64_t first;
    const char *out;
    const char *spn;
    bool pin_enabled;
    enum aka_algorithm algorithm;
    enum sqn_report report;
};

static bool random_octets(struct maker *maker, void *out, size_t n)
{
    return maker->crypto.port.random(maker->crypto.port.ctx, out, n);
}

/* `digits` random decimal digits, padded with FF (TS 102 221 9.5.1). */
static bool random_pin(struct maker *maker, size_t digits, uint8_t pin[CARD_PIN_LEN])
{
    memset(pin, 0xFF, CARD_PIN_LEN);
    for (size_t i = 0; i < digits;) {
        uint8_t octet;

        if (!random_octets(maker, &octet, 1)) {
            return false;
        }
        if (octet < 250) { /* so that every digit is as likely as another */
            pin[i++] = (uint8_t)('0' + octet % 10);
        }
    }
    return true;
}

/* Each card has an OP (TOP) of its own, which nobody needs again: the card and the home network
 * keep OPc (TOPc). */
static bool make_milenage(struct maker *maker, struct aka_credentials *cred)
{
    uint8_t op[16];

    bool good = random_octets(maker, cred->k, 16) && random_octets(maker, op, sizeof op) &&
                milenage_opc(&maker->crypto.port, cred->k, op, cred->opc);
    bytes_wipe(op, sizeof op);
    return good;
}

static bool make_tuak(struct maker *maker, struct aka_credentials *cred)
{
    uint8_t top[TUAK_TOP_SIZE];

    cred->k_len = 32;
    cred->res_len = 8;
    cred->iterations = 1;
    struct tuak tuak = {.k = cred->k, .k_len = cred->k_len, .iterations = cred->iterations};
    bool good = random_octets(maker, cred->k, 32) && random_octets(maker, top, sizeof top) &&
                tuak_topc(&tuak, top, cred->opc);
    bytes_wipe(top, sizeof top);
    return good;
}

static bool make_secrets(struct maker *maker, struct card_secrets *secrets)
{
    secrets->credentials.algorithm = maker->algorithm;
    bool good = maker->algorithm == AKA_TUAK ? make_tuak(maker, &secrets->credentials)
                                             : make_milenage(maker, &secrets->credentials);

    return good && random_pin(maker, 4, secrets->pin1) && random_pin(maker, 8, secrets->puk1) &&
           random_pin(maker, 4, secrets->pin2) && random_pin(maker, 8, secrets->puk2) &&
           random_octets(maker, secrets->adm1, sizeof secrets->adm1);
}

/* IMSI: PLMN and number; ICCID: issuer, number, Luhn digit; 15 and 19 digits. */
static bool make_identities(const struct maker *maker, uint64_t number, struct batch_card *card,
                            struct fault *fault)
{
    char imsi[48];
    char iccid[64];
    int msin = 15 - (int)strlen(maker->plmn_digits);
    int account = 18 - (int)strlen(maker->issuer);

    int imsi_len = snprintf(imsi, sizeof imsi, "%s%0*" PRIu64, maker->plmn_digits, msin, number);
    int len = snprintf(iccid, sizeof iccid - 1, "%s%0*" PRIu64, maker->issuer, account, number);
    if (imsi_len == 15 && len == 18) {
        iccid[len] = luhn_digit(iccid, (size_t)len);
        iccid[len + 1] = '\0';
        if (imsi_parse(imsi, 15, &card->imsi) && iccid_parse(iccid, 19, &card->iccid)) {
            return true;
        }
    }
    return fault_set(fault, "number %" PRIu64 " gives no IMSI of 15 and ICCID of 19 digits",
                     number);
}

static bool write_image(struct maker *maker, const struct batch_card *card, struct fault *fault)
{
    static const char *const results[] = {"", "the card's data is invalid",
                                          "the memory is too small", "the memory failed"};
    char path[4096];
    struct uicc_nvm_ram ram;
    uint8_t *memory = calloc(2, UICC_IMAGE_SIZE);
    struct uicc_profile profile = {.iccid = card->iccid,
                                   .imsi = card->imsi,
                                   .mnc_length = (uint8_t)(strlen(maker->plmn_digits) - 3),
                                   .credentials = card->secrets.credentials,
                                   .sqn = {.delta = SQN_DELTA, .report = maker->report},
                                   .pin1_enabled = maker->pin_enabled};

    if (memory == NULL) {
        return fault_set(fault, "no memory");
    }
    memcpy(profile.pin1, card->secrets.pin1, sizeof profile.pin1);
    memcpy(profile.puk1, card->secrets.puk1, sizeof profile.puk1);
    memcpy(profile.pin2, card->secrets.pin2, sizeof profile.pin2);
    memcpy(profile.puk2, card->secrets.puk2, sizeof profile.puk2);
    memcpy(profile.adm1, card->secrets.adm1, sizeof profile.adm1);
    (void)snprintf(profile.spn, sizeof profile.spn, "%s", maker->spn);
    profile.access_classes =
        (uint16_t)(1u << (unsigned)(card->imsi.digits[14] - '0')); /* TS 22.011 4.2 */
    uicc_nvm_ram_init(&ram, memory, memory + UICC_IMAGE_SIZE, UICC_IMAGE_SIZE);
    enum uicc_personalise_result result = uicc_personalise(&ram.port, &profile);
    bytes_wipe(&profile, sizeof profile);
    (void)snprintf(path, sizeof path, "%s/%s.card", maker->out, card->iccid.digits);
    bool good = result == UICC_PERSONALISE_OK
                    ? card_file_create(path, &maker->crypto.port, memory, UICC_IMAGE_SIZE, fault)
                    : fault_set(fault, "%s: %s", path, results[result]);
    bytes_wipe(memory, 2 * (size_t)UICC_IMAGE_SIZE);
    free(memory);
    return good;
}

static bool make_cards(struct maker *maker, struct batch *batch, struct fault *fault)
{
    bool progress = isatty(STDERR_FILENO) && batch->count >= 1000;

    for (size_t i = 0; i < batch->count; i++) {
        struct batch_card *card = &batch->cards[i];

        if (!make_identities(maker, maker->first + i, card, fault)) {
            return false;
        }
        if (!make_secrets(maker, &card->secrets)) {
            return fault_set(fault, "the random source or the cipher failed");
        }
        if (!write_image(maker, card, fault)) {
            return false;
        }
        if (progress && (i + 1) % 100 == 0) {
            (void)fprintf(stderr, "\r%zu of %zu", i + 1, batch->count);
        }
    }
    if (progress) {
        (void)fprintf(stderr, "\r%*s\r", 40, "");
    }
    return true;
}

static bool make_batch(struct maker *maker, size_t count, const char *key, struct fault *fault)
{
    struct batch batch = {.plmn = maker->plmn};
    char path[4096];
    struct keyring *keyring = keyring_open(key, fault);

    if (keyring == NULL) {
        return false;
    }
    bool good = mkdir(maker->out, 0700) == 0 ||
                fault_set(fault, "%s: %s: --out takes a directory that does not exist yet",
                          maker->out, strerror(errno));
    (void)snprintf(path, sizeof path, "%s/batch.json", maker->out);
    good = good && batch_allocate(&batch, count, fault) && make_cards(maker, &batch, fault) &&
           batch_file_write(path, &batch, keyring, fault);
    if (good) {
        (void)printf("%zu UICCs in %s/, secrets sealed in %s\n"
                     "IMSI  %s to %s\nICCID %s to %s\n",
                     count, maker->out, path, batch.cards[0].imsi.digits,
                     batch.cards[count - 1].imsi.digits, batch.cards[0].iccid.digits,
                     batch.cards[count - 1].iccid.digits);
    }
    batch_free(&batch);
    keyring_close(keyring);
    return good;
}

int card_batch(const struct cli_args *args)
{
    struct maker maker = {.issuer = cli_value(args, "issuer", "8988211"),
                          .out = cli_value(args, "out", NULL),
                          .spn = cli_value(args, "spn", ""),
                          .pin_enabled = !cli_given(args, "no-pin")};
    const char *plmn = cli_value(args, "plmn", NULL);
    const char *key = cli_value(args, "key", NULL);
    const char *algorithm = cli_value(args, "algorithm", "milenage");
    const char *reports = cli_value(args, "reports", "highest");
    struct fault fault = {0};
    char text[8];
    uint64_t count;

    if (plmn == NULL || key == NULL || maker.out == NULL) {
        return cli_usage(args, "--plmn, --key and --out must be given");
    }
    if (!plmn_parse(plmn, strlen(plmn), &maker.plmn)) {
        return cli_usage(args, "'%s' is no PLMN: MCC/MNC, as in 001/01", plmn);
    }
    if (strlen(maker.spn) > UICC_SPN_MAX) {
        return cli_usage(args, "--spn takes at most %u characters", UICC_SPN_MAX);
    }
    if (strlen(maker.issuer) < 2 || strlen(maker.issuer) > 10 ||
        strspn(maker.issuer, "0123456789") != strlen(maker.issuer)) {
        return cli_usage(args, "--issuer takes 2 to 10 digits");
    }
    if (strcmp(reports, "highest") != 0 && strcmp(reports, "slot") != 0) {
        return cli_usage(args, "--reports is 'highest' or 'slot'");
    }
    maker.algorithm = aka_algorithm_of_name(algorithm, strlen(algorithm));
    if (maker.algorithm != AKA_MILENAGE && maker.algorithm != AKA_TUAK) {
        return cli_usage(args, "--algorithm is 'milenage' or 'tuak'");
    }
    maker.report = reports[0] == 's' ? SQN_REPORT_SLOT : SQN_REPORT_HIGHEST;
    if (!cli_number(args, "count", 1, BATCH_CARDS_MAX, 1, &count) ||
        !cli_number(args, "first", 0, 999999999, 1, &maker.first)) {
        return CLI_USAGE;
    }
    plmn_format(&maker.plmn, text);
    (void)snprintf(maker.plmn_digits, sizeof maker.plmn_digits, "%.3s%s", text, text + 4);
    if (!openssl_crypto_init(&maker.crypto, &fault)) {
        return cli_failed(&fault);
    }
    bool good = make_batch(&maker, (size_t)count, key, &fault);
    openssl_crypto_free(&maker.crypto);
    return good ? CLI_OK : cli_failed(&fault);
}
