#include "queue/upload/mark.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "queue/upload/dir_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define MARK_MAX_BYTES 64

/* "" when there is none, or none that was written whole. */
static enum err_code read_id(int dir_fd, const char *path, char out[ID_SIZE], struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    struct err why = ERR_INIT;
    out[0] = '\0';
    enum err_code code = file_read(dir_fd, path, MARK_MAX_BYTES, &bytes, &size, &why);
    if (code == ERR_NOT_FOUND || why.sys_errno == ENOENT)
        return ERR_OK;
    if (code)
        return err_set(err, ERR_TARGET_UNREACHABLE, "the mark of the warehouse: %s", why.detail);
    if (size == ID_SIZE && bytes[size - 1] == '\n') {
        memcpy(out, bytes, ID_SIZE - 1);
        out[ID_SIZE - 1] = '\0';
    }
    if (!id_is_valid(out))
        out[0] = '\0';
    return ERR_OK;
}

/* Two stations may be the first at once: whoever names the file first has marked it. */
static enum err_code make_mark(int root, char out[ID_SIZE], struct err *err)
{
    char id[ID_SIZE], text[ID_SIZE + 1];
    AUTO(fd) int fd = -1;
    bool created;
    id_new(id);
    snprintf(text, sizeof text, "%s\n", id);
    enum err_code code = file_memfd("mark", text, strlen(text), &fd, err);
    if (!code)
        code = dir_file_put(root, MARK_NAME, id, fd, NULL, &created, err);
    if (!code)
        code = read_id(root, MARK_NAME, out, err);
    if (!code && !*out)
        code = err_set(err, ERR_TARGET_UNREACHABLE, "the mark of the warehouse is damaged");
    return code;
}

static enum err_code witness_mark(const char *witness, const char *mark, struct err *err)
{
    char text[ID_SIZE + 1];
    snprintf(text, sizeof text, "%s\n", mark);
    return file_replace_durably(AT_FDCWD, witness, text, strlen(text), err);
}

enum err_code mark_check(int root, const char *witness, struct err *err)
{
    char mark[ID_SIZE], seen[ID_SIZE];
    enum err_code code = read_id(root, MARK_NAME, mark, err);
    if (!code)
        code = read_id(AT_FDCWD, witness, seen, err);
    if (code || (*seen && strcmp(mark, seen) == 0))
        return code;
    if (*seen)
        return err_set(err, ERR_TARGET_UNREACHABLE,
                       *mark ? "another warehouse lies in this folder"
                             : "the folder lacks the mark of the warehouse; is it mounted?");
    if (!*mark)
        code = make_mark(root, mark, err);
    return code ? code : witness_mark(witness, mark, err);
}
