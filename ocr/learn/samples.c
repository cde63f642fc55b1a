#include "ocr/learn/samples.h"

#include "daemon/base/mem.h"
#include "ocr/classify/page_terms.h"
#include "ocr/learn/misread.h"

#include <string.h>

void samples_done(struct samples *samples)
{
    for (size_t i = 0; i < samples->count; i++)
        mem_free((void *)samples->item[i].term);
    mem_free(samples->item);
    *samples = (struct samples){0};
}

static bool add_line(void *payload, const char *const *word, size_t count)
{
    return page_terms_line(payload, word, count);
}

static enum doc_type type_of(const char *paper)
{
    char slug[64] = "";
    strncat(slug, paper, strcspn(paper, "/") < 63 ? strcspn(paper, "/") : 63);
    return doc_type_from_slug(slug);
}

static enum err_code add_paper(const struct wording *wording, const char *name, uint64_t seed,
                               enum wording_part part, struct page_terms *terms,
                               struct samples *out, struct err *err)
{
    AUTO(paper) struct paper paper = {0};
    enum err_code code = paper_compose(wording, name, seed, part, &paper, err);
    if (code)
        return code;
    page_terms_begin(terms);
    if (!misread_paper(&paper, seed, add_line, terms))
        return err_set(err, ERR_NO_MEMORY, "terms of a paper");
    page_terms_end(terms);
    uint16_t *copy = mem_array(terms->count + 1, sizeof *copy);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "terms of a paper");
    memcpy(copy, terms->id, terms->count * sizeof *copy);
    out->item[out->count++] =
        (struct type_sample){.type = type_of(name), .term = copy, .count = terms->count};
    return ERR_OK;
}

static bool make_room(struct samples *samples, size_t more)
{
    size_t size = (samples->count + more + 1) * sizeof *samples->item;
    struct type_sample *item = mem_resize(samples->item, size);
    if (item)
        samples->item = item;
    return item != NULL;
}

enum err_code samples_compose_of(const struct wording *wording, const char *name,
                                 enum wording_part part, uint64_t seed, int count,
                                 struct samples *out, struct err *err)
{
    AUTO(mem) struct page_terms *terms = mem_alloc(sizeof *terms);
    enum err_code code = ERR_OK;
    if (!terms || !make_room(out, (size_t)count))
        return err_set(err, ERR_NO_MEMORY, "samples");
    for (int i = 0; i < count && !code; i++)
        code = add_paper(wording, name, seed + (uint64_t)i, part, terms, out, err);
    return code;
}

enum err_code samples_compose(const struct wording *wording, enum wording_part part, uint64_t seed,
                              int each, struct samples *out, struct err *err)
{
    AUTO(mem) struct page_terms *terms = mem_alloc(sizeof *terms);
    const char *const *names = wording_papers(wording);
    size_t kinds = 0;
    while (names[kinds])
        kinds++;
    if (!terms || !make_room(out, kinds * (size_t)each))
        return err_set(err, ERR_NO_MEMORY, "samples");
    for (size_t i = 0; i < kinds * (size_t)each; i++) {
        enum err_code code = add_paper(wording, names[i % kinds], seed + i, part, terms, out, err);
        if (code)
            return code;
    }
    return ERR_OK;
}
