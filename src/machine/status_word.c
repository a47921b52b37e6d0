#include "machine/status_word.h"

#include <stdio.h>

#include "base/bytes.h"

/* A word matches the first row with sw & mask == value; a %u in the text takes the bits outside the
 * mask. */
struct row {
    uint16_t value;
    uint16_t mask;
    const char *text;
};

static const struct row rows[] = {
    {0x9000, 0xFFFF, "normal ending"},
    {0x9100, 0xFF00, "normal ending, a proactive command of %u octets is pending"},
    {0x9200, 0xFF00, "normal ending, data transfer session %u"},
    {0x9300, 0xFFFF, "toolkit busy"},
    {0x6100, 0xFF00, "%u octets of response are available"},
    {0x6C00, 0xFF00, "wrong length, %u octets are expected"},
    {0x6200, 0xFFFF, "no information, state unchanged"},
    {0x6281, 0xFFFF, "part of the returned data may be corrupted"},
    {0x6282, 0xFFFF, "end of file or record reached, or search failed"},
    {0x6283, 0xFFFF, "selected file is deactivated"},
    {0x6285, 0xFFFF, "selected file is in termination state"},
    {0x62F1, 0xFFFF, "more data available"},
    {0x62F2, 0xFFFF, "more data available and a proactive command pending"},
    {0x62F3, 0xFFFF, "response data available"},
    {0x63F1, 0xFFFF, "more data expected"},
    {0x63F2, 0xFFFF, "more data expected and a proactive command pending"},
    {0x63C1, 0xFFFF, "wrong PIN, 1 try left"},
    {0x63C0, 0xFFF0, "wrong PIN, %u tries left"},
    {0x6400, 0xFFFF, "execution error, state unchanged"},
    {0x6500, 0xFFFF, "execution error, state changed"},
    {0x6581, 0xFFFF, "memory problem in the card"},
    {0x6700, 0xFFFF, "wrong length"},
    {0x6800, 0xFFFF, "function in the class byte not supported"},
    {0x6881, 0xFFFF, "logical channel not supported"},
    {0x6882, 0xFFFF, "secure messaging not supported"},
    {0x6981, 0xFFFF, "command incompatible with the file's structure"},
    {0x6982, 0xFFFF, "security status not satisfied: a PIN must be verified first"},
    {0x6983, 0xFFFF, "PIN blocked: it must be unblocked with its PUK"},
    {0x6984, 0xFFFF, "PIN disabled or not initialised"},
    {0x6985, 0xFFFF, "conditions of use not satisfied"},
    {0x6986, 0xFFFF, "command not allowed: no EF is selected"},
    {0x6989, 0xFFFF, "command not allowed without a secure channel"},
    {0x6A80, 0xFFFF, "incorrect parameters in the data"},
    {0x6A81, 0xFFFF, "function not supported"},
    {0x6A82, 0xFFFF, "file not found"},
    {0x6A83, 0xFFFF, "record not found"},
    {0x6A84, 0xFFFF, "not enough memory in the card"},
    {0x6A86, 0xFFFF, "incorrect P1 or P2"},
    {0x6A87, 0xFFFF, "Lc inconsistent with P1 and P2"},
    {0x6A88, 0xFFFF, "referenced data not found"},
    {0x6B00, 0xFFFF, "wrong P1 or P2: outside the file"},
    {0x6D00, 0xFF00, "instruction not supported"},
    {0x6E00, 0xFF00, "class not supported"},
    {0x6F00, 0xFF00, "technical problem in the card"},
    {0x9850, 0xFFFF, "INCREASE cannot be performed: maximum reached"},
    {0x9862, 0xFFFF, "authentication error: the MAC in AUTN is wrong"},
    {0x9863, 0xFFFF, "security session or association expired"},
    {0x9864, 0xFFFF, "authentication error: security context not supported"},
    {0x9865, 0xFFFF, "key freshness failure"},
    {0x9866, 0xFFFF, "authentication error: no memory space"},
    {0x9867, 0xFFFF, "authentication error: no memory space in EF_MUK"},
};

void status_word_text(uint16_t sw, char text[STATUS_WORD_TEXT])
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((sw & rows[i].mask) != rows[i].value)
            continue;
        unsigned rest = sw & (uint16_t)~rows[i].mask;
        const char *gap = NULL;
        for (const char *p = rows[i].text; *p != '\0' && gap == NULL; p++) {
            if (p[0] == '%' && p[1] == 'u')
                gap = p;
        }
        if (gap == NULL)
            snprintf(text, STATUS_WORD_TEXT, "%s", rows[i].text);
        else
            snprintf(text, STATUS_WORD_TEXT, "%.*s%u%s", (int)(gap - rows[i].text), rows[i].text,
                     rest == 0 && rows[i].mask == 0xFF00 ? 256 : rest, gap + 2);
        return;
    }
    snprintf(text, STATUS_WORD_TEXT, "unknown status word");
}
