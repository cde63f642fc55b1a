sohoa_fuzz(NAME http_head SOURCES tests/fuzz/fuzz_http_head.c LINK sohoa_http)
