#include "ocr/papers/compose.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"
#include "ocr/papers/invent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 20000u
#define DEPTH_MAX 12 /* blocks in blocks, lists in lists */
#define BLOCKS_MAX 64
#define LINES_MAX 2000
#define PLACES "LRCBFSNT-P"

struct composing {
    struct invent invent;
    struct paper *paper;
    size_t capacity;
    const struct wording_block *block; /* for errors */
    size_t at;
    int depth;
};

static enum err_code bad(const struct composing *c, struct err *err, const char *what,
                         const char *which)
{
    return err_set(err, ERR_TEMPLATE_BAD, "%s:%d: %s '%.60s'", c->block ? c->block->file : "?",
                   c->block ? c->block->line_number[c->at] : 0, what, which);
}

void paper_done(struct paper *paper)
{
    for (size_t i = 0; i < paper->count; i++) {
        for (size_t k = 0; k < paper->line[i].run_count; k++)
            mem_free(paper->line[i].run[k].text);
        mem_free(paper->line[i].run);
    }
    mem_free(paper->line);
    js_free(paper->fields);
    *paper = (struct paper){0};
}

/* ---- {name}, {name|filter}, {3..480} ------------------------------------------------------------
 */

static enum err_code expand(struct composing *c, const char *text, struct buf *out,
                            struct err *err);

static enum err_code append_filtered(struct composing *c, const char *value, const char *filter,
                                     struct buf *out, struct err *err)
{
    AUTO(mem) char *changed = NULL;
    if (!*filter) {
        buf_text(out, value);
        return ERR_OK;
    }
    if (strcmp(filter, "caps") == 0) {
        changed = text_upper(value);
    } else if (strcmp(filter, "lower") == 0) {
        changed = text_lower(value);
    } else if (strcmp(filter, "cap") == 0) { /* first letter only */
        const char *rest = value;
        text_next(&rest);
        AUTO(mem) char *first = mem_strndup(value, (size_t)(rest - value));
        AUTO(mem) char *upper = first ? text_upper(first) : NULL;
        changed = upper ? mem_printf("%s%s", upper, rest) : NULL;
    } else {
        return bad(c, err, "no such filter", filter);
    }
    if (!changed)
        return err_set(err, ERR_NO_MEMORY, "paper");
    buf_text(out, changed);
    return ERR_OK;
}

static enum err_code expand_name(struct composing *c, char *name, struct buf *out, struct err *err)
{
    char *filter = strchr(name, '|');
    if (filter)
        *filter++ = 0;
    if (invent_number(&c->invent, name, out))
        return ERR_OK;
    const char *value = invent_value(&c->invent, name);
    if (value)
        return append_filtered(c, value, filter ? filter : "", out, err);
    const struct wording_list *list = wording_list(c->invent.wording, name);
    if (!list || !list->count)
        return bad(c, err, "no such list or name", name);
    if (c->depth >= DEPTH_MAX)
        return bad(c, err, "lists call each other too deep at", name);
    struct buf inner;
    buf_init(&inner, LINE_MAX_BYTES);
    c->depth++;
    enum err_code code = expand(c, invent_choose(&c->invent, list), &inner, err);
    c->depth--;
    if (!code && !buf_ok(&inner))
        code = bad(c, err, "too long", name);
    if (!code)
        code = append_filtered(c, inner.bytes ? inner.bytes : "", filter ? filter : "", out, err);
    buf_done(&inner);
    return code;
}

static enum err_code expand(struct composing *c, const char *text, struct buf *out, struct err *err)
{
    while (*text) {
        size_t plain = strcspn(text, "{");
        buf_append(out, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t size = strcspn(text, "}");
        char name[80];
        if (!text[size] || size - 1 >= sizeof name)
            return bad(c, err, "'}' is missing after", text);
        snprintf(name, sizeof name, "%.*s", (int)size - 1, text + 1);
        enum err_code code = expand_name(c, name, out, err);
        if (code)
            return code;
        text += size + 1;
    }
    return ERR_OK;
}

/* ---- <field>what the paper says</>, ~by hand~ ---------------------------------------------------
 */

static enum err_code keep_field(struct composing *c, const char *name, const char *value, bool hand,
                                struct err *err)
{
    AUTO(mem) char *clean = text_squeeze(value);
    struct js *field = clean ? js_pack("{s:s, s:b}", "value", clean, "hand", (int)hand) : NULL;
    return js_set(c->paper->fields, name, field) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "paper");
}

