sohoa_fuzz(NAME type_model SOURCES tests/fuzz/fuzz_type_model.c LINK sohoa_classify)
