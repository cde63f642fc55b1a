sohoa_program(NAME sohoa-ocr-worker SOURCES daemon/workers/ocr_worker.c
    LINK sohoa_worker_main sohoa_confine sohoa_clean sohoa_recognize sohoa_extract sohoa_text)
