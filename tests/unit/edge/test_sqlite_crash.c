/*
 * kill -9: a writer commits numbered groups of saves and reports each through a pipe once commit
 * returned; it is killed at a random moment. Then every reported group is there whole, at most one
 * unreported one is, and the file is sound. The same file goes through all rounds. (Power loss
 * can't be made here: against that stand WAL and synchronous FULL.)
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_fixture.h"

#define ROUNDS 25
#define GROUP  5 /* subscriptions saved together, each with an event */

/* Commits groups for ever; ends only by a failure or a kill. Every save carries the group's number.
 */
static int write_groups(const struct store_fixture *f, int report)
{
    struct subscription s[GROUP];
    struct aka_credentials credentials;
    struct fault fault;
    struct sqlite_store *store =
        sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &fault);

    if (store == NULL) {
        return 1;
    }
    struct home_store p = sqlite_store_port(store);
    for (unsigned i = 0; i < GROUP; i++) {
        struct subscription wanted;

        sample_subscription(i + 1, &wanted);
        if (p.load(p.ctx, &wanted.imsi, &s[i], &credentials, &fault) != STORE_OK) {
            return 2;
        }
    }
    for (;;) {
        if (p.begin(p.ctx, &fault) != STORE_OK) {
            return 3;
        }
        for (unsigned i = 0; i < GROUP; i++) {
            struct home_event event = {.kind = EVENT_AUDIT_PASSED, .imsi = s[i].imsi};

            s[i].auth.seq_reserved = s[i].version + 1;
            event.at_ms = (int64_t)s[i].version + 1;
            if (p.save(p.ctx, &s[i], &fault) != STORE_OK ||
                p.append_event(p.ctx, &event, &fault) != STORE_OK) {
                return 4;
            }
        }
        if (p.commit(p.ctx, &fault) != STORE_OK) {
            return 5;
        }
        if (write(report, &s[0].version, sizeof s[0].version) != (ssize_t)sizeof s[0].version) {
            return 6;
        }
    }
}

/* Runs a writer for about `us` microseconds after its first report; returns the last reported
 * number. */
static uint64_t write_and_kill(struct store_fixture *f, unsigned us)
{
    int ends[2];
    uint64_t reported = 0;
    uint64_t number;
    int status;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        _exit(write_groups(f, ends[1]));
    }
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(read(ends[0], &reported, sizeof reported), sizeof reported);
    const struct timespec pause = {.tv_nsec = us * 1000L};
    (void)nanosleep(&pause, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it did not fail before */
    while (read(ends[0], &number, sizeof number) == (ssize_t)sizeof number) {
        assert_int_equal(number, reported + 1);
        reported = number;
    }
    assert_int_equal(close(ends[0]), 0);
    return reported;
}

static bool count_event(void *user, int64_t id, const struct home_event *event)
{
    (void)id;
    (void)event;
    ++*(uint64_t *)user;
    return true;
}

/* What stands in the file; asserts that it is consistent. */
static uint64_t read_back(struct store_fixture *f)
{
    struct subscription s;
    uint64_t version = 0;
    uint64_t events = 0;
    struct sqlite_store *store =
        sqlite_store_open(f->database, SQLITE_STORE_EXISTING, f->keyring, &f->fault);

    if (store == NULL) {
        fail_msg("%s", f->fault.text);
    }
    f->store = store;
    f->port = sqlite_store_port(store);
    assert_int_equal(sqlite_admin_check(store, &f->fault), STORE_OK);
    for (unsigned i = 0; i < GROUP; i++) {
        load_sample(f, i + 1, &s);
        version = i == 0 ? s.version : version;
        assert_int_equal(s.version, version); /* groups are whole */
        assert_int_equal(s.auth.seq_reserved, version);
    }
    assert_int_equal(
        sqlite_admin_events(store, 0, &s.imsi, SIZE_MAX >> 1, count_event, &events, &f->fault),
        STORE_OK);
    assert_int_equal(events, version);
    sqlite_store_close(store);
    f->store = NULL;
    return version;
}

static void test_kill_9(void **state)
{
    struct store_fixture *f = *state;
    unsigned seed = (unsigned)time(NULL);
    uint64_t before = 0;

    print_message("seed %u\n", seed);
    import_samples(f, 1, GROUP);
    sqlite_store_close(f->store);
    f->store = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t reported = write_and_kill(f, (unsigned)rand_r(&seed) % 40000);
        uint64_t stored = read_back(f);

        assert_true(stored == reported || stored == reported + 1);
        assert_true(stored > before);
        before = stored;
    }
    print_message("%llu groups in %d rounds\n", (unsigned long long)before, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kill_9, store_setup, store_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
