/* The words of the batch file's format, shared by its writer and its reader. */
#ifndef MOORING_EDGE_BATCH_BATCH_INTERNAL_H
#define MOORING_EDGE_BATCH_BATCH_INTERNAL_H

#define BATCH_FORMAT  "mooring-batch"
#define BATCH_OLDEST  1 /* Milenage only */
#define BATCH_VERSION 2 /* any algorithm that may be kept */

#endif
