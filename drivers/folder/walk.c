#include "drivers/folder/walk.h"

#include "daemon/base/mem.h"
#include "drivers/folder/bounded_call.h"
#include "drivers/folder/file_name.h"
#include "drivers/folder/file_open.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGN_OF_LIFE_EVERY 1000 /* directory entries */

struct walking {
    struct walk *found; /* a heap, the last name on top, until it is sorted */
    const char *cursor;
    size_t limit;
    int depth_max;
    size_t entries;
};

void walk_done(struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        mem_free(walk->entry[i].path);
    mem_free(walk->entry);
    *walk = (struct walk){0};
}

static void swap(struct walk_entry *a, struct walk_entry *b)
{
    struct walk_entry kept = *a;
    *a = *b;
    *b = kept;
}

static void sift_up(struct walk_entry *heap, size_t at)
{
    for (size_t above; at > 0; at = above) {
        above = (at - 1) / 2;
        if (file_path_compare(heap[at].path, heap[above].path) <= 0)
            return;
        swap(&heap[at], &heap[above]);
    }
}

static void sift_down(struct walk_entry *heap, size_t count)
{
    for (size_t at = 0, below; (below = 2 * at + 1) < count; at = below) {
        if (below + 1 < count && file_path_compare(heap[below + 1].path, heap[below].path) > 0)
            below++;
        if (file_path_compare(heap[below].path, heap[at].path) <= 0)
            return;
        swap(&heap[at], &heap[below]);
    }
}

/* Neither this name nor one below it can be among the first after the cursor. */
static bool is_outside(struct walking *walking, const char *path)
{
    const struct walk *found = walking->found;
    if (walking->cursor && file_path_compare(path, walking->cursor) <= 0)
        return !file_path_is_in(walking->cursor, path);
    if (found->count < walking->limit || file_path_compare(path, found->entry[0].path) < 0)
        return false;
    walking->found->more = true;
    return true;
}

static enum err_code keep(struct walking *walking, const char *path, enum walk_class class,
                          struct err *err)
{
    struct walk *found = walking->found;
    if (is_outside(walking, path) ||
        (walking->cursor && file_path_compare(path, walking->cursor) <= 0))
        return ERR_OK;
    char *copy = mem_strdup(path);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "file names");
    if (found->count == walking->limit) {
        found->more = true;
        mem_free(found->entry[0].path);
        found->entry[0] = (struct walk_entry){copy, class};
        sift_down(found->entry, found->count);
        return ERR_OK;
    }
    found->entry[found->count++] = (struct walk_entry){copy, class};
    sift_up(found->entry, found->count - 1);
    return ERR_OK;
}

static enum err_code walk_folder(struct walking *walking, int dir_fd, const char *name,
                                 const char *path, int depth, struct err *err);

/* DT_ of an entry; DT_UNKNOWN when it is gone. */
static int type_of(int dir_fd, const struct dirent *entry)
{
    struct stat info;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(dir_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_UNKNOWN;
    return IFTODT(info.st_mode);
}

static enum err_code visit(struct walking *walking, int dir_fd, const struct dirent *entry,
                           const char *folder, int depth, struct err *err)
{
    char path[FILE_PATH_MAX];
    int size = snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", entry->d_name);
    int type = type_of(dir_fd, entry);
    if (size < 0 || (size_t)size >= sizeof path)
        return keep(walking, folder, WALK_DEEP, err);
    switch (type) {
    case DT_UNKNOWN:
        return ERR_OK;
    case DT_REG:
        return keep(walking, path, WALK_FILE, err);
    case DT_LNK:
        return keep(walking, path, WALK_LINK, err);
    case DT_DIR:
        if (is_outside(walking, path))
            return ERR_OK;
        if (depth == walking->depth_max)
            return keep(walking, path, WALK_DEEP, err);
        return walk_folder(walking, dir_fd, entry->d_name, path, depth + 1, err);
    default:
        return keep(walking, path, WALK_SPECIAL, err);
    }
}

static enum err_code read_entries(struct walking *walking, DIR *entries, const char *path,
                                  int depth, struct err *err)
{
    enum err_code code = ERR_OK;
    while (!code) {
        errno = 0;
        const struct dirent *entry = readdir(entries);
        if (!entry && errno)
            return file_error(errno, ERR_IO, "reading the folder", err);
        if (!entry)
            return ERR_OK;
        if (++walking->entries % SIGN_OF_LIFE_EVERY == 0)
            bounded_progress(0);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            code = visit(walking, dirfd(entries), entry, path, depth, err);
    }
    return code;
}

static enum err_code walk_folder(struct walking *walking, int dir_fd, const char *name,
                                 const char *path, int depth, struct err *err)
{
    AUTO(fd) int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
        return ERR_OK;
    if (fd < 0 && (errno == EACCES || errno == EPERM) && *path)
        return keep(walking, path, WALK_CLOSED, err);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (!entries)
        return file_error(errno, ERR_IO, "opening the folder", err);
    fd = -1; /* closed by closedir */
    enum err_code code = read_entries(walking, entries, path, depth, err);
    closedir(entries);
    return code;
}

static int compare_entries(const void *a, const void *b)
{
    return file_path_compare(((const struct walk_entry *)a)->path,
                             ((const struct walk_entry *)b)->path);
}

enum err_code walk_after(int dir_fd, const char *cursor, size_t limit, int depth_max,
                         struct walk *out, struct err *err)
{
    *out = (struct walk){.entry = mem_array(limit, sizeof *out->entry)};
    if (!out->entry)
        return err_set(err, ERR_NO_MEMORY, "file names");
    struct walking walking = {out, cursor, limit, depth_max, 0};
    enum err_code code = walk_folder(&walking, dir_fd, ".", "", 0, err);
    if (!code)
        qsort(out->entry, out->count, sizeof *out->entry, compare_entries);
    return code;
}
