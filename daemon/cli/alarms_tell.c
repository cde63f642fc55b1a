#include "daemon/cli/alarms_tell.h"

#include "daemon/base/text.h"
#include "daemon/cli/cli.h"

#include <stdio.h>

static void put(const char *before, const char *text, const char *behind)
{
    char clean[1600];
    text_printable(text, clean, sizeof clean);
    fprintf(stderr, "%s%s%s", before, clean, behind);
}

int alarms_tell(const struct js *status)
{
    const struct js *alarms = js_at(status, "alarms");
    for (size_t i = 0; i < js_count(alarms); i++) {
        const struct js *alarm = js_item(alarms, i);
        put("sohoa: ALARM ", js_text_or(alarm, "name", ""), ": ");
        put("", js_text_or(alarm, "text", ""), "\n");
        put("  ", js_text_or(alarm, "help", ""), "\n");
        put("  $ ", js_text_or(alarm, "command", ""), "\n");
    }
    return js_count(alarms) ? CLI_FAILED : CLI_DONE;
}
