#ifndef SOHOA_SEAL_SIGNER_H
#define SOHOA_SEAL_SIGNER_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who can sign: a certificate with its chain, and something that turns bytes into a signature.
 * Whoever makes a signer (PKCS#12 file here; a token or a signing service elsewhere) supplies
 * struct signer_key; nobody else sees a key.
 */
struct signer;

enum sign_scheme {
    SIGN_DEFAULT, /* RSASSA-PSS for RSA keys, ECDSA for EC keys; SHA-256 (TT 15/2025/TT-BKHCN) */
    SIGN_PKCS1    /* RSASSA-PKCS1-v1_5 for RSA keys, by explicit setting only */
};

struct signer_key {
    /* Hashes with SHA-256 and signs. *out_signature is the caller's (mem_free); ECDSA in DER. */
    enum err_code (*sign)(void *self, enum sign_scheme scheme, const void *bytes, size_t size,
                          unsigned char **out_signature, size_t *out_size, struct err *err);
    void (*free)(void *self); /* wipes what is secret */
};

struct der {
    unsigned char *bytes;
    size_t size;
};
#define SIGNER_CHAIN_MAX 8

/* Takes `self` over, on failure too; copies the certificates. CERTIFICATE_UNREADABLE. */
enum err_code signer_new(const struct signer_key *key, void *self, struct der certificate,
                         const struct der *chain, size_t chain_count, bool software_key,
                         struct signer **out, struct err *err);
void signer_free(struct signer *signer);
AUTO_DEFINE(signer, struct signer *, signer_free);

/* From the bytes of a PKCS#12 file. WRONG_PASSWORD when the file's own check says so,
 * CERTIFICATE_UNREADABLE for anything that is no PKCS#12 file with a key and its certificate. */
enum err_code signer_open_p12(const void *bytes, size_t size, const char *password,
                              struct signer **out, struct err *err);

struct signer_info {
    const char *name;   /* common name, UTF-8 */
    const char *issuer; /* common name of who issued it */
    const char *serial; /* hexadecimal */
    int64_t not_before_us, not_after_us;
    bool software_key;
    bool is_rsa;
};
/* Strings live as long as the signer. */
const struct signer_info *signer_info(const struct signer *signer);
struct der signer_certificate(const struct signer *signer); /* borrowed */
size_t signer_chain_count(const struct signer *signer);
struct der signer_chain_item(const struct signer *signer, size_t index);

/* Whether it may sign now: validity dates, key usage, key size (RSA 2048, EC 256 at least).
 * CERTIFICATE_NOT_YET_VALID, CERTIFICATE_EXPIRED, CERTIFICATE_UNFIT. */
enum err_code signer_check(const struct signer *signer, int64_t now_us, struct err *err);

enum err_code signer_sign(struct signer *signer, enum sign_scheme scheme, const void *bytes,
                          size_t size, unsigned char **out_signature, size_t *out_size,
                          struct err *err);

#endif
