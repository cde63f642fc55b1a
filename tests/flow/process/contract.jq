# The sohoa.document/1 contract (design): prints what breaks it, one line each; nothing when all is well.
def number($from; $to): type == "number" and . >= $from and . <= $to;
def place: type == "array" and length == 4 and all(.[]; type == "number");
def box: place and .[2] > 0 and .[3] > 0;
def text: type == "string";
def boolean: type == "boolean";
def check($what; condition): if condition then empty else $what end;

def field:
    if .value == null and (has("raw") | not) then
        check("needs_person"; .needs_person == true), check("keys"; (keys - ["value", "needs_person"]) == [])
    else
        check("value"; .value == null or (.value | text or boolean)), check("raw"; .raw | text),
        check("confidence"; .confidence | number(0; 1)), check("page"; .page | number(1; 1000)),
        # a value that follows from the wording, not printed as such, has no place
        check("box_mm"; if .raw == "" and .box_mm == null then has("box_mm") else .box_mm | box end), check("source"; .source | text), check("needs_person"; .needs_person | boolean),
        check("handwritten"; (has("handwritten") | not) or (.handwritten == true and .needs_person))
    end;

def page($number):
    check("number"; .number == $number),
    check("starts_document"; .starts_document | (.value | boolean) and (.confidence | number(0; 1))),
    check("dpi"; .dpi | number(1; 10000)),
    check("dpi_source"; .dpi_source | IN("file", "paper", "assumed")),
    check("text"; .text | text), check("words"; .words | number(0; 100000) and . == floor),
    check("mean_confidence"; .mean_confidence | number(0; 1)),
    check("rotation_deg"; .rotation_deg | IN(0, 90, 180, 270)),
    check("skew_deg"; .skew_deg | number(-45; 45)), check("blank"; .blank | boolean),
    check("width_mm"; .width_mm | number(1; 5000)), check("height_mm"; .height_mm | number(1; 5000)),
    check("quality.verdict"; .quality.verdict | IN("good", "poor", "bad")),
    check("quality.reasons"; .quality.reasons | type == "array" and all(.[]; text)),
    check("codes"; .codes | type == "array" and all(.[]; (.kind | text) and (.text | text) and (.box_mm | box)));

def types: "decision official-letter notice report proposal plan minutes invitation birth-certificate birth-extract
    marriage-certificate marital-status death-extract citizen-id residence-confirmation land-certificate
    construction-permit household-business declaration application power-of-attorney contract cv receipt-slip diploma
    unknown" | [splits("\\s+")];

check("schema"; .schema == "sohoa.document/1"),
check("source"; .source | type == "array" and length > 0 and all(.[]; text and (contains("/") | not))),
check("type"; .type | IN(types[])), check("type_score"; .type_score | number(0; 1)),
check("digest"; .digest | text and test("^[0-9a-f]{64}$")),
check("pdf_sha256"; .pdf_sha256 | text and test("^[0-9a-f]{64}$")),
check("passed_through"; .passed_through | boolean),
check("kind"; (has("kind") | not) or (.kind | (.abbr | text) and (.name | text))),
check("fields"; .fields | type == "object"),
(.fields | to_entries[] | .key as $key | .value | field | "fields." + $key + "." + .),
check("pages"; .pages | type == "array" and length > 0),
(.pages | to_entries[] | .key as $i | .value | page($i + 1) | "pages[\($i)]." + .)
