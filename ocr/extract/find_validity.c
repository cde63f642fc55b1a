#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "ocr/extract/paper.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/read_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What a paper says itself about how long it holds: "có giá trị đến ngày …", "có giá trị 6 tháng kể
 * từ ngày cấp", "không thời hạn". Nothing is inferred from the kind of paper. Only a date
 * that follows such words about the paper itself, printed and surely read, asks nobody: other
 * sentences may be about something else.
 */

#define CONFIDENCE_STATED 0.70
#define CONFIDENCE_COMPUTED 0.60
#define FIGURES_SURE 0.90
/* "có giá trị sử dụng" up to "đến" */
#define STATED_BYTES_MAX 20

enum term { TERM_NONE, TERM_DATE, TERM_MONTHS, TERM_ENDLESS };

struct validity {
    enum term term;
    struct date until;
    int months;
    size_t page;
    const struct page_line *line;
};

static bool says_endless(const char *fold)
{
    static const char *const phrases[] = {"vo thoi han", "khong thoi han",
                                          "khong xac dinh thoi han"};
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strstr(fold, phrases[i]))
            return true;
    return false;
}

/* "6 tháng", "01 năm" after the words on validity, with "kể từ ngày" behind. */
static int months_after(const char *at)
{
    const char *digits = at + strcspn(at, "0123456789");
    if (digits - at > 40 || !*digits || !strstr(digits, "ke tu ngay"))
        return 0;
    int count = atoi(digits);
    const char *unit = digits + strspn(digits, "0123456789");
    unit += strspn(unit, " ");
    if (count < 1 || count > 600)
        return 0;
    if (strncmp(unit, "thang", 5) == 0)
        return count;
    return strncmp(unit, "nam", 3) == 0 ? count * 12 : 0;
}

static bool read_line(const char *fold, struct validity *out)
{
    const char *at = strstr(fold, "co gia tri");
    if (!at)
        at = strstr(fold, "co hieu luc den");
    if (!at)
        return false;
    if (says_endless(at)) {
        out->term = TERM_ENDLESS;
        return true;
    }
    const char *until = strstr(at, " den ");
    const char *date = until ? until + strcspn(until, "0123456789") : NULL;
    if (until && (parse_date_long(until, &out->until) || parse_date_numeric(date, &out->until))) {
        out->term = TERM_DATE;
        return true;
    }
    out->months = months_after(at);
    out->term = out->months ? TERM_MONTHS : TERM_NONE;
    return out->months > 0;
}

/* The sentence may run on into the next line. */
static bool read_page(const struct page_text *page, struct validity *out)
{
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        if (!strstr(line->key, "cogiatri") && !strstr(line->key, "cohieulucden"))
            continue;
        const struct page_line *next = i + 1 < page->line_count ? line + 1 : NULL;
        AUTO(mem)
        char *text = page_text_join(page, line->first, line->count);
        AUTO(mem)
        char *more = next ? page_text_join(page, next->first, next->count) : NULL;
        AUTO(mem)
        char *both = mem_printf("%s %s", text ? text : "", more ? more : "");
        AUTO(mem)
        char *fold = both ? text_fold(both) : NULL;
        if (fold && read_line(fold, out)) {
            out->line = line;
            return true;
        }
    }
    return false;
}

static bool find_statement(const struct paper *paper, struct validity *out)
{
    for (size_t i = 0; i < paper->page_count; i++) {
        *out = (struct validity){.page = i};
        if (read_page(&paper->page[i], out))
            return true;
    }
    return false;
}

/* "Giấy này", "Quyết định này": the word in front is of the paper's own name. A decision speaks of
 * the cards and permits it grants, too. */
static bool names_paper(const struct paper *paper, const char *fold, const char *at)
{
    static const char end[] = " nay ";
    size_t size = sizeof end - 1, before = (size_t)(at - fold);
    if (before <= size || strncmp(at - size, end, size) != 0)
        return false;
    const char *last = at - size, *first = last;
    while (first > fold && first[-1] != ' ')
        first--;
    AUTO(mem) char *word = mem_strndup(first, (size_t)(last - first));
    AUTO(mem) char *name = text_fold(paper->template->name);
    bool letter = paper->kind.rule && paper->kind.rule->symbol_count;
    return word && name && *word && (strstr(name, word) || (!letter && strcmp(word, "giay") == 0));
}

