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

bool demo_mooring(struct demo *demo, struct fault *fault, int expected, bool config,
                  const char *const *words)
{
    const char *argv[DEMO_WORDS + 4] = {demo->program};
    char path[DEMO_PATH + 64];
    size_t n = 1;

    show_command(demo, words);
    for (size_t i = 0; words[i] != NULL && n <= DEMO_WORDS; i++) {
        argv[n++] = words[i];
    }
    if (config) {
        (void)snprintf(path, sizeof path, "%s/mooring.yaml", demo->folder);
        argv[n++] = "--config";
        argv[n] = path;
    }
    int status = process_run(argv, &demo->output, &demo->transcript, fault);
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
    char batch[DEMO_PATH + 64];
    char key[DEMO_PATH + 64];
    char connect[32];
    char reader[32];
    const char *words[DEMO_WORDS] = {
        "lab",
        "attach",
        "--connect",
        connect,
        "--imei",
        imei,
        "--pin-from",
        batch,
        "--key",
        key,
        demo->with_pcscd ? "--reader" : "--image",
        demo->with_pcscd ? reader : (slot == DEMO_ORIGINAL ? demo->card : demo->copy),
    };
    size_t n = 12;

    (void)snprintf(batch, sizeof batch, "%s/batch/batch.json", demo->folder);
    (void)snprintf(key, sizeof key, "%s/transport.key", demo->folder);
    (void)snprintf(connect, sizeof connect, "127.0.0.1:%u", demo->port);
    (void)snprintf(reader, sizeof reader, "Mooring %d %02X 00", slot, slot);
    for (size_t i = 0; more != NULL && more[i] != NULL && n + 1 < DEMO_WORDS; i++) {
        words[n++] = more[i];
    }
    return demo_mooring(demo, fault, expected, false, words);
}

bool demo_expect_state(struct demo *demo, const char *part, struct fault *fault)
{
    const char *const words[] = {"subscription", "show", demo->imsi, "--json", NULL};

    return demo_mooring(demo, fault, 0, true, words) && demo_expect(demo, part, fault);
}
