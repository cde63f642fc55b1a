#include "daemon/model/tax_code.h"

#include <stddef.h>
#include <string.h>

bool tax_code_is_valid(const char *digits)
{
    static const int weights[] = {31, 29, 23, 19, 17, 13, 7, 5, 3};
    if (strspn(digits, "0123456789") < 10)
        return false;
    int sum = 0;
    for (size_t i = 0; i < 9; i++)
        sum += weights[i] * (digits[i] - '0');
    int check = 10 - sum % 11;
    return check != 10 && check == digits[9] - '0';
}
