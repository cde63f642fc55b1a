sohoa_program(NAME sohoa-upload-worker SOURCES daemon/workers/upload_worker.c daemon/workers/upload_target.c daemon/workers/upload_mapping.c daemon/workers/upload_args.c daemon/workers/upload_ops_deliver.c daemon/workers/upload_ops_list.c daemon/workers/upload_ops_stick.c daemon/workers/upload_ops_ask.c daemon/workers/upload_ops_withdraw.c
    LINK sohoa_worker_main sohoa_confine sohoa_upload)
