#include "tests/unit/queue/store/register_rig.h"

#include "daemon/base/buf.h"
#include "daemon/base/hash.h"

#include <inttypes.h>

void register_work_all(struct rig *rig)
{
    bool more = true;
    while (more)
        ASSERT_OK(register_work(rig->store, &more, err));
}

static void add_member(struct buf *out, const char *key, const char *value, size_t size, bool *any)
{
    if (!size)
        return;
    buf_printf(out, "%s\"%s\":\"%.*s\"", *any ? "," : "", key, (int)size, value);
    *any = true;
}

static void write_row(struct buf *out, const char *row, int64_t line)
{
    const char *number = strchr(row, '|') + 1, *date = strchr(number, '|') + 1;
    const char *rest = strchr(date, '|') + 1;
    bool any = false;
    buf_printf(out, "{\"line\":%" PRId64 ",\"texts\":{}", line);
    if (*row != '|')
        buf_printf(out, ",\"path\":\"%.*s\"", (int)(number - row - 1), row);
    buf_text(out, ",\"values\":{");
    add_member(out, "number_symbol", number, (size_t)(date - number - 1), &any);
    add_member(out, "issue_date", date, (size_t)(rest - date - 1), &any);
    if (*rest)
        buf_printf(out, "%s%s", any ? "," : "", rest);
    buf_text(out, "}}\n");
}

void register_put(struct rig *rig, const char *name, const char *const *rows, size_t count)
{
    AUTO(buf) struct buf lines;
    AUTO(js) struct js *map = js_object();
    AUTO(js) struct js *begun = NULL;
    AUTO(js) struct js *used = NULL;
    char id[ID_SIZE], sha256[HASH_HEX_SIZE];
    id_new(id);
    buf_init(&lines, 1u << 26);
    buf_text(&lines, "");
    for (size_t i = 0; i < count; i++)
        write_row(&lines, rows[i], (int64_t)i + 2);
    hash_bytes(lines.bytes, lines.size, sha256);
    struct register_import import = {.id = id,
                                     .folder = PLACE_FOLDER,
                                     .name = name,
                                     .file = "sổ.csv",
                                     .file_sha256 = sha256,
                                     .map = map};
    ASSERT_OK(register_begin(rig->store, &import, CLERK, &begun, err));
    if (js_bool_or(begun, "already", false))
        return;
    ASSERT_OK(register_add(rig->store, id, lines.bytes, lines.size, err));
    ASSERT_OK(register_use(rig->store, id, CLERK, &used, err));
    register_work_all(rig);
}

const char *register_paper(struct place *place, const char *path)
{
    return place_item(place, path, "document_id");
}

void register_lay(struct place *place, const char *path)
{
    static int content = 10;
    place_lay(place, path, content++);
    place_import(place);
    while (rig_work(place->rig, "recognize") || rig_work(place->rig, "understand"))
        ;
}

static void set_field(struct rig *rig, const char *document, const char *name, const char *value)
{
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE field SET value = ?, needs_person = 1, confidence = 0.7 "
                     "WHERE document_id = ? AND name = ?",
                     DB_BIND(DB_TEXT(value), DB_TEXT(document), DB_TEXT(name)), err));
}

void register_read_as(struct place *place, const char *path, const char *number, const char *date)
{
    char document[ID_SIZE];
    snprintf(document, sizeof document, "%s", register_paper(place, path));
    set_field(place->rig, document, "number_symbol", number);
    set_field(place->rig, document, "issue_date", date);
    ASSERT_OK(register_read(place->rig->store, document, err));
}

const char *register_link(struct place *place, const char *path)
{
    static char told[80];
    AUTO(js) struct js *seen = NULL;
    ASSERT_OK(register_view(place->rig->store, register_paper(place, path), &seen, err));
    const char *why = js_text_or(seen, "why", "");
    int64_t line = js_int_or(seen, "row.line", 0);
    snprintf(told, sizeof told, "%s%s%s", js_text_or(seen, "state", "none"), *why ? " " : "", why);
    if (line)
        snprintf(told + strlen(told), sizeof told - strlen(told), " %" PRId64, line);
    return told;
}

int64_t register_count(struct rig *rig, const char *key)
{
    AUTO(js) struct js *status = NULL;
    ASSERT_OK(register_status(rig->store, PLACE_FOLDER, &status, err));
    return js_int_or(status, key, -1);
}
