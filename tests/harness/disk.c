/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/harness/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);

    close(fd);
    return done;
}

/* Who is not root becomes it in a namespace of users: only there may they mount. */
static bool own_namespace(void)
{
    char map[64];
    int uid = (int)getuid(), gid = (int)getgid();

    if (uid == 0)
        return unshare(CLONE_NEWNS) == 0;
    if (unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0)
        return false;
    snprintf(map, sizeof map, "%d %d 1", uid, uid);
    if (!write_line("/proc/self/uid_map", map) ||
        !write_line("/proc/self/setgroups", "deny"))
        return false;
    snprintf(map, sizeof map, "%d %d 1", gid, gid);
    return write_line("/proc/self/gid_map", map);
}

bool disk_open(struct disk *d, int megabytes, const char **why)
{
    static bool apart;
    char size[32];

    snprintf(d->dir, sizeof d->dir, "/tmp/dvorik-disk.XXXXXX");
    snprintf(size, sizeof size, "size=%dm,mode=755", megabytes);
    if (mkdtemp(d->dir) == NULL)
        abort();
    apart = apart || (own_namespace() &&
                      mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    if (apart && mount("tmpfs", d->dir, "tmpfs", 0, size) == 0)
        return true;
    *why = strerror(errno);
    rmdir(d->dir);
    return false;
}

static void filler(const struct disk *d, char path[80])
{
    snprintf(path, 80, "%s/filler", d->dir);
}

void disk_fill(struct disk *d)
{
    static const char zeros[65536];
    char path[80];
    int fd;

    filler(d, path);
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    for (size_t piece = sizeof zeros; fd >= 0 && piece > 0; piece /= 2)
        while (write(fd, zeros, piece) > 0)
            ;
    close(fd);
}

void disk_free_up(struct disk *d)
{
    char path[80];

    filler(d, path);
    unlink(path);
}

void disk_close(struct disk *d)
{
    umount2(d->dir, MNT_DETACH);
    rmdir(d->dir);
}
