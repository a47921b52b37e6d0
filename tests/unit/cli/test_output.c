/* Lists as tables and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/output.h"

static const struct output_column columns[] = {
    {"id", "ID"}, {"who", "WHO"}, {"detail", NULL}, {"why", "WHY"}, {0}};

/* What output_print writes to standard output. */
static char *printed(struct output *output)
{
    static char text[4096];
    FILE *file = tmpfile();
    int kept = dup(STDOUT_FILENO);

    assert_non_null(file);
    (void)fflush(stdout);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    output_print(output);
    (void)fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    (void)close(kept);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

static struct output *filled(bool json, size_t keep)
{
    static const char *const rows[][4] = {{"1", "a", "{}", NULL}, {"22", "long name", "{}", "x"}};
    struct output *output = output_new(columns, json);

    assert_non_null(output);
    output_keep_last(output, keep);
    assert_true(output_row(output, rows[0]));
    assert_true(output_row(output, rows[1]));
    return output;
}

static void test_table(void **state)
{
    (void)state;
    assert_string_equal(printed(filled(false, 0)), "ID  WHO        WHY\n"
                                                   "1   a          -\n"
                                                   "22  long name  x\n");
}

static void test_last_rows(void **state)
{
    (void)state;
    assert_string_equal(printed(filled(false, 1)), "ID  WHO        WHY\n"
                                                   "22  long name  x\n");
}

static void test_json(void **state)
{
    const char *text;

    (void)state;
    text = printed(filled(true, 1));
    assert_non_null(strstr(text, "\"detail\": \"{}\""));
    assert_non_null(strstr(text, "\"id\": \"22\""));
    assert_null(strstr(text, "\"id\": \"1\""));
}

static void test_hostile_cells(void **state)
{
    static const char *const row[] = {"1", "\x1b[2Jevil\xff\n", "{}", "\"quoted\""};

    (void)state;
    for (int json = 0; json < 2; json++) {
        struct output *output = output_new(columns, json == 1);

        assert_true(output_row(output, row));
        const char *text = printed(output);
        assert_non_null(strstr(text, "?[2Jevil??"));
        assert_null(strchr(text, 0x1b));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_last_rows),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_hostile_cells),
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
