#include "uicc/layout.h"

#include <string.h>

#include "base/bytes.h"

const uint8_t uicc_magic[UICC_MAGIC_SIZE] = {'M', 'O', 'O', 'R', 'U', 'I', 'C', 'C'};

void uicc_entry_decode(const uint8_t octets[UICC_ENTRY_SIZE], struct uicc_file *out)
{
    *out = (struct uicc_file){
        .fid = be16_get(octets),
        .parent = be16_get(octets + 2),
        .kind = (enum uicc_file_kind)octets[4],
        .life_cycle = octets[5],
        .sfi = octets[6],
        .flags = octets[7],
        .arr_fid = be16_get(octets + 8),
        .arr_record = octets[10],
        .record_length = octets[11],
        .record_count = octets[12],
        .first_record = octets[13],
        .body = be32_get(octets + 16),
        .size = be32_get(octets + 20),
        .used = be32_get(octets + 24),
    };
}

void uicc_entry_encode(const struct uicc_file *file, uint8_t octets[UICC_ENTRY_SIZE])
{
    memset(octets, 0, UICC_ENTRY_SIZE);
    be16_put(octets, file->fid);
    be16_put(octets + 2, file->parent);
    octets[4] = (uint8_t)file->kind;
    octets[5] = file->life_cycle;
    octets[6] = file->sfi;
    octets[7] = file->flags;
    be16_put(octets + 8, file->arr_fid);
    octets[10] = file->arr_record;
    octets[11] = file->record_length;
    octets[12] = file->record_count;
    octets[13] = file->first_record;
    be32_put(octets + 16, file->body);
    be32_put(octets + 20, file->size);
    be32_put(octets + 24, file->used);
}
