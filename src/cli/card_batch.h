/* mooring card batch: the personalisation of many UICCs. */
#ifndef MOORING_CLI_CARD_BATCH_H
#define MOORING_CLI_CARD_BATCH_H

#include "cli/cli.h"

extern const struct cli_option card_batch_options[];
int card_batch(const struct cli_args *args);

#endif
