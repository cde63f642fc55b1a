#ifndef SOHOA_TESTS_OCR_CLIENT_H
#define SOHOA_TESTS_OCR_CLIENT_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <sys/types.h>

/* The real sohoa-ocr-worker at the other end of a socket, for measuring. */

struct ocr_client {
    pid_t pid;
    int socket;
    unsigned long next_id;
    int cores; /* that a page may keep busy */
};

/* WORKER_MISSING when `program` is not there. */
enum err_code ocr_client_start(const char *program, struct ocr_client *out, struct err *err);
void ocr_client_stop(struct ocr_client *client);
/* Image file → {"page": page info, "words": recognised words}. */
enum err_code ocr_client_read_page(struct ocr_client *client, const char *path, struct js **out,
                                   struct err *err);
/* Pages as made by ocr_client_read_page → what the understand request answers. */
enum err_code ocr_client_understand(struct ocr_client *client, const struct js *pages,
                                    struct js **out, struct err *err);

#endif
