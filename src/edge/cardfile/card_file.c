#include "edge/cardfile/card_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "edge/cardfile/card_image.h"
#include "edge/file/place.h"

#define JOURNAL_BLOCKS 256u
#define RANGES_MAX     64u

struct range {
    uint32_t offset;
    uint32_t n;
};

struct card_file {
    struct uicc_nvm nvm;
    const struct crypto_port *crypto;
    char
        path[PATH_MAX]; /* free of symbolic links: rename must replace the file, not a link to it */
    char tmp_path[PATH_MAX]; /* ours as long as we hold the lock on `path` */
    int fd;                  /* the locked file that stands under `path` */
    uint8_t *memory;         /* what the engine sees */
    uint8_t *stable;         /* what was committed */

    struct range ranges[RANGES_MAX]; /* where `memory` was written since */
    uint32_t range_count;            /* RANGES_MAX + 1: more than we keep; take all of it */

    bool has_journal; /* the file under the name has a journal, ours or one that a crash left */
    bool appending;   /* it is ours, and we know where it ends */
    uint8_t digest[CARD_IMAGE_DIGEST];
    uint32_t next_block;
    uint32_t next_number;

    uint8_t record[CARD_IMAGE_RECORD_MAX];
    struct fault last_fault;
};

static bool sync_directory(const char *path, struct fault *fault)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof(copy), "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, "cannot open its directory: %s", strerror(errno));
    bool ok = fsync(fd) == 0;
    if (!ok)
        fault_set(fault, "cannot write its directory: %s", strerror(errno));
    close(fd);
    return ok;
}

static bool in_range(const struct card_file *file, uint32_t offset, size_t n)
{
    return offset <= file->nvm.size && n <= file->nvm.size - offset;
}

static bool nvm_read(void *ctx, uint32_t offset, void *out, size_t n)
{
    const struct card_file *file = ctx;
    if (!in_range(file, offset, n))
        return false;
    memcpy(out, file->memory + offset, n);
    return true;
}

static bool nvm_write(void *ctx, uint32_t offset, const void *in, size_t n)
{
    struct card_file *file = ctx;
    if (!in_range(file, offset, n))
        return false;
    if (n == 0)
        return true;
    memcpy(file->memory + offset, in, n);
    if (file->range_count < RANGES_MAX)
        file->ranges[file->range_count] = (struct range){offset, (uint32_t)n};
    if (file->range_count <= RANGES_MAX)
        file->range_count++;
    return true;
}

/* Makes `to` the same as `from` where writes were, and forgets the writes. */
static void settle(struct card_file *file, uint8_t *to, const uint8_t *from)
{
    if (file->range_count > RANGES_MAX) {
        memcpy(to, from, file->nvm.size);
    } else {
        for (uint32_t i = 0; i < file->range_count; i++)
            memcpy(to + file->ranges[i].offset, from + file->ranges[i].offset, file->ranges[i].n);
    }
    file->range_count = 0;
}

static void nvm_rollback(void *ctx)
{
    struct card_file *file = ctx;
    settle(file, file->memory, file->stable);
}

/* Opens PATH.tmp, locks it and gives it the owner of the file that it will replace (pcscd runs as
 * root and serves images that belong to others). */
static int open_successor(const struct card_file *file, struct fault *fault)
{
    struct stat st;
    if (fstat(file->fd, &st) != 0) {
        fault_set(fault, "cannot look at it: %s", strerror(errno));
        return -1;
    }
    if (unlink(file->tmp_path) != 0 && errno != ENOENT) {
        fault_set(fault, "cannot remove %s: %s", file->tmp_path, strerror(errno));
        return -1;
    }
    int fd = open(file->tmp_path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        fault_set(fault, "cannot make %s: %s", file->tmp_path, strerror(errno));
        return -1;
    }
    bool ok = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (ok && (st.st_uid != geteuid() || st.st_gid != getegid()))
        ok = fchown(fd, st.st_uid, st.st_gid) == 0;
    if (!ok) {
        fault_set(fault, "cannot prepare %s: %s", file->tmp_path, strerror(errno));
        unlink(file->tmp_path);
        close(fd);
        return -1;
    }
    return fd;
}

