#include "daemon/base/text.h"
#include "ocr/extract/templates.h"
#include "ocr/text/legacy_text.h"
#include "tests/harness/test.h"

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

static struct legacy_guess detect(const char *text, const char *font)
{
    return legacy_text_detect(templates_syllables(templates), text, font);
}

static void assert_becomes(const char *text, struct legacy_guess guess, const char *wanted)
{
    AUTO(mem) char *unicode = legacy_text_to_unicode(text, &guess);
    assert_non_null(unicode);
    assert_string_equal(unicode, wanted);
}

/* Written by hand, as the old programs show them in a Latin font. */
static const struct {
    const char *unicode, *tcvn3, *vni, *viqr;
} sentences[] = {
    {"Cộng hòa xã hội chủ nghĩa Việt Nam", "Céng hßa x· héi chñ nghÜa ViÖt Nam",
     "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam"},
    {"Độc lập - Tự do - Hạnh phúc", "§éc lËp - Tù do - H¹nh phóc",
     "Ñoäc laäp - Töï do - Haïnh phuùc", "DDo^.c la^.p - Tu+. do - Ha.nh phu'c"},
    {"ủy ban nhân dân xã Lương Bằng đã kiểm tra hồ sơ",
     "ñy ban nh©n d©n x· L­¬ng B»ng ®· kiÓm tra hå s¬",
     "uûy ban nhaân daân xaõ Löông Baèng ñaõ kieåm tra hoà sô",
     "u?y ban nha^n da^n xa~ Lu+o+ng Ba(`ng dda~ kie^?m tra ho^` so+"},
    {"Bà Đặng Thị Ân nộp giấy khai sinh ngày ba mươi",
     "Bµ §Æng ThÞ ¢n nép giÊy khai sinh ngµy ba m­¬i",
     "Baø Ñaëng Thò AÂn noäp giaáy khai sinh ngaøy ba möôi",
     "Ba` DDa(.ng Thi. A^n no^.p gia^'y khai sinh nga`y ba mu+o+i"},
    {"quyền sử dụng đất ở thửa số bảy, tờ bản đồ số chín",
     "quyÒn sö dông ®Êt ë thöa sè b¶y, tê b¶n ®å sè chÝn",
     "quyeàn söû duïng ñaát ôû thöûa soá baûy, tôø baûn ñoà soá chín",
     "quye^`n su+? du.ng dda^'t o+? thu+?a so^' ba?y, to+` ba?n ddo^` so^' chi'n"},
    {"những lỗi kỹ thuật ở mỗi bản vẽ đều đã được sửa đổi",
     "nh÷ng lçi kü thuËt ë mçi b¶n vÏ ®Òu ®· ®­îc söa ®æi",
     "nhöõng loãi kyõ thuaät ôû moãi baûn veõ ñeàu ñaõ ñöôïc söûa ñoåi",
     "nhu+~ng lo^~i ky~ thua^.t o+? mo^~i ba?n ve~ dde^`u dda~ ddu+o+.c su+?a ddo^?i"},
    {"ký tự lạ, kỳ hạn, kỷ luật, mỵ dân, ẵm trẻ, gặp gỡ, ngẫu nhiên",
     "ký tù l¹, kú h¹n, kû luËt, mþ d©n, ½m trÎ, gÆp gì, ngÉu nhiªn",
     "kyù töï laï, kyø haïn, kyû luaät, mî daân, aüm treû, gaëp gôõ, ngaãu nhieân",
     "ky' tu+. la., ky` ha.n, ky? lua^.t, my. da^n, a(~m tre?, ga(.p go+~, nga^~u nhie^n"},
};

static void the_same_sentence_comes_out_of_every_encoding(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sentences); i++) {
        assert_becomes(sentences[i].tcvn3, (struct legacy_guess){LEGACY_TCVN3, 1, false},
                       sentences[i].unicode);
        assert_becomes(sentences[i].vni, (struct legacy_guess){LEGACY_VNI, 1, false},
                       sentences[i].unicode);
        assert_becomes(sentences[i].viqr, (struct legacy_guess){LEGACY_VIQR, 1, false},
                       sentences[i].unicode);
    }
}

static void each_sentence_is_told_without_its_font(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sentences); i++) {
        const char *texts[] = {sentences[i].unicode, sentences[i].tcvn3, sentences[i].vni,
                               sentences[i].viqr};
        for (int e = LEGACY_NONE; e <= LEGACY_VIQR; e++) {
            struct legacy_guess guess = detect(texts[e], NULL);
            if (guess.encoding != (enum legacy_encoding)e)
                fail_msg("'%s' is taken for %s (%.2f)", texts[e],
                         legacy_encoding_name(guess.encoding), guess.confidence);
        }
    }
}

