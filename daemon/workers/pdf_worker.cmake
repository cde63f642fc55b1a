sohoa_program(NAME sohoa-pdf-worker SOURCES daemon/workers/pdf_worker.c
    LINK sohoa_worker_main sohoa_confine sohoa_seal)
# Only what it calls: no key code in this program.
target_link_options(sohoa-pdf-worker PRIVATE -Wl,--as-needed)
