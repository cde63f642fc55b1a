#ifndef SOHOA_WORKERS_UPLOAD_TARGET_H
#define SOHOA_WORKERS_UPLOAD_TARGET_H

#include "daemon/base/js.h"
#include "queue/upload/flow.h"
#include "queue/upload/target.h"

/*
 * A target from its part of the configuration (daemon/config_target.h): {"name", "kind", …}.
 *
 *   dir  path
 *   s3   endpoint, bucket, prefix, region, virtual_style, secret_file, ca_file, cert_file,
 *        key_file, proxy, idle_s
 *   http endpoint, mapping, constants, secret_file, ca_file, cert_file, key_file, proxy, idle_s
 *
 * The secret file of an s3 holds ACCESS_KEY=…, SECRET_KEY=… and, where the store wants one,
 * SESSION_TOKEN=…, each on a line. `witnesses` is the folder where a station remembers its mounted
 * warehouses. BAD_CONFIG names what is wrong, never a secret.
 */
enum err_code upload_target_new(const struct js *args, const char *witnesses, struct flow *flow,
                                struct target **out, struct err *err);

#endif
