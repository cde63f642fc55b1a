#include "daemon/model/procedure_code.h"

#include <string.h>

/* 9: a digit, A: a capital, else itself. */
static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++) {
        bool digit = *text >= '0' && *text <= '9', capital = *text >= 'A' && *text <= 'Z';
        if (*form == '9' ? !digit : *form == 'A' ? !capital : *text != *form)
            return false;
    }
    return !*text;
}

bool procedure_code_short(const char *text, char out[PROCEDURE_CODE_SIZE])
{
    static const char *const forms[] = {"9.999999", "9.999999.99", "9.999999.000.00.00.A99"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (has_form(text, forms[i])) {
            memcpy(out, text, PROCEDURE_CODE_SIZE - 1);
            out[PROCEDURE_CODE_SIZE - 1] = 0;
            return true;
        }
    return false;
}
