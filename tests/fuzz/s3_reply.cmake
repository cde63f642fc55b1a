sohoa_fuzz(NAME s3_reply SOURCES tests/fuzz/fuzz_s3_reply.c LINK sohoa_upload)
