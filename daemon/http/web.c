#include "daemon/http/web.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct web {
    int folder; /* -1: none */
};

static const struct {
    const char *ending, *type;
} file_types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

const char web_page_unopened[] =
    "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Sohoa</title></head>"
    "<body><h1>Chưa mở phiên làm việc</h1>"
    "<p>Trên máy này, chạy lệnh <code>sohoa open</code> rồi mở đường dẫn được in ra.</p>"
    "<p>Mỗi đường dẫn chỉ dùng được một lần, trong vòng 60 giây.</p></body></html>\n";

const char web_page_link_spent[] =
    "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Sohoa</title></head>"
    "<body><h1>Đường dẫn này không còn dùng được</h1>"
    "<p>Mỗi đường dẫn chỉ dùng được một lần, trong vòng 60 giây. "
    "Chạy lại lệnh <code>sohoa open</code> để có đường dẫn mới.</p></body></html>\n";

enum err_code web_open(const char *folder, struct web **out, struct err *err)
{
    AUTO(fd)
    int fd = -1;
    if (folder) {
        fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return err_set_errno(err, ERR_BAD_CONFIG, errno, "web folder '%s'", folder);
    }
    struct web *web = mem_alloc(sizeof *web);
    if (!web)
        return err_set(err, ERR_NO_MEMORY, "web folder");
    web->folder = TAKE_FD(fd);
    *out = web;
    return ERR_OK;
}

void web_close(struct web *web)
{
    if (web)
        fd_close(web->folder);
    mem_free(web);
}

static const char *type_of(const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof file_types / sizeof file_types[0]; i++) {
        size_t ending = strlen(file_types[i].ending);
        if (size > ending && strcmp(name + size - ending, file_types[i].ending) == 0)
            return file_types[i].type;
    }
    return NULL;
}

bool web_name_is_safe(const char *name)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-";
    const char *at = name;
    for (;;) {
        size_t size = strspn(at, plain);
        if (!size || *at == '.')
            return false;
        at += size;
        if (!*at)
            return type_of(name) != NULL;
        if (*at++ != '/')
            return false;
    }
}

/* The kernel keeps the name inside the folder; on one that cannot, the last link is not followed.
 */
static int open_beneath(int folder, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    return (int)fd;
}

enum err_code web_reply(const struct web *web, const char *name, const char *if_none_match,
                        struct reply *reply, struct err *err)
{
    struct stat info;
    if (web->folder < 0 || !web_name_is_safe(name))
        return err_set(err, ERR_NOT_FOUND, "no such file of the web page");
    AUTO(fd)
    int fd = open_beneath(web->folder, name);
    if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
        return err_set(err, ERR_NOT_FOUND, "no such file of the web page");
    const char *type = type_of(name);
    reply->cache = "no-cache";
    char etag[64];
    snprintf(etag, sizeof etag, "\"%llx.%lx-%llx\"", (long long)info.st_mtim.tv_sec,
             info.st_mtim.tv_nsec, (long long)info.st_size);
    if (!reply_header(reply, "ETag", mem_strdup(etag)))
        return err_set(err, ERR_NO_MEMORY, "web page");
    if (if_none_match && strcmp(if_none_match, etag) == 0)
        reply_fixed(reply, 304, type, "");
    else
        reply_file(reply, 200, type, TAKE_FD(fd));
    return ERR_OK;
}
