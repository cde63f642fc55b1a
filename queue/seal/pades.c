#include "queue/seal/pades.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define ATTRIBUTES_MAX 8

static enum err_code openssl_failed(struct err *err, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return err_set(err, ERR_INTERNAL, "CMS %s: %s", what, reason ? reason : "out of memory");
}

/* SHA-256, MGF1 with SHA-256, salt of 32 bytes (RFC 4055, 3.1). */
static ASN1_STRING *make_pss_parameters(void)
{
    RSA_PSS_PARAMS *pss = RSA_PSS_PARAMS_new();
    X509_ALGOR *inner = X509_ALGOR_new();
    ASN1_STRING *inner_der = NULL, *der = NULL;
    bool ok = pss && inner && (pss->hashAlgorithm = X509_ALGOR_new()) &&
              (pss->maskGenAlgorithm = X509_ALGOR_new()) && (pss->saltLength = ASN1_INTEGER_new());
    if (ok) {
        X509_ALGOR_set_md(pss->hashAlgorithm, EVP_sha256());
        X509_ALGOR_set_md(inner, EVP_sha256());
        inner_der = ASN1_item_pack(inner, ASN1_ITEM_rptr(X509_ALGOR), NULL);
        ok = inner_der && ASN1_INTEGER_set(pss->saltLength, PADES_DIGEST_BYTES) &&
             X509_ALGOR_set0(pss->maskGenAlgorithm, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE,
                             inner_der);
    }
    if (ok)
        der = ASN1_item_pack(pss, ASN1_ITEM_rptr(RSA_PSS_PARAMS), NULL);
    X509_ALGOR_free(inner);
    RSA_PSS_PARAMS_free(pss);
    return der;
}

static bool name_algorithm(CMS_SignerInfo *info, const struct signer *signer,
                           enum sign_scheme scheme)
{
    X509_ALGOR *algorithm = NULL;
    CMS_SignerInfo_get0_algs(info, NULL, NULL, NULL, &algorithm);
    if (!signer_info(signer)->is_rsa)
        return X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, NULL);
    if (scheme == SIGN_PKCS1)
        return X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256WithRSAEncryption), V_ASN1_NULL,
                               NULL);
    ASN1_STRING *parameters = make_pss_parameters();
    return parameters &&
           X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, parameters);
}

static int compare_der(const void *a, const void *b)
{
    const struct der *left = a, *right = b;
    size_t size = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->bytes, right->bytes, size);
    return order ? order : (left->size > right->size) - (left->size < right->size);
}

/* The signed attributes as a DER SET OF, which is what gets signed (RFC 5652, 5.4). */
static bool encode_attributes(const CMS_SignerInfo *info, struct der *out)
{
    struct der parts[ATTRIBUTES_MAX] = {0};
    int count = CMS_signed_get_attr_count(info);
    bool ok = count > 0 && count <= ATTRIBUTES_MAX;
    size_t body = 0;
    for (int i = 0; ok && i < count; i++) {
        int size = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &parts[i].bytes);
        ok = size > 0;
        parts[i].size = ok ? (size_t)size : 0;
        body += parts[i].size;
    }
    if (ok) {
        qsort(parts, (size_t)count, sizeof parts[0], compare_der);
        int whole = ASN1_object_size(1, (int)body, V_ASN1_SET);
        unsigned char *at = out->bytes = mem_alloc((size_t)whole);
        out->size = (size_t)whole;
        ok = at != NULL;
        if (ok)
            ASN1_put_object(&at, 1, (int)body, V_ASN1_SET, V_ASN1_UNIVERSAL);
        for (int i = 0; ok && i < count; i++) {
            memcpy(at, parts[i].bytes, parts[i].size);
            at += parts[i].size;
        }
    }
    for (size_t i = 0; i < ATTRIBUTES_MAX; i++)
        OPENSSL_free(parts[i].bytes);
    return ok;
}

static bool add_chain(CMS_ContentInfo *cms, const struct signer *signer)
{
    for (size_t i = 0; i < signer_chain_count(signer); i++) {
        struct der der = signer_chain_item(signer, i);
        const unsigned char *at = der.bytes;
        X509 *certificate = d2i_X509(NULL, &at, (long)der.size);
        if (!certificate || !CMS_add0_cert(cms, certificate)) {
            X509_free(certificate);
            return false;
        }
    }
    return true;
}

/*
 * Not CMS_final: it always adds the signing-time attribute, which PAdES baseline forbids. The
 * public key of the certificate stands in for the private one, which need not be here at all.
 */
static enum err_code fill_in(CMS_ContentInfo *cms, X509 *certificate, struct signer *signer,
                             enum sign_scheme scheme, const unsigned char *digest, struct err *err)
{
    const unsigned flags = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES;
    CMS_SignerInfo *info =
        CMS_add1_signer(cms, certificate, X509_get0_pubkey(certificate), EVP_sha256(), flags);
    if (!info || !add_chain(cms, signer))
        return openssl_failed(err, "signer");
    if (!CMS_signed_add1_attr_by_NID(info, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                     OBJ_nid2obj(NID_pkcs7_data), -1) ||
        !CMS_signed_add1_attr_by_NID(info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest,
                                     PADES_DIGEST_BYTES) ||
        !name_algorithm(info, signer, scheme))
        return openssl_failed(err, "attributes");
    struct der attributes = {0}, signature = {0};
    enum err_code code = ERR_OK;
    if (!encode_attributes(info, &attributes))
        code = openssl_failed(err, "attributes");
    if (!code)
        code = signer_sign(signer, scheme, attributes.bytes, attributes.size, &signature.bytes,
                           &signature.size, err);
    ASN1_OCTET_STRING *place = CMS_SignerInfo_get0_signature(info);
    if (!code && !ASN1_OCTET_STRING_set(place, signature.bytes, (int)signature.size))
        code = openssl_failed(err, "signature");
    mem_free(attributes.bytes);
    mem_free(signature.bytes);
    return code;
}

static enum err_code encode(CMS_ContentInfo *cms, struct der *out, struct err *err)
{
    int size = i2d_CMS_ContentInfo(cms, NULL);
    AUTO(mem)
    unsigned char *bytes = size > 0 ? mem_alloc((size_t)size) : NULL;
    unsigned char *at = bytes;
    if (!bytes || i2d_CMS_ContentInfo(cms, &at) != size)
        return openssl_failed(err, "encoding");
    *out = (struct der){TAKE(bytes), (size_t)size};
    return ERR_OK;
}

enum err_code pades_make(struct signer *signer, enum sign_scheme scheme,
                         const unsigned char digest[PADES_DIGEST_BYTES], struct der *out,
                         struct err *err)
{
    ERR_clear_error();
    struct der der = signer_certificate(signer);
    const unsigned char *at = der.bytes;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.size);
    CMS_ContentInfo *cms =
        CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_DETACHED | CMS_BINARY);
    enum err_code code = ERR_OK;
    if (!certificate || !cms)
        code = openssl_failed(err, "structure");
    if (!code)
        code = fill_in(cms, certificate, signer, scheme, digest, err);
    if (!code)
        code = encode(cms, out, err);
    CMS_ContentInfo_free(cms);
    X509_free(certificate);
    return code;
}
