#include "ocr/recognize/noughts.h"

#include <string.h>

bool noughts_from_letters(char *text)
{
    bool all_fit = text[strspn(text, "O0123456789/.-,:;")] == '\0';
    if (!all_fit || !strchr(text, 'O') || !strpbrk(text, "123456789"))
        return false;
    for (; (text = strchr(text, 'O')); text++)
        *text = '0';
    return true;
}
