/* The meaning of a UICC's status words: TS 102 221 10.2.1, TS 31.102 7.3. */
#ifndef MOORING_MACHINE_STATUS_WORD_H
#define MOORING_MACHINE_STATUS_WORD_H

#include <stddef.h>
#include <stdint.h>

#define STATUS_WORD_TEXT 96 /* characters of the longest text, with its NUL */

/* Writes what `sw` means, in English, to `text`, such as "wrong PIN, 2 tries left". A word that is
 * in neither specification gives "unknown status word". */
void status_word_text(uint16_t sw, char text[STATUS_WORD_TEXT]);

#endif
