#include "ocr/learn/verdict.h"

struct tally verdict_tally(const struct type_model *model, const struct type_sample *sample,
                           size_t count)
{
    struct tally tally = {.papers = count};
    for (size_t i = 0; i < count; i++) {
        double probable[DOC_TYPE_COUNT];
        bool right = false, wrong = false;
        type_model_score(model, sample[i].term, sample[i].count, probable);
        for (size_t type = 0; type < DOC_TYPE_COUNT; type++)
            if (probable[type] >= TYPE_MODEL_SURE)
                *(type == sample[i].type ? &right : &wrong) = true;
        tally.right += right && !wrong;
        tally.wrong += wrong;
    }
    return tally;
}

static bool is_worse(const struct tally *now, const struct tally *before)
{
    return now->right < before->right || now->wrong > before->wrong;
}

enum verdict verdict_of_offered(const struct comparison *found)
{
    if (is_worse(&found->station_new, &found->station_old))
        return VERDICT_WORSE_HERE;
    return is_worse(&found->wording_new, &found->wording_old) ? VERDICT_WORSE_ELSEWHERE
                                                              : VERDICT_USE;
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