/* "Giấy này có giá trị đến hết ngày …", "Có giá trị đến: …": the sentence is about the paper, and
 * nothing stands between its words and the date. */
static bool is_about_paper(const struct paper *paper, const char *fold)
{
    const char *at = strstr(fold, "co gia tri");
    bool begins = at && (at == fold || names_paper(paper, fold, at));
    const char *until = at ? strstr(at, " den") : NULL;
    size_t between = until ? (size_t)(until - at) : 0;
    if (!begins || !until || between > STATED_BYTES_MAX)
        return false;
    until += strlen(" den");
    until += strspn(until, " :");
    until += strncmp(until, "het ", 4) == 0 ? 4 : 0;
    until += strncmp(until, "ngay ", 5) == 0 ? 5 : 0;
    return *until >= '0' && *until <= '9';
}

/* Behind it the sentence could go on: "… theo quy định cũ". */
static bool ends_line(const struct page_text *page, const struct page_line *line, size_t at)
{
    for (size_t i = at + 1; i < line->first + line->count; i++)
        if (*page->key[i])
            return false;
    return true;
}

/* Printed figures read surely, the last of its line. */
static bool date_is_sure(const struct paper *paper, const struct validity *stated)
{
    const struct page_text *page = &paper->page[stated->page];
    const struct page_line *line = stated->line;
    struct date_words at;
    if (read_date_words(page, line->first, line->count, &at))
        return date_compare(&at.date, &stated->until) == 0 && ends_line(page, line, at.year) &&
               read_date_is_printed(page, paper->aspect[stated->page], &at) &&
               paper_words_confidence(page, at.year, 1) >= FIGURES_SURE;
    for (size_t i = line->first; i < line->first + line->count; i++) {
        const struct word *word = &page->words->item[i];
        struct date date;
        if (word->text[0] >= '0' && word->text[0] <= '9' && parse_date_numeric(word->text, &date))
            return date_compare(&date, &stated->until) == 0 && !date.repaired &&
                   ends_line(page, line, i) && word->confidence >= FIGURES_SURE &&
                   word->hand < WORD_HAND_DOUBT;
    }
    return false;
}

/* A date that the paper states of itself, clearly. */
static bool is_sure(const struct paper *paper, const struct validity *stated)
{
    const struct page_text *page = &paper->page[stated->page];
    if (stated->term != TERM_DATE || stated->until.repaired)
        return false;
    AUTO(mem) char *text = page_text_join(page, stated->line->first, stated->line->count);
    AUTO(mem) char *fold = text ? text_fold(text) : NULL;
    return fold && is_about_paper(paper, fold) && date_is_sure(paper, stated);
}

static bool issue_date(const struct paper *paper, struct date *out)
{
    const struct field *field = fields_find(paper->fields, FIELD_issue_date);
    *out = (struct date){0};
    return field && field->value &&
           sscanf(field->value, "%4d-%2d-%2d", &out->year, &out->month, &out->day) == 3;
}

enum err_code find_validity(struct paper *paper, const struct field_rule *rule)
{
    struct validity stated;
    if (!find_statement(paper, &stated))
        return ERR_OK;
    struct found found = {.page = stated.page,
                          .line = &stated.line,
                          .line_count = 1,
                          .source = FIELD_FROM_WORDING,
                          .confidence = CONFIDENCE_STATED,
                          .ask = true};
    char iso[DATE_ISO_SIZE];
    if (rule->field == FIELD_no_expiry) {
        if (stated.term != TERM_ENDLESS)
            return ERR_OK;
        found.value = "true";
        return paper_propose(paper, rule, &found);
    }
    if (is_sure(paper, &stated)) {
        found.ask = false;
        found.confidence = CONFIDENCE_AGREED;
    }
    if (stated.term == TERM_MONTHS && issue_date(paper, &stated.until)) {
        stated.until = date_add_months(stated.until, stated.months);
        found.confidence = CONFIDENCE_COMPUTED;
        stated.term = TERM_DATE;
    }
    if (stated.term == TERM_DATE) {
        date_iso(&stated.until, iso);
        found.value = iso;
    }
    return paper_propose(paper, rule, &found);
}
