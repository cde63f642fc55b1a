#ifndef SOHOA_UPLOAD_MAPPING_H
#define SOHOA_UPLOAD_MAPPING_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/*
 * How one receiving system wants its records: our names to its own, its endpoints, what its answers
 * mean. One JSON file per system ("sohoa.mapping/1"), described in sohoa-mapping(5). Here it is
 * parsed and checked whole; mapping_apply.h builds requests by it, mapping_reply.h reads answers.
 */

struct mapping;

#define MAPPING_MAX_BYTES (1u << 20)

/* `name` is the file's, for messages. MAPPING_BAD names file, line, key and reason. */
enum err_code mapping_parse(const char *name, const char *text, size_t size, struct mapping **out,
                            struct err *err);
void mapping_free(struct mapping *mapping); /* NULL is fine */
AUTO_DEFINE(mapping, struct mapping *, mapping_free);

/* Borrowed, NULL when the file has no such thing. */
const struct js *mapping_at(const struct mapping *mapping, const char *path);
/* "send" "update" "ask" "download" "withdraw" "show" "look_up" "reserve_code" */
const struct js *mapping_operation(const struct mapping *mapping, const char *name);

/* The constants, with what the station's configuration says in place of the file's. MAPPING_BAD
 * names one that nobody says, or that the file does not have. */
enum err_code mapping_constants(const struct mapping *mapping, const struct js *said,
                                struct js **out, struct err *err);

#endif
