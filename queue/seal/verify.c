#include "queue/seal/verify.h"

#include "queue/seal/pdf_reader.h"

#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIELDS_MAX 64
#define CONTENTS_MAX (256u << 10)
#define CHUNK_BYTES 65536u

struct signed_part {
    uint64_t first_end, second_start, end;
    unsigned char *cms; /* with zeros behind it */
    size_t cms_size;
};

static enum err_code invalid(struct err *err, size_t ordinal, const char *what)
{
    return err_set(err, ERR_SIGNATURE_INVALID, "signature %zu: %s", ordinal, what);
}

static enum err_code digest_range(EVP_MD_CTX *context, int fd, uint64_t from, uint64_t end,
                                  struct err *err)
{
    AUTO(mem)
    unsigned char *chunk = mem_alloc(CHUNK_BYTES);
    if (!chunk)
        return err_set(err, ERR_NO_MEMORY, "digest");
    while (from < end) {
        size_t wanted = end - from < CHUNK_BYTES ? (size_t)(end - from) : CHUNK_BYTES;
        ssize_t got = pread(fd, chunk, wanted, (off_t)from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set_errno(err, ERR_IO, got ? errno : EIO, "read signed bytes");
        EVP_DigestUpdate(context, chunk, (size_t)got);
        from += (uint64_t)got;
    }
    return ERR_OK;
}

enum err_code seal_digest(int fd, uint64_t first_end, uint64_t second_start, uint64_t end,
                          unsigned char out_digest[32], struct err *err)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(context);
        return err_set(err, ERR_NO_MEMORY, "digest");
    }
    enum err_code code = digest_range(context, fd, 0, first_end, err);
    if (!code)
        code = digest_range(context, fd, second_start, end, err);
    if (!code)
        EVP_DigestFinal_ex(context, out_digest, NULL);
    EVP_MD_CTX_free(context);
    return code;
}

/*
 * The gap between the two ranges must be the string <hex…> and nothing else, and hold what the
 * dictionary's /Contents says: else bytes could hide in it.
 */
static enum err_code check_gap(int fd, const struct signed_part *part, size_t ordinal,
                               struct err *err)
{
    size_t size = (size_t)(part->second_start - part->first_end);
    AUTO(mem)
    char *gap = mem_alloc(size + 1);
    if (!gap)
        return err_set(err, ERR_NO_MEMORY, "signature");
    if (pread(fd, gap, size, (off_t)part->first_end) != (ssize_t)size)
        return invalid(err, ordinal, "gap cannot be read");
    if (size != part->cms_size * 2 + 2 || gap[0] != '<' || gap[size - 1] != '>')
        return invalid(err, ordinal, "gap between the ranges is more than the signature");
    char digits[3];
    for (size_t i = 0; i < part->cms_size; i++) {
        snprintf(digits, sizeof digits, "%02x", part->cms[i]);
        if (strncasecmp(digits, gap + 1 + 2 * i, 2) != 0)
            return invalid(err, ordinal, "gap between the ranges is not the signature");
    }
    return ERR_OK;
}

static enum err_code take_part(const struct pdf_value *signature, uint64_t file_size,
                               size_t ordinal, struct signed_part *out, struct err *err)
{
    const struct pdf_value *range = pdf_value_get(signature, "ByteRange");
    int64_t at[4];
    for (size_t i = 0; i < 4; i++)
        if (!pdf_value_get_int(pdf_value_item(range, i), &at[i]) || at[i] < 0 ||
            (uint64_t)at[i] > file_size)
            return invalid(err, ordinal, "no byte range");
    if (pdf_value_count(range) != 4 || at[0] != 0 || at[2] <= at[1] ||
        (uint64_t)at[2] + (uint64_t)at[3] > file_size ||
        (uint64_t)(at[2] - at[1]) > 2 * CONTENTS_MAX)
        return invalid(err, ordinal, "odd byte range");
    size_t size = 0;
    const char *contents = pdf_value_bytes(pdf_value_get(signature, "Contents"), &size);
    if (!contents || !size || size > CONTENTS_MAX)
        return invalid(err, ordinal, "no contents");
    out->cms = mem_alloc(size);
    if (!out->cms)
        return err_set(err, ERR_NO_MEMORY, "signature");
    memcpy(out->cms, contents, size);
    out->cms_size = size;
    out->first_end = (uint64_t)at[1];
    out->second_start = (uint64_t)at[2];
    out->end = (uint64_t)(at[2] + at[3]);
    return ERR_OK;
}

static bool digest_is(CMS_SignerInfo *info, const unsigned char digest[32])
{
    const ASN1_OCTET_STRING *said = CMS_signed_get0_data_by_OBJ(
        info, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING);
    return said && ASN1_STRING_length(said) == 32 &&
           memcmp(ASN1_STRING_get0_data(said), digest, 32) == 0;
}

/* signing-certificate-v2 with the default hash holds the certificate's SHA-256 (RFC 5035, 3). */
static bool names_certificate(CMS_SignerInfo *info, const X509 *certificate)
{
    const ASN1_STRING *said = CMS_signed_get0_data_by_OBJ(
        info, OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2), -3, V_ASN1_SEQUENCE);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    return said && X509_digest(certificate, EVP_sha256(), digest, &size) == 1 &&
           memmem(ASN1_STRING_get0_data(said), (size_t)ASN1_STRING_length(said), digest, size);
}

