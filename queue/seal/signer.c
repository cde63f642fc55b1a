#include "queue/seal/signer.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#define RSA_BITS_MIN 2048
#define EC_BITS_MIN 256

struct signer {
    const struct signer_key *key;
    void *self;
    X509 *certificate;
    struct der der;
    struct der chain[SIGNER_CHAIN_MAX];
    size_t chain_count;
    struct signer_info info;
    char *name, *issuer, *serial;
};

static bool copy_der(struct der from, struct der *out)
{
    out->bytes = mem_alloc(from.size);
    if (!out->bytes)
        return false;
    memcpy(out->bytes, from.bytes, from.size);
    out->size = from.size;
    return true;
}

/* Common name, or the organisation of authorities that have none. */
static char *name_text(const X509_NAME *name)
{
    static const int kinds[] = {NID_commonName, NID_organizationName};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        int at = X509_NAME_get_index_by_NID(name, kinds[i], -1);
        const X509_NAME_ENTRY *entry = at < 0 ? NULL : X509_NAME_get_entry(name, at);
        unsigned char *utf8 = NULL;
        if (!entry || ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) < 0)
            continue;
        char *text = mem_strdup((const char *)utf8);
        OPENSSL_free(utf8);
        return text;
    }
    return mem_strdup("");
}

static char *serial_text(const X509 *certificate)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    char *text = mem_strdup(hex);
    OPENSSL_free(hex);
    BN_free(number);
    return text;
}

static int64_t time_us(const ASN1_TIME *time)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return 0;
    return (int64_t)timegm(&parts) * 1000000;
}

static enum err_code fill_info(struct signer *signer, bool software_key, struct err *err)
{
    const X509 *certificate = signer->certificate;
    signer->name = name_text(X509_get_subject_name(certificate));
    signer->issuer = name_text(X509_get_issuer_name(certificate));
    signer->serial = serial_text(certificate);
    if (!signer->name || !signer->issuer || !signer->serial)
        return err_set(err, ERR_NO_MEMORY, "certificate");
    EVP_PKEY *public_key = X509_get0_pubkey(certificate);
    bool is_rsa =
        public_key && (EVP_PKEY_is_a(public_key, "RSA") || EVP_PKEY_is_a(public_key, "RSA-PSS"));
    signer->info = (struct signer_info){
        .name = signer->name,
        .issuer = signer->issuer,
        .serial = signer->serial,
        .not_before_us = time_us(X509_get0_notBefore(certificate)),
        .not_after_us = time_us(X509_get0_notAfter(certificate)),
        .software_key = software_key,
        .is_rsa = is_rsa,
    };
    return ERR_OK;
}

enum err_code signer_new(const struct signer_key *key, void *self, struct der certificate,
                         const struct der *chain, size_t chain_count, bool software_key,
                         struct signer **out, struct err *err)
{
    AUTO(signer)
    struct signer *signer = mem_alloc(sizeof *signer);
    if (!signer) {
        key->free(self);
        return err_set(err, ERR_NO_MEMORY, "signer");
    }
    signer->key = key;
    signer->self = self;
    const unsigned char *at = certificate.bytes;
    signer->certificate = d2i_X509(NULL, &at, (long)certificate.size);
    if (!signer->certificate)
        return err_set(err, ERR_CERTIFICATE_UNREADABLE, "certificate is no X.509 certificate");
    bool copied = copy_der(certificate, &signer->der);
    for (size_t i = 0; copied && i < chain_count && i < SIGNER_CHAIN_MAX; i++)
        copied = copy_der(chain[i], &signer->chain[signer->chain_count++]);
    if (!copied)
        return err_set(err, ERR_NO_MEMORY, "certificate");
    enum err_code code = fill_info(signer, software_key, err);
    if (code)
        return code;
    *out = TAKE(signer);
    return ERR_OK;
}

void signer_free(struct signer *signer)
{
    if (!signer)
        return;
    if (signer->self)
        signer->key->free(signer->self);
    X509_free(signer->certificate);
    mem_free(signer->der.bytes);
    for (size_t i = 0; i < signer->chain_count; i++)
        mem_free(signer->chain[i].bytes);
    mem_free(signer->name);
    mem_free(signer->issuer);
    mem_free(signer->serial);
    mem_free(signer);
}

const struct signer_info *signer_info(const struct signer *signer)
{
    return &signer->info;
}

struct der signer_certificate(const struct signer *signer)
{
    return signer->der;
}

size_t signer_chain_count(const struct signer *signer)
{
    return signer->chain_count;
}

struct der signer_chain_item(const struct signer *signer, size_t index)
{
    return signer->chain[index];
}

static enum err_code check_key(const struct signer *signer, struct err *err)
{
    EVP_PKEY *key = X509_get0_pubkey(signer->certificate);
    int bits = key ? EVP_PKEY_get_bits(key) : 0;
    if (signer->info.is_rsa && bits < RSA_BITS_MIN)
        return err_set(err, ERR_CERTIFICATE_UNFIT, "RSA key of %d bits, at least %d needed", bits,
                       RSA_BITS_MIN);
    if (signer->info.is_rsa)
        return ERR_OK;
    if (!key || !EVP_PKEY_is_a(key, "EC"))
        return err_set(err, ERR_CERTIFICATE_UNFIT, "key is neither RSA nor EC");
    if (bits < EC_BITS_MIN)
        return err_set(err, ERR_CERTIFICATE_UNFIT, "EC key of %d bits, at least %d needed", bits,
                       EC_BITS_MIN);
    return ERR_OK;
}

enum err_code signer_check(const struct signer *signer, int64_t now_us, struct err *err)
{
    if (now_us < signer->info.not_before_us)
        return err_set(err, ERR_CERTIFICATE_NOT_YET_VALID, "certificate %s", signer->serial);
    if (now_us > signer->info.not_after_us)
        return err_set(err, ERR_CERTIFICATE_EXPIRED, "certificate %s", signer->serial);
    enum err_code code = check_key(signer, err);
    if (code)
        return code;
    /* All bits set when the certificate does not restrict its use. */
    uint32_t usage = X509_get_key_usage(signer->certificate);
    if (!(usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        return err_set(err, ERR_CERTIFICATE_UNFIT, "certificate %s is not for signing",
                       signer->serial);
    return ERR_OK;
}

enum err_code signer_sign(struct signer *signer, enum sign_scheme scheme, const void *bytes,
                          size_t size, unsigned char **out_signature, size_t *out_size,
                          struct err *err)
{
    return signer->key->sign(signer->self, scheme, bytes, size, out_signature, out_size, err);
}
