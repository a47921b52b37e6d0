#include "edge/ifd/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "edge/file/file_io.h"

#define FIRST_LINE  "mooring-slot 1"
#define TEXT_MAX    (PATH_MAX + 1024)
#define POLL_MS     20
#define STATUS_MODE 0644

static const char *const state_names[] = {
    [SLOT_ABSENT] = "absent", [SLOT_PRESENT] = "present", [SLOT_ERROR] = "error"};

static bool slot_path(const char *directory, const char *name, char path[PATH_MAX],
                      struct fault *fault)
{
    int n = snprintf(path, PATH_MAX, "%s/%s", directory, name);
    if (n < 0 || n >= PATH_MAX)
        return fault_set(fault, "slot %s: name too long", directory);
    return true;
}

bool slot_check_directory(const char *directory, struct fault *fault)
{
    struct stat st;
    if (stat(directory, &st) != 0)
        return fault_set(fault, "slot %s: %s", directory, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return fault_set(fault, "slot %s: not a directory", directory);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return fault_set(fault, "slot %s: belongs to another user: chown it to root", directory);
    if ((st.st_mode & 022) != 0)
        return fault_set(fault, "slot %s: others may write to it: chmod 755 %s", directory,
                         directory);
    return true;
}

static int open_directory(const char *directory, struct fault *fault)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fault_set(fault, "slot %s: %s", directory, strerror(errno));
    return fd;
}

int slot_serve(const char *directory, struct fault *fault)
{
    const struct timespec pause = {0, POLL_MS * 1000000L};
    if (!slot_check_directory(directory, fault))
        return -1;
    int fd = open_directory(directory, fault);
    if (fd < 0)
        return -1;
    /* Whoever asks whether we are here holds the lock for a moment: try for a while. */
    for (int attempt = 0; attempt < 25; attempt++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return fd;
        nanosleep(&pause, NULL);
    }
    close(fd);
    fault_set(fault, "slot %s: another reader serves it already", directory);
    return -1;
}

static bool is_served(const char *directory, struct fault *fault)
{
    int fd = open_directory(directory, fault);
    if (fd < 0)
        return false;
    bool served = flock(fd, LOCK_SH | LOCK_NB) != 0;
    close(fd);
    if (!served)
        fault_set(fault,
                  "slot %s: no pcscd serves it: name it as DEVICENAME in reader.conf and start "
                  "pcscd",
                  directory);
    return served;
}

/* A text file of KEY VALUE lines being read. */
struct lines {
    char *at;
};

/* Takes the next line; NULL at the end. `value` is what follows the first blank, or "". */
static char *next_line(struct lines *lines, char **value)
{
    char *line = lines->at;
    if (line == NULL || *line == '\0')
        return NULL;
    char *end = strchr(line, '\n');
    lines->at = end == NULL ? NULL : end + 1;
    if (end != NULL)
        *end = '\0';
    char *blank = strchr(line, ' ');
    *value = blank == NULL ? line + strlen(line) : blank + 1;
    if (blank != NULL)
        *blank = '\0';
    return line;
}

static bool copy_text(char *to, size_t capacity, const char *from)
{
    size_t n = strlen(from);
    if (n == 0 || n >= capacity)
        return false;
    memcpy(to, from, n + 1);
    return true;
}

/* Reads a slot's file; *text is NULL if there is none. Its first line is checked and taken. */
static bool open_lines(const char *path, struct file_content *text, struct lines *lines,
                       struct fault *fault)
{
    char *value = NULL;
    if (!file_read(path, TEXT_MAX, text, fault))
        return false;
    lines->at = (char *)text->data;
    char *line = next_line(lines, &value);
    if (strlen(FIRST_LINE) > text->size || line == NULL || strcmp(line, "mooring-slot") != 0 ||
        strcmp(value, "1") != 0) {
        file_content_free(text);
        return fault_set(fault, "%s: does not begin with '" FIRST_LINE "'", path);
    }
    return true;
}

bool slot_read_request(const char *directory, struct slot_request *request, struct fault *fault)
{
    char path[PATH_MAX];
    struct file_content text;
    struct lines lines;
    char *value = NULL;
    memset(request, 0, sizeof(*request));
    if (!slot_path(directory, "card", path, fault))
        return false;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!open_lines(path, &text, &lines, fault))
        return false;
    bool ok = true;
    for (const char *key = next_line(&lines, &value); ok && key != NULL;
         key = next_line(&lines, &value)) {
        if (strcmp(key, "request") == 0)
            ok = copy_text(request->id, sizeof(request->id), value);
        else if (strcmp(key, "image") == 0)
            ok = value[0] == '/' && copy_text(request->image, sizeof(request->image), value);
        else
            ok = false;
        if (!ok)
            fault_set(fault, "%s: line '%.32s' is not understood", path, key);
    }
    file_content_free(&text);
    if (ok && request->id[0] == '\0')
        ok = fault_set(fault, "%s: no line 'request ID'", path);
    return ok;
}

