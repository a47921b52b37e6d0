/* The security block's credentials and sequence numbers: the only way to them inside the engine. */
#ifndef MOORING_UICC_SECURITY_H
#define MOORING_UICC_SECURITY_H

#include <stdbool.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "aka/sqn.h"
#include "uicc/card_state.h"

/* Reads K, OPc and the algorithm; the caller wipes `out`. */
bool uicc_credentials_read(struct uicc_card *card, struct aka_credentials *out);

/* Reads the array of SEQ_MS and the parameters of the check. */
bool uicc_sqn_read(struct uicc_card *card, struct sqn_array *array,
                   struct sqn_parameters *parameters);

/* Makes the array's entry for `ind` (0 to 31) durable; false if it is not. */
bool uicc_sqn_store(struct uicc_card *card, const struct sqn_array *array, uint8_t ind);

#endif
