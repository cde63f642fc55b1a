#include "ocr/extract/parse_code.h"
#include "ocr/extract/parse_id.h"
#include "ocr/extract/parse_qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void identifiers_keep_their_own_rules(void **state)
{
    static const struct {
        const char *text, *value;
        enum id_kind kind;
        bool repaired, odd_prefix, male;
        int birth_year;
    } rows[] = {
        {"036098954173", "036098954173", ID_PERSONAL, false, false, true, 1998},
        {"036192881716", "036192881716", ID_PERSONAL, false, false, false, 1992},
        {"020221659851", "020221659851", ID_PERSONAL, false, false, true, 2021},
        {"020325549498", "020325549498", ID_PERSONAL, false, false, false, 2025},
        {": 036 098 954 173", "036098954173", ID_PERSONAL, false, false, true, 1998},
        {"O36O98954173", "036098954173", ID_PERSONAL, true, false, true, 1998},
        {"036098954173 do Cục", "036098954173", ID_PERSONAL, false, false, true, 1998},
        {"999098954173", "999098954173", ID_PERSONAL, false, true, true, 1998},
        {"036598954173", NULL, ID_PERSONAL, false, false, false, 0},
        {"123456789", "123456789", ID_OLD_CARD, false, false, false, 0},
        {"12345678", NULL, ID_OLD_CARD, false, false, false, 0},
        {"0100109106", "0100109106", ID_TAX, false, false, false, 0},
        {"0100686209", "0100686209", ID_TAX, false, false, false, 0},
        {"0101248141", "0101248141", ID_TAX, false, false, false, 0},
        {"0300588569", "0300588569", ID_TAX, false, false, false, 0},
        {"0106869738", "0106869738", ID_TAX, false, false, false, 0},
        {"0100109107", NULL, ID_TAX, false, false, false, 0},
        {"0100109106-001", "0100109106-001", ID_TAX, false, false, false, 0},
        {"0100109106-000", NULL, ID_TAX, false, false, false, 0},
        {"03609895417", NULL, ID_PERSONAL, false, false, false, 0},
        {"0360989541731234", NULL, ID_PERSONAL, false, false, false, 0},
        {"", NULL, ID_PERSONAL, false, false, false, 0},
        {"abc", NULL, ID_PERSONAL, false, false, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct id_number id;
        bool read = parse_id(rows[i].text, &id);
        if (read != (rows[i].value != NULL))
            fail_msg("row %zu '%s': %s", i, rows[i].text, read ? id.value : "not read");
        if (!read)
            continue;
        assert_string_equal(id.value, rows[i].value);
        assert_int_equal(id.kind, rows[i].kind);
        assert_int_equal(id.birth_year, rows[i].birth_year);
        if (id.repaired != rows[i].repaired || id.odd_prefix != rows[i].odd_prefix)
            fail_msg("row %zu '%s': repaired %d, odd prefix %d", i, rows[i].text, id.repaired,
                     id.odd_prefix);
        if (id.kind == ID_PERSONAL)
            assert_int_equal(id.male, rows[i].male);
    }
}

static void dossier_codes_are_repaired_or_refused(void **state)
{
    static const struct {
        const char *text, *code;
        bool repaired;
    } rows[] = {
        {"000.23.14.H40-210326-0139", "000.23.14.H40-210326-0139", false},
        {": H56.14-240823-0001", "H56.14-240823-0001", false},
        {"H56-231027-0361.", "H56-231027-0361", false},
        {"H56-231027-03612", "H56-231027-03612", false},
        {"000.23.14.H40 - 210326 - 0139", "000.23.14.H40-210326-0139", false},
        {"OOO.23.14.H40-210326-0139", "000.23.14.H40-210326-0139", true},
        {"000.23.l4.H40-2l0326-0139", "000.23.14.H40-210326-0139", true},
        {"000.23.14.H40-211326-0139", NULL, false},
        {"000.23.14.H40-210326-013", NULL, false},
        {"000.23.14.40-210326-0139", NULL, false},
        {"Ủy ban", NULL, false},
        {"", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char code[CODE_SIZE];
        bool repaired = false, read = parse_dossier_code(rows[i].text, code, &repaired);
        if (read != (rows[i].code != NULL))
            fail_msg("row %zu '%s': %s", i, rows[i].text, read ? code : "not read");
        if (!read)
            continue;
        assert_string_equal(code, rows[i].code);
        assert_int_equal(repaired, rows[i].repaired);
    }
}

static void procedure_codes_stand_alone(void **state)
{
    static const struct {
        const char *text, *code;
    } rows[] = {
        {"Đăng ký kết hôn (mã thủ tục 1.000894)", "1.000894"},
        {"2.000635", "2.000635"},
        {"1.010708.000.00.00.H56", "1.010708.000.00.00.H56"},
        {"1.000894.01", "1.000894"},
        {"11.000894", NULL},
        {"1.0008945", NULL},
        {"1.00089", NULL},
        {"12.350.000894", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char code[CODE_SIZE];
        bool read = parse_procedure_code(rows[i].text, code);
        if (read != (rows[i].code != NULL))
            fail_msg("row %zu '%s': %s", i, rows[i].text, read ? code : "not read");
        if (read)
            assert_string_equal(code, rows[i].code);
    }
}

static void payloads_are_read_whatever_their_syntax(void **state)
{
    static const struct {
        const char *payload, *dossier, *procedure, *owner, *name;
    } rows[] = {
        {"000.21.25.H40-241004-0096", "000.21.25.H40-241004-0096", "", "", ""},
        {"H42.31-210315-0192|1.000894|020179222870|marital-status|HTTT tinh|2021-03-15T09:00:00",
         "H42.31-210315-0192", "1.000894", "020179222870", ""},
        {"H42.31-210315-0192;1.000894;020179222870", "H42.31-210315-0192", "1.000894",
         "020179222870", ""},
        {"H42.31-210315-0192\n1.000894\n", "H42.31-210315-0192", "1.000894", "", ""},
        {"maHoSo: H42.31-210315-0192\nchuHoSo: Trần Thị Chi", "H42.31-210315-0192", "", "",
         "Trần Thị Chi"},
        {"{\"maHoSo\":\"H42.31-210315-0192\",\"maTTHC\":\"1.000894\",\"chuHoSo\":\"Trần Thị Chi\"}",
         "H42.31-210315-0192", "1.000894", "", "Trần Thị Chi"},
        {"https://dvc.example.vn/tra-cuu?maHoSo=H42.31-210315-0192&ma=1.000894",
         "H42.31-210315-0192", "1.000894", "", ""},
        {"https://dvc.example.vn/?q=H42%2E31-210315-0192&x=%ZZ", "H42.31-210315-0192", "", "", ""},
        {"036173521904|123456789|Trịnh Thị Hoa|27081973|Nữ|Hải Hậu, Nam Định|20122023", "", "",
         "036173521904", "Trịnh Thị Hoa"},
        {"036173521904||Trịnh Thị Hoa|27081973|Nữ|Hải Hậu, Nam Định|20122023|||extra", "", "",
         "036173521904", "Trịnh Thị Hoa"},
        {"036173521904||Trịnh Thị Hoa|31021973|Nữ|Hải Hậu|20122023", "", "", "036173521904", ""},
        {"036173521904||Trịnh Thị Hoa|27081973|Nam|Hải Hậu|20122023", "", "", "036173521904", ""},
        {"036173521904||Trịnh \x01Thị Hoa|27081973|Nữ|Hải Hậu|20122023", "", "", "036173521904",
         ""},
        {"036173521904||Trịnh Thị \xE2\x80\xAEHoa|27081973|Nữ|Hải Hậu|20122023", "", "",
         "036173521904", ""},
        {"CCCD: 036173521904; CMND: 123456789", "", "", "036173521904", ""},
        {"{\"soCMND\":\"123456789\"}", "", "", "123456789", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct qr_content content;
        if (!parse_qr(rows[i].payload, &content))
            fail_msg("row %zu not read", i);
        assert_string_equal(content.dossier_code, rows[i].dossier);
        assert_string_equal(content.procedure_code, rows[i].procedure);
        assert_string_equal(content.owner_id, rows[i].owner);
        assert_string_equal(content.owner_name, rows[i].name);
    }
}

static void a_code_says_until_when_only_in_words_for_the_end(void **state)
{
    static const struct {
        const char *payload, *until;
    } rows[] = {
        {"ma=H42.31-210315-0192;ngay_het_han=31/12/2026", "2026-12-31"},
        {"ma=H42.31-210315-0192;Hiệu lực đến: 31/12/2026", "2026-12-31"},
        {"ma=H42.31-210315-0192;valid_until=31/12/2026", "2026-12-31"},
        {"ma=H42.31-210315-0192;hieuluc=15/03/2021", ""},
        {"ma=H42.31-210315-0192;Ngày hiệu lực: 15/03/2021", ""},
        {"ma=H42.31-210315-0192;valid_from=15/03/2021", ""},
        {"ma=H42.31-210315-0192;invalid=15/03/2021", ""},
        {"ma=H42.31-210315-0192;hethan=31/02/2026", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct qr_content content;
        assert_true(parse_qr(rows[i].payload, &content));
        if (strcmp(content.valid_until, rows[i].until) != 0)
            fail_msg("row %zu: '%s'", i, content.valid_until);
    }
}

static void payloads_of_no_known_form_are_passed_over(void **state)
{
    static const char *const payloads[] = {
        "",
        "hello",
        "https://example.vn/",
        "{",
        "{\"a\":",
        "||||||||||||",
        "\xff\xfe|\xff",
        "{\"maHoSo\":{\"a\":[1,2]}}",
        "000.21.25.H40-241304-0096",
        "tel:0912345678",
        "javascript:alert(1)|<script>",
        "WIFI:T:WPA;S:x;P:y;;",
        "https://example.vn/?sdt=0912345678&so=123456789",
        "0100109106",
        "999173521904",
        "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA5303704",
        "'; DROP TABLE documents;--",
        "<script>alert(1)</script>",
    };
    struct qr_content content;
    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        if (parse_qr(payloads[i], &content))
            fail_msg("row %zu was read", i);
    char long_payload[QR_PAYLOAD_MAX + 10];
    memset(long_payload, '1', sizeof long_payload - 1);
    long_payload[sizeof long_payload - 1] = 0;
    assert_false(parse_qr(long_payload, &content));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_keep_their_own_rules),
        cmocka_unit_test(dossier_codes_are_repaired_or_refused),
        cmocka_unit_test(procedure_codes_stand_alone),
        cmocka_unit_test(payloads_are_read_whatever_their_syntax),
        cmocka_unit_test(a_code_says_until_when_only_in_words_for_the_end),
        cmocka_unit_test(payloads_of_no_known_form_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
