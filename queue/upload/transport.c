#include "queue/upload/transport.h"

#include <string.h>

void transport_free(struct transport *transport)
{
    if (transport)
        transport->ops->free(transport);
}

static bool part_is_safe(const char *part, size_t size)
{
    if (size == 0 || (size == 1 && part[0] == '.') ||
        (size == 2 && part[0] == '.' && part[1] == '.'))
        return false;
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return strspn(part, allowed) >= size;
}

bool transport_name_is_safe(const char *name)
{
    if (strlen(name) >= TRANSPORT_NAME_SIZE)
        return false;
    for (;;) {
        size_t size = strcspn(name, "/");
        if (!part_is_safe(name, size))
            return false;
        if (name[size] == '\0')
            return true;
        name += size + 1;
    }
}
