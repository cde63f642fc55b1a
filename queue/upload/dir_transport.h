#ifndef SOHOA_UPLOAD_DIR_TRANSPORT_H
#define SOHOA_UPLOAD_DIR_TRANSPORT_H

#include "queue/upload/flow.h"
#include "queue/upload/transport.h"

/*
 * A folder, local or mounted (NFS, SMB), as a warehouse. Names are "<folder>/<file>".
 *
 * The root is opened anew for every call, so a share that comes back is simply there again, and it
 * is never created: a missing root, or one without the mark that `witness` remembers (mark.h), is
 * TARGET_UNREACHABLE. Files are written beside their final
 * name, flushed, then linked without overwriting (renameat2 NOREPLACE where links are not to be
 * had), then the folder is flushed. Names that start with a dot are bookkeeping.
 *
 * `root` and `witness` must be absolute (BAD_CONFIG).
 */
enum err_code dir_transport_new(const char *root, const char *witness, struct transport **out,
                                struct err *err);

/* Who is told what moves, and how fast it may; borrowed. */
void dir_transport_use_flow(struct transport *transport, struct flow *flow);

#endif
