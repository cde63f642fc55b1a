# Small papers as files, quickly read.

font=$(fc-match -f '%{file}' 'Liberation Sans')

# strip FILE WORD [convert option…]: a narrow strip of paper, quickly read
strip() {
    local file=$1 word=$2
    shift 2
    convert -size 1000x500 xc:ivory -font "$font" -pointsize 60 -annotate +120+200 "$word" \
        -annotate +120+320 'công hòa xã hội' -units PixelsPerInch -density 300 "$@" "$file"
}

# scanned_pdf FILE JPEG: a page that is one picture
scanned_pdf() {
    local size
    size=$(stat -c %s "$2")
    {
        printf '%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n'
        printf '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 120]/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>>>>>\nendobj\n'
        printf '4 0 obj\n<</Length 29>>\nstream\nq 240 0 0 120 0 0 cm /Im Do Q\nendstream\nendobj\n'
        printf '5 0 obj\n<</Type/XObject/Subtype/Image/Width 1000/Height 500/ColorSpace/DeviceRGB/BitsPerComponent 8'
        printf '/Filter/DCTDecode/Length %d>>\nstream\n' "$size"
        cat "$2"
        printf '\nendstream\nendobj\ntrailer\n<</Root 1 0 R/Size 6>>\n%%%%EOF\n'
    } >"$1.raw"
    qpdf --static-id "$1.raw" "$1" 2>/dev/null || [ $? -eq 3 ]
    rm "$1.raw"
}
