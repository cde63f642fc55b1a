#include "queue/upload/sigv4.h"

#include "daemon/base/buf.h"
#include "daemon/base/hash.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ALGORITHM "AWS4-HMAC-SHA256"
#define CANONICAL_MAX (64u << 10)
#define DAY_SIZE 8 /* "20150830" */

void sigv4_date(int64_t utc_us, char out[SIGV4_DATE_SIZE])
{
    time_t seconds = (time_t)(utc_us / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(out, SIGV4_DATE_SIZE, "%Y%m%dT%H%M%SZ", &utc);
}

char *sigv4_encode(const char *text, bool keep_slash)
{
    struct buf buf;
    buf_init(&buf, 3 * strlen(text) + 1);
    buf_text(&buf, "");
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (isalnum(*at) || strchr("-._~", *at) || (keep_slash && *at == '/'))
            buf_append(&buf, at, 1);
        else
            buf_printf(&buf, "%%%02X", *at);
    }
    char *encoded = buf_take(&buf);
    buf_done(&buf);
    return encoded;
}

/* Name and value of a query's part; "uploads" is "uploads=". */
struct part {
    const char *text;
    size_t name_size, size;
};

static int compare_bytes(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t least = a_size < b_size ? a_size : b_size;
    int order = memcmp(a, b, least);
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_parts(const void *a, const void *b)
{
    const struct part *one = a, *other = b;
    int order = compare_bytes(one->text, one->name_size, other->text, other->name_size);
    return order ? order : compare_bytes(one->text, one->size, other->text, other->size);
}

static enum err_code put_query(const char *query, struct buf *out, struct err *err)
{
    struct part parts[SIGV4_QUERY_MAX];
    size_t count = 0;
    for (const char *at = query; *at;) {
        if (count == SIGV4_QUERY_MAX)
            return err_set(err, ERR_BAD_ARGUMENT, "a query of more than %d parts", SIGV4_QUERY_MAX);
        size_t size = strcspn(at, "&");
        const char *equals = memchr(at, '=', size);
        parts[count++] = (struct part){at, equals ? (size_t)(equals - at) : size, size};
        at += size + (at[size] == '&');
    }
    qsort(parts, count, sizeof *parts, compare_parts);
    for (size_t i = 0; i < count; i++) {
        buf_text(out, i ? "&" : "");
        buf_append(out, parts[i].text, parts[i].size);
        buf_text(out, parts[i].name_size == parts[i].size ? "=" : "");
    }
    return ERR_OK;
}

static int compare_headers(const void *a, const void *b)
{
    return strcasecmp((*(const struct sigv4_header *const *)a)->name,
                      (*(const struct sigv4_header *const *)b)->name);
}

static void put_lower(const char *name, struct buf *out)
{
    for (; *name; name++)
        buf_append(out, &(char){(char)tolower((unsigned char)*name)}, 1);
}

/* Spaces at the ends go, runs become one. */
static void put_value(const char *value, struct buf *out)
{
    value += strspn(value, " \t");
    while (*value) {
        size_t word = strcspn(value, " \t");
        buf_append(out, value, word);
        value += word;
        size_t spaces = strspn(value, " \t");
        buf_text(out, spaces && value[spaces] ? " " : "");
        value += spaces;
    }
}

static enum err_code put_headers(const struct sigv4_request *request, struct buf *canonical,
                                 struct buf *names, struct err *err)
{
    const struct sigv4_header *sorted[SIGV4_HEADERS_MAX];
    if (request->header_count > SIGV4_HEADERS_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "more than %d headers to sign", SIGV4_HEADERS_MAX);
    for (size_t i = 0; i < request->header_count; i++)
        sorted[i] = &request->headers[i];
    qsort(sorted, request->header_count, sizeof *sorted, compare_headers);
    for (size_t i = 0; i < request->header_count; i++) {
        put_lower(sorted[i]->name, canonical);
        buf_text(canonical, ":");
        put_value(sorted[i]->value, canonical);
        buf_text(canonical, "\n");
        buf_text(names, i ? ";" : "");
        put_lower(sorted[i]->name, names);
    }
    return ERR_OK;
}

/* kSigning of the day: the secret itself signs nothing. */
static enum err_code derive_key(const struct sigv4_keys *keys, const char *day,
                                unsigned char out[HASH_RAW_SIZE], struct err *err)
{
    AUTO(mem) char *secret = mem_printf("AWS4%s", keys->secret_key);
    if (!secret)
        return err_set(err, ERR_NO_MEMORY, "no memory to sign a request");
    const char *const scope[] = {keys->region, keys->service, "aws4_request"};
    hash_hmac(secret, strlen(secret), day, DAY_SIZE, out);
    explicit_bzero(secret, strlen(secret));
    for (size_t i = 0; i < sizeof scope / sizeof *scope; i++)
        hash_hmac(out, HASH_RAW_SIZE, scope[i], strlen(scope[i]), out);
    return ERR_OK;
}

enum err_code sigv4_sign(const struct sigv4_keys *keys, const struct sigv4_request *request,
                         const char *date, char out[SIGV4_AUTHORIZATION_MAX], struct err *err)
{
    AUTO(buf) struct buf canonical;
    AUTO(buf) struct buf names;
    AUTO(buf) struct buf to_sign;
    buf_init(&canonical, CANONICAL_MAX);
    buf_init(&names, CANONICAL_MAX);
    buf_init(&to_sign, CANONICAL_MAX);

    buf_printf(&canonical, "%s\n%s\n", request->method, request->path);
    enum err_code code = put_query(request->query, &canonical, err);
    buf_text(&canonical, "\n");
    if (!code)
        code = put_headers(request, &canonical, &names, err);
    if (code)
        return code;
    buf_text(&names, "");
    buf_printf(&canonical, "\n%s\n%s", names.bytes ? names.bytes : "", request->payload_hash);
    if (!buf_ok(&canonical) || !buf_ok(&names))
        return err_set(err, ERR_BAD_ARGUMENT, "a request too large to sign");

    char hash[HASH_HEX_SIZE], scope[128];
    hash_bytes(canonical.bytes, canonical.size, hash);
    snprintf(scope, sizeof scope, "%.*s/%s/%s/aws4_request", DAY_SIZE, date, keys->region,
             keys->service);
    buf_printf(&to_sign, ALGORITHM "\n%s\n%s\n%s", date, scope, hash);
    unsigned char raw[HASH_RAW_SIZE];
    code = derive_key(keys, date, raw, err);
    if (code)
        return code;
    hash_hmac(raw, sizeof raw, to_sign.bytes, to_sign.size, raw);
    hash_to_hex(raw, hash);
    int size = snprintf(out, SIGV4_AUTHORIZATION_MAX,
                        ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                        keys->access_key, scope, names.bytes, hash);
    return size < SIGV4_AUTHORIZATION_MAX
               ? ERR_OK
               : err_set(err, ERR_BAD_ARGUMENT, "an access key too long to sign with");
}
