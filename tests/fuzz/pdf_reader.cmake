sohoa_fuzz(NAME pdf_reader SOURCES tests/fuzz/fuzz_pdf_reader.c LINK sohoa_seal)
