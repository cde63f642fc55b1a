#ifndef SOHOA_CLI_METER_H
#define SOHOA_CLI_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * How far work is: one line of a terminal that is drawn anew, plain lines every METER_PLAIN_US when
 * the stream is none. A rate is that of the last METER_SPAN_US. Texts for people are Vietnamese.
 */

#define METER_SPAN_US INT64_C(30000000)
#define METER_PLAIN_US INT64_C(15000000)
#define METER_SAMPLES 64

struct meter {
    FILE *out;
    bool is_terminal, line_open;
    int64_t told_us; /* the last plain line */
    struct {
        int64_t at_us, done;
    } samples[METER_SAMPLES]; /* a ring */
    size_t count, next;
};

void meter_init(struct meter *meter, FILE *out);
/* So many are done by now; monotonic time. */
void meter_note(struct meter *meter, int64_t done, int64_t now_us);
/* A minute; 0: not known yet. */
double meter_rate(const struct meter *meter);
/* The line as it is now; what does not change is not drawn again. */
void meter_show(struct meter *meter, const char *line, int64_t now_us);
/* Clears the line of a terminal. */
void meter_end(struct meter *meter);

/* 812345 bits a second: "101 KB/s"; returns out */
const char *meter_speed(int64_t bits, char *out, size_t size);
/* Left at that rate, as the time of day it is over: "xong khoảng 17:45", "" when not known. */
const char *meter_ends(const struct meter *meter, int64_t left, int64_t wall_us, char *out,
                       size_t size);

#endif
