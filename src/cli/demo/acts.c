/* What acts share: running our own command on stage, and expecting things of what it said. */
#include <stdio.h>
#include <string.h>

#include "cli/demo/demo.h"

static void show_command(struct demo *demo, const char *const *words)
{
    char line[1024] = "$ mooring";
    size_t len = strlen(line);

    for (size_t i = 0; words[i] != NULL && len + 2 < sizeof line; i++) {
        bool quote = strchr(words[i], ' ') != NULL;

        len += (size_t)snprintf(line + len, sizeof line - len, quote ? " '%s'" : " %s", words[i]);
    }
    demo_say(demo, "%s", line);
}

bool demo_mooring(struct demo *demo, struct fault *fault, int expected, const char *const *words)
{
    const char *argv[DEMO_WORDS + 2] = {demo->program};

    show_command(demo, words);
    for (size_t i = 0; words[i] != NULL && i < DEMO_WORDS; i++) {
        argv[i + 1] = words[i];
    }
    int status = process_run(demo->folder, argv, &demo->output, &demo->transcript, fault);
    if (status < 0) {
        return false;
    }
    return status == expected || fault_set(fault, "'mooring %s %s' ended with status %d, not %d",
                                           words[0], words[1], status, expected);
}

bool demo_expect(struct demo *demo, const char *part, struct fault *fault)
{
    return text_has(&demo->output, part) || fault_set(fault, "'%s' was expected", part);
}

bool demo_attach(struct demo *demo, struct fault *fault, int expected, int slot, const char *imei,
                 const char *const *more)
{
    char connect[32];
    char reader[32];
    const char *image = slot == DEMO_ORIGINAL ? demo->card : DEMO_COPIED;
    const char *words[DEMO_WORDS] = {
        "lab",
        "attach",
        "--connect",
        connect,
        "--pin-from",
        "batch/batch.json",
        "--key",
        "transport.key",
        demo->with_pcscd ? "--reader" : "--image",
        demo->with_pcscd ? reader : image,
        "--imei",
        imei,
    };
    size_t n = 12;

    (void)snprintf(connect, sizeof connect, "127.0.0.1:%u", demo->port);
    (void)snprintf(reader, sizeof reader, "Mooring %d %02X 00", slot, slot);
    for (size_t i = 0; more != NULL && more[i] != NULL && n + 1 < DEMO_WORDS; i++) {
        words[n++] = more[i];
    }
    if (more == NULL) {
        words[n] = "--brief";
    }
    return demo_mooring(demo, fault, expected, words);
}

bool demo_expect_state(struct demo *demo, const char *part, struct fault *fault)
{
    const char *const words[] = {"subscription", "show", demo->imsi, NULL};

    return demo_mooring(demo, fault, 0, words) && demo_expect(demo, part, fault);
}
