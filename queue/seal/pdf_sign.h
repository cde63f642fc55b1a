#ifndef SOHOA_SEAL_PDF_SIGN_H
#define SOHOA_SEAL_PDF_SIGN_H

#include "queue/seal/pdf_block.h"
#include "queue/seal/pdf_compose.h"
#include "queue/seal/signer.h"

/* Room for the CMS in the file: certificates of a chain, later a timestamp. */
#define PDF_SIGN_CONTENTS_BYTES 16384u

struct pdf_sign_wish {
    enum sign_scheme scheme;
    int64_t at_us;           /* claimed signing time (/M and the block) */
    const char *name;        /* who signs: /Name */
    const char *field_about; /* tool tip of the field, Vietnamese */
    struct block_wish block; /* its page and image are taken from the file */
};

struct pdf_signed {
    struct pdf_file file;
    struct block_place block;
};

/*
 * Signs by appending: the bytes of in_fd come first in out_fd, unchanged; then page 1 and form with
 * the new field, the visible block, the signature; PAdES-B-B. An earlier signature stays valid. The
 * result is checked by our own verifier and on the disk when this returns. out_fd must be empty.
 *
 * Errors: those of signer_check, PDF_UNREADABLE, SIGNATURE_INVALID (out_fd is then to be thrown
 * away).
 */
enum err_code pdf_sign(int in_fd, int out_fd, struct signer *signer,
                       const struct pdf_sign_wish *wish, struct pdf_signed *out, struct err *err);

#endif
