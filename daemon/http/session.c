#include "daemon/http/session.h"

#include "daemon/base/mem.h"

#include <stdio.h>
#include <string.h>

struct link {
    char token[TOKEN_SIZE]; /* "" is a free place */
    int64_t made_us;
    struct principal opener;
};

struct session {
    char token[TOKEN_SIZE];
    int64_t used_us;
    struct principal who;
};

struct sessions {
    struct link links[SESSION_LINK_MAX];
    struct session items[SESSION_MAX];
};

struct sessions *sessions_new(void)
{
    return mem_alloc(sizeof(struct sessions));
}

void sessions_free(struct sessions *sessions)
{
    if (sessions)
        explicit_bzero(sessions, sizeof *sessions);
    mem_free(sessions);
}

static bool is_younger(int64_t since_us, int64_t now_us, int64_t life_us)
{
    return now_us - since_us < life_us;
}

void sessions_make_link(struct sessions *sessions, const struct principal *opener, int64_t now_us,
                        char out_token[TOKEN_SIZE])
{
    struct link *place = &sessions->links[0];
    for (size_t i = 0; i < SESSION_LINK_MAX; i++) {
        struct link *link = &sessions->links[i];
        if (!link->token[0]) {
            place = link;
            break;
        }
        if (link->made_us < place->made_us)
            place = link;
    }
    token_new(place->token);
    place->made_us = now_us;
    place->opener = *opener;
    memcpy(out_token, place->token, TOKEN_SIZE);
}

static struct session *place_for_session(struct sessions *sessions)
{
    struct session *place = &sessions->items[0];
    for (size_t i = 0; i < SESSION_MAX; i++) {
        struct session *session = &sessions->items[i];
        if (!session->token[0])
            return session;
        if (session->used_us < place->used_us)
            place = session;
    }
    return place;
}

static void open_session(struct sessions *sessions, const struct principal *opener, int64_t now_us,
                         char out_session[TOKEN_SIZE])
{
    struct session *session = place_for_session(sessions);
    char ref[REF_SIZE];
    ref_new(ref);
    token_new(session->token);
    session->used_us = now_us;
    session->who.role = ROLE_CLERK;
    snprintf(session->who.id, sizeof session->who.id, "%.32s/web-%s", opener->id, ref);
    memcpy(out_session, session->token, TOKEN_SIZE);
}

bool sessions_use_link(struct sessions *sessions, const char *token, int64_t now_us,
                       char out_session[TOKEN_SIZE])
{
    for (size_t i = 0; i < SESSION_LINK_MAX; i++) {
        struct link *link = &sessions->links[i];
        if (!link->token[0] || !token_equal(link->token, token))
            continue;
        bool alive = is_younger(link->made_us, now_us, SESSION_LINK_LIFE_US);
        if (alive)
            open_session(sessions, &link->opener, now_us, out_session);
        explicit_bzero(link, sizeof *link);
        return alive;
    }
    return false;
}

static struct session *find_token(struct sessions *sessions, const char *token, int64_t now_us)
{
    for (size_t i = 0; i < SESSION_MAX; i++) {
        struct session *session = &sessions->items[i];
        if (!session->token[0] || !token_equal(session->token, token))
            continue;
        if (is_younger(session->used_us, now_us, SESSION_IDLE_US))
            return session;
        explicit_bzero(session, sizeof *session);
    }
    return NULL;
}

bool sessions_find(struct sessions *sessions, const char *cookie_header, int64_t now_us,
                   struct principal *out)
{
    char token[TOKEN_SIZE];
    const char *cursor = cookie_header;
    while (cookie_next(&cursor, SESSION_COOKIE, token, sizeof token)) {
        struct session *session = find_token(sessions, token, now_us);
        if (session) {
            session->used_us = now_us;
            *out = session->who;
            return true;
        }
    }
    return false;
}

bool sessions_knows(const struct sessions *sessions, const char *principal_id, int64_t now_us)
{
    for (size_t i = 0; i < SESSION_MAX; i++) {
        const struct session *session = &sessions->items[i];
        if (session->token[0] && strcmp(session->who.id, principal_id) == 0)
            return is_younger(session->used_us, now_us, SESSION_IDLE_US);
    }
    return false;
}

bool cookie_next(const char **cursor, const char *name, char *out, size_t out_size)
{
    size_t name_size = strlen(name);
    const char *at = *cursor;
    while (at && *at) {
        at += strspn(at, " \t;");
        size_t pair = strcspn(at, ";");
        const char *start = at;
        at += pair;
        if (pair <= name_size || strncmp(start, name, name_size) != 0 || start[name_size] != '=')
            continue;
        const char *value = start + name_size + 1;
        size_t size = pair - name_size - 1;
        while (size && (value[size - 1] == ' ' || value[size - 1] == '\t'))
            size--;
        if (size >= 2 && value[0] == '"' && value[size - 1] == '"') {
            value++;
            size -= 2;
        }
        if (size >= out_size)
            continue;
        memcpy(out, value, size);
        out[size] = 0;
        *cursor = at;
        return true;
    }
    *cursor = at;
    return false;
}
