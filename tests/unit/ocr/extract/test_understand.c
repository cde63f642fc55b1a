#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "ocr/extract/understand.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

static struct templates *templates;

static int load(void **state)
{
    struct err err = ERR_INIT;
    (void)state;
    return templates_load(NULL, &templates, &err) == ERR_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

static struct js *understand(const struct words *pages, const struct page_info *infos, size_t count,
                             const char *dossier)
{
    static const struct page_info none[8];
    struct js *answer = NULL;
    struct err err = ERR_INIT;
    if (understand_document(templates, pages, infos ? infos : none, count, dossier, &answer, &err))
        fail_msg("%s", err.detail);
    return answer;
}

static void expect(const struct js *answer, const char *field, const char *value, bool asks)
{
    char path[100];
    snprintf(path, sizeof path, "fields.%s.value", field);
    const char *got = js_text_or(answer, path, NULL);
    if (!got != !value || (got && strcmp(got, value) != 0))
        fail_msg("%s is '%s', not '%s'", field, got ? got : "null", value ? value : "null");
    snprintf(path, sizeof path, "fields.%s.needs_person", field);
    if (js_bool_or(answer, path, !asks) != asks)
        fail_msg("%s %s a person", field, asks ? "does not ask" : "asks");
}

static void expect_type(const struct js *answer, const char *type)
{
    if (strcmp(js_text_or(answer, "type", ""), type) != 0)
        fail_msg("type is %s, not %s", js_text_or(answer, "type", ""), type);
}

static void set_decision(struct typeset *set, const char *number, const char *title)
{
    typeset_start(set);
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", number,
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    typeset_centred(set, 111, 55, 14, title);
    typeset_centred(set, 111, 62, 14, "Về việc công nhận kết quả xét duyệt hồ sơ của hộ gia đình");
    typeset_centred(set, 111, 68, 14, "trên địa bàn xã");
    typeset_centred(set, 111, 79, 13, "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ");
    typeset_at(set, 38, 88, 14,
               "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;");
    typeset_centred(set, 111, 100, 14, "QUYẾT ĐỊNH:");
    typeset_at(set, 38, 110, 14, "Điều 1. Công nhận kết quả xét duyệt của hộ ông Trần Văn Nam.");
    typeset_centred(set, 155, 200, 13, "TM. ỦY BAN NHÂN DÂN");
    typeset_centred(set, 155, 206, 13, "CHỦ TỊCH");
    typeset_centred(set, 155, 235, 14, "Lò Thị Mai");
}

static void a_printed_decision_is_read_without_a_person(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: 47/QĐ-UBND", "QUYẾT ĐỊNH");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect_type(answer, "decision");
    expect(answer, "number_symbol", "47/QĐ-UBND", false);
    expect(answer, "issue_date", "2024-03-05", false);
    expect(answer, "issue_place", "Đồng Tiến", false);
    expect(answer, "issuer", "Ủy ban nhân dân xã Đồng Tiến", false);
    expect(answer, "abstract",
           "Về việc công nhận kết quả xét duyệt hồ sơ của hộ gia đình trên địa bàn xã", false);
    expect(answer, "signer", "Lò Thị Mai", false);
    expect(answer, "doc_name", "Quyết định", false);
    expect(answer, "valid_until", NULL, true);
    assert_null(js_at(answer, "fields.no_expiry"));
    assert_null(js_at(answer, "fields.owner_name"));
    assert_true(js_bool_or(answer, "pages[0].starts_document.value", false));
}

static size_t find_word(const struct typeset *set, const char *text)
{
    for (size_t i = 0; i < set->words.count; i++)
        if (strcmp(set->words.item[i].text, text) == 0)
            return i;
    fail_msg("no word %s", text);
    return 0;
}

static void hand_written_numbers_and_days_ask_a_person(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: 47/QĐ-UBND", "QUYẾT ĐỊNH");
    typeset_by_hand(&set, find_word(&set, "47/QĐ-UBND"));
    typeset_by_hand(&set, find_word(&set, "05"));
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect(answer, "number_symbol", "47/QĐ-UBND", true);
    expect(answer, "issue_date", "2024-03-05", true);
    expect(answer, "issue_place", "Đồng Tiến", false);
    assert_true(js_real_or(answer, "fields.number_symbol.confidence", 1) < 0.5);
}

static bool is_by_hand(const struct js *answer, const char *field)
{
    char path[100];
    snprintf(path, sizeof path, "fields.%s.handwritten", field);
    return js_bool_or(answer, path, false);
}

static void what_the_recogniser_took_for_handwriting_is_never_sure(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: 47/QĐ-UBND", "QUYẾT ĐỊNH");
    set.words.item[find_word(&set, "47/QĐ-UBND")].hand = 0.9;
    set.words.item[find_word(&set, "05")].hand = 0.4; /* a doubt is enough in a date */
    set.words.item[find_word(&set, "Tiến,")].hand = 0.4;
    set.words.item[find_word(&set, "Mai")].hand = 0.9;
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect(answer, "number_symbol", "47/QĐ-UBND", true);
    expect(answer, "issue_date", "2024-03-05", true);
    expect(answer, "issue_place", "Đồng Tiến", false);
    expect(answer, "signer", "Lò Thị Mai", true);
    assert_true(js_real_or(answer, "fields.number_symbol.confidence", 1) < 0.5);
    assert_true(is_by_hand(answer, "number_symbol") && is_by_hand(answer, "signer"));
    assert_false(is_by_hand(answer, "issue_date") || is_by_hand(answer, "issue_place"));
}

static void a_number_of_which_nothing_was_read_shows_its_room(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: /QĐ-UBND", "QUYẾT ĐỊNH");
    set.words.item[find_word(&set, "/QĐ-UBND")].box.x += 2;
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect(answer, "number_symbol", NULL, true);
    assert_true(js_real_or(answer, "fields.number_symbol.box_mm[0]", 99) < 50);
    assert_true(js_real_or(answer, "fields.number_symbol.box_mm[2]", 0) > 22);
}

static void numbers_that_fail_a_check_ask_a_person(void **state)
{
    static const struct {
        const char *number, *value;
    } rows[] = {
        {"Số: 4O/QĐ-UBND", "40/QĐ-UBND"},
        {"Số: 47/TB-UBND", "47/TB-UBND"},
        {"Số: 47", "47"},
        {"Số: †7/QĐ-UBND", NULL},
        {"Số: 47/1987/QĐ-UBND", "47/1987/QĐ-UBND"},
        {"Số:47/QĐ-UBND", "47/QĐ-UBND"},
        {"Số: 47 /QĐ -UBND x", "47/QĐ-UBND"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_decision(&set, rows[i].number, "QUYẾT ĐỊNH");
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        expect_type(answer, "decision");
        expect(answer, "number_symbol", rows[i].value, true);
    }
}

static void capitals_that_lost_their_accents_are_still_the_title(void **state)
{
    static const struct {
        const char *title, *number, *type;
    } rows[] = {
        {"QUYÉT ĐỊNH", "Số: 47/QĐ-UBND", "decision"},
        {"QUYET Đ1NH", "Số: 47/QĐ-UBND", "decision"},
        {"THÔNG BẢO", "Số: 47/TB-UBND", "notice"},
        {"BẢO CÁO", "Số: 47/BC-UBND", "report"},
        {"KÉ HOẠCH", "Số: 47/KH-UBND", "plan"},
        {"TÒ TRÌNH", "Số: 47/TTr-UBND", "proposal"},
        {"GIÁY MỜI", "Số: 47/GM-UBND", "invitation"},
        {"BIÊN BẢN LÀM VIỆC", NULL, "minutes"},
        {"THÔNG BÁO KẾT LUẬN", "Số: 47/TB-VP", "notice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_decision(&set, rows[i].number, rows[i].title);
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        expect_type(answer, rows[i].type);
    }
}

static void kinds_without_a_type_of_their_own_are_named(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: 47/NQ-HĐND", "NGHỊ QUYẾT");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect_type(answer, "unknown");
    assert_string_equal(js_text_or(answer, "kind.abbr", ""), "NQ");
    assert_string_equal(js_text_or(answer, "kind.name", ""), "Nghị quyết");
    expect(answer, "doc_name", "Nghị quyết", true);
}

/* Digits by hand are not read, or read with slashes of their own. */
static void a_letter_is_told_whatever_became_of_its_digits(void **state)
{
    static const char *const numbers[] = {"Số: Í/7/UBND", "Số: /95/UBND", "Số: 9/0/UBND",
                                          "Số: ẦŸ/UBND-VP"};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_head(&set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", numbers[i],
                     "Đồng Tiến, ngày 05 tháng 3 năm 2024");
        typeset_centred(&set, 64, 48, 12, "V/v rà soát thủ tục hành chính");
        typeset_centred(&set, 111, 66, 14, "Kính gửi: Trưởng các thôn");
        typeset_at(&set, 38, 80, 14, "Đề nghị các thôn báo cáo trước ngày 20 tháng 3.");
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        expect_type(answer, "official-letter");
        expect(answer, "number_symbol", NULL, true);
    }
}

/* TT 03/2025: papers of the procedure itself. What stands on them may be a notice's, too. */
static void the_forms_of_the_one_stop_counter_are_named(void **state)
{
    static const struct {
        const char *title, *second, *abbr;
    } rows[] = {
        {"PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", NULL, "Mẫu 02"},
        {"PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ", NULL, "Mẫu 03"},
        {"PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", NULL, "Mẫu 04"},
        {"THÔNG BÁO", "DỪNG GIẢI QUYẾT HỒ SƠ", "Mẫu 05"},
        {"THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", NULL, "Mẫu 05"},
        {"PHIẾU KIỂM SOÁT", "QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ", "Mẫu 06"},
        {"SỔ THEO DÕI HỒ SƠ", NULL, "Mẫu 07"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_head(&set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", "Số: 15/TB-TTPVHCC",
                     "Đồng Tiến, ngày 05 tháng 3 năm 2026");
        typeset_centred(&set, 111, 55, 14, rows[i].title);
        if (rows[i].second)
            typeset_centred(&set, 111, 62, 14, rows[i].second);
        typeset_at(&set, 38, 80, 14, "Hồ sơ của ông Trần Văn Nam, mã hồ sơ H56.14-260301-0007.");
        typeset_at(&set, 38, 88, 14, "Nội dung yêu cầu giải quyết: đăng ký khai sinh.");
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        expect_type(answer, "unknown");
        if (strcmp(js_text_or(answer, "kind.abbr", ""), rows[i].abbr) != 0)
            fail_msg("%s is '%s'", rows[i].title, js_text_or(answer, "kind.abbr", ""));
    }
}

static void a_letter_is_told_by_subject_and_symbol(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_head(&set, "ỦY BAN NHÂN DÂN", "TỈNH SƠN LA", NULL, NULL);
    typeset_centred(&set, 64, 36, 12, "SỞ TÀI NGUYÊN VÀ MÔI");
    typeset_centred(&set, 64, 41, 12, "TRƯỜNG");
    typeset_at(&set, 47, 48, 13, "Số: 912/STNMT-VP");
    typeset_more(&set, 112, 48, 13, "Sơn La, ngày 21 tháng 10 năm 2023");
    typeset_at(&set, 35, 55, 12, "V/v rà soát thủ tục hành chính");
    typeset_at(&set, 45, 60, 12, "năm 2023");
    typeset_centred(&set, 111, 72, 14, "Kính gửi: Ủy ban nhân dân các huyện");
    typeset_at(&set, 38, 84, 14, "Thực hiện Kế hoạch của tỉnh, Sở đề nghị các đơn vị báo cáo.");
    typeset_centred(&set, 155, 150, 13, "GIÁM ĐỐC");
    typeset_centred(&set, 155, 180, 14, "Quàng Văn Bình");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect_type(answer, "official-letter");
    expect(answer, "number_symbol", "912/STNMT-VP", false);
    expect(answer, "issuer", "Sở Tài nguyên và Môi trường tỉnh Sơn La", false);
    expect(answer, "abstract", "V/v rà soát thủ tục hành chính năm 2023", false);
    expect(answer, "signer", "Quàng Văn Bình", false);
}

static void set_birth(struct typeset *set, const char *name_line, const char *id_line,
                      const char *date_line)
{
    typeset_start(set);
    typeset_centred(set, 111, 22, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(set, 111, 28, 13, "Độc lập - Tự do - Hạnh phúc");
    typeset_centred(set, 111, 42, 18, "GIẤY KHAI SINH");
    typeset_centred(set, 111, 52, 13, "Số: 61/2023");
    typeset_at(set, 28, 62, 13, name_line);
    typeset_at(set, 28, 70, 13, date_line);
    typeset_at(set, 28, 78, 13, "Giới tính: Nữ Dân tộc: Thái Quốc tịch: Việt Nam");
    typeset_at(set, 28, 86, 13, id_line);
    typeset_at(set, 28, 94, 13, "Họ, chữ đệm, tên người mẹ: QUÀNG THỊ HOA");
    typeset_at(set, 28, 102, 13, "Họ, chữ đệm, tên người cha: LÒ VĂN SƠN");
    typeset_at(set, 28, 110, 13,
               "Nơi đăng ký khai sinh: Ủy ban nhân dân xã Chiềng Mai, tỉnh Sơn La");
    typeset_at(set, 28, 118, 13, "Ngày, tháng, năm đăng ký: 02/02/2023");
    typeset_centred(set, 150, 140, 13, "CHỦ TỊCH");
    typeset_centred(set, 150, 170, 13, "Lò Văn Thắng");
}

static void a_birth_certificate_names_the_child_not_the_parents(void **state)
{
    struct typeset set;
    (void)state;
    set_birth(&set, "Họ, chữ đệm, tên: LÒ THỊ MAI", "Số định danh cá nhân: 014323001234",
              "Ngày, tháng, năm sinh: 15/01/2023 ghi bằng chữ: ngày 15 tháng 01 năm 2023");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect_type(answer, "birth-certificate");
    expect(answer, "owner_name", "Lò Thị Mai", false);
    expect(answer, "owner_birth_date", "2023-01-15", false);
    expect(answer, "owner_id", "014323001234", false);
    expect(answer, "number_symbol", "61/2023", false);
    expect(answer, "issue_date", "2023-02-02", false);
    expect(answer, "issuer", "Ủy ban nhân dân xã Chiềng Mai", false);
    expect(answer, "signer", "Lò Văn Thắng", false);
}

static void facts_that_disagree_ask_a_person(void **state)
{
    static const struct {
        const char *why, *id, *birth, *field;
    } rows[] = {
        {"birth year", "Số định danh cá nhân: 014322001234", "Ngày, tháng, năm sinh: 15/01/2023",
         "owner_id"},
        {"sex", "Số định danh cá nhân: 014223001234", "Ngày, tháng, năm sinh: 15/01/2023",
         "owner_id"},
        {"province", "Số định danh cá nhân: 999323001234", "Ngày, tháng, năm sinh: 15/01/2023",
         "owner_id"},
        {"born after", "Số định danh cá nhân: 014323001234", "Ngày, tháng, năm sinh: 15/05/2023",
         "issue_date"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        char path[60];
        set_birth(&set, "Họ, chữ đệm, tên: LÒ THỊ MAI", rows[i].id, rows[i].birth);
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        snprintf(path, sizeof path, "fields.%s.needs_person", rows[i].field);
        if (!js_bool_or(answer, path, false))
            fail_msg("%s: not asked", rows[i].why);
    }
}

static void forms_filled_in_by_hand_ask_a_person(void **state)
{
    struct typeset set;
    (void)state;
    set_birth(&set, "Họ, chữ đệm, tên: LÒ THỊ MAI", "Số định danh cá nhân: 014323001234",
              "Ngày, tháng, năm sinh: 15/01/2023");
    typeset_by_hand(&set, find_word(&set, "MAI"));
    typeset_by_hand(&set, find_word(&set, "014323001234"));
    typeset_by_hand(&set, find_word(&set, "15/01/2023"));
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect(answer, "owner_name", "Lò Thị Mai", true);
    expect(answer, "owner_id", "014323001234", true);
    expect(answer, "owner_birth_date", "2023-01-15", true);
}

static void set_marital(struct typeset *set, const char *term)
{
    typeset_start(set);
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ CHIỀNG MAI", "Số: 83/UBND-XNTTHN",
                 "Chiềng Mai, ngày 31 tháng 8 năm 2023");
    typeset_centred(set, 111, 60, 14, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN");
    typeset_at(set, 28, 96, 13, "Họ, chữ đệm, tên: Lò Thị Mai");
    typeset_at(set, 28, 104, 13, "Ngày, tháng, năm sinh: 15/01/1995");
    typeset_at(set, 28, 112, 13, "Giấy tờ tùy thân: Căn cước công dân số 014195001234");
    typeset_at(set, 28, 120, 13, term);
    typeset_centred(set, 150, 160, 13, "CHỦ TỊCH");
    typeset_centred(set, 150, 190, 13, "Lò Văn Thắng");
}

static void what_was_stamped_on_later_is_asked_or_passed_over(void **state)
{
    struct typeset set;
    (void)state;
    set_marital(&set, "Giấy này được cấp để làm thủ tục.");
    typeset_at(&set, 112, 46, 13, "Ngày 02 tháng 9 năm 2024");
    typeset_centred(&set, 150, 176, 12, "BẢN SAO ĐIỆN TỬ");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    assert_string_equal(js_text_or(answer, "type", ""), "marital-status");
    expect(answer, "issue_date", "2023-08-31", true);
    expect(answer, "signer", "Lò Văn Thắng", false);
}

static void validity_is_what_the_paper_states_of_itself(void **state)
{
    static const struct {
        const char *term, *until;
        bool asks, endless;
    } rows[] = {
        {"Giấy này có giá trị 6 tháng kể từ ngày cấp.", "2024-02-29", true, false},
        {"Giấy này có giá trị 01 năm kể từ ngày cấp.", "2024-08-31", true, false},
        {"Giấy này có giá trị đến hết ngày 01 tháng 12 năm 2023.", "2023-12-01", false, false},
        {"Giấy này có giá trị sử dụng đến 01/12/2023.", "2023-12-01", false, false},
        {"Hợp đồng thuê có giá trị đến ngày 01 tháng 12 năm 2023.", "2023-12-01", true, false},
        {"Giấy này có giá trị khi đi đường, đến ngày 01 tháng 12 năm 2023.", "2023-12-01", true,
         false},
        {"Thẻ này có giá trị đến hết ngày 01 tháng 12 năm 2023.", "2023-12-01", true, false},
        {"Giấy này có giá trị đến ngày 01/12/2023 theo quy định cũ.", "2023-12-01", true, false},
        {"Giấy này có giá trị đến ngày 01 tháng 12 năm 2023 theo quy định cũ.", "2023-12-01", true,
         false},
        {"Giấy này có giá trị không thời hạn.", NULL, true, true},
        {"Giấy này được cấp để làm thủ tục.", NULL, true, false},
        {"Giấy này có giá trị trên toàn quốc.", NULL, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_marital(&set, rows[i].term);
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        expect_type(answer, "marital-status");
        expect(answer, "valid_until", rows[i].until, rows[i].asks);
        assert_int_equal(js_bool_or(answer, "fields.no_expiry.value", false), rows[i].endless);
        if (rows[i].endless)
            assert_true(js_bool_or(answer, "fields.no_expiry.needs_person", false));
    }
}

static void a_code_outranks_what_was_read_and_a_conflict_asks(void **state)
{
    static const struct {
        const char *payload, *owner, *dossier;
        bool asks;
    } rows[] = {
        {"H42.31-210315-0192|1.000894|014195001234", "014195001234", "H42.31-210315-0192", false},
        {"H42.31-210315-0192|1.000894|014195001235", "014195001235", "H42.31-210315-0192", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_marital(&set, "Giấy này có giá trị 6 tháng kể từ ngày cấp.");
        struct page_info info = {.code_count = 1};
        snprintf(info.codes[0].kind, sizeof info.codes[0].kind, "QR");
        info.codes[0].text = (char *)rows[i].payload;
        AUTO(js) struct js *answer = understand(&set.words, &info, 1, NULL);
        AUTO(js) struct js *other = understand(&set.words, &info, 1, "H42.31-210315-9999");
        typeset_done(&set);
        expect(answer, "owner_id", rows[i].owner, rows[i].asks);
        expect(answer, "dossier_code", rows[i].dossier, false);
        expect(other, "dossier_code", rows[i].dossier, true);
        assert_string_equal(js_text_or(answer, "fields.owner_id.source", ""), "qr");
    }
}

static void a_second_motto_with_a_number_starts_another_paper(void **state)
{
    struct typeset letter, decision, rest;
    (void)state;
    set_decision(&letter, "Số: 47/TB-UBND", "THÔNG BÁO");
    set_decision(&decision, "Số: 99/QĐ-BNV", "QUYẾT ĐỊNH");
    typeset_start(&rest);
    typeset_at(&rest, 38, 30, 14, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.");
    struct words pages[3] = {letter.words, rest.words, decision.words};
    AUTO(js) struct js *answer = understand(pages, NULL, 3, NULL);
    typeset_done(&letter);
    typeset_done(&decision);
    typeset_done(&rest);
    expect_type(answer, "notice");
    expect(answer, "number_symbol", "47/TB-UBND", false);
    assert_true(js_bool_or(answer, "pages[0].starts_document.value", false));
    assert_false(js_bool_or(answer, "pages[1].starts_document.value", true));
    assert_true(js_bool_or(answer, "pages[2].starts_document.value", false));
    assert_true(js_real_or(answer, "pages[2].starts_document.confidence", 0) > 0.9);
}

static void a_small_paper_in_the_corner_is_read_like_any(void **state)
{
    struct typeset set;
    (void)state;
    set_marital(&set, "Giấy này có giá trị 6 tháng kể từ ngày cấp.");
    for (size_t i = 0; i < set.words.count; i++) {
        struct word *word = &set.words.item[i];
        word->box = (struct rect_mm){70 + word->box.x * 0.66, 100 + word->box.y * 0.66,
                                     word->box.w * 0.66, word->box.h * 0.66};
        word->baseline_mm = 100 + word->baseline_mm * 0.66;
    }
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    expect_type(answer, "marital-status");
    expect(answer, "number_symbol", "83/UBND-XNTTHN", false);
    expect(answer, "issuer", "Ủy ban nhân dân xã Chiềng Mai", false);
    expect(answer, "owner_name", "Lò Thị Mai", false);
}

static void boxes_are_in_the_upright_frame(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: 47/QĐ-UBND", "QUYẾT ĐỊNH");
    AUTO(js) struct js *level = understand(&set.words, NULL, 1, NULL);
    set.words.skew_deg = 3;
    AUTO(js) struct js *skewed = understand(&set.words, NULL, 1, NULL);
    size_t at = find_word(&set, "47/QĐ-UBND");
    struct rect_mm box = words_box_upright(&set.words, at);
    typeset_done(&set);
    assert_true(js_real_or(skewed, "fields.number_symbol.box_mm[0]", 0) - box.x < 0.1);
    assert_true(js_real_or(skewed, "fields.number_symbol.box_mm[1]", 0) - box.y < 0.1);
    assert_false(js_equal(js_at(level, "fields.number_symbol.box_mm"),
                          js_at(skewed, "fields.number_symbol.box_mm")));
}

static void set_card(struct typeset *set, const char *number_line, const char *birth_line)
{
    typeset_start(set);
    typeset_at(set, 30, 40, 10, "Đặc điểm nhân dạng: Sẹo chấm cách 2cm trên sau đuôi mắt phải");
    typeset_at(set, 30, 80, 10, number_line);
    typeset_at(set, 30, 85, 10, birth_line);
    typeset_at(set, 30, 90, 10, "TRINH<<THI<HOA<<<<<<<<<<<<<<<<");
}

static void a_machine_readable_zone_gives_what_its_check_digits_prove(void **state)
{
    static const struct {
        const char *number_line, *birth_line, *id, *birth, *expiry;
        bool asks, expiry_asks;
    } rows[] = {
        {"IDVNM1735219040036173521904<<<", "7308277F4808271VNM<<<<<<<<<<<9", "036173521904",
         "1973-08-27", "2048-08-27", false, false},
        /* a card without an end */
        {"IDVNM1735219040036173521904<<<", "7308277F9912315VNM<<<<<<<<<<<1", "036173521904",
         "1973-08-27", "2099-12-31", false, true},
        /* the end is lost: each part is proved, the whole is not */
        {"IDVNM1735219040036173521904", "7308277F4808271VNM<<<<<", "036173521904", "1973-08-27",
         "2048-08-27", true, true},
        {"IDVNM1735219140036173521914<<<", "7308277F4808271VNM<<<<<<<<<<<9", NULL, NULL,
         "2048-08-27", true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_card(&set, rows[i].number_line, rows[i].birth_line);
        AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
        typeset_done(&set);
        assert_int_equal(js_has(answer, "fields.owner_id"), rows[i].id != NULL);
        if (rows[i].id) {
            expect(answer, "owner_id", rows[i].id, rows[i].asks);
            expect(answer, "owner_birth_date", rows[i].birth, rows[i].asks);
            assert_string_equal(js_text_or(answer, "fields.owner_id.source", ""), "mrz");
        }
        expect(answer, "valid_until", rows[i].expiry, rows[i].expiry_asks);
        expect(answer, "owner_name", "TRINH THI HOA", true);
    }
}

static void nothing_and_nonsense_are_unknown_papers(void **state)
{
    struct typeset set;
    struct words blank[3] = {0};
    (void)state;
    AUTO(js) struct js *nothing = understand(NULL, NULL, 0, NULL);
    AUTO(js) struct js *blanks = understand(blank, NULL, 3, NULL);
    typeset_start(&set);
    typeset_at(&set, 20, 30, 12, "lorem ipsum dolor sit amet consectetur adipiscing elit");
    typeset_at(&set, 20, 36, 12, "%%% 00 ~~ ¤¤ / - / Số: Số: ngày tháng năm");
    AUTO(js) struct js *nonsense = understand(&set.words, NULL, 1, NULL);
    typeset_done(&set);
    const struct js *answers[] = {nothing, blanks, nonsense};
    for (size_t i = 0; i < 3; i++) {
        expect_type(answers[i], "unknown");
        expect(answers[i], "doc_name", NULL, true);
        assert_true(js_real_or(answers[i], "type_score", 1) < 0.6);
    }
    assert_int_equal(js_count(js_at(nothing, "pages")), 0);
    assert_int_equal(js_count(js_at(blanks, "pages")), 3);
}

/* A page of 50,000 words, one of 10 MB of text, and one of 50,000 lines. */
static void a_monstrous_page_takes_less_than_a_second(void **state)
{
    static const char *const words[] = {"Số:",  "12/QĐ-UBND", "Họ,", "chữ", "đệm,", "tên:",
                                        "NGÀY", "CỘNG",       "HÒA", "XÃ",  "có",   "giá"};
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct words page;
        char long_word[1001];
        memset(long_word, 'a', sizeof long_word - 1);
        long_word[sizeof long_word - 1] = 0;
        words_init(&page, (struct size_mm){210, 297}, 0);
        size_t count = kind == 1 ? 10500 : WORDS_MAX;
        for (size_t i = 0; i < count; i++) {
            struct rect_mm box = {(double)(i % 40) * 5, (double)(i / 40) * 0.25, 4, 3};
            const char *text = kind == 1 ? long_word : words[i % 12];
            assert_int_equal(words_add(&page, text, 0.9, box, box.y + 3, 0,
                                       kind == 2 ? (int)i : (int)(i / 40), NULL),
                             0);
        }
        clock_t start = clock();
        AUTO(js) struct js *answer = understand(&page, NULL, 1, NULL);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        words_done(&page);
        print_message("%zu words: %.3f s\n", count, seconds);
#ifndef __SANITIZE_ADDRESS__
        assert_true(seconds < 1);
#endif
    }
}

/* No recogniser reads one, but a text layer may say anything. */
static void a_word_of_ten_megabytes_is_answered_in_bounded_time_and_memory(void **state)
{
    static const struct page_info no_info[1];
    const size_t size = 10u << 20;
    char *text = mem_alloc(size + 1);
    struct words page;
    struct err err = ERR_INIT;
    AUTO(js) struct js *answer = NULL;
    struct rusage before, after;
    (void)state;
    assert_non_null(text);
    memset(text, 'a', size);
    text[size] = 0;
    words_init(&page, (struct size_mm){210, 297}, 0);
    assert_int_equal(words_add(&page, text, 0.9, (struct rect_mm){20, 20, 90, 4}, 23, 0, 0, &err),
                     ERR_OK);
    getrusage(RUSAGE_SELF, &before);
    clock_t start = clock();
    assert_int_equal(understand_document(templates, &page, no_info, 1, NULL, &answer, &err),
                     ERR_OK);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    getrusage(RUSAGE_SELF, &after);
#ifndef __SANITIZE_ADDRESS__
    assert_true(after.ru_maxrss - before.ru_maxrss < 200 * 1024);
#endif
    expect_type(answer, "unknown");
    words_done(&page);
    mem_free(text);
}

static void running_out_of_memory_is_an_error_and_nothing_leaks(void **state)
{
    struct typeset set;
    static const struct page_info info;
    (void)state;
    set_decision(&set, "Số: 47/QĐ-UBND", "QUYẾT ĐỊNH");
    unsigned long refused = 0;
    for (unsigned long n = 1; n < 20000; n += n < 60 ? 1 : 29) {
        struct err err = ERR_INIT;
        struct js *answer = NULL;
        mem_fail_from(n);
        enum err_code code =
            understand_document(templates, &set.words, &info, 1, NULL, &answer, &err);
        unsigned long made = mem_allocations();
        mem_fail_from(0);
        assert_true((code == ERR_OK) == (answer != NULL));
        refused += code == ERR_NO_MEMORY;
        js_free(answer);
        if (made < n)
            break;
    }
    typeset_done(&set);
    assert_true(refused > 0);
}

/* A branch office's paper: no motto, its head parted far left of the middle, signed on the left. */
static void other_layouts_are_read_by_their_zones(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_centred(&set, 45, 24, 12, "SỞ XÂY DỰNG");
    typeset_centred(&set, 45, 30, 12, "TỈNH NAM ĐỊNH");
    typeset_at(&set, 30, 38, 13, "Số: 12/QĐ-SXD");
    typeset_at(&set, 76, 24, 12, "HỆ THỐNG QUẢN LÝ CHẤT LƯỢNG CỦA SỞ VÀ CÁC ĐƠN VỊ");
    typeset_at(&set, 100, 38, 13, "Nam Định, ngày 05 tháng 3 năm 2024");
    typeset_centred(&set, 105, 55, 14, "QUYẾT ĐỊNH");
    typeset_centred(&set, 105, 62, 14, "Về việc công nhận kết quả xét duyệt hồ sơ");
    for (double y = 80; y < 180; y += 7)
        typeset_at(&set, 30, y, 13, "theo quy định của pháp luật về việc cấp giấy phép xây dựng");
    typeset_centred(&set, 60, 200, 13, "KT. GIÁM ĐỐC");
    typeset_centred(&set, 60, 206, 13, "PHÓ GIÁM ĐỐC");
    typeset_centred(&set, 60, 235, 13, "Quàng Văn Bình");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    expect_type(answer, "decision");
    expect(answer, "issuer", "Sở Xây dựng tỉnh Nam Định", false);
    expect(answer, "issue_date", "2024-03-05", false);
    expect(answer, "signer", "Quàng Văn Bình", false);
    typeset_done(&set);
}

/* Nobody but the parties signs: whose name a field wants, a person decides. */
static void who_signs_without_an_office_is_a_question(void **state)
{
    struct typeset set;
    (void)state;
    set_decision(&set, "Số: 12/QĐ-UBND", "QUYẾT ĐỊNH");
    while (set.words.item[set.words.count - 1].baseline_mm > 190)
        mem_free(set.words.item[--set.words.count].text);
    typeset_centred(&set, 150, 230, 13, "NGƯỜI ĐỀ NGHỊ");
    typeset_centred(&set, 150, 260, 13, "Quàng Văn Bình");
    AUTO(js) struct js *answer = understand(&set.words, NULL, 1, NULL);
    expect(answer, "signer", "Quàng Văn Bình", true);
    typeset_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_printed_decision_is_read_without_a_person),
        cmocka_unit_test(hand_written_numbers_and_days_ask_a_person),
        cmocka_unit_test(what_the_recogniser_took_for_handwriting_is_never_sure),
        cmocka_unit_test(a_number_of_which_nothing_was_read_shows_its_room),
        cmocka_unit_test(numbers_that_fail_a_check_ask_a_person),
        cmocka_unit_test(capitals_that_lost_their_accents_are_still_the_title),
        cmocka_unit_test(kinds_without_a_type_of_their_own_are_named),
        cmocka_unit_test(a_letter_is_told_whatever_became_of_its_digits),
        cmocka_unit_test(the_forms_of_the_one_stop_counter_are_named),
        cmocka_unit_test(a_letter_is_told_by_subject_and_symbol),
        cmocka_unit_test(a_birth_certificate_names_the_child_not_the_parents),
        cmocka_unit_test(facts_that_disagree_ask_a_person),
        cmocka_unit_test(forms_filled_in_by_hand_ask_a_person),
        cmocka_unit_test(what_was_stamped_on_later_is_asked_or_passed_over),
        cmocka_unit_test(validity_is_what_the_paper_states_of_itself),
        cmocka_unit_test(a_code_outranks_what_was_read_and_a_conflict_asks),
        cmocka_unit_test(a_second_motto_with_a_number_starts_another_paper),
        cmocka_unit_test(a_small_paper_in_the_corner_is_read_like_any),
        cmocka_unit_test(boxes_are_in_the_upright_frame),
        cmocka_unit_test(a_machine_readable_zone_gives_what_its_check_digits_prove),
        cmocka_unit_test(nothing_and_nonsense_are_unknown_papers),
        cmocka_unit_test(a_monstrous_page_takes_less_than_a_second),
        cmocka_unit_test(a_word_of_ten_megabytes_is_answered_in_bounded_time_and_memory),
        cmocka_unit_test(running_out_of_memory_is_an_error_and_nothing_leaks),
        cmocka_unit_test(other_layouts_are_read_by_their_zones),
        cmocka_unit_test(who_signs_without_an_office_is_a_question),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
