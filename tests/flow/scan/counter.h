#ifndef SOHOA_TESTS_COUNTER_H
#define SOHOA_TESTS_COUNTER_H

#include "tests/harness/scanning.h"

/* The simulator's scanner with three sheets of 50.8 by 33.9 mm at 300 dpi. */

#define DEVICE "sohoasim:counter"

static inline int make_site(void **state)
{
    (void)state;
    site_open(&site, "sohoasim");
    for (int seed = 1; seed <= 3; seed++) {
        char name[32];
        snprintf(name, sizeof name, "papers/p%d.ppm", seed);
        site_paper(&site, name, 600, 400, 3, seed);
    }
    worker_spawn(&worker, &site);
    return 0;
}

static inline int drop_site(void **state)
{
    (void)state;
    worker_end(&worker);
    site_close(&site);
    return 0;
}

static inline void open_device(void)
{
    assert_int_equal(open_named(DEVICE), ERR_OK);
}

/* A batch on the whole small paper. */
static inline enum err_code start(const char *source)
{
    return start_area(source, 300, 50.8, 33.86);
}

#endif
