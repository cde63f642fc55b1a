#include "daemon/base/hash.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <unistd.h>

struct hash {
    EVP_MD_CTX *context;
};

static struct hash *new_of(const EVP_MD *kind)
{
    struct hash *hash = mem_alloc(sizeof *hash);
    if (!hash)
        return NULL;
    hash->context = EVP_MD_CTX_new();
    if (!hash->context || EVP_DigestInit_ex(hash->context, kind, NULL) != 1) {
        hash_free(hash);
        return NULL;
    }
    return hash;
}

struct hash *hash_new(void)
{
    return new_of(EVP_sha256());
}

void hash_update(struct hash *hash, const void *bytes, size_t size)
{
    EVP_DigestUpdate(hash->context, bytes, size);
}

void hash_to_hex(const unsigned char raw[HASH_RAW_SIZE], char out_hex[HASH_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < HASH_RAW_SIZE; i++) {
        out_hex[2 * i] = digits[raw[i] >> 4];
        out_hex[2 * i + 1] = digits[raw[i] & 15];
    }
    out_hex[64] = 0;
}

void hash_finish(struct hash *hash, char out_hex[HASH_HEX_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    EVP_DigestFinal_ex(hash->context, digest, NULL);
    hash_to_hex(digest, out_hex);
}

void hash_free(struct hash *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->context);
    mem_free(hash);
}

AUTO_DEFINE(hash, struct hash *, hash_free);

void hash_bytes(const void *bytes, size_t size, char out_hex[HASH_HEX_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
    hash_to_hex(digest, out_hex);
}

void hash_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
               unsigned char out[HASH_RAW_SIZE])
{
    HMAC(EVP_sha256(), key, (int)key_size, bytes, size, out, NULL);
}

/* At most `size` bytes; *out_size is how many there were. */
static enum err_code update_up_to(struct hash *hash, int fd, uint64_t offset, uint64_t size,
                                  uint64_t *out_size, struct err *err)
{
    enum { CHUNK = 1 << 16 };
    AUTO(mem) char *chunk = mem_alloc(CHUNK);
    if (!hash || !chunk)
        return err_set(err, ERR_NO_MEMORY, "hash");
    uint64_t done = 0;
    while (done < size) {
        size_t wanted = size - done < CHUNK ? (size_t)(size - done) : CHUNK;
        ssize_t got = pread(fd, chunk, wanted, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "read for hashing");
        if (got == 0)
            break;
        hash_update(hash, chunk, (size_t)got);
        done += (uint64_t)got;
    }
    *out_size = done;
    return ERR_OK;
}

static enum err_code hash_up_to(int fd, uint64_t offset, uint64_t size, char out_hex[HASH_HEX_SIZE],
                                uint64_t *out_size, struct err *err)
{
    AUTO(hash) struct hash *hash = hash_new();
    enum err_code code = update_up_to(hash, fd, offset, size, out_size, err);
    if (!code)
        hash_finish(hash, out_hex);
    return code;
}

enum err_code hash_fd(int fd, char out_hex[HASH_HEX_SIZE], uint64_t *out_size, struct err *err)
{
    uint64_t size = 0;
    enum err_code code = hash_up_to(fd, 0, UINT64_MAX, out_hex, &size, err);
    if (!code && out_size)
        *out_size = size;
    return code;
}

static enum err_code check_found(uint64_t found, uint64_t size, struct err *err)
{
    return found == size ? ERR_OK
                         : err_set(err, ERR_IO, "%llu bytes to hash, not %llu",
                                   (unsigned long long)found, (unsigned long long)size);
}

enum err_code hash_range(int fd, uint64_t offset, uint64_t size, char out_hex[HASH_HEX_SIZE],
                         struct err *err)
{
    uint64_t found = 0;
    enum err_code code = hash_up_to(fd, offset, size, out_hex, &found, err);
    return code ? code : check_found(found, size, err);
}

enum err_code hash_range_md5(int fd, uint64_t offset, uint64_t size,
                             unsigned char out[HASH_MD5_SIZE], struct err *err)
{
    AUTO(hash) struct hash *hash = new_of(EVP_md5());
    unsigned char digest[EVP_MAX_MD_SIZE];
    uint64_t found = 0;
    enum err_code code = update_up_to(hash, fd, offset, size, &found, err);
    if (!code)
        code = check_found(found, size, err);
    if (code)
        return code;
    EVP_DigestFinal_ex(hash->context, digest, NULL);
    memcpy(out, digest, HASH_MD5_SIZE);
    return ERR_OK;
}

bool hash_is_hex(const char *text)
{
    return text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}
