#include "daemon/http/events.h"

#include "daemon/base/buf.h"
#include "daemon/base/id.h"
#include "daemon/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event {
    char *text;
    size_t size;
};

struct events {
    char boot[REF_SIZE];
    uint64_t next;   /* number the next event gets, from 1 */
    uint64_t oldest; /* number of the oldest event still here; == next when there is none */
    struct event ring[EVENTS_KEPT];
};

struct events *events_new(void)
{
    struct events *events = mem_alloc(sizeof *events);
    if (!events)
        return NULL;
    ref_new(events->boot);
    events->next = events->oldest = 1;
    return events;
}

void events_free(struct events *events)
{
    if (!events)
        return;
    for (size_t i = 0; i < EVENTS_KEPT; i++)
        mem_free(events->ring[i].text);
    mem_free(events);
}

void events_publish(struct events *events, const char *name, const struct js *data)
{
    uint64_t number = events->next++;
    struct event *place = &events->ring[number % EVENTS_KEPT];
    mem_free(place->text);
    *place = (struct event){0};
    if (events->next - events->oldest > EVENTS_KEPT)
        events->oldest = events->next - EVENTS_KEPT;

    AUTO(buf)
    struct buf text;
    AUTO(mem)
    char *json = js_dump(data);
    buf_init(&text, EVENTS_ONE_MAX);
    buf_printf(&text, "id: %s-%llu\nevent: %s\ndata: %s\n\n", events->boot,
               (unsigned long long)number, name, json ? json : "");
    if (!json || !buf_ok(&text)) {
        events->oldest = events->next;
        return;
    }
    place->size = text.size;
    place->text = buf_take(&text);
}

/* False when events after that id are no longer here, or it is not one of ours. */
static bool place_after(const struct events *events, const char *last_event_id, uint64_t *out_next)
{
    size_t boot = strlen(events->boot);
    if (strncmp(last_event_id, events->boot, boot) != 0 || last_event_id[boot] != '-')
        return false;
    const char *digits = last_event_id + boot + 1;
    size_t count = strspn(digits, "0123456789");
    if (!count || count > 18 || digits[count])
        return false;
    uint64_t next = strtoull(digits, NULL, 10) + 1;
    if (next < events->oldest || next > events->next)
        return false;
    *out_next = next;
    return true;
}

void events_reader_start(const struct events *events, const char *last_event_id,
                         const struct js *who, struct events_reader *out)
{
    *out = (struct events_reader){.next = events->next};
    bool missed = last_event_id && !place_after(events, last_event_id, &out->next);
    AUTO(mem)
    char *principal = js_dump(who);
    int size = snprintf(out->own, sizeof out->own,
                        "retry: 2000\nid: %s-%llu\nevent: hello\ndata: "
                        "{\"missed\":%s,\"principal\":%s}\n\n",
                        events->boot, (unsigned long long)(out->next - 1),
                        missed ? "true" : "false", principal ? principal : "null");
    if (size > 0 && (size_t)size < sizeof out->own)
        out->own_size = (size_t)size;
}

void events_reader_beat(const struct events *events, struct events_reader *reader)
{
    if (reader->own_size || reader->sent || reader->next != events->next)
        return;
    reader->own_size = (size_t)snprintf(reader->own, sizeof reader->own, ":\n\n");
}

bool events_reader_is_lost(const struct events *events, const struct events_reader *reader)
{
    return reader->next < events->oldest;
}

static size_t hand_out(const char *text, size_t text_size, size_t *sent, char *out, size_t size)
{
    size_t part = text_size - *sent < size ? text_size - *sent : size;
    memcpy(out, text + *sent, part);
    *sent = *sent + part == text_size ? 0 : *sent + part;
    return part;
}

ssize_t events_read(const struct events *events, struct events_reader *reader, char *out,
                    size_t size)
{
    if (events_reader_is_lost(events, reader))
        return -1;
    size_t n = 0;
    if (reader->own_size) {
        n = hand_out(reader->own, reader->own_size, &reader->sent, out, size);
        if (reader->sent)
            return (ssize_t)n;
        reader->own_size = 0;
    }
    while (n < size && reader->next < events->next) {
        const struct event *event = &events->ring[reader->next % EVENTS_KEPT];
        n += hand_out(event->text, event->size, &reader->sent, out + n, size - n);
        if (!reader->sent)
            reader->next++;
    }
    return (ssize_t)n;
}
