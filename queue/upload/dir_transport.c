#include "queue/upload/dir_transport.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "queue/upload/dir_file.h"
#include "queue/upload/dir_list.h"
#include "queue/upload/mark.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0750

struct dir_transport {
    struct transport transport;
    char *root;
    char *witness;
    struct flow *flow;
};

static void open_dir_auto(DIR **place)
{
    if (*place)
        closedir(*place);
}

static enum err_code open_root(const struct dir_transport *dir, int *out_fd, struct err *err)
{
    AUTO(fd) int fd = open(dir->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, ERR_TARGET_UNREACHABLE, "warehouse folder cannot be opened: %s",
                strerror(errno));
        return ERR_TARGET_UNREACHABLE;
    }
    enum err_code code = mark_check(fd, dir->witness, err);
    if (code)
        return code;
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

/* Splits "<folder>/<file>"; the folder's bytes go to `out_folder`. */
static enum err_code split_name(const char *name, char out_folder[NAME_MAX + 1],
                                const char **out_file, struct err *err)
{
    const char *slash = strchr(name, '/');
    if (!transport_name_is_safe(name) || !slash || strchr(slash + 1, '/') ||
        slash - name > NAME_MAX || strlen(slash + 1) > NAME_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "not a name of the form folder/file");
    snprintf(out_folder, NAME_MAX + 1, "%.*s", (int)(slash - name), name);
    *out_file = slash + 1;
    return ERR_OK;
}

static enum err_code open_folder(int root, const char *folder, int *out_fd, struct err *err)
{
    int fd = openat(root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "no such folder in the warehouse");
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        return err_set(err, ERR_TARGET_CONFLICT, "something that is no folder has the name");
    if (fd < 0)
        return dir_fail(err, errno, "opening the dossier folder");
    *out_fd = fd;
    return ERR_OK;
}

static enum err_code make_folder(int root, const char *folder, int *out_fd, struct err *err)
{
    if (mkdirat(root, folder, FOLDER_MODE) < 0 && errno != EEXIST)
        return dir_fail(err, errno, "making the dossier folder");
    if (sys_fsync(root) < 0)
        return dir_fail(err, errno, "flush of the warehouse folder");
    return open_folder(root, folder, out_fd, err);
}

static enum err_code dir_put(struct transport *transport, const char *name, const char *owner,
                             const struct transport_body *body, bool *out_created, struct err *err)
{
    struct dir_transport *dir = (struct dir_transport *)transport;
    char folder_name[NAME_MAX + 1];
    const char *file;
    enum err_code code = split_name(name, folder_name, &file, err);
    AUTO(fd) int root = -1;
    if (!code)
        code = open_root(dir, &root, err);
    AUTO(fd) int folder = -1;
    if (!code)
        code = make_folder(root, folder_name, &folder, err);
    if (code)
        return code;

    return dir_file_put(folder, file, owner, body->fd, dir->flow, out_created, err);
}

/* The folder that a name lies in, and the file's name in it. NOT_FOUND */
static enum err_code open_place(const struct dir_transport *dir, const char *name, int *out_folder,
                                const char **out_file, struct err *err)
{
    char folder_name[NAME_MAX + 1];
    AUTO(fd) int root = -1;
    enum err_code code = split_name(name, folder_name, out_file, err);
    if (!code)
        code = open_root(dir, &root, err);
    return code ? code : open_folder(root, folder_name, out_folder, err);
}

static enum err_code open_file(struct transport *transport, const char *name, int *out_fd,
                               struct stat *out_status, struct err *err)
{
    struct dir_transport *dir = (struct dir_transport *)transport;
    const char *file;
    AUTO(fd) int folder = -1;
    enum err_code code = open_place(dir, name, &folder, &file, err);
    if (code)
        return code;
    AUTO(fd) int fd = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "no such file in the warehouse");
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return dir_fail(err, errno, "opening a file of the warehouse");
    if (!S_ISREG(status.st_mode))
        return err_set(err, ERR_TARGET_CONFLICT, "something that is no file has the name");
    /* Clean pages go, so that what is read next comes from the far side and not from our memory. */
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    *out_fd = TAKE_FD(fd);
    *out_status = status;
    return ERR_OK;
}

