#include "queue/upload/http_session.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "queue/upload/mapping_apply.h"
#include "queue/upload/oauth.h"

#include <string.h>

#define TOKEN_EARLY_S 30     /* before its end a token is not used any more */
#define SESSION_LIVES_S 1500 /* where the mapping does not say ("lives_s") */
#define TOKEN_LIVES_S 300    /* where the server does not say */

struct http_session {
    char *endpoint;
    struct mapping *mapping;
    struct js *constants, *secrets;
    struct http_transport *transport;
    char *token;
    int64_t token_until_us; /* monotonic */
};

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "no memory for a request");
}

static void forget_token(struct http_session *session)
{
    if (session->token)
        explicit_bzero(session->token, strlen(session->token));
    mem_free(TAKE(session->token));
}

void http_session_free(struct http_session *session)
{
    if (!session)
        return;
    forget_token(session);
    mem_free(session->endpoint);
    mapping_free(session->mapping);
    js_free(session->constants);
    js_free(session->secrets);
    http_transport_free(session->transport);
    mem_free(session);
}

enum err_code http_session_new(const struct http_session_options *options,
                               struct http_session **out, struct err *err)
{
    AUTO(http_session) struct http_session *session = mem_alloc(sizeof *session);
    if (!session) {
        mapping_free(options->mapping);
        js_free(options->constants);
        js_free(options->secrets);
        http_transport_free(options->transport);
        return no_memory(err);
    }
    *session = (struct http_session){
        .endpoint = mem_strdup(options->endpoint),
        .mapping = options->mapping,
        .constants = options->constants,
        .secrets = options->secrets,
        .transport = options->transport,
    };
    if (!session->endpoint || !session->constants || !session->secrets)
        return no_memory(err);
    *out = TAKE(session);
    return ERR_OK;
}

const struct mapping *http_session_mapping(const struct http_session *session)
{
    return session->mapping;
}

struct js *http_session_roots(const struct http_session *session)
{
    char now[WHEN_ISO_SIZE];
    when_iso_local(sys_now_us(), now);
    return js_pack("{s:O, s:s}", "constants", session->constants, "now", now);
}

/* ---- where to --------------------------------------------------------------------------------
 */

static size_t origin_size(const char *url)
{
    const char *host = strstr(url, "://");
    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

static bool is_url(const char *text)
{
    return text_starts(text, "https://") || text_starts(text, "http://");
}

/* The endpoint's own scheme, host and port. */
static bool is_home(const struct http_session *session, const char *url)
{
    size_t size = origin_size(session->endpoint);
    return size == origin_size(url) && strncmp(session->endpoint, url, size) == 0;
}

static bool is_clean(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return false;
    return true;
}

enum err_code http_session_named_url(const struct http_session *session, const char *base,
                                     const char *place, char **out, struct err *err)
{
    /* a foreign host only where nobody between can read or change what comes */
    bool allowed =
        *place && is_clean(place) &&
        (!strstr(place, "://") || is_home(session, place) || text_starts(place, "https://"));
    if (!allowed || text_starts(place, "//"))
        return err_set(err, ERR_TARGET_BAD_REPLY, "the receiver names a place that is none");
    size_t origin = origin_size(base);
    const char *query = base + strcspn(base, "?");
    const char *slash = memrchr(base + origin, '/', (size_t)(query - base) - origin);
    if (is_url(place))
        *out = mem_strdup(place);
    else if (*place == '/')
        *out = mem_printf("%.*s%s", (int)origin, base, place);
    else
        *out = mem_printf("%.*s/%s", slash ? (int)(slash - base) : (int)origin, base, place);
    return *out ? ERR_OK : no_memory(err);
}

static enum err_code url_as_named(const struct http_session *session, const char *pattern,
                                  const struct js *roots, char **out, struct err *err)
{
    AUTO(mem) char *place = NULL;
    AUTO(mem) char *base = mem_printf("%s/", session->endpoint);
    enum err_code code = base ? mapping_expand(pattern, roots, false, &place, err) : no_memory(err);
    if (!code && !place)
        code = err_set(err, ERR_FIELD_MISSING, "path '%s': not known", pattern);
    return code ? code : http_session_named_url(session, base, place, out, err);
}

enum err_code http_session_url(const struct http_session *session, const char *pattern,
                               const struct js *roots, char **out, struct err *err)
{
    bool configured = text_starts(pattern, "{constants.");
    if (*pattern == '{' && !configured)
        return url_as_named(session, pattern, roots, out, err);
    AUTO(mem) char *path = NULL;
    enum err_code code = mapping_expand(pattern, roots, !configured, &path, err);
    if (!code && !path)
        code = err_set(err, ERR_FIELD_MISSING, "path '%s': not known", pattern);
    if (code)
        return code;
    *out = is_url(path) ? mem_strdup(path) : mem_printf("%s%s", session->endpoint, path);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- requests --------------------------------------------------------------------------------
 */

/* Fields whose values are there; without a token those that need it stay away. */
static enum err_code add_fields(const struct js *fields, const struct js *roots,
                                struct http_request *request, struct err *err)
{
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        AUTO(mem) char *value = NULL;
        enum err_code code =
            mapping_expand(js_text_or(js_iter_value(it), "", ""), roots, false, &value, err);
        if (code)
            return code;
        if (value)
            http_request_add(request, js_iter_key(it), value);
        if (value)
            explicit_bzero(value, strlen(value));
    }
    return ERR_OK;
}

static const char *method_of(const struct js *operation)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    const char *wanted = js_text_or(operation, "method", js_at(operation, "body") ? "POST" : "GET");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i], wanted) == 0)
            return methods[i];
    return methods[1];
}

