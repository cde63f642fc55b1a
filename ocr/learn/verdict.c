#include "ocr/learn/verdict.h"

static void tell(const struct type_model *model, const struct type_sample *sample, bool *out_right,
                 bool *out_wrong)
{
    double probable[DOC_TYPE_COUNT];
    bool right = false, wrong = false;
    type_model_score(model, sample->term, sample->count, probable);
    for (size_t type = 0; type < DOC_TYPE_COUNT; type++)
        if (probable[type] >= TYPE_MODEL_SURE)
            *(type == sample->type ? &right : &wrong) = true;
    *out_right = right && !wrong;
    *out_wrong = wrong;
}

struct tally verdict_tally(const struct type_model *model, const struct type_sample *sample,
                           size_t count)
{
    struct tally tally = {.papers = count};
    for (size_t i = 0; i < count; i++) {
        bool right, wrong;
        tell(model, &sample[i], &right, &wrong);
        tally.right += right;
        tally.wrong += wrong;
    }
    return tally;
}

bool verdict_loses_type(const struct type_model *old, const struct type_model *offered,
                        const struct type_sample *sample, size_t count)
{
    size_t papers[DOC_TYPE_COUNT] = {0}, before[DOC_TYPE_COUNT] = {0}, now[DOC_TYPE_COUNT] = {0};
    bool right, wrong, loses = false;
    for (size_t i = 0; i < count; i++) {
        enum doc_type type = sample[i].type;
        papers[type]++;
        tell(old, &sample[i], &right, &wrong);
        before[type] += right;
        tell(offered, &sample[i], &right, &wrong);
        now[type] += right;
    }
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        loses = loses || now[i] + papers[i] / 10 < before[i];
    return loses;
}

static bool is_worse(const struct tally *now, const struct tally *before)
{
    return now->right < before->right || now->wrong > before->wrong;
}

enum verdict verdict_of_offered(const struct comparison *found)
{
    if (is_worse(&found->station_new, &found->station_old))
        return VERDICT_WORSE_HERE;
    bool worse = found->type_lost || is_worse(&found->wording_new, &found->wording_old);
    return worse ? VERDICT_WORSE_ELSEWHERE : VERDICT_USE;
}

enum verdict verdict_of(const struct comparison *found)
{
    const struct tally *now = &found->station_new, *before = &found->station_old;
    enum verdict verdict = verdict_of_offered(found);
    if (now->papers < VERDICT_LEAST_JUDGING)
        return VERDICT_TOO_FEW;
    if (verdict != VERDICT_USE)
        return verdict;
    return now->right > before->right || now->wrong < before->wrong ? VERDICT_USE : VERDICT_NO_GAIN;
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_USE] = "used",
        [VERDICT_TOO_FEW] = "too-few",
        [VERDICT_NO_GAIN] = "no-gain",
        [VERDICT_WORSE_HERE] = "worse-here",
        [VERDICT_WORSE_ELSEWHERE] = "worse-elsewhere",
    };
    return names[verdict];
}
