#include "queue/seal/foreign.h"

#include "daemon/base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#define CMS_MAX (1u << 20)
#define DICTIONARY_MAX 4096 /* of it on each side of its /Contents */

struct file {
    const unsigned char *bytes;
    size_t size;
};

struct dictionary { /* from its "<<" on, without /Contents */
    char text[2 * DICTIONARY_MAX + 1];
    size_t size; /* 0: none was found */
};

struct range { /* [0, first_end) and [second_start, end) are signed */
    size_t first_end, second_start, end;
};

/* ---- the dictionary -----------------------------------------------------------------------------
 */

static const unsigned char *find(const unsigned char *from, const unsigned char *end,
                                 const char *key)
{
    return end > from ? memmem(from, (size_t)(end - from), key, strlen(key)) : NULL;
}

/* "[a b c d]" behind /ByteRange; false: something else stands there. */
static bool read_numbers(const unsigned char *at, const unsigned char *end, long long out[4])
{
    char text[128];
    size_t size = (size_t)(end - at) < sizeof text - 1 ? (size_t)(end - at) : sizeof text - 1;
    memcpy(text, at, size);
    text[size] = 0;
    return sscanf(text, " [ %lld %lld %lld %lld ]", &out[0], &out[1], &out[2], &out[3]) == 4;
}

static bool read_range(const struct file *file, const long long at[4], struct range *out)
{
    long long size = (long long)file->size;
    if (at[0] != 0 || at[1] < 1 || at[2] <= at[1] || at[2] > size || at[3] < 0 ||
        at[3] > size - at[2] || at[2] - at[1] > 2 * (long long)CMS_MAX)
        return false;
    *out = (struct range){(size_t)at[1], (size_t)at[2], (size_t)(at[2] + at[3])};
    return file->bytes[out->first_end] == '<' && file->bytes[out->second_start - 1] == '>';
}

/* Behind the string that opens at `at`; NULL: it does not end. */
static const char *skip_string(const char *at, const char *end)
{
    int depth = 0;
    for (; at < end; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at + 1;
    }
    return NULL;
}

/* At most to `end`, `depth` following "<<" and ">>"; NULL: this is not inside a dictionary. */
static const char *skip_token(const char *at, const char *end, int *depth)
{
    bool twice = end - at > 1 && at[0] == at[1];
    if (*at == '(')
        return skip_string(at, end);
    if (*at == ')')
        return NULL; /* of a string that opened before */
    if (twice && (*at == '<' || *at == '>')) {
        *depth += *at == '<' ? 1 : -1;
        return at + 2;
    }
    if (*at != '<')
        return at + 1;
    const char *close = memchr(at, '>', (size_t)(end - at));
    return close ? close + 1 : NULL;
}

static bool is_open_at(const char *at, const char *end)
{
    int depth = 0;
    do
        at = skip_token(at, end, &depth);
    while (at && at < end && depth > 0);
    return at == end && depth == 1;
}

/* The dictionary nearest around [from, to), which is left out of it. */
static void read_dictionary(const struct file *file, size_t from, size_t to, struct dictionary *out)
{
    const char *bytes = (const char *)file->bytes;
    size_t lowest = from > DICTIONARY_MAX ? from - DICTIONARY_MAX : 0, start = from;
    size_t after = file->size - to > DICTIONARY_MAX ? DICTIONARY_MAX : file->size - to;
    out->size = 0;
    out->text[0] = 0;
    do {
        if (start == lowest)
            return;
        start--;
    } while (memcmp(bytes + start, "<<", 2) != 0 || !is_open_at(bytes + start, bytes + from));
    memcpy(out->text, bytes + start, from - start);
    memcpy(out->text + (from - start), bytes + to, after);
    out->size = from - start + after;
    out->text[out->size] = 0;
}

/* What stands behind a key of the dictionary itself, not of one inside it; "": no such key. */
static const char *find_value(const struct dictionary *dictionary, const char *key)
{
    const char *at = dictionary->text, *end = at + dictionary->size;
    size_t size = strlen(key);
    int depth = 0;
    while (at && at < end && (depth > 0 || at == dictionary->text)) {
        if (depth == 1 && strncmp(at, key, size) == 0 && !isalnum((unsigned char)at[size]))
            return at + size;
        at = skip_token(at, end, &depth);
    }
    return "";
}

static void read_name(const struct dictionary *dictionary, const char *key,
                      char out[FOREIGN_TEXT_SIZE])
{
    const char *at = find_value(dictionary, key);
    size_t n = 0;
    while (isspace((unsigned char)*at))
        at++;
    if (*at == '/')
        for (at++; n + 1 < FOREIGN_TEXT_SIZE && (isalnum((unsigned char)*at) || *at == '.'); at++)
            out[n++] = *at;
    out[n] = 0;
}

