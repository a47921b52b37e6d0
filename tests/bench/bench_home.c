/*
 * The running home network: AIR and ULR a second over one Diameter connection with 64 requests
 * under way, its memory, and the time of an import, with the database on disk in a new folder under
 * the current one. Beside it, in the same run, what the machine gives: loopback exchanges of the
 * same sizes without our code, fdatasyncs of a page, and vectors in this process.
 *
 *     bench_home [SECONDS [SUBSCRIPTIONS...]]     (3 seconds each; 1000 and 100000)
 *
 * Audits are off, so that every AIR is one answer; the rest is as the configuration's defaults.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aka/vector.h"
#include "base/bytes.h"
#include "edge/openssl/openssl_crypto.h"
#include "edge/sqlite/sqlite_admin.h"
#include "home_process.h"
#include "hss/records.h"
#include "loopback.h"
#include "s6a/s6a_client.h"
#include "window.h"

static const struct dia_application s6a[] = {{S6A_APPLICATION, DIA_VENDOR_3GPP}};
static const struct dia_node mme = {.host = "mme.visited.example",
                                    .realm = "visited.example",
                                    .product = "Mooring",
                                    .applications = s6a,
                                    .application_count = 1};

/* What the machine gives. */
struct limits {
    double exchanges; /* of the sizes of AIR and AIA */
    double fdatasyncs;
    double vectors;
};

static void imsi_of(uint64_t number, char digits[IMSI_DIGITS_MAX + 1])
{
    (void)snprintf(digits, IMSI_DIGITS_MAX + 1, "00101%010" PRIu64, number % 10000000000u);
}

/* ---- the database ---- */

static bool import_one(struct sqlite_store *store, const struct home_store *port, uint64_t number,
                       const struct crypto_port *crypto, struct fault *fault)
{
    struct subscription s = {.profile = "meter", .binding = {.state = BINDING_ARMED}};
    struct card_secrets secrets = {.credentials.algorithm = AKA_MILENAGE};
    struct home_events events = {.count = 0};

    imsi_of(number, s.imsi.digits);
    (void)snprintf(s.iccid.digits, sizeof s.iccid.digits, "898800%012" PRIu64,
                   number % 1000000000000u);
    s.iccid.digits[18] = luhn_digit(s.iccid.digits, 18);
    struct home_event *event =
        home_events_add(&events, 1, EVENT_SUBSCRIPTION_IMPORTED, &s.imsi, "benchmark");
    (void)snprintf(event->why, sizeof event->why, "ICCID %s, profile 'meter'", s.iccid.digits);
    bool ok = (crypto->random(crypto->ctx, secrets.credentials.k, 16) &&
               crypto->random(crypto->ctx, secrets.credentials.opc, 16)) ||
              fault_set(fault, "no random numbers");
    ok = ok && sqlite_admin_import(store, &s, &secrets, fault) == STORE_OK &&
         port->append_event(port->ctx, event, fault) == STORE_OK;
    bytes_wipe(&secrets, sizeof secrets);
    return ok;
}

/* All in one transaction, as `mooring subscription import` does. */
static bool import_all(uint64_t count, double *seconds, struct fault *fault)
{
    static struct openssl_crypto crypto;
    struct keyring *keyring =
        keyring_file_create("home.key", fault) ? keyring_open("home.key", fault) : NULL;
    struct sqlite_store *store =
        keyring == NULL ? NULL : sqlite_store_open("home.db", SQLITE_STORE_CREATE, keyring, fault);
    bool ok = store != NULL && openssl_crypto_init(&crypto, fault);

    if (ok) {
        struct home_store port = sqlite_store_port(store);
        double start = bench_now();

        ok = port.begin(port.ctx, fault) == STORE_OK;
        for (uint64_t i = 0; ok && i < count; i++) {
            ok = import_one(store, &port, i, &crypto.port, fault);
        }
        ok = ok && port.commit(port.ctx, fault) == STORE_OK;
        *seconds = bench_now() - start;
        openssl_crypto_free(&crypto);
    }
    sqlite_store_close(store);
    keyring_close(keyring);
    return ok;
}

/* ---- requests: written once, then only the digits change ---- */

struct requests {
    uint64_t subscriptions;
    bool in_order; /* one subscription after the other; else scattered, as in a network */
    uint8_t air[1024];
    size_t air_len;
    uint8_t ulr[1024];
    size_t ulr_len;
    bool attach; /* AIR and ULR in turns */
    bool locate; /* ULR only */
};

static uint8_t *digits_in(uint8_t *message, size_t n, enum dia_attribute group,
                          enum dia_attribute attribute)
{
    struct dia_message whole;
    struct dia_avp avp;
    bool found = dia_message_frame(message, n, n, &whole) == DIA_FRAME_OK;

    if (group != DIA_UNKNOWN) {
        found = found && dia_message_find(&whole, group, &avp) &&
                dia_avp_find(avp.data, avp.len, attribute, &avp);
    } else {
        found = found && dia_message_find(&whole, attribute, &avp);
    }
    return found ? message + (avp.data - message) : NULL;
}

