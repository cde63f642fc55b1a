sohoa_fuzz(NAME frame SOURCES tests/fuzz/fuzz_frame.c LINK sohoa_drivers)