static enum err_code build_request(const struct http_session *session, const struct js *operation,
                                   const struct js *roots, struct http_request *out,
                                   struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(js) struct js *body = NULL;
    const struct js *template = js_at(operation, "body");
    request.method = method_of(operation);
    enum err_code code =
        http_session_url(session, js_text_or(operation, "path", ""), roots, &request.url, err);
    if (!code && template)
        code = mapping_build(session->mapping, template, roots, &body, err);
    if (!code)
        code = add_fields(js_at(operation, "fields"), roots, &request, err);
    if (code)
        return code;
    if (body && !(request.body_text = js_dump(body)))
        return no_memory(err);
    if (body)
        http_request_add(&request, "Content-Type", "application/json; charset=utf-8");
    http_request_add(&request, "Accept", "application/json, */*;q=0.1");
    *out = request;
    request = HTTP_REQUEST_INIT;
    return ERR_OK;
}

/* What the mapping puts on every request, who we are among it; foreign hosts get none of it. */
static enum err_code add_own_fields(const struct http_session *session,
                                    struct http_request *request, struct err *err)
{
    if (!is_home(session, request->url))
        return ERR_OK;
    AUTO(js) struct js *roots = http_session_roots(session);
    bool ok = roots && js_set(roots, "secret", js_ref(session->secrets)) &&
              (!session->token || js_set(roots, "token", js_text(session->token)));
    return ok ? add_fields(mapping_at(session->mapping, "fields"), roots, request, err)
              : no_memory(err);
}

/* ---- who we are ------------------------------------------------------------------------------
 */

static enum err_code login_oauth(struct http_session *session, const struct js *login,
                                 const struct js *roots, int64_t *out_lives_s, struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    AUTO(mem) char *url = NULL;
    struct oauth_client client = {
        .id = js_text_or(session->secrets, "CLIENT_ID", NULL),
        .secret = js_text_or(session->secrets, "CLIENT_SECRET", NULL),
        .scope = js_text_or(login, "scope", NULL),
        .in_body = strcmp(js_text_or(login, "client", "basic"), "body") == 0,
    };
    if (!client.id || !client.secret)
        return err_set(err, ERR_BAD_CONFIG, "the secret file lacks CLIENT_ID or CLIENT_SECRET");
    enum err_code code = http_session_url(session, js_text_or(login, "path", ""), roots, &url, err);
    client.url = url;
    if (!code)
        code = oauth_build(&client, &request, err);
    if (!code)
        code = http_exchange(session->transport, &request, &reply, err);
    if (code)
        return code;
    *out_lives_s = TOKEN_LIVES_S;
    code = oauth_read(&reply, &session->token, out_lives_s, err);
    if (code)
        http_reply_put_off(&reply, sys_now_us(), err);
    return code;
}

