/* Whether a memory holds an image that the engine may use: a hostile one must not lead it astray.
 */
#ifndef MOORING_UICC_IMAGE_CHECK_H
#define MOORING_UICC_IMAGE_CHECK_H

#include "uicc/card.h"

/*
 * Reads the header into `card` (its ports are set already) and checks header, security block and
 * directory: every offset and length inside the memory, bodies apart from each other and from
 * everything else, the tree of DFs without cycles and at most UICC_DEPTH_MAX deep, counters and
 * sequence numbers in range.
 */
enum uicc_open_result uicc_image_check(struct uicc_card *card);

#endif
