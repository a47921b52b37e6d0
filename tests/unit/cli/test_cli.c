/* The command line: options, arguments, help, exit statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "cli/cli.h"

static struct {
    int runs;
    char value[32];
    bool flag;
    uint64_t number;
    int positionals;
} seen;

static int run(const struct cli_args *args)
{
    seen.runs++;
    (void)snprintf(seen.value, sizeof seen.value, "%s", cli_value(args, "value", "none"));
    seen.flag = cli_given(args, "flag");
    seen.positionals = args->positional_count;
    return cli_number(args, "number", 1, 100, 7, &seen.number) ? CLI_REFUSED : CLI_USAGE;
}

static const struct cli_option options[] = {
    {"value", "TEXT", "a value"}, {"flag", NULL, "a switch"}, {"number", "N", "a number"}, {0}};
static const struct cli_command commands[] = {
    {"act", "ONE [TWO]", 1, 2, "Act", "", "mooring group act one", options, run}, {0}};
static const struct cli_group group = {"group", "A group", commands};

static int call(const char *line)
{
    static const struct cli_group *const groups[] = {&group, NULL};
    char copy[128];
    char *argv[16] = {"mooring"};
    int argc = 1;

    memset(&seen, 0, sizeof seen);
    (void)snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    return cli_main(argc, argv, groups);
}

static void test_options_and_arguments(void **state)
{
    (void)state;
    assert_int_equal(call("group act one --value text --flag --number=42 two"), CLI_REFUSED);
    assert_int_equal(seen.runs, 1);
    assert_string_equal(seen.value, "text");
    assert_true(seen.flag);
    assert_int_equal(seen.number, 42);
    assert_int_equal(seen.positionals, 2);
    assert_int_equal(call("group act one"), CLI_REFUSED);
    assert_string_equal(seen.value, "none");
    assert_false(seen.flag);
    assert_int_equal(seen.number, 7);
    assert_int_equal(call("group act -- --value"), CLI_REFUSED);
    assert_int_equal(seen.positionals, 1);
}

static void test_wrong_lines_run_nothing(void **state)
{
    static const char *const lines[] = {
        "group act",
        "group act one two three",
        "group act one --none",
        "group act one --value",
        "group act one --flag --flag",
        "group act one --flag=yes",
        "group none",
        "none",
        "group",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        assert_int_equal(call(lines[i]), CLI_USAGE);
        assert_int_equal(seen.runs, 0);
    }
}

static void test_wrong_numbers(void **state)
{
    static const char *const numbers[] = {"0",  "101", "-1", "+1",
                                          "1x", "x",   "",   "99999999999999999999"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        char line[64];

        (void)snprintf(line, sizeof line, "group act one --number=%s", numbers[i]);
        assert_int_equal(call(line), CLI_USAGE);
    }
}

static void test_help_runs_nothing(void **state)
{
    (void)state;
    assert_int_equal(call(""), CLI_OK);
    assert_int_equal(call("--help"), CLI_OK);
    assert_int_equal(call("group --help"), CLI_OK);
    assert_int_equal(call("group act --help"), CLI_OK);
    assert_int_equal(call("group act one --value x -h"), CLI_OK);
    assert_int_equal(seen.runs, 0);
}

static void test_times(void **state)
{
    char text[32];

    (void)state;
    cli_time_text(INT64_C(1795551239000), text);
    assert_string_equal(text, "2026-11-24T20:13:59Z");
    cli_time_text(0, text);
    assert_string_equal(text, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_and_arguments),
        cmocka_unit_test(test_wrong_lines_run_nothing),
        cmocka_unit_test(test_wrong_numbers),
        cmocka_unit_test(test_help_runs_nothing),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
