sohoa_program(NAME sohoa-scan-worker SOURCES daemon/workers/scan_worker.c
    LINK sohoa_worker_main sohoa_drivers sohoa_image)
