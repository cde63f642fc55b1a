#include "daemon/cli/meter.h"

#include "daemon/base/when.h"

#include <unistd.h>

#define MINUTE_US INT64_C(60000000)
#define FAR_MINUTES 10000.0 /* a guess beyond a week helps nobody */

void meter_init(struct meter *meter, FILE *out)
{
    *meter = (struct meter){.out = out, .is_terminal = isatty(fileno(out))};
}

void meter_note(struct meter *meter, int64_t done, int64_t now_us)
{
    meter->samples[meter->next].at_us = now_us;
    meter->samples[meter->next].done = done;
    meter->next = (meter->next + 1) % METER_SAMPLES;
    meter->count += meter->count < METER_SAMPLES;
}

double meter_rate(const struct meter *meter)
{
    size_t last = (meter->next + METER_SAMPLES - 1) % METER_SAMPLES;
    size_t first = (meter->next + METER_SAMPLES - meter->count) % METER_SAMPLES;
    if (meter->count < 2)
        return 0;
    while (first != last &&
           meter->samples[last].at_us - meter->samples[first].at_us > METER_SPAN_US)
        first = (first + 1) % METER_SAMPLES;
    int64_t took_us = meter->samples[last].at_us - meter->samples[first].at_us;
    int64_t done = meter->samples[last].done - meter->samples[first].done;
    return took_us > 0 && done > 0 ? (double)done * (double)MINUTE_US / (double)took_us : 0;
}

void meter_show(struct meter *meter, const char *line, int64_t now_us)
{
    if (meter->is_terminal) {
        fprintf(meter->out, "\r\033[K%s", line);
        meter->line_open = true;
    } else if (!meter->told_us || now_us - meter->told_us >= METER_PLAIN_US) {
        fprintf(meter->out, "%s\n", line);
        meter->told_us = now_us;
    }
    fflush(meter->out);
}

void meter_end(struct meter *meter)
{
    if (meter->line_open)
        fputs("\r\033[K", meter->out);
    meter->line_open = false;
    fflush(meter->out);
}

const char *meter_speed(int64_t bits, char *out, size_t size)
{
    double bytes = (double)bits / 8;
    if (bytes >= 1e6)
        snprintf(out, size, "%.1f MB/s", bytes / 1e6);
    else
        snprintf(out, size, "%.0f KB/s", bytes / 1e3);
    return out;
}

const char *meter_ends(const struct meter *meter, int64_t left, int64_t wall_us, char *out,
                       size_t size)
{
    double rate = meter_rate(meter);
    double minutes = rate > 0 ? (double)left / rate : FAR_MINUTES;
    char iso[WHEN_ISO_SIZE];
    *out = 0;
    if (left <= 0 || minutes >= FAR_MINUTES)
        return out;
    when_iso_local(wall_us + (int64_t)(minutes * (double)MINUTE_US), iso);
    snprintf(out, size, "xong khoảng %.5s", iso + 11);
    return out;
}
