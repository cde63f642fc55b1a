#include "ocr/extract/settled.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static bool sounds_like(const char *word, const char *known)
{
    AUTO(mem) char *a = text_fold(word);
    AUTO(mem) char *b = text_fold(known);
    return a && b && strcmp(a, b) == 0;
}

static enum settled is_among(const char *word, const char *const *words, size_t count)
{
    enum settled best = SETTLED_NOT;
    for (size_t i = 0; i < count && best != SETTLED_SO; i++) {
        if (strcmp(word, words[i]) == 0)
            best = SETTLED_SO;
        else if (sounds_like(word, words[i]))
            best = SETTLED_OTHERWISE;
    }
    return best;
}

/* Not in it: names that have a twin (Lương and Lường, Vũ and Vừ, Dương and Đường, Lò and Lô). */
static const char *const families[] = {
    "nguyễn", "trần",  "lê",    "phạm",  "huỳnh", "hoàng",  "phan",  "võ",     "đặng",
    "bùi",    "đỗ",    "hồ",    "ngô",   "đào",   "đinh",   "trịnh", "mai",    "nông",
    "hà",     "triệu", "quách", "tạ",    "cao",   "lâm",    "thạch", "sùng",   "giàng",
    "từ",     "tô",    "tôn",   "phùng", "kiều",  "vương",  "hứa",   "nghiêm", "khổng",
    "bạch",   "ninh",  "đàm",   "lưu",   "thái",  "trương", "quàng", "diệp",   "mạc"};

/* Usual in given names, with marks that no likelier name loses or gains by a misreading. Not in it:
 * names with a twin as usual (Hương and Hường, Thúy and Thủy, Việt and Viết), and those that are
 * left when a likelier one loses its marks (Hoa of Hòa, Phương of Phượng). */
static const char *const given[] = {
    "quỳnh", "ngọc",  "quân",  "huyền",  "phượng", "thảo", "hằng",  "hạnh",  "hiếu",   "hiệp",
    "hoàng", "hùng",  "huệ",   "khánh",  "khôi",   "kiệt", "lộc",   "lợi",   "lượng",  "mỹ",
    "mạnh",  "nghĩa", "ngân",  "nguyệt", "nhật",   "phát", "phú",   "phúc",  "phước",  "quốc",
    "quyết", "quý",   "sáng",  "sơn",    "tài",    "thái", "thắng", "thịnh", "thiện",  "thọ",
    "thuận", "tiến",  "tín",   "toàn",   "trâm",   "trí",  "trọng", "trúc",  "trường", "tú",
    "tuấn",  "tùng",  "tuyết", "văn",    "vượng",  "xuân", "yến",   "đạt",   "đức",    "dũng",
    "chí",   "chiến", "chức",  "cường",  "cúc",    "bảo",  "bách",  "bích",  "bắc",    "ánh",
    "bình",  "hải",   "hậu",   "học",    "hợp",    "hữu",  "lệ",    "lực",   "lý",     "ước",
    "thế",   "sỹ",    "sĩ",    "nữ",     "bá",     "hồng", "mộng",  "diễm",  "cẩm",    "tuệ",
    "triều", "nhã",   "diệu",  "hưng",   "tường",  "khải", "nhạn",  "châu",  "ái",     "hảo"};

/* "Pạm": a lone p begins words of the highlands only; before a family name an h was lost. */
static bool lost_h(const char *letters)
{
    AUTO(mem) char *with_h = *letters == 'p' ? mem_printf("ph%s", letters + 1) : NULL;
    return with_h && is_among(with_h, families, COUNT_OF(families)) == SETTLED_SO;
}

enum settled settled_in_name(const char *letters, unsigned place)
{
    static const char *const middle[] = {"thị"};
    if (place == 0)
        return lost_h(letters) ? SETTLED_OTHERWISE
                               : is_among(letters, families, COUNT_OF(families));
    enum settled settled = place == 1 ? is_among(letters, middle, COUNT_OF(middle)) : SETTLED_NOT;
    bool usual = is_among(letters, given, COUNT_OF(given)) == SETTLED_SO;
    return settled == SETTLED_NOT && usual ? SETTLED_USUAL : settled;
}

static const char *const units[] = {"tỉnh", "huyện", "xã", "phường", "quận", "sở", "ubnd", "hđnd"};

/* What agencies are called and what departments of provinces and districts are named after
 * (Nghị định 24/2014, 37/2014 and 45/2025, 150/2025). */
