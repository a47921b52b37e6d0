/*
 * Commands per second of one card in this process, on one core: SELECT, READ BINARY and
 * AUTHENTICATE, each with the GET RESPONSE that a terminal sends, and in the same run the bare AES
 * that AUTHENTICATE needs. The memory is RAM: what a medium costs comes on top. Usage: bench_card
 * [SECONDS].
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aka/vector.h"
#include "edge/openssl/openssl_crypto.h"
#include "uicc/card.h"
#include "uicc/nvm_ram.h"
#include "uicc/personalise.h"

#define BATCH 1000

struct bench {
    uint8_t committed[UICC_IMAGE_SIZE];
    uint8_t working[UICC_IMAGE_SIZE];
    struct uicc_nvm_ram ram;
    struct uicc_card card;
    struct uicc_profile profile;
    struct openssl_crypto crypto;
    uint64_t sqn;
    uint8_t challenges[BATCH][39];
    uint8_t blocks[6 * 16];
};

/* Does BATCH units of one kind of work; false if something did not answer as it must. */
typedef bool (*work_fn)(struct bench *bench);

static bool send(struct bench *bench, const uint8_t *command, size_t n, uint8_t sw1)
{
    uint8_t response[UICC_RESPONSE_MAX];
    size_t length = uicc_card_transmit(&bench->card, command, n, response);

    return response[length - 2] == sw1;
}

static bool work_select(struct bench *bench)
{
    static const uint8_t loci[] = {0x00, 0xA4, 0x00, 0x04, 0x02, 0x6F, 0x7E};
    static const uint8_t get_response[] = {0x00, 0xC0, 0x00, 0x00, 0x29};
    bool ok = true;

    for (size_t i = 0; ok && i < BATCH; i++) {
        ok = send(bench, loci, sizeof loci, 0x61) &&
             send(bench, get_response, sizeof get_response, 0x90);
    }
    return ok;
}

static bool work_read_binary(struct bench *bench)
{
    static const uint8_t read[] = {0x00, 0xB0, 0x87, 0x00, 0x09}; /* EF_IMSI by SFI */
    bool ok = true;

    for (size_t i = 0; ok && i < BATCH; i++) {
        ok = send(bench, read, sizeof read, 0x90);
    }
    return ok;
}

/* The challenges are made before the clock runs. */
static bool prepare_challenges(struct bench *bench)
{
    static const uint8_t header[] = {0x00, 0x88, 0x00, 0x81, 0x22, 0x10};
    static const uint8_t amf[2] = {0x80, 0x00};
    struct crypto_port *port = &bench->crypto.port;
    struct aka_vector vector;
    uint8_t rand[16];

    for (size_t i = 0; i < BATCH; i++) {
        uint8_t *command = bench->challenges[i];
        bench->sqn += 32;
        if (!port->random(port->ctx, rand, sizeof rand) ||
            !aka_vector_make(port, &bench->profile.credentials, rand, bench->sqn, amf, &vector)) {
            return false;
        }
        memcpy(command, header, sizeof header);
        memcpy(command + 6, vector.rand, 16);
        command[22] = 0x10;
        memcpy(command + 23, vector.autn, 16);
    }
    return true;
}

static bool work_authenticate(struct bench *bench)
{
    static const uint8_t get_response[] = {0x00, 0xC0, 0x00, 0x00, 0x2C};
    bool ok = true;

    for (size_t i = 0; ok && i < BATCH; i++) {
        ok = send(bench, bench->challenges[i], sizeof bench->challenges[i], 0x61) &&
             send(bench, get_response, sizeof get_response, 0x90);
    }
    return ok;
}

/* The least that a challenge needs: a key, then 6 blocks (Milenage with f1 and f2 to f5). */
static bool work_aes(struct bench *bench)
{
    const struct crypto_port *port = &bench->crypto.port;
    bool ok = true;

    for (size_t i = 0; ok && i < BATCH; i++) {
        ok = port->aes_set_key(port->ctx, bench->profile.credentials.k, 16) &&
             port->aes_encrypt(port->ctx, bench->blocks, bench->blocks, 1) &&
             port->aes_encrypt(port->ctx, bench->blocks, bench->blocks, 5);
    }
    return ok;
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* others may use this core too */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds of one unit, of the best batch: the others were disturbed. Negative: it failed. */
static double measure(struct bench *bench, work_fn work, double seconds)
{
    double best = -1;
    double spent = 0;

    while (spent < seconds) {
        if (work == work_authenticate && !prepare_challenges(bench)) {
            return -1;
        }
        double start = now();
        if (!work(bench)) {
            return -1;
        }
        double batch = now() - start;
        spent += batch;
        best = best < 0 || batch < best ? batch : best;
    }
    return best / BATCH;
}

static bool report(struct bench *bench, double seconds)
{
    static const struct {
        const char *name;
        work_fn work;
        double per_unit;
    } rows[] = {
        {"SELECT by FID, with its FCP", work_select, 1},
        {"READ BINARY by SFI, PIN checked", work_read_binary, 1},
        {"AUTHENTICATE, with its response", work_authenticate, 1},
        {"AES-128-ECB blocks, new key each 1+5", work_aes, 6},
    };
    double unit[sizeof rows / sizeof rows[0]];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unit[i] = measure(bench, rows[i].work, seconds);
        if (unit[i] < 0) {
            return false;
        }
        (void)printf("%-38s %12.0f /s  %8.1f ns each\n", rows[i].name, rows[i].per_unit / unit[i],
                     unit[i] * 1e9 / rows[i].per_unit);
    }
    (void)printf("AUTHENTICATE / (key + 6 blocks)        %12.2f times the bare AES\n",
                 unit[2] / unit[3]);
    return true;
}

/* Personalises a card without PIN1 and selects its USIM. */
static bool prepare(struct bench *bench)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0,
                                     0x00, 0x00, 0x00, 0x87, 0x10, 0x02};
    struct uicc_profile *profile = &bench->profile;
    struct crypto_port *port = &bench->crypto.port;

    profile->mnc_length = 2;
    profile->credentials.algorithm = AKA_MILENAGE;
    profile->sqn.delta = SQN_DELTA;
    profile->access_classes = 1;
    uicc_nvm_ram_init(&bench->ram, bench->committed, bench->working, sizeof bench->committed);
    return port->random(port->ctx, profile->credentials.k, 16) &&
           port->random(port->ctx, profile->credentials.opc, 16) &&
           iccid_parse("8900101000000000019", 19, &profile->iccid) &&
           imsi_parse("001010123456789", 15, &profile->imsi) &&
           uicc_pin_from_text("1234", 4, profile->pin1) &&
           uicc_pin_from_text("12345678", 8, profile->puk1) &&
           uicc_pin_from_text("5678", 4, profile->pin2) &&
           uicc_pin_from_text("87654321", 8, profile->puk2) &&
           uicc_personalise(&bench->ram.port, profile) == UICC_PERSONALISE_OK &&
           uicc_card_open(&bench->card, &bench->ram.port, port) == UICC_OPEN_OK &&
           send(bench, select, sizeof select, 0x90);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct fault fault;
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;

    if (!openssl_crypto_init(&bench.crypto, &fault)) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    bool ok = prepare(&bench) && report(&bench, seconds);
    openssl_crypto_free(&bench.crypto);
    if (!ok) {
        (void)fprintf(stderr, "a command did not answer as it must\n");
    }
    return ok ? 0 : 1;
}
