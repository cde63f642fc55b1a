#ifndef TESTS_UPLOAD_RECEIVER_H
#define TESTS_UPLOAD_RECEIVER_H

#include "daemon/base/id.h"
#include "daemon/base/js.h"
#include "queue/upload/target_http.h"

#include <stdio.h>
#include <sys/types.h>

/* A receiving system of tests/receivers on loopback, ended by its own pid, and invented records. */

struct receiver {
    pid_t pid;
    int port;
    char *folder; /* its own */
    FILE *orders, *answers;
};

/* Without the receivers' modules, or `program` (NULL: none), the tests of a file are passed over
 * and say so; in CI that is a failure. -1: all is there; else what main returns. */
int receiver_lacks(const char *program);

/* `program` "dossiers.mjs" or "results.mjs". */
void receiver_open(struct receiver *receiver, const char *program);
void receiver_close(struct receiver *receiver);
/* One order in JSON, done when it returns; its answer is the caller's. */
struct js *receiver_ask(struct receiver *receiver, const char *order);
void receiver_order(struct receiver *receiver, const char *order);
int64_t receiver_count(struct receiver *receiver, const char *path); /* of the report */

struct http_options {
    const char *mapping;  /* a file's path */
    const char *proof;    /* in place of its own; NULL: its own */
    const char *endpoint; /* with its port */
    const char *token_url;
    const char *username, *password; /* also the client's id and secret */
    const char *notes;
    const char *ca_file, *cert_file, *key_file, *proxy;
};
enum err_code receiver_target(const struct http_options *options, struct target **out,
                              struct err *err);

/* A record as record.c writes it, of a person who does not exist. */
struct sent_record {
    char id[ID_SIZE];
    struct target_record record;
    char pdf_sha256[HASH_HEX_SIZE], json_sha256[HASH_HEX_SIZE];
};
/* `more` overrides keys of the JSON at its top level; NULL: none. */
void sent_record_open(struct sent_record *record, const char *dossier_code, size_t size,
                      const char *more);
void sent_record_close(struct sent_record *record);

#endif
