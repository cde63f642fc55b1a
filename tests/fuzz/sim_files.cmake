sohoa_fuzz(NAME sim_files SOURCES tests/fuzz/fuzz_sim_files.c LINK sohoa_simulator)
