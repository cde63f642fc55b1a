#include "daemon/workers/upload_target.h"

#include "queue/upload/curl_transport.h"
#include "queue/upload/dir_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/secret.h"
#include "queue/upload/target_dir.h"
#include "queue/upload/target_s3.h"

#include <string.h>

#define CONNECT_S 20
#define IDLE_S 60

static enum err_code new_dir(const struct js *args, const char *witnesses, struct target **out,
                             struct err *err)
{
    const char *path = NULL;
    enum err_code code = js_get_text(args, "path", &path, err);
    if (code)
        return code;
    AUTO(mem) char *witness = mem_printf("%s/%s", witnesses, js_text_or(args, "name", ""));
    if (!witness)
        return err_set(err, ERR_NO_MEMORY, "no memory for a target");
    struct transport *transport = NULL;
    code = dir_transport_new(path, witness, &transport, err);
    return code ? code : target_dir_new(transport, out, err);
}

static enum err_code new_http(const struct js *args, struct http_transport **out, struct err *err)
{
    const struct curl_options options = {
        .ca_file = js_text_or(args, "ca_file", NULL),
        .cert_file = js_text_or(args, "cert_file", NULL),
        .key_file = js_text_or(args, "key_file", NULL),
        .proxy = js_text_or(args, "proxy", NULL),
        .connect_s = CONNECT_S,
        .idle_s = (int)js_int_or(args, "idle_s", IDLE_S),
    };
    return curl_transport_new(&options, out, err);
}

static enum err_code new_s3(const struct js *args, struct target **out, struct err *err)
{
    AUTO(secret) struct secret *secret = NULL;
    const char *secret_file = NULL;
    struct s3_place place = {
        .virtual_style = js_bool_or(args, "virtual_style", false),
        .keys.region = js_text_or(args, "region", "us-east-1"),
    };
    enum err_code code = js_get_text(args, "endpoint", &place.endpoint, err);
    if (!code)
        code = js_get_text(args, "bucket", &place.bucket, err);
    if (!code)
        code = js_get_text(args, "secret_file", &secret_file, err);
    if (!code)
        code = secret_read(secret_file, &secret, err);
    if (code)
        return code;
    place.keys.access_key = secret_value(secret, "ACCESS_KEY");
    place.keys.secret_key = secret_value(secret, "SECRET_KEY");
    place.session_token = secret_value(secret, "SESSION_TOKEN");
    if (!place.keys.access_key || !place.keys.secret_key)
        return err_set(err, ERR_BAD_CONFIG, "the secret file lacks ACCESS_KEY or SECRET_KEY");
    struct http_transport *http = NULL;
    struct transport *transport = NULL;
    code = new_http(args, &http, err);
    if (!code)
        code = s3_transport_new(http, &place, js_text_or(args, "prefix", ""), &transport, err);
    return code ? code : target_s3_new(transport, out, err);
}

enum err_code upload_target_new(const struct js *args, const char *witnesses, struct target **out,
                                struct err *err)
{
    const char *kind = NULL, *name = NULL;
    enum err_code code = js_get_text(args, "kind", &kind, err);
    if (!code)
        code = js_get_text(args, "name", &name, err);
    if (code)
        return code;
    if (!transport_name_is_safe(name) || strchr(name, '/'))
        return err_set(err, ERR_BAD_CONFIG,
                       "the name of a target is letters, digits, '.', '_', '-'");
    if (strcmp(kind, "dir") == 0)
        return new_dir(args, witnesses, out, err);
    if (strcmp(kind, "s3") == 0)
        return new_s3(args, out, err);
    return err_set(err, ERR_BAD_CONFIG, "target kind is none of: dir, s3");
}
