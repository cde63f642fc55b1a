#include "daemon/model/catalog_kind.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALID_FROM                                                                                 \
    {                                                                                              \
        "valid_from", "valid_from tu_ngay ngay_hieu_luc hieu_luc_tu hieu_luc_tu_ngay",             \
            CATALOG_DATE                                                                           \
    }
#define VALID_TO                                                                                   \
    {                                                                                              \
        "valid_to", "valid_to den_ngay ngay_het_hieu_luc hieu_luc_den hieu_luc_den_ngay",          \
            CATALOG_DATE                                                                           \
    }

const struct catalog_kind catalog_kinds[] = {
    {.name = "procedures",
     .columns = {{"code", "code ma_thu_tuc ma_tthc ma_so_tthc ma_thu_tuc_hanh_chinh ma_so_thu_tuc",
                  CATALOG_PROCEDURE, true, true},
                 {"name", "name ten_thu_tuc ten_tthc ten_thu_tuc_hanh_chinh", CATALOG_TEXT, true},
                 {"sector", "sector linh_vuc ten_linh_vuc", CATALOG_TEXT},
                 {"level", "level cap_thuc_hien cap", CATALOG_TEXT},
                 {"decision", "decision so_quyet_dinh quyet_dinh quyet_dinh_cong_bo", CATALOG_TEXT},
                 {"group", "group nhom_bo nhom bo_nganh", CATALOG_TEXT},
                 {"results", "results ket_qua ket_qua_thuc_hien ket_qua_giai_quyet", CATALOG_TEXT}},
     .code_key = "code",
     .name_key = "name"},
    {.name = "result-types",
     .columns = {{"code", "code ma_ket_qua ma_giay_to_ket_qua ma_loai_ket_qua", CATALOG_CODE, true,
                  true},
                 {"name", "name ten_ket_qua ten_giay_to_ket_qua ten_giay_to", CATALOG_TEXT, true}},
     .code_key = "code",
     .name_key = "name",
     .code_forms = "KQ.",
     .lenient = true},
    {.name = "agencies",
     .columns = {{"code", "code ma_dinh_danh ma_co_quan ma_don_vi ma_dinh_danh_dien_tu",
                  CATALOG_CODE, true, true},
                 {"name", "name ten_co_quan ten_don_vi co_quan don_vi", CATALOG_TEXT, true},
                 {"legacy_code", "legacy_code ma_cu ma_dinh_danh_cu", CATALOG_CODE},
                 {"parent", "parent ma_cha ma_co_quan_cha ma_cap_tren", CATALOG_CODE},
                 VALID_FROM,
                 VALID_TO},
     .code_key = "code",
     .name_key = "name",
     .code_forms = "A99 999.99.99.A99"},
    {.name = "units-before-2025",
     .columns = {{"code", "code ma_xa ma_phuong_xa ma", CATALOG_DIGITS, true, true, "5"},
                 {"name", "name xa_phuong phuong_xa ten_xa ten", CATALOG_TEXT, true},
                 {"district", "district quan_huyen huyen", CATALOG_TEXT},
                 {"province", "province tinh_tp tinh tinh_thanh_pho tinh_thanh", CATALOG_TEXT}},
     .code_key = "code",
     .name_key = "name"},
    {.name = "units-2025",
     .columns = {{"code", "code ma_xa ma_phuong_xa ma", CATALOG_DIGITS, true, true, "5"},
                 {"name", "name fullname xa_phuong phuong_xa ten_xa ten", CATALOG_TEXT, true},
                 {"province_code", "province_code provincecode ma_tinh", CATALOG_DIGITS, false,
                  false, "2"},
                 {"province", "province tinh_tp tinh tinh_thanh_pho tinh_thanh", CATALOG_TEXT}},
     .code_key = "code",
     .name_key = "name"},
    /* Three codes that are never derived from one another: regulations 14.2. */
    {.name = "provinces",
     .columns = {{"name", "name tinh_cu tinh ten_tinh tinh_thanh", CATALOG_TEXT, true, true},
                 {"cccd_prefix", "cccd_prefix ma_cccd dau_so_cccd", CATALOG_DIGITS, true, false,
                  "3"},
                 {"agency_code", "agency_code ma_dinh_danh ma_h", CATALOG_CODE},
                 {"successor", "successor tinh_moi", CATALOG_TEXT, true},
                 {"successor_code", "successor_code ma_tinh_moi ma_tinh", CATALOG_DIGITS, true,
                  false, "2"},
                 {"successor_agency_code", "successor_agency_code ma_dinh_danh_moi", CATALOG_CODE}},
     .code_key = "cccd_prefix",
     .name_key = "name"},
    {.name = "document-kinds",
     .columns = {{"code", "code abbreviation viet_tat ky_hieu", CATALOG_CODE, true, true},
                 {"name", "name ten_loai ten_loai_van_ban loai_van_ban", CATALOG_TEXT, true},
                 {"instrument", "instrument can_cu van_ban_quy_dinh", CATALOG_TEXT},
                 VALID_FROM,
                 VALID_TO},
     .code_key = "code",
     .name_key = "name"},
    {.name = "rule-sets",
     .columns = {{"procedure", "procedure ma_thu_tuc ma_tthc ma_so_tthc", CATALOG_PROCEDURE, true,
                  true},
                 {"paper", "paper ma_thanh_phan ma_giay_to ma_thanh_phan_ho_so", CATALOG_CODE, true,
                  true},
                 {"name", "name ten_giay_to ten_thanh_phan thanh_phan_ho_so", CATALOG_TEXT, true},
                 {"type", "type loai_giay_to", CATALOG_DOC_TYPE},
                 /* regulations 1.3: a to e are mandatory groups; shown and secret ones are 2.1.3 */
                 {"group", "group nhom", CATALOG_WORD, false, false, "a b c d demand shown secret"},
                 {"duty", "duty so_hoa che_do_so_hoa", CATALOG_WORD, false, false,
                  "mandatory on_demand never"},
                 {"instrument", "instrument can_cu van_ban_quy_dinh", CATALOG_TEXT},
                 VALID_FROM,
                 VALID_TO},
     .code_key = "procedure",
     .name_key = "name"},
    /* A site's own in place of built-in ones (ocr/templates): JSON, each as text. */
    {.name = "templates",
     .columns = {{"type", "type", CATALOG_DOC_TYPE, true, true},
                 {"name", "name", CATALOG_TEXT, true},
                 {"template", "template", CATALOG_TEXT, true}},
     .code_key = "type",
     .name_key = "name"},
};
const size_t catalog_kind_count = sizeof catalog_kinds / sizeof *catalog_kinds;
const char catalog_kind_names[] = "procedures result-types agencies units-before-2025 units-2025 "
                                  "provinces document-kinds rule-sets templates";

