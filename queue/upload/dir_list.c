#include "queue/upload/dir_list.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "queue/upload/dir_file.h"
#include "queue/upload/name_page.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define FOLDERS_AT_ONCE 500

static void open_dir_auto(DIR **place)
{
    if (*place)
        closedir(*place);
}

void dir_tag(const struct stat *status, char out[TRANSPORT_TAG_SIZE])
{
    snprintf(out, TRANSPORT_TAG_SIZE, "%lld.%09ld", (long long)status->st_mtim.tv_sec,
             status->st_mtim.tv_nsec);
}

struct pass {
    int root;
    const struct transport_page *page;
    transport_entry_fn *entry;
    void *payload;
    size_t left; /* of page->max */
    char last[TRANSPORT_KEY_SIZE];
    bool more;
};

static bool is_same_start(const char *a, const char *b)
{
    size_t size = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    return strncmp(a, b, size) == 0;
}

/* Names of an open folder, each behind `before`, that one of the page's names may begin with. */
static enum err_code read_names(const struct pass *pass, int folder_fd, const char *before,
                                const char *behind, const char *after, struct name_page *out,
                                struct err *err)
{
    int fd = fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);
    AUTO(open_dir) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        fd_close(fd);
        return dir_fail(err, errno, "listing the warehouse");
    }
    rewinddir(folder);
    for (struct dirent *found; errno = 0, (found = readdir(folder));) {
        char name[TRANSPORT_KEY_SIZE];
        snprintf(name, sizeof name, "%s%s%s", before, found->d_name, behind);
        bool wanted = found->d_name[0] != '.' && is_same_start(name, pass->page->prefix) &&
                      strcmp(name, after) > 0;
        if (wanted && !name_page_offer(out, name))
            return err_set(err, ERR_NO_MEMORY, "no memory for a listing");
    }
    return errno ? dir_fail(err, errno, "listing the warehouse") : ERR_OK;
}

static enum err_code show(struct pass *pass, int folder_fd, const char *name, struct err *err)
{
    struct stat status;
    char tag[TRANSPORT_TAG_SIZE];
    snprintf(pass->last, sizeof pass->last, "%s", name);
    pass->left--;
    if (fstatat(folder_fd, strrchr(name, '/') + 1, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISREG(status.st_mode) || strncmp(name, pass->page->prefix, strlen(pass->page->prefix)))
        return ERR_OK;
    dir_tag(&status, tag);
    const struct transport_entry entry = {name, tag, (uint64_t)status.st_size};
    return pass->entry(pass->payload, &entry, err);
}

/* `folder` ends with '/'. One that went meanwhile has nothing. */
static enum err_code list_folder(struct pass *pass, const char *folder, struct err *err)
{
    char path[NAME_MAX + 2];
    snprintf(path, sizeof path, "%.*s", (int)strlen(folder) - 1, folder);
    AUTO(fd) int fd = openat(pass->root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
        return ERR_OK;
    if (fd < 0)
        return dir_fail(err, errno, "opening a folder of the warehouse");
    AUTO(name_page) struct name_page names;
    if (!name_page_init(&names, pass->left))
        return err_set(err, ERR_NO_MEMORY, "no memory for a listing");
    enum err_code code = read_names(pass, fd, folder, "", pass->page->after, &names, err);
    name_page_sort(&names);
    for (size_t i = 0; !code && i < names.count; i++)
        code = show(pass, fd, names.names[i], err);
    pass->more = pass->more || names.more;
    return code;
}

/* The next folders behind `after`, which is one, or the one a name lies in. */
static enum err_code list_folders(struct pass *pass, char after[TRANSPORT_KEY_SIZE], bool *out_end,
                                  struct err *err)
{
    AUTO(name_page) struct name_page folders;
    if (!name_page_init(&folders, FOLDERS_AT_ONCE))
        return err_set(err, ERR_NO_MEMORY, "no memory for a listing");
    enum err_code code = read_names(pass, pass->root, "", "/", after, &folders, err);
    name_page_sort(&folders);
    for (size_t i = 0; !code && i < folders.count; i++) {
        if (!pass->left) {
            pass->more = true;
            break;
        }
        code = list_folder(pass, folders.names[i], err);
        snprintf(after, TRANSPORT_KEY_SIZE, "%s", folders.names[i]);
    }
    *out_end = !folders.more || !pass->left;
    pass->more = pass->more || (folders.more && !pass->left);
    return code;
}

enum err_code dir_list_page(int root, const struct transport_page *page, transport_entry_fn *entry,
                            void *payload, char out_next[TRANSPORT_KEY_SIZE], struct err *err)
{
    struct pass pass = {root, page, entry, payload, page->max, "", false};
    char after[TRANSPORT_KEY_SIZE];
    const char *slash = strchr(page->after, '/');
    /* the folder the last name lies in comes again: "A/" is behind "A." and all before it */
    snprintf(after, sizeof after, "%.*s", slash ? (int)(slash - page->after) : 0, page->after);
    if (slash)
        strcat(after, ".\xff");
    bool end = false;
    enum err_code code = ERR_OK;
    while (!code && !end)
        code = list_folders(&pass, after, &end, err);
    if (!code)
        snprintf(out_next, TRANSPORT_KEY_SIZE, "%s", pass.more ? pass.last : "");
    return code;
}
