#include "ocr/extract/sides.h"

#include "daemon/model/field.h"
#include "ocr/extract/part_words.h"
#include "ocr/extract/understand.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* One page for understanding: the images of a side, from `first` on. */
struct side {
    size_t first, count;
    size_t *code_image; /* of each code of its info */
    struct part_words text;
};

struct sides {
    const struct side_image *image;
    struct side *item;
    struct words *words;     /* of each side; borrowed where one image has them all */
    struct page_info *infos; /* texts of codes are borrowed */
    struct pile_page *sheets;
    size_t count;
    struct detail *details; /* images that tell no text but may show a zone to be read */
    size_t *detail_image;
    size_t detail_count;
};

static inline void sides_auto(struct sides *sides)
{
    for (size_t i = 0; sides->item && i < sides->count; i++) {
        mem_free(sides->item[i].code_image);
        part_words_done(&sides->item[i].text);
    }
    mem_free(sides->item);
    mem_free(sides->words);
    mem_free(sides->infos);
    mem_free(sides->sheets);
    mem_free(sides->details);
    mem_free(sides->detail_image);
}

/* ---- which images tell the text -----------------------------------------------------------------
 */

/* The best kind a side has: an own image or part before a note before a detail. */
static enum image_kind best_kind(const struct side_image *image, size_t count)
{
    enum image_kind best = IMAGE_DETAIL;
    for (size_t i = 0; i < count; i++)
        best = image[i].kind < best ? image[i].kind : best;
    return best == IMAGE_OVERLAP ? IMAGE_OWN : best;
}

static bool tells_text(const struct side_image *image, enum image_kind best)
{
    return image->kind == best || (best == IMAGE_OWN && image->kind == IMAGE_OVERLAP);
}

/* Of several notes or details without anything else the first one. */
static enum err_code collect_text(const struct side_image *image, struct side *side,
                                  struct err *err)
{
    enum image_kind best = best_kind(&image[side->first], side->count);
    enum err_code code = ERR_OK;
    for (size_t i = side->first; i < side->first + side->count && !code; i++) {
        if (!tells_text(&image[i], best))
            continue;
        code = part_words_add(&side->text, image[i].words, i, err);
        if (best != IMAGE_OWN)
            break;
    }
    return code ? code : part_words_join(&side->text, err);
}

/* ---- codes --------------------------------------------------------------------------------------
 */

static bool has_code(const struct page_info *info, const struct page_code *code)
{
    for (size_t i = 0; i < info->code_count; i++)
        if (strcmp(info->codes[i].kind, code->kind) == 0 &&
            strcmp(info->codes[i].text, code->text) == 0)
            return true;
    return false;
}

static enum err_code collect_codes(const struct side_image *image, struct side *side,
                                   struct page_info *info, struct err *err)
{
    side->code_image = mem_array(PAGE_CODES_MAX, sizeof *side->code_image);
    if (!side->code_image)
        return err_set(err, ERR_NO_MEMORY, "codes of a side");
    info->code_count = 0;
    for (size_t i = side->first; i < side->first + side->count; i++)
        for (size_t k = 0; k < image[i].info->code_count; k++) {
            if (info->code_count == PAGE_CODES_MAX || has_code(info, &image[i].info->codes[k]))
                continue;
            side->code_image[info->code_count] = i;
            info->codes[info->code_count++] = image[i].info->codes[k];
        }
    return ERR_OK;
}

/* ---- sides --------------------------------------------------------------------------------------
 */

static enum err_code make_side(struct sides *sides, size_t first, size_t count, struct err *err)
{
    struct side *side = &sides->item[sides->count];
    struct page_info *info = &sides->infos[sides->count];
    *side = (struct side){.first = first, .count = count};
    part_words_init(&side->text);
    sides->count++;
    enum err_code code = collect_text(sides->image, side, err);
    if (code)
        return code;
    *info = *sides->image[part_words_first(&side->text)].info;
    sides->sheets[sides->count - 1] = sides->image[first].sheet;
    info->size = side->text.words.page;
    if (side->text.count > 1) /* zones of one part are not those of all together */
        info->zone_count = 0;
    sides->words[sides->count - 1] = side->text.words;
    return collect_codes(sides->image, side, info, err);
}

