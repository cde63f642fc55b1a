#include "drivers/folder/sightings.h"

#include "daemon/base/mem.h"

#include <string.h>

#define SLOTS_MIN 1024

struct sightings {
    struct sighting *slot; /* key 0: free */
    size_t slots, count;   /* slots: a power of two, at least 4/3 of count */
};

/* FNV-1a, 64 bit */
uint64_t sighting_key(const char *path)
{
    uint64_t key = 0xcbf29ce484222325u;
    for (; *path; path++)
        key = (key ^ (unsigned char)*path) * 0x100000001b3u;
    return key ? key : 1;
}

struct sightings *sightings_new(void)
{
    struct sightings *sightings = mem_alloc(sizeof *sightings);
    struct sighting *slot = mem_array(SLOTS_MIN, sizeof *slot);
    if (!sightings || !slot) {
        mem_free(sightings);
        mem_free(slot);
        return NULL;
    }
    *sightings = (struct sightings){slot, SLOTS_MIN, 0};
    return sightings;
}

void sightings_free(struct sightings *sightings)
{
    if (sightings)
        mem_free(sightings->slot);
    mem_free(sightings);
}

size_t sightings_count(const struct sightings *sightings)
{
    return sightings->count;
}

static struct sighting *place_of(struct sighting *slot, size_t slots, uint64_t key)
{
    size_t at = key & (slots - 1);
    while (slot[at].key && slot[at].key != key)
        at = (at + 1) & (slots - 1);
    return &slot[at];
}

/* Into a table of that many slots; the settled ones stay behind when they may. */
static bool rebuild(struct sightings *sightings, size_t slots, bool forget_settled)
{
    struct sighting *slot = mem_array(slots, sizeof *slot);
    size_t count = 0;
    if (!slot)
        return false;
    for (size_t i = 0; i < sightings->slots; i++) {
        const struct sighting *old = &sightings->slot[i];
        if (!old->key || (forget_settled && old->settled))
            continue;
        *place_of(slot, slots, old->key) = *old;
        count++;
    }
    mem_free(sightings->slot);
    *sightings = (struct sightings){slot, slots, count};
    return true;
}

static bool make_room(struct sightings *sightings)
{
    if (sightings->count >= SIGHTINGS_MAX)
        return rebuild(sightings, sightings->slots, true) && sightings->count < SIGHTINGS_MAX;
    if (sightings->count < sightings->slots / 4 * 3)
        return true;
    return rebuild(sightings, 2 * sightings->slots, false);
}

static bool is_same(const struct sighting *a, const struct sighting *b)
{
    return a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns &&
           a->ctime_ns == b->ctime_ns;
}

struct sighting *sightings_find(struct sightings *sightings, const struct sighting *now)
{
    struct sighting *place = place_of(sightings->slot, sightings->slots, now->key);
    return place->key && is_same(place, now) ? place : NULL;
}

struct sighting *sightings_note(struct sightings *sightings, const struct sighting *now)
{
    struct sighting *place = place_of(sightings->slot, sightings->slots, now->key);
    if (!place->key) {
        if (!make_room(sightings))
            return NULL;
        place = place_of(sightings->slot, sightings->slots, now->key);
        sightings->count++;
        *place = *now;
    } else if (!is_same(place, now)) {
        *place = *now;
    }
    return place;
}
