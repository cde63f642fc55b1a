#include "ocr/learn/type_train.h"

#include "daemon/base/mem.h"
#include "ocr/classify/page_terms.h"
#include "ocr/classify/type_model.h"

#include <endian.h>
#include <linear.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TERMS (1 << PAGE_TERM_BITS)
/* Chosen on held-out papers of ocr/papers (tests/bench/classes): more brings nothing. */
#define COST 64.0
#define EPSILON 0.01
/* A weight below moves no page by a hundredth. */
#define LEAST_WEIGHT 0.01
#define BYTES_MAX (64u << 20)

struct rows {
    struct feature_node **row;
    struct feature_node *node;
    double *y;
};

static void rows_auto(struct rows *rows)
{
    mem_free(rows->row);
    mem_free(rows->node);
    mem_free(rows->y);
}

static bool is_real(const struct type_sample *sample)
{
    return sample->dossier || sample->owner;
}

/* In how many made-up papers a term is; in which different dossiers, of which different owners, as
 * far as it matters. */
struct seen {
    unsigned papers;
    uint64_t dossier[TYPE_TRAIN_LEAST_MAX], owner[TYPE_TRAIN_LEAST_MAX];
};

static void note(uint64_t list[TYPE_TRAIN_LEAST_MAX], uint64_t id)
{
    size_t i = 0;
    while (i < TYPE_TRAIN_LEAST_MAX && list[i] && list[i] != id)
        i++;
    if (i < TYPE_TRAIN_LEAST_MAX)
        list[i] = id;
}

static void note_sample(struct seen *seen, const struct type_sample *sample)
{
    for (size_t t = 0; t < sample->count; t++) {
        struct seen *term = &seen[sample->term[t]];
        if (!is_real(sample)) {
            term->papers++;
            continue;
        }
        note(term->dossier, sample->dossier);
        note(term->owner, sample->owner);
    }
}

/* Of a real paper what enough others say, of a made-up one what enough papers of either say. */
static bool counts(const struct seen *seen, const struct type_sample *sample, size_t least)
{
    bool common = least == 0 || (seen->dossier[least - 1] && seen->owner[least - 1]);
    return common || (!is_real(sample) && seen->papers >= least);
}

static enum err_code make_rows(const struct type_sample *sample, size_t count, size_t least_papers,
                               struct rows *out, struct err *err)
{
    AUTO(mem) struct seen *seen = mem_array(TERMS, sizeof *seen);
    size_t nodes = 0, used = 0;
    for (size_t i = 0; i < count; i++)
        nodes += sample[i].count + 2;
    out->row = mem_array(count + 1, sizeof *out->row);
    out->y = mem_array(count + 1, sizeof *out->y);
    out->node = mem_array(nodes + 1, sizeof *out->node);
    if (!seen || !out->row || !out->y || !out->node)
        return err_set(err, ERR_NO_MEMORY, "samples of a model");
    for (size_t i = 0; i < count; i++)
        note_sample(seen, &sample[i]);
    for (size_t i = 0; i < count; i++) {
        double value = sample[i].count ? 1 / sqrt((double)sample[i].count) : 1;
        out->row[i] = &out->node[used];
        for (size_t t = 0; t < sample[i].count; t++)
            if (counts(&seen[sample[i].term[t]], &sample[i], least_papers))
                out->node[used++] = (struct feature_node){sample[i].term[t] + 1, value};
        out->node[used++] = (struct feature_node){TERMS + 1, 1};
        out->node[used++] = (struct feature_node){-1, 0};
    }
    return ERR_OK;
}

struct found {
    float *weight[DOC_TYPE_COUNT]; /* per type, TERMS + 1 with the bias last; NULL: not learned */
};

static void found_auto(struct found *found)
{
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        mem_free(found->weight[i]);
}

static void say_nothing(const char *text)
{
    (void)text;
}

