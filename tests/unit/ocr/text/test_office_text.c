#include "ocr/extract/templates.h"
#include "ocr/text/office_text.h"
#include "tests/harness/test.h"
#include "tests/unit/ocr/text/office_maker.h"

static struct templates *templates;

static int load(void **state)
{
    (void)state;
    return templates_load(NULL, &templates, NULL);
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

static enum err_code read_parts(const struct made_part *parts, char **out, struct err *err)
{
    size_t size;
    AUTO(mem) char *made = office_make(parts, &size);
    return office_text_read(templates_syllables(templates), made, size, out, err);
}

static void check_says(const char *name, const struct made_part *parts, const char *wanted)
{
    AUTO(mem) char *text = NULL;
    struct err err = ERR_INIT;
    if (read_parts(parts, &text, &err))
        fail_msg("%s: %s %s", name, err_name(err.code), err.detail);
    if (!strstr(text, wanted))
        fail_msg("%s: '%s'", name, text);
}

#define DOCUMENT(body)                                                                             \
    {                                                                                              \
        "word/document.xml", "<w:document " WORD_NS "><w:body>" body "</w:body></w:document>", 0   \
    }
#define STYLES(content)                                                                            \
    {                                                                                              \
        "word/styles.xml", "<w:styles " WORD_NS ">" content "</w:styles>", 0                       \
    }
#define FONT(name) "<w:rFonts w:ascii=\"" name "\" w:hAnsi=\"" name "\"/>"
#define RUN(properties, text)                                                                      \
    "<w:r><w:rPr>" properties "</w:rPr><w:t xml:space=\"preserve\">" text "</w:t></w:r>"
#define PARAGRAPH(content) "<w:p>" content "</w:p>"

/* "Cộng hòa xã hội" as the fonts have it. */
#define TCVN3 "C\u00e9ng h\u00dfa x\u00b7 h\u00e9i"
#define VNI "Co\u00e4ng ho\u00f8a xa\u00f5 ho\u00e4i"
#define MEANT "Cộng hòa xã hội"

static void each_run_is_read_as_its_font_has_it(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct made_part parts[4];
        const char *wanted;
    } cases[] = {
        {"Unicode", {DOCUMENT(PARAGRAPH(RUN("", MEANT)))}, MEANT "\n"},
        {"the run's font", {DOCUMENT(PARAGRAPH(RUN(FONT(".VnTime"), TCVN3)))}, MEANT},
        {"fonts side by side",
         {DOCUMENT(PARAGRAPH(RUN(FONT(".VnTime"), TCVN3) RUN(FONT("Arial"), " – độc lập – ")
                                 RUN(FONT("VNI-Times"), VNI)))},
         MEANT " – độc lập – " MEANT},
        {"an accent in the next run of its font",
         {DOCUMENT(PARAGRAPH(RUN(FONT("VNI-Times"), "Co") RUN(FONT("VNI-Times"), "\u00e4ng")))},
         "Cộng"},
        {"a capital font",
         {DOCUMENT(PARAGRAPH(RUN(FONT(".VnTimeH"), "c\u00e9ng h\u00dfa")))},
         "CỘNG HÒA"},
        {"the paragraph's style and what it is based on",
         {DOCUMENT(PARAGRAPH("<w:pPr><w:pStyle w:val=\"Than\"/></w:pPr>" RUN("", TCVN3))),
          STYLES("<w:style w:type=\"paragraph\" w:styleId=\"Goc\"><w:rPr>" FONT(
              ".VnTime") "</w:rPr></w:style><w:style w:type=\"paragraph\" w:styleId=\"Than\">"
                         "<w:basedOn w:val=\"Goc\"/></w:style>")},
         MEANT},
        {"the run's style before the paragraph's",
         {DOCUMENT(PARAGRAPH(
              "<w:pPr><w:pStyle w:val=\"A\"/></w:pPr>" RUN("<w:rStyle w:val=\"B\"/>", VNI))),
          STYLES("<w:style w:type=\"paragraph\" w:styleId=\"A\"><w:rPr>" FONT(
              ".VnTime") "</w:rPr></w:style><w:style w:type=\"character\" "
                         "w:styleId=\"B\"><w:rPr>" FONT("VNI-Times") "</w:rPr></w:style>")},
         MEANT},
        {"the default paragraph style",
         {DOCUMENT(PARAGRAPH(RUN("", TCVN3))),
          STYLES("<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:rPr>" FONT(
              ".VnTime") "</w:rPr></w:style>")},
         MEANT},
        {"the document's default, by the theme",
         {DOCUMENT(PARAGRAPH(RUN("", TCVN3))),
          STYLES("<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:asciiTheme=\"minorHAnsi\" "
                 "w:hAnsiTheme=\"minorHAnsi\"/></w:rPr></w:rPrDefault></w:docDefaults>"),
          {"word/theme/theme1.xml",
           "<a:theme xmlns:a=\"x\"><a:fontScheme><a:majorFont><a:latin typeface=\"Arial\"/>"
           "</a:majorFont><a:minorFont><a:latin typeface=\".VnTime\"/></a:minorFont>"
           "</a:fontScheme></a:theme>",
           0}},
         MEANT},
        {"the font of a paragraph's mark is not the text's",
         {DOCUMENT(PARAGRAPH(
             "<w:pPr><w:rPr>" FONT(".VnTime") "</w:rPr></w:pPr>" RUN(FONT("Arial"), "caf\u00e9")))},
         "café"},
        {"a base that is itself",
         {DOCUMENT(PARAGRAPH("<w:pPr><w:pStyle w:val=\"A\"/></w:pPr>" RUN("", MEANT))),
          STYLES("<w:style w:styleId=\"A\"><w:basedOn w:val=\"A\"/></w:style>")},
         MEANT},
        {"a table",
         {DOCUMENT("<w:tbl><w:tr><w:tc>" PARAGRAPH(RUN("", "Một")) "</w:tc><w:tc>" PARAGRAPH(
             RUN("", "Hai")) "</w:tc></w:tr></w:tbl>")},
         "Một \tHai \t\n"},
        {"what is said again for old programs, taken out, or a field's code",
         {DOCUMENT(PARAGRAPH(RUN("", "một") "<mc:AlternateContent><mc:Fallback>" PARAGRAPH(
             RUN("", "lại")) "</mc:Fallback></mc:AlternateContent><w:del><w:r><w:delText>xóa"
                             "</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText>"
                             "</w:r>" RUN("", " hai")))},
         "một hai\n"},
        {"a header",
         {DOCUMENT(PARAGRAPH(RUN("", "thân"))),
          {"word/header1.xml", "<w:hdr " WORD_NS ">" PARAGRAPH(RUN("", "đầu trang")) "</w:hdr>",
           0}},
         "thân\n\nđầu trang"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_says(cases[i].name, cases[i].parts, cases[i].wanted);
}

static void a_font_nobody_knows_is_told_by_its_words(void **state)
{
    (void)state;
    const struct made_part parts[] = {
        DOCUMENT(
            PARAGRAPH(RUN(FONT("Khong biet"),
                          "\u00f1y ban nh\u00a9n d\u00a9n x\u00b7 An B\u00d7nh v\u00d2 vi\u00d6c "
                          "c\u00abng nh\u00cbn "
                          "k\u00d5t qu\u00b6 b\u00c7u tr\u00adëng th\u00abn nhi\u00d6m k\u00fa"))),
        {0}};
    check_says("unknown", parts, "ủy ban nhân dân xã An Bình về việc công nhận kết quả");
}

static void registers_are_rows_of_cells(void **state)
{
    (void)state;
    const struct made_part parts[] = {
        {"xl/workbook.xml", "<workbook/>", 0},
        {"xl/styles.xml",
         "<styleSheet><fonts><font><name val=\"Arial\"/></font><font><name val=\".VnTime\"/></font>"
         "</fonts><cellStyleXfs><xf fontId=\"1\"/></cellStyleXfs><cellXfs><xf fontId=\"0\"/>"
         "<xf fontId=\"1\"/></cellXfs></styleSheet>",
         0},
        {"xl/sharedStrings.xml",
         "<sst><si><t>Họ tên</t></si><si><t>" TCVN3
         "</t></si><si><r><rPr><rFont val=\"VNI-Times\"/>"
         "</rPr><t>" VNI "</t></r></si><si><t>Đọc</t><rPh><t>rubi</t></rPh></si></sst>",
         0},
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData><row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\"><v>1986</v></c>"
         "</row><row><c r=\"A2\" t=\"s\" s=\"1\"><v>1</v></c><c r=\"B2\" t=\"s\" s=\"1\"><v>2</v>"
         "</c><c r=\"C2\" t=\"inlineStr\"><is><t>thôn</t></is></c><c t=\"s\"><v>3</v></c><c "
         "t=\"s\">"
         "<v>99</v></c></row></sheetData></worksheet>",
         0},
        {"xl/worksheets/sheet2.xml",
         "<worksheet><row><c t=\"str\"><v>tờ hai</v></c></row></worksheet>", 0},
        {0}};
    check_says("register", parts, "Họ tên\t\t1986\n" MEANT "\t" MEANT "\tthôn\tĐọc\t\n\ntờ hai\n");
}

static char *repeat(const char *text, size_t times)
{
    size_t size = strlen(text);
    char *made = mem_alloc(size * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(made + i * size, text, size);
    return made;
}

static void hostile_files_are_refused_by_name(void **state)
{
    (void)state;
    AUTO(mem) char *bomb = repeat(" ", 70u << 20);
    AUTO(mem) char *deeper = repeat("<w:a>", 100000);
    AUTO(mem) char *higher = repeat("</w:a>", 100000);
    AUTO(mem) char *nested = mem_printf("%s%s", deeper, higher);
    AUTO(mem) char *long_text = repeat("mười chữ cái ", 1 << 20);
    AUTO(mem)
    char *wordy = mem_printf("<w:document " WORD_NS "><w:p><w:r><w:t>%s</w:t></w:r></w:p>"
                             "</w:document>",
                             long_text);
    static const char entities[] =
        "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
        "<w:document " WORD_NS "><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:document>";
    static const char outside[] =
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><w:document " WORD_NS
        "><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>";
    const struct {
        const char *name;
        struct made_part parts[2];
        enum err_code code;
    } cases[] = {
        {"a bomb", {{"word/document.xml", bomb, 70u << 20}}, ERR_TOO_LARGE},
        {"entities that expand", {{"word/document.xml", entities, 0}}, ERR_FORMAT_UNKNOWN},
        {"an entity from outside", {{"word/document.xml", outside, 0}}, ERR_FORMAT_UNKNOWN},
        {"elements without end", {{"word/document.xml", nested, 0}}, ERR_FORMAT_UNKNOWN},
        {"more text than any paper", {{"word/document.xml", wordy, 0}}, ERR_TOO_LARGE},
        {"damaged XML", {{"word/document.xml", "<w:document", 0}}, ERR_FORMAT_UNKNOWN},
        {"nothing that says anything", {{"other.xml", "<a/>", 0}}, ERR_FORMAT_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *text = NULL;
        enum err_code code = read_parts(cases[i].parts, &text, NULL);
        if (code != cases[i].code)
            fail_msg("%s: %s", cases[i].name, err_name(code));
    }
}

static void a_size_that_lies_is_not_believed(void **state)
{
    (void)state;
    const struct made_part parts[] = {DOCUMENT(PARAGRAPH(RUN("", MEANT))), {0}};
    size_t size;
    AUTO(mem) char *made = office_make(parts, &size);
    for (size_t at = 0; at + 4 < size; at++) {
        AUTO(mem) char *other = mem_alloc(size);
        AUTO(mem) char *text = NULL;
        memcpy(other, made, size);
        memset(other + at, 0xff, 4);
        enum err_code code =
            office_text_read(templates_syllables(templates), other, size, &text, NULL);
        if (!code && strlen(text) > 1000)
            fail_msg("at %zu: %zu bytes", at, strlen(text));
    }
    for (size_t cut = 0; cut < size; cut++) {
        AUTO(mem) char *text = NULL;
        assert_int_not_equal(
            office_text_read(templates_syllables(templates), made, cut, &text, NULL), ERR_OK);
    }
}

static void nothing_it_says_moves_a_terminal(void **state)
{
    (void)state;
    const struct made_part parts[] = {
        DOCUMENT(PARAGRAPH(RUN("", "một&#x9b;31m&#x7f; hai<w:tab/>"))), {0}};
    check_says("controls", parts, "một31m hai");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_run_is_read_as_its_font_has_it),
        cmocka_unit_test(a_font_nobody_knows_is_told_by_its_words),
        cmocka_unit_test(registers_are_rows_of_cells),
        cmocka_unit_test(hostile_files_are_refused_by_name),
        cmocka_unit_test(a_size_that_lies_is_not_believed),
        cmocka_unit_test(nothing_it_says_moves_a_terminal),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
