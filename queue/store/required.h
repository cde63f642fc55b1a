#ifndef SOHOA_STORE_REQUIRED_H
#define SOHOA_STORE_REQUIRED_H

#include "daemon/model/field.h"

/* Which fields a person has to answer for a document of that type (slug; NULL or one without a list
 * of its own: as for "unknown"). out[name] for every field name. */
enum err_code required_fields(const char *type, bool out[FIELD_COUNT], struct err *err);

#endif