static enum err_code make_sides(const struct side_image *image, size_t count, struct sides *out,
                                struct err *err)
{
    out->image = image;
    out->item = mem_array(count + 1, sizeof *out->item);
    out->words = mem_array(count + 1, sizeof *out->words);
    out->infos = mem_array(count + 1, sizeof *out->infos);
    out->sheets = mem_array(count + 1, sizeof *out->sheets);
    if (!out->item || !out->words || !out->infos || !out->sheets)
        return err_set(err, ERR_NO_MEMORY, "sides of a document");
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && image[next].side == image[first].side; next++)
            ;
        enum err_code code = make_side(out, first, next - first, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum err_code collect_details(struct sides *sides, size_t image_count, struct err *err)
{
    sides->details = mem_array(image_count + 1, sizeof *sides->details);
    sides->detail_image = mem_array(image_count + 1, sizeof *sides->detail_image);
    if (!sides->details || !sides->detail_image)
        return err_set(err, ERR_NO_MEMORY, "details of a document");
    for (size_t i = 0; i < sides->count; i++)
        for (size_t k = sides->item[i].first; k < sides->item[i].first + sides->item[i].count;
             k++) {
            if (sides->image[k].kind != IMAGE_DETAIL)
                continue;
            sides->detail_image[sides->detail_count] = k;
            sides->details[sides->detail_count++] = (struct detail){sides->image[k].words, i};
        }
    return ERR_OK;
}

/* ---- back to the images -------------------------------------------------------------------------
 */

static bool same_box(struct rect_mm a, struct rect_mm b)
{
    return fabs(a.x - b.x) < 0.06 && fabs(a.y - b.y) < 0.06 && fabs(a.w - b.w) < 0.06 &&
           fabs(a.h - b.h) < 0.06;
}

static void place_field(const struct sides *sides, struct field *field)
{
    size_t page = field->page < 1 ? 0 : (size_t)field->page;
    if (page > sides->count && page - sides->count <= sides->detail_count)
        field->page = (int)sides->detail_image[page - sides->count - 1] + 1;
    if (page < 1 || page > sides->count)
        return;
    const struct side *side = &sides->item[field->page - 1];
    const struct page_info *info = &sides->infos[field->page - 1];
    if (field->source == FIELD_FROM_QR)
        for (size_t i = 0; i < info->code_count; i++)
            if (same_box(info->codes[i].box, field->box)) {
                field->page = (int)side->code_image[i] + 1;
                return;
            }
    field->page = (int)part_words_place(&side->text, &field->box) + 1;
}

static enum err_code place_fields(const struct sides *sides, struct js *answer, struct err *err)
{
    AUTO(fields)
    struct fields fields = {0};
    enum err_code code = fields_from_js(js_at(answer, "fields"), &fields, err);
    if (code)
        return code;
    for (size_t i = 0; i < fields.count; i++)
        place_field(sides, &fields.item[i]);
    return js_set(answer, "fields", fields_to_js(&fields))
               ? ERR_OK
               : err_set(err, ERR_NO_MEMORY, "fields of a document");
}

/* What a further image shows is no page that could begin a paper; it goes where its side goes. */
static struct js *start_of_image(const struct js *side, bool first)
{
    if (first)
        return js_ref(side);
    return js_pack("{s:{s:b, s:f}, s:s*}", "starts_document", "value", 0, "confidence", 1.0,
                   "separator", js_text_or(side, "separator", NULL));
}

static struct js *spread_starts(const struct sides *sides, const struct js *answer)
{
    AUTO(js)
    struct js *list = js_array();
    for (size_t i = 0; i < sides->count; i++)
        for (size_t k = 0; k < sides->item[i].count; k++) {
            const struct js *side = js_item(js_at(answer, "pages"), i);
            if (!js_push(list, start_of_image(side, k == 0)))
                return NULL;
        }
    return TAKE(list);
}

enum err_code understand_sides(const struct templates *templates, const struct side_image *images,
                               size_t count, const struct parting *parting,
                               const char *dossier_code, struct js **out, struct err *err)
{
    __attribute__((cleanup(sides_auto))) struct sides sides = {0};
    AUTO(js)
    struct js *answer = NULL;
    enum err_code code = make_sides(images, count, &sides, err);
    if (!code)
        code = collect_details(&sides, count, err);
    struct pile pile = {.page = sides.sheets};
    if (parting)
        pile.parting = *parting;
    if (!code)
        code = understand_with_details(templates, sides.words, sides.infos, sides.count,
                                       sides.details, sides.detail_count, parting ? &pile : NULL,
                                       dossier_code, &answer, err);
    if (!code)
        code = place_fields(&sides, answer, err);
    if (!code && !js_set(answer, "pages", spread_starts(&sides, answer)))
        code = err_set(err, ERR_NO_MEMORY, "pages of a document");
    if (code)
        return code;
    *out = TAKE(answer);
    return ERR_OK;
}
