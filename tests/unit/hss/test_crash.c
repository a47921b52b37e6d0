/*
 * kill -9: a child process hands out vectors over the SQLite store and reports, after each
 * committed round, the SEQs that left. It is killed at a random moment, again and again; no SEQ
 * ever comes twice. `test_hss_crash FOLDER` is the child.
 */
#include "store_fixture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "aka/sqn.h"
#include "scratch.h"

#define KILLS 20

/* Hands out vectors until it is killed. SEQs go to standard output, a round in one write. */
static int child(const char *folder)
{
    static struct hss_fixture f;
    static struct home home;

    hss_fixture_prepare(&f);
    f.settings.seq_reserve = 3; /* so that most rounds need the store */
    home_open(&home, &f, folder);
    for (uint32_t round = 0;; round++) {
        struct hss_answer answer = ask_air(home.hss, MME_HOST, MME_PLMN, IMSI, 1 + round % 3);
        uint64_t seqs[HOME_VECTORS_MAX];

        expect_code(&answer, DIA_SUCCESS, false);
        for (size_t i = 0; i < answer.count; i++) {
            seqs[i] = sqn_seq(sqn_of(&f, &answer.vectors[i]));
        }
        if (!hss_round_end(home.hss) ||
            write(STDOUT_FILENO, seqs, answer.count * sizeof *seqs) < 0) {
            return 1;
        }
    }
}

static pid_t start(const char *folder, int *from)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execl("/proc/self/exe", "test_hss_crash", folder, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    *from = ends[0];
    return pid;
}

static int64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads SEQs until `until_ms` (-1: to the end of the pipe); each must be above all before. */
static void read_seqs(int from, int64_t until_ms, uint64_t *last, unsigned *count)
{
    for (;;) {
        struct pollfd wait = {.fd = from, .events = POLLIN};
        int64_t left = until_ms - clock_ms();
        uint64_t seqs[512];

        if (until_ms >= 0 && (left <= 0 || poll(&wait, 1, (int)left) == 0)) {
            return;
        }
        ssize_t n = read(from, seqs, sizeof seqs);
        if (n <= 0) {
            assert_true(n == 0 || errno == EINTR);
            return;
        }
        assert_int_equal((size_t)n % sizeof *seqs, 0); /* rounds are written whole */
        for (size_t i = 0; i < (size_t)n / sizeof *seqs; i++) {
            assert_true(seqs[i] > *last);
            *last = seqs[i];
            (*count)++;
        }
    }
}

static void test_no_seq_comes_twice(void **state)
{
    static struct hss_fixture f;
    struct scratch scratch;
    uint64_t last = 0;
    unsigned count = 0;

    (void)state;
    scratch_make(&scratch);
    hss_fixture_prepare(&f);
    store_create(&f, scratch.folder);
    for (int i = 0; i < KILLS; i++) {
        unsigned before = count;
        uint8_t moment;
        int from;
        int status;
        pid_t pid = start(scratch.folder, &from);

        for (int64_t patience = clock_ms() + 20000; count == before;) {
            read_seqs(from, clock_ms() + 5, &last, &count);
            assert_true(clock_ms() < patience);
        }
        assert_true(f.crypto.port.random(f.crypto.port.ctx, &moment, 1));
        read_seqs(from, clock_ms() + moment % 40, &last, &count);
        assert_int_equal(kill(pid, SIGKILL), 0);
        read_seqs(from, -1, &last, &count);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        (void)close(from);
    }
    print_message("%d kills, %u vectors handed out, highest SEQ %llu\n", KILLS, count,
                  (unsigned long long)last);
    openssl_crypto_free(&f.crypto);
    scratch_remove(&scratch);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_seq_comes_twice)};

    if (argc == 2) {
        return child(argv[1]);
    }
    return cmocka_run_group_tests_name("hss_crash", tests, NULL, NULL);
}
