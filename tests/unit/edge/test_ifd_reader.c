/* src/edge/ifd/ifd_reader.c and slot.c without pcscd: insertion, swap, removal, and bad slots. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "edge/ifd/ifd_reader.h"
#include "edge/ifd/slot.h"
#include "support/test_card.h"

#define ICCID1 "8988000000000000016"
#define ICCID2 "8988000000000000024"

struct bench {
    char directory[64];
    char slot[80];
    char one[80];
    char two[80];
    struct ifd_reader *reader;
    struct fault fault;
};

static void put_file(const struct bench *b, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof(path), "%s/%s", b->slot, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    assert_non_null(b);
    snprintf(b->directory, sizeof(b->directory), "/tmp/test_ifd_reader.XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->slot, sizeof(b->slot), "%s/slot", b->directory);
    snprintf(b->one, sizeof(b->one), "%s/1.card", b->directory);
    snprintf(b->two, sizeof(b->two), "%s/2.card", b->directory);
    assert_int_equal(mkdir(b->slot, 0755), 0);
    assert_true(test_card_create(b->one, ICCID1, "001010000000001", &b->fault));
    assert_true(test_card_create(b->two, ICCID2, "001010000000002", &b->fault));
    b->reader = ifd_reader_open(b->slot, &b->fault);
    if (b->reader == NULL)
        fail_msg("%s", b->fault.text);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    char path[160];
    if (b->reader != NULL)
        ifd_reader_close(b->reader);
    snprintf(path, sizeof(path), "%s/card", b->slot);
    unlink(path);
    snprintf(path, sizeof(path), "%s/status", b->slot);
    unlink(path);
    unlink(b->one);
    unlink(b->two);
    rmdir(b->slot);
    rmdir(b->directory);
    free(b);
    return 0;
}

static bool present(struct bench *b, bool *news)
{
    memset(&b->fault, 0, sizeof(b->fault));
    return ifd_reader_present(b->reader, news, &b->fault);
}

/* Writes a request as slot_insert does, without waiting. */
static void request(struct bench *b, const char *id, const char *image)
{
    char text[256];
    if (image == NULL)
        snprintf(text, sizeof(text), "mooring-slot 1\nrequest %s\n", id);
    else
        snprintf(text, sizeof(text), "mooring-slot 1\nrequest %s\nimage %s\n", id, image);
    put_file(b, "card", text);
}

static struct slot_status status_of(struct bench *b)
{
    struct slot_status status;
    if (!slot_read_status(b->slot, &status, &b->fault))
        fail_msg("%s", b->fault.text);
    return status;
}

static void insert_use_swap_remove(void **state)
{
    struct bench *b = *state;
    bool news = true;
    uint8_t atr[IFD_ATR_MAX];
    uint8_t response[IFD_RESPONSE_MAX];
    size_t n = 0;
    assert_false(present(b, &news));
    assert_false(news);
    assert_int_equal(status_of(b).state, SLOT_ABSENT);
    assert_false(ifd_reader_power_up(b->reader, atr, &n));

    request(b, "a", b->one);
    assert_true(present(b, &news));
    assert_true(present(b, &news));
    assert_string_equal(status_of(b).id, "a");
    assert_int_equal(status_of(b).state, SLOT_PRESENT);
    assert_string_equal(status_of(b).iccid.digits, ICCID1);

    const uint8_t select_mf[] = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
    assert_false(ifd_reader_transmit(b->reader, select_mf, sizeof(select_mf), response, &n));
    assert_false(ifd_reader_atr(b->reader, atr, &n));
    assert_true(ifd_reader_power_up(b->reader, atr, &n));
    assert_in_range(n, 2, IFD_ATR_MAX);
    assert_int_equal(atr[0], 0x3B);
    assert_true(ifd_reader_atr(b->reader, atr, &n));
    assert_true(ifd_reader_transmit(b->reader, select_mf, sizeof(select_mf), response, &n));
    assert_int_equal(n, 2);
    assert_int_equal(response[0], 0x90);
    uint8_t long_command[IFD_COMMAND_MAX + 1] = {0};
    assert_false(ifd_reader_transmit(b->reader, long_command, sizeof(long_command), response, &n));

    request(b, "b", b->two);
    assert_false(present(b, &news)); /* absent once, so that the swap is seen */
    assert_false(ifd_reader_transmit(b->reader, select_mf, sizeof(select_mf), response, &n));
    assert_true(present(b, &news));
    assert_false(ifd_reader_atr(b->reader, atr, &n)); /* the new card is not powered yet */
    assert_string_equal(status_of(b).iccid.digits, ICCID2);

    assert_true(ifd_reader_power_up(b->reader, atr, &n));
    ifd_reader_power_down(b->reader);
    assert_false(ifd_reader_transmit(b->reader, select_mf, sizeof(select_mf), response, &n));
    request(b, "c", NULL);
    assert_false(present(b, &news));
    assert_string_equal(status_of(b).id, "c");
    assert_int_equal(status_of(b).state, SLOT_ABSENT);
}

