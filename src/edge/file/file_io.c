#include "edge/file/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

bool file_secret_check(int fd, const char *path, struct fault *fault)
{
    struct stat info;

    if (fstat(fd, &info) != 0) {
        return fault_set(fault, "%s: %s", path, strerror(errno));
    }
    if (info.st_uid != geteuid() && info.st_uid != 0) {
        return fault_set(fault,
                         "%s: holds secrets but belongs to user %u, neither to us nor to root: "
                         "chown it",
                         path, (unsigned)info.st_uid);
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fault_set(fault,
                         "%s: holds secrets but its mode %03o lets group or others in: "
                         "chmod 600 %s",
                         path, (unsigned)(info.st_mode & 0777), path);
    }
    return true;
}

void file_content_free(struct file_content *content)
{
    if (content->data != NULL) {
        bytes_wipe(content->data, content->size);
        free(content->data);
    }
    *content = (struct file_content){0};
}

/* Reads `size` octets and looks for one more: a file that grows while it is read is refused. */
static bool read_octets(int fd, const char *path, struct file_content *out, struct fault *fault)
{
    size_t have = 0;

    while (have <= out->size) {
        ssize_t got = read(fd, out->data + have, out->size + 1 - have);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fault_set(fault, "%s: cannot read: %s", path, strerror(errno));
        }
        if (got == 0) {
            break;
        }
        have += (size_t)got;
    }
    if (have != out->size) {
        return fault_set(fault, "%s: changed while it was read: try again", path);
    }
    out->data[have] = '\0';
    return true;
}

static bool read_fd(int fd, const char *path, size_t max, struct file_content *out,
                    struct fault *fault)
{
    struct stat info;

    if (fstat(fd, &info) != 0) {
        return fault_set(fault, "%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return fault_set(fault, "%s: not a regular file", path);
    }
    if (info.st_size < 0 || (uintmax_t)info.st_size > max) {
        return fault_set(fault, "%s: %jd octets, more than the %zu that such a file may have", path,
                         (intmax_t)info.st_size, max);
    }
    *out = (struct file_content){.size = (size_t)info.st_size};
    out->data = malloc(out->size + 1);
    if (out->data == NULL) {
        return fault_set(fault, "%s: out of memory", path);
    }
    if (!read_octets(fd, path, out, fault)) {
        file_content_free(out);
        return false;
    }
    return true;
}

static bool read_path(const char *path, size_t max, bool secret, struct file_content *out,
                      struct fault *fault)
{
    /* O_NONBLOCK: a FIFO in place of the file must not hang us; read_fd then refuses it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    *out = (struct file_content){0};
    if (fd < 0) {
        return fault_set(fault, "%s: cannot open: %s", path, strerror(errno));
    }
    bool ok = (!secret || file_secret_check(fd, path, fault)) && read_fd(fd, path, max, out, fault);
    (void)close(fd);
    return ok;
}

bool file_read(const char *path, size_t max, struct file_content *out, struct fault *fault)
{
    return read_path(path, max, false, out, fault);
}

bool file_read_secret(const char *path, size_t max, struct file_content *out, struct fault *fault)
{
    return read_path(path, max, true, out, fault);
}

static bool write_octets(int fd, const uint8_t *data, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, data, n);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        data += put;
        n -= (size_t)put;
    }
    return true;
}

/* Makes the directory entry of `path` durable: without it a crash may bring the old name back. */
static bool sync_folder(const char *path)
{
    char copy[PATH_MAX];

    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool ok = fsync(fd) == 0;
    int error = errno;
    (void)close(fd);
    errno = error;
    return ok;
}

/* Writes the content durably to a new file beside `path`, whose name goes to `temp`. Leaves no file
 * behind on failure. errno says why. */
static bool write_beside(const char *path, char temp[PATH_MAX], const void *data, size_t n,
                         mode_t mode)
{
    if (snprintf(temp, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool ok = write_octets(fd, data, n) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        (void)unlink(temp);
    }
    errno = error;
    return ok;
}

bool file_replace(const char *path, const void *data, size_t n, mode_t mode, struct fault *fault)
{
    char temp[PATH_MAX];

    if (!write_beside(path, temp, data, n, mode)) {
        return fault_set(fault, "%s: cannot write: %s (what was there is unchanged)", path,
                         strerror(errno));
    }
    if (rename(temp, path) != 0) {
        int error = errno;
        (void)unlink(temp);
        return fault_set(fault, "%s: cannot replace: %s (what was there is unchanged)", path,
                         strerror(error));
    }
    if (!sync_folder(path)) {
        return fault_set(fault, "%s: replaced, but its folder cannot be synced: %s", path,
                         strerror(errno));
    }
    return true;
}

bool file_create(const char *path, const void *data, size_t n, mode_t mode, struct fault *fault)
{
    char temp[PATH_MAX];

    if (!write_beside(path, temp, data, n, mode)) {
        return fault_set(fault, "%s: cannot write: %s", path, strerror(errno));
    }
    /* link() and not rename(): it fails where the name is taken, whoever was faster. */
    int result = link(temp, path);
    int error = errno;
    (void)unlink(temp);
    if (result != 0 && error == EEXIST) {
        return fault_set(fault, "%s: exists already and is not overwritten", path);
    }
    if (result != 0) {
        return fault_set(fault, "%s: cannot create: %s", path, strerror(error));
    }
    if (!sync_folder(path)) {
        return fault_set(fault, "%s: created, but its folder cannot be synced: %s", path,
                         strerror(errno));
    }
    return true;
}
