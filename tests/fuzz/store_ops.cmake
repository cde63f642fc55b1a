sohoa_fuzz(NAME store_ops SOURCES tests/fuzz/fuzz_store_ops.c LINK sohoa_store_ops)
