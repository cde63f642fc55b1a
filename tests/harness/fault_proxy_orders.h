#ifndef TESTS_FAULT_PROXY_ORDERS_H
#define TESTS_FAULT_PROXY_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the line does wrong now, as stdin says (the head of fault_proxy.c lists the orders). */

struct fault {
    int delay_ms, cut_percent, late_ms;
    long long rate, cut_after, half_after; /* the last two: -1 not */
    bool hole, twice, endless;
    char *answer, *login; /* NULL: none */
    size_t answer_size;
};

struct counted {
    uint64_t up, down, connections, cut;
};

extern struct fault fault;
extern struct counted counted;

/* Obeys the orders that came on stdin; at its end the program is over. */
void orders_read(void);

#endif
