sohoa_fuzz(NAME http_body SOURCES tests/fuzz/fuzz_http_body.c LINK sohoa_http)
