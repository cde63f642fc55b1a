#ifndef SOHOA_UPLOAD_MULTIPART_H
#define SOHOA_UPLOAD_MULTIPART_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "queue/upload/http_message.h"

/* One file and some values as multipart/form-data (RFC 7578). Pure. */

struct multipart_file {
    const char *part, *name; /* of the form's field; of the file */
    int fd;                  /* borrowed */
    uint64_t size;
    const char *boundary; /* occurs nowhere in the file: a record's id and hash */
};

/* `form` {name: single value}, before the file. */
enum err_code multipart_build(const char *url, const struct js *form,
                              const struct multipart_file *file, struct http_request *out,
                              struct err *err);

#endif
