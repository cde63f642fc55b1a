#include "daemon/model/scan_reason.h"

#include <string.h>

const struct scan_reason scan_reasons[] = {
#define SCAN_REASON(id, unusable, label_vi, label_en) {#id, unusable, label_vi, label_en},
#include "daemon/model/scan_reasons.def"
#undef SCAN_REASON
};
const size_t scan_reason_count = sizeof scan_reasons / sizeof *scan_reasons;

const char scan_reason_words[] =
#define SCAN_REASON(id, unusable, label_vi, label_en) #id " "
#include "daemon/model/scan_reasons.def"
#undef SCAN_REASON
    ;

const struct scan_reason *scan_reason_find(const char *code)
{
    for (size_t i = 0; code && i < scan_reason_count; i++)
        if (strcmp(scan_reasons[i].code, code) == 0)
            return &scan_reasons[i];
    return NULL;
}
