/*
 * The shape of the `mooring` command: groups of subcommands, each a constant table entry with its
 * help. Help and parsing come from the same tables, so that they cannot differ.
 */
#ifndef MOORING_CLI_CLI_H
#define MOORING_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

enum cli_exit {
    CLI_OK = 0,
    CLI_FAILED = 1,  /* an error, told on stderr */
    CLI_USAGE = 2,   /* the command line is wrong */
    CLI_REFUSED = 3, /* the network or the card said no: an answer, not an error */
};

#define CLI_OPTIONS_MAX     16
#define CLI_POSITIONALS_MAX 64

struct cli_option {
    const char *name;  /* without dashes */
    const char *value; /* what stands for the value in help; NULL: a switch */
    const char *help;
};

struct cli_args;

struct cli_command {
    const char *name;
    const char *arguments; /* positional ones, for help: "IMAGE HEX..." or "" */
    int least, most;       /* how many of them */
    const char *summary;
    const char *description;          /* more lines; "" if the summary says all */
    const char *examples;             /* lines that begin with "mooring " */
    const struct cli_option *options; /* ends with a NULL name */
    int (*run)(const struct cli_args *args);
};

struct cli_group {
    const char *name;
    const char *summary;
    const struct cli_command
        *commands; /* ends with a NULL name; a group of one nameless ("") command is a command */
};

struct cli_args {
    const struct cli_group *group;
    const struct cli_command *command;
    const char *values[CLI_OPTIONS_MAX]; /* by place in `options`; a switch has "" */
    const char *positionals[CLI_POSITIONALS_MAX];
    int positional_count;
};

/* The value of an option of the command's table, or `otherwise`. */
const char *cli_value(const struct cli_args *args, const char *name, const char *otherwise);

/* True if the option or switch was given. */
bool cli_given(const struct cli_args *args, const char *name);

/* The number that an option gives, within min..max, or `otherwise`. False, told on stderr, if it is
 * none. */
bool cli_number(const struct cli_args *args, const char *name, uint64_t min, uint64_t max,
                uint64_t otherwise, uint64_t *value);

/* Says on stderr what is wrong with the command line and where help is. Returns CLI_USAGE. */
int cli_usage(const struct cli_args *args, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says the fault on stderr. Returns CLI_FAILED. */
int cli_failed(const struct fault *fault);

/* Finds the command, parses, runs; the whole of main. */
int cli_main(int argc, char **argv, const struct cli_group *const *groups);

/* Every group has its file; lists end with NULL. */
extern const struct cli_group cli_group_card;
extern const struct cli_group cli_group_demo;
extern const struct cli_group cli_group_event;
extern const struct cli_group cli_group_home;
extern const struct cli_group cli_group_key;
extern const struct cli_group cli_group_lab;
extern const struct cli_group cli_group_subscription;
extern const struct cli_group cli_group_ticket;

/* Unix time in milliseconds, and as text of a point in time (UTC, to the second; 21 characters with
 * the NUL). */
int64_t cli_now_ms(void);
void cli_time_text(int64_t at_ms, char out[32]);

#endif
