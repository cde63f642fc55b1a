#include "drivers/folder/watched_folder.h"

#include "daemon/base/sys.h"
#include "drivers/folder/file_name.h"
#include "drivers/folder/file_open.h"
#include "drivers/folder/folder_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define SETTLE_MS 10000
#define SETTLE_BACKLOG_MS 2000
#define DEADLINE_MS 20000
#define MAX_BYTES (UINT64_C(1) << 30)

enum err_code folder_kind_from_name(const char *name, enum folder_kind *out, struct err *err)
{
    static const char *const names[] = {"watch", "backlog", "scan-to-folder"};
    for (int kind = FOLDER_WATCH; kind <= FOLDER_SCAN_TO; kind++)
        if (strcmp(name, names[kind]) == 0) {
            *out = (enum folder_kind)kind;
            return ERR_OK;
        }
    return err_set(err, ERR_BAD_CONFIG, "folder kind is none of: watch, backlog, scan-to-folder");
}

enum err_code watched_folder_new(const struct folder_config *config, struct watched_folder **out,
                                 struct err *err)
{
    if (!config->name[0] || config->path[0] != '/' || config->settle_ms < 0 ||
        config->deadline_ms < 0)
        return err_set(err, ERR_BAD_CONFIG, "a folder needs a name and an absolute path");
    AUTO(watched_folder) struct watched_folder *folder = mem_alloc(sizeof *folder);
    if (!folder)
        return err_set(err, ERR_NO_MEMORY, "folder");
    folder->name = mem_strdup(config->name);
    folder->path = mem_strdup(config->path);
    folder->sightings = sightings_new();
    if (!folder->name || !folder->path || !folder->sightings)
        return err_set(err, ERR_NO_MEMORY, "folder");
    folder->settle_ms = config->settle_ms                ? config->settle_ms
                        : config->kind == FOLDER_BACKLOG ? SETTLE_BACKLOG_MS
                                                         : SETTLE_MS;
    folder->call.deadline_ms = config->deadline_ms ? config->deadline_ms : DEADLINE_MS;
    folder->max_bytes = config->max_bytes ? config->max_bytes : MAX_BYTES;
    folder->share = config->share;
    *out = TAKE(folder);
    return ERR_OK;
}

void watched_folder_free(struct watched_folder *folder)
{
    if (!folder)
        return;
    sightings_free(folder->sightings);
    mem_free(folder->name);
    mem_free(folder->path);
    mem_free(folder);
}

const char *watched_folder_name(const struct watched_folder *folder)
{
    return folder->name;
}

struct bounded_call *watched_folder_call(struct watched_folder *folder)
{
    return &folder->call;
}

enum err_code folder_open(const struct watched_folder *folder, int *out_fd, struct err *err)
{
    AUTO(fd) int fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENODEV))
        return err_set(err, ERR_NOT_FOUND, "the folder is not there");
    if (fd < 0)
        return file_error(errno, errno == EACCES || errno == EPERM ? ERR_BAD_CONFIG : ERR_IO,
                          "opening the folder", err);
    if (folder->share && !file_is_on_network(fd))
        return err_set(err, ERR_NOT_FOUND, "the network folder is not mounted");
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

int64_t folder_time_ns(const struct timespec *when)
{
    return (int64_t)when->tv_sec * 1000000000 + when->tv_nsec;
}
