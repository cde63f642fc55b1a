#ifndef SOHOA_UPLOAD_TARGET_HTTP_H
#define SOHOA_UPLOAD_TARGET_HTTP_H

#include "queue/upload/http_session.h"
#include "queue/upload/target.h"

/*
 * A receiving system behind HTTP (LGSP, REST) as its mapping describes it (sohoa-mapping(5)). The
 * file goes first, by tus or as a form, the record behind it; what the receiver has already counts
 * as delivered only when its bytes are ours. Nothing is listed.
 *
 * `notes` is a folder of the station: where an upload that was cut stands, "<name>.<record
 * id>.tus". The session is taken over, also on failure.
 */
enum err_code target_http_new(struct http_session *session, const char *name, const char *notes,
                              struct target **out, struct err *err);

#endif
