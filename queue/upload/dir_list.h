#ifndef SOHOA_UPLOAD_DIR_LIST_H
#define SOHOA_UPLOAD_DIR_LIST_H

#include "queue/upload/transport.h"

#include <sys/stat.h>

/* A page of the files in the folders of an open warehouse folder, as transport.h says: in byte
 * order of "<folder>/<file>", whatever order the file system has, and however many there are. */
enum err_code dir_list_page(int root, const struct transport_page *page, transport_entry_fn *entry,
                            void *payload, char out_next[TRANSPORT_KEY_SIZE], struct err *err);

/* A file that is written anew gets another time. */
void dir_tag(const struct stat *status, char out[TRANSPORT_TAG_SIZE]);

#endif
