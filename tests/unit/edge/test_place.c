/* Files stand where nobody else can exchange them. Owners can be changed by root only: else those
 * parts are left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "edge/file/place.h"

#define SOMEBODY 65534

struct place {
    char folder[64];
    char file[80];
};

static int setup(void **state)
{
    static struct place place;

    (void)snprintf(place.folder, sizeof place.folder, "/tmp/mooring-place.XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(place.file, sizeof place.file, "%s/file", place.folder);
    FILE *file = fopen(place.file, "w");
    assert_non_null(file);
    (void)fclose(file);
    *state = &place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    (void)unlink(place->file);
    return rmdir(place->folder);
}

static void expect(const struct place *place, bool good, const char *named)
{
    struct fault fault = {{0}};

    assert_int_equal(file_place_check(place->file, &fault), good);
    if (!good) {
        assert_memory_equal(fault.text, named, strlen(named));
    }
}

static void test_own_folder(void **state)
{
    expect(*state, true, ""); /* /tmp itself is sticky */
}

static void test_folder_open_to_others(void **state)
{
    struct place *place = *state;

    assert_int_equal(chmod(place->folder, 0707), 0);
    expect(place, false, place->folder);
    assert_int_equal(chmod(place->folder, 01707), 0);
    expect(place, true, "");
    assert_int_equal(chmod(place->folder, 0700), 0);
}

static void test_somebody_elses(void **state)
{
    struct place *place = *state;

    if (geteuid() != 0) {
        skip();
    }
    assert_int_equal(chown(place->file, SOMEBODY, SOMEBODY), 0);
    expect(place, false, place->file);
    assert_int_equal(chown(place->file, 0, 0), 0);
    assert_int_equal(chown(place->folder, SOMEBODY, SOMEBODY), 0);
    expect(place, false, place->folder);
    assert_int_equal(chown(place->folder, 0, SOMEBODY), 0);
    assert_int_equal(chmod(place->folder, 0770), 0);
    expect(place, false, place->folder);
}

static void test_missing_and_partial(void **state)
{
    struct fault fault = {{0}};

    (void)state;
    assert_false(file_place_check("/tmp/mooring-nothing-here", &fault));
    assert_false(file_place_check("relative", &fault));
    assert_true(file_place_check("/", &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_folder_open_to_others, setup, teardown),
        cmocka_unit_test_setup_teardown(test_somebody_elses, setup, teardown),
        cmocka_unit_test(test_missing_and_partial),
    };

    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
