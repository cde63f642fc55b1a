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

enum settled settled_in_name(const char *letters, unsigned place)
{
    static const char *const middle[] = {"thị"};
    if (place == 0)
        return is_among(letters, families, COUNT_OF(families));
    return place == 1 ? is_among(letters, middle, COUNT_OF(middle)) : SETTLED_NOT;
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

enum settled settled_in_agency(const char *before, const char *letters, const char *after)
{
    enum settled best = SETTLED_NOT;
    for (size_t i = 0; i < COUNT_OF(pairs) && best != SETTLED_SO; i++) {
        enum settled first = in_pair(letters, pairs[i][0], after, pairs[i][1]);
        enum settled second = in_pair(letters, pairs[i][1], before, pairs[i][0]);
        if (first == SETTLED_SO || second == SETTLED_SO)
            best = SETTLED_SO;
        else if (first != SETTLED_NOT || second != SETTLED_NOT)
            best = SETTLED_OTHERWISE;
    }
    if (best != SETTLED_NOT)
        return best;
    enum settled unit = is_among(letters, units, COUNT_OF(units));
    bool only_a_unit = !*before || sounds_like(before, "dân") || sounds_like(before, "ubnd");
    return unit == SETTLED_SO || only_a_unit ? unit : SETTLED_NOT;
}
