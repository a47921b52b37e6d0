#include "home_process.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "edge/diameter/diameter_server.h"
#include "edge/openssl/openssl_crypto.h"
#include "edge/sqlite/sqlite_store.h"

struct home_figures {
    _Atomic uint64_t commits;
};

void home_process_settings(struct hss_settings *settings, const char *peer, uint32_t max_records)
{
    struct profile *profile = &settings->profiles[0];
    struct hss_peer *mme = &settings->peers[0];

    *settings = (struct hss_settings){
        .host = "hss.home.example",
        .realm = "home.example",
        .amf = {0x80, 0x00},
        .seq_step_max = 64,
        .seq_reserve = 4096,
        .confirm_window_ms = 8000,
        .max_records = max_records,
        .peer_count = 1,
        .profile_count = 1,
    };
    (void)snprintf(mme->host, sizeof mme->host, "%s", peer);
    (void)snprintf(mme->realm, sizeof mme->realm, "visited.example");
    mme->s6a = true;
    mme->plmn_count = 1;
    (void)plmn_parse("001/01", 6, &mme->plmns[0]);
    settings->plmn = mme->plmns[0];
    *profile = (struct profile){
        .name = "meter",
        .network_access_mode = 2,
        .apns = {{.name = "meters.example", .qci = 9, .arp_priority = 8}},
        .apn_count = 1,
        .bind = true,
        .violation = VIOLATION_REFUSE,
        .on_clone = VIOLATION_BAR,
    };
}

/* ---- in the home network's process ---- */

struct home {
    struct hss *hss;
    struct home_figures *figures;
};

static bool admit(void *ctx, const struct dia_capabilities *who, const char *remote)
{
    const struct home *home = ctx;

    return hss_admit(home->hss, who, remote);
}

static void on_open(void *ctx, struct diameter_connection *connection)
{
    (void)ctx;
    (void)connection;
}

static void on_request(void *ctx, struct diameter_connection *connection,
                       const struct dia_message *request, struct dia_writer *answer)
{
    const struct home *home = ctx;

    hss_request(home->hss, diameter_connection_peer(connection), request, answer);
}

static bool on_batch_end(void *ctx)
{
    const struct home *home = ctx;
    bool ok = hss_round_end(home->hss);

    atomic_store_explicit(&home->figures->commits, hss_statistics(home->hss).commits,
                          memory_order_relaxed);
    return ok;
}

static void on_closed(void *ctx, struct diameter_connection *connection,
                      enum dia_close_reason reason)
{
    (void)ctx;
    (void)connection;
    (void)reason;
}

static int64_t now_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void report(void *ctx, const char *line)
{
    (void)ctx;
    (void)fprintf(stderr, "home network: %s\n", line);
}

static bool serve(struct home *home, int stop_fd, int port_fd, struct fault *fault)
{
    static const struct diameter_listen where = {"127.0.0.1", DIAMETER_TCP, 0};
    const struct diameter_server_config config = {
        .node = *hss_node(home->hss),
        .listens = &where,
        .listen_count = 1,
        .stop_fd = stop_fd,
        .handler = {.ctx = home,
                    .admit = admit,
                    .on_open = on_open,
                    .on_request = on_request,
                    .on_batch_end = on_batch_end,
                    .on_closed = on_closed},
    };
    struct diameter_server *server = diameter_server_open(&config, fault);
    bool ok = server != NULL;

    if (ok) {
        uint16_t port = diameter_server_port(server, 0);

        ok =
            write(port_fd, &port, sizeof port) == sizeof port && diameter_server_run(server, fault);
    }
    diameter_server_close(server);
    return ok;
}

/* Everything is opened here, after fork: neither SQLite nor the crypto port may cross it. */
static bool run(const struct hss_settings *settings, struct home_figures *figures, int stop_fd,
                int port_fd, struct fault *fault)
{
    static struct openssl_crypto crypto;
    struct keyring *keyring = keyring_open("home.key", fault);
    struct sqlite_store *store =
        keyring == NULL ? NULL
                        : sqlite_store_open("home.db", SQLITE_STORE_EXISTING, keyring, fault);
    bool ok = store != NULL && openssl_crypto_init(&crypto, fault);

    if (ok) {
        struct home_store port = sqlite_store_port(store);
        const struct hss_ports ports = {.settings = settings,
                                        .crypto = &crypto.port,
                                        .store = &port,
                                        .now_ms = now_ms,
                                        .report = report};
        struct home home = {hss_open(&ports, fault), figures};

        ok = home.hss != NULL && serve(&home, stop_fd, port_fd, fault);
        hss_close(home.hss);
        openssl_crypto_free(&crypto);
    }
    sqlite_store_close(store);
    keyring_close(keyring);
    return ok;
}

/* ---- in the process that measures ---- */

bool home_process_start(struct home_process *process, const struct hss_settings *settings,
                        struct fault *fault)
{
    int stop[2];
    int port[2];
    void *shared = mmap(NULL, sizeof *process->figures, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED || pipe(stop) != 0 || pipe(port) != 0) {
        return fault_set(fault, "no memory or descriptors");
    }
    (void)fflush(NULL);
    process->figures = shared;
    process->stop_fd = stop[1];
    process->pid = fork();
    if (process->pid == 0) {
        struct fault why = {{0}};

        (void)close(stop[1]);
        (void)close(port[0]);
        bool ok = run(settings, process->figures, stop[0], port[1], &why);
        if (!ok) {
            (void)fprintf(stderr, "home network: %s\n", why.text);
        }
        _exit(ok ? 0 : 1);
    }
    (void)close(stop[0]);
    (void)close(port[1]);
    bool started = process->pid > 0 &&
                   read(port[0], &process->port, sizeof process->port) == sizeof process->port;
    (void)close(port[0]);
    return started || fault_set(fault, "the home network did not start");
}

bool home_process_stop(struct home_process *process)
{
    int status = 1;

    (void)close(process->stop_fd);
    bool ok = waitpid(process->pid, &status, 0) == process->pid && status == 0;
    (void)munmap(process->figures, sizeof *process->figures);
    return ok;
}

uint64_t home_process_commits(const struct home_process *process)
{
    return atomic_load_explicit(&process->figures->commits, memory_order_relaxed);
}

double home_process_cpu(const struct home_process *process)
{
    struct timespec t = {0, 0};
    clockid_t clock;

    if (clock_getcpuclockid(process->pid, &clock) == 0) {
        (void)clock_gettime(clock, &t);
    }
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

uint64_t home_process_memory(const struct home_process *process)
{
    char path[64];
    char line[128] = "";
    char *second = line;
    unsigned long resident = 0;

    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)process->pid);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fgets(line, sizeof line, file) != NULL) {
            (void)strtoul(line, &second, 10); /* total, then resident, in pages */
            resident = strtoul(second, NULL, 10);
        }
        (void)fclose(file);
    }
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}
