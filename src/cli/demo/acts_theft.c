/* Acts 4 to 6: a UICC is moved without leave, copied, and moved with leave. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/demo/demo.h"
#include "edge/file/file_io.h"

#define IMAGE_MAX ((size_t)4 * 1024 * 1024)

static bool list_events(struct demo *demo, const char *expected, struct fault *fault)
{
    const char *const words[] = {"event", "list", "--imsi", demo->imsi, "--last", "2", NULL};

    return demo_mooring(demo, fault, CLI_OK, words) && demo_expect(demo, expected, fault);
}

bool act_moved(struct demo *demo, struct fault *fault)
{
    demo_say(demo, "A thief puts the UICC into a machine with IMEI %s.", DEMO_STRANGER);
    if (!demo_attach(demo, fault, CLI_REFUSED, DEMO_ORIGINAL, DEMO_STRANGER, NULL) ||
        !demo_expect(demo, "ULA: Result-Code 5003 (DIAMETER_AUTHORIZATION_REJECTED)", fault) ||
        !demo_expect(demo, "EMM cause #15", fault)) {
        return false;
    }
    demo_say(demo,
             "#15 bars the tracking area only: nothing stays on the card. The event is there,");
    if (!list_events(demo, "binding-violated", fault) ||
        !demo_expect(demo, "UICC seen in a machine with IMEI " DEMO_STRANGER, fault) ||
        !demo_expect_state(demo, "violated, IMEI " DEMO_METER ", last seen in IMEI " DEMO_STRANGER,
                           fault)) {
        return false;
    }
    demo_say(demo, "and the machine that the UICC belongs to is served as before.");
    return demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_METER, NULL) &&
           demo_expect_state(demo, "bound, IMEI " DEMO_METER, fault);
}

/* The attacker's copy: all octets of the image, keys and sequence numbers with them. */
static bool copy_card(struct demo *demo, struct fault *fault)
{
    struct file_content image;
    char from[DEMO_PATH + 64];
    char to[DEMO_PATH + 64];

    demo_path(demo, demo->card, from);
    demo_path(demo, DEMO_COPIED, to);
    if (!file_read(from, IMAGE_MAX, &image, fault)) {
        return false;
    }
    bool good = file_create(to, image.data, image.size, 0600, fault);
    demo_say(demo, "$ cp %s %s   (%zu octets)", demo->card, DEMO_COPIED, image.size);
    file_content_free(&image);
    return good;
}

static bool insert_copy(struct demo *demo, struct fault *fault)
{
    static const char *const words[] = {"card", "insert", DEMO_COPIED, "--slot", "slot1", NULL};

    return !demo->with_pcscd || demo_mooring(demo, fault, CLI_OK, words);
}

static bool find_copy(struct demo *demo, struct fault *fault)
{
    demo_say(demo, "The original attaches. It is audited: a stale vector, AUTS, a fresh vector.");
    if (!demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_METER, NULL) ||
        !demo_expect(demo, "synchronisation failure, AUTS", fault)) {
        return false;
    }
    demo_say(demo, "The copy attaches with the right IMEI, and is audited too.");
    if (!demo_attach(demo, fault, CLI_REFUSED, DEMO_COPY, DEMO_METER, NULL) ||
        !demo_expect(demo, "Re-Synchronization-Info -> AIA: Result-Code 5003", fault)) {
        return false;
    }
    demo_say(demo, "The home network says why:");
    return list_events(demo, "two cards hold this K", fault) &&
           demo_expect_state(demo, "verdict  cloned", fault);
}

bool act_copied(struct demo *demo, struct fault *fault)
{
    const char *const reset[] = {"subscription", "reset-marks", demo->imsi, NULL};

    demo_say(demo, "An attacker copies everything in the UICC.");
    if (!copy_card(demo, fault) || !insert_copy(demo, fault) || !find_copy(demo, fault)) {
        return false;
    }
    demo_say(demo, "Nobody is served now: the profile says 'on_clone: bar'. The operator takes the "
                   "copy away and says so.");
    return demo_attach(demo, fault, CLI_REFUSED, DEMO_ORIGINAL, DEMO_METER, NULL) &&
           demo_mooring(demo, fault, CLI_OK, reset) &&
           demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_METER, NULL) &&
           demo_expect_state(demo, "verdict  clear", fault);
}

static bool take_ticket(struct demo *demo, struct fault *fault)
{
    if (sscanf(demo->output.data, "ticket %16[0-9a-f]:", demo->ticket) != 1) {
        return fault_set(fault, "the ticket's number was expected");
    }
    return true;
}

bool act_swap(struct demo *demo, struct fault *fault)
{
    const char *const open[] = {"ticket", "open",    demo->imsi, "--imei",
                                DEMO_NEW, "--hours", "8",        NULL};
    const char *const list[] = {"ticket", "list", NULL};
    const char *const again[] = {"ticket", "cancel", demo->ticket, NULL};

    demo_say(demo, "The meter is worn out: one ticket, one swap.");
    if (!demo_mooring(demo, fault, CLI_OK, open) || !take_ticket(demo, fault) ||
        !demo_expect_state(demo, "released, IMEI " DEMO_METER, fault) ||
        !demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_NEW, NULL) ||
        !demo_expect_state(demo, "bound, IMEI " DEMO_NEW, fault)) {
        return false;
    }
    demo_say(demo, "The ticket is used up: the old machine, a third one and the ticket itself get "
                   "nothing more.");
    return demo_attach(demo, fault, CLI_REFUSED, DEMO_ORIGINAL, DEMO_METER, NULL) &&
           demo_attach(demo, fault, CLI_REFUSED, DEMO_ORIGINAL, DEMO_STRANGER, NULL) &&
           demo_mooring(demo, fault, CLI_OK, list) && demo_expect(demo, "used", fault) &&
           demo_mooring(demo, fault, CLI_FAILED, again) &&
           demo_expect(demo, "is used already", fault) &&
           demo_attach(demo, fault, CLI_OK, DEMO_ORIGINAL, DEMO_NEW, NULL);
}
