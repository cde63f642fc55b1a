sohoa_program(NAME sohoa-scan-worker SOURCES daemon/workers/scan_worker.c daemon/workers/scan_folders.c
    LINK sohoa_worker_main sohoa_confine sohoa_drivers sohoa_image)
