/*
 * Scripts of remote file management: the secured data of a command packet as a row of C-APDUs, and
 * the answer to them (ETSI TS 102 226 5). Both formats of the standard: compact (APDUs one after
 * the other, 5.1) and expanded (command scripting template, definite length, 5.2); which one is
 * meant follows from the TAR. Text of the standard was not at hand: the tags of the expanded format
 * are confirmed by one independent implementation; immediate actions (81), error actions (82) and
 * script chaining (83) are recognised and refused.
 */
#ifndef MOORING_SECURE_OTA_SCRIPT_H
#define MOORING_SECURE_OTA_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/apdu.h"
#include "codec/tlv.h"

enum ota_format { OTA_COMPACT, OTA_EXPANDED };

#define OTA_TAG_COMMANDS   0xAAu /* command scripting template */
#define OTA_TAG_RESPONSES  0xABu /* response scripting template */
#define OTA_TAG_C_APDU     0x22u
#define OTA_TAG_R_APDU     0x23u
#define OTA_TAG_EXECUTED   0x80u /* number of commands executed */
#define OTA_TAG_BAD_FORMAT 0x90u /* one octet: enum ota_script_step's reason, below */

enum ota_script_step {
    OTA_SCRIPT_COMMAND, /* here is one */
    OTA_SCRIPT_END,
    OTA_SCRIPT_UNKNOWN_TAG, /* expanded format: reason 01 */
    OTA_SCRIPT_WRONG_LENGTH /* malformed: reason 02 */
};

/* The rest of a script; after anything but a command there is none. */
struct ota_script {
    enum ota_format format;
    const uint8_t *at; /* compact */
    size_t left;
    struct tlv_reader reader; /* expanded */
    bool malformed;
};

/* Starts reading the script in `length` octets at `data`, which must outlive it. */
void ota_script_start(struct ota_script *script, enum ota_format format, const uint8_t *data,
                      size_t length);

/*
 * Takes the next command; `out` points into the script. In the compact format P3 is Le for the
 * commands that read (READ BINARY, READ RECORD, GET RESPONSE) and Lc for all others; one octet
 * after the last command's data is its Le.
 */
enum ota_script_step ota_script_next(struct ota_script *script, struct apdu_command *out);

/* A script being written by the operator, into the caller's buffer. */
struct ota_script_writer {
    enum ota_format format;
    struct tlv_writer tlv;
    size_t template_mark;
    bool refused; /* a command has no form in the compact format */
    bool ended;   /* compact: a command with data and Le must be the last */
};

void ota_script_write(struct ota_script_writer *writer, enum ota_format format, uint8_t *out,
                      size_t capacity);
void ota_script_put(struct ota_script_writer *writer, const struct apdu_command *command);

/* Ends the script: its size, or 0 if something did not fit or has no form. */
size_t ota_script_finish(struct ota_script_writer *writer);

/* What the card answers with the PoR. */
struct ota_script_answer {
    uint8_t executed;    /* number of commands */
    uint16_t sw;         /* of the last one */
    const uint8_t *data; /* of the last one */
    size_t length;
};

/* Writes the answer (5.1.2, 5.2.2; expanded with the last command's R-APDU only): its size, 0 if it
 * does not fit `capacity`. `data` may not overlap `out`. */
size_t ota_script_answer_build(enum ota_format format, const struct ota_script_answer *answer,
                               uint8_t *out, size_t capacity);

/* Operator: reads an answer; out->data points into `data`. Of several R-APDUs the last is given.
 * False if it is none, also if the card found the script's format bad (`out` is empty then). */
bool ota_script_answer_parse(enum ota_format format, const uint8_t *data, size_t length,
                             struct ota_script_answer *out);

#endif
