#ifndef SOHOA_SEAL_PADES_H
#define SOHOA_SEAL_PADES_H

#include "queue/seal/signer.h"

#define PADES_DIGEST_BYTES 32

/*
 * The CMS a PAdES-B-B signature holds (ETSI EN 319 142-1, 319 122-1): detached, SHA-256, signed
 * attributes contentType, messageDigest and signing-certificate-v2, never signing-time; the
 * signer's certificate and chain are inside. `digest` is that of the signed byte ranges. *out is
 * the caller's.
 */
enum err_code pades_make(struct signer *signer, enum sign_scheme scheme,
                         const unsigned char digest[PADES_DIGEST_BYTES], struct der *out,
                         struct err *err);

#endif
