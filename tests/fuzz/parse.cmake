sohoa_fuzz(NAME parse SOURCES tests/fuzz/fuzz_parse.c LINK sohoa_extract)
