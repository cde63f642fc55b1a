sohoa_fuzz(NAME catalog SOURCES tests/fuzz/fuzz_catalog.c LINK sohoa_catalog)
