#include "daemon/model/separator_sheet.h"

#include <stdint.h>

/* Rows from the top, the leftmost module highest. Made by: zint -b 58 --vers=2 --secure=3. */
static const uint32_t rows[SEPARATOR_CODE_MODULES] = {
    0xFEF23F8, 0x8218A08, 0xBA9B2E8, 0xBACCAE8, 0xBA282E8, 0x82A9A08, 0xFEAABF8,
    0x009D800, 0x579AF68, 0x70B5CF8, 0x0A477A8, 0x0914C88, 0x237B958, 0x3C43A50,
    0x8E5E308, 0x49E75B0, 0xDF50FA8, 0x00FE890, 0xFEBFAD0, 0x82DF888, 0xBA74FE8,
    0xBAB6C10, 0xBA28B08, 0x82C2808, 0xFE4C908,
};

bool separator_code_is_dark(int x, int y)
{
    return rows[y] >> (27 - x) & 1;
}
