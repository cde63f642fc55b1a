#include "compare.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <string.h>

static char *comparable(const char *text)
{
    struct err err = ERR_INIT;
    AUTO(mem) char *nfc = NULL;
    if (text_nfc(text, strlen(text), &nfc, &err))
        return NULL;
    AUTO(mem) char *squeezed = text_squeeze(nfc);
    return squeezed ? text_lower(squeezed) : NULL;
}

bool compare_values(const char *proposed, const char *truth)
{
    AUTO(mem) char *a = comparable(proposed);
    AUTO(mem) char *b = comparable(truth);
    return a && b && strcmp(a, b) == 0;
}

enum verdict compare_field(const struct js *proposal, const char *truth)
{
    const char *value = js_text_or(proposal, "value", NULL);
    bool asks = js_bool_or(proposal, "needs_person", false);
    if (!value)
        return asks || !truth ? VERDICT_MISSING : VERDICT_SILENT;
    bool right = truth && compare_values(value, truth);
    if (right)
        return asks ? VERDICT_RIGHT_ASKS : VERDICT_RIGHT;
    return asks ? VERDICT_WRONG_ASKS : VERDICT_SILENT;
}
