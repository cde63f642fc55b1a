#include "daemon/http/listen.h"

#include "daemon/base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

/* Address of `name` in an open folder: short whatever the folder's path is. */
static enum err_code unix_address(int folder, const char *name, struct sockaddr_un *out,
                                  struct err *err)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    int size = snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/%s", folder, name);
    if (size < 0 || (size_t)size >= sizeof out->sun_path)
        return err_set(err, ERR_BAD_CONFIG, "socket name '%s' is too long", name);
    return ERR_OK;
}

static enum err_code remove_left_over(int folder, const char *name, const struct sockaddr_un *at,
                                      struct err *err)
{
    struct stat info;
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return ERR_OK;
    if (!S_ISSOCK(info.st_mode))
        return err_set(err, ERR_BAD_CONFIG, "socket '%s': a file of that name exists", name);
    AUTO(fd)
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "socket");
    if (connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN)
        return err_set(err, ERR_CONFLICT, "socket '%s': another daemon answers there", name);
    if (unlinkat(folder, name, 0) < 0 && errno != ENOENT)
        return err_set_errno(err, ERR_IO, errno, "socket '%s'", name);
    return ERR_OK;
}

enum err_code listen_unix(const char *path, mode_t mode, int *out_fd, struct err *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    AUTO(mem)
    char *folder_path = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
    if (!folder_path)
        return err_set(err, ERR_NO_MEMORY, "socket");
    AUTO(fd)
    int folder = open(folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return err_set_errno(err, ERR_IO, errno, "folder of the socket '%s'", folder_path);

    struct sockaddr_un at;
    enum err_code code = unix_address(folder, name, &at, err);
    if (!code)
        code = remove_left_over(folder, name, &at, err);
    if (code)
        return code;
    AUTO(fd)
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) < 0 ||
        fchmodat(folder, name, mode, 0) < 0 || listen(fd, BACKLOG) < 0)
        return err_set_errno(err, ERR_IO, errno, "socket '%s'", path);
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

enum err_code listen_loopback(int port, int *out_fd, int *out_port, struct err *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int on = 1;
    AUTO(fd)
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)&at, sizeof at) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) < 0)
        return err_set_errno(err, errno == EADDRINUSE ? ERR_CONFLICT : ERR_IO, errno,
                             "127.0.0.1 port %d", port);
    *out_port = ntohs(at.sin_port);
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

int listen_port(int fd)
{
    struct sockaddr_in at = {0};
    socklen_t size = sizeof at;
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&at, &size) < 0 || at.sin_family != AF_INET)
        return 0;
    return ntohs(at.sin_port);
}

struct peer peer_of(int fd)
{
    struct peer peer = {.uid = (uid_t)-1};
    struct sockaddr_storage own = {0};
    struct ucred who;
    socklen_t size = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &size) < 0 || own.ss_family != AF_UNIX)
        return peer;
    peer.from_unix = true;
    size = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0)
        peer.uid = who.uid;
    return peer;
}
