#include "queue/seal/signer.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <string.h>

/* A signer whose key lies in a PKCS#12 file: for tests and trials; OpenSSL wipes the key when
 * freeing it. */

struct p12_parts {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * chain;
};

static void parts_free(struct p12_parts *parts)
{
    EVP_PKEY_free(parts->key);
    X509_free(parts->certificate);
    sk_X509_pop_free(parts->chain, X509_free);
    *parts = (struct p12_parts){0};
}

static void p12_key_free(void *self)
{
    EVP_PKEY_free(self);
}

static bool set_padding(EVP_PKEY_CTX *context, EVP_PKEY *key, enum sign_scheme scheme)
{
    if (!EVP_PKEY_is_a(key, "RSA") && !EVP_PKEY_is_a(key, "RSA-PSS"))
        return true;
    if (scheme == SIGN_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0;
}

static enum err_code p12_sign(void *self, enum sign_scheme scheme, const void *bytes, size_t size,
                              unsigned char **out_signature, size_t *out_size, struct err *err)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = NULL; /* the digest's */
    size_t needed = 0;
    AUTO(mem)
    unsigned char *signature = NULL;
    bool ok = digest && EVP_DigestSignInit(digest, &context, EVP_sha256(), NULL, self) == 1 &&
              set_padding(context, self, scheme) &&
              EVP_DigestSign(digest, NULL, &needed, bytes, size) == 1 &&
              (signature = mem_alloc(needed)) &&
              EVP_DigestSign(digest, signature, &needed, bytes, size) == 1;
    EVP_MD_CTX_free(digest);
    if (!ok)
        return err_set(err, ERR_CERTIFICATE_UNFIT, "key cannot sign: %s",
                       ERR_reason_error_string(ERR_peek_last_error()));
    *out_signature = TAKE(signature);
    *out_size = needed;
    return ERR_OK;
}

static const struct signer_key p12_key = {p12_sign, p12_key_free};

/* Files of older tools are encrypted with RC2 or other algorithms only the legacy provider has. It
 * is loaded for the process once such a file shows up; loading it turns off the implicit default
 * one. */
static bool load_legacy(void)
{
    static OSSL_PROVIDER *standard, *legacy;
    if (!standard)
        standard = OSSL_PROVIDER_load(NULL, "default");
    if (!legacy)
        legacy = OSSL_PROVIDER_load(NULL, "legacy");
    return standard && legacy;
}

static bool parse_parts(PKCS12 *file, const char *password, struct p12_parts *out)
{
    if (PKCS12_parse(file, password, &out->key, &out->certificate, &out->chain) == 1)
        return true;
    parts_free(out);
    return load_legacy() &&
           PKCS12_parse(file, password, &out->key, &out->certificate, &out->chain) == 1;
}

static bool password_fits(PKCS12 *file, const char *password)
{
    if (!PKCS12_mac_present(file))
        return true;
    if (PKCS12_verify_mac(file, password, -1))
        return true;
    return !*password && PKCS12_verify_mac(file, NULL, 0);
}

static enum err_code der_of(X509 *certificate, struct der *out, struct err *err)
{
    unsigned char *bytes = NULL;
    int size = i2d_X509(certificate, &bytes);
    if (size <= 0)
        return err_set(err, ERR_CERTIFICATE_UNREADABLE, "certificate");
    *out = (struct der){bytes, (size_t)size};
    return ERR_OK;
}

static enum err_code make_signer(struct p12_parts *parts, struct signer **out, struct err *err)
{
    struct der own = {0}, chain[SIGNER_CHAIN_MAX] = {0};
    size_t count = 0;
    enum err_code code = der_of(parts->certificate, &own, err);
    for (int i = 0; !code && i < sk_X509_num(parts->chain) && count < SIGNER_CHAIN_MAX; i++)
        code = der_of(sk_X509_value(parts->chain, i), &chain[count++], err);
    if (!code)
        code = signer_new(&p12_key, TAKE(parts->key), own, chain, count, true, out, err);
    OPENSSL_free(own.bytes);
    for (size_t i = 0; i < count; i++)
        OPENSSL_free(chain[i].bytes);
    return code;
}

enum err_code signer_open_p12(const void *bytes, size_t size, const char *password,
                              struct signer **out, struct err *err)
{
    const unsigned char *at = bytes;
    PKCS12 *file = size < (1u << 20) ? d2i_PKCS12(NULL, &at, (long)size) : NULL;
    if (!file)
        return err_set(err, ERR_CERTIFICATE_UNREADABLE, "no PKCS#12 file");
    struct p12_parts parts = {0};
    enum err_code code = ERR_OK;
    if (!password_fits(file, password))
        code = err_set(err, ERR_WRONG_PASSWORD, "PKCS#12 file");
    else if (!parse_parts(file, password, &parts))
        code = err_set(err, ERR_CERTIFICATE_UNREADABLE, "PKCS#12 file: %s",
                       ERR_reason_error_string(ERR_peek_last_error()));
    else if (!parts.key || !parts.certificate)
        code = err_set(err, ERR_CERTIFICATE_UNREADABLE,
                       "PKCS#12 file holds no key with its certificate");
    if (!code)
        code = make_signer(&parts, out, err);
    PKCS12_free(file);
    parts_free(&parts);
    ERR_clear_error();
    return code;
}
