sohoa_program(NAME sohoa-import-worker
    SOURCES daemon/workers/import_worker.c daemon/workers/import_page.c daemon/workers/import_pages.c daemon/workers/import_signatures.c daemon/workers/import_catalog.c daemon/workers/import_templates.c daemon/workers/import_register.c daemon/workers/list_file.c daemon/workers/list_sheets.c
    LINK sohoa_worker_main sohoa_confine sohoa_folder sohoa_text sohoa_office sohoa_catalog sohoa_seal)
# Only what it calls: it looks at signatures and composes nothing.
target_link_options(sohoa-import-worker PRIVATE -Wl,--as-needed)
