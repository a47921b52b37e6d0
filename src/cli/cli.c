#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRAM "mooring"

static int option_index(const struct cli_command *command, const char *name, size_t len)
{
    for (int i = 0; command->options[i].name != NULL; i++) {
        if (strlen(command->options[i].name) == len &&
            memcmp(command->options[i].name, name, len) == 0) {
            return i;
        }
    }
    return -1;
}

const char *cli_value(const struct cli_args *args, const char *name, const char *otherwise)
{
    int index = option_index(args->command, name, strlen(name));

    return index >= 0 && args->values[index] != NULL ? args->values[index] : otherwise;
}

bool cli_given(const struct cli_args *args, const char *name)
{
    return cli_value(args, name, NULL) != NULL;
}

bool cli_number(const struct cli_args *args, const char *name, uint64_t min, uint64_t max,
                uint64_t otherwise, uint64_t *value)
{
    const char *text = cli_value(args, name, NULL);
    char *end = NULL;

    *value = otherwise;
    if (text == NULL) {
        return true;
    }
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *value < min ||
        *value > max) {
        (void)cli_usage(args, "--%s takes a number from %llu to %llu, not '%s'", name,
                        (unsigned long long)min, (unsigned long long)max, text);
        return false;
    }
    return true;
}

/* "mooring card insert", or "mooring demo" for a group that is one command. */
static void command_name(const struct cli_group *group, const struct cli_command *command,
                         char *out, size_t capacity)
{
    (void)snprintf(out, capacity, PROGRAM " %s%s%s", group->name,
                   command->name[0] != '\0' ? " " : "", command->name);
}

int cli_usage(const struct cli_args *args, const char *format, ...)
{
    char name[64];
    va_list arguments;

    command_name(args->group, args->command, name, sizeof name);
    (void)fprintf(stderr, "%s: ", name);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "\nSee '%s --help'.\n", name);
    return CLI_USAGE;
}

int cli_failed(const struct fault *fault)
{
    (void)fprintf(stderr, PROGRAM ": %s\n", fault->text);
    return CLI_FAILED;
}

int64_t cli_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cli_time_text(int64_t at_ms, char out[32])
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm parts;

    if (at_ms == 0 || gmtime_r(&seconds, &parts) == NULL ||
        strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        (void)snprintf(out, 32, "-");
    }
}

static void help_all(const struct cli_group *const *groups)
{
    (void)printf("Mooring keeps every M2M UICC tied to its machine.\n\n"
                 "Usage: " PROGRAM " COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n");
    for (size_t i = 0; groups[i] != NULL; i++) {
        const struct cli_group *group = groups[i];

        (void)printf("  %-14s %s\n", group->name, group->summary);
        for (size_t j = 0; group->commands[j].name != NULL; j++) {
            if (group->commands[j].name[0] != '\0') {
                (void)printf("    %-12s %s\n", group->commands[j].name, group->commands[j].summary);
            }
        }
    }
    (void)printf("\n'" PROGRAM " COMMAND --help' tells more, with examples.\n"
                 "Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused by network or card.\n\n"
                 "Examples:\n"
                 "  " PROGRAM " demo\n"
                 "  " PROGRAM " home run --config mooring.yaml\n"
                 "  " PROGRAM " subscription list --config mooring.yaml\n");
}

static void help_group(const struct cli_group *group)
{
    (void)printf("%s\n\nUsage: " PROGRAM " %s COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n",
                 group->summary, group->name);
    for (size_t i = 0; group->commands[i].name != NULL; i++) {
        (void)printf("  %-12s %s\n", group->commands[i].name, group->commands[i].summary);
    }
    (void)printf("\nExample:\n  %s\n", group->commands[0].examples);
}

static void help_command(const struct cli_group *group, const struct cli_command *command)
{
    char name[64];

    command_name(group, command, name, sizeof name);
    (void)printf("%s\n\nUsage: %s%s%s%s\n", command->summary, name,
                 command->options[0].name != NULL ? " [OPTIONS]" : "",
                 command->arguments[0] != '\0' ? " " : "", command->arguments);
    if (command->description[0] != '\0') {
        (void)printf("\n%s\n", command->description);
    }
    (void)printf("\nOptions:\n");
    for (const struct cli_option *option = command->options; option->name != NULL; option++) {
        char left[40];

        (void)snprintf(left, sizeof left, "--%s%s%s", option->name,
                       option->value != NULL ? " " : "",
                       option->value != NULL ? option->value : "");
        (void)printf("  %-24s %s\n", left, option->help);
    }
    (void)printf("  %-24s %s\n\nExamples:\n  %s\n", "--help", "this text", command->examples);
}