/* One type against all others. */
static enum err_code learn(const struct type_sample *sample, size_t count, enum doc_type type,
                           const struct rows *rows, float **out, struct err *err)
{
    struct problem problem = {
        .l = (int)count, .n = TERMS + 1, .y = rows->y, .x = rows->row, .bias = 1};
    struct parameter how = {.solver_type = L1R_LR, .eps = EPSILON, .C = COST};
    float *weight = mem_array(TERMS + 1, sizeof *weight);
    if (!weight)
        return err_set(err, ERR_NO_MEMORY, "weights of a model");
    for (size_t i = 0; i < count; i++)
        rows->y[i] = sample[i].type == type ? 1 : -1;
    set_print_string_function(say_nothing);
    srand(1); /* liblinear shuffles with rand() */
    struct model *model = train(&problem, &how);
    double sign = model->label[0] == 1 ? 1 : -1;
    for (size_t i = 0; i <= TERMS; i++)
        weight[i] = (float)(sign * model->w[i]);
    free_and_destroy_model(&model);
    *out = weight;
    return ERR_OK;
}

static void put_f32(struct buf *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = htole32(bits);
    buf_append(out, &bits, sizeof bits);
}

static void put_u32(struct buf *out, size_t value)
{
    uint32_t bits = htole32((uint32_t)value);
    buf_append(out, &bits, sizeof bits);
}

static void write_model(const struct found *found, struct buf *out)
{
    AUTO(buf) struct buf weights;
    size_t types = 0, count = 0;
    unsigned char row[DOC_TYPE_COUNT] = {0};
    buf_init(&weights, BYTES_MAX);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        if (found->weight[i])
            row[i] = (unsigned char)types++;
    for (size_t term = 0; term < TERMS; term++)
        for (size_t i = 0; i < DOC_TYPE_COUNT; i++) {
            if (!found->weight[i] || fabsf(found->weight[i][term]) < LEAST_WEIGHT)
                continue;
            unsigned char head[] = {term & 0xff, (unsigned char)(term >> 8), row[i], 0};
            buf_append(&weights, head, sizeof head);
            put_f32(&weights, found->weight[i][term]);
            count++;
        }
    buf_append(out, TYPE_MODEL_MAGIC, strlen(TYPE_MODEL_MAGIC));
    put_u32(out, types);
    put_u32(out, count);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        if (found->weight[i]) {
            char slug[TYPE_MODEL_SLUG] = {0};
            strncpy(slug, doc_type_slug((enum doc_type)i), sizeof slug - 1);
            buf_append(out, slug, sizeof slug);
            put_f32(out, found->weight[i][TERMS]);
        }
    if (buf_ok(&weights))
        buf_append(out, weights.bytes, weights.size);
    else
        out->failed = true;
}

enum err_code type_train(const struct type_sample *sample, size_t count, size_t least_papers,
                         bool (*cancelled)(void), struct buf *out, struct err *err)
{
    AUTO(rows) struct rows rows = {0};
    AUTO(found) struct found found = {0};
    size_t papers[DOC_TYPE_COUNT] = {0}, kinds = 0;
    for (size_t i = 0; i < count; i++)
        kinds += papers[sample[i].type]++ == 0;
    if (kinds < 2)
        return err_set(err, ERR_BAD_ARGUMENT, "papers of at least two types are needed");
    if (least_papers > TYPE_TRAIN_LEAST_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "more than %d papers", TYPE_TRAIN_LEAST_MAX);
    enum err_code code = make_rows(sample, count, least_papers, &rows, err);
    for (size_t i = 0; i < DOC_TYPE_COUNT && !code; i++) {
        if (cancelled && cancelled())
            code = err_set(err, ERR_CANCELLED, "cancelled");
        else if (papers[i] && i != DOC_TYPE_unknown)
            code = learn(sample, count, (enum doc_type)i, &rows, &found.weight[i], err);
    }
    if (code)
        return code;
    write_model(&found, out);
    return buf_ok(out) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "a model");
}
