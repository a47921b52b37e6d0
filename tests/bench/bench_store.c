/*
 * Commits and saves per second of the SQLite store, for groups of 1, 8 and 64 saves, in the folder
 * given (default: the present one), beside bare fsyncs of one appended page there: a commit can't
 * be faster than its fsync.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "edge/sqlite/sqlite_admin.h"
#include "edge/sqlite/sqlite_store.h"

#define SUBSCRIPTIONS 1000
#define SECONDS       2.0

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what, const struct fault *fault)
{
    (void)fprintf(stderr, "%s: %s\n", what, fault->text);
    exit(1);
}

static void import_all(struct sqlite_store *store, struct subscription *subscriptions)
{
    struct home_store p = sqlite_store_port(store);
    struct card_secrets secrets = {.credentials.algorithm = AKA_MILENAGE};
    struct fault fault;

    if (p.begin(p.ctx, &fault) != STORE_OK) {
        die("begin", &fault);
    }
    for (unsigned i = 0; i < SUBSCRIPTIONS; i++) {
        struct subscription *s = &subscriptions[i];

        (void)memset(s, 0, sizeof *s);
        (void)snprintf(s->imsi.digits, sizeof s->imsi.digits, "00101%010u", i);
        (void)snprintf(s->iccid.digits, sizeof s->iccid.digits, "898800%012u", i);
        s->iccid.digits[18] = luhn_digit(s->iccid.digits, 18);
        (void)strcpy(s->profile, "meter");
        s->auth.nodes[0].id = 1; /* a usual record: one serving node */
        if (sqlite_admin_import(store, s, &secrets, &fault) != STORE_OK) {
            die("import", &fault);
        }
    }
    if (p.commit(p.ctx, &fault) != STORE_OK) {
        die("commit", &fault);
    }
}

static void bench_group(struct sqlite_store *store, struct subscription *subscriptions,
                        unsigned group)
{
    struct home_store p = sqlite_store_port(store);
    struct fault fault;
    unsigned next = 0;
    unsigned commits = 0;
    double begin = now();

    while (now() - begin < SECONDS) {
        bool ok = p.begin(p.ctx, &fault) == STORE_OK;

        for (unsigned i = 0; ok && i < group; i++) {
            ok = p.save(p.ctx, &subscriptions[next], &fault) == STORE_OK;
            next = (next + 7) % SUBSCRIPTIONS;
        }
        if (!ok || p.commit(p.ctx, &fault) != STORE_OK) {
            die("save", &fault);
        }
        commits++;
    }
    double seconds = now() - begin;
    (void)printf("groups of %2u: %8.0f commits/s %9.0f saves/s\n", group, commits / seconds,
                 commits * group / seconds);
}

static void bench_load(struct sqlite_store *store, const struct subscription *subscriptions)
{
    struct home_store p = sqlite_store_port(store);
    struct aka_credentials credentials;
    struct subscription s;
    struct fault fault;
    unsigned loads = 0;
    double begin = now();

    while (now() - begin < SECONDS) {
        if (p.load(p.ctx, &subscriptions[loads % SUBSCRIPTIONS].imsi, &s, &credentials, &fault) !=
            STORE_OK) {
            die("load", &fault);
        }
        loads++;
    }
    (void)printf("loads:        %8.0f /s\n", loads / (now() - begin));
}

static void on_change(void *user, const struct imsi *imsi)
{
    (void)imsi;
    ++*(unsigned *)user;
}

static void bench_poll(struct sqlite_store *store)
{
    struct home_store p = sqlite_store_port(store);
    struct fault fault;
    unsigned polls = 0;
    unsigned news = 0;
    double begin = now();

    while (now() - begin < SECONDS / 4) {
        if (p.poll_changes(p.ctx, on_change, &news, &fault) != STORE_OK) {
            die("poll", &fault);
        }
        polls++;
    }
    (void)printf("quiet polls:  %8.0f /s (%u news)\n", polls / (now() - begin), news);
}

static void bench_fsync(const char *path)
{
    static const char page[4096];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    unsigned count = 0;
    double begin = now();

    while (fd >= 0 && now() - begin < SECONDS) {
        if (pwrite(fd, page, sizeof page, (off_t)(count % 1000) * 4096) != (ssize_t)sizeof page ||
            fdatasync(fd) != 0) {
            break;
        }
        count++;
    }
    (void)printf("bare fdatasync of a page: %8.0f /s\n", count / (now() - begin));
    (void)close(fd);
    (void)unlink(path);
}

int main(int argc, char **argv)
{
    static struct subscription subscriptions[SUBSCRIPTIONS];
    char folder[] = "bench-store.XXXXXX";
    struct fault fault;

    if ((argc > 1 && chdir(argv[1]) != 0) || mkdtemp(folder) == NULL || chdir(folder) != 0) {
        perror("folder");
        return 1;
    }
    if (!keyring_file_create("key", &fault)) {
        die("key", &fault);
    }
    struct keyring *keyring = keyring_open("key", &fault);
    struct sqlite_store *store =
        keyring == NULL ? NULL : sqlite_store_open("db", SQLITE_STORE_CREATE, keyring, &fault);
    if (store == NULL) {
        die("open", &fault);
    }
    import_all(store, subscriptions);
    bench_fsync("page");
    bench_group(store, subscriptions, 1);
    bench_group(store, subscriptions, 8);
    bench_group(store, subscriptions, 64);
    bench_load(store, subscriptions);
    bench_poll(store);
    sqlite_store_close(store);
    keyring_close(keyring);
    (void)unlink("db");
    (void)unlink("key");
    return chdir("..") == 0 && rmdir(folder) == 0 ? 0 : 1;
}
