#include "queue/upload/s3_xml.h"

#include "daemon/base/buf.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 20
#define TEXT_MAX 8192

struct reading {
    XML_Parser parser;
    s3_element_fn *element;
    void *payload;
    struct err *err;
    enum err_code code;
    int depth;
    struct buf text;
};

AUTO_DEFINE(parser, XML_Parser, XML_ParserFree);

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void stop(struct reading *reading, enum err_code code)
{
    reading->code = code;
    XML_StopParser(reading->parser, XML_FALSE);
}

static void XMLCALL on_begin(void *self, const char *name, const char **attributes)
{
    (void)name;
    (void)attributes;
    struct reading *reading = self;
    reading->text.size = 0;
    if (++reading->depth > DEPTH_MAX)
        stop(reading, err_set(reading->err, ERR_TARGET_BAD_REPLY, "XML deeper than %d", DEPTH_MAX));
}

static void XMLCALL on_end(void *self, const char *name)
{
    struct reading *reading = self;
    reading->depth--;
    buf_append(&reading->text, "", 1);
    enum err_code code =
        buf_ok(&reading->text)
            ? reading->element(reading->payload, local(name), reading->text.bytes, reading->err)
            : err_set(reading->err, ERR_TARGET_BAD_REPLY, "XML text of over %d bytes", TEXT_MAX);
    reading->text.size = 0;
    if (code)
        stop(reading, code);
}

static void XMLCALL on_text(void *self, const char *bytes, int size)
{
    buf_append(&((struct reading *)self)->text, bytes, (size_t)size);
}

static void XMLCALL on_doctype(void *self, const char *name, const char *system, const char *public,
                               int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    struct reading *reading = self;
    stop(reading, err_set(reading->err, ERR_TARGET_BAD_REPLY, "XML with a document type"));
}

enum err_code s3_xml_read(const char *bytes, size_t size, s3_element_fn *element, void *payload,
                          struct err *err)
{
    /* what takes a store long is kept alive with spaces before the answer */
    for (; size && strchr(" \t\r\n", *bytes); bytes++)
        size--;
    AUTO(parser) XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser)
        return err_set(err, ERR_NO_MEMORY, "no memory to read XML");
    struct reading reading = {.parser = parser, .element = element, .payload = payload, .err = err};
    buf_init(&reading.text, TEXT_MAX);
    XML_SetUserData(parser, &reading);
    XML_SetElementHandler(parser, on_begin, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    bool whole = XML_Parse(parser, bytes, (int)size, XML_TRUE) == XML_STATUS_OK;
    buf_done(&reading.text);
    if (reading.code)
        return reading.code;
    return whole ? ERR_OK
                 : err_set(err, ERR_TARGET_BAD_REPLY, "XML: %s",
                           XML_ErrorString(XML_GetErrorCode(parser)));
}

struct finding {
    const char *name;
    char *out;
    size_t out_size;
};

static enum err_code find(void *payload, const char *name, const char *text, struct err *err)
{
    (void)err;
    struct finding *finding = payload;
    if (strcmp(name, finding->name) != 0 || *finding->out)
        return ERR_OK;
    snprintf(finding->out, finding->out_size, "%s", text);
    return ERR_OK;
}

void s3_xml_find(const char *bytes, size_t size, const char *name, char *out, size_t out_size)
{
    *out = '\0';
    s3_xml_read(bytes, size, find, &(struct finding){name, out, out_size}, NULL);
}