static enum err_code add_run(struct paper_line *line, const char *text, size_t size, bool hand,
                             struct err *err)
{
    if (!size)
        return ERR_OK;
    struct paper_run *runs = mem_resize(line->run, (line->run_count + 1) * sizeof *runs);
    if (!runs)
        return err_set(err, ERR_NO_MEMORY, "paper");
    line->run = runs;
    line->run[line->run_count] = (struct paper_run){mem_strndup(text, size), hand};
    if (!line->run[line->run_count].text)
        return err_set(err, ERR_NO_MEMORY, "paper");
    line->run_count++;
    return ERR_OK;
}

struct marks {
    char name[40];
    struct buf value; /* between < and </> */
    bool open, told, hand, field_hand;
};

static enum err_code open_field(struct composing *c, struct marks *marks, const char *tag,
                                size_t size, struct err *err)
{
    AUTO(mem) char *whole = mem_strndup(tag, size);
    if (!whole)
        return err_set(err, ERR_NO_MEMORY, "paper");
    char *value = strchr(whole, '=');
    if (value)
        *value++ = 0;
    if (marks->open || strlen(whole) >= sizeof marks->name)
        return bad(c, err, "a field in a field", whole);
    strcpy(marks->name, whole);
    marks->open = true;
    marks->told = value != NULL;
    marks->field_hand = false;
    marks->value.size = 0;
    return value ? keep_field(c, whole, value, false, err) : ERR_OK;
}

static enum err_code close_field(struct composing *c, struct marks *marks, struct err *err)
{
    if (!marks->open)
        return bad(c, err, "ends a field that is not open:", "</>");
    marks->open = false;
    if (marks->told) {
        AUTO(js) struct js *value = js_copy(js_at(c->paper->fields, marks->name));
        return keep_field(c, marks->name, js_text_or(value, "value", ""), marks->field_hand, err);
    }
    return keep_field(c, marks->name, marks->value.bytes ? marks->value.bytes : "",
                      marks->field_hand, err);
}

static enum err_code read_marks(struct composing *c, struct marks *marks, const char *text,
                                struct paper_line *line, struct err *err)
{
    enum err_code code = ERR_OK;
    while (*text && !code) {
        size_t plain = strcspn(text, "<~");
        code = add_run(line, text, plain, marks->hand, err);
        if (marks->open && plain) {
            buf_append(&marks->value, text, plain);
            marks->field_hand |= marks->hand;
        }
        text += plain;
        if (*text == '~') {
            marks->hand = !marks->hand;
            text++;
        } else if (text_starts(text, "</>")) {
            code = code ? code : close_field(c, marks, err);
            text += 3;
        } else if (*text == '<') {
            size_t size = strcspn(text, ">");
            if (!text[size])
                return bad(c, err, "'>' is missing after", text);
            code = code ? code : open_field(c, marks, text + 1, size - 1, err);
            text += size + 1;
        }
    }
    if (!code && (marks->open || marks->hand))
        code = bad(c, err, "open at the end of the line:", marks->open ? marks->name : "~");
    return code;
}

/* ---- lines --------------------------------------------------------------------------------------
 */

static enum err_code add_line(struct composing *c, struct paper_line **out, struct err *err)
{
    struct paper *paper = c->paper;
    if (paper->count >= LINES_MAX)
        return bad(c, err, "more lines than a paper has at", c->block->name);
    if (paper->count == c->capacity) {
        size_t more = c->capacity ? 2 * c->capacity : 64;
        struct paper_line *lines = mem_resize(paper->line, more * sizeof *lines);
        if (!lines)
            return err_set(err, ERR_NO_MEMORY, "paper");
        paper->line = lines;
        c->capacity = more;
    }
    *out = &paper->line[paper->count++];
    **out = (struct paper_line){0};
    return ERR_OK;
}

/* "Cbl: text": place, styles, text. */
static enum err_code printed_line(struct composing *c, const char *text, struct err *err)
{
    const char *colon = strchr(text, ':');
    if (!strchr(PLACES, *text) || !*text || (!colon && *text != PLACE_PAGE))
        return bad(c, err, "neither 'let', 'set', '> block', '? percent' nor a place:", text);
    struct paper_line *line = NULL;
    enum err_code code = add_line(c, &line, err);
    if (code)
        return code;
    line->place = (enum paper_place) * text;
    for (const char *style = text + 1; colon && style < colon; style++) {
        bool *const flag[] = {&line->bold, &line->italic, &line->small, &line->large, &line->box};
        const char *known = strchr("bislx", *style);
        if (!known)
            return bad(c, err, "no such style:", style);
        *flag[known - "bislx"] = true;
    }
    if (!colon)
        return ERR_OK;
    struct buf flat;
    buf_init(&flat, LINE_MAX_BYTES);
    code = expand(c, colon + 1 + strspn(colon + 1, " "), &flat, err);
    if (!code && !buf_ok(&flat))
        code = bad(c, err, "too long", text);
    struct marks marks = {0};
    buf_init(&marks.value, LINE_MAX_BYTES);
    if (!code)
        code = read_marks(c, &marks, flat.bytes ? flat.bytes : "", line, err);
    buf_done(&marks.value);
    buf_done(&flat);
    return code;
}

