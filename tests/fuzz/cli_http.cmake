sohoa_fuzz(NAME cli_http SOURCES tests/fuzz/fuzz_cli_http.c LINK sohoa_cli)
