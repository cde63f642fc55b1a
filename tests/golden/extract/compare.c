#include "compare.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <string.h>

#define TEXT_TOLERANCE 0.10

static size_t count_points(const char *text)
{
    size_t count = 0;
    while (text_next(&text))
        count++;
    return count;
}

bool compare_values(const char *field, const char *proposed, const char *truth)
{
    static const char *const texts[] = {"issuer", "issue_place", "abstract",
                                        "signer", "owner_name",  "doc_name"};
    bool is_text = false;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        is_text = is_text || strcmp(field, texts[i]) == 0;
    if (!is_text)
        return strcmp(proposed, truth) == 0;
    AUTO(mem) char *a = text_lower(proposed);
    AUTO(mem) char *b = text_lower(truth);
    return a && b && (double)text_distance(a, b) <= TEXT_TOLERANCE * (double)count_points(b);
}

enum verdict compare_field(const char *field, const struct js *proposal, const char *truth)
{
    const char *value = js_text_or(proposal, "value", NULL);
    bool asks = js_bool_or(proposal, "needs_person", false);
    if (!value)
        return asks || !truth ? VERDICT_MISSING : VERDICT_SILENT;
    bool right = truth && compare_values(field, value, truth);
    if (right)
        return asks ? VERDICT_RIGHT_ASKS : VERDICT_RIGHT;
    return asks ? VERDICT_WRONG_ASKS : VERDICT_SILENT;
}
