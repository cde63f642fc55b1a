#include "queue/reconcile/listed.h"

#include "daemon/base/id.h"

#include <stdio.h>
#include <string.h>

#define MASS_AT_LEAST 20
#define MASS_PART 10 /* a tenth of all */

bool listed_read(const char *name, char out_name[LISTED_NAME_SIZE], enum listed_part *out_part)
{
    const char *dot = strrchr(name, '.');
    bool is_pdf = dot && strcmp(dot, ".pdf") == 0, is_json = dot && strcmp(dot, ".json") == 0;
    if ((!is_pdf && !is_json) || dot - name >= LISTED_NAME_SIZE || !strchr(name, '/'))
        return false;
    snprintf(out_name, LISTED_NAME_SIZE, "%.*s", (int)(dot - name), name);
    *out_part = is_pdf ? LISTED_PDF : LISTED_JSON;
    return true;
}

bool listed_is_same(const struct js *receipt, enum listed_part part, int64_t size_bytes,
                    const char *tag)
{
    bool is_pdf = part == LISTED_PDF;
    const char *proven = js_text_or(receipt, is_pdf ? "pdf_tag" : "json_tag", "");
    return *tag && strcmp(tag, proven) == 0 &&
           size_bytes == js_int_or(receipt, is_pdf ? "pdf_size" : "json_size", -1);
}

void listed_folder(const char *name, char out_folder[LISTED_NAME_SIZE])
{
    const char *slash = strchr(name, '/');
    snprintf(out_folder, LISTED_NAME_SIZE, "%.*s", slash ? (int)(slash + 1 - name) : 0, name);
}

const char *listed_record_id(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash && id_is_valid(slash + 1) ? slash + 1 : "";
}

bool listed_is_mass(int64_t missing, int64_t expected)
{
    return missing > MASS_AT_LEAST && missing > expected / MASS_PART;
}
