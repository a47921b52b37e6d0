/* A personalised UICC in RAM and a terminal in hexadecimal for the tests of src/uicc. */
#ifndef MOORING_TESTS_UICC_FIXTURE_H
#define MOORING_TESTS_UICC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edge/openssl/openssl_crypto.h"
#include "uicc/card.h"
#include "uicc/nvm_ram.h"
#include "uicc/personalise.h"

/* Pieces of commands for the default card. */
#define SELECT_MF   "00A40004023F00"
#define SELECT_USIM "00A4040407A0000000871002"
#define VERIFY_PIN1 "002000010831323334FFFFFFFF"
#define VERIFY_ADM1 "0020000A083838383838383838"
#define VERIFY_PIN2 "002000810835363738FFFFFFFF"
#define WRONG_PIN1  "002000010830303030FFFFFFFF"

struct uicc_fixture {
    uint8_t committed[UICC_IMAGE_SIZE];
    uint8_t working[UICC_IMAGE_SIZE];
    struct uicc_nvm_ram ram;
    struct openssl_crypto crypto;
    struct uicc_profile profile;
    struct uicc_card card;
    /* The power cut: the nth write or commit from now fails, and every access after it, until
     * fixture_power_up; 0: never. */
    struct uicc_nvm nvm; /* what the card uses: ram.port behind the power switch */
    unsigned cut_at;
    bool glitch; /* only the access number cut_at fails; the power stays on */
    unsigned accesses;
    bool dead;
    /* The last response, without its status word. */
    uint8_t data[UICC_RESPONSE_MAX];
    size_t length;
};

/* cmocka setup and teardown: *state is a struct uicc_fixture with a fresh card, PIN1 enabled. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Makes the card anew from f->profile. */
void fixture_personalise(struct uicc_fixture *f);

/* Opens what is committed, as after a power cut and a new power-up. */
enum uicc_open_result fixture_power_up(struct uicc_fixture *f);

/* A cold reset in which the memory keeps its power. */
void fixture_reset(struct uicc_fixture *f);

/* Sends the command (hexadecimal, blanks allowed) as it is; returns the status word. */
uint16_t fixture_raw(struct uicc_fixture *f, const char *hex);

/* The same as a terminal does it: takes 61XX and 6CXX as TS 102 221 7.3.1.1 says. */
uint16_t fixture_send(struct uicc_fixture *f, const char *hex);

/* Sends as a terminal, and fails the test if the status word, or the data, are others. */
void fixture_expect(struct uicc_fixture *f, const char *hex, uint16_t sw);
void fixture_expect_data(struct uicc_fixture *f, const char *hex, const char *data_hex);

/* The committed directory entry of the file `fid` of the new card, for tests that change it. */
uint8_t *fixture_entry(struct uicc_fixture *f, uint16_t fid);

/* Sends octets as they are. */
uint16_t fixture_octets(struct uicc_fixture *f, const uint8_t *octets, size_t n);

/* Makes the AUTHENTICATE command of a challenge with `sqn`, RAND filled with `seed`, and AMF 8000.
 */
void fixture_challenge(struct uicc_fixture *f, uint64_t sqn, uint8_t seed, uint8_t command[40]);

#endif
