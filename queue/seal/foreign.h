#ifndef SOHOA_SEAL_FOREIGN_H
#define SOHOA_SEAL_FOREIGN_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The signatures of a file that somebody else signed, whatever made it. A signature's dictionary is
 * never compressed and names the bytes it covers (ISO 32000-1, 12.8.1), so they are found in the
 * bytes themselves, without reading the file's structure. Whether a certificate is to be trusted is
 * not asked here.
 */

#define FOREIGN_MAX 64
#define FOREIGN_TEXT_SIZE 256

struct foreign_signature {
    char signer[FOREIGN_TEXT_SIZE]; /* common name of the certificate, UTF-8; "" not readable */
    char serial[FOREIGN_TEXT_SIZE]; /* hex */
    char certificate_sha256[65];    /* of the certificate it was made with, hex; "" not readable */
    char level[FOREIGN_TEXT_SIZE];  /* its SubFilter, "ETSI.CAdES.detached" */
    int64_t signed_us;              /* as it says; 0: it does not */
    bool intact;                    /* it fits the bytes it names and its certificate */
};

struct foreign_signatures {
    struct foreign_signature item[FOREIGN_MAX];
    size_t count;
    bool covers_file; /* nothing was added behind the last one */
};

/* PDF_UNREADABLE for more than FOREIGN_MAX of them; IO. A file without signatures has count 0. */
enum err_code foreign_list(int fd, struct foreign_signatures *out, struct err *err);

#endif
