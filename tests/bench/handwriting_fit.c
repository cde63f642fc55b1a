/*
 * Fits the net of ocr/recognize/handwriting.c.
 *
 *   handwriting_pages rows FOLDER | handwriting_fit >ocr/recognize/handwriting_weights.h
 *
 * The same rows give the same weights. Adam over small batches; features are made equal in spread
 * first (folded into the weights again) and shaken while learning, so that no single one decides.
 * The last bias is moved until WANTED_FALSE of the printed rows count as written by hand.
 */
#include "daemon/base/mem.h"
#include "ocr/recognize/handwriting.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUTS HANDWRITING_FEATURES
#define HIDDEN 24
#define EPOCHS 24
#define BATCH 64
#define RATE 0.002
#define DECAY 0.003
#define SHAKE 0.4
#define WANTED_FALSE 0.005
#define ROWS_MAX 400000

struct row {
    float x[INPUTS];
    bool hand;
};

/* All weights in one list, for Adam. */
struct net {
    double w[HIDDEN][INPUTS], bias[HIDDEN], out[HIDDEN], out_bias;
};
#define NUMBERS (sizeof(struct net) / sizeof(double))

static uint64_t state = 20201;
static double random_real(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

static double random_normal(void)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += random_real();
    return sum - 6;
}

static size_t read_rows(struct row *row)
{
    size_t count = 0;
    for (int hand; count < ROWS_MAX && scanf("%d", &hand) == 1; count++) {
        row[count].hand = hand;
        for (int i = 0; i < INPUTS; i++)
            if (scanf("%f", &row[count].x[i]) != 1)
                return count;
    }
    return count;
}

static void level(struct row *row, size_t count, double *mean, double *spread)
{
    for (int i = 0; i < INPUTS; i++) {
        double sum = 0, squares = 0;
        for (size_t k = 0; k < count; k++) {
            sum += row[k].x[i];
            squares += row[k].x[i] * row[k].x[i];
        }
        mean[i] = sum / (double)count;
        spread[i] = sqrt(fmax(1e-4, squares / (double)count - mean[i] * mean[i]));
        for (size_t k = 0; k < count; k++)
            row[k].x[i] = (float)((row[k].x[i] - mean[i]) / spread[i]);
    }
}

static double forward(const struct net *net, const double *x, double *hidden)
{
    double sum = net->out_bias;
    for (int k = 0; k < HIDDEN; k++) {
        double h = net->bias[k];
        for (int i = 0; i < INPUTS; i++)
            h += net->w[k][i] * x[i];
        hidden[k] = tanh(h);
        sum += net->out[k] * hidden[k];
    }
    return sum;
}

static void learn_row(const struct net *net, const struct row *row, double weight, struct net *step)
{
    double x[INPUTS], hidden[HIDDEN];
    for (int i = 0; i < INPUTS; i++)
        x[i] = row->x[i] + SHAKE * random_normal();
    double off = weight * (1 / (1 + exp(-forward(net, x, hidden))) - row->hand);
    step->out_bias += off;
    for (int k = 0; k < HIDDEN; k++) {
        double back = off * net->out[k] * (1 - hidden[k] * hidden[k]);
        step->out[k] += off * hidden[k];
        step->bias[k] += back;
        for (int i = 0; i < INPUTS; i++)
            step->w[k][i] += back * x[i];
    }
}

static void take_step(struct net *net, const struct net *step, struct net *first,
                      struct net *second, int time, double rate)
{
    double *w = (double *)net, *m = (double *)first, *v = (double *)second;
    const double *g = (const double *)step;
    for (size_t i = 0; i < NUMBERS; i++) {
        double slope = g[i] / BATCH;
        m[i] = 0.9 * m[i] + 0.1 * slope;
        v[i] = 0.999 * v[i] + 0.001 * slope * slope;
        double mean = m[i] / (1 - pow(0.9, time)), square = v[i] / (1 - pow(0.999, time));
        w[i] -= rate * (mean / (sqrt(square) + 1e-8) + DECAY * w[i]);
    }
}

static void shuffle(size_t *order, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)(random_real() * (double)i), kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

