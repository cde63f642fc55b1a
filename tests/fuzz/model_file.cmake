sohoa_fuzz(NAME model_file SOURCES tests/fuzz/fuzz_model_file.c LINK sohoa_classify)
