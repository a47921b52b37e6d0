/* Acts 1 to 3: a UICC is made, wakes up in its machine, and is good for its purpose only. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/demo/demo.h"

/* The value behind "KEY " at the start of a line of the output, up to the next blank. */
static bool take_word(struct demo *demo, const char *key, char *out, size_t capacity,
                      struct fault *fault)
{
    const char *at = demo->output.data != NULL ? strstr(demo->output.data, key) : NULL;

    if (at == NULL) {
        return fault_set(fault, "'%s' was expected", key);
    }
    at += strlen(key);
    size_t n = strcspn(at, " \n");
    if (n == 0 || n >= capacity) {
        return fault_set(fault, "what follows '%s' is no identity", key);
    }
    memcpy(out, at, n);
    out[n] = '\0';
    return true;
}

bool act_personalise(struct demo *demo, struct fault *fault)
{
    static const char *const key1[] = {"key", "new", "transport.key", NULL};
    static const char *const key2[] = {"key", "new", "home.key", NULL};
    static const char *const make[] = {"card",   "batch",    "--count", "100",   "--plmn",
                                       "001/01", "--issuer", "8988211", "--key", "transport.key",
                                       "--out",  "batch",    NULL};
    static const char *const import[] = {"subscription", "import", "batch/batch.json", "--profile",
                                         "meter",        "--key",  "transport.key",    NULL};
    static const char *const list[] = {"subscription", "list", "--limit", "3", NULL};

    demo_say(demo, "The subscriber chose the operator with PLMN 001/01. It makes 100 UICCs and "
                   "imports them.");
    if (!demo_mooring(demo, fault, CLI_OK, key1) || !demo_mooring(demo, fault, CLI_OK, key2) ||
        !demo_mooring(demo, fault, CLI_OK, make) ||
        !take_word(demo, "IMSI  ", demo->imsi, sizeof demo->imsi, fault) ||
        !take_word(demo, "ICCID ", demo->iccid, sizeof demo->iccid, fault) ||
        !demo_mooring(demo, fault, CLI_OK, import) ||
        !demo_expect(demo, "100 subscriptions imported, profile 'meter', binding armed", fault) ||
        !demo_mooring(demo, fault, CLI_OK, list)) {
        return false;
    }
    (void)snprintf(demo->card, sizeof demo->card, "batch/%s.card", demo->iccid);
    return demo_expect(demo, "issued", fault) && demo_expect(demo, "armed", fault);
}

static bool insert(struct demo *demo, struct fault *fault)
{
    const char *const readers[] = {"card", "readers", NULL};
    const char *const words[] = {"card", "insert", demo->card, "--slot", "slot0", NULL};

    if (!demo->with_pcscd) {
        demo_say(demo, "(without pcscd: the UICC is opened in the lab tool's own process)");
        return true;
    }
    return demo_start_pcscd(demo, fault) && demo_mooring(demo, fault, CLI_OK, readers) &&
           demo_mooring(demo, fault, CLI_OK, words);
}

bool act_attach(struct demo *demo, struct fault *fault)
{
    demo_say(demo,
             "One UICC goes into its machine, a meter with IMEI %s. That is all the site does.",
             DEMO_METER);
    if (!insert(demo, fault) || !demo_start_home(demo, fault)) {
        return false;
    }
    demo_say(demo, "Its first vector is a stale one on purpose: the SQN audit takes its baseline.");
    return demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_METER, NULL) &&
           demo_expect(demo, "RES equals XRES", fault) &&
           demo_expect(demo, "ULA: Result-Code 2001", fault) &&
           demo_expect_state(demo, "bound, IMEI " DEMO_METER, fault) &&
           demo_expect(demo, "status   active", fault);
}

bool act_scope(struct demo *demo, struct fault *fault)
{
    const char *const granted[] = {"--ask-apn", "meter.iot", NULL};
    const char *const foreign[] = {"--ask-apn", "internet", "--ask-telephony", NULL};

    demo_say(demo, "The same machine asks for what its profile gives, then for more.");
    return demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_METER, granted) &&
           demo_expect(demo, "Network-Access-Mode 2 (only packet)", fault) &&
           demo_expect(demo, "Teleservice-List none", fault) &&
           demo_expect(demo, "APN meter.iot", fault) &&
           demo_expect(demo, "'meter.iot': granted", fault) &&
           demo_attach(demo, fault, CLI_REFUSED, DEMO_ORIGINAL, DEMO_METER, foreign) &&
           demo_expect(demo, "'internet': refused, ESM cause #33", fault) &&
           demo_expect(demo, "telephony (teleservice 11): refused", fault);
}
