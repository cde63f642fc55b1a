#ifndef SOHOA_UPLOAD_HTTP_NAME_H
#define SOHOA_UPLOAD_HTTP_NAME_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "queue/upload/transport.h"

/* What a record is called that a receiver has: the values by which it is asked for later, as one
 * name that every transport could take. `paths` is the mapping's "name": ["record.dossier_code",
 * "record.record_id", …]; bytes outside [A-Za-z0-9-] become "_" and two hex digits, a value that is
 * not there is "_". */

/* TOO_LARGE */
enum err_code http_name_write(const struct js *paths, const struct js *roots,
                              char out[TRANSPORT_NAME_SIZE], struct err *err);
/* Sets the values in `roots` again. BAD_ARGUMENT: not such a name. */
enum err_code http_name_read(const struct js *paths, const char *name, struct js *roots,
                             struct err *err);

#endif