static enum err_code dir_hash(struct transport *transport, const char *name,
                              struct transport_held *out, struct err *err)
{
    const struct dir_transport *dir = (const struct dir_transport *)transport;
    AUTO(fd) int fd = -1;
    struct stat status;
    struct transport_held held = {0};
    enum err_code code = open_file(transport, name, &fd, &status, err);
    if (code)
        return code;
    if (dir_file_hash(fd, dir->flow, held.sha256, &held.size_bytes, err))
        return err_set(err, ERR_TARGET_UNREACHABLE, "a file cannot be read back");
    dir_tag(&status, held.tag);
    *out = held;
    return ERR_OK;
}

static enum err_code dir_text(struct transport *transport, const char *name, size_t max_bytes,
                              char **out, size_t *out_size, struct err *err)
{
    AUTO(fd) int fd = -1;
    struct stat status;
    enum err_code code = open_file(transport, name, &fd, &status, err);
    if (!code)
        code = file_read_fd(fd, max_bytes, out, out_size, err);
    return code == ERR_IO ? err_set(err, ERR_TARGET_UNREACHABLE, "a file cannot be read back")
                          : code;
}

static enum err_code dir_list(struct transport *transport, const struct transport_page *page,
                              transport_entry_fn *entry, void *payload,
                              char out_next[TRANSPORT_KEY_SIZE], struct err *err)
{
    struct dir_transport *dir = (struct dir_transport *)transport;
    AUTO(fd) int root = -1;
    enum err_code code = open_root(dir, &root, err);
    return code ? code : dir_list_page(root, page, entry, payload, out_next, err);
}

static enum err_code dir_sweep(struct transport *transport, const char *name, const char *owner,
                               struct err *err)
{
    struct dir_transport *dir = (struct dir_transport *)transport;
    char mark[NAME_MAX + 1];
    const char *file;
    AUTO(fd) int fd = -1;
    enum err_code code = open_place(dir, name, &fd, &file, err);
    if (code)
        return code == ERR_NOT_FOUND ? ERR_OK : code;
    AUTO(open_dir) DIR *folder = fdopendir(fd);
    if (!folder)
        return dir_fail(err, errno, "listing a dossier folder");
    fd = -1;
    snprintf(mark, sizeof mark, DIR_TEMP_PREFIX "%s-", owner);
    for (struct dirent *found; (found = readdir(folder));)
        if (strncmp(found->d_name, mark, strlen(mark)) == 0)
            unlinkat(dirfd(folder), found->d_name, 0);
    return ERR_OK;
}

static enum err_code dir_remove(struct transport *transport, const char *name, struct err *err)
{
    struct dir_transport *dir = (struct dir_transport *)transport;
    const char *file;
    AUTO(fd) int folder = -1;
    enum err_code code = open_place(dir, name, &folder, &file, err);
    if (code)
        return code == ERR_NOT_FOUND ? ERR_OK : code;
    if (unlinkat(folder, file, 0) < 0 && errno != ENOENT)
        return dir_fail(err, errno, "removing a file of the warehouse");
    if (sys_fsync(folder) < 0) /* also when it was gone: a killed try may not have come so far */
        return dir_fail(err, errno, "flush of a folder of the warehouse");
    return ERR_OK;
}

static void dir_free(struct transport *transport)
{
    struct dir_transport *dir = (struct dir_transport *)transport;
    mem_free(dir->root);
    mem_free(dir->witness);
    mem_free(dir);
}

static const struct transport_ops dir_ops = {
    .put_if_absent = dir_put,
    .hash_back = dir_hash,
    .text_back = dir_text,
    .list = dir_list,
    .sweep = dir_sweep,
    .remove = dir_remove,
    .free = dir_free,
};

enum err_code dir_transport_new(const char *root, const char *witness, struct transport **out,
                                struct err *err)
{
    if (root[0] != '/' || witness[0] != '/')
        return err_set(err, ERR_BAD_CONFIG, "a warehouse folder needs an absolute path");
    struct dir_transport *dir = mem_alloc(sizeof *dir);
    if (!dir)
        return err_set(err, ERR_NO_MEMORY, "no memory for a transport");
    dir->transport.ops = &dir_ops;
    dir->root = mem_strdup(root);
    dir->witness = mem_strdup(witness);
    if (!dir->root || !dir->witness) {
        dir_free(&dir->transport);
        return err_set(err, ERR_NO_MEMORY, "no memory for a transport");
    }
    *out = &dir->transport;
    return ERR_OK;
}

void dir_transport_use_flow(struct transport *transport, struct flow *flow)
{
    ((struct dir_transport *)transport)->flow = flow;
}
