#ifndef SOHOA_HTTP_WEB_H
#define SOHOA_HTTP_WEB_H

#include "daemon/base/err.h"
#include "daemon/http/reply.h"

#include <stdbool.h>

/* The files of the web page: one folder, a fixed set of types, nothing outside. */

struct web;

/* folder NULL: no web page, every file is NOT_FOUND. */
enum err_code web_open(const char *folder, struct web **out, struct err *err);
void web_close(struct web *web);

/* Relative name of letters, digits and "._@-", segments not starting with a dot, known type. */
bool web_name_is_safe(const char *name);

/* Fills the reply with the file, or 304 when the browser's copy (If-None-Match, may be NULL) is the
 * same. */
enum err_code web_reply(const struct web *web, const char *name, const char *if_none_match,
                        struct reply *reply, struct err *err);

/* Pages shown to somebody without a session (Vietnamese). */
extern const char web_page_unopened[];
extern const char web_page_link_spent[];

#endif
