#include "daemon/http/principal.h"

#include <stdio.h>

const char *role_name(enum role role)
{
    static const char *const names[] = {"any", "clerk", "it"};
    return names[role];
}

struct principal principal_anonymous(void)
{
    return (struct principal){.id = "anonymous", .role = ROLE_ANY};
}

struct principal principal_of_uid(uid_t uid, uid_t own_uid)
{
    struct principal who = {.role = uid == 0 || uid == own_uid ? ROLE_IT : ROLE_CLERK};
    snprintf(who.id, sizeof who.id, "uid:%u", (unsigned)uid);
    return who;
}

struct js *principal_to_js(const struct principal *who)
{
    return js_pack("{s:s, s:s}", "id", who->id, "role", role_name(who->role));
}