static bool write_requests(struct requests *requests)
{
    struct s6a_origin origin = {.node = &mme,
                                .destination_realm = "home.example",
                                .session_id = "mme.visited.example;1690000000;1;app_s6a",
                                .imsi = "001010000000000"};
    struct imei imei = {.digits = "35000000000000", .sv = "01"};
    struct dia_writer air = dia_writer(requests->air, sizeof requests->air);
    struct dia_writer ulr = dia_writer(requests->ulr, sizeof requests->ulr);
    bool ok = plmn_parse("001/01", 6, &origin.plmn) && s6a_put_air(&air, &origin, 1, NULL, NULL) &&
              s6a_put_ulr(&ulr, &origin, 1004, S6A_ULR_S6A | S6A_ULR_INITIAL_ATTACH, &imei);

    requests->air_len = air.len;
    requests->ulr_len = ulr.len;
    return ok;
}

static const uint8_t *next_request(void *ctx, uint64_t number, size_t *n)
{
    struct requests *requests = ctx;
    uint64_t of = requests->attach ? number / WINDOW / 2 * WINDOW + number % WINDOW : number;
    bool ulr = requests->locate || (requests->attach && number / WINDOW % 2 == 1);
    uint8_t *message = ulr ? requests->ulr : requests->air;
    char digits[IMSI_DIGITS_MAX + 1];

    *n = ulr ? requests->ulr_len : requests->air_len;
    if (!requests->in_order) {
        of = of * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    }
    imsi_of(of % requests->subscriptions, digits);
    memcpy(digits_in(message, *n, DIA_UNKNOWN, DIA_USER_NAME), digits, IMSI_DIGITS_MAX);
    if (ulr) {
        memcpy(digits_in(message, *n, DIA_TERMINAL_INFORMATION, DIA_IMEI) + 4, digits + 5, 10);
    }
    return message;
}

static bool is_success(void *ctx, const struct dia_message *answer)
{
    struct dia_avp avp;
    uint32_t result = 0;

    (void)ctx;
    return dia_message_find(answer, DIA_RESULT_CODE, &avp) && dia_avp_u32(&avp, &result) &&
           result == DIA_SUCCESS;
}

/* ---- one home network ---- */

static bool measure(const char *what, const struct home_process *home, struct requests *requests,
                    double seconds, uint64_t count, struct window_result *result,
                    struct fault *fault)
{
    const struct window_load load = {.node = &mme,
                                     .host = "127.0.0.1",
                                     .port = home->port,
                                     .duration_ms = (int64_t)(seconds * 1000),
                                     .count = count,
                                     .request = next_request,
                                     .good = is_success,
                                     .ctx = requests};
    uint64_t commits = home_process_commits(home);
    double cpu = home_process_cpu(home);

    if (!window_run(&load, result, fault)) {
        return false;
    }
    double answered = (double)result->answered;
    (void)printf("  %-34s %9.0f /s %8.2f us processor %9.0f commits/s\n", what,
                 answered / result->seconds, (home_process_cpu(home) - cpu) * 1e6 / answered,
                 (double)(home_process_commits(home) - commits) / result->seconds);
    (void)fflush(stdout);
    return result->failed == 0 || fault_set(fault, "%" PRIu64 " requests failed", result->failed);
}

static bool bench_requests(const struct home_process *home, uint64_t count, double seconds,
                           const struct limits *limits, struct fault *fault)
{
    struct requests requests = {.subscriptions = count, .in_order = true};
    struct window_result result;
    uint64_t before = home_process_memory(home);

    if (!write_requests(&requests) ||
        !measure("first AIR of each (load, reserve)", home, &requests, 0, count, &result, fault)) {
        return false;
    }
    uint64_t after = home_process_memory(home);
    requests.in_order = false;
    if (!measure("AIR", home, &requests, seconds, 0, &result, fault)) {
        return false;
    }
    double air = (double)result.answered / result.seconds;
    (void)printf("  AIR / loopback exchanges       %10.2f     AIR / vectors in process %7.2f\n",
                 air / limits->exchanges, air / limits->vectors);
    requests.locate = true;
    requests.in_order = true;
    if (!measure("first ULR of each (activate, bind)", home, &requests, 0, count, &result, fault)) {
        return false;
    }
    requests.in_order = false;
    if (!measure("ULR", home, &requests, seconds, 0, &result, fault)) {
        return false;
    }
    double ulr = (double)result.answered / result.seconds;
    (void)printf("  ULR / fdatasyncs               %10.2f     (group commit)\n",
                 ulr / limits->fdatasyncs);
    requests.locate = false;
    requests.attach = true;
    if (!measure("AIR and ULR in turns", home, &requests, seconds, 0, &result, fault)) {
        return false;
    }
    (void)printf("  memory                         %10.1f MiB, %.0f octets a subscription (record"
                 " %zu)\n",
                 (double)after / (1 << 20), (double)(after - before) / (double)count,
                 sizeof(struct hss_record));
    return true;
}

