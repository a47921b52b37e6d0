/*
 * Vectors per second of one core, beside what the same library's AES and HMAC give alone, in one
 * run: the ratio says what Milenage, K_ASME and random numbers cost above the bare primitives.
 * Usage: bench_aka [SECONDS]. A vector is RAND, Milenage with the subscriber's own key, AUTN and
 * K_ASME: all that an HSS computes for E-UTRAN.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aka/kdf.h"
#include "aka/keccak.h"
#include "aka/milenage.h"
#include "aka/vector.h"
#include "edge/openssl/openssl_crypto.h"

#define BATCH       1000
#define SUBSCRIBERS 256 /* keys in turn, so that none stays scheduled */

struct bench {
    const struct crypto_port *port;
    struct aka_credentials subscriber[SUBSCRIBERS];
    struct aka_credentials tuak[SUBSCRIBERS]; /* K of 256 bits, one iteration */
    uint8_t blocks[6 * 16]; /* also the sink of all results, so that no work can be left out */
    uint64_t sqn;
};

/* Does `BATCH` units of one kind of work. */
typedef bool (*work_fn)(struct bench *bench);

static const uint8_t *key_of(const struct bench *bench, size_t i)
{
    return bench->subscriber[i % SUBSCRIBERS].k;
}

static bool make_vectors(struct bench *bench, const struct aka_credentials *subscriber)
{
    static const uint8_t amf[2] = {0x80, 0x00};
    static const uint8_t sn_id[3] = {0x00, 0xF1, 0x10};
    const struct crypto_port *port = bench->port;
    struct aka_vector vector;
    uint8_t rand[16];
    uint8_t kasme[32];

    for (size_t i = 0; i < BATCH; i++) {
        const struct aka_credentials *cred = &subscriber[i % SUBSCRIBERS];

        bench->sqn += 32;
        if (!port->random(port->ctx, rand, sizeof rand) ||
            !aka_vector_make(port, cred, rand, bench->sqn, amf, &vector) ||
            !aka_kasme(port, vector.ck, vector.ik, sn_id, vector.autn, kasme)) {
            return false;
        }
        bench->blocks[0] ^= kasme[0];
    }
    return true;
}

static bool work_vector(struct bench *bench)
{
    return make_vectors(bench, bench->subscriber);
}

static bool work_tuak_vector(struct bench *bench)
{
    return make_vectors(bench, bench->tuak);
}

/* The least that a TUAK vector needs: f1, and f2 to f5 in one run. */
static bool work_keccak(struct bench *bench)
{
    uint8_t state[KECCAK_STATE] = {0};

    for (size_t i = 0; i < BATCH; i++) {
        keccak_f1600(state, 2);
    }
    bench->blocks[0] ^= state[0];
    return true;
}

static bool work_milenage(struct bench *bench)
{
    struct aka_out out;

    for (size_t i = 0; i < BATCH; i++) {
        if (!milenage_all(bench->port, &bench->subscriber[i % SUBSCRIBERS], bench->blocks,
                          bench->blocks + 16, bench->blocks + 22, &out)) {
            return false;
        }
        bench->blocks[0] ^= out.ck[0];
    }
    return true;
}

/* The least that Milenage needs: a key, then one block and five. */
static bool work_aes_rekeyed(struct bench *bench)
{
    const struct crypto_port *port = bench->port;

    for (size_t i = 0; i < BATCH; i++) {
        if (!port->aes_set_key(port->ctx, key_of(bench, i), 16) ||
            !port->aes_encrypt(port->ctx, bench->blocks, bench->blocks, 1) ||
            !port->aes_encrypt(port->ctx, bench->blocks, bench->blocks, 5)) {
            return false;
        }
    }
    return true;
}

static bool work_aes_same_key(struct bench *bench)
{
    const struct crypto_port *port = bench->port;

    for (size_t i = 0; i < BATCH; i++) {
        if (!port->aes_encrypt(port->ctx, bench->blocks, bench->blocks, 6)) {
            return false;
        }
    }
    return true;
}

