#ifndef TESTS_UPLOAD_RGW_H
#define TESTS_UPLOAD_RGW_H

#include "queue/upload/s3_message.h"
#include "queue/upload/target.h"

/* An object store of the test's own: Ceph's (tests/harness/rgw), or Swift with its S3 interface
 * (tests/harness/swift). */

struct rgw {
    char folder[200], endpoint[100], access_key[64], secret_key[64];
    char tls_endpoint[100]; /* "": it speaks none */
    const char *script;
};

/* Skips the test, in CI fails it, where Ceph, or Swift, is not installed. */
void rgw_start(struct rgw *rgw, int osds);
void rgw_start_swift(struct rgw *rgw);
/* Ceph with TLS, too; PEM files. */
void rgw_start_tls(struct rgw *rgw, const char *certificate, const char *key);
/* "kill osd.1": a verb of the script. */
void rgw_order(const struct rgw *rgw, const char *verb, const char *arguments);
void rgw_stop(struct rgw *rgw);
void rgw_place(const struct rgw *rgw, const char *bucket, struct s3_place *out);
/* A request of the test itself; the reply's status. */
int rgw_ask(const struct s3_place *place, const struct s3_call *call);
/* A target for that bucket. */
struct target *rgw_target(const struct s3_place *place, const char *prefix);

#endif