/* "field = text" */
static enum err_code set_field(struct composing *c, const char *text, struct err *err)
{
    char name[40];
    size_t size = strcspn(text, " =");
    const char *value = strchr(text, '=');
    if (!value || size >= sizeof name)
        return bad(c, err, "'=' is missing after", text);
    snprintf(name, sizeof name, "%.*s", (int)size, text);
    struct buf flat;
    buf_init(&flat, LINE_MAX_BYTES);
    enum err_code code = expand(c, value + 1, &flat, err);
    if (!code)
        code = keep_field(c, name, flat.bytes ? flat.bytes : "", false, err);
    buf_done(&flat);
    return code;
}

/* "NAME = any LIST": one of its alternatives, said the same way wherever NAME stands. */
static enum err_code let_any(struct composing *c, const char *text, struct err *err)
{
    char name[24], list_name[40];
    if (sscanf(text, "%23[^ =] = any %39s", name, list_name) != 2)
        return bad(c, err, "wanted 'let NAME = any LIST' and not", text);
    AUTO(mem) char *call = mem_printf("{%s}", list_name);
    struct buf flat;
    buf_init(&flat, LINE_MAX_BYTES);
    enum err_code code = call ? expand(c, call, &flat, err) : err_set(err, ERR_NO_MEMORY, "paper");
    if (!code && !invent_keep_parts(&c->invent, name, flat.bytes ? flat.bytes : ""))
        code = bad(c, err, "no room for", text);
    buf_done(&flat);
    return code;
}

static enum err_code use_block(struct composing *c, const char *name, bool paper, struct err *err);

static enum err_code one_line(struct composing *c, const char *text, struct err *err)
{
    if (*text == '?') {
        char *rest;
        long percent = strtol(text + 1, &rest, 10);
        if (rest == text + 1 || percent < 0 || percent > 100)
            return bad(c, err, "no percentage:", text);
        if ((long)invent_below(&c->invent, 100) >= percent)
            return ERR_OK;
        text = rest + strspn(rest, " ");
    }
    if (text_starts(text, "> "))
        return use_block(c, text + 2, false, err);
    if (text_starts(text, "set "))
        return set_field(c, text + 4, err);
    if (!text_starts(text, "let "))
        return printed_line(c, text, err);
    if (strstr(text, "= any "))
        return let_any(c, text + 4, err);
    const char *wrong = invent_let(&c->invent, text + 4);
    return wrong ? bad(c, err, wrong, text) : ERR_OK;
}

static enum err_code use_block(struct composing *c, const char *name, bool paper, struct err *err)
{
    const struct wording_block *above = c->block, *choices[BLOCKS_MAX];
    size_t count = wording_blocks(c->invent.wording, name, paper, choices, BLOCKS_MAX);
    if (!count)
        return above ? bad(c, err, "no such block:", name)
                     : err_set(err, ERR_TEMPLATE_BAD, "no paper '%s'", name);
    if (c->depth >= DEPTH_MAX)
        return bad(c, err, "blocks call each other too deep at", name);
    size_t at = c->at;
    c->depth++;
    c->block = choices[invent_below(&c->invent, count)];
    enum err_code code = ERR_OK;
    for (c->at = 0; !code && c->at < c->block->count; c->at++)
        code = one_line(c, c->block->line[c->at], err);
    c->block = above;
    c->at = at;
    c->depth--;
    return code;
}

enum err_code paper_compose(const struct wording *wording, const char *name, uint64_t seed,
                            enum wording_part part, struct paper *out, struct err *err)
{
    AUTO(paper) struct paper paper = {.fields = js_object()};
    if (!paper.fields)
        return err_set(err, ERR_NO_MEMORY, "paper");
    struct composing c = {.paper = &paper};
    invent_begin(&c.invent, wording, seed, part);
    enum err_code code = use_block(&c, name, true, err);
    invent_done(&c.invent);
    if (code)
        return code;
    *out = paper;
    paper = (struct paper){0};
    return ERR_OK;
}

char *paper_text(const struct paper *paper)
{
    struct buf text;
    buf_init(&text, 1u << 20);
    for (size_t i = 0; i < paper->count; i++) {
        for (size_t k = 0; k < paper->line[i].run_count; k++)
            buf_text(&text, paper->line[i].run[k].text);
        buf_text(&text, "\n");
    }
    return buf_ok(&text) ? buf_take(&text) : (buf_done(&text), NULL);
}
