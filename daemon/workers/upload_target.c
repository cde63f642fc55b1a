#include "daemon/workers/upload_target.h"

#include "daemon/workers/upload_mapping.h"
#include "queue/upload/curl_transport.h"
#include "queue/upload/dir_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/secret.h"
#include "queue/upload/target_dir.h"
#include "queue/upload/target_http.h"
#include "queue/upload/target_s3.h"

#include <string.h>

#define CONNECT_S 20
#define IDLE_S 60

static enum err_code new_dir(const struct js *args, const char *witnesses, struct flow *flow,
                             struct target **out, struct err *err)
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
    if (!code)
        dir_transport_use_flow(transport, flow);
    return code ? code : target_dir_new(transport, out, err);
}

static enum err_code new_http(const struct js *args, struct flow *flow, struct http_transport **out,
                              struct err *err)
{
    const struct curl_options options = {
        .ca_file = js_text_or(args, "ca_file", NULL),
        .cert_file = js_text_or(args, "cert_file", NULL),
        .key_file = js_text_or(args, "key_file", NULL),
        .proxy = js_text_or(args, "proxy", NULL),
        .connect_s = CONNECT_S,
        .idle_s = (int)js_int_or(args, "idle_s", IDLE_S),
        .flow = flow,
    };
    return curl_transport_new(&options, out, err);
}

static enum err_code new_s3(const struct js *args, struct flow *flow, struct target **out,
                            struct err *err)
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
    code = new_http(args, flow, &http, err);
    if (!code)
        code = s3_transport_new(http, &place, js_text_or(args, "prefix", ""), &transport, err);
    return code ? code : target_s3_new(transport, out, err);
}

static enum err_code read_secrets(const struct js *args, struct js **out, struct err *err)
{
    AUTO(secret) struct secret *secret = NULL;
    const char *path = js_text_or(args, "secret_file", NULL);
    enum err_code code = path ? secret_read(path, &secret, err) : ERR_OK;
    if (code)
        return code;
    *out = path ? secret_to_js(secret) : js_object();
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for a target");
}

static enum err_code new_session(const struct js *args, const char *kept, struct flow *flow,
                                 struct http_session **out, struct err *err)
{
    AUTO(mapping) struct mapping *mapping = NULL;
    AUTO(js) struct js *constants = NULL;
    AUTO(js) struct js *secrets = NULL;
    struct http_transport *http = NULL;
    const char *path = NULL, *endpoint = NULL;
    enum err_code code = js_get_text(args, "mapping", &path, err);
    if (!code)
        code = js_get_text(args, "endpoint", &endpoint, err);
    if (!code)
        code = upload_mapping_load(path, kept, &mapping, err);
    if (!code)
        code = mapping_constants(mapping, js_at(args, "constants"), &constants, err);
    if (!code)
        code = read_secrets(args, &secrets, err);
    if (!code)
        code = new_http(args, flow, &http, err);
    if (code)
        return code;
    const struct http_session_options options = {
        .endpoint = endpoint,
        .mapping = TAKE(mapping),
        .constants = TAKE(constants),
        .secrets = TAKE(secrets),
        .transport = http,
    };
    return http_session_new(&options, out, err);
}

static enum err_code new_receiver(const struct js *args, const char *witnesses, struct flow *flow,
                                  struct target **out, struct err *err)
{
    const char *name = js_text_or(args, "name", "");
    AUTO(mem) char *kept = mem_printf("%s/%s.mapping", witnesses, name);
    struct http_session *session = NULL;
    if (!kept)
        return err_set(err, ERR_NO_MEMORY, "no memory for a target");
    enum err_code code = new_session(args, kept, flow, &session, err);
    return code ? code : target_http_new(session, name, witnesses, out, err);
}

static enum err_code new_of_kind(const struct js *args, const char *witnesses, struct flow *flow,
                                 struct target **out, struct err *err)
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
        return new_dir(args, witnesses, flow, out, err);
    if (strcmp(kind, "s3") == 0)
        return new_s3(args, flow, out, err);
    if (strcmp(kind, "http") == 0)
        return new_receiver(args, witnesses, flow, out, err);
    return err_set(err, ERR_BAD_CONFIG, "target kind is none of: dir, s3, http");
}

enum err_code upload_target_new(const struct js *args, const char *witnesses, struct flow *flow,
                                struct target **out, struct err *err)
{
    enum err_code code = new_of_kind(args, witnesses, flow, out, err);
    if (!code)
        (*out)->removes_withdrawn = strcmp(js_text_or(args, "withdraw", ""), "remove") == 0;
    return code;
}
