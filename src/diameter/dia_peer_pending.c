#include "diameter/dia_peer_pending.h"

_Static_assert((DIA_PENDING_MAX & (DIA_PENDING_MAX - 1)) == 0, "places are masked");

void dia_pending_init(struct dia_pending *pending, uint32_t first_serial)
{
    *pending = (struct dia_pending){.serial = first_serial, .earliest = INT64_MAX};
}

struct dia_pending_entry *dia_pending_add(struct dia_pending *pending, uint32_t command,
                                          uint32_t end_to_end, uint64_t cookie, int64_t deadline)
{
    if (pending->count == DIA_PENDING_MAX) {
        return NULL;
    }
    uint32_t serial = ++pending->serial;
    uint32_t place = serial % DIA_PENDING_MAX;
    while (pending->entries[place].used) {
        place = (place + 1) % DIA_PENDING_MAX;
    }
    struct dia_pending_entry *entry = &pending->entries[place];
    *entry = (struct dia_pending_entry){
        .used = true,
        .hop_by_hop = serial * DIA_PENDING_MAX + place,
        .end_to_end = end_to_end,
        .command = command,
        .serial = serial,
        .cookie = cookie,
        .deadline = deadline,
    };
    pending->count++;
    if (deadline < pending->earliest) {
        pending->earliest = deadline;
    }
    return entry;
}

static void drop(struct dia_pending *pending, struct dia_pending_entry *entry)
{
    entry->used = false;
    pending->count--;
    if (pending->count == 0) {
        pending->earliest = INT64_MAX;
    }
}

bool dia_pending_take(struct dia_pending *pending, const struct dia_header *answer,
                      uint64_t *cookie)
{
    struct dia_pending_entry *entry = &pending->entries[answer->hop_by_hop % DIA_PENDING_MAX];

    if (!entry->used || entry->hop_by_hop != answer->hop_by_hop ||
        entry->end_to_end != answer->end_to_end || entry->command != answer->command) {
        return false;
    }
    *cookie = entry->cookie;
    drop(pending, entry);
    return true;
}

bool dia_pending_expire(struct dia_pending *pending, int64_t now_ms, uint64_t *cookie)
{
    if (pending->count == 0 || pending->earliest > now_ms) {
        return false;
    }
    int64_t earliest = INT64_MAX;
    for (size_t i = 0; i < DIA_PENDING_MAX; i++) {
        struct dia_pending_entry *entry = &pending->entries[i];
        if (entry->used && entry->deadline <= now_ms) {
            *cookie = entry->cookie;
            drop(pending, entry);
            return true;
        }
        if (entry->used && entry->deadline < earliest) {
            earliest = entry->deadline;
        }
    }
    pending->earliest = earliest;
    return false;
}

void dia_pending_forget_since(struct dia_pending *pending, uint32_t serial)
{
    for (size_t i = 0; i < DIA_PENDING_MAX; i++) {
        struct dia_pending_entry *entry = &pending->entries[i];
        if (entry->used && (int32_t)(entry->serial - serial) > 0) {
            drop(pending, entry);
        }
    }
}
