/* mooring demo: the whole promise in six acts, with real parts. */
#include <stdio.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/cli.h"
#include "cli/demo/demo.h"

struct act {
    const char *title;
    bool (*play)(struct demo *demo, struct fault *fault);
};

static const struct act acts[] = {
    {"Personalise", act_personalise},
    {"Insert and attach", act_attach},
    {"Scope", act_scope},
    {"Moved UICC", act_moved},
    {"Copied UICC", act_copied},
    {"Authorised swap", act_swap},
};

/* Plays all acts; each builds on the one before, so the first that fails is the last. */
static int play(struct demo *demo)
{
    int failed = 0;

    for (size_t i = 0; i < ARRAY_LEN(acts) && failed == 0; i++) {
        struct fault fault = {0};

        (void)printf("act %zu: %s\n", i + 1, acts[i].title);
        if (acts[i].play(demo, &fault)) {
            (void)printf("act %zu: %s: ok\n\n", i + 1, acts[i].title);
        } else {
            (void)printf("act %zu: %s: failed: %s\n", i + 1, acts[i].title, fault.text);
            failed = (int)(ARRAY_LEN(acts) - i);
        }
    }
    return failed;
}

static int demo_run(const struct cli_args *args)
{
    struct demo demo = {.home = 0};
    struct fault fault = {0};
    bool with_pcscd = !cli_given(args, "no-pcscd");
    const char *keep = cli_value(args, "keep", NULL);
    uint64_t port;

    if (!cli_number(args, "port", 1, 65535, 0, &port)) {
        return CLI_USAGE;
    }
    if (with_pcscd && geteuid() != 0) {
        (void)fprintf(stderr,
                      "mooring demo: pcscd, the PC/SC daemon that holds the virtual reader, needs "
                      "root.\nRun this as root, or go on without it:\n\n    mooring demo "
                      "--no-pcscd\n\nThen the UICC is opened in the lab tool's own process; all "
                      "else is the same.\n");
        return CLI_FAILED;
    }
    bool good = demo_open(&demo, keep, with_pcscd, (uint16_t)port, &fault);
    if (!good) {
        (void)cli_failed(&fault);
    }
    int failed = good ? play(&demo) : 1;
    if (failed == 0 && !demo_secrets_kept(&demo, &fault)) {
        (void)cli_failed(&fault);
        failed = 1;
    }
    if (keep != NULL && good) {
        (void)printf("everything is kept in %s\n", keep);
    }
    if (!demo_close(&demo) && failed == 0) {
        (void)fprintf(stderr, "mooring demo: the home network did not stop in order\n");
        failed = 1;
    }
    (void)printf(failed == 0 ? "all six acts passed\n" : "the demonstration failed\n");
    return failed == 0 ? CLI_OK : CLI_FAILED;
}

static const struct cli_option options[] = {
    {"no-pcscd", NULL, "without the PC/SC daemon (needs no root)"},
    {"port", "N", "port of the home network on loopback (default: any free one)"},
    {"keep", "DIR", "a new folder in which everything is kept: database, logs, cards"},
    {0},
};

static const struct cli_command commands[] = {
    {"", "", 0, 0, "Watch a UICC wake up, be stolen, be copied, and be swapped",
     "Six acts with real parts: a UICC in a reader of pcscd, S6a over Diameter, SQLite. "
     "Everything\n"
     "happens on loopback and in a folder under /tmp; nothing is left running.",
     "mooring demo\n  mooring demo --no-pcscd --keep /tmp/look", options, demo_run},
    {0},
};

const struct cli_group cli_group_demo = {"demo", "The whole promise in six acts, with real parts",
                                         commands};
