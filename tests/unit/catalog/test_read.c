#include "tests/harness/test.h"

#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/catalog/catalog_read.h"

#include <fcntl.h>

static struct js *read_as(const char *kind, enum catalog_format format, const char *bytes,
                          size_t size)
{
    struct js *out = NULL;
    struct err err = ERR_INIT;
    if (catalog_read(catalog_kind_find(kind), format, bytes, size, &out, &err))
        fail_msg("%s: %s", err_name(err.code), err.detail);
    return out;
}

static struct js *read_text(const char *kind, const char *text)
{
    return read_as(kind, CATALOG_DELIMITED, text, strlen(text));
}

static void expect_cell(const struct js *read, size_t row, const char *column, const char *wanted)
{
    assert_string_equal(js_text_or(js_item(js_at(read, "rows"), row), column, "-"), wanted);
}

/* "12 code" of the first; "" when there is none. */
static const char *first_of(const struct js *read, const char *list)
{
    static char told[200];
    const struct js *first = js_item(js_at(read, list), 0);
    told[0] = 0;
    if (first)
        snprintf(told, sizeof told, "%lld %s: %s", (long long)js_int_or(first, "line", -1),
                 js_text_or(first, "column", "-"), js_text_or(first, "why", ""));
    return told;
}

static void one_table_is_read_however_it_is_delimited(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Mã kết quả\tTên kết quả\nKQ.1\tGiấy A; \"B\", C\nKQ.2\tD\n",
        "\xef\xbb\xbfMã kết quả;Tên kết quả\r\nKQ.1;\"Giấy A; \"\"B\"\", C\"\r\nKQ.2;D",
        "ma_ket_qua,ten_ket_qua\nKQ.1,\"Giấy A; \"\"B\"\", C\"\nKQ.2,D\n\n",
        "sep=;\r\nMÃ KẾT QUẢ;TÊN KẾT QUẢ\r\nKQ.1;\"Giấy A; \"\"B\"\", C\"\r\nKQ.2;\"D\"\r\n",
        "sep=|\nma_ket_qua|ten_ket_qua\nKQ.1|\"Giấy A; \"\"B\"\", C\"\nKQ.2|D\n",
        "ma_ket_qua,ten_ket_qua\rKQ.1,\"Giấy\n A; \"\"B\"\",\n C\"\rKQ.2,D",
        "DANH MỤC KẾT QUẢ,\n,\nMã kết quả,Tên kết quả\nKQ.1,\"Giấy A; \"\"B\"\", C\"\nKQ.2,D\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO(js) struct js *read = read_text("result-types", texts[i]);
        assert_string_equal(first_of(read, "problems"), "");
        assert_int_equal(js_count(js_at(read, "rows")), 2);
        expect_cell(read, 0, "code", "KQ.1");
        expect_cell(read, 0, "name", "Giấy A; \"B\", C");
        expect_cell(read, 1, "name", "D");
    }
}

static void what_is_wrong_is_named_by_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *text, *problem;
    } cases[] = {
        {"result-types", "", "0 -: nothing in it"},
        {"result-types", "ma,ten\n1,2\n", "1 -: no headings: code, name missing"},
        {"result-types", "code,name\n", "0 -: no rows"},
        {"result-types", "code,name\nK1,A\nK2\n", "3 -: fewer cells than headings"},
        {"result-types", "code,name\nK1,A,B\n", "2 -: more cells than headings"},
        {"procedures", "code,name\n1.000011,\n", "2 name: is empty"},
        {"result-types", "code,name\n,A\n", "2 code: is empty"},
        {"result-types", "code,name\nK 1,A\n", "2 code: a code without blanks is wanted"},
        {"result-types", "code,name,ma_ket_qua\nK1,A,K2\n",
         "1 code: two headings name this column"},
        {"result-types", "code,name\nK1,\"A\nK2,B\n", "2 -: a quote that is never closed"},
        {"result-types", "code,name\nK1,\"A\"B\n", "2 -: text behind a closing quote"},
        {"result-types", "code,name\nK1,\x01\n", "2 name: has a control character"},
        {"result-types", "code,name\nK1,A\nK2,\xc3\n",
         "3 -: is no UTF-8 text: save it as CSV UTF-8"},
        {"result-types",
         "\xff\xfe"
         "c",
         "1 -: is UTF-16: save it as CSV UTF-8"},
        {"procedures", "code,name\n1.00001,A\n", "2 code: no procedure code (1.234567)"},
        {"procedures", "code,name\n1.000011,A\n1.000012,B\n1.000011,C\n",
         "4 code: twice, see line 2"},
        {"units-2025", "code,name\n123,A\n", "2 code: not as many digits as this code has"},
        {"agencies", "code;name;valid_from\nH56;A;1.13.2025\n",
         "2 valid_from: no date (2025-07-01 or 01/07/2025)"},
        {"agencies", "code;name;valid_from;valid_to\nH56;A;2025-07-01;2025-06-30\n",
         "2 valid_to: lies before valid_from"},
        {"agencies", "code;name;valid_from;valid_to\nH56;A;;2025-07-01\nH56;B;2025-07-01;\n",
         "3 code: holds at the same time as line 2"},
        {"rule-sets", "procedure,paper,name,group\n1.000011,P1,A,f\n",
         "2 group: none of the words this column may have"},
        {"rule-sets", "procedure,paper,name,type\n1.000011,P1,A,letter\n",
         "2 type: no document type"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *read = read_text(cases[i].kind, cases[i].text);
        assert_string_equal(first_of(read, "problems"), cases[i].problem);
        assert_true(js_int_or(read, "problem_count", 0) > 0);
    }
}