static const char *const pairs[][2] = {
    {"ủy", "ban"},       {"uỷ", "ban"},     {"ban", "nhân"},    {"nhân", "dân"},
    {"thành", "phố"},    {"thị", "trấn"},   {"đặc", "khu"},     {"hội", "đồng"},
    {"văn", "phòng"},    {"công", "an"},    {"chi", "cục"},     {"nội", "vụ"},
    {"tư", "pháp"},      {"tài", "chính"},  {"kế", "hoạch"},    {"đầu", "tư"},
    {"xây", "dựng"},     {"giao", "thông"}, {"vận", "tải"},     {"công", "thương"},
    {"nông", "nghiệp"},  {"nông", "thôn"},  {"phát", "triển"},  {"môi", "trường"},
    {"tài", "nguyên"},   {"khoa", "học"},   {"công", "nghệ"},   {"thông", "tin"},
    {"truyền", "thông"}, {"lao", "động"},   {"thương", "binh"}, {"xã", "hội"},
    {"giáo", "dục"},     {"đào", "tạo"},    {"y", "tế"},        {"văn", "hóa"},
    {"văn", "hoá"},      {"thể", "thao"},   {"du", "lịch"},     {"dân", "tộc"},
    {"tôn", "giáo"},     {"ngoại", "vụ"},   {"thanh", "tra"},   {"kinh", "tế"},
    {"hạ", "tầng"},      {"đô", "thị"},     {"quy", "hoạch"},   {"kiến", "trúc"},
    {"thị", "xã"}};

/* Both words of a pair have to be there, the other one with or without its accents. */
static enum settled in_pair(const char *one, const char *one_known, const char *other,
                            const char *other_known)
{
    if (!*other || !sounds_like(other, other_known) || !sounds_like(one, one_known))
        return SETTLED_NOT;
    return strcmp(one, one_known) == 0 ? SETTLED_SO : SETTLED_OTHERWISE;
}

static void take_better(enum settled settled, const char *known, enum settled *best,
                        const char **out_known)
{
    if (settled == SETTLED_NOT || *best == SETTLED_SO ||
        (settled == SETTLED_OTHERWISE && *best == SETTLED_OTHERWISE))
        return;
    *best = settled;
    *out_known = known;
}

static enum settled in_pairs(const char *before, const char *letters, const char *after,
                             const char **out_known)
{
    enum settled best = SETTLED_NOT;
    *out_known = NULL;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        take_better(in_pair(letters, pairs[i][0], after, pairs[i][1]), pairs[i][0], &best,
                    out_known);
        take_better(in_pair(letters, pairs[i][1], before, pairs[i][0]), pairs[i][1], &best,
                    out_known);
    }
    return best;
}

enum settled settled_in_agency(const char *before, const char *letters, const char *after,
                               const char **out_known)
{
    enum settled best = in_pairs(before, letters, after, out_known);
    if (best != SETTLED_NOT)
        return best;
    if (*before && *after && strcmp(letters, "và") == 0)
        return SETTLED_SO;
    bool only_a_unit = !*before || sounds_like(before, "dân") || sounds_like(before, "ubnd");
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        enum settled unit = is_among(letters, &units[i], 1);
        if (unit == SETTLED_SO || only_a_unit)
            take_better(unit, units[i], &best, out_known);
    }
    return best;
}

const char *settled_agency_word(const char *before, const char *letters, const char *after)
{
    static const char *const heads[] = {"sở", "phòng"};
    const char *known;
    if (in_pairs(before, letters, after, &known) != SETTLED_NOT)
        return known;
    for (size_t i = 0; !*before && *after && i < COUNT_OF(heads); i++)
        if (sounds_like(letters, heads[i]))
            return heads[i];
    return NULL;
}

/* Regulations 14.2, in both spellings where the tone may stand on either vowel. No two of them
 * sound alike. */
static const char *const provinces[] = {
    "an giang",       "bà rịa - vũng tàu", "bạc liêu",    "bắc giang",
    "bắc kạn",        "bắc ninh",          "bến tre",     "bình dương",
    "bình định",      "bình phước",        "bình thuận",  "cà mau",
    "cao bằng",       "cần thơ",           "đà nẵng",     "đắk lắk",
    "đắk nông",       "điện biên",         "đồng nai",    "đồng tháp",
    "gia lai",        "hà giang",          "hà nam",      "hà nội",
    "hà tĩnh",        "hải dương",         "hải phòng",   "hậu giang",
    "hòa bình",       "hoà bình",          "hồ chí minh", "huế",
    "hưng yên",       "khánh hòa",         "khánh hoà",   "kiên giang",
    "kon tum",        "lai châu",          "lạng sơn",    "lào cai",
    "lâm đồng",       "long an",           "nam định",    "nghệ an",
    "ninh bình",      "ninh thuận",        "phú thọ",     "phú yên",
    "quảng bình",     "quảng nam",         "quảng ngãi",  "quảng ninh",
    "quảng trị",      "sóc trăng",         "sơn la",      "tây ninh",
    "thái bình",      "thái nguyên",       "thanh hóa",   "thanh hoá",
    "thừa thiên huế", "tiền giang",        "trà vinh",    "tuyên quang",
    "vĩnh long",      "vĩnh phúc",         "yên bái"};

const char *settled_province(const char *letters)
{
    const char *known = NULL;
    for (size_t i = 0; i < COUNT_OF(provinces); i++) {
        if (strcmp(letters, provinces[i]) == 0)
            return provinces[i];
        if (!known && sounds_like(letters, provinces[i]))
            known = provinces[i];
    }
    return known;
}