const struct catalog_kind *catalog_kind_find(const char *name)
{
    for (size_t i = 0; i < catalog_kind_count; i++)
        if (strcmp(catalog_kinds[i].name, name) == 0)
            return &catalog_kinds[i];
    return NULL;
}

size_t catalog_kind_columns(const struct catalog_kind *kind)
{
    size_t count = 0;
    while (count < CATALOG_COLUMNS_MAX && kind->columns[count].key)
        count++;
    return count;
}

bool catalog_kind_is_dated(const struct catalog_kind *kind)
{
    for (size_t i = 0; i < catalog_kind_columns(kind); i++)
        if (strcmp(kind->columns[i].key, "valid_from") == 0)
            return true;
    return false;
}

char *catalog_heading(const char *text)
{
    AUTO(mem) char *folded = text_fold(text);
    if (!folded)
        return NULL;
    size_t size = 0;
    for (const char *c = folded; *c; c++) {
        if (isalnum((unsigned char)*c))
            folded[size++] = *c;
        else if (size && folded[size - 1] != '_')
            folded[size++] = '_';
    }
    while (size && folded[size - 1] == '_')
        size--;
    folded[size] = 0;
    return TAKE(folded);
}

#define SERIAL_MIN 20000 /* 1954; smaller numbers are hardly days */
#define SERIAL_MAX 80000 /* 2119 */

/* Days since 1899-12-30 (ECMA-376 part 1, 18.17.4.1), by counting from 1970-01-01. */
static bool from_serial(long serial, char out[11])
{
    if (serial < SERIAL_MIN || serial > SERIAL_MAX)
        return false;
    char iso[WHEN_ISO_SIZE];
    when_iso_utc((serial - 25569) * INT64_C(86400000000), iso);
    memcpy(out, iso, 10);
    out[10] = 0;
    return true;
}

bool catalog_date(const char *text, bool serial, char out[11])
{
    int year, month, day, used = 0;
    if (serial && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 6)
        return from_serial(strtol(text, NULL, 10), out);
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used]) {
        used = 0;
        if (sscanf(text, "%2d%*1[/.-]%2d%*1[/.-]%4d%n", &day, &month, &year, &used) != 3 ||
            text[used])
            return false;
    }
    if (year < 1900 || strpbrk(text, "+ ") || !when_is_date(year, month, day))
        return false;
    char made[40];
    snprintf(made, sizeof made, "%04d-%02d-%02d", year, month, day);
    memcpy(out, made, 11);
    return true;
}