static enum err_code take_token(struct http_session *session, const struct js *login,
                                const struct js *body, struct err *err)
{
    AUTO(js) struct js *roots = js_pack("{s:O?}", "reply", body);
    AUTO(js) struct js *taken = NULL;
    enum err_code code =
        roots ? mapping_build(session->mapping, js_at(login, "take"), roots, &taken, err)
              : no_memory(err);
    const struct js *token = taken ? js_at(taken, "token") : NULL;
    char *text = token ? mapping_scalar_text(token) : NULL;
    if (!code && (!text || !*text || !is_clean(text)))
        code = err_set(err, ERR_TARGET_BAD_REPLY, "login: an answer without a session");
    if (code) {
        mem_free(text);
        return code;
    }
    session->token = text;
    return ERR_OK;
}

static enum err_code login_session(struct http_session *session, const struct js *login,
                                   const struct js *roots, struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    AUTO(js) struct js *body = NULL;
    enum mapping_meaning meaning = MAPPING_LOGIN;
    enum err_code code = build_request(session, login, roots, &request, err);
    if (!code)
        code = add_own_fields(session, &request, err);
    if (!code)
        code = http_exchange(session->transport, &request, &reply, err);
    if (!code)
        code = mapping_read(session->mapping, login, &reply, &meaning, &body, err);
    if (code == ERR_TARGET_REFUSED)
        code = err->code = ERR_TARGET_AUTH;
    if (!code && meaning != MAPPING_OK)
        code = err_set(err, ERR_TARGET_AUTH, "login: refused");
    return code ? code : take_token(session, login, body, err);
}

static enum err_code log_in(struct http_session *session, struct err *err)
{
    struct err own = ERR_INIT;
    const struct js *login = mapping_at(session->mapping, "login");
    if (!login || (session->token && sys_monotonic_us() < session->token_until_us))
        return ERR_OK;
    forget_token(session);
    AUTO(js) struct js *roots = http_session_roots(session);
    if (!roots || !js_set(roots, "secret", js_ref(session->secrets)))
        return no_memory(err);
    int64_t lives_s = js_int_or(login, "lives_s", SESSION_LIVES_S);
    bool is_oauth = strcmp(js_text_or(login, "by", ""), "oauth2") == 0;
    err = err ? err : &own;
    enum err_code code = is_oauth ? login_oauth(session, login, roots, &lives_s, err)
                                  : login_session(session, login, roots, err);
    if (code)
        return code;
    int64_t early_s = lives_s > 2 * TOKEN_EARLY_S ? TOKEN_EARLY_S : lives_s / 2;
    session->token_until_us = sys_monotonic_us() + (lives_s - early_s) * 1000000;
    return ERR_OK;
}

/* ---- exchanges -------------------------------------------------------------------------------
 */

static void drop_fields(struct http_request *request, size_t from)
{
    while (request->field_count > from) {
        struct http_field *field = &request->fields[--request->field_count];
        explicit_bzero(field->value, strlen(field->value));
        mem_free(TAKE(field->name));
        mem_free(TAKE(field->value));
    }
}

static enum err_code send_once(struct http_session *session, struct http_request *request,
                               struct http_reply *out, struct err *err)
{
    size_t own = request->field_count;
    enum err_code code = log_in(session, err);
    if (!code)
        code = add_own_fields(session, request, err);
    if (!code)
        code = http_exchange(session->transport, request, out, err);
    drop_fields(request, own);
    return code;
}

enum err_code http_session_exchange(struct http_session *session, struct http_request *request,
                                    struct http_reply *out, struct err *err)
{
    enum err_code code = send_once(session, request, out, err);
    if (code || out->status != 401 || !session->token)
        return code;
    forget_token(session);
    http_reply_done(out);
    return send_once(session, request, out, err);
}

