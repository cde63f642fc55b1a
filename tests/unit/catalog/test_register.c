#include "tests/harness/test.h"

#include "daemon/catalog/register_table.h"

struct read {
    struct js *told;
    struct buf lines;
    struct js *rows;
};

static void read_done(struct read *read)
{
    js_free(read->told);
    js_free(read->rows);
    buf_done(&read->lines);
}

static struct js *parse(const char *text)
{
    struct js *out = NULL;
    assert_int_equal(js_parse(text, strlen(text), &out, NULL), ERR_OK);
    return out;
}

static struct read read_as(enum catalog_format format, const char *text, const char *said,
                           const char *kept)
{
    struct read read = {.rows = js_array()};
    AUTO(js) struct js *said_map = said ? parse(said) : NULL;
    AUTO(js) struct js *kept_map = kept ? parse(kept) : NULL;
    struct register_reading reading = {.maps = {said_map, kept_map}, .format = format, .sheets = 1};
    struct err err = ERR_INIT;
    buf_init(&read.lines, 1u << 20);
    if (register_read(&reading, text, strlen(text), &read.lines, &read.told, &err))
        fail_msg("%s: %s", err_name(err.code), err.detail);
    char *rest = read.lines.bytes, *line;
    while (rest && (line = strsep(&rest, "\n")) && *line)
        js_push(read.rows, parse(line));
    assert_int_equal(js_count(read.rows), js_int_or(read.told, "rows", -1));
    return read;
}

static const char *cell(const struct read *read, size_t row, const char *path)
{
    return js_text_or(js_item(read->rows, row), path, "-");
}

static const char *field_of(const struct read *read, const char *key)
{
    const struct js *columns = js_at(read->told, "columns");
    for (size_t i = 0; i < js_count(columns); i++)
        if (strcmp(js_text_or(js_item(columns, i), "key", ""), key) == 0)
            return js_text_or(js_item(columns, i), "field", "?");
    return "none";
}

static void headings_are_told_by_their_words(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "STT;Số, ký hiệu;Ngày ban hành;Trích yếu nội dung;Tên tệp\n1;12/QĐ-UBND;5/3/2019;Về việc "
        "A;a.tif\n",
        "SỔ ĐĂNG KÝ VĂN BẢN NĂM 2019\n\nSTT,SO KY HIEU,NGAY BAN HANH,TRICH YEU NOI DUNG,TEN TEP\n"
        "1,12/QĐ-UBND,05-03-2019,Về việc A,a.tif\n",
        "Stt\tSố ký hiệu\tNgày ban hành\tTrích yếu nội dung\tTên "
        "tệp\n(1)\t(2)\t(3)\t(4)\t(5)\n1\t12/QĐ-UBND\tngày 5 tháng 3 năm 2019\tVề việc A\ta.tif\n",
        "STT;Văn bản;;;Tên tệp\n;Số, ký hiệu;Ngày ban hành;Trích yếu nội "
        "dung;\n1;12/QĐ-UBND;2019-03-05;Về việc A;a.tif\n"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct read read = read_as(CATALOG_DELIMITED, texts[i], NULL, NULL);
        assert_true(js_is_null(js_at(read.told, "problem")));
        assert_int_equal(js_count(read.rows), 1);
        assert_string_equal(cell(&read, 0, "values.number_symbol"), "12/QĐ-UBND");
        assert_string_equal(cell(&read, 0, "values.issue_date"), "2019-03-05");
        assert_string_equal(cell(&read, 0, "values.abstract"), "Về việc A");
        assert_string_equal(cell(&read, 0, "path"), "a.tif");
        read_done(&read);
    }
}

static void what_is_no_row_is_passed_over_and_told(void **state)
{
    (void)state;
    struct read read = read_as(
        CATALOG_DELIMITED,
        "STT;Số ký hiệu;Ngày ký;Họ tên;Tên file\nI;;;;\n;;Tháng 3 năm 2019;;\n1;1/QĐ;5/3/2019;Trần "
        "Văn Mẫu;1.tif\n;;;;\nSTT;Số ký hiệu;Ngày ký;Họ tên;Tên file\n2;2/QĐ;6/3/2019;Lê Thị "
        "Thử;2.tif\nTổng cộng:;2;;;\n;;;;\n;;Hà Nội, ngày 31 tháng 12 năm 2019;;\nNgười lập "
        "biểu;;;Chủ tịch;\n",
        NULL, NULL);
    assert_int_equal(js_count(read.rows), 2);
    assert_int_equal(js_int_or(read.told, "left_out", -1), 6);
    assert_int_equal(js_int_or(js_item(read.rows, 1), "line", 0), 7);
    assert_string_equal(cell(&read, 1, "values.owner_name"), "Lê Thị Thử");
    AUTO(mem) char *notes = js_dump(js_at(read.told, "notes"));
    assert_null(strstr(notes, "Mẫu"));
    assert_non_null(strstr(notes, "a total, left out"));
    assert_non_null(strstr(notes, "below the table, left out"));
    read_done(&read);
}

