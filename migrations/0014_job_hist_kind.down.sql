ALTER TABLE job_hist
    DROP KEY by_kind;
