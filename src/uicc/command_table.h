/* Which commands there are: class and instruction, the way of their data, and their handlers. */
#ifndef MOORING_UICC_COMMAND_TABLE_H
#define MOORING_UICC_COMMAND_TABLE_H

#include <stdint.h>

#include "uicc/commands.h"

/* Class octets without channel and secure messaging, TS 102 221 10.1.1. */
enum uicc_class_kind {
    UICC_CLASS_ISO = 0x00, /* 0X, 4X, 6X */
    UICC_CLASS_ETSI = 0x80 /* 8X, CX, EX */
};

struct uicc_class {
    uint8_t kind;    /* enum uicc_class_kind */
    uint8_t channel; /* 0 to UICC_CHANNEL_LAST */
};

/* Which way a command's data go; what GET RESPONSE is for. */
enum uicc_direction {
    UICC_DATA_IN,    /* cases 1 and 3 */
    UICC_DATA_OUT,   /* case 2; case 1 where nothing is asked for */
    UICC_DATA_IN_OUT /* case 4: by 61XX and GET RESPONSE */
};

struct uicc_command_row {
    uint8_t class_kind;
    uint8_t ins;
    uint8_t direction;
    bool when_terminated; /* works on a terminated card, too */
    uicc_handler handler;
};

#define UICC_INS_GET_RESPONSE 0xC0u

/* Takes the class octet apart: 9000, 6E00, or 6882 if it asks for secure messaging. */
uint16_t uicc_class_decode(uint8_t cla, struct uicc_class *out);

/* Finds the command: 9000, 6D00, or 6E00 if it exists in the other class only. */
uint16_t uicc_command_find(uint8_t kind, uint8_t ins, const struct uicc_command_row **out);

#endif
