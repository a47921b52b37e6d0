#include "uicc/space.h"

#include <string.h>

#include "base/bytes.h"
#include "uicc/files.h"
#include "uicc/memory.h"

#define CHUNK 64u

static bool has_body(const struct uicc_file *file)
{
    return file->size > 0;
}

uint32_t uicc_space_free(struct uicc_card *card)
{
    uint32_t room = card->nvm->size - card->bodies;
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && file.size <= room) {
            room -= file.size;
        }
    }
    return room;
}

/* The file whose body lies lowest at or above `from`; UICC_NO_FILE if there is none. */
static uint16_t next_body(struct uicc_card *card, uint32_t from, struct uicc_file *out)
{
    uint16_t found = UICC_NO_FILE;
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && has_body(&file) && file.body >= from &&
            (found == UICC_NO_FILE || file.body < out->body)) {
            found = i;
            *out = file;
        }
    }
    return found;
}

/* The file whose body lies highest; UICC_NO_FILE if there is none below `below`. */
static uint16_t last_body(struct uicc_card *card, uint32_t below, struct uicc_file *out)
{
    uint16_t found = UICC_NO_FILE;
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && has_body(&file) && file.body < below &&
            (found == UICC_NO_FILE || file.body > out->body)) {
            found = i;
            *out = file;
        }
    }
    return found;
}

/* Copies `n` octets; the ranges may overlap. */
static void move(struct uicc_card *card, uint32_t to, uint32_t from, uint32_t n)
{
    uint8_t chunk[CHUNK];

    for (uint32_t done = 0; done < n && !card->memory_failed;) {
        uint32_t k = n - done < CHUNK ? n - done : CHUNK;
        uint32_t at = to < from ? done : n - done - k;
        (void)uicc_read(card, from + at, chunk, k);
        (void)uicc_write(card, to + at, chunk, k);
        done += k;
    }
    bytes_wipe(chunk, sizeof chunk);
}

static void move_body(struct uicc_card *card, uint16_t index, struct uicc_file *file, uint32_t to)
{
    if (file->body != to) {
        move(card, to, file->body, file->size);
        file->body = to;
        (void)uicc_file_put(card, index, file);
    }
}

/* Moves all bodies to the beginning, without gaps; returns where free memory begins. */
static uint32_t close_gaps(struct uicc_card *card)
{
    uint32_t at = card->bodies;
    struct uicc_file file;
    uint16_t index = next_body(card, at, &file);

    while (index != UICC_NO_FILE && !card->memory_failed) {
        move_body(card, index, &file, at);
        at += file.size;
        index = next_body(card, at, &file);
    }
    return at;
}

bool uicc_space_allocate(struct uicc_card *card, uint32_t size, uint32_t *at)
{
    struct uicc_file file;

    if (size > uicc_space_free(card)) {
        return false;
    }
    *at = card->bodies;
    while (next_body(card, *at, &file) != UICC_NO_FILE && !card->memory_failed) {
        if (file.body - *at >= size) {
            return true;
        }
        *at = file.body + file.size;
    }
    if (size > card->nvm->size - *at) {
        *at = close_gaps(card);
    }
    return !card->memory_failed;
}

bool uicc_space_extend(struct uicc_card *card, uint16_t index, uint32_t more)
{
    struct uicc_file file;
    struct uicc_file other;

    if (more > uicc_space_free(card) || !uicc_file_get(card, index, &file)) {
        return false;
    }
    uint32_t end = file.body + file.size;
    uint32_t limit = next_body(card, end, &other) == UICC_NO_FILE ? card->nvm->size : other.body;
    if (limit - end < more) { /* close all gaps, then move what is behind the file up */
        uint32_t top = close_gaps(card);
        (void)uicc_file_get(card, index, &file);
        end = file.body + file.size;
        for (uint16_t i = last_body(card, top, &other);
             i != UICC_NO_FILE && other.body >= end && !card->memory_failed;
             i = last_body(card, top, &other)) {
            top = other.body;
            move_body(card, i, &other, other.body + more);
        }
    }
    file.size += more;
    return uicc_file_put(card, index, &file);
}

void uicc_space_fill(struct uicc_card *card, uint32_t at, uint32_t n, uint8_t octet)
{
    uint8_t chunk[CHUNK];

    memset(chunk, octet, sizeof chunk);
    while (n > 0 && !card->memory_failed) {
        uint32_t k = n < CHUNK ? n : CHUNK;
        (void)uicc_write(card, at, chunk, k);
        at += k;
        n -= k;
    }
}

void uicc_space_settle(struct uicc_card *card)
{
    uint32_t end = card->bodies;
    uint8_t octets[4];
    struct uicc_file file;

    for (uint16_t i = 0; i < card->slots; i++) {
        if (uicc_file_get(card, i, &file) && has_body(&file) && file.body + file.size > end) {
            end = file.body + file.size;
        }
    }
    be32_put(octets, end);
    (void)uicc_write(card, UICC_AT_BODIES_END, octets, sizeof octets);
    be16_put(octets, UICC_LAYOUT_VERSION);
    (void)uicc_write(card, UICC_AT_VERSION, octets, 2);
}
