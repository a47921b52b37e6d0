/*
 * AUTHENTICATE commands a second, each durable before it is answered.
 *
 *   bench_reader [SECONDS]            a card image file in this process, in a new folder under the
 * current one, beside the bare medium: overwrites of 4096 octets with fdatasync bench_reader
 * SECONDS READER       a card of test_card.h in a reader of pcscd, over libpcsclite
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aka/sqn.h"
#include "aka/vector.h"
#include "base/bytes.h"
#include "edge/cardfile/card_reader.h"
#include "edge/openssl/openssl_crypto.h"
#include "edge/pcsc/pcsc_reader.h"
#include "machine/terminal.h"
#include "support/test_card.h"

#define SAMPLES_MAX 1000000

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *what, double *samples, size_t n, double seconds)
{
    qsort(samples, n, sizeof(*samples), compare);
    printf("%-34s %8.0f/s   median %7.1f us   99 %% %7.1f us   worst %8.1f us\n", what,
           (double)n / seconds, samples[n / 2] * 1e6, samples[n * 99 / 100] * 1e6,
           samples[n - 1] * 1e6);
}

static bool challenge(const struct crypto_port *crypto, const struct terminal *terminal,
                      uint64_t sqn, struct terminal_auth *auth, struct aka_vector *vector,
                      struct fault *fault)
{
    static const uint8_t amf[2] = {0x80, 0x00};
    uint8_t rand[16] = {0};
    be64_put(rand, sqn);
    return (aka_vector_make(crypto, &test_card_credentials, rand, sqn, amf, vector) ||
            fault_set(fault, "no vector")) &&
           terminal_authenticate(terminal, vector->rand, vector->autn, auth, fault);
}

/* The SEQ that the card is at: a challenge with SQN 0 makes it tell. */
static bool card_seq(const struct crypto_port *crypto, const struct terminal *terminal,
                     uint64_t *seq, struct fault *fault)
{
    struct terminal_auth auth;
    struct aka_vector vector;
    uint64_t sqn_ms = 0;
    bool mac_ok = false;
    if (!challenge(crypto, terminal, 0, &auth, &vector, fault))
        return false;
    if (auth.outcome != TERMINAL_AUTH_SYNC_FAILURE ||
        !aka_auts_open(crypto, &test_card_credentials, vector.rand, auth.auts, &sqn_ms, &mac_ok) ||
        !mac_ok)
        return fault_set(fault, "the card is none of test_card.h");
    *seq = sqn_seq(sqn_ms);
    return true;
}

static bool measure(const char *what, const struct reader *reader, double seconds, double *samples,
                    struct fault *fault)
{
    static struct openssl_crypto crypto;
    struct terminal terminal;
    struct terminal_auth auth;
    struct aka_vector vector;
    uint64_t seq = 0;
    size_t n = 0;
    if (!openssl_crypto_init(&crypto, fault) || !terminal_reset(&terminal, reader, fault) ||
        !terminal_select_usim(&terminal, fault) ||
        !terminal_verify_pin(&terminal, TERMINAL_PIN1, TEST_CARD_PIN1, false, fault) ||
        !card_seq(&crypto.port, &terminal, &seq, fault))
        return false;
    double start = now();
    double end = start + seconds;
    double last = start;
    while (last < end && n < SAMPLES_MAX) {
        seq++;
        if (!challenge(&crypto.port, &terminal, sqn_make(seq, (uint8_t)seq), &auth, &vector, fault))
            return false;
        if (auth.outcome != TERMINAL_AUTH_SUCCESS || memcmp(auth.res, vector.xres, 8) != 0)
            return fault_set(fault, "a fresh challenge was not answered with RES");
        double t = now();
        samples[n++] = t - last;
        last = t;
    }
    report(what, samples, n, last - start);
    openssl_crypto_free(&crypto);
    return true;
}

/* What the medium gives: the same size as one commit, over and over in a file that is there
 * already. */
static bool measure_medium(const char *path, double seconds, double *samples, struct fault *fault)
{
    uint8_t block[4096];
    size_t n = 0;
    memset(block, 0x5A, sizeof(block));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    for (int i = 0; ok && i < 256; i++)
        ok = pwrite(fd, block, sizeof(block), (off_t)i * 4096) == (ssize_t)sizeof(block);
    ok = ok && fsync(fd) == 0;
    double start = now();
    double last = start;
    while (ok && last < start + seconds && n < SAMPLES_MAX) {
        ok = pwrite(fd, block, sizeof(block), (off_t)(n % 256) * 4096) == (ssize_t)sizeof(block) &&
             fdatasync(fd) == 0;
        double t = now();
        samples[n++] = t - last;
        last = t;
    }
    if (fd >= 0)
        close(fd);
    unlink(path);
    if (!ok)
        return fault_set(fault, "cannot write %s", path);
    report("bare 4096 octets and fdatasync", samples, n, last - start);
    return true;
}

static bool bench_file(double seconds, double *samples, struct fault *fault)
{
    char directory[] = "bench_reader.XXXXXX";
    char card[64];
    char plain[64];
    struct reader reader;
    if (mkdtemp(directory) == NULL)
        return fault_set(fault, "cannot make a folder here");
    snprintf(card, sizeof(card), "%s/a.card", directory);
    snprintf(plain, sizeof(plain), "%s/plain", directory);
    bool ok = measure_medium(plain, seconds, samples, fault) &&
              test_card_create(card, "8988000000000000016", "001010000000001", fault) &&
              card_reader_open(card, &reader, fault);
    if (ok) {
        ok = measure("AUTHENTICATE, card image file", &reader, seconds, samples, fault);
        reader.close(reader.ctx);
    }
    unlink(card);
    rmdir(directory);
    return ok;
}

static bool bench_pcsc(const char *name, double seconds, double *samples, struct fault *fault)
{
    struct reader reader;
    if (!pcsc_reader_open(name, true, &reader, fault))
        return false;
    bool ok = measure("AUTHENTICATE, through pcscd", &reader, seconds, samples, fault);
    reader.close(reader.ctx);
    return ok;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    if (seconds <= 0) {
        fprintf(stderr, "usage: bench_reader [SECONDS [READER]]\n");
        return 2;
    }
    double *samples = calloc(SAMPLES_MAX, sizeof(*samples));
    if (samples == NULL) {
        fprintf(stderr, "out of memory\n");
        return 1;
    }
    bool ok = argc > 2 ? bench_pcsc(argv[2], seconds, samples, &fault)
                       : bench_file(seconds, samples, &fault);
    free(samples);
    if (!ok)
        fprintf(stderr, "%s\n", fault.text);
    return ok ? 0 : 1;
}
