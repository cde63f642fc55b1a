#ifndef SOHOA_UPLOAD_MAPPING_CHECK_H
#define SOHOA_UPLOAD_MAPPING_CHECK_H

#include "daemon/base/js.h"

/* What is wrong with a mapping, and where. */
struct mapping_fault {
    char path[200];
    char reason[160];
};

/* Everything that can be known without a record and a receiver: keys and their values, what refers
 * to what. false: the first fault found. */
bool mapping_check(const struct js *root, struct mapping_fault *out);

#endif
