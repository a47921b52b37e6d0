/* The demonstration: its stage (demo/environment.c) and its acts (demo/acts_*.c). */
#ifndef MOORING_CLI_DEMO_DEMO_H
#define MOORING_CLI_DEMO_DEMO_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "cli/demo/process.h"

#define DEMO_PATH  256
#define DEMO_CARDS 100
#define DEMO_WORDS 32

/* Two machines, one that nobody authorised, by IMEI (TAC and SNR). */
#define DEMO_METER    "49015420323751"
#define DEMO_NEW      "35145120840121"
#define DEMO_STRANGER "86120404567890"

#define DEMO_ORIGINAL 0 /* slots */
#define DEMO_COPY     1
#define DEMO_SLOTS    2
#define DEMO_COPIED   "copy.card"

struct demo {
    char folder[DEMO_PATH];
    char program[PATH_MAX]; /* this very one */
    bool own_folder;        /* made by us: removed at the end */
    bool with_pcscd;
    uint16_t port; /* of the home network */
    pid_t home;
    pid_t pcscd;
    struct text transcript; /* everything that programs said */
    struct text output;     /* of the last one */
    char iccid[24];
    char imsi[16];
    char card[DEMO_PATH + 64]; /* image of the UICC that the acts are about */
    char copy[DEMO_PATH + 64];
    char ticket[24];
};

/* Makes the folder, the configuration and the two key files. `folder` NULL: a new one under /tmp.
 */
bool demo_open(struct demo *demo, const char *folder, bool with_pcscd, uint16_t port,
               struct fault *fault);
bool demo_start_home(struct demo *demo, struct fault *fault);
bool demo_start_pcscd(struct demo *demo, struct fault *fault);

/* Ends everything that was started; removes the folder if it is ours. True if the home network
 * stopped in order. */
bool demo_close(struct demo *demo);

/* True if no K, OPc, PIN or ADM of the batch is in what was printed or logged. Prints what was
 * searched. */
bool demo_secrets_kept(struct demo *demo, struct fault *fault);

/* The path of a file in the folder. */
void demo_path(const struct demo *demo, const char *name, char out[DEMO_PATH + 64]);

/* Says "    LINE". */
void demo_say(struct demo *demo, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Shows and runs `mooring WORD...` (words end with NULL) in the folder and expects this exit
 * status. Its output is demo->output. */
bool demo_mooring(struct demo *demo, struct fault *fault, int expected, const char *const *words);

/* Expects a part in the output of the last command. */
bool demo_expect(struct demo *demo, const char *part, struct fault *fault);

/* Has the card in `slot` attach in the machine with this IMEI; `more` are further words or NULL. */
bool demo_attach(struct demo *demo, struct fault *fault, int expected, int slot, const char *imei,
                 const char *const *more);

/* Expects this text in what `mooring subscription show` says of our subscription. */
bool demo_expect_state(struct demo *demo, const char *part, struct fault *fault);

bool act_personalise(struct demo *demo, struct fault *fault);
bool act_attach(struct demo *demo, struct fault *fault);
bool act_scope(struct demo *demo, struct fault *fault);
bool act_moved(struct demo *demo, struct fault *fault);
bool act_copied(struct demo *demo, struct fault *fault);
bool act_swap(struct demo *demo, struct fault *fault);

#endif
