sohoa_program(NAME sohoa-upload-worker SOURCES daemon/workers/upload_worker.c daemon/workers/upload_target.c daemon/workers/upload_ops_deliver.c daemon/workers/upload_ops_list.c
    LINK sohoa_worker_main sohoa_confine sohoa_upload)