/* Writes `memory` as a whole image with `journal_blocks` and puts it under the name. */
static bool replace_image(struct card_file *file, const uint8_t *memory, uint32_t journal_blocks,
                          struct fault *fault)
{
    int fd = open_successor(file, fault);
    if (fd < 0)
        return false;
    uint8_t digest[CARD_IMAGE_DIGEST];
    bool ok =
        card_image_write(fd, file->crypto, memory, file->nvm.size, journal_blocks, digest, fault);
    if (ok && rename(file->tmp_path, file->path) != 0)
        ok = fault_set(fault, "cannot replace it: %s", strerror(errno));
    if (!ok) {
        unlink(file->tmp_path);
        close(fd);
        return false;
    }
    close(file->fd);
    file->fd = fd;
    file->has_journal = journal_blocks != 0;
    memcpy(file->digest, digest, sizeof(digest));
    file->next_block = 0;
    file->next_number = 1;
    /* A file that may still vanish from the directory takes no records: the next commit writes
     * anew. */
    file->appending = sync_directory(file->path, fault) && journal_blocks != 0;
    return file->appending || journal_blocks == 0;
}

/* The writes since the last commit as a record in file->record; 0 blocks if they need a whole
 * image. */
static uint32_t make_record(struct card_file *file)
{
    if (file->range_count > RANGES_MAX)
        return 0;
    size_t at = CARD_IMAGE_RECORD_HEADER;
    for (uint32_t i = 0; i < file->range_count; i++) {
        struct range r = file->ranges[i];
        if (r.n > sizeof(file->record) || at + 8 + r.n > sizeof(file->record))
            return 0;
        be32_put(file->record + at, r.offset);
        be32_put(file->record + at + 4, r.n);
        memcpy(file->record + at + 8, file->memory + r.offset, r.n);
        at += 8 + r.n;
    }
    return card_image_seal_record(file->crypto, file->digest, file->next_number, file->record,
                                  at - CARD_IMAGE_RECORD_HEADER);
}

static bool append_record(struct card_file *file, uint32_t blocks, struct fault *fault)
{
    off_t at = (off_t)card_image_journal_offset(file->nvm.size) +
               (off_t)file->next_block * CARD_IMAGE_BLOCK;
    size_t n = (size_t)blocks * CARD_IMAGE_BLOCK;
    size_t done = 0;
    while (done < n) {
        ssize_t r = pwrite(file->fd, file->record + done, n - done, at + (off_t)done);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return fault_set(fault, "cannot write: %s", strerror(errno));
        done += (size_t)r;
    }
    if (fdatasync(file->fd) != 0)
        return fault_set(fault, "cannot write: %s", strerror(errno));
    file->next_block += blocks;
    file->next_number++;
    return true;
}

static bool nvm_commit(void *ctx)
{
    struct card_file *file = ctx;
    if (file->range_count == 0)
        return true;
    struct fault fault = {0};
    bool ok;
    uint32_t blocks = file->appending ? make_record(file) : 0;
    if (blocks != 0 && blocks <= JOURNAL_BLOCKS - file->next_block) {
        ok = append_record(file, blocks, &fault);
        /* After a failed write nobody knows what the medium holds: the next commit writes a new
         * file. */
        file->appending = ok;
    } else {
        ok = replace_image(file, file->memory, JOURNAL_BLOCKS, &fault);
    }
    if (ok) {
        settle(file, file->stable, file->memory);
    } else {
        fault_prefix(&fault, "card image %s", file->path);
        file->last_fault = fault;
        settle(file, file->memory, file->stable);
    }
    return ok;
}

