#ifndef SOHOA_MODEL_DOC_TYPE_H
#define SOHOA_MODEL_DOC_TYPE_H

#include <stdbool.h>

/* The document types of the design, one row each in doc_types.def: slug and Vietnamese name. */

enum doc_type {
#define DOC_TYPE(id, slug, label) DOC_TYPE_##id,
#include "daemon/model/doc_types.def"
#undef DOC_TYPE
    DOC_TYPE_COUNT
};

const char *doc_type_slug(enum doc_type type);  /* "birth-certificate" */
const char *doc_type_label(enum doc_type type); /* "Giấy khai sinh" */
/* DOC_TYPE_unknown when there is no such slug. */
enum doc_type doc_type_from_slug(const char *slug);

#endif
