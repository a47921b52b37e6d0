#include "uicc/nvm_ram.h"

#include <string.h>

static bool in_range(const struct uicc_nvm_ram *ram, uint32_t offset, size_t n)
{
    return offset <= ram->port.size && n <= ram->port.size - offset;
}

static bool ram_read(void *ctx, uint32_t offset, void *out, size_t n)
{
    const struct uicc_nvm_ram *ram = ctx;

    if (!in_range(ram, offset, n)) {
        return false;
    }
    memcpy(out, ram->working + offset, n);
    return true;
}

static bool ram_write(void *ctx, uint32_t offset, const void *in, size_t n)
{
    struct uicc_nvm_ram *ram = ctx;

    if (!in_range(ram, offset, n)) {
        return false;
    }
    memcpy(ram->working + offset, in, n);
    uint32_t end = offset + (uint32_t)n;
    if (ram->dirty_from == ram->dirty_to) {
        ram->dirty_from = offset;
        ram->dirty_to = end;
    }
    ram->dirty_from = offset < ram->dirty_from ? offset : ram->dirty_from;
    ram->dirty_to = end > ram->dirty_to ? end : ram->dirty_to;
    return true;
}

static bool ram_commit(void *ctx)
{
    struct uicc_nvm_ram *ram = ctx;

    memcpy(ram->committed + ram->dirty_from, ram->working + ram->dirty_from,
           ram->dirty_to - ram->dirty_from);
    ram->dirty_from = 0;
    ram->dirty_to = 0;
    return true;
}

static void ram_rollback(void *ctx)
{
    struct uicc_nvm_ram *ram = ctx;

    memcpy(ram->working + ram->dirty_from, ram->committed + ram->dirty_from,
           ram->dirty_to - ram->dirty_from);
    ram->dirty_from = 0;
    ram->dirty_to = 0;
}

void uicc_nvm_ram_init(struct uicc_nvm_ram *ram, uint8_t *committed, uint8_t *working,
                       uint32_t size)
{
    *ram = (struct uicc_nvm_ram){
        .port = {.ctx = ram,
                 .size = size,
                 .read = ram_read,
                 .write = ram_write,
                 .commit = ram_commit,
                 .rollback = ram_rollback},
        .committed = committed,
        .working = working,
    };
    memcpy(working, committed, size);
}
