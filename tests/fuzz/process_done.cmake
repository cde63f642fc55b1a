sohoa_fuzz(NAME process_done SOURCES tests/fuzz/fuzz_process_done.c LINK sohoa_process)