/* Opens the file under file->path and locks it; again if it was replaced between the two. */
static bool open_locked(struct card_file *file, struct fault *fault)
{
    for (int attempt = 0; attempt < 8; attempt++) {
        struct stat here;
        struct stat there;
        file->fd = open(file->path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (file->fd < 0)
            return fault_set(fault, "%s", strerror(errno));
        if (flock(file->fd, LOCK_EX | LOCK_NB) != 0)
            return errno == EWOULDBLOCK
                       ? fault_set(fault, "in use: another program or reader holds this card")
                       : fault_set(fault, "cannot lock it: %s", strerror(errno));
        if (fstat(file->fd, &here) != 0)
            return fault_set(fault, "cannot look at it: %s", strerror(errno));
        if (stat(file->path, &there) == 0 && here.st_ino == there.st_ino &&
            here.st_dev == there.st_dev) {
            /* Not file_secret_check: pcscd, which is root, serves images that belong to others. */
            if ((here.st_mode & 077) != 0)
                return fault_set(fault, "holds secrets and is open to others: chmod 600 %s",
                                 file->path);
            return true;
        }
        close(file->fd);
        file->fd = -1;
    }
    return fault_set(fault, "in use: it is being replaced all the time");
}

static bool open_file(struct card_file *file, const char *path, struct fault *fault)
{
    if (realpath(path, file->path) == NULL)
        return fault_set(fault, "%s", strerror(errno));
    int n = snprintf(file->tmp_path, sizeof(file->tmp_path), "%s.tmp", file->path);
    if (n < 0 || (size_t)n >= sizeof(file->tmp_path))
        return fault_set(fault, "name too long");
    if (!file_place_check(file->path, fault))
        return false;
    struct card_image image = {0};
    if (!open_locked(file, fault) || !card_image_load(file->fd, file->crypto, &image, fault))
        return false;
    file->memory = image.memory;
    file->has_journal = image.had_journal;
    unlink(file->tmp_path); /* a crash may have left one; it is a copy of secrets */
    file->nvm = (struct uicc_nvm){.ctx = file,
                                  .size = image.size,
                                  .read = nvm_read,
                                  .write = nvm_write,
                                  .commit = nvm_commit,
                                  .rollback = nvm_rollback};
    file->stable = malloc(image.size);
    if (file->stable == NULL)
        return fault_set(fault, "out of memory");
    memcpy(file->stable, file->memory, image.size);
    return true;
}

static void release(struct card_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->memory != NULL)
        bytes_wipe(file->memory, file->nvm.size);
    if (file->stable != NULL)
        bytes_wipe(file->stable, file->nvm.size);
    free(file->memory);
    free(file->stable);
    bytes_wipe(file->record, sizeof(file->record));
    free(file);
}

struct card_file *card_file_open(const char *path, const struct crypto_port *crypto,
                                 struct fault *fault)
{
    struct card_file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        fault_set(fault, "card image %s: out of memory", path);
        return NULL;
    }
    file->fd = -1;
    file->crypto = crypto;
    if (!open_file(file, path, fault)) {
        fault_prefix(fault, "card image %s", path);
        release(file);
        return NULL;
    }
    return file;
}

const struct uicc_nvm *card_file_nvm(struct card_file *file)
{
    return &file->nvm;
}

const char *card_file_last_fault(const struct card_file *file)
{
    return file->last_fault.text;
}

void card_file_close(struct card_file *file)
{
    if (file == NULL)
        return;
    if (file->has_journal)
        replace_image(file, file->stable, 0, NULL);
    release(file);
}

bool card_file_create(const char *path, const struct crypto_port *crypto, const uint8_t *memory,
                      uint32_t size, struct fault *fault)
{
    if (size == 0 || size > CARD_IMAGE_MEMORY_MAX)
        return fault_set(fault, "card image %s: a memory of %u octets is not possible", path, size);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fault_set(fault, "card image %s: %s", path,
                         errno == EEXIST ? "exists already; a card is never overwritten"
                                         : strerror(errno));
    uint8_t digest[CARD_IMAGE_DIGEST];
    bool ok = card_image_write(fd, crypto, memory, size, 0, digest, fault);
    if (close(fd) != 0 && ok)
        ok = fault_set(fault, "cannot write: %s", strerror(errno));
    ok = ok && sync_directory(path, fault);
    if (!ok) {
        unlink(path);
        return fault_prefix(fault, "card image %s", path);
    }
    return true;
}
