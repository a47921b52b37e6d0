#include "edge/file/place.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool check_one(const char *path, struct fault *fault)
{
    struct stat status;

    if (lstat(path, &status) != 0) {
        return fault_set(fault, "%s: %s", path, strerror(errno));
    }
    if (status.st_uid != 0 && status.st_uid != geteuid()) {
        return fault_set(fault,
                         "%s belongs to another user, who could exchange it: put it where "
                         "only you and root can write",
                         path);
    }
    bool by_group = (status.st_mode & S_IWGRP) != 0 && status.st_gid != 0;
    bool by_others = (status.st_mode & S_IWOTH) != 0;
    if (S_ISDIR(status.st_mode) && (by_group || by_others) && (status.st_mode & S_ISVTX) == 0) {
        return fault_set(fault, "%s may be written to by others, who could exchange what is in it",
                         path);
    }
    return true;
}

bool file_place_check(const char *path, struct fault *fault)
{
    char part[PATH_MAX];
    size_t len = strlen(path);

    if (len >= sizeof part || path[0] != '/') {
        return fault_set(fault, "%s: no whole path", path);
    }
    memcpy(part, path, len + 1);
    for (;;) {
        if (!check_one(part, fault)) {
            return false;
        }
        char *slash = strrchr(part, '/');
        if (part[1] == '\0') {
            return true;
        }
        slash[slash == part ? 1 : 0] = '\0';
    }
}
