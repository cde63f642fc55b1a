#include "daemon/model/doc_type.h"

#include <string.h>

struct type_row {
    const char *slug, *label;
};

static const struct type_row types[DOC_TYPE_COUNT] = {
#define DOC_TYPE(id, slug, label) {slug, label},
#include "daemon/model/doc_types.def"
#undef DOC_TYPE
};

const char *doc_type_slug(enum doc_type type)
{
    return types[(unsigned)type < DOC_TYPE_COUNT ? type : DOC_TYPE_unknown].slug;
}

const char *doc_type_label(enum doc_type type)
{
    return types[(unsigned)type < DOC_TYPE_COUNT ? type : DOC_TYPE_unknown].label;
}

enum doc_type doc_type_from_slug(const char *slug)
{
    for (int i = 0; i < DOC_TYPE_COUNT; i++)
        if (strcmp(types[i].slug, slug) == 0)
            return (enum doc_type)i;
    return DOC_TYPE_unknown;
}
