sohoa_program(NAME sohoa-upload-worker SOURCES daemon/workers/upload_worker.c daemon/workers/upload_target.c
    LINK sohoa_worker_main sohoa_confine sohoa_upload)
