sohoa_fuzz(NAME register SOURCES tests/fuzz/fuzz_register.c LINK sohoa_catalog)
