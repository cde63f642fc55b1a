sohoa_library(NAME sohoa_store_ops
    SOURCES store_ops.c store_ops_case.c store_ops_component.c store_ops_look_up.c store_ops_rates.c store_ops_report.c store_ops_page.c store_ops_secret.c store_ops_withdraw.c store_ops_edit.c store_ops_device.c store_ops_import.c store_ops_catalog.c store_ops_register.c store_ops_model.c store_ops_line.c store_ops_task.c store_ops_reconcile.c store_ops_stick.c store_ops_work.c store_serve.c
    LINK sohoa_worker_main sohoa_store sohoa_file_kind)
sohoa_program(NAME sohoa-store-worker SOURCES daemon/workers/store_worker.c LINK sohoa_store_ops sohoa_confine)
