sohoa_fuzz(NAME http_mapping SOURCES tests/fuzz/fuzz_http_mapping.c LINK sohoa_upload)