static void problems_are_counted_beyond_those_that_are_told(void **state)
{
    (void)state;
    AUTO(buf) struct buf text;
    buf_init(&text, 1u << 20);
    buf_text(&text, "code,name\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "K %d,A\n", i);
    AUTO(js) struct js *read = read_text("result-types", text.bytes);
    assert_int_equal(js_int_or(read, "problem_count", 0), 500);
    assert_int_equal(js_count(js_at(read, "problems")), 100);
}

static void unknown_columns_and_rows_told_twice_are_left_out_with_a_note(void **state)
{
    (void)state;
    AUTO(js) struct js *read = read_text("result-types", "Mã kết quả;Số;Tên kết quả\nK1;7;A\n");
    assert_string_equal(first_of(read, "notes"), "1 so: unknown column, left out");
    assert_false(js_has(read, "rows[0].so"));
    AUTO(js) struct js *twice = read_text("result-types", "code,name\nK1,A\nK1,B\n");
    assert_string_equal(first_of(twice, "notes"), "3 code: the same code as in line 2, left out");
    assert_int_equal(js_count(js_at(twice, "rows")), 1);
    expect_cell(twice, 0, "name", "A");
    AUTO(js)
    struct js *units = read_text("units-2025", "code,name\n00004,A\n00004,A\n");
    assert_int_equal(js_int_or(units, "problem_count", -1), 0);
    assert_int_equal(js_count(js_at(units, "rows")), 1);
}

static void rows_that_follow_one_another_in_time_may_share_a_key(void **state)
{
    (void)state;
    AUTO(js)
    struct js *read = read_text("agencies", "Mã định danh;Tên cơ quan;Từ ngày;Đến ngày\n"
                                            "H56;A;1/7/2025;\nH56;B;;30/6/2025\n");
    assert_string_equal(first_of(read, "problems"), "");
    expect_cell(read, 0, "valid_from", "2025-07-01");
    expect_cell(read, 1, "valid_to", "2025-06-30");
}

static void values_are_nfc_with_single_blanks_and_codes_short(void **state)
{
    (void)state;
    AUTO(js)
    struct js *read =
        read_text("procedures", "code\tname\n1.000011.000.00.00.H56\t  A\xcc\x81  b\xc2\xa0 c \n");
    expect_cell(read, 0, "code", "1.000011");
    expect_cell(read, 0, "name", "\xc3\x81 b c");
}

static void a_sheet_leaves_empty_cells_out_and_holds_numbers(void **state)
{
    (void)state;
    static const char text[] = "DANH MỤC\n\nMã xã\tTên xã\tMã tỉnh\tTỉnh\t\n"
                               "4\tPhường \"A\n00008\tXã B\t1\tHà Nội\n";
    AUTO(js) struct js *read = read_as("units-2025", CATALOG_SHEET, text, strlen(text));
    assert_string_equal(first_of(read, "problems"), "");
    expect_cell(read, 0, "code", "00004");
    expect_cell(read, 0, "name", "Phường \"A");
    expect_cell(read, 1, "province_code", "01");
    static const char dated[] = "code\tname\tvalid_from\nH56\tA\t45839\n";
    AUTO(js) struct js *days = read_as("agencies", CATALOG_SHEET, dated, strlen(dated));
    expect_cell(days, 0, "valid_from", "2025-07-01");
}

static void json_of_communes_in_provinces_becomes_communes(void **state)
{
    (void)state;
    static const char text[] =
        "[{\"Code\":\"01\",\"FullName\":\"Thành phố Hà Nội\",\"Wards\":[{\"Code\":\"00004\","
        "\"FullName\":\"Phường Ba Đình\",\"ProvinceCode\":\"01\"}]},{\"Code\":\"04\",\"FullName\":"
        "\"Tỉnh Cao Bằng\",\"Wards\":[{\"Code\":\"01273\",\"FullName\":\"Phường Thục Phán\","
        "\"ProvinceCode\":\"04\"}]}]";
    AUTO(js) struct js *read = read_as("units-2025", CATALOG_JSON, text, strlen(text));
    assert_string_equal(first_of(read, "problems"), "");
    assert_int_equal(js_count(js_at(read, "rows")), 2);
    expect_cell(read, 0, "province", "Thành phố Hà Nội");
    expect_cell(read, 1, "name", "Phường Thục Phán");
    expect_cell(read, 1, "province", "Tỉnh Cao Bằng");
    static const char *const bad[] = {"", "{}", "[", "7", "[1]", "[{\"a\":[1]}]", "[{\"a\":[{}]}]"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        AUTO(js) struct js *none = read_as("units-2025", CATALOG_JSON, bad[i], strlen(bad[i]));
        assert_true(js_int_or(none, "problem_count", 0) > 0);
    }
}

/* Who writes JSON leaves out what is empty, and may begin with a byte order mark. */
static void json_objects_may_differ_in_their_keys(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf[{\"code\":\"1.000001\",\"name\":\"A\"},"
        "{\"name\":\"B\",\"linh.vuc\":\"Đất đai\",\"code\":\"1.000002\",\"decision\":null}]";
    static const char units[] =
        "[{\"FullName\":\"X\",\"Wards\":[{\"Code\":\"00001\",\"FullName\":\"A\"}]},"
        "{\"FullName\":\"Y\",\"Wards\":[{\"ProvinceCode\":\"02\",\"FullName\":\"B\","
        "\"Code\":\"00002\"}]}]";
    AUTO(js) struct js *read = read_as("procedures", CATALOG_JSON, text, strlen(text));
    assert_string_equal(first_of(read, "problems"), "");
    expect_cell(read, 0, "sector", "-");
    expect_cell(read, 1, "name", "B");
    expect_cell(read, 1, "sector", "Đất đai");
    AUTO(js) struct js *nested = read_as("units-2025", CATALOG_JSON, units, strlen(units));
    assert_string_equal(first_of(nested, "problems"), "");
    expect_cell(nested, 1, "code", "00002");
    expect_cell(nested, 1, "name", "B");
    expect_cell(nested, 1, "province_code", "02");
    expect_cell(nested, 1, "province", "Y");
}

/* What cannot be read says so once; nothing is said of headings that nobody looked for. */
static void a_file_that_cannot_be_read_has_one_problem(void **state)
{
    (void)state;
    static const char utf16[] = "\xff\xfe"
                                "c";
    AUTO(js) struct js *read = read_text("procedures", utf16);
    assert_int_equal(js_int_or(read, "problem_count", 0), 1);
    AUTO(js) struct js *object = read_as("procedures", CATALOG_JSON, "{}", 2);
    assert_string_equal(first_of(object, "problems"), "0 -: is no JSON list of objects");
    assert_int_equal(js_int_or(object, "problem_count", 0), 1);
}

static void a_quote_in_tsv_is_a_character_unless_it_closes_the_cell(void **state)
{
    (void)state;
    AUTO(js)
    struct js *read =
        read_text("result-types", "code\tname\nK1\t\"A\" và B\nK2\t\"C\"\nK3\t\"D\nK4\tE\n");
    assert_string_equal(first_of(read, "problems"), "");
    expect_cell(read, 0, "name", "\"A\" và B");
    expect_cell(read, 1, "name", "C");
    expect_cell(read, 2, "name", "\"D");
}

/* What the national portal lists. */
static void the_lists_beside_the_checkout_are_read_whole(void **state)
{
    (void)state;
    static const struct {
        const char *file, *kind;
        enum catalog_format format;
        size_t rows;
    } cases[] = {{"procedures.tsv", "procedures", CATALOG_DELIMITED, 2642},
                 {"result_types.tsv", "result-types", CATALOG_DELIMITED, 2291},
                 {"units_before_2025.tsv", "units-before-2025", CATALOG_DELIMITED, 10612},
                 {"units_2025.json", "units-2025", CATALOG_JSON, 3321}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *bytes = NULL;
        size_t size;
        char path[600];
        snprintf(path, sizeof path, SOHOA_SOURCE_DIR "/../shared/data/%s", cases[i].file);
        test_need_file(path);
        assert_int_equal(file_read(AT_FDCWD, path, 16u << 20, &bytes, &size, NULL), ERR_OK);
        AUTO(js) struct js *read = read_as(cases[i].kind, cases[i].format, bytes, size);
        assert_string_equal(first_of(read, "problems"), "");
        assert_int_equal(js_count(js_at(read, "rows")), cases[i].rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_table_is_read_however_it_is_delimited),
        cmocka_unit_test(what_is_wrong_is_named_by_line_and_column),
        cmocka_unit_test(problems_are_counted_beyond_those_that_are_told),
        cmocka_unit_test(unknown_columns_and_rows_told_twice_are_left_out_with_a_note),
        cmocka_unit_test(rows_that_follow_one_another_in_time_may_share_a_key),
        cmocka_unit_test(values_are_nfc_with_single_blanks_and_codes_short),
        cmocka_unit_test(a_sheet_leaves_empty_cells_out_and_holds_numbers),
        cmocka_unit_test(json_of_communes_in_provinces_becomes_communes),
        cmocka_unit_test(json_objects_may_differ_in_their_keys),
        cmocka_unit_test(a_file_that_cannot_be_read_has_one_problem),
        cmocka_unit_test(a_quote_in_tsv_is_a_character_unless_it_closes_the_cell),
        cmocka_unit_test(the_lists_beside_the_checkout_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
