/*
 * The card's non-volatile memory, as a port: a flat space of `size` bytes with transactions.
 *
 * The engine reads anywhere at any time and sees its own uncommitted writes. Writes become durable
 * together at `commit`, or not at all (power loss, `rollback`). The engine commits before it lets a
 * response out that depends on the change: a PIN try counter, an accepted SQN, a file.
 */
#ifndef MOORING_UICC_NVM_H
#define MOORING_UICC_NVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uicc_nvm {
    void *ctx;
    uint32_t size;

    /* False if the range is outside the memory or the medium failed. */
    bool (*read)(void *ctx, uint32_t offset, void *out, size_t n);
    bool (*write)(void *ctx, uint32_t offset, const void *in, size_t n);

    /* Makes all writes since the last commit durable at once. On false the old content still stands
     * and the writes are gone, as after rollback. */
    bool (*commit)(void *ctx);

    /* Forgets all writes since the last commit. */
    void (*rollback)(void *ctx);
};

#endif
