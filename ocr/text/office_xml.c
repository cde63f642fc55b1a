#include "ocr/text/office_xml.h"

#include <expat.h>
#include <stdbool.h>
#include <string.h>

#define DEPTH_MAX 200

struct reading {
    const struct office_xml *reader;
    XML_Parser parser;
    int depth;
    bool refused;
};

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *office_xml_attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(local(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void refuse(struct reading *reading)
{
    reading->refused = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static void XMLCALL on_begin(void *self, const char *name, const char **attributes)
{
    struct reading *reading = self;
    if (++reading->depth > DEPTH_MAX)
        refuse(reading);
    else
        reading->reader->begin(reading->reader->self, local(name), (const char *const *)attributes);
}

static void XMLCALL on_end(void *self, const char *name)
{
    struct reading *reading = self;
    reading->depth--;
    reading->reader->end(reading->reader->self, local(name));
}

static void XMLCALL on_text(void *self, const char *bytes, int size)
{
    struct reading *reading = self;
    reading->reader->text(reading->reader->self, bytes, (size_t)size);
}

static void XMLCALL on_doctype(void *self, const char *name, const char *system, const char *public,
                               int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    refuse(self);
}

enum err_code office_xml_read(const char *bytes, size_t size, const struct office_xml *reader,
                              struct err *err)
{
    struct reading reading = {.reader = reader, .parser = XML_ParserCreate(NULL)};
    if (!reading.parser)
        return err_set(err, ERR_NO_MEMORY, "XML");
    XML_SetUserData(reading.parser, &reading);
    XML_SetElementHandler(reading.parser, on_begin, on_end);
    XML_SetCharacterDataHandler(reading.parser, on_text);
    XML_SetStartDoctypeDeclHandler(reading.parser, on_doctype);
    bool whole = XML_Parse(reading.parser, bytes, (int)size, XML_TRUE) == XML_STATUS_OK;
    enum XML_Error why = XML_GetErrorCode(reading.parser);
    XML_ParserFree(reading.parser);
    if (whole && !reading.refused)
        return ERR_OK;
    if (why == XML_ERROR_NO_MEMORY)
        return err_set(err, ERR_NO_MEMORY, "XML");
    return err_set(err, ERR_FORMAT_UNKNOWN, "XML: %s", XML_ErrorString(why));
}