/* Every letter there is, so that no row of a table can be wrong unseen. */
static void every_letter_has_its_place_in_each_table(void **state)
{
    (void)state;
    assert_becomes(
        "µ ¶ · ¸ ¹ » ¼ ½ ¾ Æ Ç È É Ê Ë Ì Î Ï Ð Ñ Ò Ó Ô Õ Ö × Ø Ü Ý Þ ß á â ã ä å æ ç è é "
        "ê ë ì í î ï ñ ò ó ô õ ö ÷ ø ù ú û ü ý þ ¨ © ª « ¬ \u00ad ® ¡ ¢ £ ¤ ¥ ¦ §",
        (struct legacy_guess){LEGACY_TCVN3, 1, false},
        "à ả ã á ạ ằ ẳ ẵ ắ ặ ầ ẩ ẫ ấ ậ è ẻ ẽ é ẹ ề ể ễ ế ệ ì ỉ ĩ í ị ò ỏ õ ó ọ ồ ổ ỗ ố ộ "
        "ờ ở ỡ ớ ợ ù ủ ũ ú ụ ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ ă â ê ô ơ ư đ Ă Â Ê Ô Ơ Ư Đ");
    assert_becomes(
        "aø aû aõ aù aï aè aú aü aé aë aà aå aã aá aä eø eû eõ eù eï eà eå eã eá eä ì æ "
        "ó í ò oø oû oõ où oï oà oå oã oá oä ôø ôû ôõ ôù ôï uø uû uõ uù uï öø öû öõ öù "
        "öï yø yû yõ yù î aê aâ eâ oâ ô ö ñ",
        (struct legacy_guess){LEGACY_VNI, 1, false},
        "à ả ã á ạ ằ ẳ ẵ ắ ặ ầ ẩ ẫ ấ ậ è ẻ ẽ é ẹ ề ể ễ ế ệ ì ỉ ĩ í ị ò ỏ õ ó ọ ồ ổ ỗ ố ộ "
        "ờ ở ỡ ớ ợ ù ủ ũ ú ụ ừ ử ữ ứ ự ỳ ỷ ỹ ý ỵ ă â ê ô ơ ư đ");
    assert_becomes(
        "AØ AÛ AÕ AÙ AÏ AÈ AÚ AÜ AÉ AË AÀ AÅ AÃ AÁ AÄ EÀ EÅ EÃ EÁ EÄ Ì Æ Ó Í Ò ÔØ ÔÛ ÔÕ "
        "ÔÙ ÔÏ ÖØ ÖÛ ÖÕ ÖÙ ÖÏ YØ Î AÊ AÂ EÂ OÂ Ô Ö Ñ",
        (struct legacy_guess){LEGACY_VNI, 1, false},
        "À Ả Ã Á Ạ Ằ Ẳ Ẵ Ắ Ặ Ầ Ẩ Ẫ Ấ Ậ Ề Ể Ễ Ế Ệ Ì Ỉ Ĩ Í Ị Ờ Ở Ỡ Ớ Ợ Ừ Ử Ữ Ứ Ự Ỳ Ỵ Ă Â Ê Ô "
        "Ơ Ư Đ");
    assert_becomes(
        "a` a? a~ a' a. a(` a(? a(~ a(' a(. a^` a^? a^~ a^' a^. e^. i~ o+` o+. u+? u+~ y? y~ "
        "A(. dd DD Dd U+' O^~ \\. \\?",
        (struct legacy_guess){LEGACY_VIQR, 1, false},
        "à ả ã á ạ ằ ẳ ẵ ắ ặ ầ ẩ ẫ ấ ậ ệ ĩ ờ ợ ử ữ ỷ ỹ Ặ đ Đ Đ Ứ Ỗ . ?");
}

