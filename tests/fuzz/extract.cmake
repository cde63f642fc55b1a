sohoa_fuzz(NAME extract SOURCES tests/fuzz/fuzz_extract.c LINK sohoa_extract)
