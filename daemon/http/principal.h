#ifndef SOHOA_HTTP_PRINCIPAL_H
#define SOHOA_HTTP_PRINCIPAL_H

#include "daemon/base/js.h"

#include <sys/types.h>

/* Who asks. Every request, reads too, resolves to one; it lands in the audit row. */

/* Each role may do what those before it may. */
enum role { ROLE_ANY, ROLE_CLERK, ROLE_IT };

struct principal {
    char id[48]; /* "uid:1000", "uid:1000/web-1f0a83c2", "anonymous" */
    enum role role;
};

const char *role_name(enum role role); /* "any" "clerk" "it" */
struct principal principal_anonymous(void);
/* A peer of the Unix socket: root and the daemon's own user are "it", all others clerks. */
struct principal principal_of_uid(uid_t uid, uid_t own_uid);
/* {"id", "role"}; NULL when out of memory */
struct js *principal_to_js(const struct principal *who);

#endif
