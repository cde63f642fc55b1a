sohoa_fuzz(NAME legacy_text SOURCES tests/fuzz/fuzz_legacy_text.c LINK sohoa_text)
