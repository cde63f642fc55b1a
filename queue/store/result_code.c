#include "queue/store/result_code.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

#define PART_MAX_BYTES 60 /* regulations 2.4: số ký hiệu at most 60 */
#define TRIES_MAX 1000

struct piece {
    char name[16];
    int width; /* of seq */
};

/* Reads "{name}" or "{seq:02}" at text; returns the rest, NULL when malformed. */
static const char *read_piece(const char *text, struct piece *out)
{
    size_t size = strcspn(text + 1, ":}");
    if (size == 0 || size >= sizeof out->name)
        return NULL;
    memcpy(out->name, text + 1, size);
    out->name[size] = 0;
    out->width = 1;
    const char *end = text + 1 + size;
    if (*end == ':') {
        if (end[1] != '0' || end[2] < '1' || end[2] > '9')
            return NULL;
        out->width = end[2] - '0';
        end += 3;
    }
    return *end == '}' ? end + 1 : NULL;
}

static const char *const part_names[] = {"owner",     "type",    "number",
                                         "procedure", "dossier", "paper"};
#define PART_COUNT (sizeof part_names / sizeof *part_names)

static size_t part_index(const char *name)
{
    size_t i = 0;
    while (i < PART_COUNT && strcmp(part_names[i], name) != 0)
        i++;
    return i;
}

enum err_code result_code_check_template(const char *form, struct err *err)
{
    int sequences = 0;
    for (const char *c = form; c && *c;) {
        struct piece piece;
        if (*c != '{') {
            c++;
            continue;
        }
        c = read_piece(c, &piece);
        bool is_sequence = c && strcmp(piece.name, "seq") == 0;
        sequences += is_sequence;
        if (!c || (!is_sequence && part_index(piece.name) == PART_COUNT))
            return err_set(err, ERR_BAD_CONFIG, "result code template '%s': unknown placeholder",
                           form);
    }
    if (text_starts(form, RESULT_CODE_PROVISIONAL))
        return err_set(err, ERR_BAD_CONFIG,
                       "result code template '%s' begins as provisional codes do", form);
    if (sequences != 1 || strlen(form) > 100)
        return err_set(err, ERR_BAD_CONFIG, "result code template '%s' needs one {seq}", form);
    return ERR_OK;
}

/* Without spaces, cut between characters. */
static void append_part(struct buf *out, const char *text)
{
    size_t end = strlen(text);
    if (end > PART_MAX_BYTES)
        for (end = PART_MAX_BYTES; end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80;)
            end--;
    for (size_t i = 0; i < end; i++)
        if ((unsigned char)text[i] > ' ')
            buf_append(out, &text[i], 1);
}

/* sequence 0: the prefix under which numbers are counted */
static void render(struct buf *out, const char *form, const struct code_parts *parts,
                   int64_t sequence)
{
    const char *const values[] = {parts->owner,     parts->type,    parts->number,
                                  parts->procedure, parts->dossier, parts->paper};
    for (const char *c = form; *c;) {
        struct piece piece;
        if (*c != '{') {
            buf_append(out, c++, 1);
            continue;
        }
        c = read_piece(c, &piece);
        size_t part = part_index(piece.name);
        if (part < PART_COUNT)
            append_part(out, values[part] ? values[part] : "");
        else if (sequence)
            buf_printf(out, "%0*lld", piece.width, (long long)sequence);
        else
            buf_text(out, "*");
    }
}

static enum err_code next_number(struct store *store, const char *prefix, int64_t *out,
                                 struct err *err)
{
    return db_number(store->db,
                     "INSERT INTO sequence (prefix, next) VALUES (?, 2) "
                     "ON CONFLICT (prefix) DO UPDATE SET next = next + 1 RETURNING next - 1",
                     DB_BIND(DB_TEXT(prefix)), 1, out, err);
}

static const char *template_for(const struct store *store, const struct code_parts *parts)
{
    return parts->paper ? store->component_code_template : store->code_template;
}

static enum err_code try_next(struct store *store, const struct code_parts *parts,
                              const char *prefix, char out[RESULT_CODE_MAX], bool *out_free,
                              struct err *err)
{
    AUTO(buf)
    struct buf text;
    int64_t number, taken;
    buf_init(&text, RESULT_CODE_MAX);
    enum err_code code = next_number(store, prefix, &number, err);
    if (code)
        return code;
    render(&text, template_for(store, parts), parts, number);
    if (!buf_ok(&text) || text.size >= RESULT_CODE_MAX)
        return err_set(err, ERR_BAD_CONFIG, "result code longer than %d bytes", RESULT_CODE_MAX);
    code = db_number(store->db, "SELECT (SELECT count(*) FROM result_code WHERE code = ?1) + (SELECT "
                     "count(*) FROM code_seen WHERE code = ?1)",
                     DB_BIND(DB_TEXT(text.bytes)), 0, &taken, err);
    if (code)
        return code;
    snprintf(out, RESULT_CODE_MAX, "%s", text.bytes);
    *out_free = taken == 0;
    return ERR_OK;
}

enum err_code result_code_next(struct store *store, const struct code_parts *parts,
                               char out[RESULT_CODE_MAX], struct err *err)
{
    AUTO(buf)
    struct buf prefix;
    buf_init(&prefix, RESULT_CODE_MAX);
    render(&prefix, template_for(store, parts), parts, 0);
    if (!buf_ok(&prefix))
        return err_set(err, ERR_BAD_CONFIG, "result code longer than %d bytes", RESULT_CODE_MAX);
    for (int i = 0; i < TRIES_MAX; i++) { /* taken ones come from another template */
        bool is_free = false;
        enum err_code code = try_next(store, parts, prefix.bytes, out, &is_free, err);
        if (code || is_free)
            return code;
    }
    return err_set(err, ERR_CONFLICT, "no free result code in %d numbers", TRIES_MAX);
}