static bool bench_home(uint64_t count, double seconds, const struct limits *limits,
                       struct fault *fault)
{
    static struct hss_settings settings;
    struct home_process home;
    struct stat file = {0};
    double spent = 0;

    (void)printf("%" PRIu64 " subscriptions\n", count);
    if (!import_all(count, &spent, fault)) {
        return false;
    }
    (void)stat("home.db", &file);
    (void)printf("  import                         %10.2f s  %9.0f /s, %.0f octets each on disk\n",
                 spent, (double)count / spent, (double)file.st_size / (double)count);
    home_process_settings(&settings, mme.host, (uint32_t)count);
    if (!home_process_start(&home, &settings, fault)) {
        return false;
    }
    bool ok = bench_requests(&home, count, seconds, limits, fault);
    return (home_process_stop(&home) || fault_set(fault, "the home network failed")) && ok;
}

/* ---- the machine's limits ---- */

static double fdatasync_rate(double seconds)
{
    static const char page[4096];
    int fd = open("page", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    double start = bench_now();
    double count = 0;

    while (fd >= 0 && bench_now() - start < seconds &&
           pwrite(fd, page, sizeof page, (off_t)count % 1000 * 4096) == (ssize_t)sizeof page &&
           fdatasync(fd) == 0) {
        count++;
    }
    double rate = count / (bench_now() - start);
    (void)close(fd);
    (void)unlink("page");
    return rate;
}

static double vector_rate(double seconds, struct fault *fault)
{
    static const uint8_t amf[2] = {0x80, 0x00};
    static const uint8_t sn_id[3] = {0x00, 0xF1, 0x10};
    static struct openssl_crypto crypto;
    struct aka_credentials credentials = {.algorithm = AKA_MILENAGE};
    struct aka_vector vector;
    uint8_t kasme[32];
    uint64_t count = 0;
    bool ok = openssl_crypto_init(&crypto, fault);
    double start = bench_now();

    while (ok && (count % 1000 != 0 || bench_now() - start < seconds)) {
        uint8_t rand[16];

        credentials.k[0] = (uint8_t)count++; /* keys in turn, so that none stays scheduled */
        ok = crypto.port.random(&crypto, rand, sizeof rand) &&
             aka_vector_make(&crypto.port, &credentials, rand, count * 32, amf, &vector) &&
             aka_kasme(&crypto.port, vector.ck, vector.ik, sn_id, vector.autn, kasme);
    }
    double rate = (double)count / (bench_now() - start);
    openssl_crypto_free(&crypto);
    return ok ? rate : -1;
}

static bool measure_limits(double seconds, struct limits *limits, struct fault *fault)
{
    struct requests requests = {0};
    size_t answer = 312; /* an AIA with one vector */

    if (!write_requests(&requests)) {
        return fault_set(fault, "an AIR does not fit");
    }
    limits->exchanges = loopback_rate(requests.air_len, answer, WINDOW, seconds);
    limits->fdatasyncs = fdatasync_rate(seconds);
    limits->vectors = vector_rate(seconds, fault);
    (void)printf("this machine\n"
                 "  loopback exchanges, %d under way %9.0f /s (%zu and %zu octets)\n"
                 "  fdatasyncs of a page             %9.0f /s\n"
                 "  vectors, one core                %9.0f /s\n",
                 WINDOW, limits->exchanges, requests.air_len, answer, limits->fdatasyncs,
                 limits->vectors);
    return limits->exchanges > 0 && limits->vectors > 0;
}

static void clean(void)
{
    static const char *const files[] = {"home.db", "home.db-wal", "home.db-shm", "home.key"};

    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        (void)unlink(files[i]);
    }
}

int main(int argc, char **argv)
{
    static char *usual[] = {"1000", "100000"};
    char folder[] = "bench-home.XXXXXX";
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 3;
    char **counts = argc > 2 ? argv + 2 : usual;
    int runs = argc > 2 ? argc - 2 : (int)ARRAY_LEN(usual);
    struct limits limits = {0};
    struct fault fault = {{0}};

    if (seconds <= 0 || mkdtemp(folder) == NULL || chdir(folder) != 0) {
        (void)fprintf(stderr, "usage: bench_home [SECONDS [SUBSCRIPTIONS...]], where a folder can "
                              "be made\n");
        return 1;
    }
    bool ok = measure_limits(seconds, &limits, &fault);
    for (int i = 0; ok && i < runs; i++) {
        ok = bench_home(strtoull(counts[i], NULL, 10), seconds, &limits, &fault);
        clean();
    }
    if (!ok) {
        (void)fprintf(stderr, "%s\n", fault.text);
    }
    return (chdir("..") == 0 && rmdir(folder) == 0 && ok) ? 0 : 1;
}