static bool certificate_is(const X509 *certificate, struct der expected)
{
    unsigned char *bytes = NULL;
    int size = i2d_X509(certificate, &bytes);
    bool same = size > 0 && (size_t)size == expected.size &&
                memcmp(bytes, expected.bytes, expected.size) == 0;
    OPENSSL_free(bytes);
    return same;
}

static enum err_code check_cms(CMS_ContentInfo *cms, const unsigned char digest[32],
                               struct der expected, size_t ordinal, struct err *err)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
    if (sk_CMS_SignerInfo_num(infos) != 1 || !CMS_is_detached(cms))
        return invalid(err, ordinal, "not one detached signature");
    CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, 0);
    CMS_set1_signers_certs(cms, NULL, 0);
    X509 *certificate = NULL;
    CMS_SignerInfo_get0_algs(info, NULL, &certificate, NULL, NULL);
    if (!certificate)
        return invalid(err, ordinal, "certificate missing");
    if (!digest_is(info, digest))
        return invalid(err, ordinal, "signed bytes were changed");
    if (CMS_SignerInfo_verify(info) != 1)
        return invalid(err, ordinal, "signature does not fit its certificate");
    if (!names_certificate(info, certificate))
        return invalid(err, ordinal, "no signing-certificate attribute for this certificate");
    if (expected.bytes && !certificate_is(certificate, expected))
        return invalid(err, ordinal, "made by another certificate");
    return ERR_OK;
}

static enum err_code check_part(int fd, const struct signed_part *part, struct der expected,
                                size_t ordinal, struct err *err)
{
    enum err_code code = check_gap(fd, part, ordinal, err);
    if (code)
        return code;
    unsigned char digest[32];
    code = seal_digest(fd, part->first_end, part->second_start, part->end, digest, err);
    if (code)
        return code;
    const unsigned char *at = part->cms;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)part->cms_size);
    if (!cms || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
        code = invalid(err, ordinal, "no CMS signature");
    else
        code = check_cms(cms, digest, expected, ordinal, err);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return code;
}

/* The signature dictionary of a field, NULL in *out when the field is none of ours or unsigned. */
static enum err_code signature_of(struct pdf_reader *reader, int field_number,
                                  struct pdf_value **out, struct err *err)
{
    AUTO(pdf_value)
    struct pdf_value *field = NULL;
    enum err_code code = pdf_reader_object(reader, field_number, &field, err);
    if (code)
        return code;
    int number = pdf_value_ref_number(pdf_value_get(field, "V"));
    if (!pdf_value_is_name(pdf_value_get(field, "FT"), "Sig") || !number)
        return ERR_OK;
    return pdf_reader_object(reader, number, out, err);
}

static enum err_code check_field(int fd, struct pdf_reader *reader, int field_number,
                                 struct der expected, struct seal_verdict *verdict, struct err *err)
{
    AUTO(pdf_value)
    struct pdf_value *signature = NULL;
    enum err_code code = signature_of(reader, field_number, &signature, err);
    if (code || !signature)
        return code;
    size_t ordinal = verdict->signatures + 1;
    struct signed_part part = {0};
    code = take_part(signature, pdf_reader_size(reader), ordinal, &part, err);
    if (!code)
        code = check_part(fd, &part, expected, ordinal, err);
    mem_free(part.cms);
    if (code)
        return code;
    verdict->signatures = ordinal;
    if (part.end > verdict->signed_bytes)
        verdict->signed_bytes = part.end;
    return ERR_OK;
}

static enum err_code check_fields(int fd, struct pdf_reader *reader, const struct pdf_value *fields,
                                  struct der expected, struct seal_verdict *verdict,
                                  struct err *err)
{
    size_t count = pdf_value_count(fields);
    if (count > FIELDS_MAX)
        return err_set(err, ERR_PDF_UNREADABLE, "PDF: %zu form fields", count);
    for (size_t i = 0; i < count; i++) {
        struct der wanted = i + 1 == count ? expected : (struct der){0};
        int number = pdf_value_ref_number(pdf_value_item(fields, i));
        enum err_code code = check_field(fd, reader, number, wanted, verdict, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

enum err_code seal_verify(int fd, struct der expected, struct seal_verdict *out, struct err *err)
{
    AUTO(pdf_reader)
    struct pdf_reader *reader = NULL;
    struct pdf_form form = {0};
    enum err_code code = pdf_reader_open(fd, &reader, err);
    if (!code)
        code = pdf_reader_form(reader, &form, err);
    if (code)
        return code;
    struct seal_verdict verdict = {0};
    code = check_fields(fd, reader, pdf_value_get(form.dict, "Fields"), expected, &verdict, err);
    pdf_value_free(form.dict);
    if (code)
        return code;
    if (!verdict.signatures)
        return err_set(err, ERR_SIGNATURE_INVALID, "file is not signed");
    verdict.covers_file = verdict.signed_bytes == pdf_reader_size(reader);
    *out = verdict;
    return ERR_OK;
}
