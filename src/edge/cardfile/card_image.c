#include "edge/cardfile/card_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

static const uint8_t image_magic[8] = {'M', 'O', 'O', 'R', 'C', 'A', 'R', 'D'};
static const uint8_t record_magic[4] = {'M', 'R', 'E', 'C'};

uint32_t card_image_journal_offset(uint32_t size)
{
    uint32_t end = CARD_IMAGE_HEADER + size + CARD_IMAGE_DIGEST;
    return (end + CARD_IMAGE_BLOCK - 1) / CARD_IMAGE_BLOCK * CARD_IMAGE_BLOCK;
}

/* Length of a file with these parts. */
static size_t file_length(uint32_t size, uint32_t journal_blocks)
{
    if (journal_blocks == 0)
        return CARD_IMAGE_HEADER + (size_t)size + CARD_IMAGE_DIGEST;
    return card_image_journal_offset(size) + (size_t)journal_blocks * CARD_IMAGE_BLOCK;
}

static bool all_zero(const uint8_t *p, size_t n)
{
    uint8_t seen = 0;
    for (size_t i = 0; i < n; i++)
        seen |= p[i];
    return seen == 0;
}

static bool write_all(int fd, const uint8_t *p, size_t n, struct fault *fault)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fault_set(fault, "cannot write: %s", strerror(errno));
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static bool read_all(int fd, uint8_t *p, size_t n, struct fault *fault)
{
    size_t at = 0;
    while (at < n) {
        ssize_t done = pread(fd, p + at, n - at, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fault_set(fault, "cannot read: %s", strerror(errno));
        if (done == 0)
            return fault_set(fault, "truncated while it was read");
        at += (size_t)done;
    }
    return true;
}

static bool record_digest(const struct crypto_port *crypto, const uint8_t base[CARD_IMAGE_DIGEST],
                          const uint8_t *record, uint32_t payload_len, uint8_t digest[32])
{
    uint8_t message[CARD_IMAGE_DIGEST + 8 + CARD_IMAGE_RECORD_MAX];
    memcpy(message, base, CARD_IMAGE_DIGEST);
    memcpy(message + CARD_IMAGE_DIGEST, record + 4, 8);
    memcpy(message + CARD_IMAGE_DIGEST + 8, record + CARD_IMAGE_RECORD_HEADER, payload_len);
    size_t n = CARD_IMAGE_DIGEST + 8 + (size_t)payload_len;
    bool ok = crypto->sha256(crypto->ctx, message, n, digest);
    bytes_wipe(message, n);
    return ok;
}

uint32_t card_image_seal_record(const struct crypto_port *crypto,
                                const uint8_t digest[CARD_IMAGE_DIGEST], uint32_t number,
                                uint8_t *record, size_t payload_len)
{
    if (payload_len > CARD_IMAGE_RECORD_MAX - CARD_IMAGE_RECORD_HEADER)
        return 0;
    memcpy(record, record_magic, sizeof(record_magic));
    be32_put(record + 4, number);
    be32_put(record + 8, (uint32_t)payload_len);
    if (!record_digest(crypto, digest, record, (uint32_t)payload_len, record + 12))
        return 0;
    size_t end = CARD_IMAGE_RECORD_HEADER + payload_len;
    uint32_t blocks = (uint32_t)((end + CARD_IMAGE_BLOCK - 1) / CARD_IMAGE_BLOCK);
    memset(record + end, 0, (size_t)blocks * CARD_IMAGE_BLOCK - end);
    return blocks;
}

/* Blocks of the whole record `number` (0: of any number) at `record`, of which `available` octets
 * are in the file; 0 if there is none. */
static uint32_t record_blocks(const struct crypto_port *crypto, const uint8_t *base,
                              const uint8_t *record, size_t available, uint32_t number)
{
    if (memcmp(record, record_magic, sizeof(record_magic)) != 0)
        return 0;
    uint32_t payload_len = be32_get(record + 8);
    if (payload_len > CARD_IMAGE_RECORD_MAX - CARD_IMAGE_RECORD_HEADER ||
        CARD_IMAGE_RECORD_HEADER + payload_len > available)
        return 0;
    if (number != 0 && be32_get(record + 4) != number)
        return 0;
    uint8_t digest[32];
    if (!record_digest(crypto, base, record, payload_len, digest) ||
        !bytes_equal_ct(digest, record + 12, sizeof(digest)))
        return 0;
    return (CARD_IMAGE_RECORD_HEADER + payload_len + CARD_IMAGE_BLOCK - 1) / CARD_IMAGE_BLOCK;
}

static bool record_apply(const uint8_t *record, uint8_t *memory, uint32_t size)
{
    const uint8_t *p = record + CARD_IMAGE_RECORD_HEADER;
    uint32_t left = be32_get(record + 8);
    while (left > 0) {
        if (left < 8)
            return false;
        uint32_t offset = be32_get(p);
        uint32_t n = be32_get(p + 4);
        if (n > left - 8 || offset > size || n > size - offset)
            return false;
        memcpy(memory + offset, p + 8, n);
        p += 8 + n;
        left -= 8 + n;
    }
    return true;
}

/* The blocks from `at` on hold no whole record in order. That is right if they are empty but for
 * what one torn record may have left in its first blocks. */
static bool journal_tail_ok(const struct crypto_port *crypto, const uint8_t *base,
                            const uint8_t *journal, uint32_t blocks, uint32_t at)
{
    for (uint32_t i = at; i < blocks; i++) {
        const uint8_t *block = journal + (size_t)i * CARD_IMAGE_BLOCK;
        if (all_zero(block, CARD_IMAGE_BLOCK))
            continue;
        if (i >= at + CARD_IMAGE_RECORD_BLOCKS_MAX)
            return false;
        size_t available = (size_t)(blocks - i) * CARD_IMAGE_BLOCK;
        if (record_blocks(crypto, base, block, available, 0) != 0)
            return false;
    }
    return true;
}

static bool journal_apply(const struct crypto_port *crypto, const uint8_t *base,
                          const uint8_t *journal, uint32_t blocks, struct card_image *image,
                          struct fault *fault)
{
    uint32_t at = 0;
    uint32_t number = 1;
    while (at < blocks) {
        const uint8_t *record = journal + (size_t)at * CARD_IMAGE_BLOCK;
        size_t available = (size_t)(blocks - at) * CARD_IMAGE_BLOCK;
        uint32_t n = record_blocks(crypto, base, record, available, number);
        if (n == 0)
            break;
        if (!record_apply(record, image->memory, image->size))
            return fault_set(fault, "journal record %u writes outside the card's memory", number);
        at += n;
        number++;
    }
    if (!journal_tail_ok(crypto, base, journal, blocks, at))
        return fault_set(fault,
                         "journal record %u is damaged: the image was edited or the medium is bad",
                         number);
    return true;
}

/* Checks the header against the file's length; gives the sizes of memory and journal. */
static bool header_check(const uint8_t *header, off_t length, uint32_t *size, uint32_t *blocks,
                         struct fault *fault)
{
    if (memcmp(header, image_magic, sizeof(image_magic)) != 0)
        return fault_set(fault, "not a card image");
    unsigned version = be16_get(header + 8);
    if (version != CARD_IMAGE_VERSION)
        return fault_set(fault,
                         "card image of format version %u, but this program reads version %u only",
                         version, (unsigned)CARD_IMAGE_VERSION);
    *size = be32_get(header + 12);
    *blocks = be32_get(header + 16);
    if (*size == 0 || *size > CARD_IMAGE_MEMORY_MAX || *blocks > CARD_IMAGE_JOURNAL_MAX ||
        be16_get(header + 10) != 0 || !all_zero(header + 20, 12))
        return fault_set(fault, "header damaged: the image was edited or the medium is bad");
    off_t expected = (off_t)file_length(*size, *blocks);
    if (length < expected)
        return fault_set(fault, "truncated: %lld of %lld octets", (long long)length,
                         (long long)expected);
    if (length > expected)
        return fault_set(fault, "too long: %lld octets where %lld are expected", (long long)length,
                         (long long)expected);
    return true;
}

static bool image_check(const struct crypto_port *crypto, const uint8_t *file, uint32_t size,
                        uint32_t blocks, struct card_image *out, struct fault *fault)
{
    const uint8_t *base = file + CARD_IMAGE_HEADER + size;
    uint8_t digest[CARD_IMAGE_DIGEST];
    if (!crypto->sha256(crypto->ctx, file, CARD_IMAGE_HEADER + (size_t)size, digest))
        return fault_set(fault, "SHA-256 failed");
    if (!bytes_equal_ct(digest, base, sizeof(digest)))
        return fault_set(fault, "digest wrong: the image was edited or the medium is bad");
    out->size = size;
    out->had_journal = blocks != 0;
    memcpy(out->memory, file + CARD_IMAGE_HEADER, size);
    if (blocks == 0)
        return true;
    size_t end = CARD_IMAGE_HEADER + (size_t)size + CARD_IMAGE_DIGEST;
    uint32_t start = card_image_journal_offset(size);
    if (!all_zero(file + end, start - end))
        return fault_set(fault, "padding damaged: the image was edited or the medium is bad");
    return journal_apply(crypto, base, file + start, blocks, out, fault);
}

bool card_image_load(int fd, const struct crypto_port *crypto, struct card_image *out,
                     struct fault *fault)
{
    struct stat st;
    uint8_t header[CARD_IMAGE_HEADER];
    uint32_t size = 0;
    uint32_t blocks = 0;
    if (fstat(fd, &st) != 0)
        return fault_set(fault, "cannot look at it: %s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fault_set(fault, "not a card image: not a regular file");
    if (st.st_size < CARD_IMAGE_HEADER)
        return fault_set(fault, "truncated: %lld octets are no card image", (long long)st.st_size);
    if (!read_all(fd, header, sizeof(header), fault) ||
        !header_check(header, st.st_size, &size, &blocks, fault) || size == 0)
        return false;

    size_t length = file_length(size, blocks);
    uint8_t *file = malloc(length);
    out->memory = malloc(size);
    bool ok = file != NULL && out->memory != NULL;
    if (!ok)
        fault_set(fault, "out of memory");
    /* The header is checked again with the rest: what counts is under the digest. */
    ok = ok && read_all(fd, file, length, fault);
    if (ok && memcmp(file, header, sizeof(header)) != 0)
        ok = fault_set(fault, "changed while it was read");
    ok = ok && image_check(crypto, file, size, blocks, out, fault);
    if (file != NULL)
        bytes_wipe(file, length);
    free(file);
    if (!ok) {
        if (out->memory != NULL)
            bytes_wipe(out->memory, size);
        free(out->memory);
        out->memory = NULL;
    }
    return ok;
}

bool card_image_write(int fd, const struct crypto_port *crypto, const uint8_t *memory,
                      uint32_t size, uint32_t journal_blocks, uint8_t digest[CARD_IMAGE_DIGEST],
                      struct fault *fault)
{
    /* The journal is written, not only allocated: an append then changes no metadata, which makes
     * its fdatasync one write to the medium, and cannot meet a full disk. */
    size_t length = file_length(size, journal_blocks);
    uint8_t *file = calloc(1, length);
    if (file == NULL)
        return fault_set(fault, "out of memory");
    memcpy(file, image_magic, sizeof(image_magic));
    be16_put(file + 8, CARD_IMAGE_VERSION);
    be32_put(file + 12, size);
    be32_put(file + 16, journal_blocks);
    memcpy(file + CARD_IMAGE_HEADER, memory, size);
    size_t body = CARD_IMAGE_HEADER + (size_t)size;
    bool ok = crypto->sha256(crypto->ctx, file, body, digest);
    if (!ok)
        fault_set(fault, "SHA-256 failed");
    if (ok) {
        memcpy(file + body, digest, CARD_IMAGE_DIGEST);
        ok = write_all(fd, file, length, fault);
    }
    if (ok && fsync(fd) != 0)
        ok = fault_set(fault, "cannot write: %s", strerror(errno));
    bytes_wipe(file, body);
    free(file);
    return ok;
}
