#ifndef TESTS_UPLOAD_LINE_H
#define TESTS_UPLOAD_LINE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* A bad line to a port of loopback: tests/harness/fault_proxy. */

struct line {
    pid_t pid;
    int port;
    FILE *orders, *answers;
};

/* upstream_port 0: a forward proxy. */
void line_open(struct line *line, int upstream_port);
void line_close(struct line *line);
/* One order, done when it returns. */
void line_order(struct line *line, const char *order);
/* Bytes that went up so far. */
uint64_t line_sent(struct line *line);

#endif