static void bad_images(void **state)
{
    struct bench *b = *state;
    bool news = false;
    request(b, "a", "/nonexistent/x.card");
    assert_false(present(b, &news));
    assert_true(news);
    assert_non_null(strstr(b->fault.text, "/nonexistent/x.card: No such file"));
    assert_int_equal(status_of(b).state, SLOT_ERROR);
    assert_non_null(strstr(status_of(b).fault.text, "No such file"));
    assert_false(present(b, &news));
    assert_false(news); /* said once */
    assert_int_equal(truncate(b->one, 100), 0);
    request(b, "b", b->one);
    assert_false(present(b, &news));
    assert_true(news);
    assert_non_null(strstr(status_of(b).fault.text, "truncated: 100 of"));
    request(b, "c", b->two);
    assert_true(present(b, &news));
}

static void bad_requests_change_nothing(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "mooring-slot 2\nrequest x\n",
        "mooring-slot 1\n",
        "mooring-slot 1\nimage /a\n",
        "mooring-slot 1\nrequest x\nimage relative\n",
        "mooring-slot 1\nrequest \n",
        "mooring-slot 1\nrequest 123456789012345678901234567890123\n",
        "mooring-slot 1\nrequest x\ncolour red\n",
    };
    struct bench *b = *state;
    bool news = false;
    request(b, "a", b->one);
    assert_true(present(b, &news));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        put_file(b, "card", texts[i]);
        assert_true(present(b, &news));
        assert_int_equal(status_of(b).state, SLOT_PRESENT);
    }
    char *huge = malloc(20001);
    assert_non_null(huge);
    memset(huge, 'x', 20000);
    huge[20000] = '\0';
    put_file(b, "card", huge);
    free(huge);
    assert_true(present(b, &news));
    assert_true(news);
    request(b, "b", NULL);
    assert_false(present(b, &news));
}

static void unfit_directories(void **state)
{
    struct bench *b = *state;
    struct slot_status status;
    struct ifd_reader *second = ifd_reader_open(b->slot, &b->fault);
    assert_null(second);
    assert_non_null(strstr(b->fault.text, "another reader serves it"));
    ifd_reader_close(b->reader);
    b->reader = NULL;
    assert_false(slot_read_status(b->slot, &status, &b->fault));
    assert_non_null(strstr(b->fault.text, "no pcscd serves it"));
    assert_false(slot_insert(b->slot, b->one, 50, &b->fault));
    assert_non_null(strstr(b->fault.text, "no answer within 50 ms"));
    assert_int_equal(chmod(b->slot, 0775), 0);
    assert_null(ifd_reader_open(b->slot, &b->fault));
    assert_non_null(strstr(b->fault.text, "chmod 755"));
    assert_false(slot_insert(b->slot, b->one, 50, &b->fault));
    assert_non_null(strstr(b->fault.text, "chmod 755"));
    assert_null(ifd_reader_open("/nonexistent/slot", &b->fault));
    assert_null(ifd_reader_open(b->one, &b->fault));
    assert_non_null(strstr(b->fault.text, "not a directory"));
}

struct poller {
    struct bench *b;
    bool stop;
    pthread_mutex_t lock;
};

/* Does what pcscd does. */
static void *poll_reader(void *arg)
{
    struct poller *poller = arg;
    const struct timespec pause = {0, 5000000};
    for (;;) {
        bool news;
        struct fault fault;
        ifd_reader_present(poller->b->reader, &news, &fault);
        pthread_mutex_lock(&poller->lock);
        bool stop = poller->stop;
        pthread_mutex_unlock(&poller->lock);
        if (stop)
            return NULL;
        nanosleep(&pause, NULL);
    }
}

static void the_operators_side(void **state)
{
    struct bench *b = *state;
    struct poller poller = {.b = b, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, poll_reader, &poller), 0);
    for (int i = 0; i < 10; i++) {
        assert_true(slot_insert(b->slot, b->one, 5000, &b->fault));
        assert_string_equal(status_of(b).iccid.digits, ICCID1);
        assert_true(slot_insert(b->slot, b->two, 5000, &b->fault));
        assert_string_equal(status_of(b).iccid.digits, ICCID2);
        assert_true(slot_remove(b->slot, 5000, &b->fault));
        assert_int_equal(status_of(b).state, SLOT_ABSENT);
    }
    assert_false(slot_insert(b->slot, "nothing.card", 5000, &b->fault));
    assert_non_null(strstr(b->fault.text, "nothing.card: No such file"));
    assert_int_equal(chmod(b->one, 0644), 0);
    assert_false(slot_insert(b->slot, b->one, 5000, &b->fault));
    assert_non_null(strstr(b->fault.text, "chmod 600"));
    pthread_mutex_lock(&poller.lock);
    poller.stop = true;
    pthread_mutex_unlock(&poller.lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(insert_use_swap_remove, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_images, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_requests_change_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(unfit_directories, setup, teardown),
        cmocka_unit_test_setup_teardown(the_operators_side, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