static int hex_digit(unsigned char c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* What stands between the two parts is the signature and nothing else: bytes could hide in it. */
static CMS_ContentInfo *read_cms(const struct file *file, const struct range *range)
{
    size_t size = 0, digits = range->second_start - range->first_end - 2;
    AUTO(mem) unsigned char *bytes = mem_alloc(digits / 2 + 1);
    for (size_t i = 0; bytes && i + 1 < digits; i += 2) {
        int high = hex_digit(file->bytes[range->first_end + 1 + i]);
        int low = hex_digit(file->bytes[range->first_end + 2 + i]);
        if (high < 0 || low < 0)
            return NULL;
        bytes[size++] = (unsigned char)(high << 4 | low);
    }
    const unsigned char *at = bytes;
    return size ? d2i_CMS_ContentInfo(NULL, &at, (long)size) : NULL;
}

/* ---- does it fit --------------------------------------------------------------------------------
 */

static bool feed(BIO *chain, const unsigned char *bytes, size_t size)
{
    while (size) {
        int part = size > 1u << 20 ? 1 << 20 : (int)size;
        if (BIO_write(chain, bytes, part) != part)
            return false;
        bytes += part;
        size -= (size_t)part;
    }
    return true;
}

static bool feed_range(BIO *chain, const struct file *file, const struct range *range)
{
    return feed(chain, file->bytes, range->first_end) &&
           feed(chain, file->bytes + range->second_start, range->end - range->second_start);
}

static bool signers_fit(CMS_ContentInfo *cms, BIO *chain)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
    bool fit = sk_CMS_SignerInfo_num(infos) > 0;
    for (int i = 0; fit && i < sk_CMS_SignerInfo_num(infos); i++) {
        CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, i);
        X509 *certificate = NULL;
        CMS_SignerInfo_get0_algs(info, NULL, &certificate, NULL, NULL);
        bool bare = CMS_signed_get_attr_count(info) < 0;
        fit = certificate && (bare || CMS_SignerInfo_verify(info) == 1) &&
              CMS_SignerInfo_verify_content(info, chain) == 1;
    }
    return fit;
}

static bool detached_fits(CMS_ContentInfo *cms, const struct file *file, const struct range *range)
{
    BIO *sink = BIO_new(BIO_s_null());
    BIO *chain = sink ? CMS_dataInit(cms, sink) : NULL;
    bool fits = chain && feed_range(chain, file, range) && signers_fit(cms, chain);
    if (chain)
        BIO_free_all(chain);
    else
        BIO_free(sink);
    return fits;
}

static bool digest_is(const struct file *file, const struct range *range, const EVP_MD *kind,
                      const unsigned char *said, int said_size)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && kind && EVP_DigestInit_ex(context, kind, NULL) == 1 &&
              EVP_DigestUpdate(context, file->bytes, range->first_end) == 1 &&
              EVP_DigestUpdate(context, file->bytes + range->second_start,
                               range->end - range->second_start) == 1 &&
              EVP_DigestFinal_ex(context, digest, &size) == 1;
    EVP_MD_CTX_free(context);
    return ok && (int)size == said_size && memcmp(digest, said, size) == 0;
}

/* A time stamp of the document signs a digest of it (RFC 3161). */
static bool stamp_names(const ASN1_OCTET_STRING *content, const struct file *file,
                        const struct range *range)
{
    const unsigned char *at = ASN1_STRING_get0_data(content);
    TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &at, ASN1_STRING_length(content));
    TS_MSG_IMPRINT *imprint = info ? TS_TST_INFO_get_msg_imprint(info) : NULL;
    X509_ALGOR *algorithm = imprint ? TS_MSG_IMPRINT_get_algo(imprint) : NULL;
    const ASN1_OBJECT *oid = NULL;
    const ASN1_OCTET_STRING *said = imprint ? TS_MSG_IMPRINT_get_msg(imprint) : NULL;
    if (algorithm)
        X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    bool names = oid && said &&
                 digest_is(file, range, EVP_get_digestbyobj(oid), ASN1_STRING_get0_data(said),
                           ASN1_STRING_length(said));
    TS_TST_INFO_free(info);
    return names;
}

/* With its content inside: a time stamp, or (adbe.pkcs7.sha1) the SHA-1 of the file. */
static bool enclosed_fits(CMS_ContentInfo *cms, const struct file *file, const struct range *range)
{
    ASN1_OCTET_STRING **place = CMS_get0_content(cms);
    const ASN1_OCTET_STRING *content = place ? *place : NULL;
    if (!content)
        return false;
    bool stamp = OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_id_smime_ct_TSTInfo;
    bool names = stamp ? stamp_names(content, file, range)
                       : digest_is(file, range, EVP_sha1(), ASN1_STRING_get0_data(content),
                                   ASN1_STRING_length(content));
    return names &&
           CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
}

/* ---- who and when -------------------------------------------------------------------------------
 */

/* Anybody may put any name into a certificate; its key is known by this. */
static void read_fingerprint(const X509 *certificate, struct foreign_signature *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1)
        return;
    for (unsigned i = 0; i < size && 2 * i + 2 < sizeof out->certificate_sha256; i++)
        snprintf(out->certificate_sha256 + 2 * i, 3, "%02x", digest[i]);
}