static enum err_code ask_once(struct http_session *session, const struct js *operation,
                              struct js *roots, bool is_file, struct http_reply *reply,
                              struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    enum err_code code = log_in(session, err);
    if (!code && session->token && !js_set(roots, "token", js_text(session->token)))
        code = no_memory(err);
    if (!code)
        code = build_request(session, operation, roots, &request, err);
    if (!code)
        code = add_own_fields(session, &request, err);
    request.hash_reply = is_file;
    return code ? code : http_exchange(session->transport, &request, reply, err);
}

/* A receiver that forgot us is asked a second time, as whom it knows. */
static enum err_code ask(struct http_session *session, const struct js *operation, struct js *roots,
                         bool is_file, struct http_reply *reply, enum mapping_meaning *out,
                         struct js **out_body, struct err *err)
{
    for (bool again = false;; again = true) {
        bool fresh = !session->token;
        enum err_code code = ask_once(session, operation, roots, is_file, reply, err);
        bool got_file = !code && is_file && reply->status >= 200 && reply->status < 300;
        *out = MAPPING_OK;
        if (!code && !got_file)
            code = mapping_read(session->mapping, operation, reply, out, out_body, err);
        if (code || *out != MAPPING_LOGIN)
            return code;
        if (again || fresh || !session->token)
            return err_set(err, ERR_TARGET_AUTH, "HTTP %d: the receiver does not know us",
                           reply->status);
        forget_token(session);
        http_reply_done(reply);
        js_free(TAKE(*out_body));
    }
}

static enum err_code keep(struct http_session *session, const struct js *operation,
                          struct js *roots, const char *root, struct js *body, struct err *err)
{
    AUTO(js) struct js *taken = NULL;
    const struct js *template = js_at(operation, "take"), *known = js_at(roots, root);
    if (body && !js_set(roots, "reply", js_ref(body)))
        return no_memory(err);
    enum err_code code = ERR_OK;
    if (template)
        code = mapping_build(session->mapping, template, roots, &taken, err);
    if (code || !taken)
        return code;
    AUTO(js) struct js *both = known ? js_copy(known) : js_object();
    for (void *it = js_iter(taken); it; it = js_iter_next(taken, it))
        if (!js_set(both, js_iter_key(it), js_ref(js_iter_value(it))))
            return no_memory(err);
    return js_set(roots, root, TAKE(both)) ? ERR_OK : no_memory(err);
}

enum err_code http_session_call(struct http_session *session, const struct js *operation,
                                struct js *roots, const char *root, enum mapping_meaning *out,
                                struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    AUTO(js) struct js *body = NULL;
    enum mapping_meaning meaning;
    enum err_code code = ask(session, operation, roots, false, &reply, &meaning, &body, err);
    bool finds = js_at(operation, "find");
    if (!code && meaning == MAPPING_OK && finds) {
        const struct js *entry = NULL;
        if (body && !js_set(roots, "reply", js_ref(body)))
            return no_memory(err);
        code = mapping_find_entry(session->mapping, js_at(operation, "find"), roots, &entry, err);
        if (!code && !entry)
            meaning = MAPPING_NOT_FOUND;
        if (entry && !js_set(roots, "item", js_ref(entry)))
            return no_memory(err);
    }
    if (!code && meaning == MAPPING_OK && root)
        code = keep(session, operation, roots, root, body, err);
    if (!code)
        *out = meaning;
    return code;
}

enum err_code http_session_download(struct http_session *session, const struct js *operation,
                                    struct js *roots, enum mapping_meaning *out,
                                    struct transport_held *out_held, struct err *err)
{
    AUTO(http_reply) struct http_reply reply = {0};
    AUTO(js) struct js *body = NULL;
    enum err_code code = ask(session, operation, roots, true, &reply, out, &body, err);
    if (code || *out != MAPPING_OK)
        return code;
    const char *type = http_reply_field(&reply, "Content-Type");
    if (!*reply.sha256 || (type && strstr(type, "html")))
        return err_set(err, ERR_TARGET_BAD_REPLY, "HTTP %d, and no file", reply.status);
    *out_held = (struct transport_held){.size_bytes = reply.size};
    memcpy(out_held->sha256, reply.sha256, sizeof out_held->sha256);
    return ERR_OK;
}
