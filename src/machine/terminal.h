/*
 * What a terminal does with a UICC (TS 102 221, TS 31.102 5): reset, command exchange over T=0,
 * reading the identities, PIN1, authentication. Pure over the reader port.
 *
 * Functions return false with a fault that names the command, the status word and its meaning
 * ("VERIFY PIN: 63C2: wrong PIN, 2 tries left"). Whatever the card answers is checked: it may be
 * hostile. A command that found the card's answer unusable may be tried again after terminal_reset.
 */
#ifndef MOORING_MACHINE_TERMINAL_H
#define MOORING_MACHINE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "codec/identity.h"
#include "machine/reader.h"

#define TERMINAL_DATA_MAX 256
#define TERMINAL_AID_MAX  16
#define TERMINAL_PIN1     0x01 /* key reference, TS 102 221 9.5.1 */
#define TERMINAL_PIN_MAX  8    /* digits */

/* A terminal at one reader. The reader must outlive it. */
struct terminal {
    const struct reader *reader;
    uint8_t atr[READER_ATR_MAX];
    size_t atr_len;
};

/* What a card answered, with all of 61XX and 6CXX worked off. May hold secrets: wipe where it does.
 */
struct terminal_response {
    uint8_t data[TERMINAL_DATA_MAX];
    size_t len;
    uint16_t sw;
};

/* Resets the card and binds `terminal` to `reader`; MF is selected then. */
bool terminal_reset(struct terminal *terminal, const struct reader *reader, struct fault *fault);

/*
 * Sends one command APDU of 4 to 261 octets and works off 61XX (GET RESPONSE) and 6CXX (the same
 * again with that Le), TS 102 221 7.3.1.1. `name` is the command's name for the fault. True with
 * any status word that ends the exchange; false if the reader failed, the answer has no status
 * word, more than 256 octets came, or the card went on for more than 16 rounds.
 */
bool terminal_exchange(const struct terminal *terminal, const char *name, const uint8_t *command,
                       size_t command_len, struct terminal_response *response, struct fault *fault);

/* Sets "NAME: SW: meaning". Returns false. */
bool terminal_refused(struct fault *fault, const char *name, uint16_t sw);

/* Selects the MF (3F00). */
bool terminal_select_mf(const struct terminal *terminal, struct fault *fault);

/* Reads EF_ICCID (TS 102 221 13.2) and leaves MF selected. */
bool terminal_read_iccid(const struct terminal *terminal, struct iccid *iccid, struct fault *fault);

/*
 * Selects ADF.USIM: by the AID of the first USIM in EF_DIR (TS 102 221 13.1, TS 101 220 annex E),
 * or, where EF_DIR is missing or names none, by the 7 octets that all USIMs' AIDs begin with.
 */
bool terminal_select_usim(const struct terminal *terminal, struct fault *fault);

enum terminal_pin_status {
    TERMINAL_PIN_NEEDED,    /* must be verified; `tries` are left */
    TERMINAL_PIN_SATISFIED, /* verified in this session */
    TERMINAL_PIN_DISABLED,
    TERMINAL_PIN_BLOCKED, /* only UNBLOCK PIN helps */
};

struct terminal_pin {
    enum terminal_pin_status status;
    unsigned tries;
};

/* Asks how it stands with PIN `reference` (an empty VERIFY PIN, TS 102 221 11.1.9): uses up no try.
 */
bool terminal_query_pin(const struct terminal *terminal, uint8_t reference,
                        struct terminal_pin *pin, struct fault *fault);

/*
 * Verifies PIN `reference` with `pin` (4 to 8 digits, NUL-terminated), if it needs it at all. With
 * one try left it refuses to try, unless `risk_last_try`: a wrong PIN would block a card that may
 * be far away.
 */
bool terminal_verify_pin(const struct terminal *terminal, uint8_t reference, const char *pin,
                         bool risk_last_try, struct fault *fault);

/* Reads EF_IMSI, TS 31.102 4.2.2. ADF.USIM must be selected, PIN1 verified or disabled. */
bool terminal_read_imsi(const struct terminal *terminal, struct imsi *imsi, struct fault *fault);

/* Reads the number of MNC digits from EF_AD, TS 31.102 4.2.18: 2 or 3, or 0 if the card does not
 * say. */
bool terminal_read_mnc_length(const struct terminal *terminal, unsigned *mnc_length,
                              struct fault *fault);

enum terminal_auth_outcome {
    TERMINAL_AUTH_SUCCESS,
    TERMINAL_AUTH_SYNC_FAILURE, /* AUTS */
    TERMINAL_AUTH_MAC_FAILURE,  /* 9862 */
    TERMINAL_AUTH_REFUSED,      /* another status word: sw */
};

/* The answer to a 3G challenge. Holds secrets: wipe after use. */
struct terminal_auth {
    enum terminal_auth_outcome outcome;
    uint16_t sw;
    uint8_t res[16];
    size_t res_len; /* 4 to 16 */
    uint8_t ck[16];
    uint8_t ik[16];
    uint8_t auts[14];
};

/*
 * AUTHENTICATE in 3G context, TS 31.102 7.1.2.1. ADF.USIM must be selected, PIN1 verified or
 * disabled. True with every outcome; false only if the exchange failed or the answer is malformed.
 */
bool terminal_authenticate(const struct terminal *terminal, const uint8_t rand[16],
                           const uint8_t autn[16], struct terminal_auth *auth, struct fault *fault);

#endif