static bool work_hmac(struct bench *bench)
{
    const struct crypto_port *port = bench->port;

    for (size_t i = 0; i < BATCH; i++) {
        if (!port->hmac_sha256(port->ctx, bench->blocks, 32, bench->blocks + 32, 14,
                               bench->blocks)) {
            return false;
        }
    }
    return true;
}

static bool work_random(struct bench *bench)
{
    for (size_t i = 0; i < BATCH; i++) {
        if (!bench->port->random(bench->port->ctx, bench->blocks, 16)) {
            return false;
        }
    }
    return true;
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* others may use this core too */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds of one unit of `work`, by the best of five runs (the others were disturbed); negative: it
 * failed. */
static double measure(struct bench *bench, work_fn work, double seconds)
{
    double best = 0;

    for (int run = 0; run < 5; run++) {
        double start = now();
        double end = start;
        double units = 0;

        while (end - start < seconds / 5) {
            if (!work(bench)) {
                return -1;
            }
            units += BATCH;
            end = now();
        }
        double unit = (end - start) / units;

        best = run == 0 || unit < best ? unit : best;
    }
    return best;
}

static bool report(struct bench *bench, double seconds)
{
    static const struct {
        const char *name;
        work_fn work;
        double per_unit; /* how many of the named things one unit holds */
    } rows[] = {
        {"vectors (random, Milenage, AUTN, K_ASME)", work_vector, 1},
        {"Milenage, all functions", work_milenage, 1},
        {"AES-128-ECB blocks, new key each 1+5", work_aes_rekeyed, 6},
        {"AES-128-ECB blocks, same key, 6 at once", work_aes_same_key, 6},
        {"HMAC-SHA-256, 32 octet key, 14 octets", work_hmac, 1},
        {"random numbers of 16 octets", work_random, 1},
        {"vectors (random, TUAK, AUTN, K_ASME)", work_tuak_vector, 1},
        {"Keccak-f[1600], our own", work_keccak, 2},
    };
    double unit[sizeof rows / sizeof rows[0]];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unit[i] = measure(bench, rows[i].work, seconds);
        if (unit[i] < 0) {
            return false;
        }
        (void)printf("%-42s %12.0f /s  %8.1f ns each\n", rows[i].name, rows[i].per_unit / unit[i],
                     unit[i] * 1e9 / rows[i].per_unit);
    }
    double bare = unit[2] + unit[4] + unit[5];

    (void)printf("vector / (key + 6 blocks + HMAC + random)  %12.2f times the bare primitives\n",
                 unit[0] / bare);
    (void)printf("TUAK vector / (2 Keccak + HMAC + random)   %12.2f times the bare primitives\n",
                 unit[6] / (unit[7] + unit[4] + unit[5]));
    (void)printf("Milenage / (key + 6 blocks)                %12.2f times the bare AES\n",
                 unit[1] / unit[2]);
    (void)printf(
        "vectors / re-keyed AES blocks              %12.4f (1/6 is the bound of AES alone)\n",
        unit[2] / 6 / unit[0]);
    (void)printf("vectors / same-key AES blocks              %12.4f\n", unit[3] / 6 / unit[0]);
    return true;
}

int main(int argc, char **argv)
{
    static struct openssl_crypto crypto;
    static struct bench bench;
    struct fault fault;
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;

    if (!openssl_crypto_init(&crypto, &fault)) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    bench.port = &crypto.port;
    bool ok = true;

    for (size_t i = 0; i < SUBSCRIBERS; i++) {
        bench.subscriber[i].algorithm = AKA_MILENAGE;
        ok = ok && crypto.port.random(&crypto, bench.subscriber[i].k, 16) &&
             crypto.port.random(&crypto, bench.subscriber[i].opc, 16);
        bench.tuak[i] = (struct aka_credentials){
            .algorithm = AKA_TUAK, .k_len = 32, .res_len = 8, .iterations = 1};
        ok = ok && crypto.port.random(&crypto, bench.tuak[i].k, 32) &&
             crypto.port.random(&crypto, bench.tuak[i].opc, 32);
    }
    ok = ok && report(&bench, seconds);
    openssl_crypto_free(&crypto);
    if (!ok) {
        (void)fprintf(stderr, "the crypto port failed\n");
    }
    return ok ? 0 : 1;
}
