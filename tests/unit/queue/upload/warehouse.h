#ifndef TESTS_UPLOAD_WAREHOUSE_H
#define TESTS_UPLOAD_WAREHOUSE_H

#include "queue/upload/target_dir.h"

#include "daemon/base/id.h"

#include <stddef.h>

/* A warehouse folder in a temp folder, and invented records to send there. */

struct warehouse {
    char root[200], witnesses[220], witness[240];
    struct target *target;
};

void warehouse_open(struct warehouse *warehouse);
void warehouse_close(struct warehouse *warehouse); /* removes the folder */

struct sample {
    char id[ID_SIZE];
    struct target_record record;
    char pdf_sha256[HASH_HEX_SIZE], json_sha256[HASH_HEX_SIZE];
};

/* A PDF of `size` bytes and a JSON naming the record; dossier_code is borrowed. */
void sample_open(struct sample *sample, const char *dossier_code, size_t size);
void sample_close(struct sample *sample);

enum err_code warehouse_send(struct warehouse *warehouse, const struct sample *sample,
                             struct target_sent *out, struct err *err);
/* Sends and expects that name. */
void warehouse_expect(struct warehouse *warehouse, const struct sample *sample,
                      const char *remote_name, bool already_there);
/* Files in root/folder whose name ends so; dot files only when `suffix` starts with ".part" or is
 * ".claim". */
int warehouse_count(const struct warehouse *warehouse, const char *folder, const char *suffix);
void warehouse_path(const struct warehouse *warehouse, const char *name, char *out, size_t size);

#endif
