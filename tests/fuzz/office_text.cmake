sohoa_fuzz(NAME office_text SOURCES tests/fuzz/fuzz_office_text.c LINK sohoa_office)