static const struct cli_group *find_group(const struct cli_group *const *groups, const char *name)
{
    for (size_t i = 0; groups[i] != NULL; i++) {
        if (strcmp(groups[i]->name, name) == 0) {
            return groups[i];
        }
    }
    return NULL;
}

static const struct cli_command *find_command(const struct cli_group *group, const char *name)
{
    for (size_t i = 0; group->commands[i].name != NULL; i++) {
        if (strcmp(group->commands[i].name, name) == 0) {
            return &group->commands[i];
        }
    }
    return NULL;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* One "--name", "--name=value" or "--name value"; *at moves over a value. */
static int take_option(struct cli_args *args, int argc, char **argv, int *at)
{
    const char *word = argv[*at] + 2;
    const char *equals = strchr(word, '=');
    size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
    int index = option_index(args->command, word, len);

    if (index < 0) {
        return cli_usage(args, "there is no option '--%.*s'", (int)len, word);
    }
    if (args->values[index] != NULL) {
        return cli_usage(args, "--%.*s is given twice", (int)len, word);
    }
    if (args->command->options[index].value == NULL) {
        args->values[index] = "";
        return equals == NULL ? CLI_OK : cli_usage(args, "--%.*s takes no value", (int)len, word);
    }
    if (equals == NULL && *at + 1 >= argc) {
        return cli_usage(args, "--%.*s needs a value: %s", (int)len, word,
                         args->command->options[index].value);
    }
    args->values[index] = equals != NULL ? equals + 1 : argv[++*at];
    return CLI_OK;
}

static int parse(struct cli_args *args, int argc, char **argv)
{
    bool only_positionals = false;

    for (int i = 0; i < argc; i++) {
        if (!only_positionals && strcmp(argv[i], "--") == 0) {
            only_positionals = true;
        } else if (!only_positionals && strncmp(argv[i], "--", 2) == 0) {
            int status = take_option(args, argc, argv, &i);

            if (status != CLI_OK) {
                return status;
            }
        } else if (args->positional_count >= args->command->most) {
            return cli_usage(args, "too many arguments: '%s'", argv[i]);
        } else {
            args->positionals[args->positional_count++] = argv[i];
        }
    }
    if (args->positional_count < args->command->least) {
        return cli_usage(args, "an argument is missing: %s", args->command->arguments);
    }
    return CLI_OK;
}

static int run(const struct cli_group *group, const struct cli_command *command, int argc,
               char **argv)
{
    struct cli_args args = {.group = group, .command = command};

    for (int i = 0; i < argc; i++) {
        if (is_help(argv[i])) {
            help_command(group, command);
            return CLI_OK;
        }
    }
    int status = parse(&args, argc, argv);
    if (status == CLI_OK) {
        status = command->run(&args);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, PROGRAM ": writing to standard output failed\n");
        return CLI_FAILED;
    }
    return status;
}

int cli_main(int argc, char **argv, const struct cli_group *const *groups)
{
    if (argc < 2 || is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
        help_all(groups);
        return CLI_OK;
    }
    const struct cli_group *group = find_group(groups, argv[1]);
    if (group == NULL) {
        (void)fprintf(stderr, PROGRAM ": there is no command '%s'\nSee '" PROGRAM " --help'.\n",
                      argv[1]);
        return CLI_USAGE;
    }
    const struct cli_command *command = find_command(group, "");
    if (command != NULL) {
        return run(group, command, argc - 2, argv + 2);
    }
    if (argc < 3 || is_help(argv[2])) {
        help_group(group);
        return argc < 3 ? CLI_USAGE : CLI_OK;
    }
    command = find_command(group, argv[2]);
    if (command == NULL) {
        (void)fprintf(stderr,
                      PROGRAM " %s: there is no command '%s'\nSee '" PROGRAM " %s --help'.\n",
                      argv[1], argv[2], argv[1]);
        return CLI_USAGE;
    }
    return run(group, command, argc - 3, argv + 3);
}
