#include "queue/upload/secret.h"

#include "daemon/base/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define SECRET_MAX_BYTES 8192

struct secret {
    char *text; /* lines, each ended by NUL, within size bytes */
    size_t size;
};

void secret_free(struct secret *secret)
{
    if (!secret)
        return;
    if (secret->text)
        explicit_bzero(secret->text, secret->size);
    mem_free(secret->text);
    mem_free(secret);
}

enum err_code secret_read(const char *path, struct secret **out, struct err *err)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return err_set(err, ERR_BAD_CONFIG, "the secret file of a target cannot be read");
    if (status.st_mode & (S_IROTH | S_IWOTH))
        return err_set(err, ERR_BAD_CONFIG,
                       "the secret file of a target is open to everybody (chmod 0640)");
    AUTO(secret) struct secret *secret = mem_alloc(sizeof *secret);
    if (!secret)
        return err_set(err, ERR_NO_MEMORY, "no memory for a secret");
    if (file_read_fd(fd, SECRET_MAX_BYTES, &secret->text, &secret->size, NULL))
        return err_set(err, ERR_BAD_CONFIG, "the secret file of a target is no file of %d bytes",
                       SECRET_MAX_BYTES);
    for (size_t i = 0; i < secret->size; i++)
        if (secret->text[i] == '\n' || secret->text[i] == '\r')
            secret->text[i] = '\0';
    *out = TAKE(secret);
    return ERR_OK;
}

const char *secret_value(const struct secret *secret, const char *name)
{
    size_t name_size = strlen(name);
    for (size_t at = 0; at < secret->size; at += strlen(secret->text + at) + 1) {
        const char *line = secret->text + at;
        if (strncmp(line, name, name_size) == 0 && line[name_size] == '=')
            return line + name_size + 1;
    }
    return NULL;
}

struct js *secret_to_js(const struct secret *secret)
{
    AUTO(js) struct js *values = js_object();
    bool ok = values;
    for (size_t at = 0; ok && at < secret->size; at += strlen(secret->text + at) + 1) {
        const char *line = secret->text + at, *equals = strchr(line, '=');
        AUTO(mem) char *name = equals ? mem_strndup(line, (size_t)(equals - line)) : NULL;
        ok = !equals || (name && js_set(values, name, js_text(equals + 1)));
    }
    return ok ? TAKE(values) : NULL;
}
