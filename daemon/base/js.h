#ifndef SOHOA_BASE_JS_H
#define SOHOA_BASE_JS_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * JSON values. This pair is the only place that knows the JSON library, and owns the limits on
 * size, depth and count. Reference counted; text is checked UTF-8 and made NFC on parsing. Memory
 * of freed values is wiped; what js_dump gives is the caller's to wipe.
 *
 * Reading takes a path from the value at hand ("fields.issuer.box_mm[2]"; "" is the value itself).
 * A missing or mistyped value is BAD_JSON naming the path; unknown keys are nobody's business.
 */

struct js;

#define JS_MAX_BYTES (16u << 20)
#define JS_MAX_DEPTH 32
#define JS_MAX_VALUES 1000000u

enum err_code js_parse(const void *bytes, size_t size, struct js **out, struct err *err);
enum err_code js_read_fd(int fd, struct js **out, struct err *err);
enum err_code js_read_file(const char *path, struct js **out, struct err *err);

char *js_dump(const struct js *value);        /* compact, caller's; NULL when out of memory */
char *js_dump_pretty(const struct js *value); /* two-space indent, newline at the end */
/* Sealed memfd holding js_dump. */
enum err_code js_to_memfd(const struct js *value, const char *name, int *out_fd, struct err *err);

struct js *js_ref(const struct js *value); /* one more owner; NULL in, NULL out */
void js_free(struct js *value);            /* one owner less */
AUTO_DEFINE(js, struct js *, js_free);
struct js *js_copy(const struct js *value); /* deep */

/* Building. Constructors return NULL when out of memory (or for text that is not UTF-8); js_set and
 * js_push take over `value` in every case and return false for a NULL value or parent. So a chain
 * `ok = js_set(o, "a", js_int(1)) && js_set(o, "b", js_text(x));` needs one check. */
struct js *js_object(void);
struct js *js_array(void);
struct js *js_text(const char *text); /* NULL text gives JSON null */
struct js *js_int(int64_t number);
struct js *js_real(double number); /* not finite gives JSON null */
struct js *js_bool(bool value);
struct js *js_null(void);
bool js_set(struct js *object, const char *key, struct js *value);
bool js_push(struct js *array, struct js *value);
bool js_remove(struct js *object, const char *key);
/* Printf for JSON: format of jansson's json_pack ("{s:s, s:i, s:I, s:o, s:b, s:f, s:[..]}"; o takes
 * a struct js * over, O refs it, s? takes NULL). NULL when anything failed. */
struct js *js_pack(const char *fmt, ...);

/* Reading: borrowed results live as long as their root. */
const struct js *js_at(const struct js *root, const char *path); /* NULL: not there */
bool js_has(const struct js *root, const char *path);            /* there and not null */
bool js_is_object(const struct js *value);
bool js_is_array(const struct js *value);
bool js_is_text(const struct js *value);
bool js_is_null(const struct js *value); /* also for NULL */
enum err_code js_get_text(const struct js *root, const char *path, const char **out,
                          struct err *err);
enum err_code js_get_int(const struct js *root, const char *path, int64_t *out, struct err *err);
enum err_code js_get_real(const struct js *root, const char *path, double *out, struct err *err);
enum err_code js_get_bool(const struct js *root, const char *path, bool *out, struct err *err);
enum err_code js_get_object(const struct js *root, const char *path, const struct js **out,
                            struct err *err);
enum err_code js_get_array(const struct js *root, const char *path, const struct js **out,
                           struct err *err);
/* With a default for missing or null; a mistyped value gives the default, too. */
const char *js_text_or(const struct js *root, const char *path, const char *fallback);
int64_t js_int_or(const struct js *root, const char *path, int64_t fallback);
double js_real_or(const struct js *root, const char *path, double fallback);
bool js_bool_or(const struct js *root, const char *path, bool fallback);

size_t js_count(const struct js *array_or_object);
const struct js *js_item(const struct js *array, size_t index);
/* Keys in insertion order: for (void *it = js_iter(o); it; it = js_iter_next(o, it)). */
void *js_iter(const struct js *object);
void *js_iter_next(const struct js *object, void *iter);
const char *js_iter_key(void *iter);
const struct js *js_iter_value(void *iter);
bool js_equal(const struct js *a, const struct js *b);

#endif
