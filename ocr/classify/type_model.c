#include "ocr/classify/type_model.h"

#include <endian.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static uint32_t u32_at(const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

static double f32_at(const unsigned char *bytes)
{
    uint32_t bits = u32_at(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static bool is_weight(double value)
{
    return fabs(value) <= TYPE_MODEL_WEIGHT_MAX; /* false for what is no number */
}

static const unsigned char *weight_at(const struct type_model *model, size_t at)
{
    return model->weights + at * TYPE_MODEL_WEIGHT;
}

static unsigned term_at(const struct type_model *model, size_t at)
{
    const unsigned char *weight = weight_at(model, at);
    return weight[0] | (unsigned)weight[1] << 8;
}

static bool weight_is_good(const struct type_model *model, size_t at)
{
    const unsigned char *weight = weight_at(model, at);
    bool in_order =
        at == 0 || term_at(model, at - 1) < term_at(model, at) ||
        (term_at(model, at - 1) == term_at(model, at) && weight_at(model, at - 1)[2] < weight[2]);
    return in_order && weight[2] < model->type_count && is_weight(f32_at(weight + 4));
}

static enum err_code bad(struct err *err, const char *what)
{
    return err_set(err, ERR_MODEL_BAD, "type model: %s", what);
}

enum err_code type_model_open(const void *bytes, size_t size, struct type_model *out,
                              struct err *err)
{
    const unsigned char *at = bytes;
    struct type_model model = {0};
    if (size < TYPE_MODEL_HEAD || memcmp(at, TYPE_MODEL_MAGIC, strlen(TYPE_MODEL_MAGIC)) != 0)
        return bad(err, "no model of this kind");
    model.type_count = u32_at(at + 8);
    model.weight_count = u32_at(at + 12);
    if (model.type_count > DOC_TYPE_COUNT || model.weight_count > size)
        return bad(err, "counts beyond any model");
    if (size != TYPE_MODEL_HEAD + model.type_count * TYPE_MODEL_TYPE +
                    model.weight_count * TYPE_MODEL_WEIGHT)
        return bad(err, "not as long as it says");
    model.types = at + TYPE_MODEL_HEAD;
    model.weights = model.types + model.type_count * TYPE_MODEL_TYPE;
    for (size_t i = 0; i < model.type_count; i++) {
        const unsigned char *type = model.types + i * TYPE_MODEL_TYPE;
        if (!memchr(type, '\0', TYPE_MODEL_SLUG) || !is_weight(f32_at(type + TYPE_MODEL_SLUG)))
            return bad(err, "a type is broken");
        model.type[i] = doc_type_from_slug((const char *)type);
    }
    for (size_t i = 0; i < model.weight_count; i++)
        if (!weight_is_good(&model, i))
            return bad(err, "a weight is broken");
    *out = model;
    return ERR_OK;
}

static size_t first_of_term(const struct type_model *model, unsigned term)
{
    size_t low = 0, high = model->weight_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (term_at(model, middle) < term)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void type_model_score(const struct type_model *model, const uint16_t *term, size_t count,
                      double out[DOC_TYPE_COUNT])
{
    double sum[DOC_TYPE_COUNT] = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t at = first_of_term(model, term[i]);
             at < model->weight_count && term_at(model, at) == term[i]; at++)
            sum[weight_at(model, at)[2]] += f32_at(weight_at(model, at) + 4);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        out[i] = 0;
    if (count < TYPE_MODEL_LEAST_TERMS)
        return;
    /* terms are of length 1 together, as they were in training */
    double length = sqrt((double)count);
    for (size_t i = 0; i < model->type_count; i++)
        if (model->type[i] != DOC_TYPE_unknown) {
            double bias = f32_at(model->types + i * TYPE_MODEL_TYPE + TYPE_MODEL_SLUG);
            out[model->type[i]] = 1 / (1 + exp(-(bias + sum[i] / length)));
        }
}
