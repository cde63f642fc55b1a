#ifndef SOHOA_SEAL_VERIFY_H
#define SOHOA_SEAL_VERIFY_H

#include "queue/seal/signer.h"

/*
 * Our own check of signed files, right after signing and whenever asked: byte ranges, digest, CMS
 * signature, signing-certificate attribute. Whether the certificate is to be trusted is not asked
 * here.
 */
struct seal_verdict {
    size_t signatures;     /* all of them intact */
    uint64_t signed_bytes; /* file size up to which the last one vouches */
    bool covers_file;      /* and that is the whole file */
};

/* SIGNATURE_INVALID names the first signature that does not hold, or says there is none. With
 * `expected` (bytes NULL: any), the last signature must be by that very certificate. */
enum err_code seal_verify(int fd, struct der expected, struct seal_verdict *out, struct err *err);

/* SHA-256 of [0, first_end) and [second_start, end). */
enum err_code seal_digest(int fd, uint64_t first_end, uint64_t second_start, uint64_t end,
                          unsigned char out_digest[32], struct err *err);

#endif
