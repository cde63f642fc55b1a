sohoa_fuzz(NAME upload_names SOURCES tests/fuzz/fuzz_upload_names.c LINK sohoa_upload)
