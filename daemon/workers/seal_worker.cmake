sohoa_program(NAME sohoa-seal-worker SOURCES daemon/workers/seal_worker.c
    LINK sohoa_worker_main sohoa_confine sohoa_seal)
# Only what it calls: no image readers in the program that holds the key.
target_link_options(sohoa-seal-worker PRIVATE -Wl,--as-needed)
