/* Status words of TS 102 221 10.2.1, TS 102 222 and TS 31.102 7.3 that this card gives. */
#ifndef MOORING_UICC_STATUS_WORDS_H
#define MOORING_UICC_STATUS_WORDS_H

enum uicc_sw {
    SW_OK = 0x9000,
    SW_MORE_DATA = 0x6100,      /* 61XX: XX octets wait for GET RESPONSE */
    SW_NOTHING_FOUND = 0x6282,  /* unsuccessful search */
    SW_DEACTIVATED = 0x6283,    /* the selected file is deactivated */
    SW_TERMINATED = 0x6285,     /* the selected file is terminated */
    SW_MORE_AVAILABLE = 0x62F1, /* RETRIEVE DATA: another block follows */
    SW_MORE_EXPECTED = 0x63F1,  /* SET DATA: another block is expected */
    SW_TRIES_LEFT = 0x63C0,     /* 63CX: X tries left */
    SW_MEMORY_PROBLEM = 0x6581,
    SW_WRONG_LENGTH = 0x6700,
    SW_WRONG_CHANNEL = 0x6881,
    SW_NO_SECURE_MESSAGING = 0x6882,
    SW_FILE_STRUCTURE = 0x6981, /* command incompatible with file structure */
    SW_SECURITY_STATUS = 0x6982,
    SW_BLOCKED = 0x6983,     /* PIN or PUK blocked */
    SW_INVALIDATED = 0x6984, /* PIN disabled, file deactivated */
    SW_CONDITIONS = 0x6985,  /* conditions of use not satisfied */
    SW_NO_EF = 0x6986,       /* command not allowed: no EF selected */
    SW_WRONG_DATA = 0x6A80,
    SW_NOT_SUPPORTED = 0x6A81,
    SW_FILE_NOT_FOUND = 0x6A82,
    SW_RECORD_NOT_FOUND = 0x6A83,
    SW_NO_SPACE = 0x6A84, /* not enough memory space */
    SW_WRONG_P1_P2 = 0x6A86,
    SW_NO_REFERENCE = 0x6A88, /* referenced data (a PIN, a DF name) not found */
    SW_FILE_EXISTS = 0x6A89,  /* TS 102 222: the file identifier is taken */
    SW_NAME_EXISTS = 0x6A8A,  /* TS 102 222: the DF name is taken */
    SW_WRONG_OFFSET = 0x6B00, /* P1 P2 outside the EF */
    SW_EXACT_LE = 0x6C00,     /* 6CXX: send the command again with Le = XX */
    SW_UNKNOWN_INS = 0x6D00,
    SW_UNKNOWN_CLA = 0x6E00,
    SW_TECHNICAL = 0x6F00,
    SW_MAX_REACHED = 0x9850,    /* INCREASE: the record cannot hold the sum */
    SW_MAC_FAILURE = 0x9862,    /* authentication error, incorrect MAC */
    SW_NO_SECURITY_CTX = 0x9864 /* authentication error, security context not supported */
};

#endif
