sohoa_fuzz(NAME image SOURCES tests/fuzz/fuzz_image.c LINK sohoa_image)