static bool parse_status(const char *key, const char *value, struct slot_status *status)
{
    if (strcmp(key, "request") == 0)
        return copy_text(status->id, sizeof(status->id), value);
    if (strcmp(key, "iccid") == 0)
        return iccid_parse(value, strlen(value), &status->iccid);
    if (strcmp(key, "fault") == 0)
        return copy_text(status->fault.text, sizeof(status->fault.text), value);
    if (strcmp(key, "state") != 0)
        return false;
    for (size_t i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++) {
        if (strcmp(value, state_names[i]) == 0) {
            status->state = (enum slot_state)i;
            return true;
        }
    }
    return false;
}

bool slot_read_status(const char *directory, struct slot_status *status, struct fault *fault)
{
    char path[PATH_MAX];
    struct file_content text;
    struct lines lines;
    char *value = NULL;
    memset(status, 0, sizeof(*status));
    if (!is_served(directory, fault) || !slot_path(directory, "status", path, fault))
        return false;
    if (!open_lines(path, &text, &lines, fault))
        return false;
    bool ok = true;
    for (const char *key = next_line(&lines, &value); ok && key != NULL;
         key = next_line(&lines, &value)) {
        ok = parse_status(key, value, status);
        if (!ok)
            fault_set(fault, "%s: line '%.32s' is not understood", path, key);
    }
    file_content_free(&text);
    return ok;
}

bool slot_write_status(const char *directory, const struct slot_status *status, struct fault *fault)
{
    char path[PATH_MAX];
    char text[TEXT_MAX];
    if (!slot_path(directory, "status", path, fault))
        return false;
    int n = snprintf(text, sizeof(text), FIRST_LINE "\n");
    if (status->id[0] != '\0')
        n += snprintf(text + n, sizeof(text) - (size_t)n, "request %s\n", status->id);
    n += snprintf(text + n, sizeof(text) - (size_t)n, "state %s\n", state_names[status->state]);
    if (status->state == SLOT_PRESENT && status->iccid.digits[0] != '\0')
        n += snprintf(text + n, sizeof(text) - (size_t)n, "iccid %s\n", status->iccid.digits);
    if (status->state == SLOT_ERROR) {
        int start = n;
        n += snprintf(text + n, sizeof(text) - (size_t)n, "fault %s", status->fault.text);
        /* A path in the fault may hold a line feed, which would begin another line. */
        for (int i = start; i < n; i++) {
            if (text[i] == '\n')
                text[i] = '?';
        }
        n += snprintf(text + n, sizeof(text) - (size_t)n, "\n");
    }
    return file_replace(path, text, (size_t)n, STATUS_MODE, fault);
}

/* Puts the request into place under a new random id. */
static bool write_request(const char *directory, struct slot_request *request, struct fault *fault)
{
    char path[PATH_MAX];
    char text[TEXT_MAX];
    uint8_t id[8];
    if (!slot_path(directory, "card", path, fault))
        return false;
    if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
        return fault_set(fault, "slot %s: no random octets: %s", directory, strerror(errno));
    hex_encode(id, sizeof(id), request->id);
    int n = snprintf(text, sizeof(text), FIRST_LINE "\nrequest %s\n", request->id);
    if (request->image[0] != '\0')
        n += snprintf(text + n, sizeof(text) - (size_t)n, "image %s\n", request->image);
    return file_replace(path, text, (size_t)n, STATUS_MODE, fault);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until the driver has carried out request `id`. */
static bool wait_for(const char *directory, const char *id, int timeout_ms,
                     struct slot_status *status, struct fault *fault)
{
    const struct timespec pause = {0, POLL_MS * 1000000L};
    int64_t end = now_ms() + timeout_ms;
    do {
        struct fault unread;
        if (slot_read_status(directory, status, &unread) && strcmp(status->id, id) == 0)
            return true;
        nanosleep(&pause, NULL);
    } while (now_ms() < end);
    return fault_set(fault,
                     "slot %s: no answer within %d ms: is pcscd running, and does its reader.conf "
                     "name this slot? The request stands until it does",
                     directory, timeout_ms);
}

static bool ask(const char *directory, struct slot_request *request, int timeout_ms,
                struct slot_status *status, struct fault *fault)
{
    return slot_check_directory(directory, fault) && write_request(directory, request, fault) &&
           wait_for(directory, request->id, timeout_ms, status, fault);
}

bool slot_insert(const char *directory, const char *image, int timeout_ms, struct fault *fault)
{
    struct slot_request request = {0};
    struct slot_status status;
    if (realpath(image, request.image) == NULL)
        return fault_set(fault, "card image %s: %s", image, strerror(errno));
    if (strchr(request.image, '\n') != NULL)
        return fault_set(fault, "card image %s: its name holds a line feed", image);
    if (!ask(directory, &request, timeout_ms, &status, fault))
        return false;
    if (status.state == SLOT_PRESENT)
        return true;
    if (status.state == SLOT_ERROR)
        return fault_set(fault, "slot %s: %.400s", directory, status.fault.text);
    return fault_set(fault, "slot %s: the card was taken out again", directory);
}

bool slot_remove(const char *directory, int timeout_ms, struct fault *fault)
{
    struct slot_request request = {0};
    struct slot_status status;
    if (!ask(directory, &request, timeout_ms, &status, fault))
        return false;
    if (status.state == SLOT_ABSENT)
        return true;
    return fault_set(fault, "slot %s: still not empty", directory);
}
