sohoa_program(NAME sohoa-learn-worker SOURCES daemon/workers/learn_worker.c
    LINK sohoa_worker_main sohoa_confine sohoa_teaching sohoa_wording sohoa_shipped_model)