static void a_value_without_its_form_stays_as_text_and_is_told_by_line(void **state)
{
    (void)state;
    struct read read =
        read_as(CATALOG_DELIMITED, "Tên tệp,Ngày cấp,CCCD\na,32/13/2019,036090001234\nb,nt,12\n",
                NULL, NULL);
    assert_string_equal(cell(&read, 0, "values.issue_date"), "-");
    assert_string_equal(cell(&read, 0, "texts.issue_date"), "32/13/2019");
    assert_string_equal(cell(&read, 0, "values.owner_id"), "036090001234");
    assert_string_equal(cell(&read, 1, "texts.issue_date"), "nt");
    assert_int_equal(js_int_or(read.told, "unread.issue_date", 0), 2);
    assert_int_equal(js_int_or(read.told, "unread.owner_id", 0), 1);
    assert_int_equal(js_int_or(js_item(js_at(read.told, "notes"), 0), "line", 0), 2);
    read_done(&read);
}

static void a_ditto_mark_says_what_the_row_above_says(void **state)
{
    (void)state;
    struct read read = read_as(CATALOG_DELIMITED,
                               "Tên tệp;Số;Ký hiệu;Ngày tháng;Cơ quan ban hành;Trích yếu\n"
                               "a.tif;12;QĐ-UBND;5/3/2019;UBND huyện Mẫu;Cấp giấy phép\n"
                               "b.tif;13;nt;\"\"\"\";Như trên;-\n"
                               "c.tif;14;nt;6/3/2019;〃;\n"
                               "d.tif;15;QĐ;32/1/2019;UBND xã Thử;nt\n"
                               "e.tif;16;;nt;nt;\n"
                               "f.tif;nt;nt;nt;nt;nt\n",
                               NULL, NULL);
    static const struct {
        size_t row;
        const char *path, *value;
    } cells[] = {
        {1, "values.number_symbol", "13/QĐ-UBND"},
        {1, "values.issue_date", "2019-03-05"},
        {1, "values.issuer", "UBND huyện Mẫu"},
        {1, "values.abstract", "-"}, /* a dash is none, or nobody knows */
        {2, "values.number_symbol", "14/QĐ-UBND"},
        {2, "values.issue_date", "2019-03-06"},
        {2, "values.issuer", "UBND huyện Mẫu"},
        {3, "values.abstract", "-"}, /* nothing stands above */
        {3, "texts.abstract", "nt"},
        {4, "values.issue_date", "-"}, /* nothing that could be read */
        {4, "texts.issue_date", "nt"},
        {4, "values.issuer", "UBND xã Thử"},
        {4, "values.number_symbol", "16"},
        {5, "values.number_symbol", "-"}, /* a number is the row's own */
        {5, "values.issuer", "UBND xã Thử"},
    };
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        if (strcmp(cell(&read, cells[i].row, cells[i].path), cells[i].value) != 0)
            fail_msg("cell %zu: %s", i, cell(&read, cells[i].row, cells[i].path));
    assert_string_equal(js_text_or(read.told, "notes[0].why", ""),
                        "a ditto mark, read as the row above");
    read_done(&read);
}

static void a_spreadsheet_holds_days_as_numbers_and_drops_zeros(void **state)
{
    (void)state;
    struct read read = read_as(CATALOG_SHEET,
                               "Số\tKý hiệu\tNgày tháng\tSố CCCD\n12\tQĐ-UBND\t43529\t36090001234\n"
                               "13/QĐ-UBND\tQĐ-UBND\t43529.5",
                               NULL, NULL);
    assert_string_equal(cell(&read, 0, "values.number_symbol"), "12/QĐ-UBND");
    assert_string_equal(cell(&read, 0, "values.issue_date"), "2019-03-05");
    assert_string_equal(cell(&read, 0, "values.owner_id"), "036090001234");
    assert_string_equal(cell(&read, 1, "values.number_symbol"), "13/QĐ-UBND");
    assert_string_equal(cell(&read, 1, "values.issue_date"), "2019-03-05");
    read_done(&read);
}

static void what_a_person_says_of_a_column_goes_before_its_words(void **state)
{
    (void)state;
    static const char text[] = "Tên tệp;Số đến;Ngày;Người nộp\na;12/QĐ;1/2/2019;Trần Văn Mẫu\n";
    struct read plain = read_as(CATALOG_DELIMITED, text, NULL, NULL);
    assert_string_equal(field_of(&plain, "so_den"), "?");
    assert_string_equal(field_of(&plain, "ngay"), "issue_date");
    struct read said =
        read_as(CATALOG_DELIMITED, text,
                "{\"so_den\":\"number_symbol\",\"ngay\":\"-\",\"nguoi_nop\":\"owner_name\"}", NULL);
    assert_string_equal(field_of(&said, "so_den"), "number_symbol");
    assert_string_equal(cell(&said, 0, "values.number_symbol"), "12/QĐ");
    assert_string_equal(cell(&said, 0, "values.owner_name"), "Trần Văn Mẫu");
    assert_string_equal(cell(&said, 0, "values.issue_date"), "-");
    struct read kept = read_as(CATALOG_DELIMITED, text, "{\"ngay\":\"issue_date\"}",
                               "{\"so_den\":\"number_symbol\",\"ngay\":\"-\"}");
    assert_string_equal(field_of(&kept, "so_den"), "number_symbol");
    assert_string_equal(field_of(&kept, "ngay"), "issue_date");
    read_done(&plain);
    read_done(&said);
    read_done(&kept);
}

