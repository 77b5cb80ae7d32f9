ALTER TABLE job_open
    ADD KEY due (lane, run_at, id),
    ADD KEY parked (parked, run_at),
    DROP KEY waits;
