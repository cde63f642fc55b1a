#include "queue/upload/oauth.h"

#include "daemon/base/js.h"
#include "daemon/base/text.h"
#include "queue/upload/base64.h"
#include "queue/upload/sigv4.h"

#include <string.h>

static void wipe(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    mem_free(*text);
}

#define AUTO_WIPED __attribute__((cleanup(wipe))) char *

static char *make_body(const struct oauth_client *client, const char *id, const char *secret)
{
    AUTO(mem) char *scope = client->scope ? sigv4_encode(client->scope, false) : NULL;
    if (client->scope && !scope)
        return NULL;
    return mem_printf("grant_type=client_credentials%s%s%s%s%s%s", scope ? "&scope=" : "",
                      scope ? scope : "", client->in_body ? "&client_id=" : "",
                      client->in_body ? id : "", client->in_body ? "&client_secret=" : "",
                      client->in_body ? secret : "");
}

enum err_code oauth_build(const struct oauth_client *client, struct http_request *out,
                          struct err *err)
{
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(mem) char *id = sigv4_encode(client->id, false);
    AUTO_WIPED secret = sigv4_encode(client->secret, false);
    AUTO_WIPED pair = id && secret ? mem_printf("%s:%s", id, secret) : NULL;
    AUTO_WIPED coded = pair ? base64_encode(pair, strlen(pair)) : NULL;
    AUTO_WIPED basic = coded ? mem_printf("Basic %s", coded) : NULL;
    request.method = "POST";
    request.url = mem_strdup(client->url);
    request.body_text = basic ? make_body(client, id, secret) : NULL;
    http_request_add(&request, "Content-Type", "application/x-www-form-urlencoded");
    http_request_add(&request, "Accept", "application/json");
    if (!client->in_body)
        http_request_add(&request, "Authorization", basic);
    if (!http_request_ok(&request) || !request.body_text)
        return err_set(err, ERR_NO_MEMORY, "no memory for a login");
    *out = request;
    request = HTTP_REQUEST_INIT;
    return ERR_OK;
}

/* RFC 6749 5.2: 400 or 401 with "error"; what else has no token is not from such a server. */
static enum err_code read_refusal(const struct http_reply *reply, const struct js *body,
                                  struct err *err)
{
    char shown[60];
    const char *name = js_text_or(body, "error", NULL);
    text_printable(name ? name : "", shown, sizeof shown);
    if (reply->status == 429 || reply->status >= 500) {
        err_set(err, ERR_TARGET_BUSY, "login: HTTP %d", reply->status);
        return ERR_TARGET_BUSY;
    }
    if (reply->status == 401 || reply->status == 403 || name)
        return err_set(err, ERR_TARGET_AUTH, "login: HTTP %d%s%s", reply->status,
                       *shown ? ", " : "", shown);
    return err_set(err, ERR_TARGET_BAD_REPLY, "login: HTTP %d without a token", reply->status);
}

enum err_code oauth_read(const struct http_reply *reply, char **out_token, int64_t *out_lives_s,
                         struct err *err)
{
    AUTO(js) struct js *body = NULL;
    js_parse(reply->text ? reply->text : "", reply->text_size, &body, NULL);
    const char *token = js_text_or(body, "access_token", NULL);
    const char *type = js_text_or(body, "token_type", "");
    if (reply->status != 200 || !token || !*token || strpbrk(token, "\r\n"))
        return read_refusal(reply, body, err);
    AUTO(mem) char *kind = text_lower(type);
    if (!kind || strcmp(kind, "bearer") != 0)
        return err_set(err, ERR_TARGET_BAD_REPLY, "login: a token that is no bearer token");
    char *copy = mem_strdup(token);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "no memory for a login");
    *out_token = copy;
    *out_lives_s = js_int_or(body, "expires_in", 0);
    return ERR_OK;
}