static void a_file_without_a_register_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "no headings found: a file or number column and one more are wanted"},
        {"a;b\n1;2\n", "no headings found: a file or number column and one more are wanted"},
        {"Họ tên;Ngày sinh\nA;1/2/1990\n",
         "no headings found: a file or number column and one more are wanted"},
        {"Tên tệp;Ngày ký\n", "no rows below the headings"},
        {"\xff\xfe\n", "is UTF-16: save it as CSV UTF-8"},
        {"T\xe9n;\n", "is no UTF-8 text: save it as CSV UTF-8"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct read read = read_as(CATALOG_DELIMITED, cases[i].text, NULL, NULL);
        assert_string_equal(js_text_or(read.told, "problem", "-"), cases[i].why);
        read_done(&read);
    }
    struct read read =
        read_as(CATALOG_DELIMITED, "TIÊU ĐỀ\nCột A;Cột B;Cột C\n1;2;3\n", NULL, NULL);
    assert_int_equal(js_count(js_at(read.told, "columns")), 3); /* for a person to say */
    read_done(&read);
}

static void lines_come_in_chunks_of_whole_rows(void **state)
{
    (void)state;
    AUTO(buf) struct buf text;
    buf_init(&text, 1u << 20);
    buf_text(&text, "Tên tệp;Ngày ký\n");
    for (int i = 0; i < 2 * REGISTER_CHUNK_ROWS + 1; i++)
        buf_printf(&text, "%d.tif;5/3/2019\n", i);
    struct read read = {.rows = js_array()};
    struct register_reading reading = {.format = CATALOG_DELIMITED};
    buf_init(&read.lines, 1u << 20);
    assert_int_equal(register_read(&reading, text.bytes, text.size, &read.lines, &read.told, NULL),
                     ERR_OK);
    const struct js *chunks = js_at(read.told, "chunks");
    int64_t at = 0;
    assert_int_equal(js_count(chunks), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(js_int_or(js_item(chunks, i), "offset", -1), at);
        at += js_int_or(js_item(chunks, i), "size", 0);
        assert_int_equal(read.lines.bytes[at - 1], '\n');
    }
    assert_int_equal(at, read.lines.size);
    read_done(&read);
}

static void two_writings_of_one_value_are_the_same(void **state)
{
    (void)state;
    static const struct {
        enum field_name name;
        const char *value, *other;
        bool same;
    } cases[] = {{FIELD_number_symbol, "05/QĐ-UBND", "5 / QD–UBND", true},
                 {FIELD_number_symbol, "05/QĐ-UBND", "50/QĐ-UBND", false},
                 {FIELD_number_symbol, "10/QĐ-UBND", "1/QĐ-UBND", false},
                 {FIELD_issuer, "UBND huyện Mẫu", "ỦY BAN NHÂN DÂN HUYỆN MẪU", true},
                 {FIELD_issuer, "Uỷ ban nhân dân TP. Mẫu", "Ủy ban nhân dân thành phố Mẫu", true},
                 {FIELD_issuer, "UBND huyện Mẫu", "UBND huyện Thử", false},
                 {FIELD_abstract, "V/v cấp giấy phép", "Về việc cấp giấy phép.", true},
                 {FIELD_owner_name, "TRẦN VĂN MẪU", "Trần Văn Mẫu", true},
                 {FIELD_owner_name, "Tran Van Mau", "Trần Văn Mẫu", false},
                 {FIELD_issue_date, "2019-03-05", "2019-05-03", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (register_same(cases[i].name, cases[i].value, cases[i].other) != cases[i].same)
            fail_msg("case %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings_are_told_by_their_words),
        cmocka_unit_test(what_is_no_row_is_passed_over_and_told),
        cmocka_unit_test(a_value_without_its_form_stays_as_text_and_is_told_by_line),
        cmocka_unit_test(a_ditto_mark_says_what_the_row_above_says),
        cmocka_unit_test(a_spreadsheet_holds_days_as_numbers_and_drops_zeros),
        cmocka_unit_test(what_a_person_says_of_a_column_goes_before_its_words),
        cmocka_unit_test(a_file_without_a_register_says_why),
        cmocka_unit_test(lines_come_in_chunks_of_whole_rows),
        cmocka_unit_test(two_writings_of_one_value_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
