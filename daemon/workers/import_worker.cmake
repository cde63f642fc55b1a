sohoa_program(NAME sohoa-import-worker
    SOURCES daemon/workers/import_worker.c daemon/workers/import_page.c daemon/workers/import_pages.c
    LINK sohoa_worker_main sohoa_confine sohoa_folder sohoa_text)
