/* Card image files for tests and benchmarks, personalised with TS 35.208's test set 1. */
#ifndef MOORING_TESTS_SUPPORT_TEST_CARD_H
#define MOORING_TESTS_SUPPORT_TEST_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "base/fault.h"

#define TEST_CARD_PIN1 "1234"

/* K and OPc of the cards. */
extern const struct aka_credentials test_card_credentials;

/* Writes the image `path` of a card with these identities (text), PIN1 enabled, and no limit on
 * jumps of SQN, since published vectors have large ones. */
bool test_card_create(const char *path, const char *iccid, const char *imsi, struct fault *fault);

#endif
