#ifndef SOHOA_TESTS_SCANNING_H
#define SOHOA_TESTS_SCANNING_H

#include "tests/flow/scan/page_file.h"
#include "tests/harness/test.h"

/* The one site and the one scan worker of a test program, and short words for asking it. What is
 * refused is printed. */

static struct scan_site site;
static struct scan_worker worker;

static inline enum err_code told(const char *op, enum err_code code, const struct err *err)
{
    if (code)
        print_message("%s: %s\n", op, err->detail);
    return code;
}

static inline enum err_code ask(const char *op, struct js *args, struct js **out)
{
    struct err err = ERR_INIT;
    return told(op, worker_ask(&worker, op, args, -1, out, &err), &err);
}

static inline enum err_code do_op(const char *op, struct js *args)
{
    AUTO(js) struct js *ok = NULL;
    return ask(op, args, &ok);
}

static inline enum err_code open_named(const char *device)
{
    return do_op("open", js_pack("{s:s}", "device", device));
}

/* A batch in colour over the area from the corner. */
static inline enum err_code start_area(const char *source, int dpi, double width_mm,
                                       double height_mm)
{
    return do_op("start", js_pack("{s:s, s:s, s:i, s:[f,f,f,f]}", "source", source, "mode", "color",
                                  "resolution_dpi", dpi, "area_mm", 0.0, 0.0, width_mm, height_mm));
}

static inline enum err_code next_into(const char *name, struct js **out)
{
    struct err err = ERR_INIT;
    return told("next", worker_next(&worker, &site, name, out, &err), &err);
}

static inline enum err_code next(struct js **out)
{
    return next_into("page.tif", out);
}

#endif
