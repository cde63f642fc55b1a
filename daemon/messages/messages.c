#include "daemon/base/messages.h"

static const char *const texts[ERR_CODE_COUNT][2] = {
    [ERR_OK] = {"Xong.", "Done."},
#include "messages_table.inc"
};

const char *message_text(enum err_code code, enum message_language language)
{
    const char *text = (unsigned)code < ERR_CODE_COUNT ? texts[code][language] : 0;
    return text ? text : texts[ERR_INTERNAL][language];
}