static void read_signer(const X509 *certificate, struct foreign_signature *out)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    int place = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    unsigned char *text = NULL;
    if (place >= 0 &&
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place))) > 0)
        snprintf(out->signer, sizeof out->signer, "%s", (char *)text);
    OPENSSL_free(text);
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    snprintf(out->serial, sizeof out->serial, "%s", hex ? hex : "");
    OPENSSL_free(hex);
    BN_free(number);
    read_fingerprint(certificate, out);
}

static int64_t signing_time_us(CMS_SignerInfo *info)
{
    struct tm when;
    int at = CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1);
    X509_ATTRIBUTE *attribute = at >= 0 ? CMS_signed_get_attr(info, at) : NULL;
    ASN1_TYPE *value = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
    bool timed = value && (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME);
    if (!timed || ASN1_TIME_to_tm(value->value.asn1_string, &when) != 1)
        return 0;
    return (int64_t)timegm(&when) * 1000000;
}

/* What PAdES says instead: /M (D:20261122100000+07'00'). */
static int64_t modified_us(const struct dictionary *dictionary)
{
    char sign = '+';
    struct tm when = {.tm_mday = 1};
    int hours = 0, minutes = 0;
    if (sscanf(find_value(dictionary, "/M"), " (D:%4d%2d%2d%2d%2d%2d%c%2d'%2d", &when.tm_year,
               &when.tm_mon, &when.tm_mday, &when.tm_hour, &when.tm_min, &when.tm_sec, &sign,
               &hours, &minutes) < 6)
        return 0;
    when.tm_year -= 1900;
    when.tm_mon -= 1;
    int64_t offset = (int64_t)hours * 3600 + minutes * 60;
    return ((int64_t)timegm(&when) - (sign == '-' ? -offset : offset)) * 1000000;
}

static void read_signature(const struct file *file, const struct dictionary *dictionary,
                           const struct range *range, struct foreign_signature *out)
{
    CMS_ContentInfo *cms = read_cms(file, range);
    bool is_signature = cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed;
    STACK_OF(CMS_SignerInfo) *infos = is_signature ? CMS_get0_SignerInfos(cms) : NULL;
    if (infos && sk_CMS_SignerInfo_num(infos) > 0) {
        CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, 0);
        X509 *certificate = NULL;
        CMS_set1_signers_certs(cms, NULL, 0);
        CMS_SignerInfo_get0_algs(info, NULL, &certificate, NULL, NULL);
        if (certificate)
            read_signer(certificate, out);
        out->signed_us = signing_time_us(info);
        out->intact = CMS_is_detached(cms) ? detached_fits(cms, file, range)
                                           : enclosed_fits(cms, file, range);
    }
    if (!out->signed_us)
        out->signed_us = modified_us(dictionary);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
}

/* ---- all of them --------------------------------------------------------------------------------
 */

static bool only_space(const struct file *file, size_t from)
{
    while (from < file->size && isspace(file->bytes[from]))
        from++;
    return from == file->size;
}

static enum err_code list(const struct file *file, struct foreign_signatures *out, struct err *err)
{
    static const char key[] = "/ByteRange";
    const unsigned char *end = file->bytes + file->size;
    size_t covered = 0;
    for (const unsigned char *at = file->bytes; (at = find(at, end, key)); at++) {
        long long numbers[4];
        struct range range;
        if (!read_numbers(at + strlen(key), end, numbers))
            continue; /* the words, not a signature */
        if (out->count == FOREIGN_MAX)
            return err_set(err, ERR_PDF_UNREADABLE, "more than %d signatures", FOREIGN_MAX);
        struct foreign_signature *signature = &out->item[out->count++];
        bool fits = read_range(file, numbers, &range);
        size_t place = (size_t)(at - file->bytes);
        struct dictionary dictionary;
        read_dictionary(file, fits ? range.first_end : place, fits ? range.second_start : place,
                        &dictionary);
        read_name(&dictionary, "/SubFilter", signature->level);
        if (!fits)
            continue; /* it is there and no signature of these bytes */
        read_signature(file, &dictionary, &range, signature);
        covered = range.end > covered ? range.end : covered;
    }
    out->covers_file = out->count && only_space(file, covered);
    return ERR_OK;
}

enum err_code foreign_list(int fd, struct foreign_signatures *out, struct err *err)
{
    struct stat info;
    *out = (struct foreign_signatures){0};
    if (fstat(fd, &info) != 0)
        return err_set_errno(err, ERR_IO, errno, "signatures");
    if (!info.st_size)
        return ERR_OK;
    struct file file = {.size = (size_t)info.st_size};
    void *map = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return err_set_errno(err, ERR_IO, errno, "signatures");
    file.bytes = map;
    enum err_code code = list(&file, out, err);
    munmap(map, file.size);
    return code;
}
