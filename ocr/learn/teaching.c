#include "ocr/learn/teaching.h"

#include "ocr/learn/samples.h"

#include <stdlib.h>
#include <string.h>

/* As the shipped model is taught (teach.c). */
#define MADE_UP_OF_EACH 200
#define JUDGING_OF_EACH 20
#define FIRST_SEED 1
#define JUDGING_SEED 700001
/* What fewer dossiers and owners say is about them. */
#define LEAST_PAPERS 5
#define HELD_OUT_OF 5

struct taken {
    uint64_t key;
    struct type_sample sample; /* terms owned */
};

struct teaching {
    const struct wording *wording;
    struct taken *taken;
    size_t count, capacity;
    struct samples made_up, judging; /* composed when they are needed first */
};

enum err_code teaching_new(const struct wording *wording, struct teaching **out, struct err *err)
{
    struct teaching *teaching = mem_alloc(sizeof *teaching);
    if (!teaching)
        return err_set(err, ERR_NO_MEMORY, "teaching");
    teaching->wording = wording;
    *out = teaching;
    return ERR_OK;
}

void teaching_free(struct teaching *teaching)
{
    if (!teaching)
        return;
    for (size_t i = 0; i < teaching->count; i++)
        mem_free((void *)teaching->taken[i].sample.term);
    mem_free(teaching->taken);
    samples_done(&teaching->made_up);
    samples_done(&teaching->judging);
    mem_free(teaching);
}

bool teaching_holds_out(uint64_t key)
{
    return key % HELD_OUT_OF == 0;
}

static bool make_room(struct teaching *teaching)
{
    if (teaching->count < teaching->capacity)
        return true;
    size_t more = teaching->capacity ? 2 * teaching->capacity : 64;
    struct taken *taken = mem_resize(teaching->taken, more * sizeof *taken);
    if (!taken)
        return false;
    teaching->taken = taken;
    teaching->capacity = more;
    return true;
}

enum err_code teaching_add(struct teaching *teaching, uint64_t key,
                           const struct type_sample *sample, struct err *err)
{
    if (sample->type == DOC_TYPE_unknown)
        return ERR_OK;
    uint16_t *terms = mem_array(sample->count + 1, sizeof *terms);
    if (!terms || !make_room(teaching)) {
        mem_free(terms);
        return err_set(err, ERR_NO_MEMORY, "terms of a paper");
    }
    memcpy(terms, sample->term, sample->count * sizeof *terms);
    struct taken *taken = &teaching->taken[teaching->count++];
    *taken = (struct taken){key, *sample};
    taken->sample.term = terms;
    return ERR_OK;
}

void teaching_count(const struct teaching *teaching, size_t *out_taught, size_t *out_held_out)
{
    *out_held_out = 0;
    for (size_t i = 0; i < teaching->count; i++)
        *out_held_out += teaching_holds_out(teaching->taken[i].key);
    *out_taught = teaching->count - *out_held_out;
}

static int by_key(const void *a, const void *b)
{
    uint64_t one = ((const struct taken *)a)->key, other = ((const struct taken *)b)->key;
    return one < other ? -1 : one > other;
}

/* The taught or the held-out papers behind `before` others; terms borrowed. */
static enum err_code part_of(const struct teaching *teaching, bool held_out,
                             const struct samples *before, struct type_sample **out,
                             size_t *out_count, struct err *err)
{
    size_t used = before ? before->count : 0;
    struct type_sample *list = mem_array(used + teaching->count + 1, sizeof *list);
    if (!list)
        return err_set(err, ERR_NO_MEMORY, "samples");
    for (size_t i = 0; i < used; i++)
        list[i] = before->item[i];
    for (size_t i = 0; i < teaching->count; i++)
        if (teaching_holds_out(teaching->taken[i].key) == held_out)
            list[used++] = teaching->taken[i].sample;
    *out = list;
    *out_count = used;
    return ERR_OK;
}

enum err_code teaching_compare(struct teaching *teaching, const struct type_model *old,
                               const struct type_model *offered, bool (*cancelled)(void),
                               struct comparison *out_found, struct err *err)
{
    AUTO(mem) struct type_sample *held_out = NULL;
    size_t count = 0;
    enum err_code code = part_of(teaching, true, NULL, &held_out, &count, err);
    if (!code && !teaching->judging.item)
        code = samples_compose(teaching->wording, WORDING_HELD_OUT, JUDGING_SEED, JUDGING_OF_EACH,
                               &teaching->judging, err);
    if (!code && cancelled && cancelled())
        code = err_set(err, ERR_CANCELLED, "cancelled");
    if (code)
        return code;
    const struct samples *made_up = &teaching->judging;
    out_found->station_old = verdict_tally(old, held_out, count);
    out_found->station_new = verdict_tally(offered, held_out, count);
    out_found->wording_old = verdict_tally(old, made_up->item, made_up->count);
    out_found->wording_new = verdict_tally(offered, made_up->item, made_up->count);
    out_found->type_lost = verdict_loses_type(old, offered, made_up->item, made_up->count);
    return ERR_OK;
}

static enum err_code train(struct teaching *teaching, bool (*cancelled)(void), struct buf *out,
                           struct err *err)
{
    AUTO(mem) struct type_sample *taught = NULL;
    size_t count = 0;
    enum err_code code = ERR_OK;
    if (!teaching->made_up.item)
        code = samples_compose(teaching->wording, WORDING_TRAIN, FIRST_SEED, MADE_UP_OF_EACH,
                               &teaching->made_up, err);
    qsort(teaching->taken, teaching->count, sizeof *teaching->taken, by_key);
    if (!code)
        code = part_of(teaching, false, &teaching->made_up, &taught, &count, err);
    return code ? code : type_train(taught, count, LEAST_PAPERS, cancelled, out, err);
}

enum err_code teaching_train(struct teaching *teaching, const struct type_model *old,
                             struct model_facts *facts, bool (*cancelled)(void), struct buf *out,
                             struct comparison *out_found, enum verdict *out_verdict,
                             struct err *err)
{
    AUTO(buf) struct buf bytes;
    struct type_model model;
    size_t taught, held_out;
    buf_init(&bytes, MODEL_FILE_MAX);
    teaching_count(teaching, &taught, &held_out);
    if (taught < VERDICT_LEAST_TAUGHT || held_out < VERDICT_LEAST_JUDGING) {
        *out_found = (struct comparison){.station_new.papers = held_out};
        *out_verdict = VERDICT_TOO_FEW;
        return ERR_OK;
    }
    for (size_t i = 0; i < teaching->count; i++)
        if (!teaching_holds_out(teaching->taken[i].key))
            facts->papers[teaching->taken[i].sample.type]++;
    enum err_code code = train(teaching, cancelled, &bytes, err);
    if (!code)
        code = type_model_open(bytes.bytes, bytes.size, &model, err);
    if (!code)
        code = teaching_compare(teaching, old, &model, cancelled, out_found, err);
    if (!code)
        code = model_file_write(facts, bytes.bytes, bytes.size, out, err);
    if (!code)
        *out_verdict = verdict_of(out_found);
    return code;
}
