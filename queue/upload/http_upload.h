#ifndef SOHOA_UPLOAD_HTTP_UPLOAD_H
#define SOHOA_UPLOAD_HTTP_UPLOAD_H

#include "queue/upload/http_session.h"
#include "queue/upload/target.h"

/*
 * The PDF on its way, as the mapping's "file" says: by tus, gone on with where a cut left it, or as
 * one form. What the receiver calls it is added to roots as "file": {"id", "url", …}. Nothing
 * without a "file" in the mapping. `note` is the file that remembers a cut upload.
 *
 * Errors: those of http_session.h and tus.h.
 */
enum err_code http_upload(struct http_session *session, const struct target_record *record,
                          const char *note, struct js *roots, struct err *err);

#endif
