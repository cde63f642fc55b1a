#include "queue/seal/pdf_metadata.h"

#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "queue/seal/pdf_writer.h"

#include <stdio.h>
#include <string.h>

#define PRODUCER "Sohoa"
#define SOHOA_NAMESPACE "urn:sohoa:xmp:copy:1/"

struct property {
    const char *name, *type, *about;
};

static const struct property properties[] = {
    {"documentId", "Text", "Identifier of the document in the digitization system"},
    {"copier", "Text", "Full name of the person who made the digital copy"},
    {"copiedAt", "Date", "Time the digital copy was made"},
    {"pageCount", "Integer", "Number of pages copied"},
    {"conversionMark", "Text", "Statement that this file was converted from paper"},
};

static void put_xml_text(struct pdf_writer *writer, const char *text)
{
    const char *start = text;
    for (int32_t point; (point = text_next(&text)) != 0; start = text) {
        if (point == '&')
            pdf_text(writer, "&amp;");
        else if (point == '<')
            pdf_text(writer, "&lt;");
        else if (point == '>')
            pdf_text(writer, "&gt;");
        else if (point >= 0x20 && point != 0xFFFE && point != 0xFFFF)
            pdf_put(writer, start, (size_t)(text - start));
    }
}

static void put_element(struct pdf_writer *writer, const char *name, const char *text)
{
    if (!text)
        return;
    pdf_printf(writer, "<%s>", name);
    put_xml_text(writer, text);
    pdf_printf(writer, "</%s>\n", name);
}

static void put_extension_schema(struct pdf_writer *writer)
{
    pdf_text(writer,
             "<rdf:Description rdf:about=\"\""
             " xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\""
             " xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\""
             " xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n"
             "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\n"
             "<pdfaSchema:schema>Sohoa digital copy</pdfaSchema:schema>\n"
             "<pdfaSchema:namespaceURI>" SOHOA_NAMESPACE "</pdfaSchema:namespaceURI>\n"
             "<pdfaSchema:prefix>sohoa</pdfaSchema:prefix>\n<pdfaSchema:property><rdf:Seq>\n");
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
        pdf_printf(writer,
                   "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>%s</pdfaProperty:name>"
                   "<pdfaProperty:valueType>%s</pdfaProperty:valueType>"
                   "<pdfaProperty:category>external</pdfaProperty:category>"
                   "<pdfaProperty:description>%s</pdfaProperty:description></rdf:li>\n",
                   properties[i].name, properties[i].type, properties[i].about);
    pdf_text(writer, "</rdf:Seq></pdfaSchema:property>\n"
                     "</rdf:li></rdf:Bag></pdfaExtension:schemas>\n</rdf:Description>\n");
}

static void put_dublin_core(struct pdf_writer *writer, const struct pdf_metadata *metadata)
{
    pdf_text(writer, "<rdf:Description rdf:about=\"\" "
                     "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
                     "<dc:format>application/pdf</dc:format>\n");
    if (metadata->title) {
        pdf_text(writer, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
        put_xml_text(writer, metadata->title);
        pdf_text(writer, "</rdf:li></rdf:Alt></dc:title>\n");
    }
    if (metadata->copier) {
        pdf_text(writer, "<dc:creator><rdf:Seq><rdf:li>");
        put_xml_text(writer, metadata->copier);
        pdf_text(writer, "</rdf:li></rdf:Seq></dc:creator>\n");
    }
    pdf_text(writer, "<dc:language><rdf:Bag><rdf:li>");
    put_xml_text(writer, metadata->lang);
    pdf_text(writer, "</rdf:li></rdf:Bag></dc:language>\n</rdf:Description>\n");
}

static void put_own_properties(struct pdf_writer *writer, const struct pdf_metadata *metadata,
                               const char *copied_at)
{
    pdf_text(writer, "<rdf:Description rdf:about=\"\" xmlns:sohoa=\"" SOHOA_NAMESPACE "\">\n");
    put_element(writer, "sohoa:documentId", metadata->id);
    put_element(writer, "sohoa:copier", metadata->copier);
    put_element(writer, "sohoa:copiedAt", copied_at);
    pdf_printf(writer, "<sohoa:pageCount>%d</sohoa:pageCount>\n", metadata->pages);
    put_element(writer, "sohoa:conversionMark", PDF_CONVERSION_MARK);
    pdf_text(writer, "</rdf:Description>\n");
}

void pdf_metadata_write_xmp(struct pdf_writer *writer, int number,
                            const struct pdf_metadata *metadata)
{
    char iso[WHEN_ISO_SIZE];
    when_iso_local(metadata->copied_at_us, iso);
    const char *copied_at = metadata->copied_at_us ? iso : NULL;
    pdf_begin_stream(writer, number, "/Type /Metadata /Subtype /XML", false);
    pdf_text(writer, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                     "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                     "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                     "<rdf:Description rdf:about=\"\" "
                     "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
                     "<pdfaid:part>2</pdfaid:part>\n"
                     "<pdfaid:conformance>U</pdfaid:conformance>\n</rdf:Description>\n");
    put_dublin_core(writer, metadata);
    pdf_text(writer, "<rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
                     "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n");
    put_element(writer, "xmp:CreateDate", copied_at);
    put_element(writer, "xmp:ModifyDate", copied_at);
    put_element(writer, "xmp:CreatorTool", PRODUCER);
    put_element(writer, "pdf:Producer", PRODUCER);
    pdf_text(writer, "</rdf:Description>\n");
    put_own_properties(writer, metadata, copied_at);
    put_extension_schema(writer);
    pdf_text(writer, "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>");
    pdf_end_stream(writer);
}

void pdf_metadata_write_info(struct pdf_writer *writer, int number,
                             const struct pdf_metadata *metadata)
{
    pdf_begin_object(writer, number);
    pdf_text(writer, "<< /Producer (" PRODUCER ") /Creator (" PRODUCER ")");
    if (metadata->title) {
        pdf_text(writer, "\n/Title ");
        pdf_put_text_string(writer, metadata->title);
    }
    if (metadata->copier) {
        pdf_text(writer, "\n/Author ");
        pdf_put_text_string(writer, metadata->copier);
    }
    if (metadata->copied_at_us) {
        char date[PDF_DATE_SIZE];
        pdf_date(metadata->copied_at_us, date);
        pdf_printf(writer, "\n/CreationDate (%s) /ModDate (%s)", date, date);
    }
    pdf_text(writer, " >>");
    pdf_end_object(writer);
}

void pdf_date(int64_t utc_us, char out[PDF_DATE_SIZE])
{
    char iso[WHEN_ISO_SIZE];
    when_iso_local(utc_us, iso);
    /* "2026-11-21T09:15:30+07:00" */
    snprintf(out, PDF_DATE_SIZE, "D:%.4s%.2s%.2s%.2s%.2s%.2s+07'00'", iso, iso + 5, iso + 8,
             iso + 11, iso + 14, iso + 17);
}