static void capitals_of_a_capital_font_become_capitals(void **state)
{
    (void)state;
    /* typed with Caps Lock, and without */
    assert_becomes("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM",
                   (struct legacy_guess){LEGACY_TCVN3, 1, false},
                   "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    assert_becomes("ñy ban nh©n d©n tØnh", (struct legacy_guess){LEGACY_TCVN3, 1, true},
                   "ỦY BAN NHÂN DÂN TỈNH");
    assert_becomes("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM",
                   (struct legacy_guess){LEGACY_VNI, 1, false},
                   "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    /* a capital first letter is no capital word */
    assert_becomes("Hµ Néi, §µ N½ng", (struct legacy_guess){LEGACY_TCVN3, 1, false},
                   "Hà Nội, Đà Nẵng");
    assert_becomes("Sè: 12/Q§-UBND\nX· HéI", (struct legacy_guess){LEGACY_TCVN3, 1, false},
                   "Số: 12/QĐ-UBND\nXÃ HỘI");
}

static void fonts_say_which_encoding_they_have(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum legacy_encoding encoding;
        bool capitals;
    } cases[] = {
        {".VnTime", LEGACY_TCVN3, false},
        {"ABCDEF+.VnTimeH", LEGACY_TCVN3, true},
        {".VnTimeH,Bold", LEGACY_TCVN3, true},
        {".VnArial-BoldItalic", LEGACY_TCVN3, false},
        {".VnArialH-Bold", LEGACY_TCVN3, true},
        {".vntime", LEGACY_TCVN3, false},
        {"VnTime", LEGACY_TCVN3, false},
        {"VNI-Times", LEGACY_VNI, false},
        {"QWERTY+VNI-Helve-Condense,Bold", LEGACY_VNI, false},
        {"Vni-Times", LEGACY_VNI, false},
        {"TimesNewRomanPSMT", LEGACY_NONE, false},
        {"Vineta BT", LEGACY_NONE, false},
        {"Vnsomething", LEGACY_NONE, false},
        {"ABCDEF+", LEGACY_NONE, false},
        {"", LEGACY_NONE, false},
        {".", LEGACY_NONE, false},
        {"VNI", LEGACY_NONE, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct legacy_guess guess = legacy_font_guess(cases[i].name);
        if (guess.encoding != cases[i].encoding || guess.capitals != cases[i].capitals)
            fail_msg("%s: %s", cases[i].name, legacy_encoding_name(guess.encoding));
    }
}

static void a_font_lets_two_words_be_enough(void **state)
{
    (void)state;
    assert_int_equal(detect("Hµ Néi", ".VnTime").encoding, LEGACY_TCVN3);
    assert_int_equal(detect("Haø Noäi", "VNI-Times").encoding, LEGACY_VNI);
    assert_true(detect("Hµ Néi", "ABCDEF+.VnTimeH").capitals);
    /* a font that was replaced later: its name stands there, but the text is Unicode */
    assert_int_equal(detect("Hà Nội, ngày mười tháng chín", ".VnTime").encoding, LEGACY_NONE);
}

static void other_languages_and_unicode_are_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "12/2024 - 34.567.000",
        "The office takes every paper of a dossier, counts the sheets and scans both sides. What? "
        "Who's there? Data. Media. Agenda? (a) b+c, e.g. a^2 + b^2 = c^2; do+re.",
        "Il a été convenu qu'à la fin de l'année, où la forêt sera coupée, l'État français paiera "
        "les frais déjà engagés par le maître d'œuvre; ça ira très bien, même à Noël.",
        "Die Behörde prüft die Anträge; für größere Flächen gelten Übergangsfristen. Öl, Äpfel.",
        "El señor Muñoz vivió más de treinta años en la ciudad; ¿dónde está la señal?",
        "Việc xác nhận tình trạng hôn nhân được thực hiện tại Ủy ban nhân dân cấp xã.",
        "à là ghé đó rồi", /* mostly letters that Latin-1 has, too */
        "QUYẾT ĐỊNH VỀ VIỆC PHÊ DUYỆT KẾ HOẠCH",
        "int main(void) { return a+b?c:d; } // o'clock, e.g. i.e. a.m. u.s.",
        "http://example.vn/a?b=c&d=e. user.name@example.vn, u.v., a.i., o.e.",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct legacy_guess guess = detect(texts[i], NULL);
        if (guess.encoding)
            fail_msg("'%s' is taken for %s (%.2f)", texts[i], legacy_encoding_name(guess.encoding),
                     guess.confidence);
        assert_becomes(texts[i], guess, texts[i]);
    }
}

static void sentences_end_in_viqr_as_elsewhere(void **state)
{
    (void)state;
    struct legacy_guess viqr = {LEGACY_VIQR, 1, false};
    assert_becomes("Ho^` so+ cu?a ba`. Ngu+o+`i no^.p la` ai? Kho^ng ro~.", viqr,
                   "Hồ sơ của bà. Người nộp là ai? Không rõ.");
    assert_becomes("hai qua? na(.ng la. va` cu?", viqr, "hai quả nặng lạ và cu?");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    struct legacy_guess vni = {LEGACY_VNI, 1, false};
    assert_null(legacy_text_to_unicode("a\xff\xfe", &vni));
    assert_int_equal(detect("a\xff\xfe", NULL).encoding, LEGACY_NONE);
}

static void without_memory_nothing_is_made(void **state)
{
    (void)state;
    struct legacy_guess tcvn3 = {LEGACY_TCVN3, 1, false};
    for (unsigned long n = 1; n < 8; n++) {
        mem_fail_from(n);
        char *made = legacy_text_to_unicode("Hµ Néi", &tcvn3);
        mem_fail_from(0);
        if (made)
            assert_string_equal(made, "Hà Nội");
        mem_free(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_sentence_comes_out_of_every_encoding),
        cmocka_unit_test(each_sentence_is_told_without_its_font),
        cmocka_unit_test(every_letter_has_its_place_in_each_table),
        cmocka_unit_test(capitals_of_a_capital_font_become_capitals),
        cmocka_unit_test(fonts_say_which_encoding_they_have),
        cmocka_unit_test(a_font_lets_two_words_be_enough),
        cmocka_unit_test(other_languages_and_unicode_are_left_alone),
        cmocka_unit_test(sentences_end_in_viqr_as_elsewhere),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(without_memory_nothing_is_made),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