static int compare_reals(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Where WANTED_FALSE of print lies above. */
static void move_bias(struct net *net, const struct row *row, size_t count)
{
    double *print = mem_array(count, sizeof *print), hidden[HIDDEN], x[INPUTS];
    size_t prints = 0, found = 0, hands = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            for (int k = 0; k < INPUTS; k++)
                x[k] = row[i].x[k];
            double value = forward(net, x, hidden);
            if (pass == 0 && !row[i].hand)
                print[prints++] = value;
            else if (pass == 1 && row[i].hand)
                hands++, found += value > 0;
            if (pass == 0 && i + 1 == count) {
                qsort(print, prints, sizeof *print, compare_reals);
                net->out_bias -= print[(size_t)((1 - WANTED_FALSE) * (double)prints)];
            }
        }
    fprintf(stderr,
            "handwriting_fit: of %zu printed parts %.2f %% count as hand, of %zu by hand %.2f %%\n",
            prints, 100 * WANTED_FALSE, hands, hands ? 100.0 * (double)found / (double)hands : 0);
    mem_free(print);
}

static void fit(const struct row *row, size_t count, struct net *net)
{
    struct net *first = mem_alloc(sizeof *first), *second = mem_alloc(sizeof *second);
    struct net *step = mem_alloc(sizeof *step);
    size_t *order = mem_array(count, sizeof *order);
    int time = 0;
    for (int k = 0; k < HIDDEN; k++) {
        for (int i = 0; i < INPUTS; i++)
            net->w[k][i] = random_normal() / sqrt(INPUTS);
        net->out[k] = random_normal() / sqrt(HIDDEN);
    }
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        double rate = RATE * (1 + cos(M_PI * epoch / EPOCHS)) / 2;
        shuffle(order, count);
        for (size_t from = 0; from + BATCH <= count; from += BATCH) {
            *step = (struct net){0};
            for (size_t i = from; i < from + BATCH; i++)
                learn_row(net, &row[order[i]], 1, step);
            take_step(net, step, first, second, ++time, rate);
        }
    }
    mem_free(first);
    mem_free(second);
    mem_free(step);
    mem_free(order);
}

static void print_list(const double *value, int count)
{
    for (int i = 0; i < count; i++)
        printf("%s%.4ef,", i % 8 ? " " : "\n    ", value[i]);
}

static void print_net(struct net *net, const double *mean, const double *spread)
{
    for (int k = 0; k < HIDDEN; k++)
        for (int i = 0; i < INPUTS; i++) {
            net->w[k][i] /= spread[i];
            net->bias[k] -= net->w[k][i] * mean[i];
        }
    printf("#ifndef SOHOA_RECOGNIZE_HANDWRITING_WEIGHTS_H\n"
           "#define SOHOA_RECOGNIZE_HANDWRITING_WEIGHTS_H\n\n"
           "/* Made by `tests/bench/handwriting fit`; not edited by hand. */\n\n"
           "/* clang-format off */\n#define HANDWRITING_HIDDEN %d\n",
           HIDDEN);
    printf("static const float handwriting_weight[HANDWRITING_HIDDEN][HANDWRITING_FEATURES] = {");
    for (int k = 0; k < HIDDEN; k++) {
        printf("{");
        print_list(net->w[k], INPUTS);
        printf("\n},%s", k + 1 < HIDDEN ? " " : "");
    }
    printf("};\nstatic const float handwriting_bias[HANDWRITING_HIDDEN] = {");
    print_list(net->bias, HIDDEN);
    printf("\n};\nstatic const float handwriting_out[HANDWRITING_HIDDEN] = {");
    print_list(net->out, HIDDEN);
    printf(
        "\n};\nstatic const float handwriting_out_bias = %.4ef;\n/* clang-format on */\n\n#endif\n",
        net->out_bias);
}

int main(void)
{
    double mean[INPUTS], spread[INPUTS];
    struct row *row = mem_array(ROWS_MAX, sizeof *row);
    struct net *net = mem_alloc(sizeof *net);
    size_t count = row && net ? read_rows(row) : 0;
    if (count < BATCH)
        return 1;
    level(row, count, mean, spread);
    fit(row, count, net);
    move_bias(net, row, count);
    print_net(net, mean, spread);
    mem_free(row);
    mem_free(net);
    return 0;
}
